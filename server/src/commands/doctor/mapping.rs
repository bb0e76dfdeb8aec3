//! What the look at an account found, as lines. What is wrong is said in Russian, as the account's
//! own pages are: it names what to press there.

use domain::checkups::Defect;
use domain::texts::Lang;

use crate::commands::doctor::report::Line;
use crate::config::{AmocrmSettings, ConnectionConfig, StageMap};
use crate::crm::amo::checkup::{Checkup, Snapshot};
use crate::mapping::kinds;
use crate::mapping::structure::LEADS;

/// A line for each thing that was looked at, or for each thing that is wrong with it.
pub(super) fn lines(
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    checkup: &Checkup,
) -> Vec<Line> {
    let name = connection.name.as_str();
    let there = &checkup.snapshot;
    let what = |area: &str| format!("{name} {area}");
    let mut lines = Vec::new();
    let mut area = |words: &str, defects: &[Defect], well: Option<Line>| match defects.is_empty() {
        true => lines.extend(well),
        false => lines.extend(defects.iter().map(|defect| line(&what(words), defect))),
    };
    area("pipeline", &checkup.pipeline, entry(&what("pipeline"), settings, there));
    for (entity, map, defects) in [
        ("order", &connection.order_stages, &checkup.orders),
        ("request", &connection.request_stages, &checkup.requests),
    ] {
        let words = format!("stages of {entity}s");
        area(&words, defects, Some(mapped(&what(&words), entity, map)));
    }
    // Few tie a lead to a stage: nothing is said where nobody did.
    let leads = &connection.lead_stages;
    let leads = (!leads.is_empty()).then(|| mapped(&what("stages of leads"), "lead", leads));
    area("stages of leads", &checkup.leads, leads);
    area("upsell", &checkup.upsell, None);
    let set = kinds::AMO.iter().filter(|kind| connection.field(kind.ours).is_some()).count();
    let fields = (set > 0).then(|| Line::good(&what("fields"), format!("{set} are there")));
    area("fields", &checkup.fields, fields);
    area("fields", &[], unset(&what("fields"), connection));
    area("users", &checkup.users, responsible(&what("users"), settings, there));
    area("rights", &checkup.rights, Some(rights(&what("rights"), there)));
    let filters = Line::good(&what("tariff"), "filters of the API are there");
    area("tariff", &checkup.tariff, Some(filters));
    lines
}

fn line(what: &str, defect: &Defect) -> Line {
    let words = defect.words(Lang::Ru);
    match defect {
        Defect::NoFilters => Line::off(what, words),
        // It works until somebody moves a deal there.
        Defect::NotAdministrator | Defect::FieldRequired { .. } => Line::warning(what, words),
        _ => Line::bad(what, words),
    }
}

fn entry(what: &str, settings: &AmocrmSettings, there: &Snapshot) -> Option<Line> {
    let chosen = there.pipelines.iter().find(|pipeline| match settings.pipeline_id {
        Some(id) => pipeline.id == id,
        None => pipeline.is_main,
    })?;
    Some(Line::good(what, format!("new deals go to «{}» ({})", chosen.name, chosen.id)))
}

fn mapped(what: &str, entity: &str, map: &StageMap) -> Line {
    match map.is_empty() {
        true => Line::off(
            what,
            format!(
                "off: fill [connection.stages.{entity}], or deals and {entity}s do not move \
                 together"
            ),
        ),
        false => Line::good(what, format!("{} mapped", map.pairs().count())),
    }
}

/// The fields of a deal that nobody named.
fn unset(what: &str, connection: &ConnectionConfig) -> Option<Line> {
    let unset: Vec<&str> = kinds::AMO
        .iter()
        .filter(|kind| kind.of == LEADS && connection.field(kind.ours).is_none())
        .map(|kind| kind.ours)
        .collect();
    if unset.is_empty() {
        return None;
    }
    let consequence = match unset.contains(&"serial") || unset.contains(&"model") {
        true => "without serial and model a won deal makes no passport",
        false => "they stay empty in amoCRM",
    };
    let words = format!("{} not set: {consequence}; see AMOCRM_FIELD_…_ID", unset.join(", "));
    Some(Line::off(what, words))
}

fn responsible(what: &str, settings: &AmocrmSettings, there: &Snapshot) -> Option<Line> {
    let Some(id) = settings.responsible_user_id else {
        let words = "off: set AMOCRM_RESPONSIBLE_USER_ID, or the token's owner is responsible";
        return Some(Line::off(what, words));
    };
    let user = there.users.as_ref()?.iter().find(|user| user.id == id)?;
    Some(Line::good(what, format!("«{}» ({id}) is responsible for new deals", user.name)))
}

fn rights(what: &str, there: &Snapshot) -> Line {
    let whose = there.me().map(|me| format!(", as «{}»", me.name)).unwrap_or_default();
    Line::good(what, format!("deals, contacts, companies and tasks are open to us{whose}"))
}
