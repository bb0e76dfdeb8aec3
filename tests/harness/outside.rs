//! What stands around the product in a story: Telegram, the CRMs, the mailbox, and what a dealer
//! tells the product of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::Clock;
use domain::db::Db;
use domain::staff::{self, Role};
use domain::{import, parts};
use sandbox::amocrm::{Amocrm, AmocrmOptions};
use sandbox::bitrix24::{Bitrix24, Bitrix24Options};
use sandbox::mailbox::Mailbox;
use sandbox::telegram::{Telegram, TelegramOptions};
use tokio::net::TcpListener;

use crate::database::TestDatabase;
use crate::people::{CUSTOMER, ENGINEER, MANAGER, everybody};

const BOT_TOKEN: &str = "7000000001:AAFakeTokenForStoriesOnly-Story0000001";

pub(crate) async fn start_telegram(clock: &Clock) -> (Telegram, String) {
    let now = clock.clone();
    let options = TelegramOptions::new(BOT_TOKEN, "mypark_story_bot", Arc::new(move || now.now()));
    let telegram = Telegram::new(options);
    for person in everybody() {
        telegram.person(person);
    }
    let url = serve(telegram.router()).await;
    (telegram, url)
}

/// An amoCRM that finds what was made only after `search_lag`.
pub(crate) async fn start_amo(clock: &Clock, search_lag: Duration) -> (Amocrm, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let now = clock.clone();
    let mut options = AmocrmOptions::new(url.clone(), Arc::new(move || now.now()));
    // The story's clock stands still: a limit by the second would never end.
    options.rate_per_second = 0;
    options.search_lag = search_lag;
    let amo = Amocrm::new(options);
    let router = amo.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (amo, url)
}

/// A portal without a limit of calls: the story's clock stands still, and it would never end.
pub(crate) async fn start_bitrix24(clock: &Clock) -> Bitrix24 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let now = clock.clone();
    let mut options = Bitrix24Options::new(url, Arc::new(move || now.now()));
    options.bucket = None;
    let bitrix24 = Bitrix24::new(options);
    let router = bitrix24.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    bitrix24
}

/// What the card of the portal's application says.
pub(crate) fn application(bitrix24: &Bitrix24) -> [(String, String); 5] {
    let options = bitrix24.options();
    let client = &options.client;
    [
        ("BITRIX24_CLIENT_ID", &client.id),
        ("BITRIX24_CLIENT_SECRET", &client.secret),
        ("BITRIX24_CALLBACK_URL", &client.redirect_uri),
        ("BITRIX24_PORTAL_URL", &options.base_url),
        ("BITRIX24_OAUTH_URL", &options.base_url),
    ]
    .map(|(name, value)| (name.to_owned(), value.clone()))
}

pub(crate) async fn start_mailbox(clock: &Clock) -> Mailbox {
    let clock = clock.clone();
    let address = "127.0.0.1:0".parse().expect("an address");
    Mailbox::start(address, Arc::new(move || clock.now())).await.expect("a mailbox")
}

async fn serve(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// What a dealer usually tells the product.
pub(crate) fn usual(
    database: &TestDatabase,
    base: &str,
    telegram: &str,
    amo: &str,
    mailbox: &Mailbox,
) -> BTreeMap<String, String> {
    let uploads = database.folder.path().join("files");
    [
        ("DATABASE_URL", database.url.as_str()),
        ("PUBLIC_URL", base),
        ("UPLOADS_DIR", &uploads.to_string_lossy()),
        ("SECRET_KEY", "c3Rvcnktc2VjcmV0LWtleS1vZi0zMi1ieXRlcy1hYmM="),
        ("TELEGRAM_BOT_TOKEN", BOT_TOKEN),
        ("TELEGRAM_API_URL", telegram),
        ("TELEGRAM_MODE", "webhook"),
        ("TELEGRAM_WEBHOOK_SECRET", "story-telegram-secret"),
        ("AMOCRM_SUBDOMAIN", "exampleshop"),
        ("AMOCRM_BASE_URL", amo),
        ("AMOCRM_ACCESS_TOKEN", "sandbox-long-lived-token"),
        ("AMOCRM_PIPELINE_ID", "10226282"),
        ("AMOCRM_STATUS_ID", "80953554"),
        ("AMOCRM_RESPONSIBLE_USER_ID", "12380450"),
        ("AMOCRM_FIELD_SERIAL_ID", "712629"),
        ("AMOCRM_FIELD_MODEL_ID", "712631"),
        ("AMOCRM_FIELD_TELEGRAM_ID", "712633"),
        ("AMOCRM_FIELD_CONFIGURATION_ID", "712635"),
        ("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "712640"),
        ("AMOCRM_WEBHOOK_SECRET", "story-secret"),
        ("AMOCRM_CALLS_PER_SECOND", "1000"),
        ("SMTP_URL", &mailbox.url()),
        ("MAIL_FROM", "bot@example.com"),
        ("ORDERS_EMAIL", "orders@example.com"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// The demo's catalogue and machines, and two of the dealer's people.
pub(crate) async fn fill(db: &Db, dealer: &domain::Dealer) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    import::models(&mut tx, dealer, include_bytes!("../../sandbox/data/models.csv")).await?;
    import::parts(&mut tx, dealer, include_bytes!("../../sandbox/data/parts.csv")).await?;
    let machines = include_str!("../../sandbox/data/machines.csv");
    // The story itself shows how a person is met; the demo's file names the customer already.
    let machines = machines.replace(&CUSTOMER.to_string(), "");
    import::machines(&mut tx, dealer, machines.as_bytes()).await?;
    let now = dealer.clock.now();
    staff::add(&mut tx, ENGINEER, Role::Engineer, "Игорь", now).await?;
    staff::add(&mut tx, MANAGER, Role::Manager, "Мария", now).await?;
    tx.commit().await?;
    parts::catch_up(db).await?;
    Ok(())
}

/// The stages of the sandbox, as a dealer maps them.
pub const STAGES: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"

[connection.stages.order]
placed = "80953554"
confirmed = "80953558"
shipped = "80953562"
completed = "142"
cancelled = "143"

[connection.stages.request]
new = "80953554"
in_progress = "80953558"
done = "142"
cancelled = "143"
"#;
