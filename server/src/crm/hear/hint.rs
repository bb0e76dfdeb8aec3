//! A hint: one entity of an account changed, whichever way we heard of it. A webhook is taken apart
//! into hints, the poll makes the same ones, and both meet in the inbox.

use chrono::{DateTime, Utc};
use domain::inbox;
use serde::{Deserialize, Deserializer, Serialize};

/// The lane of webhooks that are not taken apart yet; hints have a lane per entity.
pub(crate) const RAW: &str = "account";

/// A task; those of approvals are followed.
pub(crate) const TASK: &str = "task";

/// What an entity is said to have gone through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hint {
    /// `lead`, `deal`, `contact`, `company` or `task`.
    pub(crate) kind: String,
    /// Its id there.
    #[serde(deserialize_with = "word")]
    pub(crate) id: String,
    /// The stage that it moved to; `None` for any other change, or where nobody told.
    #[serde(default, alias = "status_id", deserialize_with = "some_word")]
    pub(crate) stage: Option<String>,
    /// When, Unix seconds of theirs; some webhooks do not say.
    #[serde(default)]
    pub(crate) at: Option<i64>,
    /// `webhook` or `poll`: who told us first.
    pub(crate) told_by: String,
}

impl Hint {
    /// What the poll found.
    pub(crate) fn found(
        kind: &str,
        id: impl std::fmt::Display,
        stage: Option<String>,
        at: i64,
    ) -> Hint {
        let (kind, id) = (kind.to_owned(), format!("{id}"));
        Hint { kind, id, stage, at: Some(at), told_by: "poll".to_owned() }
    }

    /// What a webhook told.
    pub(crate) fn told(kind: &str, id: impl std::fmt::Display, at: Option<i64>) -> Hint {
        let (kind, id) = (kind.to_owned(), format!("{id}"));
        Hint { kind, id, stage: None, at, told_by: "webhook".to_owned() }
    }

    /// What it must stay in order with.
    pub(crate) fn lane(&self) -> String {
        format!("{}:{}", self.kind, self.id)
    }

    /// The same for the same change. Where the time of the change is not known, `otherwise` tells
    /// the occasion.
    pub(crate) fn key(&self, otherwise: &str) -> String {
        let what = match &self.stage {
            Some(stage) => format!("status:{stage}"),
            None => "fields".to_owned(),
        };
        match self.at {
            Some(at) => format!("{}:{what}:{at}", self.lane()),
            None => format!("{}:{what}:{otherwise}", self.lane()),
        }
    }

    /// Keeps it in the inbox; `true` when nobody has told us of this change before. One that says no
    /// more than that something changed is not kept beside another that nobody has taken up: that one
    /// will find it.
    pub(crate) async fn keep(
        &self,
        tx: &mut domain::db::Tx,
        connection: &str,
        otherwise: &str,
        now: DateTime<Utc>,
    ) -> domain::Result<bool> {
        let lane = self.lane();
        if self.stage.is_none() && inbox::is_awaited(tx, connection, &lane).await? {
            return Ok(false);
        }
        let body = serde_json::to_vec(self)?;
        let hint = inbox::Hint {
            source: connection,
            dedup_key: &self.key(otherwise),
            lane: &lane,
            body: &body,
            at: self.at.and_then(|at| DateTime::from_timestamp(at, 0)),
        };
        inbox::hint(tx, hint, now).await
    }
}

/// Ids and stages were kept as numbers once, and may still wait in an inbox.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Number(i64),
    Text(String),
}

impl From<Word> for String {
    fn from(word: Word) -> String {
        match word {
            Word::Number(number) => number.to_string(),
            Word::Text(text) => text,
        }
    }
}

fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Word::deserialize(deserializer).map(String::from)
}

fn some_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Word>::deserialize(deserializer)?.map(String::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_from_before_is_still_understood() {
        let kept = r#"{"kind":"lead","id":28450917,"status_id":142,"at":1,"told_by":"webhook"}"#;
        let hint: Hint = serde_json::from_str(kept).unwrap();
        assert_eq!(hint.key("x"), "lead:28450917:status:142:1");
        let again: Hint = serde_json::from_slice(&serde_json::to_vec(&hint).unwrap()).unwrap();
        assert_eq!(again, hint);
    }
}
