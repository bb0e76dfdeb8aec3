//! Reads and writes through the API.

use serde_json::{Value, json};

use crate::amocrm::tests::{Bench, answer, keys};
use crate::amocrm::{STATUS_NEW, STATUS_UNSORTED, STATUS_WON};

fn order() -> Value {
    json!({
        "name": "Заказ ORD-2026-000001",
        "price": 48_990,
        "pipeline_id": 10_226_282,
        "status_id": 80_953_554,
        "responsible_user_id": 12_380_450,
        "request_id": "order-1",
        "custom_fields_values": [
            {"field_id": 712_629, "values": [{"value": "SN-1"}]},
            {"field_id": 712_640, "values": [{"value": 1_767_225_600}]}
        ],
        "_embedded": {
            "tags": [{"name": "ORD-2026-000001"}],
            "contacts": [{"first_name": "Анна", "last_name": "Пример", "custom_fields_values": [
                {"field_code": "PHONE", "values": [{"value": "+79000000001", "enum_code": "MOB"}]}
            ]}],
            "companies": [{"name": "ООО «Образец»"}]
        }
    })
}

#[tokio::test]
async fn a_complex_lead_reads_back_in_the_documented_shape() {
    let bench = Bench::start().await;
    let (status, made) = bench.post("/api/v4/leads/complex", json!([order()])).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(keys(&made), [".company_id", ".contact_id", ".id", ".merged", ".request_id"]);
    assert_eq!(made[0]["request_id"], json!(["order-1"]));
    let id = &made[0]["id"];
    let (_, lead) = bench.get(&format!("/api/v4/leads/{id}?with=contacts,catalog_elements")).await;
    let documented = [
        "_embedded",
        "_links",
        "account_id",
        "closed_at",
        "closest_task_at",
        "created_at",
        "created_by",
        "custom_fields_values",
        "group_id",
        "id",
        "is_deleted",
        "labor_cost",
        "loss_reason_id",
        "name",
        "pipeline_id",
        "price",
        "responsible_user_id",
        "score",
        "status_id",
        "updated_at",
        "updated_by",
    ];
    let mut shown: Vec<&String> = lead.as_object().unwrap().keys().collect();
    shown.sort();
    assert_eq!(shown, documented);
    // 2026-01-01 00:00 UTC is that day's midnight in Moscow, three hours earlier.
    assert_eq!(lead["custom_fields_values"][1]["values"][0]["value"], 1_767_214_800);
    assert_eq!(lead["_embedded"]["contacts"][0]["is_main"], true);
    let contact = &made[0]["contact_id"];
    let (_, contact) = bench.get(&format!("/api/v4/contacts/{contact}?with=leads")).await;
    assert_eq!(contact["name"], "Анна Пример");
    let phone = &contact["custom_fields_values"][0]["values"][0];
    assert_eq!(*phone, json!({"value": "+79000000001", "enum_id": 410_205, "enum_code": "MOB"}));
    assert_eq!(contact["_embedded"]["companies"][0]["id"], made[0]["company_id"]);
    assert_eq!(contact["_embedded"]["leads"][0]["id"], made[0]["id"]);
}

#[tokio::test]
async fn the_account_and_its_settings_are_shown() {
    let bench = Bench::start().await;
    let path = "/api/v4/account?with=datetime_settings,drive_url,task_types,version";
    let (_, account) = bench.get(path).await;
    assert_eq!(account["id"], 31_000_001);
    assert_eq!(account["_embedded"]["datetime_settings"]["timezone"], "Europe/Moscow");
    assert_eq!(account["drive_url"], bench.amo.options().base_url);
    let (_, pipelines) = bench.get("/api/v4/leads/pipelines").await;
    let statuses = &pipelines["_embedded"]["pipelines"][0]["_embedded"]["statuses"];
    assert_eq!(statuses.as_array().unwrap().len(), 6);
    let (_, fields) = bench.get("/api/v4/leads/custom_fields?page=1").await;
    assert_eq!(fields["_embedded"]["custom_fields"][0]["id"], 712_629);
    assert_eq!(bench.get("/api/v4/leads/custom_fields?page=2").await.0, 204);
    assert_eq!(bench.get("/api/v4/users").await.1["_embedded"]["users"][0]["id"], 12_380_450);
}

#[tokio::test]
async fn bad_items_are_refused_with_their_paths() {
    let bench = Bench::start().await;
    let long = "x".repeat(257);
    let (status, body) = bench
        .post(
            "/api/v4/leads",
            json!([
                {"price": "12", "surprise": 1, "request_id": "a"},
                {"status_id": 5, "responsible_user_id": 1, "custom_fields_values": [
                    {"field_id": 1, "values": [{"value": "x"}]},
                    {"field_id": 712_631, "values": [{"value": long}]},
                    {"field_id": 712_635, "values": [{"value": long}]}
                ]}
            ]),
        )
        .await;
    assert_eq!(status, 400);
    let said: Vec<(String, String)> = body["validation-errors"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|item| item["errors"].as_array().unwrap().clone())
        .map(|one| (one["code"].as_str().unwrap().into(), one["path"].as_str().unwrap().into()))
        .collect();
    let wanted = [
        ("FieldNotExpected", "surprise"),
        ("InvalidType", "price"),
        ("NotSupportedChoice", "status_id"),
        ("NotSupportedChoice", "responsible_user_id"),
        ("NotSupportedChoice", "custom_fields_values.0.field_id"),
        ("TooLong", "custom_fields_values.1.values.0.value"),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(said, wanted);
    assert!(bench.amo.leads().is_empty());
    let (status, body) = bench.post("/api/v4/leads", json!([])).await;
    assert_eq!((status, &body["detail"]), (400, &json!("Request data can not be empty")));
}

#[tokio::test]
async fn the_search_lags_and_hits_falsely() {
    let bench = Bench::start().await;
    bench.post("/api/v4/leads/complex", json!([order()])).await;
    bench.post("/api/v4/contacts", json!([{"name": "Заказ 9000000001 без телефона"}])).await;
    let search = "/api/v4/contacts?query=9000000001";
    assert_eq!(bench.get(search).await.0, 204);
    assert_eq!(bench.get("/api/v4/leads?query=ORD-2026-000001").await.0, 204);
    bench.pass(4);
    let (_, found) = bench.get(search).await;
    assert_eq!(found["_embedded"]["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(bench.get("/api/v4/contacts?query=89000000001").await.0, 204);
    assert_eq!(bench.get("/api/v4/contacts?query=%2B79000000001").await.0, 200);
    let (_, found) = bench.get("/api/v4/leads?query=ORD-2026-000001").await;
    assert_eq!(found["_embedded"]["leads"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lead_moves_and_its_journal_tells() {
    let bench = Bench::start().await;
    let (_, made) = bench.post("/api/v4/leads", json!([{"name": "Сделка"}])).await;
    let id = made["_embedded"]["leads"][0]["id"].clone();
    assert_eq!(made["_embedded"]["leads"][0]["request_id"], "0");
    let change =
        json!({"pipeline_id": 10_226_282, "status_id": 142, "tags_to_add": [{"name": "сайт"}]});
    let (status, _) = bench.patch(&format!("/api/v4/leads/{id}"), change).await;
    assert_eq!(status, 200);
    let lead = bench.amo.lead(id.as_i64().unwrap()).unwrap();
    assert_eq!((lead.status_id, lead.tag_names()), (STATUS_WON, vec!["сайт"]));
    assert!(lead.closed_at.is_some());
    let path =
        "/api/v4/events?filter[type][]=lead_status_changed&filter[created_at][from]=1767225600";
    let (_, events) = bench.get(path).await;
    let event = &events["_embedded"]["events"][0];
    assert_eq!(event["value_after"][0]["lead_status"]["id"], 142);
    assert_eq!(event["value_before"][0]["lead_status"]["id"], STATUS_NEW);
    assert_eq!(event["_embedded"]["entity"]["id"], id);
    assert_eq!(bench.get("/api/v4/leads/1").await.0, 204);
    assert_eq!(bench.patch("/api/v4/leads/1", json!({"price": 1})).await.0, 404);
}

#[tokio::test]
async fn form_leads_land_in_unsorted() {
    let bench = Bench::start().await;
    let lead = json!([{"status_id": 80_953_558, "_embedded": {"metadata": {"category": "forms"}}}]);
    bench.post("/api/v4/leads/complex", lead).await;
    assert_eq!(bench.amo.leads()[0].status_id, STATUS_UNSORTED);
}

#[tokio::test]
async fn notes_tasks_and_links_stick_to_the_lead() {
    let bench = Bench::start().await;
    let (_, made) = bench.post("/api/v4/leads/complex", json!([order()])).await;
    let id = made[0]["id"].as_i64().unwrap();
    let note = json!([{"entity_id": id, "note_type": "common", "params": {"text": "1) …"}}]);
    let (status, answer) = bench.post("/api/v4/leads/notes", note).await;
    assert_eq!((status, answer["_embedded"]["notes"][0]["entity_id"].as_i64()), (200, Some(id)));
    assert_eq!(bench.amo.notes_of(id)[0].text(), "1) …");
    let task = json!([{"text": "Позвонить", "complete_till": 1_767_312_000, "entity_id": id,
        "entity_type": "leads"}]);
    let (_, made) = bench.post("/api/v4/tasks", task).await;
    let task = made["_embedded"]["tasks"][0]["id"].clone();
    let (_, shown) = bench.get(&format!("/api/v4/tasks/{task}")).await;
    assert_eq!(shown["result"], json!([]));
    let done = json!({"is_completed": true, "result": {"text": "Дозвонились"}});
    bench.patch(&format!("/api/v4/tasks/{task}"), done).await;
    assert!(bench.amo.tasks()[0].is_completed);
    let (_, links) = bench.get(&format!("/api/v4/leads/{id}/links")).await;
    assert_eq!(links["_embedded"]["links"][0]["metadata"], json!({"main_contact": true}));
}

#[tokio::test]
async fn a_file_goes_up_in_parts_and_hangs_on_the_lead() {
    let bench = Bench::start().await;
    let (_, made) = bench.post("/api/v4/leads", json!([{"name": "С файлом"}])).await;
    let id = made["_embedded"]["leads"][0]["id"].clone();
    let content: Vec<u8> = (0..1_200_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let session = json!({"file_name": "act.pdf", "file_size": content.len(),
        "content_type": "application/pdf"});
    let (_, session) = bench.post("/v1.0/sessions", session).await;
    let size = usize::try_from(session["max_part_size"].as_u64().unwrap()).unwrap();
    let mut url = session["upload_url"].as_str().unwrap().to_owned();
    let mut last = Value::Null;
    for part in content.chunks(size) {
        let sent = bench.http.post(&url).body(part.to_vec()).send().await.unwrap();
        last = answer(sent).await.1;
        url = last["next_url"].as_str().unwrap_or_default().to_owned();
    }
    let uuid = last["uuid"].as_str().unwrap();
    let path = format!("/api/v4/leads/{id}/files");
    let body = Some(json!([{"file_uuid": uuid}]));
    let put = bench.send(reqwest::Method::PUT, &path, body).await.unwrap();
    assert_eq!(put.status(), 202);
    assert_eq!(bench.get(&path).await.1["_embedded"]["files"][0]["file_uuid"], uuid);
    let files = bench.amo.files_of(id.as_i64().unwrap());
    assert!(files[0].content == content && files[0].name == "act.pdf");
}

#[tokio::test]
async fn tokens_rotate_and_are_good_once() {
    let bench = Bench::start().await;
    let client = &bench.amo.options().client;
    let ask = |grant: &str, key: &str, value: &str| {
        json!({"client_id": client.id, "client_secret": client.secret, "grant_type": grant,
            key: value, "redirect_uri": client.redirect_uri})
    };
    let code = bench.amo.issue_code();
    let exchange = ask("authorization_code", "code", &code);
    let (status, pair) = bench.post("/oauth2/access_token", exchange.clone()).await;
    assert_eq!(status, 200);
    let (status, again) = bench.post("/oauth2/access_token", exchange).await;
    assert_eq!((status, &again["hint"]), (400, &json!("Authorization code has been revoked")));
    let refresh = ask("refresh_token", "refresh_token", pair["refresh_token"].as_str().unwrap());
    assert_eq!(bench.post("/oauth2/access_token", refresh.clone()).await.0, 200);
    let (status, dead) = bench.post("/oauth2/access_token", refresh).await;
    assert_eq!((status, &dead["hint"]), (401, &json!("Token has been revoked")));
    let url = format!("{}/api/v4/account", bench.amo.options().base_url);
    let token = pair["access_token"].as_str().unwrap();
    let account = || bench.http.get(&url).bearer_auth(token).send();
    assert_eq!(account().await.unwrap().status(), 200);
    bench.pass(86_401);
    assert_eq!(account().await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_account_survives_a_restart() {
    let bench = Bench::start().await;
    bench.post("/api/v4/leads/complex", json!([order()])).await;
    let kept = bench.amo.to_json().unwrap();
    let other = Bench::start().await;
    other.amo.from_json(&kept).unwrap();
    assert_eq!(other.amo.leads(), bench.amo.leads());
    assert_eq!(other.amo.contacts(), bench.amo.contacts());
}
