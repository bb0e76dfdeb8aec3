//! How fast promised deliveries reach an amoCRM that sets no limit, and whether an archive of old
//! ones slows them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use domain::db::Db;
use domain::ids::PartId;
use domain::orders::{Checkout, DeliveryWay, checkout};
use domain::people::{self, Profile};
use domain::text::Phone;
use domain::{Clock, Dealer, cart, import, outbox, settings};
use sandbox::amocrm::{Amocrm, AmocrmOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::data;
use crate::process::{Product, Setting};

/// How many orders are delivered.
const ORDERS: i64 = 400;
/// So many of them are one person's: deliveries of different orders go in parallel.
const ORDERS_EACH: i64 = 4;
/// How many deliveries an archive holds.
const ARCHIVE: i64 = 1_000_000;
/// Each is drained so often, in turn, and the best counts: a busy machine is no property of ours.
const ROUNDS: usize = 3;
/// Beyond it something is broken.
const PATIENCE: Duration = Duration::from_secs(300);
/// Set once the archive is full; changes with what is put into it.
const DONE: &str = "bench:archive:1";

/// What the connection is called that is configured by variables alone.
const AMO: &str = "amocrm";

/// Where the outbox lies.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// A file in the folder of the bench.
    Sqlite,
    /// A database of the server that `TEST_DATABASE_URL` names.
    Postgres(String),
}

/// One measurement.
#[derive(Clone, Debug)]
pub(crate) struct Drained {
    pub(crate) engine: &'static str,
    /// Old deliveries in the table.
    pub(crate) archive: i64,
    /// Orders delivered a second, each a contact's search, a deal and a note.
    pub(crate) per_second: f64,
    /// Calls of amoCRM that took.
    pub(crate) calls: usize,
}

impl Engine {
    /// SQLite, and PostgreSQL where there is one.
    pub(crate) fn all() -> Vec<Engine> {
        #[expect(clippy::disallowed_methods, reason = "the bench's own switch, not the product's")]
        let server = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
        [Some(Engine::Sqlite), server.map(Engine::Postgres)].into_iter().flatten().collect()
    }

    /// As the table calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// An empty database under `name`; what a run before it left is gone.
    pub(crate) async fn fresh(&self, folder: &Path, name: &str) -> anyhow::Result<String> {
        match self {
            Engine::Sqlite => {
                let file = folder.join(format!("{name}.db"));
                data::remove(&file);
                Ok(format!("sqlite://{}", file.display()))
            }
            Engine::Postgres(server) => {
                let mut admin = PgConnection::connect(server).await?;
                for sql in ["drop database if exists", "create database"] {
                    sqlx::query(AssertSqlSafe(format!("{sql} bench_{name}")))
                        .execute(&mut admin)
                        .await?;
                }
                let mut url = url::Url::parse(server)?;
                url.set_path(&format!("bench_{name}"));
                Ok(url.into())
            }
        }
    }
}

/// Drains the same outbox with nothing else in the table, and with an archive.
pub(crate) async fn measure(
    folder: &Path,
    engine: &Engine,
    pinned: bool,
) -> anyhow::Result<[Drained; 2]> {
    let mut best: Option<[Drained; 2]> = None;
    for _ in 0..ROUNDS {
        let mut round = [
            drain(folder, engine, 0, pinned).await?,
            drain(folder, engine, ARCHIVE, pinned).await?,
        ];
        for (new, old) in round.iter_mut().zip(best.iter().flatten()) {
            if old.per_second > new.per_second {
                *new = old.clone();
            }
        }
        best = Some(round);
    }
    best.context("no round")
}

async fn drain(
    folder: &Path,
    engine: &Engine,
    archive: i64,
    pinned: bool,
) -> anyhow::Result<Drained> {
    let url = match archive {
        0 => engine.fresh(folder, "drain").await?,
        _ => archived(folder, engine, archive).await?,
    };
    let db = Db::connect(&url).await?;
    db.migrate().await?;
    order(&db, folder).await?;
    let (amo, amo_url) = limitless_amo().await?;
    let setting = Setting {
        database: url,
        workers: true,
        more: vec![
            ("AMOCRM_BASE_URL", amo_url),
            ("AMOCRM_ACCESS_TOKEN", "sandbox-long-lived-token".to_owned()),
            ("AMOCRM_CALLS_PER_SECOND", "1000".to_owned()),
        ],
    };
    let started = Instant::now();
    let product = Product::start(folder, &setting, pinned).await?;
    while left(&db).await? > 0 {
        anyhow::ensure!(started.elapsed() < PATIENCE, "{} orders never arrived", left(&db).await?);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = started.elapsed();
    drop(product);
    db.close().await;
    let per_second = f64::from(u32::try_from(ORDERS)?) / took.as_secs_f64();
    Ok(Drained { engine: engine.name(), archive, per_second, calls: amo.calls().len() })
}

/// A database with an archive. On SQLite it is a copy of one that the first run has filled; a server
/// copies its own while it stands.
async fn archived(folder: &Path, engine: &Engine, count: i64) -> anyhow::Result<String> {
    match engine {
        Engine::Sqlite => {
            let kept = folder.join("archive.db");
            if !data::is_filled(&kept, DONE).await {
                let url = engine.fresh(folder, "archive").await?;
                fill_archive(&url, count).await?;
                let mut conn = data::connect(&kept).await?;
                sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut conn).await?;
                conn.close().await?;
            }
            let url = engine.fresh(folder, "drain").await?;
            std::fs::copy(&kept, folder.join("drain.db"))?;
            Ok(url)
        }
        Engine::Postgres(server) => {
            let mut admin = PgConnection::connect(server).await?;
            let kept = "select 1 from pg_database where datname = 'bench_archive'";
            let kept = sqlx::query(kept).fetch_optional(&mut admin).await?;
            if kept.is_none() {
                fill_archive(&engine.fresh(folder, "archive").await?, count).await?;
            }
            let url = engine.fresh(folder, "drain").await?;
            for sql in
                ["drop database bench_drain", "create database bench_drain template bench_archive"]
            {
                sqlx::query(sql).execute(&mut admin).await?;
            }
            Ok(url)
        }
    }
}

/// Orders that wait for amoCRM; cards in chats are of no concern here.
async fn left(db: &Db) -> anyhow::Result<i64> {
    let counts = outbox::counts(&mut db.read().await?).await?;
    Ok(counts.iter().filter(|(connection, ..)| connection == AMO).map(|(.., count)| count).sum())
}

async fn limitless_amo() -> anyhow::Result<(Amocrm, String)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let clock = Clock::system();
    let mut options = AmocrmOptions::new(url.clone(), Arc::new(move || clock.now()));
    options.rate_per_second = 0;
    let amo = Amocrm::new(options);
    let router = amo.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((amo, url))
}

/// Old deliveries, each with its attempt, older than anything that is promised now.
async fn fill_archive(url: &str, count: i64) -> anyhow::Result<()> {
    const AT: &str = "'2026-01-10T09:00:00+00:00'";
    let numbers = format!(
        "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < {count})"
    );
    let deliveries = format!(
        "insert into deliveries (id, connection, entity, kind, payload, dedup_key, state,
                                 outcome_unknown, run_at, attempts, created_at, updated_at)
         {numbers} select '00' || (10000000 + i), '{AMO}', 'order:' || i, 'crm_order',
                          '{{\"kind\":\"crm_order\",\"order\":\"' || i || '\"}}', 'old:' || i,
                          'delivered', false, {AT}, 1, {AT}, {AT}
           from n"
    );
    let attempts = format!(
        "insert into attempts (delivery_id, number, started_at, finished_at, outcome)
         {numbers} select '00' || (10000000 + i), 1, {AT}, {AT}, 'delivered' from n"
    );
    crate::say(&format!("filling an archive of {count} deliveries…"))?;
    let db = Db::connect(url).await?;
    db.migrate().await?;
    let mut tx = db.begin().await?;
    for sql in [deliveries, attempts] {
        domain::db::execute!(&mut tx, AssertSqlSafe(sql.clone()))?;
    }
    tx.commit().await?;
    // As the servers do by themselves before long.
    let mut tx = db.begin().await?;
    domain::db::execute!(&mut tx, "analyze")?;
    settings::put(&mut tx, DONE, "yes").await?;
    tx.commit().await?;
    db.close().await;
    Ok(())
}

/// The orders, promised to amoCRM and not yet told.
async fn order(db: &Db, folder: &Path) -> anyhow::Result<()> {
    let dealer = Dealer {
        clock: Clock::system(),
        zone: "Europe/Moscow".parse()?,
        routes: domain::dealer::Routes {
            orders: vec![AMO.to_owned()],
            ..domain::dealer::Routes::default()
        },
        ladder: domain::dealer::Ladder::default(),
        hours: domain::WorkingHours::default(),
        line: domain::dealer::Line::default(),
        approvals: Vec::new(),
        discount: None,
        uploads: folder.join("files"),
    };
    let mut tx = db.begin().await?;
    import::models(&mut tx, &dealer, include_bytes!("../../sandbox/data/models.csv")).await?;
    import::parts(&mut tx, &dealer, include_bytes!("../../sandbox/data/parts.csv")).await?;
    let (part,): (PartId,) = domain::db::fetch_one!(
        &mut tx,
        (PartId,),
        "select id from parts where active and price is not null order by id limit 1"
    )?;
    for number in 0..ORDERS / ORDERS_EACH {
        let profile = Profile {
            telegram_id: data::person(number),
            name: format!("Покупатель {number}"),
            language_code: None,
        };
        let phone = Phone::parse(&format!("+7900{number:07}")).context("a phone")?;
        let now = dealer.clock.now();
        let customer = people::link(&mut tx, &profile, &phone, now).await?;
        for order in 0..ORDERS_EACH {
            cart::set(&mut tx, &dealer, &customer.id, &part, None, 1 + order).await?;
            let form = Checkout {
                client_key: format!("{number}-{order}"),
                delivery: DeliveryWay::Pickup,
                address: None,
                inn: None,
                comment: None,
                company: None,
                contact: None,
                seen: None,
            };
            checkout(&mut tx, &dealer, &customer.id, &form).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
