//! Documents, models and parts at the console: put there, renewed, taken off; customers see it at once.

use domain::staff::Role;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use tests::{App, Console, MANAGER};

use super::desk::links;
use super::{CHIEF, grant};

const PDF: &[u8] = b"%PDF-1.7\nmanual";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn send(app: &App, console: &mut Console, path: &str, form: Form) -> tests::Page {
    let request = console.request(Method::POST, path).header("Origin", &app.base);
    console.send(request.multipart(form)).await
}

fn document(title: &str, revision: &str, bytes: &'static [u8]) -> Form {
    Form::new()
        .text("title", title.to_owned())
        .text("kind", "manual")
        .text("language", "ru")
        .text("revision", revision.to_owned())
        .part("file", Part::bytes(bytes).file_name("руководство.pdf"))
}

/// The ends of the form actions of the documents of a page.
fn actions(page: &str, end: &str) -> Vec<String> {
    let all = page.split("action=\"").skip(1).map(|one| one.split('"').next().unwrap());
    all.filter(|action| action.ends_with(end)).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_document_is_judged_shown_renewed_and_withdrawn() {
    let app = App::start().await;
    grant(&app, CHIEF, Role::Administrator).await;
    let phone = app.linked_customer().await;
    let park = phone.get("/app/park").await.ok();
    let id = park["machines"][0]["id"].as_str().unwrap().to_owned();
    let mut console = app.console(MANAGER).await;
    let page = format!("/staff/machines/{id}");
    let base = format!("{page}/documents");
    let passport = async || {
        let shown = phone.get(&format!("/app/machines/{id}")).await.ok();
        format!("{}{}", shown["machine"]["documents"], shown["documents"])
    };
    let program = document("Вирус", "1", b"MZ\x90\0\x03 program");
    assert_eq!(send(&app, &mut console, &base, program).await.status, 415);
    let text = Form::new()
        .text("title", "Записка")
        .text("kind", "manual")
        .text("language", "ru")
        .part("file", Part::text("просто текст").file_name("a.txt"));
    assert_eq!(send(&app, &mut console, &base, text).await.status, 422, "PDF or a picture");
    assert!(!console.get(&page).await.ok().contains("Вирус"), "nothing half done");

    let form = document("Паспорт насоса", "1", PDF);
    send(&app, &mut console, &base, form).await.gone_to();
    assert!(passport().await.contains("Паспорт насоса"));
    let again = document("Паспорт насоса", "1", PDF);
    assert_eq!(send(&app, &mut console, &base, again).await.status, 422, "that revision is there");

    let replace = actions(&console.get(&page).await.ok(), "/replace").remove(0);
    let newer = |revision: &str| {
        let file = Part::bytes(b"%PDF-1.7\nnewer".as_slice()).file_name("b.pdf");
        Form::new().text("revision", revision.to_owned()).part("file", file)
    };
    assert_eq!(send(&app, &mut console, &replace, newer("1")).await.status, 422);
    send(&app, &mut console, &replace, newer("2")).await.gone_to();
    let gone = send(&app, &mut console, &replace, newer("3")).await.status;
    assert_eq!(gone, StatusCode::NOT_FOUND, "what was replaced is replaced no more");
    let shown = passport().await;
    assert_eq!(shown.matches("Паспорт насоса").count(), 1, "{shown}");
    assert!(shown.contains("\"revision\":\"2\""), "{shown}");

    let kept = console.get(&page).await.ok();
    assert!(kept.contains("не показывается"), "the former one is kept: {kept}");
    let withdraw = actions(&kept, "/withdraw");
    assert_eq!(withdraw.len(), 1);
    console.post(&withdraw[0], &[]).await.gone_to();
    assert!(!passport().await.contains("Паспорт насоса"));
    assert_eq!(console.post(&withdraw[0], &[]).await.status, StatusCode::NOT_FOUND);
    let log = app.console(CHIEF).await.get("/staff/audit").await.ok();
    for act in ["Добавлен документ", "Новая редакция", "снят с показа"]
    {
        assert!(log.contains(act), "{act}: {log}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_model_has_its_documents_picture_and_parts() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let mut console = app.console(MANAGER).await;
    let found = links(&console.get("/staff/models?q=16-K20").await.ok());
    assert_eq!(found.len(), 1, "in either alphabet: {found:?}");
    let page = console.get(&found[0]).await.ok();
    assert!(page.contains("Красный пролетарий") && page.contains("400 мм"), "{page}");
    let form = document("Схема всех 16К20", "", PDF);
    send(&app, &mut console, &format!("{}/documents", found[0]), form).await.gone_to();
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let own = machines.iter().find(|one| one["serial"] == "1234").unwrap();
    let passport = phone.get(&format!("/app/machines/{}", own["id"].as_str().unwrap())).await.ok();
    assert!(passport.to_string().contains("Схема всех 16К20"), "{passport}");

    let photo = format!("{}/photo", found[0]);
    let file =
        |bytes: &'static [u8]| Form::new().part("file", Part::bytes(bytes).file_name("a.png"));
    assert_eq!(send(&app, &mut console, &photo, file(PDF)).await.status, 415);
    send(&app, &mut console, &photo, file(PNG)).await.gone_to();
    let page = console.get(&found[0]).await.ok();
    let (_, address) = page.split_once("src=\"/app/photos/").expect("the picture");
    let address = format!("/app/photos/{}", address.split('"').next().unwrap());
    let shown = app.http.get(format!("{}{address}", app.base)).send().await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/png");

    let parts = links(&console.get("/staff/parts?q=16К20.02.114").await.ok());
    let part = console.get(&parts[0]).await.ok();
    assert!(part.contains("16К20.02.114") && part.contains(&found[0]), "{part}");
    assert_eq!(console.get("/staff/parts/none").await.status, StatusCode::NOT_FOUND);
    app.finish().await;
}
