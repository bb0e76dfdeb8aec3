//! Connections to CRMs: from `[[connection]]` where the file has any, else one for each CRM that
//! the environment configures.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use url::Url;

use crate::config::addresses::{self, AddressRange};
use crate::config::file::{ConnectionEntry, StagesEntry, UpsellEntry, Word};
use crate::config::upsell::Upsell;
use crate::config::variables::Values;
use crate::config::{ConfigError, SecretKey, settings};

pub use crate::config::stages::StageMap;

/// Names of our fields that a CRM may keep: the left side of `[connection.fields]`.
pub(crate) const FIELDS: [&str; 7] = [
    "serial",
    "model",
    "telegram_id",
    "configuration",
    "next_maintenance_on",
    // Of a company, and of a contact; the others are of a deal.
    "inn",
    "contact_telegram_id",
];

/// One account of one CRM.
#[derive(Debug, Clone)]
pub struct ConnectionConfig {
    /// Its name, once in the configuration and for good: rows of the database bear it.
    pub name: String,
    /// What it takes.
    pub takes: BTreeSet<Takes>,
    /// States of orders and their stages.
    pub order_stages: StageMap,
    /// States of service requests and their stages.
    pub request_stages: StageMap,
    /// Our field → id of their field: `serial`, `model`, `telegram_id`, `configuration`,
    /// `next_maintenance_on`, and `inn` of a company, `contact_telegram_id` of a contact.
    pub fields: BTreeMap<String, String>,
    /// What becomes of a maintenance that draws near.
    pub upsell: Upsell,
    /// Where webhooks may come from; empty takes any address.
    pub webhook_from: Vec<AddressRange>,
    /// Proxies of ours whose `X-Forwarded-For` is believed.
    pub webhook_proxies: Vec<AddressRange>,
    /// Address and access.
    pub settings: CrmSettings,
}

/// What a connection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// Requests of the site.
    Leads,
    /// Orders of parts.
    Orders,
    /// Service requests.
    Requests,
    /// Maintenance that is due, as a task.
    Reminders,
}

/// Which CRM it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionKind {
    /// amoCRM or Kommo.
    Amocrm,
    /// Bitrix24.
    Bitrix24,
    /// HubSpot.
    Hubspot,
}

/// Address and access of one CRM account.
#[derive(Debug, Clone)]
pub enum CrmSettings {
    /// amoCRM.
    Amocrm(AmocrmSettings),
    /// Bitrix24.
    Bitrix24(Bitrix24Settings),
    /// HubSpot.
    Hubspot(HubspotSettings),
}

/// An account of amoCRM. There is a token or an OAuth client, or both: then the token is used, and
/// the client's secret checks the hook of a disabled integration.
#[derive(Debug, Clone)]
pub struct AmocrmSettings {
    /// What stands before `.amocrm.ru`.
    pub subdomain: String,
    /// Address of the API, without a path.
    pub base_url: Url,
    /// Long-lived token.
    pub access_token: Option<SecretString>,
    /// The integration, where consent is asked instead.
    pub oauth: Option<AmocrmOAuth>,
    /// Pipeline of new deals; without it, the account's main one.
    pub pipeline_id: Option<i64>,
    /// Stage of new deals; only together with the pipeline.
    pub status_id: Option<i64>,
    /// The stage that means «won».
    pub status_success: i64,
    /// Who is responsible for new deals.
    pub responsible_user_id: Option<i64>,
    /// The secret in the address of the webhook; without it the webhook is off.
    pub webhook_secret: Option<SecretString>,
    /// How many calls a second this integration may make.
    pub calls_per_second: u32,
    /// Whether deals are made with their people in one call, which the account's own control of
    /// duplicates watches.
    pub duplicate_control: bool,
    /// The list of products that positions are linked from.
    pub products: Products,
    /// Whether a product that the list lacks is made there.
    pub make_products: bool,
}

/// The list of products of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Products {
    /// The one that the account says is of products, if it has one.
    Found,
    /// This one.
    List(i64),
    /// None: positions stand in the note only.
    Off,
}

/// A portal of Bitrix24. There is a webhook or an OAuth client, or both.
#[derive(Debug, Clone)]
pub struct Bitrix24Settings {
    /// Incoming webhook: the whole address is a secret.
    pub webhook_url: Option<SecretString>,
    /// The application, where consent is asked instead.
    pub oauth: Option<OAuthClient>,
    /// The authorization server.
    pub oauth_url: Url,
    /// Who is responsible for new deals and leads.
    pub responsible_user_id: Option<i64>,
    /// The token that its events bear.
    pub application_token: Option<SecretString>,
}

/// A portal of HubSpot.
#[derive(Debug, Clone)]
pub struct HubspotSettings {
    /// Token of a private app.
    pub access_token: SecretString,
    /// Signs its webhooks.
    pub client_secret: Option<SecretString>,
    /// Address of the API.
    pub base_url: Url,
}

/// How amoCRM asks people for consent.
#[derive(Debug, Clone)]
pub struct AmocrmOAuth {
    /// Where amoCRM sends the person back: compared letter by letter there, so kept as written.
    pub redirect_uri: String,
    /// The integration.
    pub client: AmocrmClient,
}

/// An integration of amoCRM.
#[derive(Debug, Clone)]
pub enum AmocrmClient {
    /// Made by hand in the account.
    Own {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretString,
    },
    /// An external one: amoCRM makes it when a person presses the button.
    Button {
        /// Where amoCRM then tells its id and secret.
        secrets_uri: Url,
    },
}

/// What an OAuth consent needs of us.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    /// Public id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// Where the CRM sends the person back.
    pub redirect_uri: Url,
}

impl ConnectionConfig {
    /// Which CRM it is.
    #[must_use]
    pub fn kind(&self) -> ConnectionKind {
        match &self.settings {
            CrmSettings::Amocrm(_) => ConnectionKind::Amocrm,
            CrmSettings::Bitrix24(_) => ConnectionKind::Bitrix24,
            CrmSettings::Hubspot(_) => ConnectionKind::Hubspot,
        }
    }

    /// Whether it takes this.
    #[must_use]
    pub fn takes(&self, what: Takes) -> bool {
        self.takes.contains(&what)
    }

    /// The id of their field for ours.
    #[must_use]
    pub fn field(&self, ours: &str) -> Option<&str> {
        self.fields.get(ours).map(String::as_str)
    }
}

impl Takes {
    /// Everything there is to take.
    pub const ALL: [Self; 4] = [Self::Leads, Self::Orders, Self::Requests, Self::Reminders];

    /// Its word in `mypark.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::Orders => "orders",
            Self::Requests => "requests",
            Self::Reminders => "reminders",
        }
    }
}

impl ConnectionKind {
    /// Every kind, in the order in which the environment is looked through.
    pub const ALL: [Self; 3] = [Self::Amocrm, Self::Bitrix24, Self::Hubspot];

    /// Its word in `mypark.toml`, and the name of its connection where the file has none.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amocrm => "amocrm",
            Self::Bitrix24 => "bitrix24",
            Self::Hubspot => "hubspot",
        }
    }
}

/// Builds every connection.
pub(crate) fn build(
    values: &Values,
    entries: Vec<ConnectionEntry>,
) -> Result<Vec<ConnectionConfig>, ConfigError> {
    if entries.is_empty() {
        let configured = ConnectionKind::ALL
            .into_iter()
            .filter(|kind| settings::is_configured(*kind, values))
            .map(of_environment);
        return configured.map(|entry| connection(values, entry)).collect();
    }
    let mut built: Vec<ConnectionConfig> = Vec::new();
    for entry in entries {
        if built.iter().any(|other| other.name == entry.name) {
            let problem = "is the name of two connections";
            return Err(ConfigError::new(&format!("connection «{}»", entry.name), problem));
        }
        built.push(connection(values, entry)?);
    }
    Ok(built)
}

/// Refuses a consent whose tokens could not be kept: they are stored sealed or not at all.
pub(crate) fn needs_key(
    connections: &[ConnectionConfig],
    key: Option<&SecretKey>,
) -> Result<(), ConfigError> {
    let by_consent = |connection: &&ConnectionConfig| match &connection.settings {
        CrmSettings::Amocrm(amo) => amo.access_token.is_none(),
        CrmSettings::Bitrix24(_) | CrmSettings::Hubspot(_) => false,
    };
    match connections.iter().find(by_consent) {
        Some(connection) if key.is_none() => {
            let why = "is not set, but OAuth needs it to seal the tokens of connection";
            Err(ConfigError::new("SECRET_KEY", format!("{why} «{}»", connection.name)))
        }
        _ => Ok(()),
    }
}

fn of_environment(kind: ConnectionKind) -> ConnectionEntry {
    ConnectionEntry {
        name: kind.as_str().to_owned(),
        kind: kind.as_str().to_owned(),
        takes: None,
        stages: StagesEntry::default(),
        fields: BTreeMap::new(),
        upsell: UpsellEntry::default(),
        webhook_from: Vec::new(),
        webhook_proxies: None,
        settings: BTreeMap::new(),
    }
}

fn connection(values: &Values, entry: ConnectionEntry) -> Result<ConnectionConfig, ConfigError> {
    let place = format!("connection «{}»", entry.name);
    let wrong = |problem: String| ConfigError::new(&place, problem);
    if entry.name.trim().is_empty() {
        return Err(wrong("has an empty name".to_owned()));
    }
    let kind =
        ConnectionKind::ALL.into_iter().find(|kind| kind.as_str() == entry.kind).ok_or_else(
            || wrong(format!("kind «{}» is not amocrm, bitrix24 or hubspot", entry.kind)),
        )?;
    let takes = takes(entry.takes).map_err(wrong)?;
    let order_stages = StageMap::orders(kind, entry.stages.order).map_err(wrong)?;
    let request_stages = StageMap::requests(kind, entry.stages.request).map_err(wrong)?;
    let webhook_from = addresses::ranges("webhook_from", &entry.webhook_from).map_err(wrong)?;
    let webhook_proxies = match &entry.webhook_proxies {
        Some(written) => addresses::ranges("webhook_proxies", written).map_err(wrong)?,
        None => addresses::loopback(),
    };
    let upsell = Upsell::read(&entry.upsell).map_err(wrong)?;
    let of_file = settings::Settings::new(kind, &entry.name, entry.settings, values)?;
    let fields = fields(kind, &of_file, entry.fields).map_err(wrong)?;
    let settings = of_file.build()?;
    Ok(ConnectionConfig {
        name: entry.name,
        takes,
        order_stages,
        request_stages,
        fields,
        upsell,
        webhook_from,
        webhook_proxies,
        settings,
    })
}

fn takes(words: Option<Vec<String>>) -> Result<BTreeSet<Takes>, String> {
    let Some(words) = words else {
        return Ok(BTreeSet::from(Takes::ALL));
    };
    let known = |word: &String| {
        let found = Takes::ALL.into_iter().find(|takes| takes.as_str() == word);
        found.ok_or_else(|| {
            format!("takes «{word}», which is not leads, orders, requests, reminders")
        })
    };
    words.iter().map(known).collect()
}

fn fields(
    kind: ConnectionKind,
    settings: &settings::Settings<'_>,
    written: BTreeMap<String, Word>,
) -> Result<BTreeMap<String, String>, String> {
    let mut fields = settings.field_ids();
    for (ours, theirs) in written {
        if !FIELDS.contains(&ours.as_str()) {
            return Err(format!("fields: «{ours}» is not one of {}", FIELDS.join(", ")));
        }
        fields.insert(ours, theirs.0);
    }
    if kind == ConnectionKind::Amocrm {
        for (ours, theirs) in &fields {
            crate::config::values::id(theirs).map_err(|why| format!("field {ours}: {why}"))?;
        }
    }
    Ok(fields)
}
