//! A service request in Bitrix24: its deal, its photos, the visit.

use sandbox::bitrix24::{Kind, UF_FILES, UF_NEXT_MAINTENANCE, UF_SERIAL};
use serde_json::json;
use tests::{App, ENGINEER, MANAGER, MiniApp};

use crate::bitrix24::{FILE, alone, comments, deal_of, id, with};

/// A small JPEG, as phones send them.
const PHOTO: &[u8] = include_bytes!("../../fixtures/photo.jpg");

/// Asks for help with machine 1234 and these files; the number of the request.
async fn ask(phone: &MiniApp, files: &[(&'static str, Vec<u8>)]) -> String {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == "1234").unwrap();
    let mut form = reqwest::multipart::Form::new()
        .text("machine_id", machine["id"].as_str().unwrap().to_owned())
        .text("kind", "breakdown")
        .text("machine_down", "true")
        .text("text", "Ошибка [X12], не включается шпиндель")
        .text("client_key", "service");
    for (name, content) in files {
        let part = reqwest::multipart::Part::bytes(content.clone()).file_name(*name);
        form = form.part("files", part);
    }
    let made = phone.post_form("/app/service", form).await.ok();
    made["request"]["number"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_stands_in_its_pipeline_with_its_photos_in_three_places() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    let photos = [("шпиндель.jpg", PHOTO.to_vec()), ("пульт.jpg", PHOTO.to_vec())];
    let number = ask(&phone, &photos).await;
    app.settled().await;

    let deal = deal_of(&app, &number);
    assert_eq!((&deal["CATEGORY_ID"], &deal["STAGE_ID"]), (&json!(1), &json!("C1:NEW")));
    assert_eq!(deal[UF_SERIAL], "1234");
    let said = comments(&app, Kind::Deal, id(&deal));
    assert_eq!(said.len(), 2, "what is asked, and the files: {said:#?}");
    assert!(!said[0].contains("[X12]"), "what people write is no markup: {}", said[0]);
    assert!(said[0].replace('\u{2060}', "").contains("Ошибка [X12]"), "{}", said[0]);
    let field = app.bitrix24.files_in(Kind::Deal, id(&deal), UF_FILES);
    assert_eq!(field.len(), 2, "in the field of the mapping");
    assert!(field.iter().all(|file| file.content == PHOTO));
    let disk = app.bitrix24.disk_files();
    let mut names: Vec<&str> = disk.iter().map(|file| file.file.name.as_str()).collect();
    names.sort_unstable();
    let expected = [format!("{number} пульт.jpg"), format!("{number} шпиндель.jpg")];
    assert_eq!(names, expected, "on the Drive, under the number of the case");
    let with_files = app.bitrix24.comments_of(Kind::Deal, id(&deal));
    assert_eq!(with_files[1].files.len(), 2, "and in the timeline");
    app.finish().await;
}

#[tokio::test]
async fn a_large_file_goes_by_an_address_of_its_own_and_arrives_whole() {
    let mut setup = alone();
    // A machine that is busy needs its time for so much.
    setup.variables.push(("CRM_TIMEOUT", "30s".to_owned()));
    let app = App::start_with(setup).await;
    let phone = app.linked_customer().await;
    let content = "Журнал ошибок ЧПУ, строка за строкой\n".repeat(80_000).into_bytes();
    assert!(content.len() > 4 * 1024 * 1024);
    let number = ask(&phone, &[("журнал.txt", content.clone())]).await;
    app.settled().await;
    let disk = app.bitrix24.disk_files();
    let [file] = disk.as_slice() else { panic!("one file, not {}", disk.len()) };
    assert!(file.file.content == content, "the file is whole");
    let deal = id(&deal_of(&app, &number));
    assert!(app.bitrix24.files_in(Kind::Deal, deal, UF_FILES)[0].content == content);
    app.finish().await;
}

#[tokio::test]
async fn a_field_that_is_none_for_files_costs_its_place_only() {
    let file = FILE.replace("files = \"UF_CRM_FILES\"", "files = \"UF_CRM_MODEL\"");
    let app = App::start_with(with(&file)).await;
    let phone = app.linked_customer().await;
    let number = ask(&phone, &[("шпиндель.jpg", PHOTO.to_vec())]).await;
    app.settled().await;
    let deal = id(&deal_of(&app, &number));
    let comments = app.bitrix24.comments_of(Kind::Deal, deal);
    assert_eq!(comments[1].files.len(), 1, "the timeline has the photo all the same");
    app.finish().await;
}

#[tokio::test]
async fn what_the_engineer_did_moves_the_deal() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    let number = ask(&phone, &[]).await;
    let manager = app.mini_app(MANAGER);
    manager.post(&format!("/app/requests/{number}/take"), &json!({})).await.ok();
    let assign = json!({ "engineer_telegram_id": ENGINEER });
    manager.post(&format!("/app/requests/{number}/assign"), &assign).await.ok();
    let engineer = app.mini_app(ENGINEER);
    let jobs = engineer.get("/app/jobs").await.ok();
    let job = jobs["jobs"][0]["id"].as_str().unwrap().to_owned();
    for step in ["accept", "start"] {
        engineer.post(&format!("/app/jobs/{job}/{step}"), &json!({})).await.ok();
    }
    app.settled().await;
    assert_eq!(deal_of(&app, &number)["STAGE_ID"], "C1:EXECUTING");
    let report = json!({
        "report": "Заменён подшипник, проверено под нагрузкой", "hours": 4200,
        "next_maintenance_on": "2027-05-23",
    });
    engineer.post(&format!("/app/jobs/{job}/done"), &report).await.ok();
    app.settled().await;
    let deal = deal_of(&app, &number);
    assert_eq!(deal["STAGE_ID"], "C1:WON");
    let next = deal[UF_NEXT_MAINTENANCE].as_str().unwrap();
    assert!(next.starts_with("2027-05-23"), "{next}");
    let said = comments(&app, Kind::Deal, id(&deal));
    assert!(said.iter().any(|text| text.contains("Заменён подшипник")), "{said:#?}");
    app.finish().await;
}
