//! What is asked of named people, in the chat and by e-mail: decided once, whoever presses when.

mod deadlines;
mod discounts;
mod disputes;
mod hand;
mod letters;
mod limits;
mod own;
mod plate_access;
mod presses;
mod report;
mod rules;
mod substitutes;

use std::collections::BTreeMap;

use domain::Money;
use domain::approvals::deals::{self, DealFacts, DealRow, DealState, Seen};
use domain::approvals::rules::Entity;
use domain::approvals::{self, Approval};
use domain::ids::{ApprovalId, StaffId};
use domain::staff::{self, Role};
use sandbox::telegram::ChatMessage;
use tests::{App, ENGINEER, MANAGER, NEIGHBOUR, STAGES, Setup, label};

/// The title of the deal that is asked about.
const TITLE: &str = "Токарный 16К20 для «Вектора»";

/// A dealer whose rule asks these people, and three who may be asked.
async fn desk(approvers: &str, need: &str) -> App {
    let rule = format!(
        "{STAGES}\n[[approval.rule]]\nname = \"крупная сделка\"\nconnection = \"amo\"\n\
         entity = \"deal\"\namount_from = 500000\nstages = [\"NEW\"]\napprovers = {approvers}\n\
         need = {need}\ndeadline = \"8h\"\nremind = \"4h\"\nescalate_to = [\"administrator\"]\n\
         on_approve = {{ stage = \"PREPARATION\" }}\non_reject = {{ stage = \"LOSE\" }}\n"
    );
    let app = App::start_with(Setup { file: rule, ..Setup::default() }).await;
    let mut tx = app.db.begin().await.unwrap();
    staff::add(&mut tx, NEIGHBOUR, Role::Manager, "Олег", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.telegram.press_start(NEIGHBOUR, None).expect("a person");
    app.says(NEIGHBOUR, |message| !message.text.is_empty()).await;
    app
}

/// A deal of 600,000 ₽ as the CRM tells it.
fn deal() -> DealFacts {
    DealFacts {
        connection: "amo".to_owned(),
        entity: Entity::Deal,
        id: "600".to_owned(),
        title: TITLE.to_owned(),
        amount: Some(Money::kopecks(60_000_000)),
        pipeline: None,
        stage: "NEW".to_owned(),
        responsible: Some("17".to_owned()),
        created_by: Some("1".to_owned()),
        asked_by: "Пётр Продавцов".to_owned(),
        heads: Vec::new(),
        staff: BTreeMap::new(),
        fields: BTreeMap::new(),
        rows: vec![DealRow {
            name: "Станок 16К20".to_owned(),
            quantity: 1.0,
            price: Money::kopecks(60_000_000),
        }],
        url: Some("https://portal.example.com/crm/deal/details/600/".to_owned()),
        state: DealState::Open,
    }
}

/// The CRM's deal was read.
async fn seen(app: &App, facts: &DealFacts) -> Seen {
    let mut tx = app.db.begin().await.unwrap();
    let seen = deals::seen(&mut tx, &app.dealer, facts).await.unwrap();
    tx.commit().await.unwrap();
    seen
}

async fn opened(app: &App, facts: &DealFacts) -> ApprovalId {
    match seen(app, facts).await {
        Seen::Opened(id) => id,
        other => panic!("nothing is asked: {other:?}"),
    }
}

async fn found(app: &App, id: &ApprovalId) -> Approval {
    approvals::find(&mut app.db.read().await.unwrap(), id).await.unwrap()
}

/// What happened to the case, as its history tells it.
async fn told(app: &App, id: &ApprovalId) -> Vec<String> {
    let mut db = app.db.read().await.unwrap();
    let events = approvals::history(&mut db, id).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

async fn staff_id(app: &App, telegram_id: i64) -> StaffId {
    let mut db = app.db.read().await.unwrap();
    staff::by_telegram(&mut db, telegram_id).await.unwrap().unwrap().id
}

/// The card of a person whose answer is awaited.
async fn card(app: &App, person: i64) -> ChatMessage {
    let approve = label("approval-act-approve");
    app.says(person, |m| m.text.contains(TITLE) && m.button(approve).is_some()).await
}

/// Presses a button of a card; what stands over the chat then.
async fn press(app: &App, person: i64, card: &ChatMessage, key: &str) -> String {
    let button = card.button(label(key)).unwrap().label.clone();
    let pressed = app.telegram.press_button(person, card.id, &button).await.unwrap();
    pressed.text().unwrap_or_default().to_owned()
}

/// The data of a button.
fn data(card: &ChatMessage, key: &str) -> String {
    card.button(label(key)).unwrap().data.clone().unwrap()
}

/// Whether the card that a person has bears no buttons and says so.
async fn shows(app: &App, person: i64, card: &ChatMessage, words: &str) {
    let now = app.says(person, |m| m.id == card.id && m.text.contains(words)).await;
    assert!(now.labels().is_empty(), "{now:?}");
}

#[tokio::test]
async fn a_deal_of_600_000_is_approved_from_telegram() {
    let app = desk(r#"["manager"]"#, "1").await;
    let mut asked = deal();
    asked.staff.insert("17".to_owned(), staff_id(&app, ENGINEER).await);
    let id = opened(&app, &asked).await;
    let (first, second) = (card(&app, MANAGER).await, card(&app, NEIGHBOUR).await);
    for known in ["600\u{a0}000\u{a0}₽", "Пётр Продавцов", "Станок 16К20", "Решить до"]
    {
        assert!(first.text.contains(known), "{known}: {}", first.text);
    }
    assert_eq!(
        press(&app, MANAGER, &first, "approval-act-approve").await,
        label("bot-approval-counted")
    );
    let said = "Согласовано. Решение: Мария";
    shows(&app, MANAGER, &first, said).await;
    shows(&app, NEIGHBOUR, &second, said).await;
    app.says(ENGINEER, |m| m.text.contains("✅ Согласовано") && m.text.contains(TITLE)).await;
    let decided = found(&app, &id).await;
    let effect = decided.effect().unwrap().unwrap();
    assert_eq!(effect.stage.as_deref(), Some("PREPARATION"));
    assert_eq!(told(&app, &id).await, ["opened", "approved"]);
    // What the decision does to the deal is no news, however late it is told.
    for stage in ["PREPARATION", "NEW", "PREPARATION"] {
        let moved = DealFacts { stage: stage.to_owned(), ..asked.clone() };
        assert_eq!(seen(&app, &moved).await, Seen::Nothing, "{stage}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_rejection_waits_for_its_reason() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let id = opened(&app, &deal()).await;
    let asked = card(&app, MANAGER).await;
    press(&app, MANAGER, &asked, "approval-act-reject").await;
    let question = app.says(MANAGER, |m| m.text.contains("Почему отклоняете")).await;
    app.telegram.press_button(MANAGER, question.id, label("bot-quit")).await.unwrap();
    assert_eq!(told(&app, &id).await, ["opened"], "left without a reason, nothing is decided");
    press(&app, MANAGER, &asked, "approval-act-reject").await;
    app.says(MANAGER, |m| m.id > question.id && m.text.contains("Почему отклоняете")).await;
    app.telegram.send_text(MANAGER, "Нет предоплаты").unwrap();
    app.says(MANAGER, |m| m.text.contains("❌ Отклонено. Решение: Мария")).await;
    let decided = found(&app, &id).await;
    assert_eq!(decided.state, approvals::State::Rejected);
    assert_eq!(decided.reason.as_deref(), Some("Нет предоплаты"));
    app.telegram.send_text(MANAGER, "И ещё одно").unwrap();
    app.settled().await;
    assert_eq!(told(&app, &id).await, ["opened", "rejected"]);
    app.finish().await;
}
