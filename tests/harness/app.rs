//! Starts the dealer of a story and ends it, with nothing left over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use domain::Clock;
use domain::db::Db;
use domain::outbox::{self, Delivery, Filter};
use sandbox::amocrm::Amocrm;
use sandbox::bitrix24::Bitrix24;
use sandbox::mailbox::Mailbox;
use sandbox::telegram::{ChatMessage, Telegram};
use server::Server;
use server::config::{Config, Role as Part};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::database::TestDatabase;
use crate::mini_app::MiniApp;
use crate::outside::{
    STAGES, application, fill, start_amo, start_bitrix24, start_mailbox, start_telegram, usual,
};
use crate::people::{CUSTOMER, ENGINEER, MANAGER};

const PATIENCE: Duration = Duration::from_secs(40);
const SEARCH_LAG: Duration = Duration::from_secs(3);

/// How a story's dealer differs from the usual one.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Variables beside, or instead of, the usual ones.
    pub variables: Vec<(&'static str, String)>,
    /// What stands in `mypark.toml`.
    pub file: String,
    /// Whether the catalogue and the machines of the demo are there.
    pub catalogue: bool,
    /// Whether workers run by themselves; a story about faults may want to step.
    pub workers: bool,
    /// After so long amoCRM's search finds what was made.
    pub search_lag: Duration,
    /// Whether `BITRIX24_WEBHOOK_URL` is the incoming webhook of the portal around it.
    pub bitrix24: bool,
    /// Whether the product knows the portal's application.
    pub bitrix24_app: bool,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            variables: Vec::new(),
            file: STAGES.to_owned(),
            catalogue: true,
            workers: true,
            search_lag: SEARCH_LAG,
            bitrix24: false,
            bitrix24_app: false,
        }
    }
}

/// A running dealer.
pub struct App {
    /// What the product was told; a story may start a second one with it.
    pub config: Config,
    /// The story's clock: everything but sockets goes by it.
    pub clock: Clock,
    /// The product's database.
    pub db: Db,
    /// The Telegram around it.
    pub telegram: Telegram,
    /// The amoCRM around it.
    pub amo: Amocrm,
    /// The Bitrix24 around it.
    pub bitrix24: Bitrix24,
    /// The orders address.
    pub mailbox: Mailbox,
    /// The product's address.
    pub base: String,
    /// For stepping and for what happens by the clock.
    pub outbox: server::worker::outbox::OutboxWorker,
    /// For stepping.
    pub inbox: server::worker::inbox::InboxWorker,
    /// The installation.
    pub dealer: Arc<domain::Dealer>,
    /// Every route of the product.
    pub router: axum::Router,
    /// A plain client.
    pub http: reqwest::Client,
    /// The database's and the files' place.
    pub database: TestDatabase,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Setup {
    /// What the story sets beside the usual variables.
    fn add_to(&self, variables: &mut BTreeMap<String, String>, bitrix24: &Bitrix24) {
        if self.bitrix24 {
            variables.insert("BITRIX24_WEBHOOK_URL".to_owned(), bitrix24.webhook_url());
        }
        if self.bitrix24_app {
            variables.extend(application(bitrix24));
        }
        for (name, value) in &self.variables {
            variables.insert((*name).to_owned(), value.clone());
        }
    }
}

impl App {
    /// The usual dealer.
    pub async fn start() -> App {
        App::start_with(Setup::default()).await
    }

    /// A dealer as the story needs it.
    pub async fn start_with(setup: Setup) -> App {
        let database = TestDatabase::create().await.expect("a database for the story");
        // A Monday morning in Moscow.
        let clock = Clock::fixed(Utc.with_ymd_and_hms(2026, 11, 23, 7, 0, 0).unwrap());
        let (telegram, telegram_url) = start_telegram(&clock).await;
        let (amo, amo_url) = start_amo(&clock, setup.search_lag).await;
        let bitrix24 = start_bitrix24(&clock).await;
        let mailbox = start_mailbox(&clock).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        amo.set_webhook_url(Some(format!("{base}/webhook/amocrm?secret=story-secret")));
        let mut variables = usual(&database, &base, &telegram_url, &amo_url, &mailbox);
        setup.add_to(&mut variables, &bitrix24);
        let config =
            Config::from_env_and_file(&variables, Some(&setup.file)).expect("a configuration");
        let db = Db::connect(&database.url).await.expect("a database");
        db.migrate().await.expect("migrations");
        let server = Server::over(config.clone(), clock.clone(), db.clone()).await;
        let server = server.expect("a server");
        if setup.catalogue {
            fill(&db, &server.dealer).await.expect("the demo's catalogue");
        }
        let stop = CancellationToken::new();
        let (outbox, inbox) = (server.outbox.clone(), server.inbox.clone());
        let (dealer, router) = (server.dealer.clone(), server.router.clone());
        let parts: &[Part] =
            if setup.workers { &[Part::Web, Part::Bot, Part::Worker] } else { &[Part::Web] };
        let web = Some((listener, router.clone()));
        let running = tokio::spawn(server.run_on(parts, web, stop.clone()));
        let http = reqwest::Client::builder().build().expect("a client");
        let app = App {
            config,
            clock,
            db,
            telegram,
            amo,
            bitrix24,
            mailbox,
            base,
            outbox,
            inbox,
            dealer,
            router,
            http,
            database,
            stop,
            running,
        };
        if setup.workers && setup.catalogue {
            // Telegram lets a bot write only to people who started it.
            for person in [ENGINEER, MANAGER] {
                app.telegram.press_start(person, None).expect("a person");
                app.says(person, |message| !message.text.is_empty()).await;
            }
        }
        app
    }

    /// A person's open Mini App.
    pub fn mini_app(&self, person: i64) -> MiniApp {
        MiniApp {
            http: self.http.clone(),
            base: self.base.clone(),
            authorization: format!("tma {}", self.telegram.init_data(person, None)),
        }
    }

    /// The customer has met the bot and shared her phone.
    pub async fn linked_customer(&self) -> MiniApp {
        self.link(CUSTOMER).await;
        self.mini_app(CUSTOMER)
    }

    /// A person starts the bot and shares their phone.
    pub async fn link(&self, person: i64) {
        self.telegram.press_start(person, None).expect("a person");
        self.says(person, |message| !message.text.is_empty()).await;
        let sent = self.telegram.send_contact(person).expect("a phone");
        let answered = self.telegram.wait_after(person, sent, |m| m.from_bot, PATIENCE).await;
        answered.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Waits for a message of the bot that fits.
    pub async fn says(&self, person: i64, fits: impl Fn(&ChatMessage) -> bool) -> ChatMessage {
        let fits = |message: &ChatMessage| message.from_bot && fits(message);
        let found = self.telegram.wait_for(person, fits, PATIENCE).await;
        found.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits until something is so; says `what` was waited for when it never is.
    pub async fn eventually<T, F>(&self, what: &str, mut look: impl FnMut() -> F) -> T
    where
        F: Future<Output = Option<T>>,
    {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if tokio::time::Instant::now() > deadline {
                panic!("never came: {what}; open deliveries: {:#?}", self.open().await);
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Moves the clock and wakes the workers to it.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
        self.db.signals().outbox.notify_waiters();
        self.db.signals().inbox.notify_waiters();
    }

    /// Sets the clock and wakes the workers to it.
    pub fn at(&self, time: DateTime<Utc>) {
        self.clock.set(time);
        self.pass(TimeDelta::zero());
    }

    /// Every delivery that has not been delivered.
    pub async fn open(&self) -> Vec<Delivery> {
        let filter = Filter { open_only: true, limit: 1000, ..Filter::default() };
        let mut reader = self.db.read().await.expect("a connection");
        outbox::list(&mut reader, &filter).await.expect("deliveries")
    }

    /// Waits until everything promised is delivered.
    pub async fn settled(&self) {
        self.eventually("an empty outbox", async || {
            let waiting = {
                let mut reader = self.db.read().await.expect("a connection");
                domain::inbox::waiting(&mut reader).await.expect("events")
            };
            let quiet = waiting == 0
                && self.telegram.pending_updates().is_empty()
                && self.amo.hook_deliveries().iter().all(|hook| hook.delivered)
                && self.bitrix24.event_deliveries().iter().all(|event| event.status.is_some())
                && self.open().await.is_empty();
            quiet.then_some(())
        })
        .await;
    }

    /// Ends the story: everything was delivered, nothing is left over.
    pub async fn finish(self) {
        self.settled().await;
        self.stop().await;
    }

    /// Stops the product as SIGTERM does.
    pub async fn stop(self) {
        self.stop.cancel();
        self.running.await.expect("the product ends").expect("without an error");
    }
}
