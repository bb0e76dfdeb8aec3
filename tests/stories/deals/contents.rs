//! What a deal holds: positions, notes, files.

use super::*;

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
async fn an_account_that_refused_its_list_of_products_is_asked_again_the_next_day() {
    let app = App::start_with(with(&[])).await;
    app.amo.set_products(true);
    app.amo
        .faults()
        .set(vec![FaultPlan::next(FaultMode::PaymentRequired, 1).only("GET /catalogs")]);
    let phone = app.linked_customer().await;
    let is_list = |path: &str| path.contains("/catalogs") && !path.contains("/elements");
    let asked = || app.amo.calls().iter().filter(|call| is_list(&call.path)).count();
    for key in ["a", "b"] {
        let lead = ordered(&app, &phone, key).await;
        assert!(lead.catalog.is_empty(), "{lead:#?}");
        assert!(app.amo.notes_of(lead.id)[0].text().contains("16К20.02.114"), "the note says it");
    }
    assert_eq!(asked(), 1, "what was refused is not asked for with every order");

    // The tariff was paid for meanwhile, and nobody restarts the product for that.
    app.pass(TimeDelta::hours(25));
    app.settled().await;
    let phone = app.mini_app(CUSTOMER);
    for key in ["c", "d"] {
        let lead = ordered(&app, &phone, key).await;
        assert_eq!(lead.catalog.len(), 1, "{lead:#?}");
    }
    assert_eq!(asked(), 2, "and from then on it is known");
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

#[tokio::test]
async fn what_a_field_cuts_stands_whole_in_a_note() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let serials: Vec<String> = ('1'..='3').map(|sign| sign.to_string().repeat(95)).collect();
    let parts = phone.get("/app/parts?q=16К20.02.114").await.ok();
    for serial in &serials {
        let deal = app.amo.create_lead_by_hand(&HandMadeLead {
            serial: serial.clone(),
            model: "16К20".to_owned(),
            telegram_id: CUSTOMER.to_string(),
            ..HandMadeLead::default()
        });
        assert!(app.amo.drag(deal, 142));
        app.says(CUSTOMER, |message| message.text.contains(serial)).await;
        let machine = machine_of(&phone, serial).await;
        let body =
            json!({ "part_id": parts["parts"][0]["id"], "quantity": 1, "machine_id": machine });
        phone.post("/app/cart/items", &body).await.ok();
    }
    app.settled().await;
    app.amo.faults().set(vec![FaultPlan::next(FaultMode::HalfAnswer, 1).only("/notes")]);
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    let deal = deal_of(&app, &number);
    let field = deal.text(712_629).unwrap();
    assert!(field.chars().count() <= 256 && field.ends_with('…'), "{field}");
    let notes = app.amo.notes_of(deal.id);
    let whole: Vec<_> = notes.iter().filter(|note| note.text().contains("полностью")).collect();
    let [whole] = whole.as_slice() else { panic!("one note, not {notes:#?}") };
    assert!(whole.text().contains(&number), "{whole:#?}");
    assert!(serials.iter().all(|serial| whole.text().contains(serial)), "{whole:#?}");
    assert_eq!(notes.len(), 2, "and one of the positions: {notes:#?}");
    app.finish().await;
}
