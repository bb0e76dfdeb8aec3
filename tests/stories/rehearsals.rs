//! A dry run of what came in is the thing itself, taken back: it says what would happen, and nothing
//! does.

use chrono::TimeDelta;
use domain::ids::EventId;
use domain::inbox;
use domain::plan::Step;
use sandbox::amocrm::HandMadeLead;
use serde_json::Value;
use tests::{App, CUSTOMER, MANAGER, MiniApp, NEIGHBOUR, Setup};

use crate::plans::{says, step};
use crate::won::machine_of;
use crate::{fill_cart, order};

const WON: i64 = 142;
const OURS: &str = "account[id]=31000001&account[subdomain]=exampleshop";

/// A dealer whose events come in and stay as they came.
async fn still() -> App {
    App::start_with(Setup { workers: false, ..Setup::default() }).await
}

/// The newest webhook that nobody took up yet; its id.
async fn came(app: &App) -> EventId {
    app.eventually("an event", async || {
        let mut reader = app.db.read().await.ok()?;
        let rows = domain::fetch_all!(
            &mut reader,
            (EventId,),
            "select id from inbound_events
              where source = 'amo' and lane = 'account' and state = 'received'
              order by id desc limit 1"
        );
        rows.ok()?.into_iter().next().map(|(id,)| id)
    })
    .await
}

/// Keeps a webhook of the account that no worker takes up: a story may look first.
async fn keep(app: &App, body: &str) -> EventId {
    let mut tx = app.db.begin().await.unwrap();
    let (body, now) = (format!("{body}&{OURS}"), app.clock.now() + TimeDelta::days(1));
    inbox::store(&mut tx, "amo", body.as_str(), "account", body.as_bytes(), now).await.unwrap();
    tx.commit().await.unwrap();
    came(app).await
}

/// What the desk says that an event would do.
async fn plan(app: &App, event: &EventId) -> Value {
    let calls = app.amo.calls().len();
    let told = app.mini_app(MANAGER).get(&format!("/app/desk/events/{event}/plan")).await.ok();
    let asked = app.amo.calls();
    assert_eq!(asked.len(), calls, "a page asks no CRM: {:#?}", &asked[calls..]);
    told["plan"]["steps"].clone()
}

/// The same from what the account says now.
async fn live(app: &App, event: &EventId) -> Vec<Step> {
    use domain::plan::DryRun as _;
    let stored = inbox::event(&mut app.db.read().await.unwrap(), event).await.unwrap();
    let crms = app.outbox.deliverer.crms.clone();
    server::plan::Planner::live(crms, app.db.clone()).event(&stored).await.unwrap().steps
}

fn whats(steps: &Value) -> Vec<&str> {
    steps.as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect()
}

/// A field of a step, as the page says it: what it was, and what it would be.
fn field<'a>(step: &'a Value, name: &str) -> (Option<&'a str>, &'a str) {
    let fields = step["fields"].as_array().unwrap();
    let field = fields.iter().find(|field| field["name"] == name);
    let field = field.unwrap_or_else(|| panic!("no {name}: {step:#}"));
    (field["was"].as_str(), field["value"]["words"].as_str().unwrap())
}

/// How much there is of everything that an event could make.
async fn rows(app: &App) -> Vec<i64> {
    let mut reader = app.db.read().await.unwrap();
    let mut rows = Vec::new();
    for count in [
        "select count(*) from machine_instances",
        "select count(*) from approvals",
        "select count(*) from sale_gaps",
        "select count(*) from deliveries",
        "select count(*) from customers",
        "select count(*) from timeline_events",
    ] {
        rows.push(domain::fetch_one!(&mut reader, (i64,), count).unwrap().0);
    }
    rows
}

/// Works on everything that came in.
async fn work(app: &App) {
    while app.inbox.step().await.unwrap() {}
}

#[tokio::test]
async fn a_won_deal_with_several_machines_is_told_machine_by_machine() {
    let app = still().await;
    let lines = "16К20; LINE-A; УЦИ, люнет\nvmc850; LINE-B; BT40";
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        configuration: lines.to_owned(),
        next_maintenance: "2027-02-02".to_owned(),
        contact: "Пётр Покупатель".to_owned(),
        phone: "+7 900 555-77-00".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, WON));
    let event = came(&app).await;
    let before = rows(&app).await;
    // By the webhook's own words: nobody is asked while a page waits.
    let steps = plan(&app, &event).await;
    assert_eq!(whats(&steps), ["register", "register"], "{steps:#}");
    for (at, serial, configuration) in [(0, "LINE-A", "УЦИ, люнет"), (1, "LINE-B", "BT40")]
    {
        assert_eq!(field(&steps[at], "serial"), (None, serial));
        assert_eq!(field(&steps[at], "configuration"), (None, configuration));
        assert_eq!(field(&steps[at], "next_maintenance_on"), (None, "2027-02-02"));
    }
    // Who buys stands in the contact, which only the account knows.
    let told = live(&app, &event).await;
    assert_eq!(says(step(&told, "register"), "customer"), "Пётр Покупатель");
    assert_eq!(rows(&app).await, before, "nothing of it happened");

    work(&app).await;
    assert_eq!(rows(&app).await[0], before[0] + 2, "and this is what does happen");
    let steps = plan(&app, &event).await;
    assert_eq!(whats(&steps), ["sale-known"], "again it would change nothing");
    app.stop().await;
}

#[tokio::test]
async fn what_is_lacking_and_what_is_disputed_is_told_before_it_is_asked() {
    let app = still().await;
    let sold = |serial: &str| HandMadeLead {
        serial: serial.to_owned(),
        model: "16К20".to_owned(),
        telegram_id: NEIGHBOUR.to_string(),
        ..HandMadeLead::default()
    };
    let deal = app.amo.create_lead_by_hand(&sold(""));
    assert!(app.amo.drag(deal, WON));
    let event = came(&app).await;
    let before = rows(&app).await;
    let steps = plan(&app, &event).await;
    assert_eq!(whats(&steps), ["ask-to-fill"], "{steps:#}");
    assert!(steps[0]["text"].as_str().unwrap().contains("16К20"), "{steps:#}");
    work(&app).await;
    assert_eq!(rows(&app).await[2], before[2] + 1);
    assert_eq!(whats(&plan(&app, &event).await), ["still-lacking"]);

    // The serial of a machine that another firm has.
    let deal = app.amo.create_lead_by_hand(&sold("1234"));
    assert!(app.amo.drag(deal, WON));
    let event = came(&app).await;
    let before = rows(&app).await;
    let steps = plan(&app, &event).await;
    assert_eq!(whats(&steps), ["ask-manager"], "{steps:#}");
    assert_eq!(field(&steps[0], "serial"), (None, "1234"));
    assert_eq!(field(&steps[0], "owner"), (None, "ООО «Тульский станочный цех»"));
    assert_eq!(rows(&app).await, before, "nobody was asked yet");
    work(&app).await;
    assert_eq!(rows(&app).await[1], before[1] + 1);
    app.stop().await;
}

#[tokio::test]
async fn a_date_that_was_moved_later_here_is_not_promised_to_move_back() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "DATED-1".to_owned(),
        model: "vmc850".to_owned(),
        next_maintenance: "2027-01-15".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, WON));
    app.says(CUSTOMER, |message| message.text.contains("DATED-1")).await;
    app.settled().await;
    // A manager moves it on 1 March 2027, Moscow, told an hour ago; the deal is followed, won or not.
    let told = |at: i64, day: i64| {
        let entity = format!("leads[update][0][id]={deal}&leads[update][0][name]=x");
        let stands = "leads[update][0][status_id]=80953558&leads[update][0][pipeline_id]=10226282";
        let field = |n: u8, id: i64, value: &str| {
            let key = format!("leads[update][0][custom_fields][{n}]");
            format!("{key}[id]={id}&{key}[values][0][value]={value}")
        };
        let fields = [field(0, 712_629, "DATED-1"), field(1, 712_631, "vmc850")].join("&");
        let date = "leads[update][0][custom_fields][2]";
        format!(
            "{entity}&{stands}&leads[update][0][updated_at]={at}&{fields}&{date}[id]=712640&{date}[values][0]={day}"
        )
    };
    let march = 1_803_848_400;
    let now = app.clock.now().timestamp();
    let event = keep(&app, &told(now + 60, march)).await;
    let steps = plan(&app, &event).await;
    assert_eq!(whats(&steps), ["update-machine"], "{steps:#}");
    let moved = (Some("2027-01-15"), "2027-03-01");
    assert_eq!(field(&steps[0], "next_maintenance_on"), moved);
    assert_eq!(next_of(&phone).await, "2027-01-15", "a plan moves nothing");

    // An engineer agrees on another day after that: the later change is ours.
    app.pass(TimeDelta::hours(3));
    let machine = machine_of(&phone, "DATED-1").await.unwrap();
    crate::won::fields::visit(&app, &phone, &machine, "2027-06-01").await;
    app.eventually("the deal says so too", async || app.open().await.is_empty().then_some(()))
        .await;
    let event = keep(&app, &told(now + 61, march)).await;
    let steps = live(&app, &event).await;
    assert_eq!(steps[0].what, "sale-known", "the account says what we wrote: {steps:#?}");
    app.stop().await;
}

async fn next_of(phone: &MiniApp) -> Value {
    machine_of(phone, "DATED-1").await.unwrap()["next_maintenance_on"].clone()
}

#[tokio::test]
async fn contacts_firms_and_strange_accounts_are_told_field_by_field() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let placed = order(&phone, "k").await;
    app.settled().await;
    let (contact, firm) = (app.amo.contacts()[0].id, app.amo.companies()[0].id);
    let key = "contacts[update][0]";
    let says = |name: &str| {
        let phone = format!("{key}[custom_fields][0]");
        format!(
            "{key}[id]={contact}&{key}[name]={name}&{phone}[code]=PHONE&{phone}[values][0][value]=%2B79005557788"
        )
    };
    let steps = plan(&app, &keep(&app, &says("Анна Новая")).await).await;
    assert_eq!(whats(&steps), ["update-customer"], "{steps:#}");
    assert_eq!(field(&steps[0], "customer").1, "Анна Новая");
    let (was, would) = field(&steps[0], "phone");
    assert!(was.unwrap().ends_with("33") && would.ends_with("88"), "{steps:#}");
    let named = format!("{key}[id]={firm}&{key}[name]=ООО Новое имя&{key}[type]=company");
    let steps = plan(&app, &keep(&app, &named).await).await;
    assert_eq!(whats(&steps), ["update-company"], "{steps:#}");
    assert_eq!(field(&steps[0], "company").1, "ООО Новое имя");

    // What would be refused is not promised, nor a way that no order goes.
    let mut tx = app.db.begin().await.unwrap();
    let (body, now) = (format!("{}&account[subdomain]=stranger", says("x")), app.clock.now());
    let later = now + TimeDelta::days(1);
    inbox::store(&mut tx, "amo", "foreign", "account", body.as_bytes(), later).await.unwrap();
    tx.commit().await.unwrap();
    let steps = plan(&app, &came(&app).await).await;
    assert_eq!(whats(&steps), ["refused-event"], "{steps:#}");
    let lead = app.amo.leads()[0].id;
    for stage in [143, 80_953_558] {
        let moved = format!("leads[status][0][id]={lead}&leads[status][0][status_id]={stage}");
        let steps = plan(&app, &keep(&app, &moved).await).await;
        assert_eq!(whats(&steps), ["move-order"], "{steps:#}");
    }
    let number = placed["number"].as_str().unwrap();
    phone.post(&format!("/app/orders/{number}/cancel"), &serde_json::json!({})).await.ok();
    // The events above are kept for later, so only what goes out is waited for.
    app.eventually("the cancel is told", async || app.open().await.is_empty().then_some(())).await;
    let back = format!(
        "leads[status][0][id]={lead}&leads[status][0][status_id]=80953562&leads[status][0][pipeline_id]=1"
    );
    let steps = plan(&app, &keep(&app, &back).await).await;
    assert_eq!(whats(&steps), ["cannot-move"], "a cancelled order is not shipped: {steps:#}");
    app.stop().await;
}
