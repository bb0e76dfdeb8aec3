//! Every answer has exactly the keys of the recorded one.

use serde_json::{Value, json};

use crate::amocrm::tests::{Bench, heard, keys, receiver};
use crate::amocrm::{HandMadeLead, STATUS_WON};

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/amocrm/", $name))
    };
}

/// Fails with the keys that one side has and the other lacks.
fn alike(shown: &Value, recorded: &str, but: &[&str]) {
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    let (shown, recorded) = (keys(shown), keys(&recorded));
    let lacks = |of: &[String], other: &[String]| -> Vec<String> {
        let lacking = of.iter().filter(|key| !other.contains(key));
        lacking.filter(|key| !but.iter().any(|but| key.contains(but))).cloned().collect()
    };
    assert_eq!((lacks(&recorded, &shown), lacks(&shown, &recorded)), (vec![], vec![]));
}

/// An order with the fields, tag, contact and company of the recorded lead.
fn order() -> Value {
    let field = |id: i64, value: Value| json!({"field_id": id, "values": [{"value": value}]});
    json!([{
        "name": "Заказ №5512",
        "price": 48_990,
        "pipeline_id": 10_226_282,
        "status_id": 80_953_554,
        "request_id": "order-5512",
        "custom_fields_values": [
            field(712_629, json!("SN-000123456")),
            field(712_631, json!("X200 Pro")),
            field(712_633, json!("777000111")),
            field(712_640, json!(1_767_214_800))
        ],
        "_embedded": {
            "tags": [{"name": "сайт"}],
            "contacts": [{"first_name": "Анна", "last_name": "Пример", "custom_fields_values": [
                {"field_code": "PHONE", "values": [{"value": "+79990000001", "enum_code": "MOB"}]},
                {"field_code": "EMAIL", "values": [{"value": "anna@example.com"}]}
            ]}],
            "companies": [{"name": "ООО «Образец»"}]
        }
    }])
}

#[tokio::test]
async fn leads_and_contacts_have_the_recorded_keys() {
    let bench = Bench::start().await;
    let (_, made) = bench.post("/api/v4/leads/complex", order()).await;
    alike(&made, recorded!("leads_complex_response.json"), &[]);
    let (lead, contact) = (&made[0]["id"], &made[0]["contact_id"]);
    bench.amo.set_products(true);
    let product = bench.amo.create_product_by_hand("X200 Pro", "X200");
    let products = json!([{"to_entity_id": product, "to_entity_type": "catalog_elements",
        "metadata": {"quantity": 2, "catalog_id": 7301}}]);
    let (_, linked) = bench.post(&format!("/api/v4/leads/{lead}/link"), products).await;
    alike(&linked, recorded!("catalog_link_response.json"), &[]);
    let path = format!("/api/v4/leads/{lead}?with=contacts,catalog_elements");
    alike(&bench.get(&path).await.1, recorded!("lead_get_with_contacts.json"), &[]);
    let path = format!("/api/v4/contacts/{contact}?with=leads");
    alike(&bench.get(&path).await.1, recorded!("contact_get.json"), &[]);
    bench.pass(4);
    let path = "/api/v4/contacts?query=9990000001&limit=50";
    let found = bench.get(path).await.1;
    alike(&found, recorded!("contacts_search_response.json"), &[".companies."]);
    let (_, made) = bench.post("/api/v4/leads", json!([{"name": "Заказ"}])).await;
    alike(&made, recorded!("leads_post_response.json"), &[]);
    let (_, edited) = bench.patch("/api/v4/leads", json!([{"id": lead, "status_id": 142}])).await;
    alike(&edited, recorded!("leads_patch_batch_response.json"), &[]);
    let events = bench.get("/api/v4/events").await.1;
    alike(&events, recorded!("events_lead_status_changed.json"), &[".next"]);
}

#[tokio::test]
async fn notes_tasks_and_settings_have_the_recorded_keys() {
    let bench = Bench::start().await;
    let id = bench.amo.create_lead_by_hand(&HandMadeLead::default());
    let note = json!([{"entity_id": id, "note_type": "common", "params": {"text": "…"}}]);
    let (_, notes) = bench.post("/api/v4/leads/notes", note).await;
    alike(&notes, recorded!("notes_response.json"), &[]);
    let task = json!([{"text": "…", "complete_till": 1_767_312_000, "entity_id": id,
        "entity_type": "leads"}]);
    let (_, tasks) = bench.post("/api/v4/tasks", task).await;
    alike(&tasks, recorded!("tasks_response.json"), &[]);
    let path = "/api/v4/account?with=amojo_id,uuid,users_groups,task_types,datetime_settings,\
        drive_url,version,is_api_filter_enabled";
    alike(&bench.get(path).await.1, recorded!("account_get.json"), &[]);
    let pipelines = bench.get("/api/v4/leads/pipelines").await.1;
    alike(&pipelines, recorded!("pipelines.json"), &[]);
    let fields = bench.get("/api/v4/leads/custom_fields").await.1;
    alike(&fields, recorded!("leads_custom_fields.json"), &[".required_statuses."]);
    let wish =
        json!({"destination": "https://connector.example.com/hook", "settings": ["status_lead"]});
    let (_, hook) = bench.post("/api/v4/webhooks", wish).await;
    alike(&hook, recorded!("webhooks_subscribe_response.json"), &[]);
}

/// The keys of a form body in their order, ids of linked leads made alike.
fn form_keys(body: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(body.as_bytes());
    let keys = pairs.map(|(key, _)| match key.split_once("[linked_leads_id]") {
        Some((before, _)) => format!("{before}[linked_leads_id]"),
        None => key.into_owned(),
    });
    let mut keys: Vec<String> = keys.collect();
    keys.dedup();
    keys
}

#[tokio::test]
async fn webhooks_have_the_recorded_keys_in_their_order() {
    let bench = Bench::start().await;
    let (url, kept) = receiver(vec![]).await;
    let (_, made) = bench.post("/api/v4/leads/complex", order()).await;
    bench.amo.set_webhook_url(Some(url));
    let contact = made[0]["contact_id"].as_i64().unwrap();
    bench.amo.edit_contact(contact, Some("Анна Пример"), None, None);
    let contact = heard(&kept, 1).await.remove(0);
    bench.amo.drag(made[0]["id"].as_i64().unwrap(), STATUS_WON);
    let lead = heard(&kept, 2).await.remove(1);
    // The recorded lead has one tag and a choice field, the recorded contact a second phone.
    let foreign = ["[tags][1]", "[custom_fields][4]", "[custom_fields][0][values][1]"];
    let plain = |body: &str| -> Vec<String> {
        let keys = form_keys(body).into_iter();
        keys.filter(|key| !foreign.iter().any(|part| key.contains(part))).collect()
    };
    assert_eq!(plain(&lead), plain(recorded!("webhooks/leads_status_account_hook.form")));
    assert_eq!(plain(&contact), plain(recorded!("webhooks/contacts_update.form")));
}
