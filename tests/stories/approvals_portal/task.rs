//! Deciding in the task: completing it, or saying so in a comment.

use domain::approvals::State;
use sandbox::bitrix24::{USER_ADMIN, USER_DISMISSED, USER_MANAGER, USER_SECOND};
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_comment_rejects_with_its_reason_and_a_deal_that_is_over_is_over() {
    let app = dealer("approvers = [\"5003\"]").await;
    let deal = deal(&app, 600_000).await;
    let asks = task(&app, deal);
    assert!(app.bitrix24.comment_task(id(&asks), USER_MANAGER, "Смотрю договор"));
    app.settled().await;
    assert_eq!(cases(&app, deal).await[0].1, State::Open, "people may talk");
    assert!(app.bitrix24.comment_task(id(&asks), USER_MANAGER, "Отклонить: нет маржи"));
    app.settled().await;
    assert_eq!(cases(&app, deal).await[0].1, State::Rejected);
    assert_eq!(stage(&app, deal), "LOSE");
    assert_eq!(task(&app, deal)["STATUS"], 5);
    let timeline = comments(&app, Kind::Deal, deal);
    assert!(timeline.len() == 1 && timeline[0].contains("нет маржи"), "{timeline:?}");
    assert!(told(&app, USER_ADMIN)[0].contains("нет маржи"));

    // What is said afterwards is answered, and changes nothing.
    assert!(app.bitrix24.comment_task(id(&asks), USER_MANAGER, "Согласовано"));
    app.settled().await;
    assert!(said(&app, &asks).last().unwrap().contains("Уже решено"));
    assert_eq!(stage(&app, deal), "LOSE");
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_does_not_count_is_answered_and_the_task_is_put_back() {
    let app = dealer("approvers = [\"5003\"]").await;
    let deal = deal(&app, 600_000).await;
    let asks = task(&app, deal);
    // A stranger's, one without a reason, one by somebody whom nobody knows.
    for (user, words, answer) in [
        (USER_SECOND, "Согласовано", "адресовано не вам"),
        (USER_MANAGER, "Отклонить", "Напишите причину"),
        (USER_DISMISSED, "Отклонить: так", "адресовано не вам"),
    ] {
        assert!(app.bitrix24.comment_task(id(&asks), user, words));
        app.settled().await;
        let last = said(&app, &asks).last().unwrap().clone();
        assert!(last.contains(answer) && last.starts_with("Мой Парк:"), "{words}: {last}");
    }
    assert!(app.bitrix24.complete_task(id(&asks), USER_SECOND));
    app.settled().await;
    let now = task(&app, deal);
    assert_eq!(now["STATUS"], 2, "it waits as before");
    assert_eq!(
        said(&app, &now).len(),
        7,
        "three answers of ours, and one to the stranger who completed it"
    );
    assert_eq!(cases(&app, deal).await[0].1, State::Open);
    assert_eq!(stage(&app, deal), "NEW");

    // Whoever said no without a reason and completes the task has not said yes.
    assert!(app.bitrix24.complete_task(id(&asks), USER_MANAGER));
    app.settled().await;
    assert!(said(&app, &asks).last().unwrap().contains("Напишите причину"));
    assert_eq!((&task(&app, deal)["STATUS"], stage(&app, deal)), (&json!(2), json!("NEW")));
    assert!(app.bitrix24.comment_task(id(&asks), USER_MANAGER, "Согласен"));
    app.settled().await;
    assert_eq!(stage(&app, deal), "PREPARATION");
    app.finish().await;
}

#[tokio::test]
async fn a_task_that_is_deleted_is_made_anew_once() {
    let app = dealer("approvers = [\"5003\"]").await;
    let deal = deal(&app, 600_000).await;
    let first = id(&task(&app, deal));
    assert!(app.bitrix24.delete_task(first, USER_MANAGER));
    app.settled().await;
    let second = id(&task(&app, deal));
    assert_ne!(first, second);
    assert!(app.bitrix24.delete_task(second, USER_MANAGER));
    app.settled().await;
    assert!(tasks(&app, deal).is_empty(), "people who want none have none");
    app.finish().await;
}

#[tokio::test]
async fn an_old_portal_is_told_by_the_old_names() {
    let app = dealer("approvers = [\"5003\"]").await;
    app.bitrix24.set_old(true);
    let deal = deal(&app, 600_000).await;
    let asks = task(&app, deal);
    assert_eq!(told(&app, USER_MANAGER).len(), 1);
    app.bitrix24.edit_by_hand(Kind::Deal, deal, json!({ "OPPORTUNITY": 800_000.0 }));
    app.settled().await;
    assert!(text(&task(&app, deal), "TITLE").contains("800\u{a0}000"));
    assert!(app.bitrix24.comment_task(id(&asks), USER_MANAGER, "На доработку: уточните срок"));
    app.settled().await;
    assert_eq!(cases(&app, deal).await[0].1, State::ChangesRequested);
    assert_eq!(stage(&app, deal), "FINAL_INVOICE");
    assert_eq!(task(&app, deal)["STATUS"], 5);
    app.finish().await;
}
