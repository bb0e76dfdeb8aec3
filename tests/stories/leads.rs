//! What the dealer's site hands over: kept, told to everybody whom it concerns, and told back.

mod door;
mod escalation;
mod forget;
mod site;

use domain::outbox::State;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use sandbox::amocrm::Lead;
use serde_json::{Value, json};
use tests::{App, CUSTOMER, MANAGER, STAGES, Setup};

/// The dealer's site.
const SITE: &str = "https://shop.example.com";
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.jpg");

/// A dealer with a site.
fn with_site(variables: &[(&'static str, &str)]) -> Setup {
    let mut all = vec![("SITE_ORIGINS", SITE.to_owned())];
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let stages = "\n[connection.stages.lead]\nnew = \"80953554\"\ntaken = \"80953558\"\n\
                  converted = \"142\"\nrejected = \"143\"\n";
    Setup { variables: all, file: format!("{STAGES}{stages}"), ..Setup::default() }
}

/// The form as a page of the site sends it.
fn post(app: &App) -> RequestBuilder {
    app.http.post(format!("{}/ingest/lead", app.base)).header("Origin", SITE)
}

fn anna() -> Value {
    json!({
        "name": "Анна Соколова",
        "phone": "8 (900) 111-22-33",
        "email": "Anna@Example.com",
        "message": "Нужен патрон для 16К20",
        "form": "callback",
        "page": "https://shop.example.com/chucks?id=5",
        "utm_source": "yandex",
        "utm_campaign": "патроны",
        "yclid": "1234567890",
        "form_ms": 8000,
        "станок": "16К20",
    })
}

/// What the door answers, and how.
async fn answered(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

/// A lead that was accepted: its number and its token.
async fn accepted(request: RequestBuilder) -> (String, String) {
    let (status, body) = answered(request).await;
    assert_eq!((status, &body["status"]), (StatusCode::CREATED, &json!("accepted")), "{body}");
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("number"), text("token"))
}

/// The one deal that bears the number.
fn deal_of(app: &App, number: &str) -> Lead {
    let leads = app.amo.leads();
    let found: Vec<_> = leads.iter().filter(|lead| lead.tag_names().contains(&number)).collect();
    assert_eq!(found.len(), 1, "one deal bears {number}: {leads:#?}");
    found[0].clone()
}

/// Lets time pass until what failed has been tried, looked for and tried again.
async fn waited_out(app: &App) {
    app.eventually("everything is delivered", async || {
        let open = app.open().await;
        if !open.iter().any(|one| one.state == State::Running) {
            app.pass(chrono::TimeDelta::minutes(10));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        open.is_empty().then_some(())
    })
    .await;
    app.settled().await;
}

/// Where the site sees a lead stand.
async fn state_of(app: &App, token: &str) -> String {
    let (status, body) = answered(app.http.get(format!("{}/ingest/lead/{token}", app.base))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_with_three_files_reaches_everybody() {
    let app = App::start_with(with_site(&[])).await;
    // Names of fields as browsers send them: plain UTF-8.
    let mut form = Form::new().percent_encode_noop();
    for (name, value) in anna().as_object().unwrap() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form = form.text(name.clone(), value);
    }
    for (name, bytes) in [
        ("фото патрона.jpg", PHOTO.to_vec()),
        ("чертёж.pdf", b"%PDF-1.7 drawing".to_vec()),
        ("../размеры.txt", "D = 250".as_bytes().to_vec()),
    ] {
        form = form.part("files", Part::bytes(bytes).file_name(name));
    }
    let (number, token) = accepted(post(&app).multipart(form)).await;
    assert_eq!(number, "LEAD-2026-000001");
    app.settled().await;

    let deal = deal_of(&app, &number);
    assert!(deal.name.contains("Анна Соколова"), "{}", deal.name);
    let contact = app.amo.contact(deal.main_contact().unwrap()).unwrap();
    assert_eq!(contact.phones(), ["+79001112233"]);
    assert_eq!(contact.emails(), ["anna@example.com"]);
    let notes = app.amo.notes_of(deal.id);
    let said = notes.iter().find(|note| note.text().contains("Нужен патрон")).unwrap().text();
    for words in ["utm_source: yandex", "yclid: 1234567890", "станок: 16К20", "chucks?id=5"]
    {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let mut files: Vec<_> = app.amo.files_of(deal.id).into_iter().map(|file| file.name).collect();
    files.sort();
    assert_eq!(files, ["размеры.txt", "фото патрона.jpg", "чертёж.pdf"]);

    let mail = &app.mailbox.mails()[0];
    assert!(mail.subject.contains(&number) && mail.text.contains("Нужен патрон"), "{mail:?}");
    let card = app.says(MANAGER, |message| message.text.contains(&number)).await;
    assert!(card.text.contains("Нужен патрон") && card.button("Беру").is_some(), "{card:?}");
    assert_eq!(state_of(&app, &token).await, "new");

    let page = app.mini_app(MANAGER).page(&format!("/app/desk/leads/{number}")).await;
    for words in ["Анна Соколова", "+7\u{a0}900\u{a0}111-22-33", "16К20", "чертёж.pdf", "yandex"]
    {
        assert!(page.contains(words), "{words} is not on the page");
    }
    assert!(app.mini_app(MANAGER).page("/app/desk").await.contains(&number));
    let stranger = app.linked_customer().await;
    let refused = stranger.get(&format!("/app/desk/leads/{number}")).await;
    assert_eq!(refused.code(), "forbidden", "{}", CUSTOMER);
    app.finish().await;
}

#[tokio::test]
async fn the_same_person_twice_is_one_deal_with_both_forms() {
    let app = App::start_with(with_site(&[])).await;
    let (number, token) = accepted(post(&app).json(&anna())).await;
    app.settled().await;
    app.pass(chrono::TimeDelta::hours(2));
    let again = json!({
        "name": "Анна", "phone": "+79001112233", "form": "callback",
        "message": "И ещё ключ к нему", "utm_source": "google",
    });
    let (second, same) = accepted(post(&app).json(&again)).await;
    assert_eq!((&second, &same), (&number, &token));
    app.settled().await;
    let deal = deal_of(&app, &number);
    let notes = app.amo.notes_of(deal.id);
    let with = |words: &str| notes.iter().filter(|note| note.text().contains(words)).count();
    assert_eq!((with("utm_source: yandex"), with("utm_source: google")), (1, 1));
    assert_eq!(with("И ещё ключ"), 1);
    assert_eq!(app.amo.contacts().len(), 1);
    assert_eq!(app.mailbox.mails().len(), 2);
    let cards = app.telegram.chat_view(MANAGER).messages;
    let cards: Vec<_> = cards.iter().filter(|card| card.text.contains(&number)).collect();
    assert_eq!(cards.len(), 1, "one card, edited: {cards:#?}");
    assert!(cards[0].text.contains("2 раза"), "{}", cards[0].text);
    app.finish().await;
}

#[tokio::test]
async fn a_lead_of_a_customer_joins_the_contact_of_their_orders() {
    let app = App::start_with(with_site(&[])).await;
    let phone = app.linked_customer().await;
    crate::fill_cart(&phone, 1).await;
    let order = crate::order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    app.settled().await;
    let (number, _) = accepted(post(&app).json(&anna())).await;
    app.settled().await;
    assert_eq!(deal_of(&app, &order).main_contact(), deal_of(&app, &number).main_contact());
    assert_eq!(app.amo.contacts().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn crm_faults_make_no_second_deal_of_a_lead() {
    use sandbox::faults::{FaultMode, FaultPlan};
    for mode in [FaultMode::BadGateway, FaultMode::DropAfter] {
        let mut setup = with_site(&[("CRM_TIMEOUT", "2s")]);
        setup.variables.push(("CRM_SEARCH_LAG", "4s".to_owned()));
        let app = App::start_with(setup).await;
        app.amo.faults().set(vec![FaultPlan::next(mode, 3)]);
        let (number, _) = accepted(post(&app).json(&anna())).await;
        waited_out(&app).await;
        let deal = deal_of(&app, &number);
        assert_eq!(app.amo.contacts().len(), 1, "{mode:?}");
        let notes = app.amo.notes_of(deal.id);
        let told = notes.iter().filter(|note| note.text().contains("Нужен патрон")).count();
        assert_eq!(told, 1, "{mode:?}");
        app.finish().await;
    }
}
