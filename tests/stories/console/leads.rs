//! Site leads at the console: found, taken, given to a colleague, ended, each once and written down.

use chrono::TimeDelta;
use domain::staff::Role;
use reqwest::StatusCode;
use tests::{App, ENGINEER, MANAGER};

use super::desk::links;
use super::{CHIEF, grant};

async fn asked(app: &App, name: &str, phone: &str, source: &str) {
    let form = [
        ("name", name),
        ("phone", phone),
        ("message", "Нужен токарный станок"),
        ("utm_source", source),
    ];
    let sent = app.http.post(format!("{}/ingest/lead", app.base)).form(&form).send().await.unwrap();
    assert!(sent.status().is_success(), "{sent:?}");
}

#[tokio::test]
async fn a_lead_is_found_by_source_age_and_phone() {
    let app = App::start().await;
    asked(&app, "Пётр", "+79005556677", "yandex").await;
    app.pass(TimeDelta::days(8));
    asked(&app, "Инна", "+79005556688", "vk").await;
    let mut console = app.console(MANAGER).await;
    let all = console.get("/staff/leads").await.ok();
    assert_eq!(links(&all).len(), 2);
    assert!(all.find("Инна") < all.find("Пётр"), "newest first");
    assert!(all.contains("<option value=\"yandex\""), "sources are offered: {all}");
    for (query, who, not) in [
        ("source=yandex", "Пётр", "Инна"),
        ("source=vk&state=new", "Инна", "Пётр"),
        ("age=week", "Пётр", "Инна"),
        ("q=8(900)555-66-88", "Инна", "Пётр"),
    ] {
        let page = console.get(&format!("/staff/leads?{query}")).await.ok();
        let rows = page.split("<tbody>").nth(1).unwrap_or_default();
        assert!(rows.contains(who) && !rows.contains(not), "{query}: {page}");
    }
    assert!(links(&console.get("/staff/leads?state=converted").await.ok()).is_empty());
    assert!(links(&console.get("/staff/leads?age=month").await.ok()).is_empty());
    let csv = console.get("/staff/leads/export?source=yandex").await.ok();
    assert!(csv.contains("Пётр") && !csv.contains("Инна"), "{csv}");
    app.finish().await;
}

#[tokio::test]
async fn a_lead_goes_from_hand_to_hand_and_ends_once() {
    let app = App::start().await;
    app.telegram.press_start(CHIEF, None).unwrap();
    grant(&app, CHIEF, Role::Administrator).await;
    asked(&app, "Пётр", "+79005556677", "yandex").await;
    let mut maria = app.console(MANAGER).await;
    let lead = links(&maria.get("/staff/leads").await.ok()).remove(0);
    let page = maria.get(&lead).await.ok();
    assert!(page.contains("Нужен токарный станок") && page.contains("yandex"), "{page}");
    maria.post(&format!("{lead}/take"), &[]).await.gone_to();
    let mut oleg = app.console(CHIEF).await;
    assert_eq!(oleg.post(&format!("{lead}/take"), &[]).await.status, StatusCode::CONFLICT);

    let (_, options) = page.split_once("name=\"manager\"").expect("whom it may be given");
    let id = |name: &str| {
        let option = options.split("<option value=\"").find(|one| one.contains(name)).unwrap();
        option.split('"').next().unwrap().to_owned()
    };
    maria.post(&format!("{lead}/give"), &[("manager", id("Олег").as_str())]).await.gone_to();
    assert!(maria.get("/staff/leads?state=taken").await.ok().contains("Олег"));
    let nobody = maria.post(&format!("{lead}/give"), &[("manager", "none")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);

    oleg.post(&format!("{lead}/convert"), &[]).await.gone_to();
    assert_eq!(oleg.post(&format!("{lead}/reject"), &[]).await.status, StatusCode::CONFLICT);
    let late = maria.post(&format!("{lead}/give"), &[("manager", id("Олег").as_str())]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    app.settled().await;
    let page = maria.get(&lead).await.ok();
    for said in ["Обращение взято", "Обращение передано", "Обращение стало сделкой"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("/leads/detail/"), "and its deal is one click away: {page}");
    let refused = app.console(ENGINEER).await.get(&lead).await.status;
    assert_eq!(refused, StatusCode::FORBIDDEN);
    app.finish().await;
}
