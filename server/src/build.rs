//! Wires the parts together; starts nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bot::BotDeps;
use domain::db::Db;
use domain::dealer::{Ladder, Routes};
use domain::{Clock, Dealer, settings};
use secrecy::ExposeSecret as _;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::Server;
use crate::config::{Config, Takes, TelegramConfig, Upsell, UpsellKind};
use crate::crm::Crms;
use crate::http;
use crate::telegram::BotApi;
use crate::worker::deliver::Deliverer;
use crate::worker::inbox::InboxWorker;
use crate::worker::mail::Mailer;
use crate::worker::night::Night;
use crate::worker::outbox::OutboxWorker;
use crate::worker::pace::Pace;
use crate::worker::policy::Policy;
use crate::worker::scheduler::Scheduler;
use crate::worker::site::Site;

mod router;

use router::router;

impl Server {
    /// Builds the product over a database that has been migrated.
    ///
    /// # Errors
    /// What is missing or cannot be reached, in words for the operator.
    pub async fn build(config: Config, clock: Clock) -> anyhow::Result<Server> {
        let db = open_database(&config).await?;
        Server::over(config, clock, db).await
    }

    /// Builds the product over a database that is open already.
    ///
    /// # Errors
    /// As [`Server::build`].
    pub async fn over(config: Config, clock: Clock, db: Db) -> anyhow::Result<Server> {
        let dealer = Arc::new(dealer(&config, clock));
        let http = http::client(config.retry.call_timeout)?;
        let api = config.telegram.as_ref().map(|telegram| BotApi::new(http.clone(), telegram));
        let bot = match (&config.telegram, &api) {
            (Some(telegram), Some(api)) => {
                Some(bot_deps(&config, telegram, api, &db, &dealer).await?)
            }
            _ => None,
        };
        let policy = Policy::of(&config.retry);
        let key = config.secret_key.as_ref();
        let crms = Crms::new(&config.connections, &http, &db, &dealer, &policy, key);
        let crms = Arc::new(crms);
        let deliverer = Deliverer {
            db: db.clone(),
            dealer: dealer.clone(),
            bot: bot.clone(),
            mailer: config.mail.as_ref().map(Mailer::new).transpose()?,
            crms: crms.clone(),
            pace: Pace::shared(&db),
            site: site(&config, &http),
            public_url: config.public_url.clone(),
        };
        let outbox = OutboxWorker {
            db: db.clone(),
            dealer: dealer.clone(),
            deliverer: Arc::new(deliverer),
            policy,
            // The longest story is contact, deal, note and ten files; each call may time out.
            lease: config.retry.call_timeout * 6,
        };
        let inbox = InboxWorker {
            db: db.clone(),
            dealer: dealer.clone(),
            bot: bot.clone(),
            crms: crms.clone(),
        };
        let scheduler = Scheduler {
            db: db.clone(),
            dealer: dealer.clone(),
            outbox: outbox.clone(),
            inbox: inbox.clone(),
            crms: crms.clone(),
            reminders_at: config.reminders_at,
            reconcile_every: config.reconcile_every,
            night: Night {
                db: db.clone(),
                dealer: dealer.clone(),
                crms: crms.clone(),
                keep_raw: config.keep_raw,
            },
            public_url: config.public_url.clone(),
        };
        let stop = CancellationToken::new();
        let router = router(&config, &db, &dealer, crms, bot.as_ref(), &stop)?;
        Ok(Server { config, db, dealer, router, outbox, inbox, scheduler, api, stop })
    }

    /// The Bot API, unless the bot is off.
    pub(crate) fn api(&self) -> Option<&BotApi> {
        self.api.as_ref()
    }
}

/// Opens the database of the configuration; SQLite's folder is made if it is not there.
///
/// # Errors
/// When it cannot be reached.
pub(crate) async fn open_database(config: &Config) -> anyhow::Result<Db> {
    let url = config.database_url.expose_secret();
    if let Some(path) = url.strip_prefix("sqlite://")
        && let Some(folder) = Path::new(path).parent()
        && !folder.as_os_str().is_empty()
    {
        std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    Db::connect(url).await.context("DATABASE_URL: the database cannot be opened")
}

/// The installation as the rules see it.
pub(crate) fn dealer(config: &Config, clock: Clock) -> Dealer {
    let taking = |what: Takes| {
        let names = config.connections.iter().filter(|connection| connection.takes(what));
        names.map(|connection| connection.name.clone()).collect()
    };
    let reminded = || {
        let taking = config.connections.iter().filter(|one| one.takes(Takes::Reminders));
        taking.filter(|one| one.upsell.kind != UpsellKind::None)
    };
    Dealer {
        clock,
        zone: config.time_zone,
        routes: Routes {
            orders: taking(Takes::Orders),
            requests: taking(Takes::Requests),
            reminders: reminded().map(|connection| connection.name.clone()).collect(),
            reminder_steps: reminded().filter_map(Upsell::steps_of).collect(),
            leads: taking(Takes::Leads),
            twins: config.routing.twins,
            mail: config.mail.is_some(),
            site: config.leads.webhook_url.is_some(),
        },
        ladder: Ladder {
            steps: config.reminders.steps.iter().map(|step| i64::from(*step)).collect(),
            overdue_every: i64::from(config.reminders.overdue_every),
        },
        hours: config.working_hours.clone(),
        line: config.leads.line(),
        approvals: config.approval_rules.clone(),
        discount: config.discount.clone(),
        uploads: config.uploads_dir.clone(),
    }
}

/// The site's ear, where it has one.
fn site(config: &Config, http: &reqwest::Client) -> Option<Site> {
    let (url, secret) = (config.leads.webhook_url.clone()?, config.leads.secret.clone()?);
    Some(Site { http: http.clone(), url, secret })
}

async fn bot_deps(
    config: &Config,
    telegram: &TelegramConfig,
    api: &BotApi,
    db: &Db,
    dealer: &Arc<Dealer>,
) -> anyhow::Result<BotDeps> {
    let me = username(api, telegram.token.expose_secret(), db).await?;
    bot_named(config, telegram, db, dealer, me)
}

fn bot_named(
    config: &Config,
    telegram: &TelegramConfig,
    db: &Db,
    dealer: &Arc<Dealer>,
    me: String,
) -> anyhow::Result<BotDeps> {
    // A client of its own: the bot's calls must not share the CRM's time-out.
    let client = http::client(Duration::from_secs(30))?;
    let bot = teloxide::Bot::with_client(telegram.token.expose_secret(), client)
        .set_api_url(telegram.api_url.clone());
    let mini_app_url = config.public_url.as_ref().map(|url| url.join("app")).transpose()?;
    Ok(BotDeps { db: db.clone(), dealer: dealer.clone(), bot, me, mini_app_url })
}

/// The bot as it is known here, for whoever asks what it would say: Telegram is not asked for its name.
///
/// # Errors
/// When the database fails, or no client can be made.
pub(crate) async fn known_bot(
    config: &Config,
    db: &Db,
    dealer: &Arc<Dealer>,
) -> anyhow::Result<Option<BotDeps>> {
    let Some(telegram) = &config.telegram else { return Ok(None) };
    let key = username_key(telegram.token.expose_secret());
    let me = settings::get(&mut db.read().await?, &key).await?.unwrap_or_default();
    bot_named(config, telegram, db, dealer, me).map(Some)
}

/// Where the user name of a token's bot is kept, so that a start need not wait for Telegram.
/// Another bot has another id, and so another name.
pub fn username_key(token: &str) -> String {
    let bot = token.split(':').next().unwrap_or_default();
    format!("telegram:username:{bot}")
}

/// The bot's user name: as it was last time, else asked of Telegram.
async fn username(api: &BotApi, token: &str, db: &Db) -> anyhow::Result<String> {
    let key = username_key(token);
    let known = {
        let mut reader = db.read().await?;
        settings::get(&mut reader, &key).await?
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let me = api
        .call("getMe", &json!({}), Duration::from_secs(10))
        .await
        .context("TELEGRAM_BOT_TOKEN: Telegram does not answer to it")?;
    let name = me["username"].as_str().context("a bot has a user name")?.to_owned();
    let mut tx = db.begin().await?;
    settings::put(&mut tx, &key, &name).await?;
    tx.commit().await?;
    Ok(name)
}
