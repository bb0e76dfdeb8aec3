//! The methods as their reference describes them.

use serde_json::json;

use super::Bench;
use crate::bitrix24::Kind;

#[tokio::test]
async fn a_lead_lives_from_add_to_delete() {
    let bench = Bench::start().await;
    let fields = json!({"TITLE": "Заявка", "NAME": "Ирина", "OPPORTUNITY": 48500.5, "NO_SUCH": 1,
        "PHONE": [{"VALUE": "+79161234567", "VALUE_TYPE": "MOBILE"}],
        "UF_CRM_FILES": [{"fileData": ["a.txt", "QQ=="]}, {"fileData": ["b.txt", "Qg=="]}],
        "UF_CRM_1711610801": ["wrong.txt", "QQ=="]});
    let id = bench.ok("crm.lead.add", json!({"fields": fields})).await;
    let lead = bench.ok("crm.lead.get", json!({"id": id})).await;
    assert_eq!(lead["ID"], json!(id.to_string()));
    assert_eq!(lead["OPPORTUNITY"], "48500.50");
    assert_eq!(lead["STATUS_ID"], "NEW");
    assert_eq!(lead["PHONE"][0]["VALUE_TYPE"], "MOBILE");
    assert!(lead["PHONE"][0]["ID"].is_string());
    assert_eq!(lead["UF_CRM_FILES"].as_array().unwrap().len(), 2);
    assert!(lead["UF_CRM_1711610801"].is_null(), "a file of the wrong shape is no file");
    assert!(lead.get("NO_SUCH").is_none());

    let change = json!({"ID": id, "FIELDS": {"STATUS_ID": "IN_PROCESS"}});
    assert_eq!(bench.ok("crm.lead.Update.json", change).await, json!(true));
    let found = json!({"filter": {"STATUS_ID": "IN_PROCESS"}, "select": ["ID", "PHONE"]});
    let listed = bench.ok("crm.lead.list", found).await;
    assert_eq!(listed[0]["PHONE"][0]["VALUE"], "+79161234567");
    assert_eq!(bench.ok("crm.lead.delete", json!({"id": id})).await, json!(true));
    let (status, body) = bench.call("crm.lead.get", json!({"id": id})).await;
    assert_eq!(
        (status, &body["error"], &body["error_description"]),
        (400, &json!(""), &json!("Not found"))
    );
}

#[tokio::test]
async fn items_speak_in_numbers() {
    let bench = Bench::start().await;
    let contact = bench.ok("crm.contact.add", json!({"fields": {"NAME": "Анна"}})).await;
    let fields = json!({"title": "Сделка", "opportunity": 10, "contactIds": [contact],
        "originatorId": "mypark", "originId": "ORD-1", "ufCrmSerial": "123"});
    let asked = json!({"entityTypeId": 2, "fields": fields});
    let deal = bench.ok("crm.item.add", asked).await["item"].clone();
    assert_eq!(deal["contactId"], contact);
    assert_eq!((&deal["stageId"], &deal["companyId"]), (&json!("NEW"), &json!(0)));
    assert_eq!(deal["ufCrmSerial"], "123");
    let filter = json!({"logic": "OR", "0": {"originId": "ORD-1"}, "1": {"originId": "ORD-2"}});
    let found = bench.ok("crm.item.list", json!({"entityTypeId": 2, "filter": filter})).await;
    assert_eq!(found["items"][0]["id"], deal["id"]);
    let (status, body) =
        bench.call("crm.item.list", json!({"entityTypeId": 2, "filter": {"nope": 1}})).await;
    assert_eq!((status, &body["error"]), (400, &json!("INVALID_ARG_VALUE")));
    let wrong = json!({"entityTypeId": 2, "id": deal["id"], "fields": {"stageId": "C1:WON"}});
    let (_, body) = bench.call("crm.item.update", wrong).await;
    assert_eq!(body["error"], "CRM_FIELD_ERROR_VALUE_NOT_VALID");
    let moved = json!({"entityTypeId": 2, "id": deal["id"], "fields": {"categoryId": 1, "stageId": "C1:WON"}});
    let moved = bench.ok("crm.item.update", moved).await;
    assert_eq!(
        (&moved["item"]["categoryId"], &moved["item"]["stageSemanticId"]),
        (&json!(1), &json!("S"))
    );
}

#[tokio::test]
async fn phones_of_an_item_change_by_their_ids() {
    let bench = Bench::start().await;
    let fm = json!([{"typeId": "PHONE", "valueType": "WORK", "value": "+7900"}]);
    let asked = json!({"entityTypeId": 3, "fields": {"name": "А", "fm": fm}});
    let made = bench.ok("crm.item.add", asked).await["item"].clone();
    let first = made["fm"][0]["id"].to_string();
    let fm = json!({&first: {"typeId": "PHONE", "value": ""}, "n0": {"typeId": "PHONE", "value": "+7901"},
        "n1": {"value": "silently skipped"}});
    let asked = json!({"entityTypeId": 3, "id": made["id"], "fields": {"fm": fm}});
    let after = bench.ok("crm.item.update", asked).await["item"].clone();
    assert_eq!(after["fm"].as_array().unwrap().len(), 1);
    assert_eq!(after["fm"][0]["value"], "+7901");
}

#[tokio::test]
async fn who_has_a_phone_is_found_and_nobody_is_a_list() {
    let bench = Bench::start().await;
    let fields = json!({"NAME": "А", "PHONE": [{"VALUE": "+7 900 111-22-33"}]});
    let id = bench.ok("crm.contact.add", json!({"fields": fields})).await;
    let asked = json!({"type": "PHONE", "values": ["+79001112233"], "entity_type": "CONTACT"});
    assert_eq!(bench.ok("crm.duplicate.findbycomm", asked).await, json!({"CONTACT": [id]}));
    let asked = json!({"type": "PHONE", "values": ["+79001112234"]});
    assert_eq!(bench.ok("crm.duplicate.findbycomm", asked).await, json!([]));
}

#[tokio::test]
async fn comments_carry_files_and_rows_make_the_sum() {
    let bench = Bench::start().await;
    let deal = bench.ok("crm.deal.add", json!({"fields": {"TITLE": "С"}})).await;
    let fields = json!({"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": "да",
        "FILES": [["план.txt", "0J/Qu9Cw0L0K"]]});
    let comment = bench.ok("crm.timeline.comment.add", json!({"fields": fields})).await;
    let shown = bench.ok("crm.timeline.comment.get", json!({"id": comment})).await;
    let file = shown["FILES"].as_object().unwrap().values().next().unwrap();
    assert_eq!(file["name"], "план.txt");
    let bytes = bench.http.get(file["urlDownload"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(bytes.text().await.unwrap(), "План\n");
    let stranger = json!({"fields": {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "да"}});
    let (_, body) = bench.call("crm.timeline.comment.add", stranger).await;
    assert_eq!(body["error"], "OWNER_NOT_FOUND");

    let rows = json!([{"PRODUCT_NAME": "Нож", "PRICE": 1000, "QUANTITY": 3}]);
    bench.ok("crm.deal.productrows.set", json!({"id": deal, "rows": rows})).await;
    let id = deal.as_i64().unwrap();
    assert_eq!(bench.portal.record(Kind::Deal, id).unwrap()["OPPORTUNITY"], 3000.0);
    let filter = json!({"=ownerType": "D", "=ownerId": deal});
    let rows = bench.ok("crm.item.productrow.list", json!({"filter": filter})).await;
    assert_eq!(rows["productRows"][0]["productName"], "Нож");
}

#[tokio::test]
async fn lists_come_in_pages_of_fifty() {
    let bench = Bench::start().await;
    for at in 0..60 {
        bench.ok("crm.lead.add", json!({"fields": {"TITLE": at.to_string()}})).await;
    }
    let (_, first) = bench.call("crm.lead.list", json!({})).await;
    assert_eq!((&first["total"], &first["next"]), (&json!(60), &json!(50)));
    let (_, rest) = bench.call("crm.lead.list", json!({"start": 50})).await;
    assert_eq!((rest["result"].as_array().unwrap().len(), rest.get("next")), (10, None));
    let asked = json!({"start": -1, "filter": {">ID": 150}, "order": {"ID": "ASC"}});
    let (_, uncounted) = bench.call("crm.lead.list", asked).await;
    assert_eq!((&uncounted["total"], uncounted.get("next")), (&json!(0), None));
    assert_eq!(uncounted["result"][0]["ID"], "151");
}

#[tokio::test]
async fn a_batch_uses_what_came_before() {
    let bench = Bench::start().await;
    let cmd = json!({
        "z": "crm.contact.add?fields[NAME]=%D0%90",
        "a": "crm.deal.add?fields[TITLE]=B&fields[CONTACT_ID]=$result[z]",
        "bad": "crm.timeline.comment.add?fields[ENTITY_ID]=1&fields[ENTITY_TYPE]=deal&fields[COMMENT]=x",
        "who": "crm.contact.get?id=$result[z]"});
    let body = bench.ok("batch", json!({"halt": 0, "cmd": cmd})).await;
    assert_eq!(body["result"]["who"]["NAME"], "А");
    assert_eq!(body["result_error"]["bad"]["error"], "OWNER_NOT_FOUND");
    assert_eq!(body["result_next"], json!([]));
    let deal = bench.portal.deals().pop().unwrap();
    assert_eq!(deal["CONTACT_ID"], body["result"]["z"]);
    let cmd = json!(["batch?cmd[]=profile", "profile"]);
    let body = bench.ok("batch", json!({"halt": 1, "cmd": cmd})).await;
    assert_eq!((&body["result"], body["result_error"].as_object().unwrap().len()), (&json!([]), 1));
}
