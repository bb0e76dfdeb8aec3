//! What a connection to a CRM is told: what it takes, how states and fields are called there, where
//! and by what access it is reached.

use std::collections::{BTreeMap, BTreeSet};

use domain::leads::Tracking;
use secrecy::SecretString;
use url::Url;

use crate::config::addresses::AddressRange;
use crate::config::catalogue::CatalogueSettings;
use crate::config::upsell::Upsell;

pub use crate::config::stages::StageMap;

/// Names of our fields that a CRM may keep: the left side of `[connection.fields]`.
pub(crate) fn field_names() -> impl Iterator<Item = &'static str> {
    OWN_FIELDS.into_iter().chain(Tracking::NAMES)
}

const OWN_FIELDS: [&str; 11] = [
    "serial",
    "model",
    "telegram_id",
    "configuration",
    "next_maintenance_on",
    // Of a company, and of a contact; the others are of a deal.
    "inn",
    "contact_telegram_id",
    // Of a site lead.
    "form",
    "page",
    "referrer",
    // A field for files, of Bitrix24.
    "files",
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
    /// States of site leads and their stages.
    pub lead_stages: StageMap,
    /// Our field → id of their field: `serial`, `model`, `telegram_id`, `configuration`,
    /// `next_maintenance_on`, the marks of a site's visitor (`utm_source`, …, `yclid`, …), and `inn`
    /// of a company, `contact_telegram_id` of a contact.
    pub fields: BTreeMap<String, String>,
    /// What becomes of a maintenance that draws near.
    pub upsell: Upsell,
    /// How its goods become parts; `None` where they do not.
    pub catalogue: Option<CatalogueSettings>,
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

/// A portal of Bitrix24. There is a webhook or an application, or both: then the webhook is used.
#[derive(Debug, Clone)]
pub struct Bitrix24Settings {
    /// Incoming webhook: the whole address is a secret.
    pub webhook_url: Option<SecretString>,
    /// The application, where consent is asked instead.
    pub app: Option<Bitrix24App>,
    /// Pipeline of new deals, `CATEGORY_ID`; without it, the portal's own, which is 0.
    pub category_id: Option<i64>,
    /// Stage of new deals, `STATUS_ID` such as `C1:NEW`; without it, the pipeline's first.
    pub stage_id: Option<String>,
    /// Who is responsible for new deals and leads.
    pub responsible_user_id: Option<i64>,
    /// The token that events of a hand-made outgoing webhook bear.
    pub application_token: Option<SecretString>,
    /// How many calls a second the portal's bucket drains.
    pub calls_per_second: u32,
    /// How many calls the bucket takes at once.
    pub calls_at_once: u32,
}

/// An application of Bitrix24.
#[derive(Debug, Clone)]
pub struct Bitrix24App {
    /// Its id: `local.…` or `app.…`.
    pub client_id: String,
    /// Its key.
    pub client_secret: SecretString,
    /// Where the portal sends the person back, as in the application's card.
    pub callback_url: Url,
    /// The authorization server.
    pub oauth_url: Url,
    /// The portal; `None` where the first consent or installation tells it.
    pub portal_url: Option<Url>,
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

    /// The stages of what it takes; `None` where a kind has none.
    #[must_use]
    pub fn stages(&self, what: Takes) -> Option<&StageMap> {
        match what {
            Takes::Orders => Some(&self.order_stages),
            Takes::Requests => Some(&self.request_stages),
            Takes::Leads => Some(&self.lead_stages),
            Takes::Reminders => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn stages_mut(&mut self, what: Takes) -> Option<&mut StageMap> {
        match what {
            Takes::Orders => Some(&mut self.order_stages),
            Takes::Requests => Some(&mut self.request_stages),
            Takes::Leads => Some(&mut self.lead_stages),
            Takes::Reminders => None,
        }
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

    /// Reads [`Takes::as_str`] back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|takes| takes.as_str() == word)
    }

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
