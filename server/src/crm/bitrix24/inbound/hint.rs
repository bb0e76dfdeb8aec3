//! What an event hints at. It bears an id and nothing of what changed, comes at most once, sometimes
//! twice, in any order (Bitrix24 REST, api-reference/events).

use crate::crm::bitrix24::access::PortalEvent;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::hear::Hint;

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

/// What an event hints at; `None` where it is none that we follow, or names nothing.
pub(crate) fn of(event: &PortalEvent) -> Option<Hint> {
    // When it was sent, which is a little after the change.
    let at = event.member("ts").and_then(|ts| ts.trim().parse().ok());
    about(&event.name, event.member("data[FIELDS][ID]")?, at)
}

/// The same of an event's name and the id that it bears.
pub(super) fn about(event: &str, id: &str, at: Option<i64>) -> Option<Hint> {
    let (_, kind) = FOLLOWED.iter().find(|(name, _)| name.eq_ignore_ascii_case(event))?;
    let id: u32 = id.trim().parse().ok()?;
    Some(Hint::told(kind.name(), id, at))
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
