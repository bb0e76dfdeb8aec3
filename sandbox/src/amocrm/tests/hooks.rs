//! Webhooks on their way out.

use std::collections::HashMap;

use serde_json::json;

use crate::amocrm::tests::{Bench, heard, receiver};
use crate::amocrm::{FIELD_SERIAL, HandMadeLead, HookSource, STATUS_NEW, STATUS_WON};

fn machine() -> HandMadeLead {
    HandMadeLead {
        serial: "1234".into(),
        model: "16К20".into(),
        contact: "Анна Пример".into(),
        phone: "+79000000001".into(),
        company: "ООО «Образец»".into(),
        next_maintenance: "2026-12-14".into(),
        status_id: STATUS_NEW,
        ..HandMadeLead::default()
    }
}

fn pairs(body: &str) -> HashMap<String, String> {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn a_drag_tells_the_webhook_in_the_documented_form() {
    let bench = Bench::start().await;
    let (url, kept) = receiver(vec![]).await;
    bench.amo.set_webhook_url(Some(url));
    let id = bench.amo.create_lead_by_hand(&machine());
    assert!(bench.amo.drag(id, STATUS_WON));
    let bodies = heard(&kept, 1).await;
    let said = pairs(&bodies[0]);
    let lead = |key: &str| said[&format!("leads[status][0]{key}")].as_str();
    assert_eq!(lead("[id]"), id.to_string());
    assert_eq!((lead("[status_id]"), lead("[old_status_id]")), ("142", "80953554"));
    assert_eq!(lead("[custom_fields][0][values][0][value]"), "1234");
    // A date comes bare; 2026-12-14 00:00 in Moscow.
    assert_eq!(lead("[custom_fields][2][values][0]"), "1797195600");
    assert_eq!(said["account[id]"], "31000001");
    assert_eq!(said["account[_links][self]"], "https://exampleshop.amocrm.ru");
    assert!(bodies[0].starts_with("leads%5Bstatus%5D%5B0%5D%5Bid%5D="));
}

#[tokio::test]
async fn a_webhook_is_set_by_hand_or_by_a_program_or_by_nobody() {
    let bench = Bench::start().await;
    let (url, kept) = receiver(vec![]).await;
    bench.amo.set_webhook_url(Some(url));
    let id = bench.amo.create_lead_by_hand(&machine());
    assert!(bench.amo.edit_lead_field(id, FIELD_SERIAL, "not told"));
    bench.amo.set_hook_source(HookSource::Subscribed);
    assert_eq!(bench.amo.hook_source(), HookSource::Subscribed);
    assert!(bench.amo.edit_lead_field(id, FIELD_SERIAL, "told"));
    let bodies = heard(&kept, 1).await;
    assert!(bodies[0].contains("leads%5Bupdate%5D") && bodies[0].contains("told"));
    bench.amo.set_hook_source(HookSource::Nobody);
    assert_eq!(bench.amo.hook_source(), HookSource::Nobody);
    assert!(bench.amo.drag(id, STATUS_WON));
    bench.amo.set_hook_source(HookSource::ByHand);
    assert!(bench.amo.drag(id, STATUS_NEW));
    let bodies = heard(&kept, 2).await;
    assert!(bodies[1].contains("old_status_id%5D=142"), "where the last one went: {bodies:?}");
    assert_eq!(bodies.len(), 2);
}

#[tokio::test]
async fn a_changed_contact_tells_its_leads_and_company() {
    let bench = Bench::start().await;
    let (url, kept) = receiver(vec![]).await;
    bench.amo.set_webhook_url(Some(url));
    let id = bench.amo.create_lead_by_hand(&machine());
    let contact = bench.amo.lead(id).unwrap().main_contact().unwrap();
    bench.amo.edit_contact(contact, None, Some("+79000000002"), None);
    let bodies = heard(&kept, 1).await;
    let said = pairs(&bodies[0]);
    let key = |key: &str| said[&format!("contacts[update][0]{key}")].as_str();
    assert_eq!(key("[custom_fields][0][values][0][value]"), "+79000000002");
    assert_eq!(key("[custom_fields][0][code]"), "PHONE");
    assert_eq!(key(&format!("[linked_leads_id][{id}][ID]")), id.to_string());
    assert_eq!((key("[company_name]"), key("[type]")), ("ООО «Образец»", "contact"));
}

#[tokio::test]
async fn subscribers_hear_of_api_changes_too() {
    let bench = Bench::start().await;
    let (url, kept) = receiver(vec![]).await;
    let wish = json!({"destination": url, "settings": ["status_lead"], "sort": 10});
    let (status, hook) = bench.post("/api/v4/webhooks", wish).await;
    assert_eq!((status, &hook["disabled"]), (201, &json!(false)));
    let id = bench.amo.create_lead_by_hand(&machine());
    bench.patch("/api/v4/leads", json!([{"id": id, "status_id": 142}])).await;
    assert_eq!(heard(&kept, 1).await.len(), 1);
    let gone = Some(json!({"destination": url}));
    let gone = bench.send(reqwest::Method::DELETE, "/api/v4/webhooks", gone).await.unwrap();
    assert_eq!(gone.status(), 204);
    assert!(bench.amo.subscriptions().is_empty());
}

#[tokio::test]
async fn failed_hooks_are_sent_again_by_the_table() {
    let bench = Bench::with(|options| options.hook_time_scale = 0.0001).await;
    let (url, kept) = receiver(vec![500, 404, 404]).await;
    bench.amo.set_webhook_url(Some(url));
    let id = bench.amo.create_lead_by_hand(&machine());
    bench.amo.drag(id, STATUS_WON);
    // A 404 at the third attempt is the end of it.
    assert_eq!(heard(&kept, 4).await.len(), 3);
    let delivery = bench.amo.hook_deliveries().pop().unwrap();
    assert_eq!((delivery.attempts, delivery.delivered), (vec![500, 404, 404], false));
}

#[tokio::test]
async fn fields_typed_by_hand_are_checked() {
    let bench = Bench::start().await;
    let id = bench.amo.create_lead_by_hand(&machine());
    assert!(bench.amo.edit_lead_field(id, FIELD_SERIAL, "77"));
    assert_eq!(bench.amo.lead(id).unwrap().text(FIELD_SERIAL).as_deref(), Some("77"));
    assert!(bench.amo.edit_lead_field(id, FIELD_SERIAL, ""));
    assert_eq!(bench.amo.lead(id).unwrap().text(FIELD_SERIAL), None);
    assert!(!bench.amo.edit_lead_field(id, FIELD_SERIAL, &"x".repeat(300)));
    assert!(!bench.amo.edit_lead_field(id, 1, "x"));
    assert!(!bench.amo.drag(id, 5));
}

#[tokio::test]
async fn the_digital_pipeline_of_a_stage_calls_once_in_its_own_form() {
    let bench = Bench::with(|options| options.hook_time_scale = 0.0001).await;
    let (url, kept) = receiver(vec![500]).await;
    bench.amo.set_pipeline_hook(Some((STATUS_WON, url)));
    let id = bench.amo.create_lead_by_hand(&machine());
    assert!(bench.amo.drag(id, STATUS_WON));
    let bodies = heard(&kept, 1).await;
    let said = pairs(&bodies[0]);
    let expected = include_str!(
        "../../../../tests/fixtures/amocrm/webhooks/leads_status_digital_pipeline.form"
    );
    let (keys, wanted): (Vec<_>, Vec<_>) =
        (said.keys().collect(), pairs(expected).into_keys().collect());
    assert!(wanted.iter().all(|key| said.contains_key(key)), "{wanted:?}: {keys:?}");
    assert_eq!(keys.len(), wanted.len(), "{keys:?}");
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let delivery = bench.amo.hook_deliveries().pop().unwrap();
    assert_eq!((delivery.attempts, delivery.delivered), (vec![500], false));
}

#[tokio::test]
async fn a_hook_that_fails_too_often_is_switched_off_until_somebody_renews_it() {
    let bench = Bench::with(|options| options.hook_time_scale = 0.0001).await;
    let (url, kept) = receiver(vec![404; 400]).await;
    let wish = json!({"destination": url, "settings": ["status_lead"], "sort": 10});
    bench.post("/api/v4/webhooks", wish.clone()).await;
    let id = bench.amo.create_lead_by_hand(&machine());
    // A 404 is tried three times: a hundred failures and one are 34 webhooks.
    for _ in 0..17 {
        assert!(bench.amo.drag(id, STATUS_WON));
        assert!(bench.amo.drag(id, STATUS_NEW));
    }
    heard(&kept, 102).await;
    while !bench.amo.subscriptions()[0].disabled {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(bench.amo.drag(id, STATUS_WON));
    assert_eq!(bench.amo.hook_deliveries().len(), 34, "nothing is sent any more");
    let (_, renewed) = bench.post("/api/v4/webhooks", wish).await;
    assert_eq!(renewed["disabled"], false);
}
