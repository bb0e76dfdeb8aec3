//! `make bench`: the product over a large database beside a bare route, measured in one run.
//!
//! `only park` runs the scenes whose names begin so, `only catalogue` the goods of a portal and a feed,
//! `only screens` what one person waits for, `only screens small` the same over little data; `deliveries` measures those alone, on both databases: webhooks in, the outbox out.
//!
//! This program is also the servers that it measures: started with `product` it is `mypark serve
//! --only web`, with `workers` it delivers too, with `bare` a route that answers a body of a given
//! size. Where there are two processors and `taskset`, the servers run on one and the load comes
//! from the other, so that the ratio of requests is the ratio of work.

mod catalogue;
mod data;
mod drain;
mod durable;
mod growth;
mod load;
mod process;
mod report;
mod rows;
mod scenes;
mod screens;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path as Segment;
use axum::response::Html;
use axum::routing::any;
use server::config::{Command, Config, Role};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::data::Size;
use crate::drain::{Drained, Engine};
use crate::process::{Bare, Memory, Product, Setting};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The database of the targets.
const LARGE: Size = Size { name: "large", customers: 20_000, machines_each: 5, parts: 50_000 };
/// The same, ten times smaller.
const SMALL: Size = Size { name: "small", customers: 2_000, machines_each: 5, parts: 5_000 };

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("product") => product(vec![Role::Web]),
        Some("workers") => product(vec![Role::Web, Role::Worker]),
        Some("job") => job(&arguments.next().context("a command")?),
        Some("bare") => {
            let address = arguments.next().context("an address")?;
            Builder::new_multi_thread().enable_all().build()?.block_on(bare(&address))
        }
        what => {
            let pinned = process::pin_self();
            let runtime = Builder::new_current_thread().enable_all().build()?;
            match what {
                Some("only") => {
                    let scene = arguments.next().context("the name of a scene")?;
                    if scene == "catalogue" {
                        return runtime.block_on(measure_catalogue(pinned)).map(drop);
                    }
                    if scene == "screens" {
                        let size = if arguments.next().as_deref() == Some("small") {
                            SMALL
                        } else {
                            LARGE
                        };
                        return runtime.block_on(measure_screens(&size, pinned));
                    }
                    runtime.block_on(only(&scene, pinned))
                }
                Some("deliveries") => runtime.block_on(measure_deliveries(pinned)),
                _ => runtime.block_on(measure(pinned)),
            }
        }
    }
}

/// The start of the product's own `main`, with these roles alone.
fn product(only: Vec<Role>) -> anyhow::Result<()> {
    let config = Config::load()?;
    let command = Command::Serve { only, no_migrate: false };
    server::telemetry::init(&config, &command)?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(server::commands::run(command, config))
}

/// A command of the product, which says at its end what it occupied at most.
fn job(what: &str) -> anyhow::Result<()> {
    let config = Config::load()?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(server::commands::run(catalogue::command(what), config))?;
    say(&format!("peak {:.1}", Memory::of("self")?.peak))
}

async fn bare(address: &str) -> anyhow::Result<()> {
    let filler: Bytes = vec![b'x'; 1 << 20].into();
    let answer = async move |Segment(size): Segment<usize>, _body: Bytes| {
        Html(filler.slice(..size.min(filler.len())))
    };
    let router = Router::new().route("/{size}", any(answer));
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}

async fn measure(pinned: bool) -> anyhow::Result<()> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let large = data::open(&folder, &LARGE).await?;
    let small = data::open(&folder, &SMALL).await?;
    let (over_large, over_small) = (Setting::pages(large.url()), Setting::pages(small.url()));
    let starts = process::cold_starts(pinned, &folder, &over_large, 7).await?;
    say(&report::starts(&starts))?;

    let bare = Bare::start(pinned).await?;
    let product = Product::start(&folder, &over_large, pinned).await?;
    let idle = product.memory()?;
    // Before anything is changed: both must hold what they were filled with.
    let growth = {
        let other = Product::start(&folder, &over_small, pinned).await?;
        growth::compare(&other, &small, &product, &large).await?
    };
    let screens = screens::measure_all(&product, &large).await?;
    say(&screens::table(&screens))?;
    say(&report::heading(pinned))?;
    let mut rows = Vec::new();
    for scene in scenes::all(&large) {
        for connections in [1, 16, 64] {
            let row = scenes::run(&scene, connections, &product, &bare, Some(&large)).await?;
            say(&report::row(&row))?;
            rows.push(row);
        }
    }
    let loaded = product.memory()?;
    say(&report::memory(idle, loaded))?;
    say(&report::growth(&growth))?;
    drop(product);
    let drained = deliveries(&folder, &bare, pinned).await?;
    measure_catalogue(pinned).await?;

    say(&report::verdict(&starts, &rows, idle, &growth, &drained))?;
    say(&screens::verdict(&screens))
}

/// One scene over the large database: for whoever works on its speed.
async fn only(name: &str, pinned: bool) -> anyhow::Result<()> {
    let folder = folder();
    let large = data::open(&folder, &LARGE).await?;
    let bare = Bare::start(pinned).await?;
    let product = Product::start(&folder, &Setting::pages(large.url()), pinned).await?;
    say(&report::heading(pinned))?;
    for scene in scenes::all(&large).iter().filter(|scene| scene.name.starts_with(name)) {
        for connections in [1, 16, 64] {
            let row = scenes::run(scene, connections, &product, &bare, Some(&large)).await?;
            say(&report::row(&row))?;
        }
    }
    Ok(())
}

/// What one person waits for, over a database of this size.
async fn measure_screens(size: &Size, pinned: bool) -> anyhow::Result<()> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let data = data::open(&folder, size).await?;
    let product = Product::start(&folder, &Setting::pages(data.url()), pinned).await?;
    let screens = screens::measure_all(&product, &data).await?;
    say(&screens::table(&screens))?;
    say(&screens::verdict(&screens))
}

async fn measure_catalogue(pinned: bool) -> anyhow::Result<Vec<catalogue::Read>> {
    let all = catalogue::measure(&folder(), pinned).await?;
    say(&catalogue::table(&all))?;
    say(&catalogue::verdict(&all))?;
    Ok(all)
}

async fn measure_deliveries(pinned: bool) -> anyhow::Result<()> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let bare = Bare::start(pinned).await?;
    say(&report::heading(pinned))?;
    let drained = deliveries(&folder, &bare, pinned).await?;
    say(&report::archive(&drained))
}

/// Both databases under webhooks and under a full outbox.
async fn deliveries(folder: &Path, bare: &Bare, pinned: bool) -> anyhow::Result<Vec<[Drained; 2]>> {
    let mut all = Vec::new();
    for engine in Engine::all() {
        let url = engine.fresh(folder, "hooks").await?;
        data::prepare(&url).await?;
        let setting = Setting::pages(url);
        let product = Product::start(folder, &setting, pinned).await?;
        let row = scenes::run(&scenes::hooks(), 64, &product, bare, None).await?;
        drop(product);
        say(&format!("\n{}\n{}", engine.name(), report::row(&row)))?;
        let drained = drain::measure(folder, &engine, pinned).await?;
        say(&report::drained(&drained))?;
        all.push(drained);
    }
    Ok(all)
}

/// Kept between runs: filling the large database takes a while.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench")
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
