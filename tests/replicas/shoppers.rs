//! The customers: each asks whichever process answers, and calls off every second order at once.

use std::time::Duration;

use sandbox::telegram::PersonSpec;
use serde_json::{Value, json};
use tests::{MANAGER, MiniApp, Program};
use tokio::task::JoinSet;

/// How many people order.
pub(crate) const SHOPPERS: usize = 6;

const FIRST_ID: i64 = 7001;
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an answer may take, restarts included.
const ANSWER: Duration = Duration::from_secs(60);

/// An order that the product confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    /// Who ordered.
    pub(crate) person: i64,
    /// The number that they were told.
    pub(crate) number: String,
    /// Whether they called it off.
    pub(crate) cancelled: bool,
}

/// The phone of one of them, as the CRM shows it.
pub(crate) fn phone(person: i64) -> String {
    format!("+7900777{person}")
}

/// The dealer's catalogue comes in, everybody meets the bot and shares their phone, and a manager
/// may be told of trouble.
pub(crate) async fn meet(program: &Program) {
    for (what, table) in [
        ("models", include_str!("../../sandbox/data/models.csv")),
        ("parts", include_str!("../../sandbox/data/parts.csv")),
    ] {
        let file = program.path(what);
        std::fs::write(&file, table).expect("a file");
        program.ok(&["import", what, file.to_str().expect("UTF-8")]).await;
    }
    for person in (FIRST_ID..).take(SHOPPERS) {
        program.telegram.person(PersonSpec {
            id: person,
            first_name: format!("Покупатель {person}"),
            language_code: Some("ru".to_owned()),
            phone: phone(person).trim_start_matches('+').to_owned(),
            ..PersonSpec::default()
        });
        says(program, person, program.telegram.press_start(person, None)).await;
        says(program, person, program.telegram.send_contact(person)).await;
    }
    says(program, MANAGER, program.telegram.press_start(MANAGER, None)).await;
    let id = MANAGER.to_string();
    program
        .ok(&["staff", "add", "--telegram-id", &id, "--role", "manager", "--name", "Мария"])
        .await;
}

/// Waits for the answer of the bot to what a person said.
async fn says<E: std::fmt::Debug>(program: &Program, person: i64, said: Result<i64, E>) {
    let said = said.expect("a person");
    let answer = program.telegram.wait_after(person, said, |m| m.from_bot, PATIENCE).await;
    answer.unwrap_or_else(|error| panic!("{error}"));
}

/// Everybody orders `each` times; `round` tells these orders from others. Ends when each order has an answer.
pub(crate) fn shop(
    program: &Program,
    bases: &[String],
    round: &'static str,
    each: usize,
) -> impl Future<Output = Vec<Accepted>> + use<> {
    let shoppers: Vec<_> = (FIRST_ID..)
        .take(SHOPPERS)
        .map(|person| Shopper {
            person,
            apps: bases.iter().map(|base| program.mini_app_at(person, base)).collect(),
            turn: 0,
        })
        .collect();
    async move {
        let mut shopping: JoinSet<_> =
            shoppers.into_iter().map(|shopper| shopper.shop(round, each)).collect();
        let mut accepted = Vec::new();
        while let Some(orders) = shopping.join_next().await {
            accepted.extend(orders.expect("a shopper who got answers"));
        }
        accepted
    }
}

struct Shopper {
    person: i64,
    /// One for each process.
    apps: Vec<MiniApp>,
    turn: usize,
}

impl Shopper {
    async fn shop(mut self, round: &str, each: usize) -> Vec<Accepted> {
        let mut accepted = Vec::new();
        for order in 0..each {
            let parts = self.patiently("/app/parts?q=16К20.02.114", None).await;
            let line = json!({ "part_id": parts["parts"][0]["id"], "quantity": 1 });
            self.patiently("/app/cart/items", Some(line)).await;
            let key = format!("{round}-{}-{order}", self.person);
            let form = json!({ "client_key": key, "delivery": "pickup" });
            let made = self.patiently("/app/checkout", Some(form)).await;
            let number = made["order"]["number"].as_str().expect("a number").to_owned();
            let cancelled = order % 2 == 1;
            if cancelled {
                self.patiently(&format!("/app/orders/{number}/cancel"), Some(json!({}))).await;
            }
            accepted.push(Accepted { person: self.person, number, cancelled });
        }
        accepted
    }

    /// Asks the same thing of one process after the other until there is an answer.
    async fn patiently(&mut self, path: &str, body: Option<Value>) -> Value {
        let asking = async {
            loop {
                self.turn += 1;
                let app = &self.apps[self.turn % self.apps.len()];
                if let Some(answer) = once(app, path, body.as_ref()).await {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let answer = tokio::time::timeout(ANSWER, asking).await;
        answer.unwrap_or_else(|_| panic!("{path} had no answer in {ANSWER:?}"))
    }
}

/// `None` when the process was away, or went away over it.
async fn once(app: &MiniApp, path: &str, body: Option<&Value>) -> Option<Value> {
    let request = match body {
        Some(body) => app.request(reqwest::Method::POST, path).json(body),
        None => app.request(reqwest::Method::GET, path),
    };
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let text = answer.text().await.ok()?;
    assert!(!status.is_client_error(), "{path}: {status} {text}");
    match status.is_success() {
        true => serde_json::from_str(&text).ok(),
        false => None,
    }
}
