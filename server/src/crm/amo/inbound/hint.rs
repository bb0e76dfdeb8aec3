//! A hint: one entity of the account changed, whichever way we heard of it. A webhook is taken apart
//! into hints, the poll makes the same ones, and both meet in the same row of the inbox.

use chrono::DateTime;
use domain::inbox;
use serde::{Deserialize, Serialize};

use crate::crm::amo::connection::{CONTACT, LEAD};
use crate::crm::amo::inbound::webhook::{AmoAction, AmoEntity, AmoEvent};

/// The kind of their companies in links and hints.
pub(crate) const COMPANY: &str = "company";

/// The lane of webhooks that are not taken apart yet; hints have a lane per entity.
pub(crate) const RAW: &str = "account";

/// What an entity is said to have gone through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hint {
    /// `lead`, `contact` or `company`.
    pub(crate) kind: String,
    /// Its id there.
    pub(crate) id: i64,
    /// The stage that it moved to; `None` for any other change.
    #[serde(default)]
    pub(crate) status_id: Option<i64>,
    /// When, Unix seconds of theirs; some webhooks do not say.
    #[serde(default)]
    pub(crate) at: Option<i64>,
    /// `webhook` or `poll`: who told us first.
    pub(crate) told_by: String,
}

impl Hint {
    /// What a webhook's event hints at; `None` where there is nothing to follow.
    pub(crate) fn of(event: &AmoEvent) -> Option<Hint> {
        use AmoAction::{Add, Other, Restore, Status, Update};
        let kind = match (&event.entity, &event.action) {
            (AmoEntity::Lead, Add | Update | Status | Restore) => LEAD,
            // What came out of «Неразобранное» is a deal like any other.
            (AmoEntity::Unsorted, Other(action)) if action == "accept" => LEAD,
            (AmoEntity::Contact, Add | Update | Restore) => CONTACT,
            (AmoEntity::Company, Add | Update | Restore) => COMPANY,
            _ => return None,
        };
        let moved = event.action == Status;
        Some(Hint {
            kind: kind.to_owned(),
            id: event.id,
            status_id: event.status_id.filter(|_| moved),
            at: event.updated_at,
            told_by: "webhook".to_owned(),
        })
    }

    /// What the poll found.
    pub(crate) fn found(kind: &str, id: i64, status_id: Option<i64>, at: i64) -> Hint {
        Hint { kind: kind.to_owned(), id, status_id, at: Some(at), told_by: "poll".to_owned() }
    }

    /// What it must stay in order with.
    pub(crate) fn lane(&self) -> String {
        format!("{}:{}", self.kind, self.id)
    }

    /// The same for the same change. Where the time of the change is not known, `otherwise` tells
    /// the occasion.
    pub(crate) fn key(&self, otherwise: &str) -> String {
        let what = match self.status_id {
            Some(status) => format!("status:{status}"),
            None => "fields".to_owned(),
        };
        match self.at {
            Some(at) => format!("{}:{what}:{at}", self.lane()),
            None => format!("{}:{what}:{otherwise}", self.lane()),
        }
    }

    /// Keeps it in the inbox; `true` when nobody has told us of this change before.
    pub(crate) async fn keep(
        &self,
        tx: &mut domain::db::Tx,
        connection: &str,
        otherwise: &str,
        now: DateTime<chrono::Utc>,
    ) -> domain::Result<bool> {
        let body = serde_json::to_vec(self)?;
        let hint = inbox::Hint {
            source: connection,
            dedup_key: &self.key(otherwise),
            lane: &self.lane(),
            body: &body,
            at: self.at.and_then(|at| DateTime::from_timestamp(at, 0)),
        };
        inbox::hint(tx, hint, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::amo::inbound::webhook;

    #[test]
    fn both_ways_of_hearing_meet_in_one_key() {
        let body = include_bytes!(
            "../../../../../tests/fixtures/amocrm/webhooks/leads_status_account_hook.form"
        );
        let hook = webhook::parse(body).unwrap();
        let told = Hint::of(&hook.events[0]).unwrap();
        let found = Hint::found(LEAD, 28_450_917, Some(142), 1_767_232_800);
        assert_eq!(told.key("x"), found.key("y"));
        assert_eq!(told.lane(), found.lane());
    }

    #[test]
    fn a_deletion_or_a_note_is_nothing_to_follow() {
        for body in [
            "leads[delete][0][id]=5",
            "leads[note][0][note][element_id]=5",
            "task[update][0][id]=5",
        ] {
            let hook = webhook::parse(body.as_bytes()).unwrap();
            assert_eq!(hook.events.len(), 1, "{body}");
            assert_eq!(Hint::of(&hook.events[0]), None, "{body}");
        }
        let accepted = "unsorted[delete][0][uid]=x&unsorted[delete][0][action]=accept&unsorted[delete][0][accept_result][leads][0]=7";
        let hook = webhook::parse(accepted.as_bytes()).unwrap();
        assert_eq!(Hint::of(&hook.events[0]).map(|hint| hint.lane()), Some("lead:7".to_owned()));
    }
}
