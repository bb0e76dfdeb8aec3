//! A deal made in the portal that needs a decision: asked there by a task and a notification, decided
//! there or here, and the portal made like it.

mod dry;
mod faults;
mod files;
mod lost;
mod task;

use domain::approvals::{self, Decider, Outcome, State, Via};
use domain::ids::{ApprovalId, StaffId};
use domain::staff::{self, Role};
use domain::text::Email;
use sandbox::bitrix24::{HandMadeDeal, Kind, Record, USER_ADMIN, USER_MANAGER, USER_SECOND};
use serde_json::{Value, json};
use tests::{App, ENGINEER, MANAGER};

use crate::bitrix24::{FILE, comments, id, told_by};
use crate::desk::{ADMINISTRATOR, administrator};

/// A rule of the portal's; `rest` says who decides.
fn file(rest: &str) -> String {
    format!(
        "{FILE}
[[approval.rule]]
name = \"big deal\"
connection = \"b24\"
entity = \"deal\"
amount_from = 500000
stages = [\"NEW\"]
{rest}
on_approve = {{ stage = \"PREPARATION\", comment = \"Готовим документы\", \
         fields = {{ UF_CRM_CONFIGURATION = \"согласовано\" }}, task = \"Выставить счёт\" }}
on_reject = {{ stage = \"LOSE\", comment = \"Сделку не берём\" }}
on_changes = {{ stage = \"FINAL_INVOICE\" }}
"
    )
}

/// A dealer whose manager, and whoever else is named, is known in the portal by e-mail.
async fn dealer(rest: &str) -> App {
    let app = told_by(&file(rest)).await;
    administrator(&app).await;
    let people = [(MANAGER, "manager"), (ADMINISTRATOR, "second"), (ENGINEER, "admin")];
    let mut tx = app.db.begin().await.unwrap();
    for (person, name) in people {
        let email = Email::parse(&format!("{name}@dealer.example"));
        assert!(staff::set_reach(&mut tx, person, email.as_ref(), None).await.unwrap());
    }
    tx.commit().await.unwrap();
    app
}

/// Somebody who may be asked, by their Telegram id.
async fn member(app: &App, person: i64) -> StaffId {
    let mut reader = app.db.read().await.unwrap();
    staff::by_telegram(&mut reader, person).await.unwrap().unwrap().id
}

/// A deal of this many roubles that a manager of the portal types in.
async fn deal(app: &App, roubles: i64) -> i64 {
    let title = format!("Станок за {roubles}");
    let made = HandMadeDeal { title, price: roubles, ..HandMadeDeal::default() };
    let deal = app.bitrix24.create_deal_by_hand(&made).unwrap();
    app.settled().await;
    deal
}

/// The tasks that are bound to a deal, but for those that follow.
fn tasks(app: &App, deal: i64) -> Vec<Record> {
    let mut all = bound(app, deal);
    all.retain(|task| text(task, "TITLE").starts_with("Согласование"));
    all
}

fn bound(app: &App, deal: i64) -> Vec<Record> {
    let mark = json!([format!("D_{deal}")]);
    let all = app.bitrix24.tasks().into_iter();
    all.filter(|task| task.get("UF_CRM_TASK") == Some(&mark)).collect()
}

/// The only one.
fn task(app: &App, deal: i64) -> Record {
    let all = tasks(app, deal);
    assert_eq!(all.len(), 1, "one task asks: {all:#?}");
    all[0].clone()
}

fn text(task: &Record, field: &str) -> String {
    task[field].as_str().unwrap_or_default().to_owned()
}

fn said(app: &App, task: &Record) -> Vec<String> {
    app.bitrix24.comments_of_task(id(task)).into_iter().map(|one| one.text).collect()
}

fn told(app: &App, user: i64) -> Vec<String> {
    let all = app.bitrix24.notices().into_iter().filter(|notice| notice.user == user);
    all.map(|notice| notice.message).collect()
}

fn stage(app: &App, deal: i64) -> Value {
    app.bitrix24.record(Kind::Deal, deal).unwrap()["STAGE_ID"].clone()
}

/// The cases that were ever asked about a deal: id, state, version.
async fn cases(app: &App, deal: i64) -> Vec<(ApprovalId, State, i64)> {
    let mut reader = app.db.read().await.unwrap();
    let mark = format!("D_{deal}");
    let mut found = Vec::new();
    for (entity, step) in [("approval:", "task")] {
        for task in app.bitrix24.tasks() {
            if task.get("UF_CRM_TASK") != Some(&json!([mark])) {
                continue;
            }
            let id = id(&task).to_string();
            let behind = domain::links::entities(&mut reader, "b24", step, &id).await.unwrap();
            for approval in behind.iter().filter_map(|one| one.strip_prefix(entity)) {
                let case = approvals::find(&mut reader, &approval.into()).await.unwrap();
                found.push((case.id, case.state, case.version));
            }
        }
    }
    found
}

/// Somebody decides here, as the chat and the console do.
async fn decide(app: &App, person: i64, deal: i64, outcome: Outcome, reason: Option<&str>) {
    let (approval, _, version) = cases(app, deal).await[0].clone();
    let who = Decider { staff: member(app, person).await, via: Via::Telegram };
    let mut tx = app.db.begin().await.unwrap();
    let done =
        approvals::decide(&mut tx, &app.dealer, &who, &approval, version, outcome, reason).await;
    done.unwrap();
    tx.commit().await.unwrap();
    app.settled().await;
}

#[tokio::test]
async fn a_deal_that_is_approved_here_moves_there_with_all_that_follows() {
    let app = dealer("approvers = [\"5003\"]\ndeadline = \"8h\"").await;
    let deal = deal(&app, 600_000).await;
    let asks = task(&app, deal);
    assert!(text(&asks, "TITLE").ends_with("Станок за 600000 — 600\u{a0}000\u{a0}₽"), "{asks:#?}");
    assert_eq!(asks["RESPONSIBLE_ID"], USER_MANAGER);
    assert!(text(&asks, "DEADLINE").starts_with("2026-11-2"), "{asks:#?}");
    let words = text(&asks, "DESCRIPTION");
    assert!(words.contains("Ольга Фролова") && words.contains("/crm/deal/details/"), "{words}");
    assert_eq!(told(&app, USER_MANAGER).len(), 1);
    assert!(told(&app, USER_MANAGER)[0].contains("Станок за 600000"));

    decide(&app, MANAGER, deal, Outcome::Approve, None).await;
    assert_eq!(stage(&app, deal), "PREPARATION");
    let record = app.bitrix24.record(Kind::Deal, deal).unwrap();
    assert_eq!(record["UF_CRM_CONFIGURATION"], "согласовано");
    let timeline = comments(&app, Kind::Deal, deal);
    assert_eq!(timeline.len(), 1, "{timeline:?}");
    assert!(timeline[0].contains("Готовим документы") && timeline[0].contains("Согласовано"));
    assert_eq!(task(&app, deal)["STATUS"], 5);
    assert_eq!(said(&app, &asks).len(), 1, "the outcome stands in the task");
    let follows = bound(&app, deal);
    let follows: Vec<&Record> =
        follows.iter().filter(|one| text(one, "TITLE").starts_with("Выставить счёт")).collect();
    assert_eq!(follows.len(), 1);
    let asker = told(&app, USER_ADMIN);
    assert_eq!(asker.len(), 1, "whoever asked is told once: {asker:?}");
    assert!(asker[0].contains("Согласовано"));

    // What we wrote there comes back and asks nothing anew; a smaller deal asks nothing at all.
    app.bitrix24.edit_by_hand(Kind::Deal, deal, json!({ "TITLE": "Станок" }));
    let small = self::deal(&app, 400_000).await;
    assert_eq!(cases(&app, deal).await.len(), 1);
    assert_eq!(cases(&app, deal).await[0].1, State::Approved);
    assert!(tasks(&app, small).is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_sum_that_changes_is_asked_anew_and_what_was_said_before_does_not_count() {
    let app = dealer("approvers = [\"5003\", \"5004\"]").await;
    let deal = deal(&app, 600_000).await;
    decide(&app, MANAGER, deal, Outcome::Approve, None).await;
    assert_eq!(task(&app, deal)["RESPONSIBLE_ID"], USER_SECOND, "the other one is asked yet");
    app.bitrix24.edit_by_hand(Kind::Deal, deal, json!({ "OPPORTUNITY": 700_000.0 }));
    app.settled().await;
    let asks = task(&app, deal);
    assert!(text(&asks, "TITLE").contains("700\u{a0}000"), "{asks:#?}");
    assert_eq!(asks["RESPONSIBLE_ID"], USER_MANAGER, "all are asked again");
    let words = said(&app, &asks);
    assert!(words.iter().any(|one| one.contains("прежние решения не действуют")), "{words:?}");
    assert_eq!(stage(&app, deal), "NEW");

    for user in [USER_MANAGER, USER_SECOND] {
        assert!(app.bitrix24.complete_task(id(&asks), user));
        app.settled().await;
    }
    assert_eq!(stage(&app, deal), "PREPARATION");
    assert_eq!(task(&app, deal)["STATUS"], 5);
    let (_, state, version) = cases(&app, deal).await[0].clone();
    assert_eq!((state, version), (State::Approved, 2));
    app.finish().await;
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_passed_over_and_then_time_is_up() {
    let app = dealer("approvers = [\"5003\"]\ndeadline = \"2h\"\nescalate_to = [\"5004\"]").await;
    let deal = deal(&app, 600_000).await;
    for (responsible, status) in [(USER_SECOND, 2), (USER_SECOND, 5)] {
        app.pass(chrono::TimeDelta::minutes(150));
        approvals::tick(&app.db, &app.dealer).await.unwrap();
        app.settled().await;
        let asks = task(&app, deal);
        let people = [&asks["RESPONSIBLE_ID"], &asks["STATUS"]];
        let others = asks["ACCOMPLICES"].as_array().cloned().unwrap_or_default();
        assert!(*people[0] == responsible || others.contains(&responsible.into()), "{asks:#?}");
        assert_eq!(*people[1], status, "{asks:#?}");
    }
    assert_eq!(stage(&app, deal), "NEW", "nobody has decided");
    let asker = told(&app, USER_ADMIN);
    assert!(asker.iter().any(|one| one.contains("Срок согласования вышел")), "{asker:?}");
    app.finish().await;
}

#[tokio::test]
async fn two_of_three_are_enough_and_whoever_is_first_does_not_close_the_task() {
    let app = dealer("approvers = [\"5003\", \"5004\", \"5002\"]\nneed = 2\n").await;
    let deal = deal(&app, 600_000).await;
    let asks = task(&app, deal);
    assert_eq!(asks["ACCOMPLICES"], json!([USER_SECOND]), "whoever asked does not decide");
    assert!(app.bitrix24.complete_task(id(&asks), USER_SECOND));
    app.settled().await;
    let asks = task(&app, deal);
    assert_eq!((&asks["STATUS"], &asks["RESPONSIBLE_ID"]), (&json!(2), &json!(USER_MANAGER)));
    assert_eq!(stage(&app, deal), "NEW");
    decide(&app, MANAGER, deal, Outcome::Approve, None).await;
    assert_eq!(stage(&app, deal), "PREPARATION");
    assert_eq!(task(&app, deal)["STATUS"], 5);
    app.finish().await;
}

#[tokio::test]
async fn the_head_of_whoever_is_responsible_decides() {
    let app = dealer("approvers = [\"head\"]").await;
    let deal = deal(&app, 100_000).await;
    let by = json!({ "ASSIGNED_BY_ID": USER_SECOND, "OPPORTUNITY": 600_000.0 });
    assert!(app.bitrix24.edit_by_hand(Kind::Deal, deal, by));
    app.settled().await;
    assert_eq!(task(&app, deal)["RESPONSIBLE_ID"], USER_MANAGER, "the head of sales");
    let mut reader = app.db.read().await.unwrap();
    let case = approvals::load(&mut reader, &cases(&app, deal).await[0].0).await.unwrap();
    drop(reader);
    assert_eq!(case.seats.len(), 1);
    assert_eq!(case.seats[0].staff_id, member(&app, MANAGER).await);
    assert_eq!(case.approval.requester_staff, Some(member(&app, ADMINISTRATOR).await));
    app.finish().await;
}

#[tokio::test]
async fn a_deal_that_is_deleted_asks_nothing_any_more() {
    let app = dealer("approvers = [\"5003\"]").await;
    let deal = deal(&app, 600_000).await;
    let asks = task(&app, deal);
    assert!(app.bitrix24.delete_by_hand(Kind::Deal, deal));
    app.settled().await;
    let asks = app.bitrix24.tasks().into_iter().find(|one| id(one) == id(&asks)).unwrap();
    assert_eq!(asks["STATUS"], 5);
    assert!(said(&app, &asks).iter().any(|one| one.contains("отозвано")));
    assert_eq!(cases(&app, deal).await[0].1, State::Withdrawn);
    app.finish().await;
}

#[tokio::test]
async fn nobody_who_is_unknown_in_the_portal_is_asked_there_and_a_code_makes_them_known() {
    let app = told_by(&file("approvers = [\"5003\"]")).await;
    let first = deal(&app, 600_000).await;
    assert!(tasks(&app, first).is_empty(), "there is nobody to ask");
    app.telegram.send_text(MANAGER, "/link").unwrap();
    let told = app.says(MANAGER, |m| m.text.contains("Ваш код")).await;
    let code = told.text.split_whitespace().find(|word| word.contains('-')).unwrap().to_owned();
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    domain::portal_users::claim_code(&mut tx, "b24", USER_MANAGER, &code, now).await.unwrap();
    assert!(staff::by_telegram(&mut tx, MANAGER).await.unwrap().unwrap().role == Role::Manager);
    tx.commit().await.unwrap();
    app.bitrix24.edit_by_hand(Kind::Deal, first, json!({ "OPPORTUNITY": 650_000.0 }));
    app.settled().await;
    assert_eq!(task(&app, first)["RESPONSIBLE_ID"], USER_MANAGER);
    app.finish().await;
}
