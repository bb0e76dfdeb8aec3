//! Connections to CRMs: from `[[connection]]` where the file has any, else one for each CRM that
//! the environment configures.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::catalogue::CatalogueSettings;
use crate::config::connection::{
    ConnectionConfig, ConnectionKind, CrmSettings, StageMap, Takes, field_names,
};
use crate::config::file::{ConnectionEntry, StagesEntry, UpsellEntry, Word};
use crate::config::upsell::Upsell;
use crate::config::variables::Values;
use crate::config::{ConfigError, SecretKey, addresses, settings, values};

/// What is written of the connections: in the file where it has any, else by the environment.
pub(crate) fn entries(values: &Values, written: Vec<ConnectionEntry>) -> Vec<ConnectionEntry> {
    if !written.is_empty() {
        return written;
    }
    let configured =
        ConnectionKind::ALL.into_iter().filter(|kind| settings::is_configured(*kind, values));
    configured.map(of_environment).collect()
}

/// Builds every connection.
pub(crate) fn build(
    values: &Values,
    entries: Vec<ConnectionEntry>,
) -> Result<Vec<ConnectionConfig>, ConfigError> {
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
        CrmSettings::Bitrix24(bitrix) => bitrix.webhook_url.is_none(),
        CrmSettings::Hubspot(_) => false,
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
        catalogue: None,
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
    let lead_stages = StageMap::leads(kind, entry.stages.lead).map_err(wrong)?;
    let webhook_from = addresses::ranges("webhook_from", &entry.webhook_from).map_err(wrong)?;
    let webhook_proxies = match &entry.webhook_proxies {
        Some(written) => addresses::ranges("webhook_proxies", written).map_err(wrong)?,
        None => addresses::loopback(),
    };
    let upsell = Upsell::read(kind, &entry.upsell).map_err(wrong)?;
    let catalogue = entry.catalogue.map(CatalogueSettings::read).transpose().map_err(wrong)?;
    if catalogue.is_some() && kind != ConnectionKind::Bitrix24 {
        return Err(wrong("catalogue: only Bitrix24 keeps goods that become parts".to_owned()));
    }
    let of_file = settings::Settings::new(kind, &entry.name, entry.settings, values)?;
    let fields = fields(kind, &of_file, entry.fields).map_err(wrong)?;
    let settings = of_file.build()?;
    Ok(ConnectionConfig {
        name: entry.name,
        takes,
        order_stages,
        request_stages,
        lead_stages,
        fields,
        upsell,
        catalogue,
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
        let why = || format!("takes «{word}», which is not leads, orders, requests, reminders");
        Takes::parse(word).ok_or_else(why)
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
        if !field_names().any(|known| known == ours) {
            let known = field_names().collect::<Vec<_>>().join(", ");
            return Err(format!("fields: «{ours}» is not one of {known}"));
        }
        fields.insert(ours, theirs.0);
    }
    for (ours, theirs) in &fields {
        let fits = match kind {
            ConnectionKind::Amocrm => values::id(theirs).map(drop),
            ConnectionKind::Bitrix24 => values::bitrix24_field(theirs).map(drop),
            ConnectionKind::Hubspot => Ok(()),
        };
        fits.map_err(|why| format!("field {ours}: {why}"))?;
    }
    Ok(fields)
}
