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
const DIRECTOR: i64 = tests::ADMINISTRATOR;

/// The company of the customer, who may order for so many roubles there.
async fn company(app: &App, limit: i64) -> (CompanyId, String) {
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
async fn director(app: &App, company: &CompanyId) -> CustomerId {
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

async fn card(app: &App, person: i64, number: &str) -> ChatMessage {
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
