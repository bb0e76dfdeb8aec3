//! `make demo`: the whole product with the world around it, on one address, with no account
//! anywhere.

mod day;
mod gallery;
pub mod keeper;
pub mod page;
pub mod people;
pub mod seed;
mod world;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use domain::Clock;
use domain::db::Db;
use futures_util::StreamExt as _;
use server::Server;
use server::config::Config;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::amocrm::{Amocrm, AmocrmOptions};
use crate::bitrix24::{Bitrix24, Bitrix24Options, TICKED};
use crate::demo::keeper::Keeper;
use crate::demo::world::World;
use crate::mailbox::Mailbox;
use crate::telegram::{Telegram, TelegramOptions};

/// A token of the real shape; nothing outside this process accepts it.
const BOT_TOKEN: &str = "7000000002:AAFakeTokenOfTheDemoOnly-Sandbox0002";
const BOT_USERNAME: &str = "mypark_demo_bot";

/// A demo that is ready to run.
pub struct Demo {
    /// Where it will be found.
    pub url: String,
    server: Server,
    listener: TcpListener,
    router: Router,
    keeper: Keeper,
    telegram: Telegram,
    amo: Amocrm,
    bitrix24: Bitrix24,
    mailbox: Mailbox,
    world: [World; 2],
}

impl Demo {
    /// Prepares everything under `folder`, to be served on `address`, on the day that `clock` says.
    ///
    /// # Errors
    /// When the address is taken, or the folder is of another version.
    pub async fn prepare(
        address: SocketAddr,
        folder: PathBuf,
        clock: Clock,
    ) -> anyhow::Result<Demo> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("{address} is taken: LISTEN=127.0.0.1:8081 make demo"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let keeper = Keeper::new(&folder)?;
        let now: crate::telegram::Now = {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let mut options = TelegramOptions::new(BOT_TOKEN, BOT_USERNAME, now.clone());
        options.mini_app_url = Some(format!("{url}/app"));
        let telegram = keeper.telegram(options)?;
        for person in people::everybody() {
            telegram.person(person);
        }
        if keeper.is_new() {
            // The staff know the bot already: their cards come without a visitor's help.
            telegram.press_start(people::ENGINEER, None)?;
            telegram.press_start(people::MANAGER, None)?;
        }
        let outside = TcpListener::bind("127.0.0.1:0").await?;
        let outside_url = format!("http://{}", outside.local_addr()?);
        let mut options = AmocrmOptions::new(outside_url.clone(), now.clone());
        options.webhook_url = Some(format!("{url}/webhook/amocrm?secret=sandbox"));
        options.hook_time_scale = 0.05;
        let amo = Amocrm::new(options);
        let portal = TcpListener::bind("127.0.0.1:0").await?;
        let portal_url = format!("http://{}", portal.local_addr()?);
        let mut options = Bitrix24Options::new(portal_url, now.clone());
        options.client.redirect_uri = format!("{url}/api/auth/bitrix24/callback");
        let bitrix24 = Bitrix24::new(options);
        let mailbox = Mailbox::start("127.0.0.1:0".parse()?, now).await?;
        keeper.restore(&amo, &bitrix24, &mailbox)?;
        amo.set_webhook_url(Some(format!("{url}/webhook/amocrm?secret=sandbox")));

        let page = format!("{url}/sandbox");
        let world = [
            World::start(outside, &telegram, &amo, &page),
            World::portal(portal, &bitrix24, &page),
        ];
        let config = config(&url, &outside_url, ways(&bitrix24, &url), &folder, &mailbox)?;
        let database = format!("sqlite://{}", folder.join("mypark.db").display());
        let db = Db::connect(&database).await?;
        db.migrate().await?;
        let server = Server::over(config, clock, db).await?;
        seed::fill(&server.db, &server.dealer).await?;
        domain::parts::catch_up(&server.db).await?;
        let router = server
            .router
            .clone()
            .nest("/sandbox/telegram", telegram.ui_router())
            .nest("/sandbox/amocrm", amo.ui_router())
            .nest("/sandbox/bitrix24", bitrix24.ui_router())
            .nest("/sandbox/mailbox", mailbox.ui_router())
            .merge(page::router(&server))
            .merge(gallery::router(&server.dealer));
        Ok(Demo { url, server, listener, router, keeper, telegram, amo, bitrix24, mailbox, world })
    }

    /// Runs until `stop`, then keeps everything for the next time.
    ///
    /// # Errors
    /// When serving fails.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Demo {
            server, listener, router, keeper, telegram, amo, bitrix24, mailbox, world, ..
        } = self;
        let keeping = {
            let stop = stop.clone();
            tokio::spawn(
                async move { keeper.keep(&telegram, &amo, &bitrix24, &mailbox, &stop).await },
            )
        };
        let router = router.layer(from_fn_with_state(stop.clone(), end_streams));
        server.run_on(&[], Some((listener, router)), stop).await?;
        drop(world);
        keeping.await?;
        Ok(())
    }
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Browsers hold streams of changes open for ever; they end with the demo, or it would wait for them.
async fn end_streams(
    State(stop): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "text/event-stream") {
        return response;
    }
    response
        .map(|body| Body::from_stream(body.into_data_stream().take_until(stop.cancelled_owned())))
}

/// The way into the portal, what its events bear on their way to the product at `url`, and the
/// application by which its people sign in at the console.
fn ways(bitrix24: &Bitrix24, url: &str) -> [(&'static str, String); 7] {
    let token = bitrix24.keep_outgoing_webhook(url, "/webhook/bitrix24", &TICKED);
    let options = bitrix24.options();
    [
        ("BITRIX24_WEBHOOK_URL", bitrix24.webhook_url()),
        ("BITRIX24_APPLICATION_TOKEN", token),
        ("BITRIX24_CLIENT_ID", options.client.id.clone()),
        ("BITRIX24_CLIENT_SECRET", options.client.secret.clone()),
        ("BITRIX24_CALLBACK_URL", options.client.redirect_uri.clone()),
        ("BITRIX24_PORTAL_URL", options.base_url.clone()),
        ("BITRIX24_OAUTH_URL", options.base_url.clone()),
    ]
}

fn config(
    url: &str,
    outside: &str,
    portal: [(&str, String); 7],
    folder: &Path,
    mailbox: &Mailbox,
) -> anyhow::Result<Config> {
    let telegram = format!("{outside}/telegram");
    let uploads = folder.join("files");
    let variables: BTreeMap<String, String> = [
        ("PUBLIC_URL", url),
        // The dealer's site stands here too.
        ("SITE_ORIGINS", url),
        ("DEALER_NAME", "Станкосервис"),
        ("DEALER_PHONE", "+7 800 000-00-00"),
        ("UPLOADS_DIR", &uploads.to_string_lossy()),
        ("SECRET_KEY", "ZGVtby1vbmx5LWtleS1vZi0zMi1ieXRlcy1mb3ItYWw="),
        ("TELEGRAM_BOT_TOKEN", BOT_TOKEN),
        ("TELEGRAM_API_URL", &telegram),
        ("AMOCRM_SUBDOMAIN", "exampleshop"),
        ("AMOCRM_BASE_URL", outside),
        ("AMOCRM_ACCESS_TOKEN", "sandbox-long-lived-token"),
        ("AMOCRM_PIPELINE_ID", "10226282"),
        ("AMOCRM_STATUS_ID", "80953554"),
        ("AMOCRM_RESPONSIBLE_USER_ID", "12380450"),
        ("AMOCRM_FIELD_SERIAL_ID", "712629"),
        ("AMOCRM_FIELD_MODEL_ID", "712631"),
        ("AMOCRM_FIELD_TELEGRAM_ID", "712633"),
        ("AMOCRM_FIELD_CONFIGURATION_ID", "712635"),
        ("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "712640"),
        ("AMOCRM_WEBHOOK_SECRET", "sandbox"),
        ("BITRIX24_RESPONSIBLE_USER_ID", "7"),
        ("SMTP_URL", &mailbox.url()),
        ("MAIL_FROM", "bot@example.com"),
        ("ORDERS_EMAIL", "orders@example.com"),
        // A visitor waits for nobody: what fails is tried again soon.
        ("RETRY_SCHEDULE", "5s,15s,1m,5m"),
        ("RETRY_429", "10s"),
        ("CRM_TIMEOUT", "6s"),
        ("CRM_SEARCH_LAG", "4s"),
        ("RECONCILE_EVERY", "1m"),
        ("REMINDERS_AT", "00:00"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .chain(portal.map(|(name, value)| (name.to_owned(), value)))
    .collect();
    Ok(Config::from_env_and_file(&variables, Some(include_str!("mypark.toml")))?)
}
