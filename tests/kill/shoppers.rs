//! The customers: each orders again and again from a phone that does not give up.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{MiniApp, Program, shoppers};
use tokio::task::JoinSet;

use crate::dice::Dice;

/// How many people order.
pub(crate) const SHOPPERS: usize = 20;
/// How often each of them does.
pub(crate) const ORDERS: usize = 10;

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

/// All of them order at their own pace. Ends when each order has an answer.
pub(crate) fn shop(
    program: &Program,
    dice: &mut Dice,
) -> impl Future<Output = Vec<Accepted>> + use<> {
    let shoppers: Vec<_> = shoppers(SHOPPERS)
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
        let catalogue = ["/app/parts?q=16К20.02.114", "/app/parts?q=16К20.02.118"];
        let mut accepted = Vec::new();
        for order in 0..ORDERS {
            // The second order follows at once, while the first may be in doubt.
            let most = if order == 1 { 300 } else { 6_000 };
            tokio::time::sleep(self.dice.millis(0, most)).await;
            let parts = self.patiently(catalogue[order % 2], None).await;
            let line = json!({ "part_id": parts["parts"][0]["id"], "quantity": 1 + order });
            self.patiently("/app/cart/items", Some(line)).await;
            let key = format!("{}-{order}", self.person);
            let form = json!({ "client_key": key, "delivery": "pickup" });
            let made = self.patiently("/app/checkout", Some(form)).await;
            let number = made["order"]["number"].as_str().expect("a number").to_owned();
            accepted.push(Accepted { person: self.person, number });
        }
        accepted
    }

    /// Asks the same thing until there is an answer.
    async fn patiently(&self, path: &str, body: Option<Value>) -> Value {
        let asking = async {
            loop {
                if let Some(answer) = self.app.try_once(path, body.as_ref()).await {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let answer = tokio::time::timeout(ORDER, asking).await;
        answer.unwrap_or_else(|_| panic!("{path} had no answer in {ORDER:?}"))
    }
}
