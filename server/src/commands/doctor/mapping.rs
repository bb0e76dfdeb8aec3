//! Whether the pipelines, stages and fields that the configuration names are in the account.

use crate::commands::doctor::report::Line;
use crate::config::{AmocrmSettings, ConnectionConfig, StageMap};
use crate::crm::amo::wire::{FieldDefinition, Pipeline};

/// Our field and the types of theirs that can hold it.
const KINDS: [(&str, &[&str]); 5] = [
    ("serial", &["text", "textarea"]),
    ("model", &["text", "textarea"]),
    ("telegram_id", &["text", "textarea", "numeric"]),
    // Only read by us, so anything that reads as text.
    ("configuration", &["text", "textarea", "select", "radiobutton", "numeric", "url"]),
    ("next_maintenance_on", &["date", "date_time"]),
];

/// The marks of a site's visitor, which few dealers keep: nothing is said where they are not set.
const TRACKED: [&str; 9] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "yclid",
    "gclid",
    "ym_uid",
    "roistat",
];

/// The types of theirs that can hold a mark.
const TRACKING: &[&str] = &["tracking_data", "text", "textarea", "url"];

/// The pipeline of new deals, their stage, the stage that means «won», and every mapped stage.
pub(super) fn stages(
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    pipelines: &[Pipeline],
) -> Vec<Line> {
    let name = connection.name.as_str();
    match chosen(settings.pipeline_id, pipelines) {
        Err(words) => vec![Line::bad(&format!("{name} pipeline"), words)],
        Ok(pipeline) => vec![
            entry(name, settings, pipeline),
            mapped(name, "order", &connection.order_stages, pipeline),
            mapped(name, "request", &connection.request_stages, pipeline),
        ],
    }
}

/// Every configured field: is it there, can it hold what we write.
pub(super) fn fields(connection: &ConnectionConfig, fields: &[FieldDefinition]) -> Vec<Line> {
    let what = format!("{} fields", connection.name);
    let faults: Vec<String> = KINDS
        .into_iter()
        .chain(TRACKED.map(|ours| (ours, TRACKING)))
        .filter_map(|(ours, kinds)| fault(ours, connection.field(ours)?, kinds, fields))
        .collect();
    let unset: Vec<&str> = KINDS
        .map(|(ours, _)| ours)
        .into_iter()
        .filter(|ours| connection.field(ours).is_none())
        .collect();
    let mut lines: Vec<Line> = faults.iter().map(|fault| Line::bad(&what, fault)).collect();
    if faults.is_empty() && unset.len() < KINDS.len() {
        lines.push(Line::good(&what, format!("{} are there", KINDS.len() - unset.len())));
    }
    if !unset.is_empty() {
        let consequence = match unset.contains(&"serial") || unset.contains(&"model") {
            true => "without serial and model a won deal makes no passport",
            false => "they stay empty in amoCRM",
        };
        let words = format!("{} not set: {consequence}; see AMOCRM_FIELD_…_ID", unset.join(", "));
        lines.push(Line::off(&what, words));
    }
    lines
}

/// The pipeline that new deals go to, or what is wrong with it.
fn chosen(configured: Option<i64>, pipelines: &[Pipeline]) -> Result<&Pipeline, String> {
    let found = match configured {
        Some(id) => pipelines.iter().find(|pipeline| pipeline.id == id),
        None => pipelines.iter().find(|pipeline| pipeline.is_main),
    };
    let fault = match (found, configured) {
        (Some(pipeline), _) if !pipeline.is_archive => return Ok(pipeline),
        (Some(pipeline), _) => format!("«{}» is archived", pipeline.name),
        (None, Some(id)) => format!("{id} is not in the account"),
        (None, None) => "the account has no main one".to_owned(),
    };
    let usable = pipelines.iter().filter(|pipeline| !pipeline.is_archive);
    let usable = listed(usable.map(|pipeline| (pipeline.id, pipeline.name.as_str())));
    Err(format!("{fault}: set AMOCRM_PIPELINE_ID to one of {usable}"))
}

fn entry(name: &str, settings: &AmocrmSettings, pipeline: &Pipeline) -> Line {
    let what = format!("{name} pipeline");
    let has = |id: i64| pipeline.statuses.iter().any(|status| status.id == id);
    let missing = [
        ("AMOCRM_STATUS_ID", settings.status_id),
        ("AMOCRM_STATUS_SUCCESS", Some(settings.status_success)),
    ]
    .into_iter()
    .find_map(|(variable, id)| Some((variable, id.filter(|id| !has(*id))?)));
    match missing {
        Some((variable, id)) => {
            let stages = stages_of(pipeline);
            let words =
                format!("{variable} {id} is not in «{}», which has {stages}", pipeline.name);
            Line::bad(&what, words)
        }
        None => Line::good(&what, format!("new deals go to «{}» ({})", pipeline.name, pipeline.id)),
    }
}

fn fault(ours: &str, id: &str, kinds: &[&str], fields: &[FieldDefinition]) -> Option<String> {
    let Some(field) = fields.iter().find(|field| field.id.to_string() == id) else {
        return Some(format!("{ours}: there is no deal field {id}: compare it with the account"));
    };
    (!kinds.contains(&field.kind.as_str())).then(|| {
        format!(
            "{ours}: «{}» ({id}) is of type {}: make a field of type {}",
            field.name,
            field.kind,
            kinds.join(" or ")
        )
    })
}

fn mapped(name: &str, entity: &str, map: &StageMap, pipeline: &Pipeline) -> Line {
    let what = format!("{name} stages of {entity}s");
    if map.is_empty() {
        let words = format!(
            "off: fill [connection.stages.{entity}], or deals and {entity}s do not move together"
        );
        return Line::off(&what, words);
    }
    let known = |stage: &str| pipeline.statuses.iter().any(|status| status.id.to_string() == stage);
    let unknown: Vec<String> = map
        .pairs()
        .filter(|(_, stage)| !known(stage))
        .map(|(state, stage)| format!("{state} = {stage}"))
        .collect();
    match unknown.is_empty() {
        true => Line::good(&what, format!("{} mapped", map.pairs().count())),
        false => Line::bad(
            &what,
            format!(
                "{} not in «{}», which has {}",
                unknown.join(", "),
                pipeline.name,
                stages_of(pipeline)
            ),
        ),
    }
}

fn stages_of(pipeline: &Pipeline) -> String {
    listed(pipeline.statuses.iter().map(|status| (status.id, status.name.as_str())))
}

fn listed<'a>(items: impl Iterator<Item = (i64, &'a str)>) -> String {
    items.map(|(id, name)| format!("{id} «{name}»")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::config::{Config, CrmSettings};

    const FILE: &str = r#"
        [[connection]]
        name = "amo"
        kind = "amocrm"
        [connection.stages.order]
        placed = "11"
        completed = "142"
    "#;

    fn connection(more: &[(&str, &str)]) -> (ConnectionConfig, AmocrmSettings) {
        let mut environment = BTreeMap::from([
            ("AMOCRM_SUBDOMAIN".to_owned(), "exampleshop".to_owned()),
            ("AMOCRM_ACCESS_TOKEN".to_owned(), "token".to_owned()),
        ]);
        environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let config = Config::from_env_and_file(&environment, Some(FILE)).unwrap();
        let connection = config.connections[0].clone();
        let CrmSettings::Amocrm(settings) = connection.settings.clone() else { panic!() };
        (connection, settings)
    }

    fn pipelines() -> Vec<Pipeline> {
        let statuses = json!({ "statuses": [
            { "id": 11, "name": "Новый" },
            { "id": 142, "name": "Успешно" },
            { "id": 143, "name": "Нет" },
        ]});
        serde_json::from_value(json!([
            { "id": 1, "name": "Продажи", "is_main": true, "_embedded": statuses },
            { "id": 2, "name": "Старая", "is_archive": true, "_embedded": statuses },
        ]))
        .unwrap()
    }

    fn shown(lines: &[Line]) -> String {
        lines.iter().map(Line::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_pipeline_with_all_its_stages_is_well() {
        for more in [&[][..], &[("AMOCRM_PIPELINE_ID", "1"), ("AMOCRM_STATUS_ID", "11")]] {
            let (connection, settings) = connection(more);
            let lines = stages(&connection, &settings, &pipelines());
            assert!(lines.iter().all(|line| !line.is_bad()), "{}", shown(&lines));
            assert!(shown(&lines).contains("– amo stages of requests"), "{}", shown(&lines));
        }
    }

    #[test]
    fn what_is_not_in_the_account_is_named() {
        for (more, words) in [
            (&[("AMOCRM_PIPELINE_ID", "7")][..], "1 «Продажи»"),
            (&[("AMOCRM_PIPELINE_ID", "2")], "archived"),
            (&[("AMOCRM_PIPELINE_ID", "1"), ("AMOCRM_STATUS_ID", "99")], "11 «Новый»"),
            (&[("AMOCRM_STATUS_SUCCESS", "77")], "AMOCRM_STATUS_SUCCESS 77"),
        ] {
            let (connection, settings) = connection(more);
            let lines = stages(&connection, &settings, &pipelines());
            let bad: Vec<Line> = lines.into_iter().filter(Line::is_bad).collect();
            assert_eq!(bad.len(), 1, "{}", shown(&bad));
            assert!(shown(&bad).contains(words), "{}", shown(&bad));
        }
        let (connection, settings) = connection(&[]);
        let mut fewer = pipelines();
        fewer[0].statuses.remove(0);
        assert!(shown(&stages(&connection, &settings, &fewer)).contains("placed = 11 not in"));
    }

    #[test]
    fn a_field_must_be_there_and_fit() {
        let there: Vec<FieldDefinition> = serde_json::from_value(json!([
            { "id": 5, "name": "Серийный номер", "type": "text" },
            { "id": 6, "name": "Следующее ТО", "type": "text" },
        ]))
        .unwrap();
        let (connection, _) = connection(&[
            ("AMOCRM_FIELD_SERIAL_ID", "5"),
            ("AMOCRM_FIELD_MODEL_ID", "7"),
            ("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "6"),
        ]);
        let shown = shown(&fields(&connection, &there));
        let expected = "\
            ✗ amo fields: model: there is no deal field 7: compare it with the account\n\
            ✗ amo fields: next_maintenance_on: «Следующее ТО» (6) is of type text: make a field of \
            type date or date_time\n\
            – amo fields: telegram_id, configuration not set: they stay empty in amoCRM; see \
            AMOCRM_FIELD_…_ID";
        assert_eq!(shown, expected);
    }
}
