//! A dry run says field by field what a delivery would do, for every kind of it, and does nothing.

use std::sync::Arc;

use domain::outbox::{self, Delivery, Filter, Message, State};
use domain::plan::{DryRun as _, Step};
use domain::texts::{Lang, Texts};
use sandbox::amocrm::HandMadeLead;
use sandbox::faults::{FaultMode, FaultPlan};
use server::plan::Planner;
use tests::{App, CUSTOMER, MANAGER, STAGES, Setup};

use crate::{fill_cart, order};

/// The newest delivery to the CRM of a kind, once nothing is under way that would call meanwhile.
async fn newest(app: &App, kind: &str) -> Delivery {
    newest_to("amo", app, kind).await
}

/// The same to the connection of this name.
pub(crate) async fn newest_to(connection: &str, app: &App, kind: &str) -> Delivery {
    let filter = Filter { connection: Some(connection.into()), limit: 1000, ..Filter::default() };
    app.eventually(kind, async || {
        let mut reader = app.db.read().await.unwrap();
        let all = outbox::list(&mut reader, &filter).await.unwrap();
        let going = |one: &Delivery| matches!(one.state, State::Queued | State::Running);
        // What stands behind one that waits for its turn does not go.
        let held = |one: &Delivery| {
            let waits =
                |other: &&Delivery| other.entity == one.entity && other.state == State::Waiting;
            one.state == State::Queued && all.iter().any(|other| waits(&other))
        };
        let still = !all.iter().any(|one| going(one) && !held(one));
        all.iter().find(|delivery| delivery.kind == kind).filter(|_| still).cloned()
    })
    .await
}

/// What it would do, from what is stored alone; the account is not asked.
pub(crate) async fn plan(app: &App, delivery: &Delivery) -> Vec<Step> {
    let calls = || app.amo.calls().len() + app.bitrix24.calls().len();
    let planner = Planner::stored(Arc::clone(&app.inbox.crms), app.db.clone());
    // Deliveries may be tried meanwhile: one plan among whose calls are none of theirs is enough.
    let mut quiet = None;
    for _ in 0..20 {
        let asked = calls();
        let plan = planner.delivery(delivery).await.unwrap();
        if calls() == asked {
            quiet = Some(plan);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let plan = quiet.expect("a dry run touches nothing");
    for line in plan.lines(Texts::of(Lang::Ru)) {
        assert!(!line.contains("plan-"), "a text is missing: {line}");
    }
    plan.steps
}

pub(crate) fn step<'a>(steps: &'a [Step], what: &str) -> &'a Step {
    steps.iter().find(|step| step.what == what).unwrap_or_else(|| panic!("no {what}: {steps:#?}"))
}

pub(crate) fn says(step: &Step, field: &str) -> String {
    let texts = Texts::of(Lang::Ru);
    let found: Vec<&str> = step
        .fields
        .iter()
        .filter(|change| change.name == field)
        .map(|change| change.words(texts))
        .collect();
    found.join("; ")
}

/// A dealer whose deliveries to the CRM all wait.
async fn holding(file: &str) -> App {
    let app = App::start_with(Setup {
        variables: vec![("AMOCRM_FIELD_INN_ID", "700205".to_owned())],
        file: format!("{STAGES}{file}"),
        ..Setup::default()
    })
    .await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore)]);
    app
}

#[tokio::test]
async fn an_order_names_its_company_and_its_products() {
    let app = holding("").await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 3).await;
    order(&phone, "k").await;
    let delivery = newest(&app, "crm_order").await;
    let steps = plan(&app, &delivery).await;
    let firm = step(&steps, "find-company");
    assert_eq!(says(firm, "company"), "ООО «Тульский станочный цех»");
    assert_eq!(says(firm, "inn"), "7199000123");
    assert!(says(step(&steps, "make-deal"), "contact-by-phone").contains("+79001112233"));
    let products = says(step(&steps, "link-products-if"), "product");
    assert!(products.contains("16К20.02.114") && products.contains("× 3"), "{products}");
    assert!(step(&steps, "write-note").text.contains("16К20.02.114"));

    // Once it is done, each step says that it is there.
    app.amo.faults().clear();
    crate::deliveries::time_passes_until_all_is_delivered(&app).await;
    let steps = plan(&app, &delivery).await;
    let whats: Vec<&str> = steps.iter().map(|step| step.what).collect();
    assert_eq!(whats, ["deal-there", "note-there", "link-products-if"], "{steps:#?}");
    app.finish().await;
}

/// A maintenance comes due, and the ladder speaks.
async fn due(app: &App) -> Delivery {
    domain::maintenance::tick(&app.db, &app.dealer).await.unwrap();
    newest(app, "crm_maintenance").await
}

#[tokio::test]
async fn upsell_is_planned_as_it_is_configured() {
    for (file, what) in [
        ("[connection.upsell]\nkind = \"task\"\n", "make-task"),
        ("[connection.upsell]\nkind = \"deal\"\n", "make-deal"),
    ] {
        let app = holding(file).await;
        app.linked_customer().await;
        let steps = plan(&app, &due(&app).await).await;
        let made = step(&steps, what);
        match what {
            "make-task" => assert!(says(made, "text").contains("Допродажа"), "{made:#?}"),
            _ => {
                assert!(says(made, "title").contains("Допродажа"), "{made:#?}");
                assert!(!says(made, "serial").is_empty(), "{made:#?}");
                assert!(step(&steps, "write-note").text.contains("Следующее ТО"));
            }
        }
        app.stop().await;
    }
}

#[tokio::test]
async fn what_a_won_deal_lacks_and_what_it_is_told_are_planned() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    // The names of the account's fields as they were last told.
    let live = Planner::live(Arc::clone(&app.inbox.crms), app.db.clone());
    let gaps = app.amo.create_lead_by_hand(&HandMadeLead {
        model: "vmc850".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(gaps, 142));
    app.says(MANAGER, |message| message.text.contains("нет серийного номера")).await;
    app.settled().await;
    let note = newest(&app, "crm_sale_note").await;
    live.delivery(&note).await.unwrap();
    let mut other = note.clone();
    let Message::CrmSaleNote { gaps, .. } = other.message().unwrap() else { panic!("{note:?}") };
    let message = Message::CrmSaleNote { deal: "77".to_owned(), gaps };
    other.payload = serde_json::to_string(&message).unwrap();
    let steps = plan(&app, &other).await;
    let text = &step(&steps, "write-note").text;
    assert!(text.contains("«Серийный номер»") && text.contains("vmc850"), "{text}");
    assert_eq!(plan(&app, &note).await[0].what, "note-there", "that one was written");

    // A date that was agreed here is to be written into the deal by which the machine was sold.
    let sold = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "PLAN-1".to_owned(),
        model: "vmc850".to_owned(),
        next_maintenance: "2027-01-15".to_owned(),
        telegram_id: CUSTOMER.to_string(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(sold, 142));
    app.says(CUSTOMER, |message| message.text.contains("PLAN-1")).await;
    app.settled().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore)]);
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == "PLAN-1").unwrap().clone();
    crate::won::fields::visit(&app, &phone, &machine, "2027-06-01").await;
    let delivery = newest(&app, "crm_machine").await;
    let steps = plan(&app, &delivery).await;
    let written = step(&steps, "write-deal");
    assert_eq!(written.which, sold.to_string());
    assert_eq!(says(written, "next_maintenance_on"), "2027-06-01");
    app.amo.faults().clear();
    crate::deliveries::time_passes_until_all_is_delivered(&app).await;
    assert_eq!(plan(&app, &delivery).await[0].what, "says-so");
    app.finish().await;
}

#[tokio::test]
async fn a_sites_lead_and_its_second_form_are_planned() {
    let app =
        holding("\n[connection.stages.lead]\nnew = \"80953554\"\ntaken = \"80953558\"\n").await;
    let ask = |message: &str| {
        let form = [("name", "Пётр"), ("phone", "+79005556677"), ("message", message)];
        let url = format!("{}/ingest/lead", app.base);
        app.http
            .post(url)
            .form(&form.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .send()
    };
    assert!(ask("Нужен токарный станок").await.unwrap().status().is_success());
    let made = plan(&app, &newest(&app, "crm_lead").await).await;
    let deal = step(&made, "make-deal");
    assert!(says(deal, "title").contains("Пётр"), "{deal:#?}");
    assert!(says(deal, "contact-by-phone").contains("+79005556677"), "{deal:#?}");
    assert!(step(&made, "write-note").text.contains("Нужен токарный станок"));
    assert!(ask("И патрон к нему").await.unwrap().status().is_success());
    let told = plan(&app, &newest(&app, "crm_lead_touch").await).await;
    assert!(step(&told, "write-note").text.contains("И патрон к нему"), "{told:#?}");
    app.stop().await;
}

/// The newest delivery to a connection whose payload says this.
async fn said(app: &App, connection: &str, words: &str) -> Delivery {
    let filter = Filter { connection: Some(connection.into()), limit: 1000, ..Filter::default() };
    let mut reader = app.db.read().await.unwrap();
    let all = outbox::list(&mut reader, &filter).await.unwrap();
    let found = all.into_iter().find(|delivery| delivery.payload.contains(words));
    found.unwrap_or_else(|| panic!("no {words}"))
}

#[tokio::test]
async fn what_people_are_told_is_planned_in_its_words_and_kept_as_it_went() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    fill_cart(&phone, 2).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let manager = crate::desk::administrator(&app).await;
    let shown = async |delivery: &Delivery| {
        manager.get(&format!("/app/desk/deliveries/{}", delivery.id)).await.ok()
    };
    let planned = async |delivery: &Delivery| {
        let path = format!("/app/desk/deliveries/{}/plan", delivery.id);
        let plan = manager.get(&path).await.ok();
        plan["plan"]["steps"][0].clone()
    };
    // The managers' card: what it says, on which buttons, and that it is edited in place.
    let card = said(&app, "telegram", "staff_order_card").await;
    let step = planned(&card).await;
    assert_eq!(step["what"], "telegram-edit", "{step:#}");
    let text = step["text"].as_str().unwrap();
    assert!(text.contains(&number) && !text.contains('<'), "{step:#}");
    assert!(step["fields"].to_string().contains("buttons"), "{step:#}");
    let sent = shown(&card).await["exchanges"][0]["request"].to_string();
    assert!(sent.contains("sendMessage") && sent.contains(&number), "as it went: {sent}");

    // The copy by mail is word for word what came into the mailbox.
    let step = planned(&said(&app, "mail", "mail_order").await).await;
    let mail = &app.mailbox.mails()[0];
    assert_eq!(step["what"], "mail");
    assert_eq!(step["fields"][0]["value"]["words"], mail.subject);
    assert_eq!(step["text"].as_str().unwrap().trim(), mail.text.trim());

    // A link that lets a stranger in stands in no record.
    let deal = app.amo.create_lead_by_hand(&HandMadeLead {
        serial: "LINKED-1".to_owned(),
        model: "vmc850".to_owned(),
        phone: "+7 900 999-88-77".to_owned(),
        ..HandMadeLead::default()
    });
    assert!(app.amo.drag(deal, 142));
    let invite = app.says(MANAGER, |message| message.text.contains("LINKED-1")).await;
    app.settled().await;
    let at = invite.text.find("start=i_").unwrap() + "start=i_".len();
    let token = &invite.text[at..at + 20];
    let ready = said(&app, "telegram", "invite_ready").await;
    let kept = shown(&ready).await["exchanges"].to_string();
    assert!(kept.contains("LINKED-1") && !kept.contains(token), "{kept}");
    assert!(!planned(&ready).await.to_string().contains(token));
    app.stop().await;
}
