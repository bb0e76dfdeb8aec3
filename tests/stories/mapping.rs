//! The mapping doctor at night: what somebody changed in the account is told once, stands on the
//! desk, and ends by itself.

use chrono::TimeDelta;
use domain::outbox;
use sandbox::amocrm::{FIELD_NEXT_MAINTENANCE, FIELD_SERIAL, STATUS_NEW, Twist, USER_MANAGER};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::Value;
use server::Server;
use server::worker::night::Nights;
use tests::{App, ENGINEER, MANAGER};

use crate::desk::{administrator, night};

/// What an administrator of the account may do to it, and what must then be said.
fn changes() -> Vec<(Twist, &'static str)> {
    vec![
        (Twist::PipelineGone, "Воронки 10226282 из AMOCRM_PIPELINE_ID"),
        (Twist::PipelineArchived, "в архиве"),
        (Twist::StageGone(STATUS_NEW), "Этапа 80953554 из AMOCRM_STATUS_ID"),
        (Twist::StageGone(80_953_562), "[connection.stages.order] shipped"),
        (Twist::FieldGone(FIELD_SERIAL), "AMOCRM_FIELD_SERIAL_ID"),
        (Twist::FieldKind(FIELD_NEXT_MAINTENANCE, "text"), "«Дата» или «Дата и время»"),
        (Twist::NewFieldRequired(80_953_558), "«Источник» (712999) обязательно на этапах"),
        (Twist::UserGone(USER_MANAGER), "Пользователя 12380450"),
        (Twist::UserOff(USER_MANAGER), "отключён"),
        (Twist::Shut("companies"), "нельзя видеть компании"),
    ]
}

fn told(app: &App, person: i64, words: &str) -> usize {
    app.telegram.chat(person).iter().filter(|m| m.from_bot && m.text.contains(words)).count()
}

/// One night, and everything that it promised.
async fn sleep(app: &App) {
    app.pass(TimeDelta::days(1));
    app.inbox.crms.check_mapping().await.unwrap();
    app.settled().await;
}

async fn unfit(app: &App) -> Value {
    let desk = app.mini_app(MANAGER).get("/app/desk/troubles").await.ok();
    desk["mapping"].clone()
}

#[tokio::test]
async fn each_change_in_the_account_is_told_once_shown_and_ends_by_itself() {
    let app = App::start().await;
    sleep(&app).await;
    assert_eq!(told(&app, MANAGER, "сходятся с CRM"), 0, "all is well, and nobody hears of it");
    for (at, (twist, words)) in changes().into_iter().enumerate() {
        app.amo.twist(twist.clone());
        for _ in 0..2 {
            sleep(&app).await;
        }
        let chat = app.telegram.chat(MANAGER);
        let alarms: Vec<_> =
            chat.iter().filter(|m| m.text.contains("больше не сходятся")).collect();
        assert_eq!(alarms.len(), at + 1, "{twist:?} is told once");
        assert!(alarms[at].text.contains(words), "{twist:?}: {}", alarms[at].text);
        assert_eq!(unfit(&app).await[0]["connection"], "amo", "{twist:?}");
        let shown = app.mini_app(MANAGER).page("/app/desk/troubles").await;
        assert!(shown.contains("настройки не сходятся"), "{twist:?}: {shown}");
        app.amo.untwist();
        sleep(&app).await;
        assert_eq!(told(&app, MANAGER, "снова сходятся"), at + 1, "{twist:?} ends by itself");
        assert_eq!(unfit(&app).await, serde_json::json!([]), "{twist:?}");
    }
    assert_eq!(told(&app, ENGINEER, "сходятся с CRM"), 0);
    app.finish().await;
}

#[tokio::test]
async fn limits_that_we_do_without_are_nobodys_alarm_and_a_further_change_is_told_anew() {
    let app = App::start().await;
    administrator(&app).await;
    app.amo.twist(Twist::NotAdministrator);
    sleep(&app).await;
    assert_eq!(unfit(&app).await, serde_json::json!([]));
    app.amo.untwist();
    app.amo.twist(Twist::FieldGone(FIELD_SERIAL));
    sleep(&app).await;
    app.amo.twist(Twist::PipelineArchived);
    sleep(&app).await;
    let desk = app.mini_app(crate::desk::ADMINISTRATOR).get("/app/desk/troubles").await.ok();
    assert_eq!(desk["mapping"][0]["defects"].as_array().unwrap().len(), 2, "{desk:#}");
    assert_eq!(told(&app, crate::desk::ADMINISTRATOR, "больше не сходятся"), 2);
    assert_eq!(told(&app, MANAGER, "больше не сходятся"), 0, "administrators mend it");
    app.stop().await;
}

#[tokio::test]
async fn one_process_looks_a_night_and_a_stopped_connection_is_left_in_peace() {
    let app = App::start().await;
    let other = Server::over(app.config.clone(), app.clock.clone(), app.db.clone()).await.unwrap();
    let looks = || app.amo.calls().iter().filter(|call| call.path.contains("/users")).count();
    let others = other.inbox.crms.clone();
    let both = tokio::join!(app.inbox.crms.check_mapping(), others.check_mapping());
    both.0.unwrap();
    both.1.unwrap();
    assert_eq!(looks(), 1);

    app.pass(TimeDelta::days(1));
    let mut tx = app.db.begin().await.unwrap();
    let until = app.clock.now() + TimeDelta::hours(1);
    outbox::pause(&mut tx, "amo", until, "revoked", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.inbox.crms.check_mapping().await.unwrap();
    assert_eq!(looks(), 1, "it is stopped");

    // It works again within the night, and the night's work looks at it.
    let mut tx = app.db.begin().await.unwrap();
    outbox::resume(&mut tx, "amo", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.amo.twist(Twist::PipelineArchived);
    night(&app).tick(&mut Nights::default()).await.unwrap();
    app.settled().await;
    assert_eq!(told(&app, MANAGER, "в архиве"), 1);
    app.finish().await;
}

#[tokio::test]
async fn an_account_that_does_not_answer_keeps_what_was_found() {
    let app = App::start().await;
    app.amo.twist(Twist::PipelineArchived);
    sleep(&app).await;
    app.amo.untwist();
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    app.pass(TimeDelta::days(1));
    app.inbox.crms.check_mapping().await.unwrap();
    assert_eq!(unfit(&app).await[0]["connection"], "amo", "no answer is no good news");
    app.amo.faults().clear();
    sleep(&app).await;
    assert_eq!(unfit(&app).await, serde_json::json!([]));
    assert_eq!(told(&app, MANAGER, "сходятся с CRM"), 2);
    app.finish().await;
}
