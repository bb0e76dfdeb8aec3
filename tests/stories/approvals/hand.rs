//! A manager asks by hand, at the console: with files, of whom they choose, once.

use domain::approvals::State;
use domain::ids::ApprovalId;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use tests::{App, Console, ENGINEER, MANAGER, NEIGHBOUR, Page, label};

use super::{desk, found, press};

const NEW: &str = "/staff/approvals/new";

fn form(key: &str, fields: &[(&'static str, &'static str)], file: Option<Part>) -> Form {
    let form = Form::new().text("client_key", key.to_owned());
    let form = fields.iter().fold(form, |form, (name, value)| form.text(*name, *value));
    match file {
        Some(part) => form.part("files", part),
        None => form,
    }
}

async fn send(app: &App, console: &mut Console, form: Form) -> Page {
    let request = console.request(Method::POST, NEW).header("Origin", &app.base);
    console.send(request.multipart(form)).await
}

#[tokio::test]
async fn what_a_manager_writes_is_asked_in_turn_with_its_file() {
    let app = desk(r#"["5003"]"#, "1").await;
    let mut console = app.console(MANAGER).await;
    let page = console.get(NEW).await.ok();
    assert!(page.contains("name=\"approver_5\"") && page.contains("любой: "), "{page}");
    assert!(!page.contains("name=\"deal\""), "there is no portal: {page}");
    let fields = [
        ("title", "Скидка 12 % для «Вектора»"),
        ("words", "Берут три станка сразу"),
        ("amount", "600 000"),
        ("approver_1", "5002"),
        ("approver_2", "5004"),
        ("need", "in_turn"),
        ("deadline", "8"),
    ];
    let photo = include_bytes!("../../fixtures/photo.jpg");
    let file = || Some(Part::bytes(photo.to_vec()).file_name("смета.jpg"));
    let case = send(&app, &mut console, form("once", &fields, file())).await.gone_to();
    let again = send(&app, &mut console, form("once", &fields, file())).await.gone_to();
    assert_eq!(case, again, "a form that is sent twice is one case");
    let shown = console.get(&case).await.ok();
    for known in ["Скидка 12 %", "Берут три станка", "600\u{a0}000\u{a0}₽", "смета.jpg"]
    {
        assert!(shown.contains(known), "{known}: {shown}");
    }
    let (_, rest) = shown.split_once("href=\"/app/files/").expect("the file opens");
    let link = format!("/app/files/{}", rest.split('"').next().unwrap().replace("&#38;", "&"));
    let got = app.http.get(format!("{}{}", app.base, link.replace("&amp;", "&"))).send().await;
    assert_eq!(got.unwrap().bytes().await.unwrap().as_ref(), photo);

    let approve = label("approval-act-approve");
    let said = |m: &sandbox::telegram::ChatMessage| m.text.contains("Скидка 12 %");
    let card = app.says(ENGINEER, |m| said(m) && m.button(approve).is_some()).await;
    assert!(card.text.contains("Мария"), "who asks: {card:?}");
    let attached = card.labels().into_iter().find(|one| one.contains("смета")).unwrap();
    app.telegram.press_button(ENGINEER, card.id, attached).await.unwrap();
    app.says(ENGINEER, |m| m.document.is_some()).await;
    press(&app, ENGINEER, &card, "approval-act-approve").await;
    let card = app.says(NEIGHBOUR, |m| said(m) && m.button(approve).is_some()).await;
    press(&app, NEIGHBOUR, &card, "approval-act-approve").await;
    app.says(MANAGER, |m| m.text.contains("✅ Согласовано") && m.text.contains("Скидка")).await;
    let id = ApprovalId::from(case.rsplit('/').next().unwrap());
    assert_eq!(found(&app, &id).await.state, State::Approved);
    app.finish().await;
}

#[tokio::test]
async fn a_form_that_asks_nobody_or_of_nothing_is_refused() {
    let app = desk(r#"["5003"]"#, "1").await;
    let mut console = app.console(MANAGER).await;
    let whole = [("title", "Отсрочка"), ("approver_1", "5004")];
    for (wrong, field) in [
        (vec![whole[0]], "approver_1"),
        (vec![whole[1]], "title"),
        (vec![whole[0], ("approver_1", "Мария")], "approver_1"),
        (vec![whole[0], whole[1], ("need", "3")], "need"),
        (vec![whole[0], whole[1], ("deadline", "завтра")], "deadline"),
        (vec![whole[0], whole[1], ("connection", "amo"), ("deal", "7")], "connection"),
        (vec![whole[0], whole[1], ("connection", "amo"), ("deal", "семь")], "deal"),
    ] {
        let refused = send(&app, &mut console, form("k", &wrong, None)).await;
        assert_eq!(refused.status, 422, "{wrong:?}");
        assert!(refused.body.contains(field) || !refused.body.is_empty(), "{}", refused.body);
    }
    let mut engineer = app.console(ENGINEER).await;
    assert_eq!(send(&app, &mut engineer, form("k", &whole, None)).await.status, 403);
    let list = console.get("/staff/approvals?state=all").await.ok();
    assert!(!list.contains("Отсрочка"), "nothing was asked: {list}");
    app.finish().await;
}
