//! Site leads in Bitrix24: with the fields of the site's instruction, their files, and what becomes
//! of them.

use reqwest::multipart::{Form, Part};
use sandbox::bitrix24::{Kind, UF_FILES, UF_PAGE, USER_MANAGER};
use serde_json::json;
use tests::App;

use crate::bitrix24::{FILE, alone, comments, deal_of, id, ours, values, with};
use crate::{fill_cart, order};

/// Sends the form of the site with these files; the number of the lead.
pub(crate) async fn ask(app: &App, phone: &str, message: &str, files: &[&'static str]) -> String {
    accepted(app, phone, message, files).await.0
}

/// The same; the number and the token of the lead.
pub(super) async fn ask_with_token(app: &App, phone: &str) -> (String, String) {
    accepted(app, phone, "Нужен станок", &[]).await
}

async fn accepted(
    app: &App,
    phone: &str,
    message: &str,
    files: &[&'static str],
) -> (String, String) {
    // The same address would be the same person.
    let box_of: String = phone.chars().rev().filter(char::is_ascii_digit).take(4).collect();
    let mut form = Form::new()
        .text("name", "Ирина Смирнова")
        .text("phone", phone.to_owned())
        .text("email", format!("irina{box_of}@example.com"))
        .text("message", message.to_owned())
        .text("form", "Рассчитать стоимость")
        .text("page", "https://shop.example.com/lathes?id=7")
        .text("utm_source", "yandex")
        .text("utm_medium", "cpc")
        .text("utm_campaign", "autumn")
        .text("utm_content", "banner-2")
        .text("utm_term", "токарный станок")
        .text("yclid", "1234567");
    for name in files {
        form = form.part("files", Part::bytes(b"plan".to_vec()).file_name(*name));
    }
    let sent = app.http.post(format!("{}/ingest/lead", app.base)).multipart(form).send().await;
    let answer = sent.unwrap();
    assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    let answer: serde_json::Value = answer.json().await.unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("number"), text("token"))
}

/// The portal with the site's fields.
pub(super) fn of_the_site() -> String {
    let stages = "[connection.stages.lead]\nnew = \"NEW\"\ntaken = \"IN_PROCESS\"\n\n";
    let fields = "[connection.fields]\npage = \"UF_CRM_PAGE\"\n";
    FILE.replace("[connection.fields]\n", &format!("{stages}{fields}"))
}

#[tokio::test]
async fn a_site_lead_has_every_field_and_its_three_files() {
    let app = App::start_with(with(&of_the_site())).await;
    let files = ["план.txt", "размеры.txt", "фото.txt"];
    let number = ask(&app, "8 (916) 123-45-67", "Нужен станок до пятницы", &files).await;
    app.settled().await;

    let lead = ours(&app.bitrix24.leads(), &number);
    let text = |name: &str| lead[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(text("TITLE"), "Заявка с сайта - Ирина Смирнова");
    assert_eq!(text("NAME"), "Ирина Смирнова");
    assert_eq!(values(&lead, "PHONE"), ["+79161234567"]);
    assert_eq!(values(&lead, "EMAIL"), ["irina7654@example.com"]);
    assert_eq!(text("COMMENTS"), "Нужен станок до пятницы");
    assert_eq!((text("SOURCE_ID"), text("STATUS_ID")), ("WEB".to_owned(), "NEW".to_owned()));
    assert!(text("SOURCE_DESCRIPTION").contains("Рассчитать стоимость"));
    assert_eq!(lead["ASSIGNED_BY_ID"], USER_MANAGER);
    assert_eq!(text("OPENED"), "Y");
    for (field, value) in [
        ("UTM_SOURCE", "yandex"),
        ("UTM_MEDIUM", "cpc"),
        ("UTM_CAMPAIGN", "autumn"),
        ("UTM_CONTENT", "banner-2"),
        ("UTM_TERM", "токарный станок"),
        (UF_PAGE, "https://shop.example.com/lathes?id=7"),
    ] {
        assert_eq!(text(field), value, "{field}");
    }
    let calls = app.bitrix24.calls();
    let add = calls.iter().find(|call| call.method == "crm.lead.add").unwrap();
    assert_eq!(add.params["params"]["REGISTER_SONET_EVENT"], "Y", "whoever is responsible hears");
    assert_eq!(app.bitrix24.files_in(Kind::Lead, id(&lead), UF_FILES).len(), 3);
    assert_eq!(app.bitrix24.disk_files().len(), 3);
    let timeline = app.bitrix24.comments_of(Kind::Lead, id(&lead));
    let files: Vec<usize> = timeline.iter().map(|comment| comment.files.len()).collect();
    assert_eq!(files, [0, 3]);
    assert!(timeline[0].text.contains("yclid: 1234567"), "{}", timeline[0].text);
    assert!(app.bitrix24.deals().is_empty(), "a lead is no deal yet");

    let again = ask(&app, "+79161234567", "И доставка?", &[]).await;
    assert_eq!(again, number, "the same person");
    app.settled().await;
    assert_eq!(app.bitrix24.leads().len(), 1);
    let said = comments(&app, Kind::Lead, id(&lead));
    assert!(said.len() == 3 && said[2].contains("И доставка?"), "{said:#?}");
    app.finish().await;
}

#[tokio::test]
async fn a_portal_without_leads_gets_a_deal_with_its_person() {
    let app = App::start_with(alone()).await;
    app.bitrix24.set_simple(true);
    let number = ask(&app, "+79161234567", "Нужен станок", &["план.txt"]).await;
    app.settled().await;
    assert!(app.bitrix24.leads().is_empty());
    let deal = deal_of(&app, &number);
    let contacts = app.bitrix24.contacts();
    let [contact] = contacts.as_slice() else { panic!("one contact: {contacts:#?}") };
    assert_eq!(values(contact, "PHONE"), ["+79161234567"]);
    assert_eq!(deal["CONTACT_ID"], id(contact));
    assert_eq!(deal["UTM_SOURCE"], "yandex");
    assert_eq!(app.bitrix24.files_in(Kind::Deal, id(&deal), UF_FILES).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn orders_of_somebody_whose_lead_was_converted_join_the_same_contact() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    let number = ask(&app, "8 900 111-22-33", "Нужны запчасти", &[]).await;
    app.settled().await;
    let lead = id(&ours(&app.bitrix24.leads(), &number));
    let (_, contact) = app.bitrix24.convert(lead).unwrap();
    fill_cart(&phone, 1).await;
    let ordered = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    assert_eq!(deal_of(&app, &ordered)["CONTACT_ID"], json!(contact));
    assert_eq!(app.bitrix24.contacts().len(), 1);

    let again = ask(&app, "8 900 111-22-33", "Когда привезёте?", &[]).await;
    assert_eq!(again, number);
    app.settled().await;
    let said = comments(&app, Kind::Lead, lead);
    assert!(said.iter().any(|text| text.contains("Когда привезёте?")), "its link is kept");
    app.finish().await;
}
