//! A quote that takes more off than its manager may: somebody else decides, then the customer gets it.

use chrono::TimeDelta;
use domain::approvals::State;
use domain::approvals::{self, Approval};
use sandbox::telegram::ChatMessage;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, MiniApp, STAGES, Setup, label};

use super::{press, told};
use crate::desk::{ADMINISTRATOR, administrator};
use crate::quotes::ordered;

const APPROVE: &str = "approval-act-approve";
const REJECT: &str = "approval-act-reject";

/// A dealer who lets managers take 10 % off, an administrator who decides about more, and an order of
/// two pieces at 12,400 ₽ in the catalogue and two on request: its number.
async fn dealer() -> (App, MiniApp, String) {
    let file = format!("{STAGES}\n[approval.discount]\nover = 10\n");
    let app = App::start_with(Setup { file, ..Setup::default() }).await;
    administrator(&app).await;
    let phone = app.linked_customer().await;
    let number = ordered(&phone).await;
    app.settled().await;
    (app, phone, number)
}

/// The manager offers the first part at a price; the second, which has none in the catalogue, at 9,000.
async fn offer(app: &App, by: i64, number: &str, revision: i64, price: &str) {
    let body = json!({
        "revision": revision,
        "valid_until": (app.dealer.today() + TimeDelta::days(7)).to_string(),
        "price_1": price, "price_2": "9000", "comment_2": "Аналог",
    });
    app.mini_app(by).post(&format!("/app/orders/{number}/quote"), &body).await.ok();
    app.settled().await;
}

async fn seen(phone: &MiniApp, number: &str) -> Value {
    phone.get(&format!("/app/orders/{number}")).await.ok()["order"].clone()
}

/// The only case that there is.
async fn case(app: &App) -> Approval {
    let mut db = app.db.read().await.unwrap();
    let mut all = approvals::list(&mut db, None, None, 10).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn card(app: &App, person: i64, number: &str) -> ChatMessage {
    app.says(person, |m| m.text.contains(number) && m.button(label(APPROVE)).is_some()).await
}

fn is_asked(app: &App, person: i64) -> bool {
    app.telegram.chat(person).iter().any(|m| m.button(label(APPROVE)).is_some())
}

fn offers(app: &App) -> usize {
    let chat = app.telegram.chat(CUSTOMER);
    chat.iter().filter(|m| m.button(label("bot-quote-accept")).is_some()).count()
}

#[tokio::test]
async fn a_discount_above_the_limit_goes_to_the_customer_once_it_is_granted() {
    let (app, phone, number) = dealer().await;
    offer(&app, MANAGER, &number, 1, "10000").await;
    offer(&app, MANAGER, &number, 1, "10000").await;
    assert_eq!(told(&app, &case(&app).await.id).await, ["opened"], "a double tap is one case");
    let asked = card(&app, ADMINISTRATOR, &number).await;
    for said in
        ["Мария", "Анна", "24\u{a0}800\u{a0}₽", "20\u{a0}000\u{a0}₽", "19,36", "4\u{a0}800\u{a0}₽"]
    {
        assert!(asked.text.contains(said), "{said}: {}", asked.text);
    }
    assert!(!is_asked(&app, MANAGER), "whoever asks does not decide");
    assert_eq!((offers(&app), &seen(&phone, &number).await["state"]), (0, &json!("placed")));
    let page = phone.page(&format!("/app/orders/{number}")).await;
    assert!(!page.contains(label("app-discount-waits")), "no word of it to the customer: {page}");
    let mut console = app.console(MANAGER).await;
    let path = format!("/staff/orders/{number}");
    let page = console.get(&path).await.ok();
    assert!(page.contains(label("app-discount-waits")) && page.contains("19,36"), "{page}");

    // Somebody who has the button in their hands presses in vain.
    let yes = asked.button(label(APPROVE)).unwrap().data.clone().unwrap();
    for stranger in [CUSTOMER, MANAGER] {
        let any = app.says(stranger, |m| m.text.contains(&number)).await;
        app.telegram.press_data(stranger, any.id, &yes).await.unwrap();
        assert_eq!(case(&app).await.state, State::Open, "{stranger}");
    }
    let twice = tokio::join!(
        app.telegram.press_data(ADMINISTRATOR, asked.id, &yes),
        app.telegram.press_data(ADMINISTRATOR, asked.id, &yes)
    );
    let answers = [twice.0.unwrap(), twice.1.unwrap()];
    let counted = |answer: &&_| answer_is(answer, "bot-approval-counted");
    assert_eq!(answers.iter().filter(counted).count(), 1, "{answers:?}");
    app.settled().await;
    assert_eq!(offers(&app), 1, "the customer got it once");
    let order = seen(&phone, &number).await;
    assert_eq!((&order["state"], &order["quote"]["total"]), (&json!("quoted"), &json!(3_800_000)));
    assert_eq!(order["quote"]["made_by"], "Мария", "as if she had sent it");
    app.says(MANAGER, |m| m.text.contains("✅ Согласовано") && m.text.contains(&number)).await;
    app.says(ADMINISTRATOR, |m| m.id == asked.id && m.text.contains("Решение: Олег")).await;
    let page = console.get(&path).await.ok();
    assert!(!page.contains(label("app-discount-waits")), "{page}");
    phone.post(&format!("/app/orders/{number}/accept"), &json!({ "revision": 1 })).await.ok();
    assert_eq!(seen(&phone, &number).await["total"], 3_800_000);
    app.finish().await;
}

fn answer_is(answer: &sandbox::telegram::CallbackAnswer, key: &str) -> bool {
    answer.text.as_deref() == Some(label(key))
}

#[tokio::test]
async fn a_refused_discount_comes_back_with_its_reason_and_is_sent_anew() {
    let (app, phone, number) = dealer().await;
    offer(&app, MANAGER, &number, 1, "10000").await;
    let asked = card(&app, ADMINISTRATOR, &number).await;
    press(&app, ADMINISTRATOR, &asked, REJECT).await;
    app.says(ADMINISTRATOR, |m| m.text.contains("Почему отклоняете")).await;
    app.telegram.send_text(ADMINISTRATOR, "Маржи не остаётся").unwrap();
    let heard = |m: &ChatMessage| m.text.contains("❌") && m.text.contains("Маржи не остаётся");
    app.says(MANAGER, |m| heard(m) && m.text.contains(&number)).await;
    app.settled().await;
    assert_eq!(offers(&app), 0, "the customer never sees it");
    let mut console = app.console(MANAGER).await;
    let page = console.get(&format!("/staff/orders/{number}")).await.ok();
    for said in [label("app-discount-rejected"), "Маржи не остаётся"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let form = console.get(&format!("/staff/orders/{number}/quote")).await.ok();
    assert!(form.contains("value=\"10000\"") && form.contains("value=\"Аналог\""), "{form}");
    assert!(form.contains("больше 10 %"), "the limit is said beforehand: {form}");
    // Exactly the limit is within it.
    offer(&app, MANAGER, &number, 1, "11160").await;
    assert_eq!(offers(&app), 1);
    assert_eq!(seen(&phone, &number).await["quote"]["revision"], 1);
    app.finish().await;
}

#[tokio::test]
async fn another_offer_or_the_end_of_the_order_withdraws_what_was_asked() {
    let (app, phone, number) = dealer().await;
    offer(&app, MANAGER, &number, 1, "10000").await;
    let old = card(&app, ADMINISTRATOR, &number).await;
    let stale = old.button(label(APPROVE)).unwrap().data.clone().unwrap();
    offer(&app, MANAGER, &number, 1, "9000").await;
    app.says(ADMINISTRATOR, |m| m.text.contains("решите заново") && m.text.contains(&number)).await;
    let again = card(&app, ADMINISTRATOR, &number).await;
    assert!(again.text.contains("18\u{a0}000\u{a0}₽"), "{}", again.text);
    let refused = app.telegram.press_data(ADMINISTRATOR, old.id, &stale).await.unwrap();
    assert_eq!(refused.text.as_deref(), Some(label("approval-refused-reopened")));
    let id = case(&app).await.id;
    assert_eq!(told(&app, &id).await, ["opened", "withdrawn", "reopened"]);
    assert_eq!(offers(&app), 0);

    offer(&app, MANAGER, &number, 1, "12000").await;
    assert_eq!(
        (offers(&app), case(&app).await.state),
        (1, State::Withdrawn),
        "it needs nobody now"
    );
    app.says(ADMINISTRATOR, |m| m.id == again.id && m.labels().is_empty()).await;

    offer(&app, MANAGER, &number, 2, "8000").await;
    card(&app, ADMINISTRATOR, &number).await;
    phone.post(&format!("/app/orders/{number}/cancel"), &json!({})).await.ok();
    app.settled().await;
    assert_eq!(case(&app).await.state, State::Withdrawn, "nothing is sold any more");
    assert!(!is_asked(&app, ADMINISTRATOR));
    app.finish().await;
}

#[tokio::test]
async fn a_small_discount_asks_nobody_and_neither_does_a_price_on_request() {
    let (app, phone, number) = dealer().await;
    // 9.68 % of what had a price; what had none has nothing to be taken off.
    offer(&app, MANAGER, &number, 1, "11200").await;
    assert_eq!(seen(&phone, &number).await["state"], "quoted");
    assert!(!is_asked(&app, ADMINISTRATOR));
    let mut db = app.db.read().await.unwrap();
    assert!(approvals::list(&mut db, None, None, 10).await.unwrap().is_empty());
    drop(db);
    app.finish().await;
}

#[tokio::test]
async fn an_administrator_does_not_grant_their_own_and_a_late_yes_holds_as_long() {
    let (app, phone, number) = dealer().await;
    offer(&app, ADMINISTRATOR, &number, 1, "10000").await;
    assert!(!is_asked(&app, ADMINISTRATOR));
    let asked = card(&app, MANAGER, &number).await;
    app.pass(TimeDelta::days(9));
    press(&app, MANAGER, &asked, APPROVE).await;
    app.settled().await;
    let phone_now = app.mini_app(CUSTOMER);
    let quote = seen(&phone_now, &number).await["quote"].clone();
    let until = (app.dealer.today() + TimeDelta::days(7)).to_string();
    assert_eq!((&quote["valid_until"], &quote["made_by"]), (&json!(until), &json!("Олег")));
    drop(phone);
    app.finish().await;
}
