//! What the dealer's people find in amoCRM: one person, one firm, one deal, with everything on it.

use chrono::TimeDelta;
use domain::ids::OccurrenceId;
use domain::maintenance::DoneOurselves;
use domain::{maintenance, people, tokens};
use sandbox::amocrm::{FIELD_INN, HandMadeLead, Lead, STATUS_LOST};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::json;
use tests::{App, CUSTOMER, MiniApp, Setup};

use crate::{fill_cart, order};

/// The firm of the customer, as the demo's file has it.
const FIRM: &str = "ООО «Тульский станочный цех»";
const INN: &str = "7199000123";

fn with(variables: &[(&'static str, &str)]) -> Setup {
    let mut all = vec![("CRM_TIMEOUT", "2s".to_owned()), ("CRM_SEARCH_LAG", "4s".to_owned())];
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Setup { variables: all, ..Setup::default() }
}

/// One part is ordered, and everything that follows has happened.
async fn ordered(app: &App, phone: &MiniApp, key: &str) -> Lead {
    fill_cart(phone, 1).await;
    let number = order(phone, key).await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    deal_of(app, &number)
}

fn deal_of(app: &App, number: &str) -> Lead {
    let leads = app.amo.leads();
    let found: Vec<_> = leads.iter().filter(|lead| lead.tag_names().contains(&number)).collect();
    assert_eq!(found.len(), 1, "one deal bears {number}: {leads:#?}");
    found[0].clone()
}

/// Lets time pass until what failed has been tried, looked for and tried again.
async fn patience(app: &App) {
    for _ in 0..6 {
        app.pass(TimeDelta::minutes(40));
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    app.settled().await;
}

async fn machine_of(phone: &MiniApp, serial: &str) -> String {
    let park = phone.get("/app/park").await.ok();
    let machines = park["machines"].as_array().unwrap();
    let machine = machines.iter().find(|machine| machine["serial"] == serial).unwrap();
    machine["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_contact_found_by_mail_keeps_its_name_and_gains_the_phone() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Анна Сергеевна (снабжение)".to_owned(),
        phone: "+7 812 000-00-01".to_owned(),
        email: "Anna@example.com".to_owned(),
        ..HandMadeLead::default()
    });
    let theirs = app.amo.contacts()[0].id;
    app.pass(TimeDelta::minutes(1));
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let (id, now) = (&customer.id, app.clock.now());
    let email = Some("anna@example.com");
    people::update_from_crm(&mut tx, id, None, None, email, now).await.unwrap();
    tx.commit().await.unwrap();

    let lead = ordered(&app, &phone, "k").await;
    assert_eq!(lead.main_contact(), Some(theirs));
    let contacts = app.amo.contacts();
    let [contact] = contacts.as_slice() else { panic!("one contact, not {contacts:#?}") };
    assert_eq!(contact.name, "Анна Сергеевна (снабжение)");
    assert_eq!(contact.phones(), ["+7 812 000-00-01", "+79001112233"], "both phones are kept");
    assert_eq!(contact.emails(), ["Anna@example.com"], "the same address is not written again");
    app.finish().await;
}

#[tokio::test]
async fn a_stranger_whose_name_holds_the_digits_is_left_alone() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Просил перезвонить 9001112233".to_owned(),
        phone: "+7 495 000-00-02".to_owned(),
        ..HandMadeLead::default()
    });
    app.pass(TimeDelta::minutes(1));
    let stranger = app.amo.contacts()[0].clone();
    let lead = ordered(&app, &phone, "k").await;
    assert_ne!(lead.main_contact(), Some(stranger.id));
    assert_eq!(app.amo.contact(stranger.id).unwrap(), stranger, "nothing of theirs has changed");
    app.finish().await;
}

#[tokio::test]
async fn a_contact_that_was_merged_away_is_looked_for_again() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let first = ordered(&app, &phone, "one").await;
    app.pass(TimeDelta::minutes(1));
    app.amo.delete_contact(first.main_contact().unwrap());
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Анна (основной)".to_owned(),
        phone: "8 (900) 111-22-33".to_owned(),
        ..HandMadeLead::default()
    });
    app.pass(TimeDelta::minutes(1));
    let second = ordered(&app, &phone, "two").await;
    let contacts = app.amo.contacts();
    let [kept] = contacts.as_slice() else { panic!("one contact, not {contacts:#?}") };
    assert_eq!(second.main_contact(), Some(kept.id));
    assert_eq!(kept.name, "Анна (основной)");
    app.finish().await;
}

#[tokio::test]
async fn two_first_orders_at_once_are_one_person_and_one_firm() {
    let app = App::start_with(with(&[("AMOCRM_FIELD_INN_ID", "700205")])).await;
    let phone = app.linked_customer().await;
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 2);
    assert_eq!(app.amo.contacts().len(), 1);
    let companies = app.amo.companies();
    let [company] = companies.as_slice() else { panic!("one company, not {companies:#?}") };
    assert_eq!(company.name, FIRM);
    assert_eq!(company.fields[&FIELD_INN][0].value, INN);
    assert_eq!(app.amo.contacts()[0].company_id, Some(company.id), "she works there");
    for lead in app.amo.leads() {
        assert_eq!(lead.company_id, Some(company.id));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_firm_is_found_by_its_inn_and_not_by_a_namesake() {
    let app = App::start_with(with(&[("AMOCRM_FIELD_INN_ID", "700205")])).await;
    let phone = app.linked_customer().await;
    let namesake = app.amo.create_company_by_hand(FIRM, "7707083893");
    let theirs = app.amo.create_company_by_hand("ТСЦ, Тула", INN);
    app.pass(TimeDelta::minutes(1));
    let lead = ordered(&app, &phone, "k").await;
    assert_eq!(lead.company_id, Some(theirs));
    assert_eq!(app.amo.companies().len(), 2);
    assert_ne!(lead.company_id, Some(namesake));
    app.finish().await;
}

#[tokio::test]
async fn without_inns_a_firm_is_found_by_its_very_name() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    app.amo.create_company_by_hand("ООО «Тульский станочный цех — Сервис»", "");
    let theirs = app.amo.create_company_by_hand("ООО \"Тульский станочный цех\"", "");
    app.pass(TimeDelta::minutes(1));
    let lead = ordered(&app, &phone, "k").await;
    assert_eq!(lead.company_id, Some(theirs));
    assert_eq!(app.amo.companies().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_company_made_before_the_connection_broke_is_found() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::DropAfter, 1).only("POST /api/v4/companies");
    app.amo.faults().set(vec![fault]);
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    assert_eq!(app.amo.companies().len(), 1);
    assert_eq!(app.amo.leads().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn with_control_of_duplicates_everything_is_made_in_one_call() {
    let app = App::start_with(with(&[("AMOCRM_DUPLICATE_CONTROL", "true")])).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::ErrorAfter, 1).only("POST /leads/complex");
    app.amo.faults().set(vec![fault]);
    fill_cart(&phone, 1).await;
    let one = order(&phone, "one").await["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    let first = deal_of(&app, &one);
    assert_eq!((app.amo.contacts().len(), app.amo.companies().len()), (1, 1));
    assert_eq!(first.company_id, Some(app.amo.companies()[0].id));

    // The account decides that the next order belongs to the deal that is still open.
    app.amo.set_duplicate_control(true);
    let second = ordered(&app, &phone, "two").await;
    assert_eq!(second.id, first.id, "one deal bears both numbers");
    assert!(second.tag_names().contains(&one.as_str()));
    assert_eq!(app.amo.leads().len(), 1);
    assert_eq!(app.amo.notes_of(first.id).len(), 2, "each order has its note");
    assert_eq!((app.amo.contacts().len(), app.amo.companies().len()), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn positions_are_products_with_their_quantity() {
    let app = App::start_with(with(&[])).await;
    app.amo.set_products(true);
    // The manager typed the article with Latin letters.
    let known = app.amo.create_product_by_hand("Шестерня", "16K20.02.114");
    app.pass(TimeDelta::minutes(1));
    let phone = app.linked_customer().await;
    let machine = machine_of(&phone, "1234").await;
    for (query, quantity, machine) in
        [("16К20.02.114", 2, None), ("16К20.02.114", 3, Some(machine)), ("16К20.04.070", 1, None)]
    {
        let parts = phone.get(&format!("/app/parts?q={query}")).await.ok();
        let part = &parts["parts"][0]["id"];
        let body = json!({ "part_id": part, "quantity": quantity, "machine_id": machine });
        phone.post("/app/cart/items", &body).await.ok();
    }
    let fault = FaultPlan::next(FaultMode::DropAfter, 1).only("POST /elements");
    let link = FaultPlan::next(FaultMode::ErrorAfter, 1).only("POST /link");
    app.amo.faults().set(vec![fault, link]);
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    let products = app.amo.products();
    assert_eq!(products.len(), 2, "one was there, one is made once: {products:#?}");
    let lead = deal_of(&app, &number);
    let quantity = |id: i64| {
        let links: Vec<_> = lead.catalog.iter().filter(|link| link.id == id).collect();
        assert_eq!(links.len(), 1, "{:#?}", lead.catalog);
        links[0].metadata["quantity"].as_i64()
    };
    assert_eq!(quantity(known), Some(5), "for both machines together");
    let made = products.iter().find(|product| product.id != known).unwrap();
    assert_eq!(quantity(made.id), Some(1));
    assert_eq!(app.amo.notes_of(lead.id).len(), 1, "the note is there all the same");

    let again = ordered(&app, &phone, "next").await;
    assert_eq!(again.catalog.len(), 1);
    assert_eq!(app.amo.products().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn where_products_may_not_be_made_the_note_says_it_all() {
    let app = App::start_with(with(&[("AMOCRM_MAKE_PRODUCTS", "false")])).await;
    app.amo.set_products(true);
    let phone = app.linked_customer().await;
    let lead = ordered(&app, &phone, "k").await;
    assert!(lead.catalog.is_empty() && app.amo.products().is_empty());
    assert!(app.amo.notes_of(lead.id)[0].text().contains("16К20.02.114"));
    app.finish().await;
}

#[tokio::test]
async fn a_long_order_is_told_in_several_notes_that_wake_nobody() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let machine = machine_of(&phone, "1234").await;
    let mut skus = Vec::new();
    let mut page = "/app/parts".to_owned();
    while skus.len() < 60 {
        let parts = phone.get(&page).await.ok();
        for part in parts["parts"].as_array().unwrap() {
            let body = json!({ "part_id": part["id"], "quantity": 1, "machine_id": machine });
            phone.post("/app/cart/items", &body).await.ok();
            skus.push(part["sku"].as_str().unwrap().to_owned());
        }
        page = format!("/app/parts?page={}", parts["next"].as_str().unwrap());
    }
    let fault = FaultPlan::next(FaultMode::HalfAnswer, 1).only("/notes");
    app.amo.faults().set(vec![fault]);
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    let notes = app.amo.notes_of(deal_of(&app, &number).id);
    let count = notes.len();
    assert!(count >= 2, "{count}");
    for (at, note) in notes.iter().enumerate() {
        let title = format!("{number} ({}/{count})", at + 1);
        assert!(note.text().lines().next().unwrap().ends_with(&title), "{}", note.text());
        assert!(!note.wakes_pipeline, "the digital pipeline sleeps");
    }
    for sku in &skus {
        let told = notes.iter().filter(|note| note.text().contains(&format!(" {sku} —"))).count();
        assert_eq!(told, 1, "{sku} is told once");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_large_file_goes_up_in_parts_and_a_broken_one_goes_on() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let machine = machine_of(&phone, "1234").await;
    let content = "Журнал ошибок ЧПУ, строка за строкой\n".repeat(20_000).into_bytes();
    let file = reqwest::multipart::Part::bytes(content.clone()).file_name("журнал.txt");
    let form = reqwest::multipart::Form::new()
        .text("machine_id", machine)
        .text("kind", "breakdown")
        .text("text", "Журнал во вложении")
        .text("client_key", "k")
        .part("files", file.mime_str("text/plain").unwrap());
    // The second part meets a CRM that is down, the attaching one that forgets to answer.
    let down = FaultPlan::next(FaultMode::ErrorBefore, 1).only("POST /2");
    let mute = FaultPlan::next(FaultMode::DropAfter, 1).only("PUT /files");
    app.amo.faults().set(vec![down, mute]);
    let made = phone.post_form("/app/service", form).await.ok();
    let number = made["request"]["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    let files = app.amo.files_of(deal_of(&app, &number).id);
    let [file] = files.as_slice() else { panic!("one file, not {}", files.len()) };
    assert_eq!(file.content.len(), content.len());
    assert!(file.content == content, "the file is whole");
    let calls = app.amo.calls();
    let count = |method: &str, end: &str| {
        calls.iter().filter(|call| call.method == method && call.path.ends_with(end)).count()
    };
    assert_eq!(count("POST", "/v1.0/sessions"), 1, "it went on where it broke");
    assert_eq!((count("POST", "/1"), count("POST", "/2"), count("POST", "/3")), (1, 2, 1));
    app.finish().await;
}

/// `mypark.toml` with an upsell.
fn upselling(upsell: &str) -> Setup {
    let file = format!(
        "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\n\n[connection.upsell]\n{upsell}\n"
    );
    Setup { file, ..with(&[]) }
}

#[tokio::test]
async fn a_due_maintenance_is_a_deal_with_its_kit_once() {
    let app = App::start_with(upselling("kind = \"deal\"")).await;
    app.amo.set_products(true);
    app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::DropAfter, 1).only("POST /api/v4/leads");
    app.amo.faults().set(vec![fault]);
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    app.at(app.clock.now() + TimeDelta::days(1));
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    let lead = deal_of(&app, "ТО-1234-2026-12-03");
    assert!(lead.name.contains("Допродажа") && lead.name.contains("16К20"), "{}", lead.name);
    assert_eq!(lead.price, 9_600, "the kit of the lowest level");
    assert_eq!(lead.text(712_629).as_deref(), Some("1234"));
    assert_eq!(app.amo.contact(lead.main_contact().unwrap()).unwrap().phones(), ["+79001112233"]);
    let companies = app.amo.companies();
    let firm = companies.iter().find(|company| company.name == FIRM).unwrap();
    assert_eq!(lead.company_id, Some(firm.id));
    let note = app.amo.notes_of(lead.id).remove(0);
    assert!(note.text().contains("НТ-16К20-1"), "{}", note.text());
    assert_eq!(lead.catalog.len(), 1, "the kit is a product of the deal");
    assert!(app.amo.tasks().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn by_steps_each_step_is_a_task_and_a_missed_one_is_caught_up() {
    let upsell = "steps = [7, 0]\ntask_type = 2\ndeadline_days = 2";
    let app = App::start_with(upselling(upsell)).await;
    app.linked_customer().await;
    let about = |app: &App| {
        let tasks = app.amo.tasks();
        tasks.into_iter().filter(|task| task.text.contains("№ 1234,")).collect::<Vec<_>>()
    };
    // The maintenance is due on 3 December; today is 23 November.
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    assert!(about(&app).is_empty(), "ten days before: not yet");
    app.at(app.clock.now() + TimeDelta::days(7));
    for _ in 0..2 {
        maintenance::tick(&app.db, &app.dealer).await.unwrap();
        app.settled().await;
    }
    let tasks = about(&app);
    assert_eq!((tasks.len(), tasks[0].task_type_id), (1, 2), "the step of 7 days is caught up");
    let days = (tasks[0].complete_till - app.clock.now().timestamp()) / 86_400;
    assert_eq!(days, 2, "until the evening of the second day");
    app.at(app.clock.now() + TimeDelta::days(3));
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    assert_eq!(about(&app).len(), 2, "the day itself is a step too");
    did_it_themselves(&app).await;
    app.settled().await;
    let open = about(&app).into_iter().filter(|task| !task.is_completed);
    assert_eq!(open.count(), 0, "what was done needs no calls, whatever step asked for them");
    app.finish().await;
}

/// The customer's own people did the maintenance of machine 1234.
async fn did_it_themselves(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let (due,): (OccurrenceId,) = domain::db::fetch_one!(
        &mut tx,
        (OccurrenceId,),
        "select o.id
           from occurrences o
           join machine_instances m on m.id = o.machine_id
          where m.serial = '1234' and o.state = 'open'"
    )
    .unwrap();
    let told = DoneOurselves {
        hours: None, note: "Заменили масло".to_owned(), files: vec![]
    };
    let done = maintenance::done_ourselves(&mut tx, &app.dealer, &customer.id, &due, &told).await;
    done.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_connection_without_upsell_hears_nothing_of_maintenance() {
    let app = App::start_with(upselling("kind = \"none\"")).await;
    app.linked_customer().await;
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    assert!(app.amo.tasks().is_empty() && app.amo.leads().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn the_live_check_makes_a_deal_and_closes_it() {
    let app = App::start_with(Setup {
        file: "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\ntakes = []\n".to_owned(),
        ..with(&[])
    })
    .await;
    let check = async |token: &str| {
        let request = app.http.get(format!("{}/ingest/test-crm", app.base));
        request.bearer_auth(token).send().await.unwrap()
    };
    assert_eq!(check("guess").await.status(), 401);
    let by_phone = app.linked_customer().await.get("/ingest/test-crm").await;
    assert_eq!(by_phone.status, 401, "the Mini App's sign-in is no bearer token");
    assert!(app.amo.leads().is_empty());

    let now = app.clock.now();
    let mut tx = app.db.begin().await.unwrap();
    let token = tokens::mint(&mut tx, "проверка", None, now).await.unwrap();
    tx.commit().await.unwrap();
    let answer = check(&token).await;
    assert_eq!(answer.status(), 200);
    let said: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(said["status"], "success");
    let lead = app.amo.lead(said["amo_lead_id"].as_i64().unwrap()).unwrap();
    assert_eq!(lead.status_id, STATUS_LOST, "nothing stays open");

    app.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    let refused = check(&token).await;
    assert_eq!(refused.status(), 502);
    assert!(refused.text().await.unwrap().contains("401"));
    app.amo.faults().clear();
    app.finish().await;
}
