//! What a portal sends us, as it comes: a form with bracketed names. Before its token is checked it
//! is a stranger's, so nothing is unfolded: names are only looked up.

use std::collections::BTreeMap;

/// Events hold some ids and tokens.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// No event has so many members.
const PAIRS_LIMIT: usize = 200;

/// One event.
pub struct PortalEvent {
    /// `ONCRMDEALUPDATE`, `ONAPPINSTALL`, … in capitals.
    pub name: String,
    pairs: BTreeMap<String, String>,
}

impl PortalEvent {
    /// Reads a body; `None` where it is no event: too long, a name twice, or without a name.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<PortalEvent> {
        if body.len() > BODY_LIMIT {
            return None;
        }
        let mut pairs = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body).into_owned() {
            if pairs.len() == PAIRS_LIMIT || pairs.insert(name, value).is_some() {
                return None;
            }
        }
        let name = pairs.get("event").filter(|name| !name.is_empty())?.to_ascii_uppercase();
        Some(PortalEvent { name, pairs })
    }

    /// A member of `auth`.
    #[must_use]
    pub fn auth(&self, name: &str) -> Option<&str> {
        self.member(&format!("auth[{name}]"))
    }

    /// A member by its whole name, such as `data[FIELDS][ID]`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The event without what is secret in it, to be kept; of `auth` only which portal it is from.
    #[must_use]
    pub fn without_secrets(&self) -> Vec<u8> {
        let open = ["auth[domain]", "auth[member_id]"];
        let told = self.pairs.iter();
        let told =
            told.filter(|(name, _)| !name.starts_with("auth[") || open.contains(&name.as_str()));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(told)
            .finish()
            .into_bytes()
    }
}

impl std::fmt::Debug for PortalEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortalEvent").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../../../tests/fixtures/bitrix24/", $name, ".form.txt"))
        };
    }

    #[test]
    fn events_are_read_and_kept_without_their_keys() {
        let event = PortalEvent::parse(fixture!("event_oncrmdealupdate_app")).unwrap();
        assert_eq!(event.name, "ONCRMDEALUPDATE");
        assert_eq!(event.member("data[FIELDS][ID]"), Some("7405"));
        assert_eq!(event.auth("application_token"), Some("k2m9x7q4w1z8v5b3n6c0r2t4y7u1i9o5"));
        let kept = String::from_utf8(event.without_secrets()).unwrap();
        let expected = "auth%5Bdomain%5D=rosa-test.bitrix24.ru\
                        &auth%5Bmember_id%5D=7f3c1a90be5d4e21a6c8d0f1e2b3a4c5\
                        &data%5BFIELDS%5D%5BID%5D=7405&event=ONCRMDEALUPDATE\
                        &event_handler_id=201&ts=1795161617";
        assert_eq!(kept, expected);
        let install = PortalEvent::parse(fixture!("event_onappinstall")).unwrap();
        assert!(install.auth("refresh_token").is_some());
        assert!(!format!("{install:?}").contains("refresh"));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for body in ["", "event=", "ts=1", "event=A&event=B", "{\"event\":\"ONAPPINSTALL\"}"] {
            assert!(PortalEvent::parse(body.as_bytes()).is_none(), "{body}");
        }
        let many: String = (0..300).map(|at| format!("x{at}=1&")).collect();
        assert!(PortalEvent::parse(format!("{many}event=A").as_bytes()).is_none());
        assert!(
            PortalEvent::parse(format!("event=A&x={}", "x".repeat(70_000)).as_bytes()).is_none()
        );
    }
}
