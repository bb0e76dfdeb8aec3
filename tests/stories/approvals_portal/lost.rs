//! What no event told is found by the poll.

use domain::approvals::State;
use sandbox::bitrix24::{HookMode, USER_MANAGER};
use sandbox::faults::{FaultMode, FaultPlan};

use super::*;
use crate::bitrix24::poll;
use crate::deliveries::time_passes_until_all_is_delivered;

#[tokio::test]
async fn lost_events_are_found_by_the_poll() {
    let app = dealer("approvers = [\"5003\"]").await;
    poll(&app).await;
    app.bitrix24.set_hook_mode(HookMode::Lost);
    app.pass(chrono::TimeDelta::minutes(5));
    let [first, second] = [deal(&app, 600_000).await, deal(&app, 700_000).await];
    let small = deal(&app, 1_000).await;
    assert!(tasks(&app, first).is_empty(), "nobody told");
    poll(&app).await;
    let asks = task(&app, first);
    assert!(tasks(&app, small).is_empty());

    app.pass(chrono::TimeDelta::minutes(10));
    assert!(app.bitrix24.comment_task(id(&asks), USER_MANAGER, "Отклонить: рано"));
    let other = task(&app, second);
    assert!(app.bitrix24.delete_by_hand(Kind::Deal, second));
    app.settled().await;
    assert_eq!(stage(&app, first), "NEW");
    poll(&app).await;
    assert_eq!(cases(&app, first).await[0].1, State::Rejected);
    assert_eq!(stage(&app, first), "LOSE");
    let other = app.bitrix24.tasks().into_iter().find(|one| id(one) == id(&other)).unwrap();
    assert_eq!(other["STATUS"], 5, "a deal that is gone asks nothing");
    app.finish().await;
}

#[tokio::test]
async fn a_right_that_lacks_leaves_out_its_part_alone() {
    let app = dealer("approvers = [\"5003\"]").await;
    let lacks = |method: &str| FaultPlan::refused("insufficient_scope", 1_000).only(method);
    app.bitrix24.faults().set(vec![lacks("im.notify"), lacks("department.get")]);
    let first = deal(&app, 600_000).await;
    assert_eq!(tasks(&app, first).len(), 1);
    assert!(told(&app, USER_MANAGER).is_empty());
    app.bitrix24.faults().set(vec![lacks("task")]);
    let second = deal(&app, 700_000).await;
    assert!(tasks(&app, second).is_empty());
    app.bitrix24.faults().set(vec![lacks("task"), lacks("im.")]);
    decide(&app, MANAGER, first, Outcome::Approve, None).await;
    assert_eq!(stage(&app, first), "PREPARATION");
    app.finish().await;
}

#[tokio::test]
async fn a_dry_run_tells_what_a_decision_would_do_there() {
    let app = dealer("approvers = [\"5003\"]").await;
    let deal = deal(&app, 600_000).await;
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    let (approval, _, version) = cases(&app, deal).await[0].clone();
    let who = Decider { staff: member(&app, MANAGER).await, via: Via::Telegram };
    let mut tx = app.db.begin().await.unwrap();
    let yes = Outcome::Approve;
    approvals::decide(&mut tx, &app.dealer, &who, &approval, version, yes, None).await.unwrap();
    tx.commit().await.unwrap();
    let delivery = app
        .eventually("a failed try", async || {
            let open = app.open().await;
            open.into_iter().find(|one| one.connection == "b24" && one.failures > 0)
        })
        .await;
    let manager = app.mini_app(MANAGER);
    let plan = manager.get(&format!("/app/desk/deliveries/{}/plan", delivery.id)).await.ok();
    let steps = plan["plan"]["steps"].as_array().unwrap();
    let what: Vec<&str> = steps.iter().map(|step| step["what"].as_str().unwrap()).collect();
    let expected = ["close-task", "write-note", "make-task", "notify", "write-deal", "move-deal"];
    assert_eq!(what, expected, "{plan:#}");
    let moved = &steps[5]["fields"][0];
    assert!(moved["value"]["words"].as_str().unwrap().contains("PREPARATION"), "{moved}");
    assert!(moved["was"].as_str().unwrap().contains("NEW"), "{moved}");
    assert_eq!(stage(&app, deal), "NEW", "nothing was done");
    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    assert_eq!(comments(&app, Kind::Deal, deal), [steps[1]["text"].as_str().unwrap()]);
    app.finish().await;
}
