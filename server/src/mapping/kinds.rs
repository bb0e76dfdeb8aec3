//! Which field of theirs can hold which of ours, by CRM.

use crate::config::ConnectionKind;
use crate::mapping::structure::{COMPANIES, CONTACTS, INQUIRIES, LEADS};

/// A field of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Our name of it.
    pub(crate) ours: &'static str,
    /// Where the configuration names it.
    pub(crate) setting: &'static str,
    /// Whose field it is.
    pub(crate) of: &'static str,
    /// The types of theirs that can hold it.
    pub(crate) holds: &'static [&'static str],
}

const fn kind(
    ours: &'static str,
    setting: &'static str,
    of: &'static str,
    holds: &'static [&'static str],
) -> Kind {
    Kind { ours, setting, of, holds }
}

const TEXT: &[&str] = &["text", "textarea"];
const TRACKING: &[&str] = &["tracking_data", "text", "textarea", "url"];
const NUMBER: &[&str] = &["text", "textarea", "numeric"];
const PORTAL_TEXT: &[&str] = &["string", "url"];
const PORTAL_NUMBER: &[&str] = &["string", "integer", "double"];

/// The fields that the environment has variables for.
pub(crate) const AMO: [Kind; 7] = [
    kind("serial", "AMOCRM_FIELD_SERIAL_ID", LEADS, TEXT),
    kind("model", "AMOCRM_FIELD_MODEL_ID", LEADS, TEXT),
    kind("telegram_id", "AMOCRM_FIELD_TELEGRAM_ID", LEADS, NUMBER),
    // Only read by us, so anything that reads as text.
    kind(
        "configuration",
        "AMOCRM_FIELD_CONFIGURATION_ID",
        LEADS,
        &["text", "textarea", "select", "radiobutton", "numeric", "url"],
    ),
    kind("next_maintenance_on", "AMOCRM_FIELD_NEXT_MAINTENANCE_ID", LEADS, &["date", "date_time"]),
    kind("contact_telegram_id", "AMOCRM_FIELD_CONTACT_TELEGRAM_ID", CONTACTS, NUMBER),
    kind("inn", "AMOCRM_FIELD_INN_ID", COMPANIES, NUMBER),
];

/// The marks of a site's visitor, which few dealers keep: nothing is said where they are not set.
const AMO_TRACKED: [Kind; 9] = [
    kind("utm_source", "[connection.fields] utm_source", LEADS, TRACKING),
    kind("utm_medium", "[connection.fields] utm_medium", LEADS, TRACKING),
    kind("utm_campaign", "[connection.fields] utm_campaign", LEADS, TRACKING),
    kind("utm_content", "[connection.fields] utm_content", LEADS, TRACKING),
    kind("utm_term", "[connection.fields] utm_term", LEADS, TRACKING),
    kind("yclid", "[connection.fields] yclid", LEADS, TRACKING),
    kind("gclid", "[connection.fields] gclid", LEADS, TRACKING),
    kind("ym_uid", "[connection.fields] ym_uid", LEADS, TRACKING),
    kind("roistat", "[connection.fields] roistat", LEADS, TRACKING),
];

/// Those of Bitrix24, whose leads bear the marks in fields of their own.
const PORTAL: [Kind; 8] = [
    kind("serial", "[connection.fields] serial", LEADS, &["string"]),
    kind("model", "[connection.fields] model", LEADS, &["string"]),
    kind("telegram_id", "[connection.fields] telegram_id", LEADS, PORTAL_NUMBER),
    kind(
        "configuration",
        "[connection.fields] configuration",
        LEADS,
        &["string", "enumeration", "integer", "double", "url"],
    ),
    kind(
        "next_maintenance_on",
        "[connection.fields] next_maintenance_on",
        LEADS,
        &["date", "datetime"],
    ),
    kind("files", "[connection.fields] files", LEADS, &["file"]),
    kind("contact_telegram_id", "[connection.fields] contact_telegram_id", CONTACTS, PORTAL_NUMBER),
    kind("inn", "[connection.fields] inn", COMPANIES, PORTAL_NUMBER),
];

/// Where a site's form stood.
const PORTAL_PLACES: [Kind; 3] = [
    kind("page", "[connection.fields] page", INQUIRIES, PORTAL_TEXT),
    kind("referrer", "[connection.fields] referrer", INQUIRIES, PORTAL_TEXT),
    kind("form", "[connection.fields] form", INQUIRIES, PORTAL_TEXT),
];

/// The fields of ours that a CRM of this kind may keep.
pub(crate) fn of(crm: ConnectionKind) -> impl Iterator<Item = &'static Kind> {
    let (first, then): (&[Kind], &[Kind]) = match crm {
        ConnectionKind::Amocrm => (&AMO, &AMO_TRACKED),
        ConnectionKind::Bitrix24 => (&PORTAL, &PORTAL_PLACES),
        ConnectionKind::Hubspot => (&[], &[]),
    };
    first.iter().chain(then)
}
