//! The customers: each orders again and again from a phone that does not give up.

use std::time::Duration;

use sandbox::telegram::PersonSpec;
use serde_json::{Value, json};
use tests::{MiniApp, Program};
use tokio::task::JoinSet;

use crate::dice::Dice;

/// How many people order.
pub(crate) const SHOPPERS: usize = 20;
/// How often each of them does.
pub(crate) const ORDERS: usize = 10;

const FIRST_ID: i64 = 7001;
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an order may take, restarts included.
const ORDER: Duration = Duration::from_secs(60);

/// An order that the product confirmed to its customer.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    /// Who ordered.
    pub(crate) person: i64,
    /// The number that they were told.
    pub(crate) number: String,
}

/// Everybody who orders.
pub(crate) fn people() -> impl Iterator<Item = i64> {
    (FIRST_ID..).take(SHOPPERS)
}

/// The phone of one of them, as the CRM shows it.
pub(crate) fn phone(person: i64) -> String {
    format!("+7900777{person}")
}

/// The dealer's catalogue comes in, and everybody meets the bot and shares their phone.
pub(crate) async fn meet(program: &Program) {
    for (what, table) in [
        ("models", include_str!("../../sandbox/data/models.csv")),
        ("parts", include_str!("../../sandbox/data/parts.csv")),
    ] {
        let file = program.path(what);
        std::fs::write(&file, table).expect("a file");
        program.ok(&["import", what, file.to_str().expect("UTF-8")]).await;
    }
    let mut meeting = JoinSet::new();
    for person in people() {
        let telegram = program.telegram.clone();
        telegram.person(PersonSpec {
            id: person,
            first_name: format!("Покупатель {person}"),
            language_code: Some("ru".to_owned()),
            phone: phone(person).trim_start_matches('+').to_owned(),
            ..PersonSpec::default()
        });
        meeting.spawn(async move {
            for act in ["start", "contact"] {
                let said = match act {
                    "start" => telegram.press_start(person, None),
                    _ => telegram.send_contact(person),
                };
                let said = said.expect("a person");
                let answer = telegram.wait_after(person, said, |m| m.from_bot, PATIENCE).await;
                answer.unwrap_or_else(|error| panic!("{error}"));
            }
        });
    }
    while let Some(met) = meeting.join_next().await {
        met.expect("a person who met the bot");
    }
}

/// All of them order at their own pace. Ends when each order has an answer.
pub(crate) fn shop(
    program: &Program,
    dice: &mut Dice,
) -> impl Future<Output = Vec<Accepted>> + use<> {
    let shoppers: Vec<_> = people()
        .map(|person| Shopper {
            person,
            app: program.mini_app(person),
            dice: Dice::new(dice.number()),
        })
        .collect();
    async move {
        let mut shopping: JoinSet<_> = shoppers.into_iter().map(Shopper::shop).collect();
        let mut accepted = Vec::new();
        while let Some(orders) = shopping.join_next().await {
            accepted.extend(orders.expect("a shopper who got answers"));
        }
        accepted
    }
}

struct Shopper {
    person: i64,
    app: MiniApp,
    dice: Dice,
}

impl Shopper {
    async fn shop(mut self) -> Vec<Accepted> {
        let query = ["16К20.02.114", "16К20.02.118"];
        let mut accepted = Vec::new();
        for order in 0..ORDERS {
            // The second order follows at once, while the first may be in doubt.
            let most = if order == 1 { 300 } else { 6_000 };
            tokio::time::sleep(self.dice.millis(0, most)).await;
            let parts = self.patiently("/app/parts", Some(query[order % 2]), None).await;
            let line = json!({ "part_id": parts["parts"][0]["id"], "quantity": 1 + order });
            self.patiently("/app/cart/items", None, Some(line)).await;
            let key = format!("{}-{order}", self.person);
            let form = json!({ "client_key": key, "delivery": "pickup" });
            let made = self.patiently("/app/checkout", None, Some(form)).await;
            let number = made["order"]["number"].as_str().expect("a number").to_owned();
            accepted.push(Accepted { person: self.person, number });
        }
        accepted
    }

    /// Asks the same thing until there is an answer.
    async fn patiently(&self, path: &str, query: Option<&str>, body: Option<Value>) -> Value {
        let asking = async {
            loop {
                if let Some(answer) = self.once(path, query, body.as_ref()).await {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let answer = tokio::time::timeout(ORDER, asking).await;
        answer.unwrap_or_else(|_| panic!("{path} had no answer in {ORDER:?}"))
    }

    /// `None` when the product was away, or went away over it.
    async fn once(&self, path: &str, query: Option<&str>, body: Option<&Value>) -> Option<Value> {
        let request = match body {
            Some(body) => self.app.request(reqwest::Method::POST, path).json(body),
            None => self.app.request(reqwest::Method::GET, path).query(&[("q", query)]),
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
}
