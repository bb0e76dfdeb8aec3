//! A dry run says what a delivery would do in Bitrix24, and does nothing.

use domain::plan::DryRun as _;
use sandbox::bitrix24::{HandMadeDeal, Kind};
use sandbox::faults::{FaultMode, FaultPlan};
use server::plan::Planner;
use tests::{App, MANAGER};

use crate::bitrix24::{FILE, TICKED, alone, comments, deal_of, hook_address, id, setup_told};
use crate::deliveries::time_passes_until_all_is_delivered;
use crate::{fill_cart, order};

#[tokio::test]
async fn a_dry_run_tells_deal_rows_and_comment_field_by_field() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    fill_cart(&phone, 2).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let delivery = app
        .eventually("a failed try", async || {
            let open = app.open().await;
            open.into_iter().find(|one| one.connection == "b24" && one.failures > 0)
        })
        .await;
    let calls = app.bitrix24.calls().len();
    let manager = app.mini_app(MANAGER);
    let plan = manager.get(&format!("/app/desk/deliveries/{}/plan", delivery.id)).await.ok();
    assert_eq!(app.bitrix24.calls().len(), calls, "a page asks no CRM");
    let steps = plan["plan"]["steps"].as_array().unwrap();
    let words = |name: &str| {
        let fields = steps[0]["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        let field = field.unwrap_or_else(|| panic!("{name}: {plan}"));
        field["value"]["words"].as_str().unwrap().to_owned()
    };
    assert_eq!(steps[0]["what"], "make-deal");
    assert!(words("title").contains(&number));
    assert_eq!(words("stage"), "NEW");
    assert_eq!(words("responsible"), "7");
    assert!(words("product").starts_with("16К20.02.114 "), "{}", words("product"));
    assert_eq!(steps[1]["what"], "write-note");

    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    let said = comments(&app, Kind::Deal, id(&deal_of(&app, &number)));
    assert_eq!(said, [steps[1]["text"].as_str().unwrap()], "what was planned is what was done");
    app.finish().await;
}

#[tokio::test]
async fn a_dry_run_tells_what_an_event_of_the_portal_would_do() {
    let mut setup = setup_told(FILE);
    setup.workers = false;
    let app = App::start_with(setup).await;
    app.bitrix24.add_outgoing_webhook(&hook_address(&app), &TICKED);
    let sold = HandMadeDeal {
        serial: "PLANNED-1".to_owned(),
        model: "vmc850".to_owned(),
        stage: "WON".to_owned(),
        ..HandMadeDeal::default()
    };
    app.bitrix24.create_deal_by_hand(&sold).unwrap();
    app.eventually("the event", async || {
        let mut reader = app.db.read().await.ok()?;
        (domain::inbox::waiting(&mut reader).await.ok()? > 0).then_some(())
    })
    .await;
    let event = {
        let mut reader = app.db.read().await.unwrap();
        let rows = domain::fetch_all!(
            &mut reader,
            (domain::ids::EventId,),
            "select id from inbound_events order by id"
        );
        let (id,) = rows.unwrap().remove(0);
        domain::inbox::event(&mut reader, &id).await.unwrap()
    };
    let crms = app.outbox.deliverer.crms.clone();
    // A page asks nobody, and an event tells no more than that something happened.
    let calls = app.bitrix24.calls().len();
    let stored = Planner::stored(crms.clone(), app.db.clone());
    assert_eq!(stored.event(&event).await.unwrap().steps[0].what, "deal-when-read");
    assert_eq!(app.bitrix24.calls().len(), calls);
    let live = Planner::live(crms, app.db.clone());
    let plan = live.event(&event).await.unwrap();
    assert_eq!(plan.steps[0].what, "register");
    assert!(serde_json::to_string(&plan).unwrap().contains("PLANNED-1"), "{plan:?}");
    app.stop().await;
}
