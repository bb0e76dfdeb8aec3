//! Bitrix24 hears of everything, alone or beside amoCRM: one person, one firm, one deal, with all
//! that belongs to it.

mod events;
mod faults;
pub(crate) mod leads;
mod limits;
mod lost;
mod orders;
mod outage;
mod plan;
mod service;
mod states;
mod won;

use chrono::TimeDelta;
pub(crate) use sandbox::bitrix24::TICKED;
use sandbox::bitrix24::{Kind, Record};
use serde_json::Value;
use tests::{App, Setup};

use crate::deliveries::impatient;

/// The portal as a dealer maps it.
pub(crate) const FILE: &str = r#"
[[connection]]
name = "b24"
kind = "bitrix24"

[connection.stages.order]
placed = "NEW"
confirmed = "PREPARATION"
shipped = "EXECUTING"
completed = "WON"
cancelled = "LOSE"

[connection.stages.request]
new = "C1:NEW"
in_progress = "C1:EXECUTING"
done = "C1:WON"
cancelled = "C1:LOSE"

[connection.fields]
serial = "UF_CRM_SERIAL"
model = "UF_CRM_MODEL"
telegram_id = "UF_CRM_TELEGRAM"
configuration = "UF_CRM_CONFIGURATION"
next_maintenance_on = "UF_CRM_NEXT_MAINTENANCE"
inn = "UF_CRM_INN"
contact_telegram_id = "UF_CRM_TELEGRAM"
files = "UF_CRM_FILES"
"#;

/// A dealer whose only CRM is Bitrix24.
fn alone() -> Setup {
    with(FILE)
}

/// The same with another `mypark.toml`.
pub(crate) fn with(file: &str) -> Setup {
    let mut setup = impatient();
    let none = ["SUBDOMAIN", "BASE_URL", "ACCESS_TOKEN", "PIPELINE_ID", "STATUS_ID"];
    let more = ["RESPONSIBLE_USER_ID", "WEBHOOK_SECRET", "CALLS_PER_SECOND"];
    let fields = ["SERIAL", "MODEL", "TELEGRAM", "CONFIGURATION", "NEXT_MAINTENANCE"];
    let names = none.into_iter().chain(more).map(|name| format!("AMOCRM_{name}"));
    let names = names.chain(fields.map(|field| format!("AMOCRM_FIELD_{field}_ID")));
    setup.variables.extend(names.map(|name| (&*name.leak(), String::new())));
    setup.variables.extend([
        ("BITRIX24_RESPONSIBLE_USER_ID", "7".to_owned()),
        ("BITRIX24_CALLS_PER_SECOND", "1000".to_owned()),
        ("BITRIX24_CALLS_AT_ONCE", "1000".to_owned()),
    ]);
    Setup { file: file.to_owned(), bitrix24: true, ..setup }
}

/// A dealer whose only CRM is a portal that tells of what happens, by a webhook made by hand.
pub(crate) async fn told() -> App {
    told_by(FILE).await
}

/// The same with another `mypark.toml`.
pub(crate) async fn told_by(file: &str) -> App {
    let app = App::start_with(setup_told(file)).await;
    let made = app.bitrix24.add_outgoing_webhook(&hook_address(&app), &TICKED);
    assert_eq!(made, outgoing_token());
    app
}

fn setup_told(file: &str) -> Setup {
    let mut setup = with(file);
    setup.variables.push(("BITRIX24_APPLICATION_TOKEN", outgoing_token()));
    setup
}

/// The token of the first webhook that is made by hand in the portal.
pub(crate) fn outgoing_token() -> String {
    format!("outgoing{:024}", 1)
}

pub(crate) fn hook_address(app: &App) -> String {
    format!("{}/webhook/bitrix24", app.base)
}

pub(crate) async fn poll(app: &App) {
    app.inbox.crms.reconcile(TimeDelta::zero()).await;
    app.settled().await;
}

/// The only deal that bears our number.
pub(crate) fn deal_of(app: &App, number: &str) -> Record {
    ours(&app.bitrix24.deals(), number)
}

fn ours(all: &[Record], number: &str) -> Record {
    let found: Vec<&Record> =
        all.iter().filter(|one| one.get("ORIGIN_ID").is_some_and(|it| it == number)).collect();
    assert_eq!(found.len(), 1, "one bears {number}: {all:#?}");
    found[0].clone()
}

pub(crate) fn id(record: &Record) -> i64 {
    record["ID"].as_i64().unwrap()
}

/// The phones (`PHONE`) or e-mails (`EMAIL`) of a contact.
fn values(record: &Record, kind: &str) -> Vec<String> {
    let all = record.get(kind).and_then(Value::as_array).cloned().unwrap_or_default();
    all.iter().map(|one| one["VALUE"].as_str().unwrap().to_owned()).collect()
}

/// The comments in the timeline of a deal.
pub(crate) fn comments(app: &App, kind: Kind, id: i64) -> Vec<String> {
    app.bitrix24.comments_of(kind, id).into_iter().map(|comment| comment.text).collect()
}
