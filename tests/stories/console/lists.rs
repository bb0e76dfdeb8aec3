//! What managers look up at the console: orders, requests, customers, machines.

use domain::people;
use domain::text::Phone;
use reqwest::StatusCode;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, Setup};

use super::desk::{links, next};
use crate::{fill_cart, order};

/// Customers of whom a deal named no more than the phone.
async fn unmet(app: &App, count: usize) {
    let mut tx = app.db.begin().await.unwrap();
    for number in 0..count {
        let phone = Phone::parse(&format!("+7900700{number:04}")).unwrap();
        let name = format!("Покупатель {number}");
        people::ensure_by_phone(&mut tx, &phone, &name, app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// A machine of the customer's breaks down; the request's number, the machine's id and serial.
pub(super) async fn breakdown(phone: &MiniApp) -> (String, String, String) {
    let park = phone.get("/app/park").await.ok();
    let machine = &park["machines"][0];
    let word = |name: &str| machine[name].as_str().unwrap().to_owned();
    let (id, serial) = (word("id"), word("serial"));
    let form = reqwest::multipart::Form::new()
        .text("kind", "breakdown")
        .text("machine_id", id.clone())
        .text("machine_down", "true")
        .text("text", "Не крутится шпиндель")
        .text("client_key", "k");
    let made = phone.post_form("/app/service", form).await.ok();
    (made["request"]["number"].as_str().unwrap().to_owned(), id, serial)
}

#[tokio::test]
async fn an_order_is_found_by_number_and_phone_and_taken_once() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let mut numbers = Vec::new();
    for key in ["a", "b"] {
        fill_cart(&phone, 1).await;
        numbers.push(order(&phone, key).await["number"].as_str().unwrap().to_owned());
    }
    let mut console = app.console(MANAGER).await;
    let all = links(&console.get("/staff/orders").await.ok());
    let newest_first: Vec<String> =
        numbers.iter().rev().map(|number| format!("/staff/orders/{number}")).collect();
    assert_eq!(all, newest_first);
    let first = &numbers[0];
    let found = console.get(&format!("/staff/orders?q={}", first.to_lowercase())).await.ok();
    assert_eq!(links(&found), [format!("/staff/orders/{first}")]);
    let found = console.get("/staff/orders?q=8%20(900)%20111-22-33&state=completed").await.ok();
    assert_eq!(links(&found).len(), 2, "a person's orders, whatever their state: {found}");
    assert!(links(&console.get("/staff/orders?state=completed").await.ok()).is_empty());

    let page = console.get(&format!("/staff/orders/{first}")).await.ok();
    assert!(page.contains("16К20.02.114") && page.contains("Анна"), "{page}");
    let take = format!("/staff/orders/{first}/take");
    console.post(&take, &[]).await.gone_to();
    let page = console.get(&format!("/staff/orders/{first}")).await.ok();
    assert!(page.contains("Мария") && !page.contains(&take), "who has it stands there: {page}");
    // The same act as the chat's: another manager comes too late.
    super::grant(&app, super::CHIEF, domain::staff::Role::Administrator).await;
    let mut chief = app.console(super::CHIEF).await;
    assert_eq!(chief.post(&take, &[]).await.status, StatusCode::CONFLICT);
    let log = chief.get("/staff/audit").await.ok();
    assert_eq!(log.matches("Заказ взят").count(), 1, "{log}");
    app.finish().await;
}

#[tokio::test]
async fn a_request_is_found_by_its_machine_and_an_engineer_is_sent() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let (number, id, serial) = breakdown(&phone).await;
    let mut console = app.console(MANAGER).await;
    // Dashes and case are as people happen to write them.
    let written = serial.replace('-', " ").to_lowercase();
    let path = format!("/staff/requests?q={}", written.replace(' ', "%20"));
    let here = format!("/staff/requests/{number}");
    assert_eq!(links(&console.get(&path).await.ok()), std::slice::from_ref(&here));
    assert!(links(&console.get("/staff/requests?q=nobody").await.ok()).is_empty());
    let page = console.get(&here).await.ok();
    assert!(page.contains(&format!("/staff/machines/{id}")), "{page}");
    console.post(&format!("{here}/take"), &[]).await.gone_to();
    let engineer = ENGINEER.to_string();
    let engineer = [("engineer_telegram_id", engineer.as_str())];
    console.post(&format!("{here}/assign"), &engineer).await.gone_to();
    app.says(ENGINEER, |message| message.text.contains(&number)).await;
    let unknown = [("engineer_telegram_id", "1")];
    let refused = console.post(&format!("{here}/assign"), &unknown).await.status;
    assert!(refused.is_client_error(), "{refused}");
    let csv = console.get("/staff/requests/export").await.ok();
    assert!(csv.contains(&number), "{csv}");
    app.finish().await;
}

#[tokio::test]
async fn customers_are_walked_page_by_page_and_one_is_invited() {
    let app = App::start().await;
    app.linked_customer().await;
    unmet(&app, 120).await;
    let mut console = app.console(MANAGER).await;
    let mut address = Some("/staff/customers?reach=unmet".to_owned());
    let (mut seen, mut pages) = (Vec::new(), 0);
    while let Some(path) = address {
        let page = console.get(&path).await.ok();
        seen.extend(links(&page));
        (address, pages) = (next(&page), pages + 1);
    }
    seen.sort();
    seen.dedup();
    assert!(seen.len() >= 120 && pages >= 3, "{} on {pages} pages", seen.len());
    let csv = console.get("/staff/customers/export?reach=unmet").await.ok();
    assert_eq!(csv.lines().count(), seen.len() + 1);
    assert!(csv.contains("\"'+7"), "a phone is no formula: {csv}");

    let one = links(&console.get("/staff/customers?q=89007000007").await.ok());
    let page = console.get(&one[0]).await.ok();
    assert!(page.contains("Покупатель 7") && page.contains("ещё не в боте"), "{page}");
    let made = console.post(&format!("{}/invite", one[0]), &[]).await.ok();
    let (_, token) = made.split_once("start=i_").expect("a link");
    let token: String = token.chars().take_while(|c| !"<&\"".contains(*c)).collect();
    app.telegram.press_start(tests::NEIGHBOUR, Some(&format!("i_{token}"))).unwrap();
    app.eventually("they are met", async || {
        let page = console_page(&app, &one[0]).await;
        page.contains("в Telegram").then_some(())
    })
    .await;
    let again = console.post(&format!("{}/invite", one[0]), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "they need none any more");
    app.finish().await;
}

async fn console_page(app: &App, path: &str) -> String {
    app.console(MANAGER).await.get(path).await.ok()
}

#[tokio::test]
async fn machines_are_found_and_their_passport_stands_there() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let mut console = app.console(MANAGER).await;
    let all = links(&console.get("/staff/machines").await.ok());
    assert!(all.len() >= 7, "{all:?}");
    assert!(links(&console.get("/staff/machines?state=down").await.ok()).is_empty());
    let (_, id, serial) = breakdown(&phone).await;
    let here = format!("/staff/machines/{id}");
    assert_eq!(
        links(&console.get("/staff/machines?state=down").await.ok()),
        std::slice::from_ref(&here)
    );
    let page = console.get(&here).await.ok();
    assert!(page.contains(&serial) && page.contains("стоит"), "{page}");
    assert_eq!(console.get("/staff/machines/none").await.status, 404);
    app.finish().await;
}

#[tokio::test]
async fn what_managers_look_up_is_not_for_engineers_nor_for_customers() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    let mut engineer = app.console(ENGINEER).await;
    for list in ["orders", "requests", "customers", "machines"] {
        for path in [format!("/staff/{list}"), format!("/staff/{list}/export")] {
            assert_eq!(engineer.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let page = engineer.get("/staff").await.ok();
    assert!(!page.contains("/staff/customers"), "nor does the menu lead there");
    let refused = app.mini_app(CUSTOMER).get("/staff/customers").await;
    assert!(!refused.status.is_success(), "{}", refused.status);
    app.stop().await;
}

#[tokio::test]
async fn a_table_is_checked_then_imported_and_its_faults_are_named() {
    let app = App::start().await;
    super::grant(&app, super::CHIEF, domain::staff::Role::Administrator).await;
    let mut chief = app.console(super::CHIEF).await;
    let table = "sku;name;price\nNEW-1;Вал;100\nNEW-2;Шкив;дорого\n";
    let send = async |chief: &mut tests::Console, text: &str, apply: bool| {
        let file = reqwest::multipart::Part::text(text.to_owned()).file_name("детали.csv");
        let mut form = reqwest::multipart::Form::new().text("what", "parts").part("file", file);
        if apply {
            form = form.text("apply", "1");
        }
        let request = chief.request(reqwest::Method::POST, "/staff/import");
        let request = request.header("Origin", &app.base).multipart(form);
        chief.send(request).await.ok()
    };
    let dry = send(&mut chief, table, false).await;
    assert!(dry.contains("ничего не записано") && dry.contains("Строка 3"), "{dry}");
    assert!(!chief.get("/staff/parts?q=NEW-1").await.ok().contains("NEW-1</span>"));
    let done = send(&mut chief, table, true).await;
    assert!(done.contains("Загружено"), "{done}");
    assert!(chief.get("/staff/parts?q=new1").await.ok().contains("NEW-1"), "and it is found");
    let unread = send(&mut chief, "name;price\nX;1\n", true).await;
    assert!(unread.contains("sku"), "the missing column is named: {unread}");
    assert!(chief.get("/staff/audit").await.ok().contains("Загружена таблица"));
    let mut manager = app.console(MANAGER).await;
    manager.get("/staff/parts").await.ok();
    assert_eq!(manager.get("/staff/import").await.status, StatusCode::FORBIDDEN);
    app.finish().await;
}
