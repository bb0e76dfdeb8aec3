//! The delivery desk: what waits and why, what a person may do about it, what a plan would change,
//! and how long raw bodies live.

use chrono::TimeDelta;
use domain::outbox::{self, State};
use domain::sight::Sight;
use domain::staff::{self, Role};
use domain::{inbox, settings};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::{Value, json};
use server::worker::night::{Night, Nights};
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR, Setup};

use crate::{fill_cart, order};

/// An administrator who also looks into the Mini App.
const ADMINISTRATOR: i64 = NEIGHBOUR;

async fn administrator(app: &App) -> MiniApp {
    let mut tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    staff::add(&mut tx, ADMINISTRATOR, Role::Administrator, "Олег", now).await.unwrap();
    tx.commit().await.unwrap();
    // Telegram lets a bot write only to people who started it.
    app.telegram.press_start(ADMINISTRATOR, None).expect("a person");
    app.says(ADMINISTRATOR, |message| !message.text.is_empty()).await;
    app.mini_app(ADMINISTRATOR)
}

/// A dealer whose deals amoCRM refuses for good: it knows no such field.
fn refusing() -> Setup {
    let variables = vec![("AMOCRM_FIELD_TELEGRAM_ID", "999".to_owned())];
    Setup { variables, ..Setup::default() }
}

/// An order whose deal is refused: the id of the dead delivery, and the order's number.
async fn refused_order(app: &App) -> (String, String) {
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let dead = app
        .eventually("a dead delivery", async || {
            app.open().await.into_iter().find(|one| one.state == State::Dead)
        })
        .await;
    (dead.id.to_string(), number)
}

/// An order that waits because amoCRM does not say who its contacts are: its delivery and number.
async fn waiting_order(app: &App) -> (String, String) {
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway).only("GET /api/v4/contacts")]);
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let waiting = app
        .eventually("a delivery that waits", async || {
            app.open().await.into_iter().find(|one| one.state == State::Waiting)
        })
        .await;
    app.amo.faults().clear();
    (waiting.id.to_string(), number)
}

#[tokio::test]
async fn a_manager_reads_with_phones_hidden_and_an_administrator_acts() {
    let app = App::start().await;
    let (id, number) = waiting_order(&app).await;
    let (manager, administrator) = (app.mini_app(MANAGER), administrator(&app).await);
    for stranger in [CUSTOMER, ENGINEER] {
        let refused = app.mini_app(stranger).get("/app/desk/deliveries").await;
        assert_eq!(refused.code(), "forbidden");
        let path = format!("/app/desk/deliveries/{id}");
        assert_eq!(app.mini_app(stranger).get(&path).await.code(), "forbidden");
    }
    let listed =
        manager.get(&format!("/app/desk/deliveries?entity={number}&state=waiting")).await.ok();
    assert_eq!(listed["deliveries"][0]["id"], id.as_str(), "{listed}");
    assert_eq!(listed["deliveries"][0]["subject"], number.as_str());

    let path = format!("/app/desk/deliveries/{id}");
    let masked = manager.get(&path).await.ok().to_string();
    let whole = administrator.get(&path).await.ok().to_string();
    assert!(whole.contains("9001112233"), "the search by phone as it was sent: {whole}");
    assert!(!masked.contains("9001112233") && masked.contains("•"), "{masked}");
    for page in [&masked, &whole, &manager.page(&path).await, &administrator.page(&path).await] {
        assert!(!page.contains("sandbox-long-lived-token"), "a secret is shown");
    }
    let page = manager.page(&path).await;
    assert!(page.contains(&number) && page.contains("Попытка 1"), "{page}");
    assert!(!page.contains("/retry"), "a manager has no button for it");
    assert_eq!(manager.post(&format!("{path}/retry"), &json!({})).await.code(), "forbidden");
    assert_eq!(manager.post("/app/desk/deliveries/retry", &json!({})).await.code(), "forbidden");
    assert_eq!(manager.post(&format!("{path}/cancel"), &json!({})).await.code(), "forbidden");

    // Twice, as a nervous thumb does.
    for _ in 0..2 {
        administrator.post(&format!("{path}/retry"), &json!({})).await.ok();
    }
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1, "tried again, once");
    let after = manager.get(&path).await.ok();
    assert_eq!(after["delivery"]["state"], "delivered");
    let acts = after["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "who and when is kept: {acts:?}");
    assert_eq!((&acts[0]["act"], &acts[0]["who"]), (&json!("retry"), &json!("Олег")));
    app.finish().await;
}

#[tokio::test]
async fn a_cancelled_delivery_says_why_and_stays_cancelled() {
    let app = App::start().await;
    let administrator = administrator(&app).await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    let phone = app.linked_customer().await;
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    let waiting = app
        .eventually("two that wait", async || {
            let open = app.open().await;
            let waits = |state| matches!(state, State::Waiting | State::Unknown);
            let waiting: Vec<_> = open.into_iter().filter(|one| waits(one.state)).collect();
            (waiting.len() == 2).then_some(waiting)
        })
        .await;
    let path = format!("/app/desk/deliveries/{}", waiting[0].id);
    let without = administrator.post(&format!("{path}/cancel"), &json!({ "reason": " " })).await;
    assert_eq!(without.code(), "invalid");
    assert!(without.body["fields"]["reason"].is_string(), "{}", without.body);
    let reason = json!({ "reason": "Клиент передумал" });
    let first = administrator.post(&format!("{path}/cancel"), &reason).await.ok();
    assert_eq!(first["cancelled"], true);
    let second = administrator.post(&format!("{path}/cancel"), &reason).await.ok();
    assert_eq!(second["cancelled"], false, "a double tap changes nothing");
    let page = administrator.page(&path).await;
    assert!(page.contains("Клиент передумал") && page.contains("Олег: отмена"), "{page}");

    // What a person called off is not raised with the dead.
    app.amo.faults().clear();
    let raised = administrator.post("/app/desk/deliveries/retry", &json!({})).await.ok();
    assert_eq!(raised["queued"], 0);
    for _ in 0..4 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    app.eventually("the other deal", async || (app.amo.leads().len() == 1).then_some(())).await;
    app.eventually("nothing but the cancelled", async || {
        let open = app.open().await;
        (open.len() == 1 && open[0].state == State::Dead).then_some(())
    })
    .await;
    let delivered = app.mini_app(ADMINISTRATOR).get("/app/desk/deliveries?state=delivered").await;
    let done = delivered.ok()["deliveries"][0]["id"].as_str().unwrap().to_owned();
    let late = format!("/app/desk/deliveries/{done}/cancel");
    assert_eq!(administrator.post(&late, &reason).await.code(), "conflict");
    assert_eq!(
        administrator.post("/app/desk/deliveries/none/cancel", &reason).await.code(),
        "not_found"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_stopped_connection_says_since_when_and_why() {
    let app = App::start().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.says(MANAGER, |message| message.text.contains("401")).await;
    let manager = app.mini_app(MANAGER);
    let found = manager.get("/app/desk/deliveries").await.ok();
    let amo = found["connections"].as_array().unwrap().iter().find(|one| one["name"] == "amo");
    let amo = amo.expect("the connection").clone();
    assert_eq!(amo["standing"], "open", "{amo}");
    assert_eq!(amo["open"], 1);
    assert!(amo["reason"].as_str().unwrap().contains("401"), "{amo}");
    assert!(amo["since"].is_string() && amo["until"].is_string(), "{amo}");
    let page = manager.page("/app/desk/deliveries").await;
    assert!(page.contains("остановлено") && page.contains("1 ждёт"), "{page}");
    let figures = app.http.get(format!("{}/metrics", app.base)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(figures.contains("mypark_circuit{connection=\"amo\"} 2"), "{figures}");
    assert!(figures.contains("mypark_circuit{connection=\"telegram\"} 0"), "{figures}");
    app.amo.faults().clear();
    for _ in 0..4 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    app.settled().await;
    let page = manager.page("/app/desk/deliveries").await;
    assert!(!page.contains("остановлено"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn a_plan_names_every_field_and_touches_nothing() {
    let app = App::start_with(refusing()).await;
    let (id, number) = refused_order(&app).await;
    let manager = app.mini_app(MANAGER);
    let path = format!("/app/desk/deliveries/{id}/plan");
    let plan = manager.get(&path).await.ok();
    let make = &plan["plan"]["steps"][0];
    assert_eq!(make["what"], "make-deal", "{plan}");
    let value = |name: &str| -> Value {
        let fields = make["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        field.unwrap_or_else(|| panic!("{name}: {plan}"))["value"]["words"].clone()
    };
    assert!(value("title").as_str().unwrap().contains(&number));
    assert_eq!(value("stage"), "80953554", "no name is known yet, and no CRM was asked");
    assert_eq!(value("telegram_id"), CUSTOMER.to_string());
    // Once the names of the account were read at night, the page speaks in names.
    night(&app).tick(&mut Nights::default()).await.unwrap();
    let page = manager.page(&path).await;
    assert!(page.contains("Создать сделку") && page.contains("«"), "{page}");
    assert!(page.contains("(80953554)"), "the stage by name and id: {page}");
    assert!(page.contains("Написать примечание"), "{page}");
    assert!(app.amo.leads().is_empty() && app.amo.contacts().len() <= 1, "nothing was made");
    app.stop().await;
}

#[tokio::test]
async fn an_event_that_was_not_understood_is_shown_and_processed_again() {
    let app = App::start().await;
    let administrator = administrator(&app).await;
    let hook = format!("{}/webhook/amocrm?secret=story-secret", app.base);
    let body = "something=else&phone=%2B79001112233&token=abc";
    app.http.post(&hook).body(body).send().await.unwrap();
    app.settled().await;
    let manager = app.mini_app(MANAGER);
    let failed = manager.get("/app/desk/events?state=failed").await.ok();
    let id = failed["events"][0]["id"].as_str().unwrap_or_else(|| panic!("{failed}")).to_owned();
    let path = format!("/app/desk/events/{id}");
    let seen = manager.get(&path).await.ok();
    let raw = seen["event"]["body"].as_str().unwrap();
    assert!(raw.contains("something = else") && raw.contains("token = ***"), "{raw}");
    assert!(!raw.contains("9001112233") && !raw.contains("abc"), "{raw}");
    let whole = administrator.get(&path).await.ok();
    assert!(whole["event"]["body"].as_str().unwrap().contains("+79001112233"), "{whole}");
    let page = manager.page(&format!("{path}/plan")).await;
    assert!(page.contains("событие не разобрать"), "{page}");
    assert_eq!(manager.post(&format!("{path}/retry"), &json!({})).await.code(), "forbidden");
    administrator.post(&format!("{path}/retry"), &json!({})).await.ok();
    app.settled().await;
    let again = administrator.get(&path).await.ok();
    assert_eq!(again["event"]["attempts"], 2, "{again}");
    assert_eq!(again["event"]["acts"][0]["who"], "Олег");
    assert!(manager.page(&path).await.contains("Олег: ещё раз"));
    app.finish().await;
}

#[tokio::test]
async fn a_stored_webhook_says_what_it_would_move() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let lead = app.amo.leads()[0].id;
    // Kept, but not processed: a story may look before the worker does.
    let mut tx = app.db.begin().await.unwrap();
    let body = format!("leads[status][0][id]={lead}&leads[status][0][status_id]=80953558");
    let now = app.clock.now() + TimeDelta::days(1);
    inbox::store(&mut tx, "amo", "story", "account", body.as_bytes(), now).await.unwrap();
    tx.commit().await.unwrap();
    let manager = app.mini_app(MANAGER);
    let listed = manager.get("/app/desk/events?state=received&source=amo").await.ok();
    let id = listed["events"][0]["id"].as_str().unwrap_or_else(|| panic!("{listed}"));
    let plan = manager.get(&format!("/app/desk/events/{id}/plan")).await.ok();
    let step = &plan["plan"]["steps"][0];
    assert_eq!((&step["what"], &step["which"]), (&json!("move-order"), &json!(number)), "{plan}");
    let state = step["fields"].as_array().unwrap().iter().find(|one| one["name"] == "state");
    let state = state.unwrap();
    assert_eq!((&state["was"], &state["value"]["words"]), (&json!("placed"), &json!("confirmed")));
    // The same, as the worker or the poll takes it apart.
    let mut tx = app.db.begin().await.unwrap();
    let hint = json!({ "kind": "lead", "id": lead, "status_id": 80953558, "told_by": "poll" });
    let (lane, body) = (format!("lead:{lead}"), hint.to_string());
    inbox::store(&mut tx, "amo", "hint", &lane, body.as_bytes(), now).await.unwrap();
    tx.commit().await.unwrap();
    let listed = manager.get("/app/desk/events?state=received&source=amo").await.ok();
    let hinted = listed["events"].as_array().unwrap().iter().find(|one| one["id"] != id);
    let hinted = hinted.unwrap()["id"].as_str().unwrap();
    let same = manager.get(&format!("/app/desk/events/{hinted}/plan")).await.ok();
    assert_eq!(same, plan, "both say the same");
    let shown = phone.get(&format!("/app/orders/{number}")).await.ok();
    assert_eq!(shown["order"]["state"], "placed", "a plan moves nothing");
    app.stop().await;
}

#[tokio::test]
async fn the_list_is_exported_page_by_page_and_no_cell_is_a_formula() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    let mut tx = app.db.begin().await.unwrap();
    for number in 0..1203 {
        let message = outbox::Message::Notice {
            to: CUSTOMER,
            notice: outbox::Notice::ConnectionPaused {
                connection: "amo".to_owned(),
                reason: String::new(),
            },
        };
        let (entity, key) = (format!("=cmd|{number}"), format!("export:{number}"));
        let now = app.clock.now();
        outbox::enqueue(&mut tx, now, "telegram", &entity, &message, &key).await.unwrap();
    }
    tx.commit().await.unwrap();
    let manager = app.mini_app(MANAGER);
    let page = manager.page("/app/desk/deliveries?connection=telegram").await;
    let link = page.split('"').find(|part| part.contains("/deliveries/export")).expect("a link");
    let link = format!("{}{}", app.base, link.replace("&amp;", "&").replace("&#38;", "&"));
    let answer = app.http.get(&link).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with('\u{feff}'), "spreadsheets know UTF-8 by its mark");
    assert_eq!(text.lines().count(), 1204, "a heading and a line for each");
    assert!(text.contains("\"'=cmd|1202\"") && !text.contains("\"=cmd"), "{}", &text[..600]);
    let forged = link.replace("u=5003", "u=5001");
    assert_eq!(app.http.get(&forged).send().await.unwrap().status(), 401);
    // Page after page, each delivery stands in the list once.
    let (mut seen, mut path) = (0, "/app/desk/deliveries?state=open".to_owned());
    loop {
        let listed = manager.get(&path).await.ok();
        seen += listed["deliveries"].as_array().unwrap().len();
        let Some(next) = listed["next"].as_str() else { break };
        path = format!("/app/desk/deliveries?state=open&before={next}");
    }
    assert_eq!(seen, 1203);
    app.stop().await;
}

#[tokio::test]
async fn raw_bodies_live_for_ninety_days_and_the_rest_stays() {
    let app = App::start_with(refusing()).await;
    let (id, number) = refused_order(&app).await;
    administrator(&app).await;
    let path = format!("/app/desk/deliveries/{id}");
    app.pass(TimeDelta::days(89));
    night(&app).tick(&mut Nights::default()).await.unwrap();
    let kept = app.mini_app(ADMINISTRATOR).get(&path).await.ok();
    assert!(kept["exchanges"][0]["pruned_at"].is_null(), "{kept}");
    assert!(kept["exchanges"].to_string().contains(&number), "still there: {kept}");
    app.pass(TimeDelta::days(2));
    night(&app).tick(&mut Nights::default()).await.unwrap();
    let administrator = app.mini_app(ADMINISTRATOR);
    let after = administrator.get(&path).await.ok();
    let calls = after["exchanges"].as_array().unwrap();
    assert!(!calls.is_empty());
    for call in calls {
        assert_eq!((&call["request"], &call["response"]), (&json!(""), &json!(null)), "{call}");
        assert!(call["pruned_at"].is_string() && call["url"].is_string(), "{call}");
    }
    assert_eq!(after["delivery"]["subject"], number.as_str(), "what it was about stays");
    assert!(
        after["attempts"][0]["detail"].as_str().unwrap().contains("400"),
        "why it failed stays"
    );
    assert!(administrator.page(&path).await.contains("вышел срок хранения"));
    let events = administrator.get("/app/desk/events?source=telegram").await.ok();
    let event = events["events"].as_array().unwrap().last().unwrap()["id"].clone();
    let event = format!("/app/desk/events/{}", event.as_str().unwrap());
    let event = administrator.get(&event).await.ok();
    assert_eq!(event["event"]["body"], "", "{event}");
    // The next night goes on from there instead of walking over what was dropped.
    let mut reader = app.db.read().await.unwrap();
    let cursor = settings::get(&mut reader, "pruned:exchanges").await.unwrap();
    assert!(cursor.is_some_and(|cursor| !cursor.is_empty()));
    drop(reader);
    app.stop().await;
}

#[tokio::test]
async fn every_metric_that_an_alert_watches_is_there() {
    let app = App::start_with(refusing()).await;
    let (_, _) = refused_order(&app).await;
    let figures = app.http.get(format!("{}/metrics", app.base)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(
        figures.contains("mypark_deliveries{connection=\"amo\",state=\"dead\"} 1"),
        "{figures}"
    );
    assert!(figures.contains("mypark_deliveries{connection=\"amo\",state=\"queued\"} 0"));
    assert!(figures.contains("mypark_attempts_total{connection=\"amo\",outcome=\"dead\"}"));
    app.clock.advance(TimeDelta::minutes(30));
    let mut tx = app.db.begin().await.unwrap();
    let old = app.clock.now() - TimeDelta::minutes(10);
    inbox::store(&mut tx, "nobody", "lag", "lag", b"x", old).await.unwrap();
    // Not committed: only what is on disk counts.
    drop(tx);
    let rules = include_str!("../../docs/alerts/prometheus.yml");
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named = rules.split(|c: char| !word(c)).filter(|word| word.starts_with("mypark_"));
    let named: std::collections::BTreeSet<&str> = named.collect();
    assert!(named.len() >= 5, "{named:?}");
    for name in named {
        let there = figures
            .lines()
            .any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        assert!(there, "{name} is in no figure:\n{figures}");
    }
    app.stop().await;
}

#[tokio::test]
async fn what_a_role_may_see_is_decided_once_for_every_way_in() {
    let app = App::start_with(refusing()).await;
    let (id, _) = refused_order(&app).await;
    let mut reader = app.db.read().await.unwrap();
    let id = id.as_str().into();
    let masked = outbox::inspect(&mut reader, &id, Sight::Masked).await.unwrap();
    let whole = outbox::inspect(&mut reader, &id, Sight::Whole).await.unwrap();
    drop(reader);
    let said = |shown: &outbox::Inspected| serde_json::to_string(shown).unwrap();
    assert!(said(&whole).contains("9001112233"));
    assert!(!said(&masked).contains("9001112233"));
    assert_eq!(masked.exchanges.len(), whole.exchanges.len());
    app.stop().await;
}

fn night(app: &App) -> Night {
    Night {
        db: app.db.clone(),
        dealer: app.dealer.clone(),
        crms: app.inbox.crms.clone(),
        keep_raw: std::time::Duration::from_secs(90 * 86_400),
    }
}
