//! `GET /ingest/test-crm`: a lead is made and taken away again, in the CRM that was named.

use serde_json::Value;

use super::*;

async fn check(app: &App, token: &str, query: &str) -> (u16, Value) {
    let get = app.http.get(format!("{}/ingest/test-crm{query}", app.base));
    let answer = get.bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn token(app: &App) -> String {
    let mut tx = app.db.begin().await.unwrap();
    let token = domain::tokens::mint(&mut tx, "проверка", None, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    token
}

fn asked(app: &App, method: &str) -> usize {
    app.bitrix24.calls().iter().filter(|call| call.method == method).count()
}

#[tokio::test]
async fn a_test_lead_is_made_in_the_named_crm_and_taken_away() {
    let app = start(false).await;
    let token = token(&app).await;
    assert_eq!(check(&app, "guess", "?connection=b24").await.0, 401);
    assert_eq!(asked(&app, "crm.lead.add"), 0);

    let (status, body) = check(&app, &token, "?connection=b24").await;
    assert_eq!((status, &body["status"]), (200, &Value::from("success")), "{body}");
    assert_eq!(body["connection"], "b24");
    assert!(body["bitrix24_lead_id"].as_i64().is_some_and(|id| id > 0), "{body}");
    assert_eq!(asked(&app, "crm.lead.add"), 1, "it was there");
    assert!(app.bitrix24.leads().is_empty(), "and is gone");
    assert!(app.amo.leads().is_empty(), "the other is left in peace");

    let (_, body) = check(&app, &token, "").await;
    assert_eq!(body["connection"], "amo", "without a name it is amoCRM's: {body}");
    assert!(body["amo_lead_id"].is_i64());
    let (status, body) = check(&app, &token, "?connection=b25").await;
    assert_eq!((status, &body["code"]), (422, &Value::from("invalid")));
    assert!(body["detail"].as_str().unwrap().contains("amo, b24"), "{body}");
    app.finish().await;
}

#[tokio::test]
async fn a_portal_without_leads_gets_a_test_deal_and_who_may_not_delete_closes_it() {
    let app = start(false).await;
    app.bitrix24.set_simple(true);
    let token = token(&app).await;
    let (status, body) = check(&app, &token, "?connection=b24").await;
    assert_eq!(status, 200, "{body}");
    assert!(body["bitrix24_deal_id"].is_i64(), "{body}");
    assert!(app.bitrix24.deals().is_empty());

    app.bitrix24.faults().set(vec![FaultPlan::refused("ACCESS_DENIED", 1).only("crm.item.delete")]);
    let (status, body) = check(&app, &token, "?connection=b24").await;
    assert_eq!(status, 200, "{body}");
    let deals = app.bitrix24.deals();
    let [deal] = deals.as_slice() else { panic!("one deal: {deals:#?}") };
    assert_eq!(deal["STAGE_ID"], "LOSE", "it is closed");

    let refused = FaultPlan::refused("insufficient_scope", 1).only("crm.item.add");
    app.bitrix24.faults().set(vec![refused]);
    let (status, body) = check(&app, &token, "?connection=b24").await;
    assert_eq!((status, &body["code"]), (502, &Value::from("unavailable")));
    assert!(body["detail"].as_str().unwrap().contains("Access denied"), "{body}");
    app.bitrix24.faults().clear();
    app.finish().await;
}
