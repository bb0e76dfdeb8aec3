//! amoCRM and Bitrix24 at once: what goes where, deals that stand in both, a test lead in each.

mod probe;

use sandbox::amocrm::Lead;
use sandbox::bitrix24::{Kind, Record};
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{App, CUSTOMER, Setup};

use crate::bitrix24::leads::ask;
use crate::bitrix24::{TICKED, deal_of, hook_address, id, outgoing_token};
use crate::deliveries::{impatient, time_passes_until_all_is_delivered};
use crate::{fill_cart, order};

/// Site leads to Bitrix24, service to amoCRM, orders to both.
const FILE: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"
takes = ["orders", "requests", "reminders"]

[[connection]]
name = "b24"
kind = "bitrix24"
takes = ["leads", "orders"]

[stages.order]
placed    = { amo = "80953554", b24 = "NEW" }
confirmed = { amo = "80953558", b24 = "PREPARATION" }
shipped   = { amo = "80953562", b24 = "EXECUTING" }
completed = { amo = "142",      b24 = "WON" }
cancelled = { amo = "143",      b24 = "LOSE" }

[stages.lead]
new      = { b24 = "NEW" }
taken    = { b24 = "IN_PROCESS" }
rejected = { b24 = "JUNK" }
"#;

/// Where the portal's deal goes when amoCRM's is confirmed.
const CONFIRMED: i64 = 80_953_558;

/// A dealer with both CRMs, each of which tells of what happens there.
async fn start(twins: bool) -> App {
    let mut setup = impatient();
    setup.variables.extend([
        ("BITRIX24_APPLICATION_TOKEN", outgoing_token()),
        ("BITRIX24_RESPONSIBLE_USER_ID", "7".to_owned()),
        ("BITRIX24_CALLS_PER_SECOND", "1000".to_owned()),
        ("BITRIX24_CALLS_AT_ONCE", "1000".to_owned()),
    ]);
    let file = format!("{FILE}\n[routing]\ntwins = {twins}\n");
    let app = App::start_with(Setup { file, bitrix24: true, ..setup }).await;
    let made = app.bitrix24.add_outgoing_webhook(&hook_address(&app), &TICKED);
    assert_eq!(made, outgoing_token());
    app
}

/// Orders one part; the number of the order.
async fn ordered(app: &App, key: &str) -> String {
    let phone = app.mini_app(CUSTOMER);
    fill_cart(&phone, 1).await;
    order(&phone, key).await["number"].as_str().unwrap().to_owned()
}

/// The only deal of amoCRM that bears our number.
fn amo_deal(app: &App, number: &str) -> Lead {
    let leads = app.amo.leads();
    let found: Vec<&Lead> =
        leads.iter().filter(|lead| lead.tag_names().contains(&number)).collect();
    assert_eq!(found.len(), 1, "one deal bears {number}: {leads:#?}");
    found[0].clone()
}

fn stage(deal: &Record) -> &str {
    deal["STAGE_ID"].as_str().unwrap()
}

async fn state(app: &App, number: &str) -> String {
    let order = app.mini_app(CUSTOMER).get(&format!("/app/orders/{number}")).await.ok();
    order["order"]["state"].as_str().unwrap().to_owned()
}

/// The calls that wrote to amoCRM, and to the portal.
fn writes(app: &App) -> (usize, usize) {
    let amo = app.amo.calls().into_iter().filter(|call| call.method == "PATCH").count();
    let portal = app.bitrix24.calls().into_iter();
    (amo, portal.filter(|call| call.method.ends_with(".update")).count())
}

#[tokio::test]
async fn each_kind_goes_where_the_table_says() {
    let app = start(false).await;
    app.linked_customer().await;
    let number = ordered(&app, "k").await;
    let lead = ask(&app, "8 916 123-45-67", "Нужен станок", &["план.txt"]).await;
    app.settled().await;
    let deals = app.amo.leads();
    assert_eq!(deals.len(), 1, "the lead is none of amoCRM's: {deals:#?}");
    assert_eq!(amo_deal(&app, &number).status_id, 80_953_554);
    assert_eq!(stage(&deal_of(&app, &number)), "NEW");
    assert_eq!(app.bitrix24.deals().len(), 1);
    let leads = app.bitrix24.leads();
    let [there] = leads.as_slice() else { panic!("one lead: {leads:#?}") };
    assert_eq!(there["ORIGIN_ID"], lead);
    app.finish().await;
}

#[tokio::test]
async fn a_deal_moved_in_amocrm_moves_its_twin_and_nothing_comes_back() {
    let app = start(true).await;
    app.linked_customer().await;
    let number = ordered(&app, "k").await;
    app.settled().await;
    let before = writes(&app);
    assert!(app.amo.drag(amo_deal(&app, &number).id, CONFIRMED));
    app.settled().await;
    assert_eq!(stage(&deal_of(&app, &number)), "PREPARATION");
    assert_eq!(state(&app, &number).await, "confirmed");
    let (amo, portal) = writes(&app);
    assert_eq!((amo - before.0, portal - before.1), (0, 1), "one write, and no echo of it");

    // To the end in one go, as managers do it.
    assert!(app.amo.drag(amo_deal(&app, &number).id, 142));
    app.settled().await;
    assert_eq!(stage(&deal_of(&app, &number)), "WON");
    assert_eq!(state(&app, &number).await, "completed");
    app.finish().await;
}

#[tokio::test]
async fn a_deal_moved_in_the_portal_moves_its_twin_and_nothing_comes_back() {
    let app = start(true).await;
    app.linked_customer().await;
    let number = ordered(&app, "k").await;
    app.settled().await;
    app.pass(chrono::TimeDelta::minutes(1));
    let before = writes(&app);
    assert!(app.bitrix24.drag(Kind::Deal, id(&deal_of(&app, &number)), "EXECUTING"));
    app.settled().await;
    assert_eq!(amo_deal(&app, &number).status_id, 80_953_562);
    assert_eq!(state(&app, &number).await, "shipped");
    let (amo, portal) = writes(&app);
    assert_eq!((amo - before.0, portal - before.1), (1, 0), "one write, and no echo of it");

    app.pass(chrono::TimeDelta::minutes(1));
    assert!(app.amo.drag(amo_deal(&app, &number).id, 142), "and the other way");
    app.settled().await;
    assert_eq!(stage(&deal_of(&app, &number)), "WON");
    app.finish().await;
}

#[tokio::test]
async fn a_twin_that_nobody_asked_to_move_stays() {
    let app = start(false).await;
    app.linked_customer().await;
    let number = ordered(&app, "k").await;
    app.settled().await;
    assert!(app.amo.drag(amo_deal(&app, &number).id, CONFIRMED));
    app.settled().await;
    assert_eq!(state(&app, &number).await, "confirmed", "the customer sees it all the same");
    assert_eq!(stage(&deal_of(&app, &number)), "NEW");
    // What happens here is told to both, as ever.
    let phone = app.mini_app(CUSTOMER);
    let second = ordered(&app, "again").await;
    app.settled().await;
    phone.post(&format!("/app/orders/{second}/cancel"), &serde_json::json!({})).await.ok();
    app.settled().await;
    assert_eq!(amo_deal(&app, &second).status_id, 143);
    assert_eq!(stage(&deal_of(&app, &second)), "LOSE");
    app.finish().await;
}

#[tokio::test]
async fn one_crm_that_is_down_holds_up_nothing_of_the_other() {
    for amo_is_down in [true, false] {
        let app = start(true).await;
        app.linked_customer().await;
        let plan = vec![FaultPlan::all(FaultMode::BadGateway)];
        match amo_is_down {
            true => app.amo.faults().set(plan),
            false => app.bitrix24.faults().set(plan),
        }
        let number = ordered(&app, "k").await;
        app.eventually("the deal of the one that works", async || {
            let there = match amo_is_down {
                true => !app.bitrix24.deals().is_empty(),
                false => !app.amo.leads().is_empty(),
            };
            there.then_some(())
        })
        .await;
        let waiting = app.open().await;
        let down = if amo_is_down { "amo" } else { "b24" };
        assert!(waiting.iter().any(|one| one.connection == down), "{waiting:#?}");
        app.amo.faults().clear();
        app.bitrix24.faults().clear();
        time_passes_until_all_is_delivered(&app).await;
        assert_eq!((app.amo.leads().len(), app.bitrix24.deals().len()), (1, 1));
        // Moved while its twin could not hear of it.
        app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
        assert!(app.amo.drag(amo_deal(&app, &number).id, CONFIRMED));
        app.eventually("the order is confirmed", async || {
            (state(&app, &number).await == "confirmed").then_some(())
        })
        .await;
        app.bitrix24.faults().clear();
        time_passes_until_all_is_delivered(&app).await;
        assert_eq!(stage(&deal_of(&app, &number)), "PREPARATION");
        assert_eq!(app.bitrix24.comments_of(Kind::Deal, id(&deal_of(&app, &number))).len(), 1);
        app.finish().await;
    }
}
