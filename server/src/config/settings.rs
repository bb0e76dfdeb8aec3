//! Address and access of one CRM account: what `[[connection]]` writes, and the environment for the
//! rest.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;

use crate::config::connection::{
    AmocrmClient, AmocrmOAuth, AmocrmSettings, Bitrix24App, Bitrix24Settings, ConnectionKind,
    CrmSettings, HubspotSettings, Products, field_names,
};
use crate::config::file::Word;
use crate::config::variables::{GROUPS, Values, default_of};
use crate::config::{ConfigError, values};

/// Settings that alone do not mean that a CRM is wanted.
const HARMLESS: [&str; 8] = [
    "BASE_URL",
    "CALLS_AT_ONCE",
    "CALLS_PER_SECOND",
    "DUPLICATE_CONTROL",
    "MAKE_PRODUCTS",
    "OAUTH_URL",
    "PRODUCTS",
    "STATUS_SUCCESS",
];

/// Below the seven calls a second that amoCRM allows an integration.
const CALLS_PER_SECOND: u32 = 5;

/// What the bucket of a portal drains and holds; on the Enterprise tariff 5 and 250
/// (b24restdocs, limits.md).
const BITRIX24_BUCKET: (u32, u32) = (2, 50);

/// The settings of one connection, by the environment's name without the CRM's prefix.
pub(crate) struct Settings<'a> {
    kind: ConnectionKind,
    connection: String,
    written: BTreeMap<String, String>,
    values: &'a Values,
}

/// Whether the environment says anything that calls for this CRM.
pub(crate) fn is_configured(kind: ConnectionKind, values: &Values) -> bool {
    let wanted = |key: &&str| !HARMLESS.contains(key);
    let set = |key: &str| values.given(&format!("{}{key}", prefix(kind))).is_some();
    keys(kind).filter(wanted).any(set)
}

impl<'a> Settings<'a> {
    /// Refuses settings that this kind of CRM does not have.
    pub(crate) fn new(
        kind: ConnectionKind,
        connection: &str,
        written: BTreeMap<String, Word>,
        values: &'a Values,
    ) -> Result<Self, ConfigError> {
        let known = |name: &str| keys(kind).any(|key| key.to_ascii_lowercase() == name);
        if let Some(unknown) = written.keys().find(|name| !known(name)) {
            let problem = format!("«{unknown}» is not a setting of {}", kind.as_str());
            return Err(ConfigError::new(&format!("connection «{connection}»"), problem));
        }
        let upper = |(name, word): (String, Word)| (name.to_ascii_uppercase(), word.0);
        let written = written.into_iter().map(upper).collect();
        Ok(Self { kind, connection: connection.to_owned(), written, values })
    }

    /// Ids of their fields that the settings name, by our names.
    pub(crate) fn field_ids(&self) -> BTreeMap<String, String> {
        let named = field_names().filter_map(|ours| {
            let stem = ours.trim_end_matches("_on").trim_end_matches("_id");
            let key = format!("FIELD_{}_ID", stem.to_ascii_uppercase());
            self.given(&key).map(|id| (ours.to_owned(), id.to_owned()))
        });
        named.collect()
    }

    /// Builds the settings of its kind.
    pub(crate) fn build(&self) -> Result<CrmSettings, ConfigError> {
        match self.kind {
            ConnectionKind::Amocrm => self.amocrm().map(CrmSettings::Amocrm),
            ConnectionKind::Bitrix24 => self.bitrix24().map(CrmSettings::Bitrix24),
            ConnectionKind::Hubspot => self.hubspot().map(CrmSettings::Hubspot),
        }
    }

    fn amocrm(&self) -> Result<AmocrmSettings, ConfigError> {
        let oauth = self.amocrm_oauth()?;
        let access_token = self.secret("ACCESS_TOKEN");
        let Some(subdomain) = self.optional("SUBDOMAIN", values::host_label)? else {
            return Err(self.missing("SUBDOMAIN", "another setting of amoCRM"));
        };
        if access_token.is_none() && oauth.is_none() {
            return Err(self.missing("ACCESS_TOKEN", &self.name("SUBDOMAIN")));
        }
        let own = format!("https://{subdomain}.amocrm.ru");
        let base_url = self.address("BASE_URL", &own)?;
        let pipeline_id = self.optional("PIPELINE_ID", values::id)?;
        let status_id = self.optional("STATUS_ID", values::id)?;
        if status_id.is_some() && pipeline_id.is_none() {
            return Err(self.missing("PIPELINE_ID", &self.name("STATUS_ID")));
        }
        let status_success = self.optional("STATUS_SUCCESS", values::id)?;
        Ok(AmocrmSettings {
            subdomain,
            base_url,
            access_token,
            oauth,
            pipeline_id,
            status_id,
            status_success: status_success.unwrap_or(142),
            responsible_user_id: self.optional("RESPONSIBLE_USER_ID", values::id)?,
            webhook_secret: self.secret("WEBHOOK_SECRET"),
            calls_per_second: self
                .optional("CALLS_PER_SECOND", values::rate)?
                .unwrap_or(CALLS_PER_SECOND),
            duplicate_control: self
                .optional("DUPLICATE_CONTROL", values::flag)?
                .unwrap_or_default(),
            products: self.optional("PRODUCTS", products)?.unwrap_or(Products::Found),
            make_products: self.optional("MAKE_PRODUCTS", values::flag)?.unwrap_or(true),
        })
    }

    fn bitrix24(&self) -> Result<Bitrix24Settings, ConfigError> {
        let webhook_url = self.optional("WEBHOOK_URL", values::bitrix24_webhook)?;
        let app = self.bitrix24_app(webhook_url.as_ref())?;
        if webhook_url.is_none() && app.is_none() {
            return Err(self.missing("WEBHOOK_URL", "another setting of Bitrix24"));
        }
        let (drain, holds) = BITRIX24_BUCKET;
        Ok(Bitrix24Settings {
            webhook_url: webhook_url.map(|url| SecretString::from(url.as_str())),
            app,
            category_id: self.optional("CATEGORY_ID", values::id_or_zero)?,
            stage_id: self.optional("STAGE_ID", values::bitrix24_stage)?,
            responsible_user_id: self.optional("RESPONSIBLE_USER_ID", values::id)?,
            application_token: self.secret("APPLICATION_TOKEN"),
            calls_per_second: self.optional("CALLS_PER_SECOND", values::rate)?.unwrap_or(drain),
            calls_at_once: self.optional("CALLS_AT_ONCE", values::rate)?.unwrap_or(holds),
        })
    }

    fn bitrix24_app(&self, webhook: Option<&Url>) -> Result<Option<Bitrix24App>, ConfigError> {
        let keys = ["CLIENT_ID", "CLIENT_SECRET", "CALLBACK_URL"];
        let Some(set) = keys.iter().find(|key| self.given(key).is_some()) else {
            return Ok(None);
        };
        let missing = |key: &str| self.missing(key, &self.name(set));
        let portal = self.optional("PORTAL_URL", values::http_url)?;
        Ok(Some(Bitrix24App {
            client_id: self.given("CLIENT_ID").ok_or_else(|| missing("CLIENT_ID"))?.to_owned(),
            client_secret: self.secret("CLIENT_SECRET").ok_or_else(|| missing("CLIENT_SECRET"))?,
            callback_url: self
                .optional("CALLBACK_URL", values::http_url)?
                .ok_or_else(|| missing("CALLBACK_URL"))?,
            oauth_url: self.address("OAUTH_URL", default_of("BITRIX24_OAUTH_URL"))?,
            portal_url: portal.or_else(|| webhook.cloned()).map(|url| origin(&url)),
        }))
    }

    fn hubspot(&self) -> Result<HubspotSettings, ConfigError> {
        let Some(access_token) = self.secret("ACCESS_TOKEN") else {
            return Err(self.missing("ACCESS_TOKEN", "another setting of HubSpot"));
        };
        Ok(HubspotSettings {
            access_token,
            client_secret: self.secret("CLIENT_SECRET"),
            base_url: self.address("BASE_URL", default_of("HUBSPOT_BASE_URL"))?,
        })
    }

    fn amocrm_oauth(&self) -> Result<Option<AmocrmOAuth>, ConfigError> {
        let keys = ["CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "SECRETS_URI"];
        let Some(set) = keys.iter().find(|key| self.given(key).is_some()) else {
            return Ok(None);
        };
        let missing = |key: &str| self.missing(key, &self.name(set));
        let secrets_uri = self.optional("SECRETS_URI", values::http_url)?;
        let client = match (self.given("CLIENT_ID"), self.secret("CLIENT_SECRET"), secrets_uri) {
            (Some(id), Some(secret), None) => AmocrmClient::Own { id: id.to_owned(), secret },
            (None, None, Some(secrets_uri)) => AmocrmClient::Button { secrets_uri },
            (None, None, None) => return Err(missing("CLIENT_ID")),
            (Some(_), None, None) => return Err(missing("CLIENT_SECRET")),
            (None, Some(_), None) => return Err(missing("CLIENT_ID")),
            (_, _, Some(_)) => {
                let problem = "is for an integration that a button makes, which brings its own \
                               id and secret: remove this or them";
                return Err(ConfigError::new(&self.name("SECRETS_URI"), problem));
            }
        };
        self.optional("REDIRECT_URI", values::http_url)?.ok_or_else(|| missing("REDIRECT_URI"))?;
        let redirect_uri = self.given("REDIRECT_URI").unwrap_or_default().to_owned();
        Ok(Some(AmocrmOAuth { redirect_uri, client }))
    }

    fn given(&self, key: &str) -> Option<&str> {
        let written = self.written.get(key).map(String::as_str);
        written.or_else(|| self.values.given(&format!("{}{key}", prefix(self.kind))))
    }

    /// Where the value stands, for messages.
    fn name(&self, key: &str) -> String {
        match self.written.contains_key(key) {
            true => format!("connection «{}» {}", self.connection, key.to_ascii_lowercase()),
            false => format!("{}{key}", prefix(self.kind)),
        }
    }

    fn optional<T>(
        &self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let read = self.given(key).map(parse).transpose();
        read.map_err(|problem| ConfigError::new(&self.name(key), problem))
    }

    fn address(&self, key: &str, default: &str) -> Result<Url, ConfigError> {
        let text = self.given(key).unwrap_or(default);
        values::http_url(text).map_err(|problem| ConfigError::new(&self.name(key), problem))
    }

    fn secret(&self, key: &str) -> Option<SecretString> {
        self.given(key).map(SecretString::from)
    }

    fn missing(&self, key: &str, because: &str) -> ConfigError {
        ConfigError::new(&self.name(key), format!("is not set, but {because} needs it"))
    }
}

/// Scheme, host and port alone: a portal is copied with whatever page was open.
fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    origin.set_fragment(None);
    origin
}

fn products(text: &str) -> Result<Products, String> {
    match text {
        "off" => Ok(Products::Off),
        id => values::id(id).map(Products::List),
    }
}

fn prefix(kind: ConnectionKind) -> &'static str {
    match kind {
        ConnectionKind::Amocrm => "AMOCRM_",
        ConnectionKind::Bitrix24 => "BITRIX24_",
        ConnectionKind::Hubspot => "HUBSPOT_",
    }
}

fn keys(kind: ConnectionKind) -> impl Iterator<Item = &'static str> {
    let all = GROUPS.iter().flat_map(|group| group.variables);
    all.filter_map(move |variable| variable.name.strip_prefix(prefix(kind)))
}
