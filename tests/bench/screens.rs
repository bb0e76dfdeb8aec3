//! What one person waits for: the first screen as a phone loads it, the search as they type it, a park
//! of five hundred machines. One connection, nobody else.

use std::fmt::Write as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::net::TcpStream;

use crate::data::{self, Data, FLEET};
use crate::load::{Requests, connect, exchange};
use crate::process::{Product, Server as _};
use crate::scenes::{get, measure, session};

/// How often the first screen is loaded.
const LOADS: u32 = 100;
/// What a page may take here, so that it comes within a fifth of a second on a phone.
const PAGE: Duration = Duration::from_millis(50);
/// What the first screen may weigh, over the wire.
const WEIGHT: usize = 60 * 1024;

/// What is asked for again and again: its name, its address, and by whom; without a name by everybody in
/// turn, for nobody types so fast.
const PAGES: [(&str, &str, Option<i64>); 8] = [
    ("typed: ш", "/app/parts/suggest?q=%D1%88", None),
    ("typed: ше", "/app/parts/suggest?q=%D1%88%D0%B5", None),
    (
        "typed: шестерня",
        "/app/parts/suggest?q=%D1%88%D0%B5%D1%81%D1%82%D0%B5%D1%80%D0%BD%D1%8F",
        None,
    ),
    ("typed: 16k20.02", "/app/parts/suggest?q=16k20.02", None),
    ("an old article", "/app/parts?q=1%D0%BA62.02.114", None),
    (
        "two words",
        "/app/parts?q=%D0%B2%D0%B8%D0%BD%D1%82%20%D0%BF%D0%BE%D0%B4%D0%B0%D1%87%D0%B8",
        None,
    ),
    ("park of 500", "/app/park", Some(FLEET)),
    ("park of 500, searched", "/app/park?q=f-487", Some(FLEET)),
];

/// What one thing took.
pub(crate) struct Screen {
    name: &'static str,
    p50: Duration,
    p99: Duration,
    /// Over the wire.
    bytes: usize,
    fits: bool,
}

/// Loads and asks for each of them.
pub(crate) async fn measure_all(product: &Product, data: &Data) -> anyhow::Result<Vec<Screen>> {
    let mut all = vec![first_screen(product).await?];
    for (name, path, person) in PAGES {
        let people =
            person.map_or(data::PEOPLE..data::PEOPLE + data.size.customers, |one| one..one + 1);
        let ready: Vec<_> = people.take(2_000).map(|one| get(path, &session(one))).collect();
        let ask: Requests = Rc::new(move |number| {
            ready[usize::try_from(number).unwrap_or_default() % ready.len()].clone()
        });
        let (seen, _) = measure(product, 1, &Rc::default(), &ask).await?;
        let (p50, p99) = (Duration::from_micros(seen.p50), Duration::from_micros(seen.p99));
        all.push(Screen { name, p50, p99, bytes: seen.body, fits: p99 <= PAGE });
    }
    Ok(all)
}

/// The shell, its scripts and style, the session's first page: one after the other, as the slowest
/// phone would.
async fn first_screen(product: &Product) -> anyhow::Result<Screen> {
    let mut took = Vec::new();
    let mut bytes = 0;
    for _ in 0..LOADS {
        let started = Instant::now();
        bytes = load_once(product).await?;
        took.push(started.elapsed());
    }
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    let (p50, p99) = (at(50), at(99));
    Ok(Screen { name: "first screen", p50, p99, bytes, fits: bytes <= WEIGHT })
}

/// A connection of its own, as after the start of a phone's web view. Answers what came over the wire.
async fn load_once(product: &Product) -> anyhow::Result<usize> {
    let mut stream = connect(product.address()).await?;
    let mut buffer = Vec::with_capacity(1 << 18);
    let plain = String::from_utf8(ask(&mut stream, &mut buffer, "/app", false).await?)?;
    let mut bytes = ask(&mut stream, &mut buffer, "/app", true).await?.len();
    let words: Vec<&str> = plain.split('"').collect();
    let loads = words.windows(2).filter(|pair| {
        let by_itself = ["src=", "href=", "data-worker="].iter().any(|end| pair[0].ends_with(end));
        by_itself && pair[1].starts_with("/assets/")
    });
    for path in loads.map(|pair| pair[1]).chain(["/app/park"]) {
        bytes += ask(&mut stream, &mut buffer, path, true).await?.len();
    }
    Ok(bytes)
}

async fn ask(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    path: &str,
    packed: bool,
) -> anyhow::Result<Vec<u8>> {
    let encodings = if packed { "gzip, br" } else { "identity" };
    let accept = if path == "/app" { "text/html" } else { "*/*" };
    let who = session(data::PEOPLE);
    let who = if path == "/app/park" { format!("authorization: {who}\r\n") } else { String::new() };
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: bench\r\n{who}accept: {accept}\r\nhx-request: true\r\n\
         accept-encoding: {encodings}\r\naccept-language: ru\r\n\r\n"
    );
    let reply = exchange(stream, request.as_bytes(), buffer).await?;
    anyhow::ensure!(reply.status == 200, "{path}: {}", reply.status);
    Some(reply.body).filter(|body| !body.is_empty()).context("a body")
}

/// All of them, a line each.
pub(crate) fn table(all: &[Screen]) -> String {
    let mut text =
        format!("\n{:<24}{:>10}{:>10}{:>10}\n", "one person", "p50 ms", "p99 ms", "bytes");
    for Screen { name, p50, p99, bytes, .. } in all {
        let ms = |time: &Duration| time.as_secs_f64() * 1000.0;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<24}{:>10.2}{:>10.2}{bytes:>10}", ms(p50), ms(p99));
    }
    text
}

/// The targets: the weight of the first screen, the time of each other one.
pub(crate) fn verdict(all: &[Screen]) -> String {
    let missed: Vec<_> = all.iter().filter(|one| !one.fits).map(|one| one.name).collect();
    match missed.is_empty() {
        true => {
            format!("ok     first screen ≤ {WEIGHT} bytes, each search and the park ≤ {PAGE:?}")
        }
        false => format!("MISSED {}", missed.join(", ")),
    }
}
