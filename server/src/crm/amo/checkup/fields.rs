//! Fields and lists that the configuration names.

use domain::checkups::{Defect, Named};

use crate::config::{AmocrmSettings, ConnectionConfig, Products};
use crate::crm::amo::checkup::{Snapshot, named};
use crate::crm::amo::wire::FieldDefinition;

/// A field of ours.
pub(crate) struct Kind {
    /// Our name of it.
    pub(crate) ours: &'static str,
    /// Where it is named.
    pub(crate) setting: &'static str,
    /// Whose field it is, by its name in paths.
    pub(crate) entity: &'static str,
    /// The types of theirs that can hold it.
    holds: &'static [&'static str],
}

const fn kind(
    ours: &'static str,
    setting: &'static str,
    entity: &'static str,
    holds: &'static [&'static str],
) -> Kind {
    Kind { ours, setting, entity, holds }
}

const TEXT: &[&str] = &["text", "textarea"];
const TRACKING: &[&str] = &["tracking_data", "text", "textarea", "url"];
const NUMBER: &[&str] = &["text", "textarea", "numeric"];

/// Every field of ours.
pub(crate) const KINDS: [Kind; 7] = [
    kind("serial", "AMOCRM_FIELD_SERIAL_ID", "leads", TEXT),
    kind("model", "AMOCRM_FIELD_MODEL_ID", "leads", TEXT),
    kind("telegram_id", "AMOCRM_FIELD_TELEGRAM_ID", "leads", NUMBER),
    // Only read by us, so anything that reads as text.
    kind(
        "configuration",
        "AMOCRM_FIELD_CONFIGURATION_ID",
        "leads",
        &["text", "textarea", "select", "radiobutton", "numeric", "url"],
    ),
    kind(
        "next_maintenance_on",
        "AMOCRM_FIELD_NEXT_MAINTENANCE_ID",
        "leads",
        &["date", "date_time"],
    ),
    kind("contact_telegram_id", "AMOCRM_FIELD_CONTACT_TELEGRAM_ID", "contacts", NUMBER),
    kind("inn", "AMOCRM_FIELD_INN_ID", "companies", NUMBER),
];

/// The marks of a site's visitor, which few dealers keep: nothing is said where they are not set.
const TRACKED: [Kind; 9] = [
    kind("utm_source", "[connection.fields] utm_source", "leads", TRACKING),
    kind("utm_medium", "[connection.fields] utm_medium", "leads", TRACKING),
    kind("utm_campaign", "[connection.fields] utm_campaign", "leads", TRACKING),
    kind("utm_content", "[connection.fields] utm_content", "leads", TRACKING),
    kind("utm_term", "[connection.fields] utm_term", "leads", TRACKING),
    kind("yclid", "[connection.fields] yclid", "leads", TRACKING),
    kind("gclid", "[connection.fields] gclid", "leads", TRACKING),
    kind("ym_uid", "[connection.fields] ym_uid", "leads", TRACKING),
    kind("roistat", "[connection.fields] roistat", "leads", TRACKING),
];

/// What is not there, cannot hold what we write, or is wanted where we do not fill it.
pub(super) fn defects(
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    snapshot: &Snapshot,
    reached: &[(i64, Named)],
) -> Vec<Defect> {
    let all = || KINDS.iter().chain(&TRACKED);
    let ours = all().filter_map(|kind| {
        let there = match kind.entity {
            "contacts" => &snapshot.contact_fields,
            "companies" => &snapshot.company_fields,
            _ => &snapshot.lead_fields,
        };
        unfit(kind, connection.field(kind.ours)?, there)
    });
    let filled = |field: &FieldDefinition| {
        let id = field.id.to_string();
        all().any(|kind| kind.entity == "leads" && connection.field(kind.ours) == Some(id.as_str()))
    };
    let wanted = snapshot.lead_fields.iter().filter(|field| !filled(field));
    let wanted = wanted.filter_map(|field| required(field, reached));
    let list = match settings.products {
        Products::List(id) if !snapshot.hidden.contains(&"catalogs") => {
            let there = snapshot.lists.iter().any(|list| list.id == id);
            (!there).then(|| Defect::ListGone { id: id.to_string() })
        }
        _ => None,
    };
    ours.chain(wanted).chain(list).collect()
}

fn unfit(kind: &Kind, id: &str, there: &[FieldDefinition]) -> Option<Defect> {
    let (setting, ours) = (kind.setting.to_owned(), kind.ours.to_owned());
    let Some(field) = there.iter().find(|field| field.id.to_string() == id) else {
        let (id, entity) = (id.to_owned(), kind.entity.to_owned());
        return Some(Defect::FieldGone { setting, ours, id, entity });
    };
    (!kind.holds.contains(&field.kind.as_str())).then(|| Defect::FieldKind {
        setting,
        ours,
        field: named(field.id, &field.name),
        kind: field.kind.clone(),
        wanted: kind.holds.iter().map(|kind| (*kind).to_owned()).collect(),
    })
}

fn required(field: &FieldDefinition, reached: &[(i64, Named)]) -> Option<Defect> {
    let stages: Vec<Named> = reached
        .iter()
        .filter(|(pipeline, stage)| {
            field.required_statuses.iter().any(|one| {
                one.pipeline_id == Some(*pipeline) && one.status_id.to_string() == stage.id
            })
        })
        .map(|(_, stage)| stage.clone())
        .collect();
    (!stages.is_empty())
        .then(|| Defect::FieldRequired { field: named(field.id, &field.name), stages })
}
