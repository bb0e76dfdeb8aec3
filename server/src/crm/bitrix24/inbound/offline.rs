//! Offline events: for an application the portal keeps one row for each object that changed, until
//! it is fetched (Bitrix24 REST, api-reference/events, «offline events»). So nothing is lost while
//! we are down, and an access by consent alone, which brings no token to know sent events by, hears
//! too. Rows are fetched by the poll, reserved and only then removed; where a portal's plan cannot
//! reserve them they are not asked for, and the poll does without.

use domain::settings;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::crm::NoRecord;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::inbound::hint;
use crate::crm::bitrix24::{BitrixCalls, CallError};
use crate::crm::hear::Hint;
use crate::crm::limiter::Urgency;

/// The most rows that are reserved at once.
const AT_ONCE: usize = 50;

/// So often a poll fetches; a portal where thousands of deals were edited is read over several.
const GOES: usize = 40;

/// The feature of a portal's plan without which rows are gone as soon as they are read.
const RESERVES: &str = "rest_offline_extended";

/// What `event.offline.get` answers.
#[derive(Debug, Deserialize)]
struct Reserved {
    /// By it the rows are removed; `None` where there are none.
    process_id: Option<String>,
    #[serde(default)]
    events: Vec<Kept>,
}

/// An event that waited.
#[derive(Debug, Deserialize)]
struct Kept {
    #[serde(rename = "EVENT_NAME")]
    name: String,
    #[serde(rename = "EVENT_DATA", default)]
    data: Value,
    #[serde(rename = "MESSAGE_ID")]
    message: Value,
}

impl Kept {
    /// What it hints at. It names an object; what changed is read there.
    fn hint(&self) -> Option<Hint> {
        let of = |of: &str| {
            let places = ["FIELDS", "FIELDS_AFTER", "FIELDS_BEFORE"].into_iter();
            places.map(|at| &self.data[at][of]).find_map(|id| {
                id.as_u64().map(|id| id.to_string()).or_else(|| id.as_str().map(str::to_owned))
            })
        };
        let id = of("TASK_ID").or_else(|| of("ID"))?;
        hint::about(&self.name, &id, None)
    }
}

impl BitrixConnection {
    /// Has the portal keep the events that we follow, where its plan lets them be reserved.
    ///
    /// # Errors
    /// See [`CallError`]; a webhook may not ask.
    pub(super) async fn keep_events(
        &self,
        calls: BitrixCalls<'_>,
        approvals: bool,
    ) -> Result<bool, CallError> {
        let feature: Value = calls.call("feature.get", &json!({ "CODE": RESERVES })).await?;
        if feature["value"] != "Y" {
            return Ok(false);
        }
        let bound: Vec<Value> = calls.call("event.get", &json!({})).await?;
        let kept = |name: &str| {
            let is = |one: &Value| {
                let event = one["event"].as_str().unwrap_or_default();
                let offline = &one["offline"];
                event.eq_ignore_ascii_case(name) && (*offline == 1 || *offline == "1")
            };
            bound.iter().any(is)
        };
        for name in hint::wanted(approvals).into_iter().filter(|name| !kept(name)) {
            let params = json!({ "event": name, "event_type": "offline" });
            match calls.call::<Value>("event.bind", &params).await {
                // Another process was first; or this portal knows no such event.
                Ok(_) | Err(CallError::Rejected { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Remembers whether the portal keeps events for us.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn remember_kept(&self, keeps: bool) -> domain::Result<()> {
        let mut tx = self.db.begin().await?;
        settings::put(&mut tx, &self.kept_key(), if keeps { "yes" } else { "no" }).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn has_kept(&self) -> domain::Result<bool> {
        let told = settings::get(&mut self.db.read().await?, &self.kept_key()).await?;
        Ok(told.is_some_and(|told| told == "yes"))
    }

    fn kept_key(&self) -> String {
        format!("bitrix24:offline:{}", self.name())
    }
}

impl BitrixAccount<'_> {
    /// Fetches the events that the portal kept. Each go is in the inbox before its rows are
    /// removed, so one that is cut short is told twice and never not at all. A row that was reserved
    /// by a process that died before is not shown again: the search by date finds its change.
    ///
    /// # Errors
    /// When the database fails. A portal that does not answer is no error: the search by date, which
    /// follows, says so.
    pub(super) async fn fetch_kept(&self) -> anyhow::Result<()> {
        let Some(client) = self.bitrix.app_client() else { return Ok(()) };
        if !self.bitrix.has_kept().await? {
            return Ok(());
        }
        let calls = client.calls(&NoRecord).with_urgency(Urgency::Background);
        for _ in 0..GOES {
            let params = json!({ "limit": AT_ONCE, "clear": 0 });
            let Ok(reserved) = calls.call::<Reserved>("event.offline.get", &params).await else {
                break;
            };
            let Some(process) = &reserved.process_id else { break };
            if reserved.events.is_empty() {
                break;
            }
            self.take_up(&reserved.events).await?;
            let messages: Vec<&Value> = reserved.events.iter().map(|one| &one.message).collect();
            let params = json!({ "process_id": process, "message_id": messages });
            if calls.call::<Value>("event.offline.clear", &params).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn take_up(&self, events: &[Kept]) -> domain::Result<()> {
        let (name, now) = (self.bitrix.name(), self.bitrix.dealer.clock.now());
        let mut tx = self.bitrix.db.begin().await?;
        for event in events {
            if let Some(hint) = event.hint() {
                hint.keep(&mut tx, name, &format!("kept-{}", event.message), now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
