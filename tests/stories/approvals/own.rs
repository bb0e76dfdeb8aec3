//! What is asked by hand, and what we ask ourselves: the same card, the same decision.

use domain::approvals::hand::{self, ByHand};
use domain::approvals::rules::{Approver, Need};
use domain::approvals::{self, State, own};
use domain::ids::OrderId;
use domain::people::{self, MemberRole};
use domain::{files, orders, staff};
use sandbox::telegram::ChatMessage;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, NEIGHBOUR, label};

use super::{desk, found, press};

const APPROVE: &str = "approval-act-approve";

/// The card that says this and awaits an answer.
async fn asked(app: &App, person: i64, words: &str) -> ChatMessage {
    let approve = label(APPROVE);
    app.says(person, |m| m.text.contains(words) && m.button(approve).is_some()).await
}

#[tokio::test]
async fn a_case_by_hand_goes_to_those_who_were_named_with_its_file() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let act = include_bytes!("../../fixtures/photo.jpg");
    let file = files::accept(&app.dealer.uploads, "смета.jpg", act).await.unwrap();
    let form = ByHand {
        client_key: "form-1".to_owned(),
        title: "Скидка 12 % для «Вектора»".to_owned(),
        words: "Берут три станка сразу".to_owned(),
        approvers: vec![Approver::Person(ENGINEER)],
        need: Need::All,
        ..ByHand::default()
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut tx = app.db.begin().await.unwrap();
        let maria = staff::by_telegram(&mut tx, MANAGER).await.unwrap().unwrap();
        let sent = [file.clone()];
        ids.push(hand::ask(&mut tx, &app.dealer, &maria, &form, &sent).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(ids[0], ids[1], "a form that is sent twice is one case");
    let card = asked(&app, ENGINEER, "Скидка 12 %").await;
    assert!(
        card.text.contains("Берут три станка сразу") && card.text.contains("Мария"),
        "{card:?}"
    );
    let attached = card.labels().into_iter().find(|label| label.contains("смета")).unwrap();
    let attached = attached.to_owned();
    app.telegram.press_button(ENGINEER, card.id, &attached).await.unwrap();
    app.says(ENGINEER, |m| m.document.is_some()).await;
    // Whoever is not asked does not get the file either.
    let data = card.button(&attached).unwrap().data.clone().unwrap();
    let any = app.telegram.chat(CUSTOMER).into_iter().find(|m| m.from_bot);
    assert!(any.is_none(), "the customer has not met the bot");
    assert!(data.len() <= 64);
    press(&app, ENGINEER, &card, APPROVE).await;
    app.says(MANAGER, |m| m.text.contains("✅ Согласовано") && m.text.contains("Скидка")).await;
    app.finish().await;
}

#[tokio::test]
async fn a_confirmed_order_is_called_off_only_when_a_manager_agrees() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let phone = app.linked_customer().await;
    crate::fill_cart(&phone, 1).await;
    let order = crate::order(&phone, "late-cancel").await;
    let number = order["number"].as_str().unwrap().to_owned();
    let mut tx = app.db.begin().await.unwrap();
    let anna = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let id: OrderId = orders::by_number(&mut tx, &anna.id, &number).await.unwrap().0.id;
    orders::advance(&mut tx, &app.dealer, &id, orders::State::Confirmed, None).await.unwrap();
    tx.commit().await.unwrap();
    let ask = label("bot-ask-late-cancel");
    let card = app.says(CUSTOMER, |m| m.text.contains(&number) && m.button(ask).is_some()).await;
    for _ in 0..2 {
        let pressed = app.telegram.press_button(CUSTOMER, card.id, ask).await.unwrap();
        assert_eq!(pressed.text(), Some(label("bot-late-cancel-asked")));
    }
    let mine = asked(&app, MANAGER, &number).await;
    let other = asked(&app, NEIGHBOUR, &number).await;
    let state = async || {
        let mut db = app.db.read().await.unwrap();
        orders::load(&mut db, &id).await.unwrap().0.state
    };
    assert_eq!(state().await, orders::State::Confirmed, "it goes on until somebody agrees");
    press(&app, MANAGER, &mine, APPROVE).await;
    app.says(CUSTOMER, |m| m.text.contains("Отмену заказа") && m.text.contains(&number)).await;
    assert_eq!(state().await, orders::State::Cancelled);
    app.says(NEIGHBOUR, |m| m.id == other.id && m.text.contains("Решение: Мария")).await;
    app.finish().await;
}

#[tokio::test]
async fn a_person_belongs_to_a_company_once_a_manager_agrees() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let phone = app.linked_customer().await;
    let park = async || phone.get("/app/park").await.ok()["machines"].as_array().unwrap().len();
    let before = park().await;
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    let company = people::ensure_company(&mut tx, "Новый завод", None, now).await.unwrap();
    let anna = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let role = MemberRole::Buyer;
    let id = own::ask_to_join(&mut tx, &app.dealer, &anna, &company, role).await.unwrap();
    tx.commit().await.unwrap();
    let mine = asked(&app, MANAGER, "Новый завод").await;
    let member = async || {
        let mut db = app.db.read().await.unwrap();
        let all = people::companies_of(&mut db, &anna.id).await.unwrap();
        all.iter().any(|(id, _, _)| *id == company)
    };
    assert!(!member().await);
    press(&app, MANAGER, &mine, APPROVE).await;
    app.says(CUSTOMER, |m| m.text.contains("Теперь вы в компании")).await;
    assert!(member().await);
    assert_eq!(found(&app, &id).await.state, State::Approved);
    assert_eq!(park().await, before, "the company has no machines yet");
    let mut db = app.db.read().await.unwrap();
    assert!(approvals::report::awaited(&mut db).await.unwrap().is_empty());
    let since = app.clock.now() - chrono::TimeDelta::days(1);
    let speed = approvals::report::speed(
        &mut db,
        &app.dealer,
        (since, app.clock.now() + chrono::TimeDelta::minutes(1)),
    )
    .await
    .unwrap();
    drop(db);
    assert_eq!(speed.len(), 2, "all together, and Maria: {speed:?}");
    app.finish().await;
}

#[tokio::test]
async fn whoever_is_forgotten_asks_for_nothing_any_more() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    app.linked_customer().await;
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    let company = people::ensure_company(&mut tx, "Новый завод", None, now).await.unwrap();
    let anna = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let role = MemberRole::Buyer;
    let id = own::ask_to_join(&mut tx, &app.dealer, &anna, &company, role).await.unwrap();
    tx.commit().await.unwrap();
    let mine = asked(&app, MANAGER, "Новый завод").await;
    let mut tx = app.db.begin().await.unwrap();
    people::forget(&mut tx, &app.dealer, CUSTOMER).await.unwrap();
    tx.commit().await.unwrap();
    let gone = app.says(MANAGER, |m| m.id == mine.id && m.text.contains("отозвано")).await;
    assert!(!gone.text.contains("Анна") && gone.labels().is_empty(), "{gone:?}");
    let kept = found(&app, &id).await;
    assert_eq!(kept.state, State::Withdrawn);
    assert!(kept.title.is_empty() && kept.words.is_empty() && kept.requester_name.is_empty());
    app.finish().await;
}
