//! What an event hints at. It bears an id and nothing of what changed, comes at most once, sometimes
//! twice, in any order (Bitrix24 REST, api-reference/events).

use crate::crm::bitrix24::access::PortalEvent;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::hear::{Hint, TASK};

/// The events that we follow. Moves between pipelines raise no `ONCRMDEALUPDATE`.
pub(crate) const FOLLOWED: [(&str, Kind); 8] = [
    ("ONCRMDEALADD", Kind::Deal),
    ("ONCRMDEALUPDATE", Kind::Deal),
    ("ONCRMDEALDELETE", Kind::Deal),
    ("ONCRMDEALMOVETOCATEGORY", Kind::Deal),
    ("ONCRMLEADADD", Kind::Lead),
    ("ONCRMLEADUPDATE", Kind::Lead),
    ("ONCRMCONTACTUPDATE", Kind::Contact),
    ("ONCRMCOMPANYUPDATE", Kind::Company),
];

/// Those that only approvals need; a lead's own end matters to nothing else.
pub(crate) const ASKED: [(&str, &str); 4] = [
    ("ONCRMLEADDELETE", Kind::Lead.name()),
    ("ONTASKUPDATE", TASK),
    ("ONTASKDELETE", TASK),
    ("ONTASKCOMMENTADD", TASK),
];

/// The events that are to be told: all that are followed, those of approvals where such are asked.
pub(crate) fn wanted(approvals: bool) -> Vec<&'static str> {
    let asked = ASKED.iter().filter(|_| approvals).map(|(name, _)| *name);
    FOLLOWED.iter().map(|(name, _)| *name).chain(asked).collect()
}

/// What an event hints at; `None` where it is none that we follow, or names nothing.
pub(crate) fn of(event: &PortalEvent) -> Option<Hint> {
    // When it was sent, which is a little after the change.
    let at = event.member("ts").and_then(|ts| ts.trim().parse().ok());
    // A task's event tells it before or after; that of a comment tells its task.
    let names = ["[FIELDS]", "[FIELDS_AFTER]", "[FIELDS_BEFORE]"];
    let named = |of: &str| names.iter().find_map(|at| event.member(&format!("data{at}[{of}]")));
    let id = named("TASK_ID").or_else(|| named("ID"))?;
    about(&event.name, id, at)
}

/// The same of an event's name and the id that it bears.
pub(super) fn about(event: &str, id: &str, at: Option<i64>) -> Option<Hint> {
    let followed = FOLLOWED.iter().map(|(name, kind)| (*name, kind.name()));
    let mut all = followed.chain(ASKED);
    let (_, kind) = all.find(|(name, _)| name.eq_ignore_ascii_case(event))?;
    let id: u32 = id.trim().parse().ok()?;
    Some(Hint::told(kind, id, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(body: &str) -> Option<Hint> {
        of(&PortalEvent::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn an_event_names_an_entity_and_nothing_else() {
        let told = hint("event=ONCRMDEALUPDATE&data[FIELDS][ID]=7405&ts=1795161617").unwrap();
        assert_eq!(told.lane(), "deal:7405");
        assert_eq!((told.stage, told.at), (None, Some(1_795_161_617)));
        let moved = "event=oncrmdealmovetocategory&data[FIELDS][ID]=5&data[STAGE_ID]=C1:NEW";
        assert_eq!(hint(moved).map(|hint| hint.lane()), Some("deal:5".to_owned()));
    }

    #[test]
    fn a_task_is_named_before_or_after_and_by_its_comment() {
        for body in [
            "event=ONTASKUPDATE&data[FIELDS_BEFORE][ID]=5&data[FIELDS_AFTER][ID]=5",
            "event=ONTASKDELETE&data[FIELDS_BEFORE][ID]=5&data[FIELDS_AFTER]=undefined",
            "event=ONTASKCOMMENTADD&data[FIELDS_AFTER][ID]=0&data[FIELDS_AFTER][TASK_ID]=5",
        ] {
            assert_eq!(hint(body).map(|hint| hint.lane()), Some("task:5".to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_not_followed_or_names_nothing_is_no_hint() {
        for body in [
            "event=ONTASKADD&data[FIELDS_AFTER][ID]=5",
            "event=ONCRMDEALUPDATE",
            "event=ONCRMDEALUPDATE&data[FIELDS][ID]=7405;drop",
            "event=ONCRMDEALUPDATE&data[FIELDS][ID]=-1",
        ] {
            assert_eq!(hint(body), None, "{body}");
        }
    }
}
