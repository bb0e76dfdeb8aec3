//! What a webhook's event hints at.

use crate::crm::amo::connection::{CONTACT, LEAD};
use crate::crm::amo::inbound::webhook::{AmoAction, AmoEntity, AmoEvent};
use crate::crm::hear::Hint;
use crate::crm::tell::firm::COMPANY;

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
    let moved = event.status_id.filter(|_| event.action == Status);
    let stage = moved.map(|stage| stage.to_string());
    Some(Hint { stage, ..Hint::told(kind, event.id, event.updated_at) })
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
        let told = of(&hook.events[0]).unwrap();
        let found = Hint::found(LEAD, 28_450_917, Some("142".to_owned()), 1_767_232_800);
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
            assert_eq!(of(&hook.events[0]), None, "{body}");
        }
        let accepted = "unsorted[delete][0][uid]=x&unsorted[delete][0][action]=accept&unsorted[delete][0][accept_result][leads][0]=7";
        let hook = webhook::parse(accepted.as_bytes()).unwrap();
        assert_eq!(of(&hook.events[0]).map(|hint| hint.lane()), Some("lead:7".to_owned()));
    }
}
