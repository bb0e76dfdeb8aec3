//! A dealer of a given size, filled by statements that make many rows each, kept between runs.

use std::path::{Path, PathBuf};

use domain::db::{Db, Tx};
use domain::{Clock, Dealer, import, parts, settings};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::rows;

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// The name of its file.
    pub(crate) name: &'static str,
    /// Customers, each in a company of their own.
    pub(crate) customers: i64,
    /// Machines of each company.
    pub(crate) machines_each: i64,
    /// Parts of the catalogue.
    pub(crate) parts: i64,
}

/// A filled database.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    /// How much is in it.
    pub(crate) size: Size,
    /// Its file.
    pub(crate) file: PathBuf,
    /// A part that is sold and fits some model.
    pub(crate) part: String,
}

/// Telegram ids of the customers follow this one.
pub(crate) const PEOPLE: i64 = 7_000_000_000;
/// The Telegram id of the mechanic of five hundred machines.
pub(crate) const FLEET: i64 = 6_500_000_001;
/// The Telegram id of a manager.
pub(crate) const MANAGER: i64 = 6_000_000_001;
/// Set once the database is full; changes with what is put into it.
const DONE: &str = "bench:filled:6";

impl Data {
    /// What a product is told to serve it.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.file.display())
    }

    /// Where its file lies.
    pub(crate) fn folder(&self) -> PathBuf {
        self.file.parent().map(Path::to_owned).unwrap_or_default()
    }
}

/// The Telegram id of a customer, from 0.
pub(crate) fn person(number: i64) -> i64 {
    PEOPLE + number
}

/// The first machine of a customer.
pub(crate) fn machine(number: i64, size: &Size) -> String {
    format!("{:032x}", 1 + number * size.machines_each)
}

/// A fresh copy of the database of this size, which is filled by the first run: what one run orders
/// must not slow the next.
pub(crate) async fn open(folder: &Path, size: &Size) -> anyhow::Result<Data> {
    let kept = folder.join(format!("{}.db", size.name));
    if !is_filled(&kept, DONE).await {
        remove(&kept);
        crate::say(&format!("filling the {} database…", size.name))?;
        fill(folder, &kept, size).await?;
    }
    let file = folder.join(format!("{}-run.db", size.name));
    remove(&file);
    std::fs::copy(&kept, &file)?;
    let mut conn = connect(&file).await?;
    let sql = "select p.id from parts p join part_models m on m.part_id = p.id
                where p.active and p.price is not null order by p.id limit 1";
    let (part,): (String,) = sqlx::query_as(sql).fetch_one(&mut conn).await?;
    conn.close().await?;
    Ok(Data { size: *size, file, part })
}

/// A database that was never made, or whose log is gone, is no fault.
pub(crate) fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}

/// Whether the file was filled to its end, as the setting `mark` says.
pub(crate) async fn is_filled(file: &Path, mark: &str) -> bool {
    let Ok(mut conn) = connect(file).await else { return false };
    let found: Result<Option<(String,)>, _> =
        sqlx::query_as("select value from settings where name = $1")
            .bind(mark)
            .fetch_optional(&mut conn)
            .await;
    matches!(found, Ok(Some(_)))
}

/// A connection beside the product's.
pub(crate) async fn connect(file: &Path) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(std::time::Duration::from_secs(30))
        .pragma("cache_size", "-200000");
    SqliteConnection::connect_with(&options).await
}

/// An empty database that a product may be started over.
pub(crate) async fn prepare(url: &str) -> anyhow::Result<()> {
    let db = Db::connect(url).await?;
    db.migrate().await?;
    let mut tx = db.begin().await?;
    know_telegram(&mut tx).await?;
    tx.commit().await?;
    db.close().await;
    Ok(())
}

/// Else the first start would ask Telegram.
async fn know_telegram(tx: &mut Tx) -> anyhow::Result<()> {
    Ok(settings::put(tx, "telegram:username:7000000001", "mypark_bench_bot").await?)
}

async fn fill(folder: &Path, file: &Path, size: &Size) -> anyhow::Result<()> {
    let db = Db::connect(&format!("sqlite://{}", file.display())).await?;
    db.migrate().await?;
    let dealer = Dealer {
        clock: Clock::system(),
        zone: "Europe/Moscow".parse()?,
        routes: domain::dealer::Routes::default(),
        ladder: domain::dealer::Ladder::default(),
        hours: domain::WorkingHours::default(),
        line: domain::dealer::Line::default(),
        approvals: Vec::new(),
        discount: None,
        uploads: folder.join("files"),
    };
    let mut tx = db.begin().await?;
    let models = include_bytes!("../../sandbox/data/models.csv");
    import::models(&mut tx, &dealer, models).await?;
    import::parts(&mut tx, &dealer, include_bytes!("../../sandbox/data/parts.csv")).await?;
    let manager = domain::staff::Role::Manager;
    domain::staff::add(&mut tx, MANAGER, manager, "Мария", dealer.clock.now()).await?;
    know_telegram(&mut tx).await?;
    tx.commit().await?;
    db.close().await;
    let mut conn = connect(file).await?;
    sqlx::query("begin").execute(&mut conn).await?;
    for statement in rows::all(size) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await?;
    }
    sqlx::query("commit").execute(&mut conn).await?;
    let db = Db::connect(&format!("sqlite://{}", file.display())).await?;
    parts::catch_up(&db).await?;
    let mut tx = db.begin().await?;
    settings::put(&mut tx, DONE, "yes").await?;
    tx.commit().await?;
    db.close().await;
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Puts two lines into every cart.
pub(crate) async fn refill_carts(data: &Data) -> anyhow::Result<()> {
    let mut conn = connect(&data.file).await?;
    sqlx::query(
        "insert or ignore into cart_items
                (customer_id, part_id, machine_id, quantity, seen_price, added_at)
         select c.id, p.id, '', 2, p.price, '2026-11-01T09:00:00+00:00'
           from customers c
           join (select id, price from parts where active order by id limit 2) p",
    )
    .execute(&mut conn)
    .await?;
    conn.close().await?;
    Ok(())
}
