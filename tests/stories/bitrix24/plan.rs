//! A dry run says what a delivery would do in Bitrix24, and does nothing.

use domain::outbox::Message;
use domain::plan::DryRun as _;
use sandbox::bitrix24::{HandMadeDeal, Kind};
use sandbox::faults::{FaultMode, FaultPlan};
use server::plan::Planner;
use server::worker::night::Nights;
use tests::{App, CUSTOMER, MANAGER};

use crate::bitrix24::{FILE, TICKED, alone, comments, deal_of, hook_address, id, setup_told};
use crate::deliveries::time_passes_until_all_is_delivered;
use crate::desk::night;
use crate::plans::{newest_to, plan, says, step};
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
    let at = |what: &str| steps.iter().find(|step| step["what"] == what).unwrap();
    let words = |what: &str, name: &str| {
        let fields = at(what)["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        let field = field.unwrap_or_else(|| panic!("{name}: {plan}"));
        field["value"]["words"].as_str().unwrap().to_owned()
    };
    let whats: Vec<&str> = steps.iter().map(|step| step["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["find-company", "make-deal", "write-note", "set-rows"]);
    assert!(words("make-deal", "title").contains(&number));
    assert_eq!(words("make-deal", "stage"), "NEW");
    assert_eq!(words("make-deal", "responsible"), "7");
    let rows = words("set-rows", "product");
    assert!(rows.starts_with("16К20.02.114 "), "{rows}");

    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    let said = comments(&app, Kind::Deal, id(&deal_of(&app, &number)));
    assert_eq!(
        said,
        [at("write-note")["text"].as_str().unwrap()],
        "what was planned is what was done"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_dry_run_tells_machines_and_gaps_by_the_portals_own_names() {
    let app = App::start_with(setup_told(FILE)).await;
    app.bitrix24.add_outgoing_webhook(&hook_address(&app), &TICKED);
    let phone = app.linked_customer().await;
    night(&app).tick(&mut Nights::default()).await.unwrap();
    // A won deal that lacks the serial: the note names the portal's own field.
    let sold = |serial: &str| HandMadeDeal {
        serial: serial.to_owned(),
        model: "vmc850".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        stage: "WON".to_owned(),
        ..HandMadeDeal::default()
    };
    let lacking = app.bitrix24.create_deal_by_hand(&sold("")).unwrap();
    app.says(MANAGER, |message| message.text.contains("нет серийного номера")).await;
    app.settled().await;
    let mut note = newest_to("b24", &app, "crm_sale_note").await;
    assert_eq!(plan(&app, &note).await[0].what, "note-there", "that one was written");
    let Message::CrmSaleNote { gaps, .. } = note.message().unwrap() else { panic!("{note:?}") };
    let elsewhere = Message::CrmSaleNote { deal: "77".to_owned(), gaps };
    note.payload = serde_json::to_string(&elsewhere).unwrap();
    let steps = plan(&app, &note).await;
    let said = comments(&app, Kind::Deal, lacking);
    assert_eq!([step(&steps, "write-note").text.clone()], said[..], "what was planned was said");

    // A date that was agreed here goes into the deal by which the machine was sold.
    let deal = app.bitrix24.create_deal_by_hand(&sold("PLAN-1")).unwrap();
    app.says(CUSTOMER, |message| message.text.contains("PLAN-1")).await;
    app.settled().await;
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    let machine = crate::won::machine_of(&phone, "PLAN-1").await.unwrap();
    crate::won::fields::visit(&app, &phone, &machine, "2027-06-01").await;
    let delivery = newest_to("b24", &app, "crm_machine").await;
    let steps = plan(&app, &delivery).await;
    let written = step(&steps, "write-deal");
    assert_eq!(written.which, deal.to_string());
    assert_eq!(says(written, "next_maintenance_on"), "2027-06-01");
    let theirs = written.fields[0].theirs.as_deref().unwrap();
    assert!(theirs.contains('«') && theirs.contains("UF_CRM_NEXT_MAINTENANCE"), "{theirs}");
    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    assert_eq!(plan(&app, &delivery).await[0].what, "says-so");
    // The deal of the visit's request stands in the portal's own stage, and so it is called.
    let moved = plan(&app, &newest_to("b24", &app, "crm_request_state").await).await;
    let stage = says(&moved[0], "stage");
    assert!(stage.contains('«') && stage.contains("(C1:WON)"), "{stage}: {moved:#?}");
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
