//! Companies and their people at the console: found by name, invited once, given another role, let go.

use domain::staff::Role;
use reqwest::StatusCode;
use tests::{App, CUSTOMER, Console, ENGINEER, MANAGER, NEIGHBOUR};

use super::desk::links;
use super::{CHIEF, grant};

const FIRM: &str = "/staff/companies?q=тульский";

/// The first word of a page's link that was made a moment ago.
fn token(page: &str) -> String {
    let (_, token) = page.split_once("start=i_").unwrap_or_else(|| panic!("no link: {page}"));
    token.chars().take_while(|c| !"<&\"".contains(*c)).collect()
}

/// The form action of the page that ends with `end`, for whom `name` names.
fn action(page: &str, name: &str, end: &str) -> String {
    let person = page.split("class=\"person\"").find(|one| one.contains(name));
    let person = person.unwrap_or_else(|| panic!("no {name}: {page}"));
    let actions = person.split("action=\"").skip(1).map(|one| one.split('"').next().unwrap());
    let found = actions.into_iter().find(|action| action.ends_with(end));
    found.unwrap_or_else(|| panic!("no {end}: {person}")).to_owned()
}

async fn firm(console: &mut Console) -> String {
    let found = links(&console.get(FIRM).await.ok());
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[tokio::test]
async fn people_and_companies_are_found_by_the_beginnings_of_their_names() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let mut console = app.console(MANAGER).await;
    let firm = firm(&mut console).await;
    for query in ["7199000123", "цех тул", "СТАН"] {
        let page = console.get(&format!("/staff/companies?q={query}")).await.ok();
        assert!(links(&page).contains(&firm), "{query}: {page}");
    }
    for query in ["ульский", "тульский моторный", "нет"] {
        let page = console.get(&format!("/staff/companies?q={query}")).await.ok();
        assert!(links(&page).is_empty(), "{query}: {page}");
    }
    let of = async |console: &mut Console, query: &str| {
        links(&console.get(&format!("/staff/customers?q={query}")).await.ok())
    };
    let anna = of(&mut console, "8 (900) 111-22-33").await;
    assert_eq!(anna.len(), 1);
    assert_eq!(of(&mut console, "анн").await, anna, "by name");
    assert!(of(&mut console, "тульский").await.contains(&anna[0]), "by their company");
    let page = console.get(&anna[0]).await.ok();
    assert!(page.contains(&firm), "and the company is one click away: {page}");
    // Who is forgotten is found no more.
    drop(phone);
    let mut tx = app.db.begin().await.unwrap();
    domain::people::forget(&mut tx, &app.dealer, CUSTOMER).await.unwrap();
    tx.commit().await.unwrap();
    assert!(of(&mut console, "анн").await.is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_colleague_is_invited_once_and_loses_the_machines_when_let_go() {
    let app = App::start().await;
    grant(&app, ENGINEER, Role::Administrator).await;
    app.linked_customer().await;
    let mut console = app.console(MANAGER).await;
    let firm = firm(&mut console).await;
    let invite = format!("{firm}/invite");
    let refused = console.post(&invite, &[("role", "king"), ("note", "Пётр")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("role", "buyer"), ("note", "Пётр, снабжение")];
    let made = console.post(&invite, &form).await.ok();
    let link = token(&made);
    assert!(made.contains("Пётр, снабжение") && made.contains("ждёт"), "{made}");

    app.telegram.press_start(NEIGHBOUR, Some(&format!("i_{link}"))).unwrap();
    app.eventually("they are a member", async || {
        app.console(MANAGER).await.get(&firm).await.ok().contains("/members/").then_some(())
    })
    .await;
    let park = async || app.mini_app(NEIGHBOUR).get("/app/park").await.body["machines"].clone();
    let seen = app.eventually("they see the park", async || {
        let machines = park().await;
        machines.as_array().is_some_and(|machines| !machines.is_empty()).then_some(machines)
    });
    assert!(seen.await.as_array().unwrap().len() >= 3);
    let page = console.get(&firm).await.ok();
    let buyer = page
        .split("class=\"person\"")
        .find(|one| one.contains("/members/") && one.contains("value=\"buyer\" selected"));
    let buyer = buyer.unwrap_or_else(|| panic!("no buyer: {page}")).to_owned();
    let role = action(&format!("class=\"person\"{buyer}"), "/members/", "/role");
    console.post(&role, &[("role", "director")]).await.gone_to();
    let page = console.get(&firm).await.ok();
    assert!(page.contains("value=\"director\" selected"), "{page}");
    let remove = role.replace("/role", "/remove");
    console.post(&remove, &[]).await.gone_to();
    assert_eq!(console.post(&remove, &[]).await.status, StatusCode::NOT_FOUND, "once");
    assert!(park().await.as_array().unwrap().is_empty(), "what is not theirs is gone");
    let log = app.console(ENGINEER).await.get("/staff/audit").await.ok();
    for act in ["Приглашение в компанию", "Изменена роль", "убран из компании"]
    {
        assert!(log.contains(act), "{act}: {log}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_invite_that_was_taken_back_or_has_expired_opens_nothing() {
    let app = App::start().await;
    app.linked_customer().await;
    let mut console = app.console(MANAGER).await;
    let firm = firm(&mut console).await;
    let form = [("role", "mechanic"), ("note", "Семён")];
    let link = token(&console.post(&format!("{firm}/invite"), &form).await.ok());
    let list = console.get("/staff/invites").await.ok();
    let revoke = action(&list, "Семён", "/revoke");
    console.post(&revoke, &[]).await.gone_to();
    assert_eq!(console.post(&revoke, &[]).await.status, StatusCode::CONFLICT);
    assert!(!console.get("/staff/invites").await.ok().contains("Семён"));
    assert!(console.get("/staff/invites?state=all").await.ok().contains("отозвано"));
    app.telegram.press_start(NEIGHBOUR, Some(&format!("i_{link}"))).unwrap();
    app.says(NEIGHBOUR, |message| message.text.contains("ссылк")).await;
    let members =
        async |console: &mut Console| console.get(&firm).await.ok().matches("/members/").count();
    let before = members(&mut console).await;
    let late = token(&console.post(&format!("{firm}/invite"), &form).await.ok());
    app.pass(chrono::TimeDelta::days(8));
    app.telegram.press_start(NEIGHBOUR, Some(&format!("i_{late}"))).unwrap();
    app.settled().await;
    let mut console = app.console(MANAGER).await;
    assert_eq!(members(&mut console).await, before, "nobody came in");
    assert!(console.get("/staff/invites").await.ok().contains("срок вышел"));
    assert_eq!(CHIEF, NEIGHBOUR);
    app.finish().await;
}
