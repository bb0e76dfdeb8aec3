//! Configuration: one typed struct from the environment and `mypark.toml`, read once at the start.
//! Nothing starts half-configured: a wrong value, or one of a pair, is an error that names it.

mod addresses;
mod approvals;
mod catalogue;
mod cli;
mod connection;
mod connections;
mod file;
mod leads;
mod routing;
mod rules;
mod settings;
mod source;
mod stages;
mod telegram;
mod upsell;
pub(crate) mod values;
mod variables;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;
use chrono_tz::Tz;
use domain::WorkingHours;
use domain::approvals::discounts::DiscountRule;
use domain::approvals::rules::Rule;
use lettre::message::{Mailbox, Mailboxes};
use secrecy::SecretString;
use url::Url;

pub use crate::config::addresses::AddressRange;
pub(crate) use crate::config::addresses::caller_of;
pub use crate::config::catalogue::CatalogueSettings;
pub use crate::config::cli::{
    CatalogueCommand, Cli, Command, DeliveriesCommand, EventsCommand, ImportKind, PartsArgs,
    PlatesCommand, RetryArgs, Role, StaffCommand, StaffRole,
};
pub use crate::config::connection::{
    AmocrmClient, AmocrmOAuth, AmocrmSettings, Bitrix24App, Bitrix24Settings, ConnectionConfig,
    ConnectionKind, CrmSettings, HubspotSettings, Products, StageMap, Takes,
};
pub use crate::config::leads::LeadsConfig;
pub use crate::config::routing::Routing;
pub(crate) use crate::config::routing::{MAPPED, Mapped};
pub use crate::config::rules::RemindersConfig;
pub use crate::config::telegram::{TelegramConfig, TelegramMode};
pub use crate::config::upsell::{Upsell, UpsellKind};
pub use crate::config::values::SecretKey;
pub use crate::config::variables::{GROUPS, Group, Variable};

use crate::config::source::Source;

/// A configuration that cannot be used: what to mend, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct ConfigError {
    /// The variable, or the place in the file.
    pub name: String,
    /// What is wrong with it; never the value of a secret.
    pub problem: String,
}

/// Everything the product was told at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the HTTP server listens.
    pub listen: SocketAddr,
    /// This server as customers and CRMs see it.
    pub public_url: Option<Url>,
    /// `sqlite://…` or `postgres://…`; may hold a password.
    pub database_url: SecretString,
    /// Signs and encrypts; absent where no secret was given.
    pub secret_key: Option<SecretKey>,
    /// Folder of uploaded files.
    pub uploads_dir: PathBuf,
    /// Origins that may post leads from a browser.
    pub site_origins: Vec<String>,
    /// What the dealer is called on plates; empty where it is not told.
    pub dealer_name: String,
    /// The dealer's phone on plates.
    pub dealer_phone: Option<domain::text::Phone>,
    /// The dealer's zone.
    pub time_zone: Tz,
    /// Filter of the log, in the syntax of `tracing`.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// The bot; `None` turns it off.
    pub telegram: Option<TelegramConfig>,
    /// Copies by mail; `None` turns them off.
    pub mail: Option<MailConfig>,
    /// When a failed delivery is tried again.
    pub retry: RetryConfig,
    /// How often CRMs are asked for changed deals.
    pub reconcile_every: Duration,
    /// How long raw bodies of calls and events are kept.
    pub keep_raw: Duration,
    /// Time of day for reminders, in `time_zone`.
    pub reminders_at: NaiveTime,
    /// Steps of the reminders.
    pub reminders: RemindersConfig,
    /// When the dealer's people are at work.
    pub working_hours: WorkingHours,
    /// The dealer's site.
    pub leads: LeadsConfig,
    /// How old the sign-in data of the Mini App may be.
    pub init_data_max_age: Duration,
    /// The CRMs, in the order of the file.
    pub connections: Vec<ConnectionConfig>,
    /// How several CRMs share the work.
    pub routing: Routing,
    /// When a deal or lead needs a decision.
    pub approval_rules: Vec<Rule>,
    /// What managers may take off in a quote alone; none where nobody is asked.
    pub discount: Option<DiscountRule>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where copies go by mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtp://…` or `smtps://…`; may hold a password.
    pub smtp_url: SecretString,
    /// The sender.
    pub from: Mailbox,
    /// Who gets a copy of each lead, order and request.
    pub orders: Vec<Mailbox>,
}

/// When a failed delivery is tried again.
#[derive(Debug, Clone)]
pub struct RetryConfig {
    /// Waits between tries, never empty; after the last one they double, to a day.
    pub schedule: Vec<Duration>,
    /// Least wait after «too many requests».
    pub too_many: Duration,
    /// How long one call of a CRM may take.
    pub call_timeout: Duration,
    /// How long a CRM's search may not find what was just made. What may have been made is looked
    /// for after both have passed.
    pub search_lag: Duration,
}

impl Config {
    /// Builds the configuration from given variables and the text of `mypark.toml`, if there is
    /// one. Reads nothing else, so tests give what they like.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn from_env_and_file(
        environment: &BTreeMap<String, String>,
        file: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let values = variables::Values::new(environment);
        let source = Source::new(&values);
        let path = values.or_default("MYPARK_CONFIG");
        let file = file::parse(path, file.unwrap_or_default())?;
        let mut entries = connections::entries(&values, file.connection);
        routing::spread(&file.stages, &mut entries)?;
        let connections = connections::build(&values, entries)?;
        let routing = Routing::read(&file.routing, &file.stages, &connections)?;
        let secret_key = source.optional("SECRET_KEY", values::secret_key)?;
        connections::needs_key(&connections, secret_key.as_ref())?;
        Ok(Self {
            listen: source.required("LISTEN", |text| {
                text.parse().map_err(|_| format!("«{text}» is not an address like 127.0.0.1:8080"))
            })?,
            public_url: source.optional("PUBLIC_URL", values::http_url)?,
            database_url: source.required("DATABASE_URL", values::database_url)?.into(),
            secret_key,
            uploads_dir: values.or_default("UPLOADS_DIR").into(),
            site_origins: source.optional("SITE_ORIGINS", values::origins)?.unwrap_or_default(),
            dealer_name: values.given("DEALER_NAME").unwrap_or_default().to_owned(),
            dealer_phone: source.optional("DEALER_PHONE", values::phone)?,
            time_zone: source.required("TIME_ZONE", values::time_zone)?,
            log: source.required("LOG", log_filter)?,
            log_format: source.required("LOG_FORMAT", log_format)?,
            telegram: telegram::read(&source)?,
            mail: mail(&source)?,
            retry: RetryConfig {
                schedule: source.required("RETRY_SCHEDULE", values::durations)?,
                too_many: source.required("RETRY_429", values::duration)?,
                call_timeout: source.required("CRM_TIMEOUT", values::duration)?,
                search_lag: source.required("CRM_SEARCH_LAG", values::duration)?,
            },
            reconcile_every: source.required("RECONCILE_EVERY", values::duration)?,
            keep_raw: keep_raw(&source, file.deliveries.keep_raw.as_deref())?,
            reminders_at: source.required("REMINDERS_AT", values::time_of_day)?,
            reminders: rules::reminders(file.reminders)?,
            working_hours: rules::working_hours(&file.working_hours)?,
            leads: LeadsConfig::read(&source, &file.leads)?,
            init_data_max_age: source.required("INIT_DATA_MAX_AGE", values::duration)?,
            approval_rules: approvals::read(file.approval.rule, &connections)?,
            discount: file.approval.discount.map(approvals::discount).transpose()?,
            connections,
            routing,
        })
    }

    /// Reads `.env`, the process's environment and the file. Call it once.
    ///
    /// # Errors
    /// The first value that cannot be used, or a file that is there and cannot be read.
    pub fn load() -> Result<Self, ConfigError> {
        let environment = source::environment()?;
        let file = source::file_text(&variables::Values::new(&environment))?;
        Self::from_env_and_file(&environment, file.as_deref())
    }

    /// The key, for commands that cannot do without it.
    ///
    /// # Errors
    /// When `SECRET_KEY` is not set.
    pub fn secret_key(&self) -> Result<&SecretKey, ConfigError> {
        self.secret_key.as_ref().ok_or_else(|| {
            ConfigError::new("SECRET_KEY", "is not set; make one with `openssl rand -base64 32`")
        })
    }

    /// The connection of this name.
    #[must_use]
    pub fn connection(&self, name: &str) -> Option<&ConnectionConfig> {
        self.connections.iter().find(|connection| connection.name == name)
    }
}

impl ConfigError {
    /// Names a value and its fault; line breaks are folded, so that the message stays one line.
    pub(crate) fn new(name: &str, problem: impl AsRef<str>) -> Self {
        let words: Vec<&str> = problem.as_ref().split_whitespace().collect();
        Self { name: name.to_owned(), problem: words.join(" ") }
    }
}

fn mail(source: &Source<'_>) -> Result<Option<MailConfig>, ConfigError> {
    let names = ["SMTP_URL", "MAIL_FROM", "ORDERS_EMAIL"];
    if !source.all_or_none(&names)? {
        return Ok(None);
    }
    let orders = source.required("ORDERS_EMAIL", |text| {
        let read: Mailboxes = text.parse().map_err(|_| wrong_mailbox(text))?;
        Ok(Vec::from_iter(read))
    })?;
    Ok(Some(MailConfig {
        smtp_url: source.required("SMTP_URL", smtp_url)?,
        from: source.required("MAIL_FROM", |text| text.parse().map_err(|_| wrong_mailbox(text)))?,
        orders,
    }))
}

/// What the file says is stronger than the environment.
fn keep_raw(source: &Source<'_>, written: Option<&str>) -> Result<Duration, ConfigError> {
    match written {
        Some(text) => values::duration(text)
            .map_err(|problem| ConfigError::new("deliveries.keep_raw", problem)),
        None => source.required("RAW_BODIES_KEEP", values::duration),
    }
}

fn smtp_url(text: &str) -> Result<SecretString, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "smtp" | "smtps") && url.has_host() => Ok(text.into()),
        _ => Err("must be an address like smtps://user:password@mail.example.com".to_owned()),
    }
}

fn wrong_mailbox(text: &str) -> String {
    format!("«{text}» is not an e-mail address")
}

fn log_filter(text: &str) -> Result<String, String> {
    // A bare unknown word would be taken for a target, and a misspelt level would log everything.
    let known = |part: &str| {
        part.contains('=') || part.trim().parse::<tracing::level_filters::LevelFilter>().is_ok()
    };
    match text.parse::<tracing_subscriber::EnvFilter>() {
        Ok(_) if text.split(',').all(known) => Ok(text.to_owned()),
        _ => Err(format!("«{text}» is not a log filter like info or server=debug,info")),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("«{text}» is neither text nor json")),
    }
}

#[cfg(test)]
mod tests;
