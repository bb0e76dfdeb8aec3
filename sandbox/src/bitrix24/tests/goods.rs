//! The Drive, tasks, notifications, fields and goods.

use serde_json::{Value, json};

use super::Bench;
use crate::bitrix24::{IBLOCK, Kind, STORAGE_ROOT};

#[tokio::test]
async fn files_go_to_the_drive_in_one_step_or_two() {
    let bench = Bench::start().await;
    let direct =
        json!({"id": STORAGE_ROOT, "data": {"NAME": "a.txt"}, "fileContent": ["a.txt", "QQ=="]});
    let file = bench.ok("disk.folder.uploadfile", direct.clone()).await;
    assert_eq!((&file["NAME"], &file["SIZE"]), (&json!("a.txt"), &json!("1")));
    assert_eq!(bench.call("disk.folder.uploadfile", direct).await.0, 400, "the name is taken");
    let asked = bench.ok("disk.folder.uploadFile", json!({"id": STORAGE_ROOT})).await;
    let part = reqwest::multipart::Part::bytes(b"large".to_vec()).file_name("b.txt");
    let form =
        reqwest::multipart::Form::new().part(asked["field"].as_str().unwrap().to_owned(), part);
    let url = asked["uploadUrl"].as_str().unwrap();
    let kept: Value =
        bench.http.post(url).multipart(form).send().await.unwrap().json().await.unwrap();
    assert_eq!(kept["result"]["NAME"], "b.txt");
    let bytes =
        bench.http.get(kept["result"]["DOWNLOAD_URL"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(bytes.text().await.unwrap(), "large");
    assert_eq!(bench.portal.disk_files().len(), 2);
    let batched = json!({"cmd": {"u": format!("disk.folder.uploadfile?id={STORAGE_ROOT}")}});
    let refused = bench.ok("batch", batched).await;
    assert_eq!(refused["result_error"]["u"]["error"], "ERROR_BATCH_METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn tasks_belong_to_deals_and_people_who_exist() {
    let bench = Bench::start().await;
    let fields = json!({"TITLE": "Согласовать", "RESPONSIBLE_ID": 7, "UF_CRM_TASK": ["D_201"],
        "DEADLINE": "2026-12-31T18:00:00+03:00"});
    let task = bench.ok("tasks.task.add", json!({ "fields": fields })).await["task"].clone();
    assert_eq!((&task["responsibleId"], &task["status"]), (&json!("7"), &json!("2")));
    assert!(task.get("ufCrmTask").is_none());
    let asked = json!({"taskId": task["id"], "select": ["*", "UF_CRM_TASK"]});
    assert_eq!(bench.ok("tasks.task.get", asked).await["task"]["ufCrmTask"], json!(["D_201"]));
    bench.ok("tasks.task.complete", json!({"taskId": task["id"]})).await;
    let done = json!({"filter": {"STATUS": 5}});
    assert_eq!(bench.ok("tasks.task.list", done).await["tasks"][0]["id"], task["id"]);
    let nobody = json!({"fields": {"TITLE": "Т", "RESPONSIBLE_ID": 999}});
    let (status, body) = bench.call("tasks.task.add", nobody).await;
    assert_eq!((status, &body["error"]), (400, &json!("ERROR_CORE")));
}

#[tokio::test]
async fn a_tag_replaces_a_notice_only_with_a_client() {
    let bench = Bench::start().await;
    let notice = json!({"USER_ID": 7, "MESSAGE": "Да?", "TAG": "T"});
    bench.ok("im.notify.system.add", notice.clone()).await;
    bench.ok("im.notify.system.add", notice.clone()).await;
    assert_eq!(bench.portal.notices().len(), 2);
    let mut named = notice;
    named["CLIENT_ID"] = "us".into();
    bench.ok("im.notify.system.add", named.clone()).await;
    bench.ok("im.notify.system.add", named).await;
    assert_eq!(bench.portal.notices().len(), 3);
}

#[tokio::test]
async fn a_new_field_holds_values_at_once() {
    let bench = Bench::start().await;
    let field = json!({"USER_TYPE_ID": "enumeration", "FIELD_NAME": "COLOUR", "LABEL": "Цвет",
        "LIST": [{"VALUE": "Красный"}]});
    bench.ok("crm.deal.userfield.add", json!({ "fields": field })).await;
    let fields = bench.ok("crm.deal.fields", json!({})).await;
    let option = fields["UF_CRM_COLOUR"]["items"][0]["ID"].clone();
    let deal = json!({"fields": {"TITLE": "С", "UF_CRM_COLOUR": option, "UF_CRM_MODEL": "16К20"}});
    let id = bench.ok("crm.deal.add", deal).await;
    let deal = bench.ok("crm.deal.get", json!({ "id": id })).await;
    assert_eq!((&deal["UF_CRM_COLOUR"], &deal["UF_CRM_MODEL"]), (&option, &json!("16К20")));
}

#[tokio::test]
async fn goods_are_listed_with_sections_prices_and_pictures() {
    let bench = Bench::start().await;
    let section = json!({"fields": {"iblockId": IBLOCK, "name": "Резцы"}});
    let section = bench.ok("catalog.section.add", section).await["section"]["id"].clone();
    let fields = json!({"iblockId": IBLOCK, "iblockSectionId": section, "name": "Резец", "xmlId": "R-1",
        "property258": {"value": "2102-0055"}, "detailPicture": {"fileData": ["r.png", "QQ=="]}});
    let product =
        bench.ok("catalog.product.add", json!({ "fields": fields })).await["element"].clone();
    let price = json!({"productId": product["id"], "catalogGroupId": 1, "price": 1250.5, "currency": "RUB"});
    bench.ok("catalog.price.add", json!({ "fields": price })).await;
    let asked = json!({"select": ["id", "iblockId", "name", "property258", "detailPicture"],
        "filter": {"iblockId": IBLOCK, ">id": 0}, "order": {"id": "asc"}, "start": -1});
    let listed = bench.ok("catalog.product.list", asked).await;
    let shown = &listed["products"][0];
    assert_eq!(
        (&shown["name"], &shown["property258"]["value"]),
        (&json!("Резец"), &json!("2102-0055"))
    );
    assert!(shown.get("price").is_none(), "prices come on their own");
    let picture =
        bench.http.get(shown["detailPicture"]["urlMachine"].as_str().unwrap()).send().await;
    assert_eq!(picture.unwrap().bytes().await.unwrap().as_ref(), b"A");
    let prices = json!({"filter": {"productId": [product["id"]]}});
    assert_eq!(bench.ok("catalog.price.list", prices).await["prices"][0]["price"], 1250.5);
    let (status, _) = bench.call("catalog.product.list", json!({"select": ["id"]})).await;
    assert_eq!(status, 400, "id, iblockId and the catalogue must be named");
    let old = bench.ok("crm.product.list", json!({})).await;
    assert_eq!((&old[0]["PRICE"], &old[0]["XML_ID"]), (&json!("1250.50"), &json!("R-1")));
}

#[tokio::test]
async fn a_lead_becomes_a_deal_with_its_person() {
    let bench = Bench::start().await;
    let fields = json!({"TITLE": "Заявка", "NAME": "Ирина", "PHONE": [{"VALUE": "+7900"}],
        "UF_CRM_FILES": [{"fileData": ["a.txt", "QQ=="]}], "ORIGIN_ID": "LEAD-1"});
    let lead = bench.ok("crm.lead.add", json!({ "fields": fields })).await.as_i64().unwrap();
    let (deal, contact) = bench.portal.convert(lead).unwrap();
    let deal_record = bench.portal.record(Kind::Deal, deal).unwrap();
    assert_eq!(
        (&deal_record["LEAD_ID"], &deal_record["CONTACT_ID"]),
        (&json!(lead), &json!(contact))
    );
    assert_eq!(bench.portal.files_in(Kind::Deal, deal, "UF_CRM_FILES")[0].name, "a.txt");
    assert_eq!(bench.portal.record(Kind::Contact, contact).unwrap()["PHONE"][0]["VALUE"], "+7900");
    assert_eq!(bench.portal.record(Kind::Lead, lead).unwrap()["STATUS_ID"], "CONVERTED");
}

#[tokio::test]
async fn a_portal_is_kept_and_comes_back() {
    let bench = Bench::start().await;
    let fields = json!({"TITLE": "Л", "UF_CRM_FILES": [{"fileData": ["a.txt", "QQ=="]}]});
    let lead = bench.ok("crm.lead.add", json!({ "fields": fields })).await;
    let kept = bench.portal.to_json().unwrap();
    let other = Bench::start().await;
    other.portal.from_json(&kept).unwrap();
    assert_eq!(other.ok("crm.lead.get", json!({ "id": lead })).await["TITLE"], "Л");
    assert_eq!(other.portal.to_json().unwrap(), kept);
}
