//! Once in effect: whatever the portal does to a call, a deal is asked about by one task and decided
//! with one of each thing that follows.

use sandbox::faults::{FaultMode, FaultPlan};
use tokio::time::{Duration, sleep};

use super::*;

/// The calls that ask, and those that follow from a decision; each one fails in turn.
const ASKING: [&str; 4] =
    ["crm.item.get", "tasks.task.add", "tasks.task.get", "im.notify.system.add"];
const FOLLOWING: [&str; 7] = [
    "tasks.task.get",
    "task.commentitem.add",
    "im.dialog.messages.get",
    "tasks.task.update",
    "crm.timeline.comment.add",
    "tasks.task.add",
    "crm.item.update",
];

/// Lets time pass until nothing waits, neither to be understood nor to be told.
async fn time_passes(app: &App) {
    let mut quiet = 0;
    for _ in 0..4_000 {
        let waiting = {
            let mut reader = app.db.read().await.unwrap();
            domain::inbox::waiting(&mut reader).await.unwrap()
        };
        let sent = app.bitrix24.event_deliveries().iter().all(|event| event.status.is_some());
        let open = app.open().await;
        if waiting == 0 && sent && open.is_empty() {
            return;
        }
        let running = open.iter().any(|one| one.state == domain::outbox::State::Running);
        quiet = if running { 0 } else { quiet + 1 };
        if quiet == 4 {
            quiet = 0;
            app.pass(chrono::TimeDelta::minutes(6));
            // A portal that let nobody in is probed by the poll, where nothing is to be told.
            if waiting > 0 && open.is_empty() {
                app.inbox.crms.reconcile(chrono::TimeDelta::zero()).await;
            }
        }
        sleep(Duration::from_millis(15)).await;
    }
    panic!("it is never delivered: {:#?}", app.open().await);
}

async fn once_in_spite_of(mode: FaultMode) {
    let app = dealer("approvers = [\"5003\"]").await;
    let steps = ASKING.map(|method| (method, true)).into_iter();
    for (at, (method, asks)) in (1..).zip(steps.chain(FOLLOWING.map(|method| (method, false)))) {
        let what = format!("{mode:?} at {method}, step {at}");
        let before = app.bitrix24.faults().fired();
        let strike = || app.bitrix24.faults().set(vec![FaultPlan::next(mode, 1).only(method)]);
        if asks {
            strike();
        }
        let made =
            HandMadeDeal { title: what.clone(), price: 600_000 + at, ..HandMadeDeal::default() };
        let deal = app.bitrix24.create_deal_by_hand(&made).unwrap();
        time_passes(&app).await;
        let asked = task(&app, deal);
        assert_eq!(told(&app, USER_MANAGER).len(), usize::try_from(at).unwrap(), "{what}");
        if !asks {
            strike();
        }
        let (approval, _, version) = cases(&app, deal).await[0].clone();
        let who = Decider { staff: member(&app, MANAGER).await, via: Via::Telegram };
        let mut tx = app.db.begin().await.unwrap();
        let outcome = Outcome::Approve;
        approvals::decide(&mut tx, &app.dealer, &who, &approval, version, outcome, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        time_passes(&app).await;
        assert_eq!(app.bitrix24.faults().fired(), before + 1, "{what}: it did not strike");

        assert_eq!(stage(&app, deal), "PREPARATION", "{what}");
        assert_eq!(task(&app, deal)["STATUS"], 5, "{what}");
        assert_eq!(said(&app, &asked).len(), 1, "{what}: one word in the task");
        assert_eq!(bound(&app, deal).len(), 2, "{what}: one task that asks, one that follows");
        assert_eq!(comments(&app, Kind::Deal, deal).len(), 1, "{what}: one comment");
        assert_eq!(told(&app, USER_ADMIN).len(), usize::try_from(at).unwrap(), "{what}");
    }
    app.finish().await;
}

macro_rules! once {
    ($($story:ident: $mode:ident,)*) => {$(
        #[tokio::test]
        async fn $story() {
            once_in_spite_of(FaultMode::$mode).await;
        }
    )*};
}

once! {
    too_many_requests_at_any_step_ask_once: RateLimited,
    a_refused_key_at_any_step_asks_once: Unauthorized,
    an_unpaid_portal_at_any_step_asks_once: PaymentRequired,
    a_block_at_any_step_asks_once: Blocked,
    a_500_before_the_work_at_any_step_asks_once: ErrorBefore,
    a_500_after_the_work_at_any_step_asks_once: ErrorAfter,
    a_gateways_page_at_any_step_asks_once: BadGateway,
    silence_before_the_work_at_any_step_asks_once: HangBefore,
    silence_after_the_work_at_any_step_asks_once: HangAfter,
    a_dropped_call_at_any_step_asks_once: DropBefore,
    a_dropped_answer_at_any_step_asks_once: DropAfter,
    half_an_answer_at_any_step_asks_once: HalfAnswer,
    an_answer_that_is_no_json_at_any_step_asks_once: Garbage,
}
