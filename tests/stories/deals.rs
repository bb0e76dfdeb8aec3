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

mod contents;
mod parties;
mod upsell;

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

/// Lets time pass until what failed has been tried, looked for and tried again. What waits behind
/// another of its entity is due and yet not tried, so each step has an end.
async fn patience(app: &App) {
    for _ in 0..12 {
        app.pass(TimeDelta::minutes(40));
        for _ in 0..100 {
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
            let open = app.open().await;
            if open.is_empty() {
                return app.settled().await;
            }
            let now = app.clock.now();
            if open.iter().all(|one| one.run_at > now) {
                break;
            }
        }
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
