//! The customers: each asks whichever process answers, and calls off every second order at once.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{MANAGER, MiniApp, Program, open_shop, shoppers};
use tokio::task::JoinSet;

/// How many people order.
pub(crate) const SHOPPERS: usize = 20;

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

/// Everybody meets the bot.
pub(crate) async fn meet(program: &Program) {
    open_shop(program, SHOPPERS).await;
}

/// There is a manager, who may be told of trouble.
pub(crate) async fn meet_the_manager(program: &Program) {
    let said = program.telegram.press_start(MANAGER, None).expect("a person");
    let answer = program.telegram.wait_after(MANAGER, said, |m| m.from_bot, PATIENCE).await;
    answer.unwrap_or_else(|error| panic!("{error}"));
    let id = MANAGER.to_string();
    program
        .ok(&["staff", "add", "--telegram-id", &id, "--role", "manager", "--name", "Мария"])
        .await;
}

/// Everybody orders `each` times; `round` tells these orders from others. Ends when each order has an answer.
pub(crate) fn shop(
    program: &Program,
    bases: &[String],
    round: &'static str,
    each: usize,
) -> impl Future<Output = Vec<Accepted>> + use<> {
    let shoppers: Vec<_> = shoppers(SHOPPERS)
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
                if let Some(answer) = app.try_once(path, body.as_ref()).await {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let answer = tokio::time::timeout(ANSWER, asking).await;
        answer.unwrap_or_else(|_| panic!("{path} had no answer in {ANSWER:?}"))
    }
}
