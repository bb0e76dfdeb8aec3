//! A member orders more than they may alone: the director of their company decides, who is a customer.

use domain::approvals::{self, State};
use domain::ids::{CompanyId, CustomerId, OrderId};
use domain::orders::{self, State as Order};
use domain::people::{self, MemberRole};
use domain::text::Inn;
use sandbox::telegram::ChatMessage;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, label};

use super::desk;

/// A customer who directs the other one's company.
pub(super) const DIRECTOR: i64 = tests::ADMINISTRATOR;

/// The company of the customer, who may order for so many roubles there.
pub(super) async fn company(app: &App, limit: i64) -> (CompanyId, String) {
    let mut tx = app.db.begin().await.unwrap();
    let anna = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let member = people::memberships(&mut tx, &anna.id).await.unwrap().remove(0);
    tx.commit().await.unwrap();
    let mut console = app.console(MANAGER).await;
    let path = format!("/staff/memberships/{}/limit", member.id);
    assert_eq!(console.post(&path, &[("limit", "много")]).await.status, 422);
    let page = console.post(&path, &[("limit", &limit.to_string())]).await.gone_to();
    let page = console.get(&page).await.ok();
    assert!(page.contains(&format!("value=\"{limit}\"")), "{page}");
    let engineers = app.console(ENGINEER).await.post(&path, &[("limit", "1")]).await;
    assert_eq!(engineers.status, 403);
    (member.company_id, member.id)
}

/// Somebody whom the bot has met directs the company.
pub(super) async fn director(app: &App, company: &CompanyId) -> CustomerId {
    app.link(DIRECTOR).await;
    let mut tx = app.db.begin().await.unwrap();
    let found = people::by_telegram(&mut tx, DIRECTOR).await.unwrap().expect("a customer");
    let now = app.clock.now();
    people::join(&mut tx, &found.id, company, MemberRole::Director, now).await.unwrap();
    tx.commit().await.unwrap();
    found.id
}

async fn order(phone: &MiniApp, key: &str) -> String {
    crate::fill_cart(phone, 1).await;
    let order = crate::order(phone, key).await;
    order["number"].as_str().unwrap().to_owned()
}

async fn state(app: &App, number: &str) -> (OrderId, Order) {
    let mut db = app.db.read().await.unwrap();
    let anna = people::by_telegram(&mut db, CUSTOMER).await.unwrap().unwrap();
    let order = orders::by_number(&mut db, &anna.id, number).await.unwrap().0;
    (order.id, order.state)
}

pub(super) async fn card(app: &App, person: i64, number: &str) -> ChatMessage {
    let approve = label("approval-act-approve");
    app.says(person, |m| m.text.contains(number) && m.button(approve).is_some()).await
}

#[tokio::test]
async fn an_order_above_the_limit_waits_for_the_director_who_decides_once() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    let free = order(&phone, "free").await;
    assert_eq!(state(&app, &free).await.1, Order::Placed, "nobody set a limit");
    let (company, _) = company(&app, 1).await;
    director(&app, &company).await;
    let number = order(&phone, "dear").await;
    assert_eq!(state(&app, &number).await.1, Order::AwaitingApproval);
    let card = card(&app, DIRECTOR, &number).await;
    assert!(card.text.contains("больше своего лимита"), "{card:?}");
    app.says(CUSTOMER, |m| m.text.contains(&number) && m.text.contains("директора")).await;
    let asks = |person| {
        app.telegram
            .chat(person)
            .iter()
            .any(|m| m.text.contains(&number) && m.button(label("approval-act-approve")).is_some())
    };
    assert!(!asks(MANAGER), "it is the director's to decide");

    // A stranger who has the button in their hands presses in vain.
    let yes = card.button(label("approval-act-approve")).unwrap().data.clone().unwrap();
    let mine = app.says(CUSTOMER, |m| m.from_bot && m.text.contains(&number)).await;
    app.telegram.press_data(CUSTOMER, mine.id, &yes).await.unwrap();
    assert_eq!(state(&app, &number).await.1, Order::AwaitingApproval);

    let pressed = app.telegram.press_data(DIRECTOR, card.id, &yes).await.unwrap();
    assert_eq!(pressed.text.as_deref(), Some(label("bot-approval-counted")));
    assert_eq!(state(&app, &number).await.1, Order::Confirmed);
    app.says(CUSTOMER, |m| m.text.contains(&format!("Заказ {number} согласован"))).await;
    let now = app.says(DIRECTOR, |m| m.id == card.id && m.text.contains("Согласовано")).await;
    assert!(now.labels().is_empty(), "{now:?}");
    let again = app.telegram.press_data(DIRECTOR, card.id, &yes).await.unwrap();
    assert_eq!(again.text.as_deref(), Some(label("approval-refused-decided")));
    let list = app.console(MANAGER).await.get("/staff/approvals?state=approved").await.ok();
    assert!(list.contains(&number), "{list}");
    app.finish().await;
}

#[tokio::test]
async fn without_a_director_the_managers_decide_and_a_no_calls_the_order_off() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    company(&app, 1).await;
    let number = order(&phone, "dear").await;
    let asked = card(&app, MANAGER, &number).await;
    let reject = label("approval-act-reject");
    app.telegram.press_button(MANAGER, asked.id, reject).await.unwrap();
    app.says(MANAGER, |m| m.text.contains("Почему отклоняете")).await;
    app.telegram.send_text(MANAGER, "Нет договора").unwrap();
    app.says(CUSTOMER, |m| m.text.contains("не согласован") && m.text.contains("Нет договора"))
        .await;
    assert_eq!(state(&app, &number).await.1, Order::Cancelled);
    app.finish().await;
}

#[tokio::test]
async fn an_order_that_is_called_off_meanwhile_asks_nothing_any_more() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    company(&app, 1).await;
    let number = order(&phone, "dear").await;
    let asked = card(&app, MANAGER, &number).await;
    phone.post(&format!("/app/orders/{number}/cancel"), &serde_json::json!({})).await.ok();
    app.says(MANAGER, |m| m.id == asked.id && m.labels().is_empty()).await;
    let mut db = app.db.read().await.unwrap();
    let open = approvals::list(&mut db, Some(State::Open), None, 10).await.unwrap();
    assert!(open.is_empty(), "{open:?}");
    drop(db);
    assert_eq!(state(&app, &number).await.1, Order::Cancelled);
    app.finish().await;
}

#[tokio::test]
async fn a_customer_asks_to_join_and_the_director_lets_them_in() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    let inn = Inn::parse("7707083893").unwrap();
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    let company = people::ensure_company(&mut tx, "Новый завод", Some(&inn), now).await.unwrap();
    tx.commit().await.unwrap();
    director(&app, &company).await;
    let join = |inn: &str| serde_json::json!({ "inn": inn, "role": "mechanic" });
    for wrong in ["7707083894", "7830002293"] {
        let refused = phone.post("/app/company", &join(wrong)).await;
        assert_eq!(refused.status, 422, "{wrong}");
    }
    phone.post("/app/company", &join("7707083893")).await.ok();
    let mine = phone.get("/app/company").await.ok();
    let pending = |all: &serde_json::Value, state: &str| {
        let all = all["companies"].as_array().unwrap();
        all.iter().any(|one| one["company"] == "Новый завод" && one["state"] == state)
    };
    assert!(pending(&mine, "pending"), "{mine}");
    let card = card(&app, DIRECTOR, "Новый завод").await;
    let manager = self::card(&app, MANAGER, "Новый завод").await;
    let approve = label("approval-act-approve");
    app.telegram.press_button(DIRECTOR, card.id, approve).await.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("Теперь вы в компании")).await;
    app.says(MANAGER, |m| m.id == manager.id && m.labels().is_empty()).await;
    let mine = phone.get("/app/company").await.ok();
    assert!(pending(&mine, "active"), "{mine}");
    app.finish().await;
}

#[tokio::test]
async fn a_confirmed_order_is_called_off_by_asking_from_the_app_and_from_the_console() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    let (mine, by_phone) = (order(&phone, "a").await, order(&phone, "b").await);
    let nothing = serde_json::json!({});
    let ask = |number: &str| format!("/app/orders/{number}/ask-cancel");
    assert_eq!(phone.post(&ask(&mine), &nothing).await.status, 409, "it may simply be called off");
    for number in [&mine, &by_phone] {
        let id = state(&app, number).await.0;
        let mut tx = app.db.begin().await.unwrap();
        orders::advance(&mut tx, &app.dealer, &id, Order::Confirmed, None).await.unwrap();
        tx.commit().await.unwrap();
    }
    let page = phone.page(&format!("/app/orders/{mine}")).await;
    assert!(page.contains("Попросить отменить"), "{page}");
    phone.post(&ask(&mine), &nothing).await.ok();
    let asked = card(&app, MANAGER, &mine).await;
    let approve = label("approval-act-approve");
    app.telegram.press_button(MANAGER, asked.id, approve).await.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("Отмену заказа") && m.text.contains(&mine)).await;
    assert_eq!(state(&app, &mine).await.1, Order::Cancelled);

    // A manager who passes the wish on does not decide it: a colleague does.
    let mut console = app.console(MANAGER).await;
    let path = format!("/staff/orders/{by_phone}/ask-cancel");
    let page = console.get(&format!("/staff/orders/{by_phone}")).await.ok();
    assert!(page.contains(&format!("action=\"{path}\"")), "the way to it: {page}");
    let case = console.post(&path, &[("words", "Звонил, передумал")]).await.gone_to();
    let page = console.get(&case).await.ok();
    assert!(page.contains("Звонил, передумал") && page.contains("Мария"), "{page}");
    let yes = [("version", "1"), ("outcome", "approve")];
    assert_eq!(console.post(&format!("{case}/decide"), &yes).await.status, 403);
    let asked = card(&app, tests::NEIGHBOUR, &by_phone).await;
    app.telegram.press_button(tests::NEIGHBOUR, asked.id, approve).await.unwrap();
    app.says(CUSTOMER, |m| m.text.contains("Отмену заказа") && m.text.contains(&by_phone)).await;
    assert_eq!(state(&app, &by_phone).await.1, Order::Cancelled);
    app.finish().await;
}

/// What waits for somebody by their own list in the Mini App.
async fn waiting(phone: &MiniApp) -> Vec<serde_json::Value> {
    phone.get("/app/approvals").await.ok()["approvals"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_director_decides_on_a_page_with_a_reason_and_the_chat_shows_it() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    let (company, _) = company(&app, 1).await;
    director(&app, &company).await;
    app.link(tests::NEIGHBOUR).await;
    let number = order(&phone, "dear").await;
    let card = card(&app, DIRECTOR, &number).await;
    let page_of = card.button(label("bot-open")).expect("the way to the page").clone();
    let theirs = app.mini_app(DIRECTOR);
    let all = waiting(&theirs).await;
    assert_eq!((all.len(), &all[0]["title"]), (1, &serde_json::json!(number)), "{all:?}");
    let path = format!("/app/approvals/{}", all[0]["id"].as_str().unwrap());
    assert!(page_of.web_app.unwrap().ends_with(&path), "the button opens this page");
    for (home, asked) in [("/app/park", &theirs), ("/app/company", &theirs)] {
        let page = asked.page(home).await;
        assert!(page.contains(label("app-decisions-wait")), "{home}: {page}");
    }
    let page = theirs.page(&path).await;
    for said in [number.as_str(), "Анна", "16К20.02.114", label("app-decision-approve")] {
        assert!(page.contains(said), "{said}: {page}");
    }

    // Neither whoever asks nor another company's people see it or decide it.
    let no = serde_json::json!({ "outcome": "reject", "version": 1, "reason": "Дорого" });
    for stranger in [&phone, &app.mini_app(tests::NEIGHBOUR)] {
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(stranger.post(&format!("{path}/answer"), &no).await.status, 404);
        assert!(waiting(stranger).await.is_empty());
    }
    let silent = serde_json::json!({ "outcome": "reject", "version": 1 });
    let silent = theirs.post(&format!("{path}/answer"), &silent).await;
    assert_eq!(silent.code(), "invalid", "{}", silent.body);
    let stale = serde_json::json!({ "outcome": "approve", "version": 7 });
    assert_eq!(theirs.post(&format!("{path}/answer"), &stale).await.status, 409);
    assert_eq!(state(&app, &number).await.1, Order::AwaitingApproval, "nothing is decided yet");

    theirs.post(&format!("{path}/answer"), &no).await.ok();
    assert_eq!(state(&app, &number).await.1, Order::Cancelled);
    app.says(CUSTOMER, |m| m.text.contains("не согласован") && m.text.contains("Дорого")).await;
    let now = app.says(DIRECTOR, |m| m.id == card.id && m.text.contains("Отклонено")).await;
    assert!(now.labels().is_empty(), "{now:?}");
    let again = theirs.post(&format!("{path}/answer"), &no).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "conflict"));
    let page = theirs.page(&path).await;
    assert!(page.contains("Отклонено") && page.contains("Дорого"), "the outcome: {page}");
    assert!(!page.contains(label("app-decision-approve")), "{page}");
    assert!(!theirs.page("/app/park").await.contains(label("app-decisions-wait")));
    app.finish().await;
}

#[tokio::test]
async fn a_director_who_refuses_in_the_chat_says_why() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    let (company, _) = company(&app, 1).await;
    director(&app, &company).await;
    let number = order(&phone, "dear").await;
    let card = card(&app, DIRECTOR, &number).await;
    app.telegram.press_button(DIRECTOR, card.id, label("approval-act-reject")).await.unwrap();
    app.says(DIRECTOR, |m| m.text.contains("Почему отклоняете")).await;
    assert_eq!(state(&app, &number).await.1, Order::AwaitingApproval);
    app.telegram.send_text(DIRECTOR, "Есть на складе").unwrap();
    app.says(CUSTOMER, |m| m.text.contains("не согласован") && m.text.contains("Есть на складе"))
        .await;
    assert_eq!(state(&app, &number).await.1, Order::Cancelled);
    app.finish().await;
}

#[tokio::test]
async fn a_quote_above_the_limit_is_accepted_once_the_director_agrees() {
    let app = desk(r#"["5003"]"#, "1").await;
    let phone = app.linked_customer().await;
    // Above the 24,800 ₽ of the cart, below the 42,800 ₽ of the quote.
    let (company, _) = company(&app, 30_000).await;
    director(&app, &company).await;
    let number = crate::quotes::ordered(&phone).await;
    assert_eq!(state(&app, &number).await.1, Order::Placed, "what has a price is within the limit");
    let body = serde_json::json!({
        "revision": 1, "valid_until": app.dealer.today().to_string(),
        "price_1": "12400", "price_2": "9000",
    });
    app.mini_app(MANAGER).post(&format!("/app/orders/{number}/quote"), &body).await.ok();
    app.settled().await;
    let accept = format!("/app/orders/{number}/accept");
    phone.post(&accept, &serde_json::json!({ "revision": 1 })).await.ok();
    assert_eq!(state(&app, &number).await.1, Order::AwaitingApproval);
    let card = card(&app, DIRECTOR, &number).await;
    assert!(card.text.contains("42\u{a0}800\u{a0}₽"), "{}", card.text);
    // A second tap neither asks twice nor goes past the director.
    phone.post(&accept, &serde_json::json!({ "revision": 1 })).await.ok();
    let theirs = app.mini_app(DIRECTOR);
    let all = waiting(&theirs).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let path = format!("/app/approvals/{}", all[0]["id"].as_str().unwrap());
    let seen = theirs.get(&path).await.ok()["approval"].clone();
    assert_eq!((&seen["amount"], &seen["lines"][1]["price"]), (&4_280_000.into(), &900_000.into()));
    let yes = serde_json::json!({ "outcome": "approve", "version": 1 });
    theirs.post(&format!("{path}/answer"), &yes).await.ok();
    assert_eq!(state(&app, &number).await.1, Order::Confirmed);
    app.says(CUSTOMER, |m| m.text.contains(&format!("Заказ {number} согласован"))).await;
    app.finish().await;
}
