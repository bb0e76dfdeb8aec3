//! A dealer of a given size, filled by statements that make many rows each, kept between runs.

use std::path::{Path, PathBuf};

use domain::db::Db;
use domain::{Clock, Dealer, import, settings};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

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
const PEOPLE: i64 = 7_000_000_000;
/// The Telegram id of a manager.
pub(crate) const MANAGER: i64 = 6_000_000_001;
/// Set once the database is full; changes with what is put into it.
const DONE: &str = "bench:filled:2";

/// The Telegram id of a customer, from 0.
pub(crate) fn person(number: i64) -> i64 {
    PEOPLE + number
}

/// The first machine of a customer.
pub(crate) fn machine(number: i64, size: &Size) -> String {
    format!("{:032x}", 1 + number * size.machines_each)
}

/// The database of this size: as an earlier run left it, else filled now.
pub(crate) async fn open(folder: &Path, size: &Size) -> anyhow::Result<Data> {
    let file = folder.join(format!("{}.db", size.name));
    if !is_filled(&file).await {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
        crate::say(&format!("filling the {} database…", size.name))?;
        fill(folder, &file, size).await?;
    }
    let mut conn = connect(&file).await?;
    let sql = "select p.id from parts p join part_models m on m.part_id = p.id
                where p.active and p.price is not null order by p.id limit 1";
    let (part,): (String,) = sqlx::query_as(sql).fetch_one(&mut conn).await?;
    conn.close().await?;
    Ok(Data { size: *size, file, part })
}

async fn is_filled(file: &Path) -> bool {
    let Ok(mut conn) = connect(file).await else { return false };
    let found: Result<Option<(String,)>, _> =
        sqlx::query_as("select value from settings where name = $1")
            .bind(DONE)
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

async fn fill(folder: &Path, file: &Path, size: &Size) -> anyhow::Result<()> {
    let db = Db::connect(&format!("sqlite://{}", file.display())).await?;
    db.migrate().await?;
    let dealer = Dealer {
        clock: Clock::system(),
        zone: "Europe/Moscow".parse()?,
        routes: domain::dealer::Routes::default(),
        ladder: domain::dealer::Ladder::default(),
        uploads: folder.join("files"),
    };
    let mut tx = db.begin().await?;
    let models = include_bytes!("../../sandbox/data/models.csv");
    import::models(&mut tx, &dealer, models).await?;
    import::parts(&mut tx, &dealer, include_bytes!("../../sandbox/data/parts.csv")).await?;
    let manager = domain::staff::Role::Manager;
    domain::staff::add(&mut tx, MANAGER, manager, "Мария", dealer.clock.now()).await?;
    // Else the first start would ask Telegram.
    settings::put(&mut tx, "telegram:username", "mypark_bench_bot").await?;
    tx.commit().await?;
    db.close().await;
    let mut conn = connect(file).await?;
    sqlx::query("begin").execute(&mut conn).await?;
    for statement in statements(size) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await?;
    }
    sqlx::query("insert into settings (name, value) values ($1, 'yes')")
        .bind(DONE)
        .execute(&mut conn)
        .await?;
    sqlx::query("commit").execute(&mut conn).await?;
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Empties the orders that a run has made, and puts two lines into every cart.
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

fn statements(size: &Size) -> Vec<String> {
    let Size { customers, machines_each, parts, .. } = size;
    let machines = customers * machines_each;
    let numbers = |count: i64| {
        format!(
            "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < {count})"
        )
    };
    let at = "'2026-01-10T09:00:00+00:00'";
    let models = "(select id, row_number() over (order by id) - 1 as place from machine_models)";
    vec![
        format!(
            "{} insert into companies (id, name, inn, search_key, created_at)
             select printf('%032x', i + 1), 'ООО «Завод ' || i || '»', null, 'ооо завод ' || i, {at}
               from n",
            numbers(*customers)
        ),
        "insert into sites (id, company_id, name)
         select id, id, 'Цех 1' from companies"
            .to_owned(),
        format!(
            "{} insert into customers (id, telegram_id, phone, name, language, reachable,
                                       created_at, updated_at)
             select printf('%032x', i + 1), {PEOPLE} + i, '+7900' || printf('%07d', i),
                    'Механик ' || i, 'ru', 1, {at}, {at}
               from n",
            numbers(*customers)
        ),
        format!(
            "insert into memberships (id, customer_id, company_id, role, state, created_at)
             select id, id, id, 'member', 'active', {at} from customers"
        ),
        format!(
            "{} insert into machine_instances
                    (id, serial, serial_key, model_id, configuration, company_id, site_id, made_on,
                     shipped_on, commissioned_on, warranty_until, hours, next_maintenance_on,
                     created_at, updated_at)
             select printf('%032x', i + 1), 'M-' || i, 'M' || i, m.id, 'РМЦ 1000 мм, УЦИ на 2 оси',
                    printf('%032x', i / {machines_each} + 1),
                    printf('%032x', i / {machines_each} + 1),
                    '2024-03-14', '2024-06-02', '2024-06-20', '2026-06-20', 1000 + i % 5000,
                    date('2026-12-01', (i % 300) || ' days'), {at}, {at}
               from n
               join {models} m on m.place = i % (select count(*) from machine_models)",
            numbers(machines)
        ),
        format!(
            "{} insert into timeline_events (id, machine_id, at, kind, title)
             select printf('%032x', i + 1), printf('%032x', i / 3 + 1), {at}, 'service',
                    'Замена масла, проверка геометрии'
               from n",
            numbers(machines * 3)
        ),
        more_parts(*parts),
        "insert into part_codes (part_id, code, code_key)
         select p.id, p.sku, upper(replace(replace(p.sku, '.', ''), '-', ''))
           from parts p
          where not exists (select 1 from part_codes c where c.part_id = p.id)"
            .to_owned(),
        format!(
            "insert into part_models (part_id, model_id)
             select p.id, m.id
               from parts p
               join {models} m on m.place = p.price / 100
                                            % (select count(*) from machine_models)
              where not exists (select 1 from part_models c where c.part_id = p.id)"
        ),
        format!(
            "{} insert into orders (id, number, customer_id, company_id, state, total, delivery,
                                    client_key, created_at, updated_at)
             select printf('%032x', i + 1), 'ORD-2025-' || printf('%06d', i + 1),
                    printf('%032x', i / 3 + 1), printf('%032x', i / 3 + 1),
                    case when i % 3000 = 0 then 'placed' else 'completed' end,
                    1240000, 'pickup', 'key-' || i, {at}, {at}
               from n",
            numbers(customers * 3)
        ),
        "insert into order_lines (order_id, position, part_id, sku, name, price, quantity)
         select o.id, p.place, p.id, p.sku, p.name, p.price, 2
           from orders o
           join (select id, sku, name, price, row_number() over (order by id) as place
                   from parts order by id limit 3) p"
            .to_owned(),
        format!(
            "{} insert into service_requests
                    (id, number, customer_id, machine_id, kind, machine_down, text, state,
                     client_key, created_at, updated_at)
             select printf('%032x', i + 1), 'SRV-2025-' || printf('%06d', i + 1),
                    printf('%032x', i + 1), printf('%032x', i * {machines_each} + 1),
                    'breakdown', 1, 'Шпиндель греется', case when i % 1000 = 0 then 'new' else 'closed' end,
                    'key-' || i, {at}, {at}
               from n",
            numbers(*customers)
        ),
        "analyze".to_owned(),
    ]
}

/// The demo's parts over and over, under further articles.
fn more_parts(parts: i64) -> String {
    format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {parts} / 100)
         insert into parts (id, sku, name, price, stock, lead_days, category, photo, active,
                            search_key, updated_at)
         select lower(hex(randomblob(16))), p.sku || '-' || n.i, p.name || ' ' || n.i,
                coalesce(p.price, 100000) + n.i * 100, p.stock, p.lead_days, p.category, p.photo,
                p.active, p.search_key || ' ' || n.i, p.updated_at
           from parts p, n
          limit max(0, {parts} - (select count(*) from parts))"
    )
}
