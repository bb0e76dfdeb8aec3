use chrono_tz::Europe::Moscow;
use serde_json::json;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            "../../../../../tests/fixtures/amocrm/",
            $name
        )))
        .unwrap()
    };
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn the_account_and_its_pipelines() {
    let account: Account = read(fixture!("account_get.json"));
    assert_eq!((account.id, account.subdomain.as_str()), (31_000_001, "exampleshop"));
    assert_eq!(account.drive_url.as_deref(), Some("https://drive-b.amocrm.ru"));
    assert_eq!(account.timezone.as_deref(), Some("Europe/Moscow"));

    let page = fixture!("pipelines.json");
    let pipelines: Vec<Pipeline> = list(&page, "pipelines").unwrap();
    let won = pipelines[0].statuses.iter().find(|status| status.id == 142).unwrap();
    assert!(pipelines[0].is_main && !pipelines[0].is_archive && !has_next(&page));
    assert_eq!(won.pipeline_id, Some(10_226_282));

    let page = fixture!("leads_custom_fields.json");
    let fields: Vec<FieldDefinition> = list(&page, "custom_fields").unwrap();
    assert_eq!((fields[0].id, fields[0].kind.as_str()), (712_629, "text"));
}

#[test]
fn a_lead_with_its_fields() {
    let lead: Lead = read(fixture!("lead_get_with_contacts.json"));
    assert_eq!(lead.text(712_629).as_deref(), Some("SN-000123456"));
    assert_eq!(lead.text(1), None);
    assert_eq!(lead.date(712_640, Moscow), NaiveDate::from_ymd_opt(2026, 1, 1));
    assert_eq!(lead.main_contact(), Some(41_230_555));
    assert_eq!((lead.status_id, lead.price), (Some(142), Some(48_990)));
    assert!(lead.has_tag("сайт"));
}

#[test]
fn contacts_of_both_spellings() {
    let contact: Contact = read(fixture!("contact_get.json"));
    let codes: Vec<_> = contact.fields[0].values.iter().map(FieldValue::code).collect();
    assert_eq!(codes, [Some("MOB"), Some("WORK")]);
    let found: Vec<Contact> = list(&fixture!("contacts_search_response.json"), "contacts").unwrap();
    assert_eq!(found.len(), 2);
}

#[test]
fn answers_to_writes() {
    let made: Vec<Written> = list(&fixture!("leads_post_response.json"), "leads").unwrap();
    assert_eq!((made[0].id, made[0].request_id[0].as_str()), (28_450_917, "order-5512"));
    let changed: Vec<Written> =
        list(&fixture!("leads_patch_batch_response.json"), "leads").unwrap();
    assert_eq!(changed[0].updated_at, Some(1_767_229_200));
    let complex: Vec<Written> = read(fixture!("leads_complex_response.json"));
    assert_eq!(complex[1].request_id, ["form-77"]);
    let notes: Vec<Written> = list(&fixture!("notes_response.json"), "notes").unwrap();
    let tasks: Vec<Written> = list(&fixture!("tasks_response.json"), "tasks").unwrap();
    assert_eq!((notes.len(), tasks[0].id), (2, 470_001));
    let hook: Subscription = read(fixture!("webhooks_subscribe_response.json"));
    assert!(!hook.disabled && hook.settings.contains(&"status_lead".to_owned()));
}

#[test]
fn the_type_traps() {
    let lead: Lead = read(json!({
        "id": "5", "price": "", "name": null, "custom_fields_values": null, "_embedded": [],
        "updated_at": 1.0, "is_deleted": 0,
    }));
    assert_eq!((lead.id, lead.price, lead.updated_at), (5, None, Some(1)));
    assert!(lead.fields.is_empty() && lead.main_contact().is_none());
    let values = json!([
        { "field_id": 1, "values": [{ "value": 5.5 }] },
        { "field_id": 2, "values": [{ "value": true, "enum": 7 }] },
        { "field_id": 3, "values": [{ "value": { "file_uuid": "x" } }] },
        { "field_id": 4, "values": [{ "value": "2026-03-05T00:00:00+03:00" }] },
        { "field_id": 5, "values": [{ "value": "05.03.2026" }] },
        { "field_id": 6, "values": [{ "value": "  " }] },
        { "field_id": 7, "values": null },
    ]);
    let lead: Lead = read(json!({ "id": 1, "custom_fields_values": values }));
    assert_eq!(lead.text(1).as_deref(), Some("5.5"));
    assert_eq!(lead.text(2).as_deref(), Some("true"));
    assert_eq!((lead.text(3), lead.text(6), lead.text(7)), (None, None, None));
    let day = NaiveDate::from_ymd_opt(2026, 3, 5);
    assert_eq!((lead.date(4, Moscow), lead.date(5, Moscow)), (day, day));
    for loss_reason in
        [json!({ "id": 1, "name": "дорого" }), json!([{ "id": 1, "name": "дорого" }])]
    {
        let lead: Lead = read(json!({ "id": 1, "_embedded": { "loss_reason": loss_reason } }));
        assert_eq!(lead.embedded.loss_reason[0].name, "дорого");
    }
    for request_id in [json!("a"), json!(["a"])] {
        let written: Written = read(json!({ "id": 1, "request_id": request_id }));
        assert_eq!(written.request_id, ["a"]);
    }
    let task: Task = read(json!({ "id": 1, "text": "т", "result": [], "is_completed": false }));
    assert!(!task.is_completed);
    assert!(serde_json::from_value::<Lead>(json!({ "name": "без номера" })).is_err());
}

#[test]
fn events_page_on() {
    let page = fixture!("events_lead_status_changed.json");
    assert!(has_next(&page));
    assert!(list::<Lead>(&page, "leads").unwrap().is_empty());
}
