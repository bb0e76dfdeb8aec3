//! Many customers at once, for the stories in which the product is killed under them.

use std::time::Duration;

use sandbox::telegram::PersonSpec;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::mini_app::MiniApp;
use crate::program::Program;

const FIRST_ID: i64 = 7001;
const PATIENCE: Duration = Duration::from_secs(30);

/// So many people who order, by their Telegram ids.
pub fn shoppers(count: usize) -> impl Iterator<Item = i64> {
    (FIRST_ID..).take(count)
}

/// The phone of one of them, as the CRM shows it.
#[must_use]
pub fn phone_of(shopper: i64) -> String {
    format!("+7900777{shopper}")
}

/// The dealer's catalogue comes in, and so many people meet the bot and share their phone.
///
/// # Panics
/// When the catalogue is refused or the bot says nothing.
pub async fn open_shop(program: &Program, count: usize) {
    for (what, table) in [
        ("models", include_str!("../../sandbox/data/models.csv")),
        ("parts", include_str!("../../sandbox/data/parts.csv")),
    ] {
        let file = program.path(what);
        std::fs::write(&file, table).expect("a file");
        program.ok(&["import", what, file.to_str().expect("UTF-8")]).await;
    }
    let mut meeting = JoinSet::new();
    for person in shoppers(count) {
        let telegram = program.telegram.clone();
        telegram.person(PersonSpec {
            id: person,
            first_name: format!("Покупатель {person}"),
            language_code: Some("ru".to_owned()),
            phone: phone_of(person).trim_start_matches('+').to_owned(),
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

impl MiniApp {
    /// Gets, or posts where there is a body, once. `None` when the product was away, or went away
    /// over it.
    ///
    /// # Panics
    /// When it refuses what is asked.
    pub async fn try_once(&self, path: &str, body: Option<&Value>) -> Option<Value> {
        let request = match body {
            Some(body) => self.request(reqwest::Method::POST, path).json(body),
            None => self.request(reqwest::Method::GET, path),
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
