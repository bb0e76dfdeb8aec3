//! Whoever asks the bot to forget them is forgotten as a visitor of the site, too.

use domain::files;
use reqwest::multipart::{Form, Part};
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::json;
use tests::{App, CUSTOMER, MANAGER, label};

use super::{accepted, anna, deal_of, post, state_of, waited_out, with_site};

async fn forget(app: &App) {
    app.telegram.send_text(CUSTOMER, "/forget").unwrap();
    let yes = label("bot-yes-forget");
    let asked = app.says(CUSTOMER, |message| message.button(yes).is_some()).await;
    assert!(asked.text.contains("обращений с сайта"), "{}", asked.text);
    app.telegram.press_button(CUSTOMER, asked.id, yes).await.unwrap();
    app.says(CUSTOMER, |message| message.text.contains(label("bot-forgotten"))).await;
}

/// The files that lie in the folder of uploads under a hash.
fn stored(app: &App) -> usize {
    let folders = std::fs::read_dir(&app.dealer.uploads).unwrap().flatten();
    let folders = folders.filter(|folder| folder.file_name().len() == 2);
    folders.map(|folder| std::fs::read_dir(folder.path()).unwrap().count()).sum()
}

#[tokio::test]
async fn of_a_lead_only_what_names_nobody_stays() {
    let app = App::start_with(with_site(&[])).await;
    app.linked_customer().await;
    let mut form = Form::new().percent_encode_noop();
    for (name, value) in anna().as_object().unwrap() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form = form.text(name.clone(), value);
    }
    let drawing = Part::bytes(b"%PDF-1.7 drawing".to_vec()).file_name("чертёж.pdf");
    let (number, token) = accepted(post(&app).multipart(form.part("files", drawing))).await;
    let other = json!({ "name": "Олег", "phone": "89220000000", "message": "Нужен люнет" });
    let (others, _) = accepted(post(&app).json(&other)).await;
    app.settled().await;
    let card = app.says(MANAGER, |message| message.text.contains(&number)).await;
    assert!(card.text.contains("Анна Соколова"));
    let before = stored(&app);

    forget(&app).await;
    app.settled().await;
    assert_eq!(state_of(&app, &token).await, "rejected", "there is nobody left to call");
    assert_eq!(deal_of(&app, &number).status_id, 143, "the CRM's people see that it is over");
    let cards = app.telegram.chat_view(MANAGER).messages;
    let card = cards.iter().find(|card| card.text.contains(&number)).unwrap();
    let page = app.mini_app(MANAGER).page(&format!("/app/desk/leads/{number}")).await;
    for (place, said) in [("card", card.text.as_str()), ("page", page.as_str())] {
        for personal in ["Анна", "900", "anna@", "патрон для", "1234567890", "16К20", "чертёж"]
        {
            assert!(!said.contains(personal), "{personal} is still on the {place}: {said}");
        }
    }
    assert!(page.contains(&number) && page.contains("yandex"), "figures stay: {page}");
    let theirs = app.mini_app(MANAGER).page(&format!("/app/desk/leads/{others}")).await;
    assert!(theirs.contains("Олег") && theirs.contains("Нужен люнет"), "another's is untouched");

    assert_eq!(files::sweep(&app.db, &app.dealer.uploads).await.unwrap(), 1);
    assert_eq!(stored(&app), before - 1);
    // The CRM's people may drag the deal about: nobody comes back by it.
    app.pass(chrono::TimeDelta::minutes(5));
    assert!(app.amo.drag(deal_of(&app, &number).id, 80_953_558));
    app.settled().await;
    assert_eq!(state_of(&app, &token).await, "rejected");
    // Whoever writes again is a new person.
    let (again, _) = accepted(post(&app).json(&anna())).await;
    assert_ne!(again, number);
    app.finish().await;
}

#[tokio::test]
async fn what_has_not_gone_yet_does_not_go() {
    let app = App::start_with(with_site(&[("CRM_TIMEOUT", "2s"), ("CRM_SEARCH_LAG", "4s")])).await;
    app.linked_customer().await;
    app.amo.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    let (number, _) = accepted(post(&app).json(&anna())).await;
    app.eventually("the first try failed", async || {
        let open = app.open().await;
        open.iter().any(|one| one.connection == "amo" && one.failures > 0).then_some(())
    })
    .await;
    forget(&app).await;
    app.amo.faults().clear();
    waited_out(&app).await;
    let leads = app.amo.leads();
    assert!(leads.is_empty(), "{number} went all the same: {leads:#?}");
    assert!(app.amo.contacts().is_empty());
    app.finish().await;
}
