//! Why an account does not let us in: one table of every cause, with the answers of amoCRM that
//! mean it. Cause and cure stand in the texts, the same for `doctor`, the desk and the log.

use domain::texts::{Lang, Texts};
use reqwest::StatusCode;

/// A cause that only a person can mend, or that ends one consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessFault {
    /// Nobody has consented yet.
    NoConsent,
    /// The long-lived token is not accepted.
    LongLived,
    /// A pair that is fresh is not accepted.
    FreshRefused,
    /// «Некорректный клиент»: id and secret do not belong together, or not to the pair.
    IncorrectClient,
    /// «Cannot decrypt the authorization code»: another redirect address, or a code cut short.
    CodeUnreadable,
    /// The code waited for more than 20 minutes.
    CodeExpired,
    /// The code was used before.
    CodeUsed,
    /// The redirect address is not the one of the integration.
    RedirectMismatch,
    /// There is no such account at this address.
    AccountUnknown,
    /// Something that amoCRM needs was not sent.
    Incomplete,
    /// The access was revoked, or the refresh token was used before.
    Revoked,
    /// The pair is another integration's.
    OtherClient,
    /// Nobody refreshed the pair for three months.
    RefreshExpired,
    /// An administrator disabled the integration.
    Disabled,
    /// `SECRET_KEY` is not the one that the pair was sealed with.
    WrongKey,
    /// A refusal that this table does not know.
    Unknown,
    /// The person refused.
    Denied,
    /// The state is none of ours, too old, or was used.
    StateUnknown,
    /// The redirect names a host that is not amoCRM's.
    HostForeign,
    /// The consent is for another account than the configured one.
    OtherAccount,
    /// amoCRM did not answer while a code was exchanged.
    NoAnswer,
    /// Our own database did not take it.
    NotKept,
}

use AccessFault as F;

/// Each cause with its stable word, which is also the end of the keys of its texts.
const WORDS: &[(AccessFault, &str)] = &[
    (F::NoConsent, "no-consent"),
    (F::LongLived, "long-lived"),
    (F::FreshRefused, "fresh-refused"),
    (F::IncorrectClient, "incorrect-client"),
    (F::CodeUnreadable, "code-unreadable"),
    (F::CodeExpired, "code-expired"),
    (F::CodeUsed, "code-used"),
    (F::RedirectMismatch, "redirect-mismatch"),
    (F::AccountUnknown, "account-unknown"),
    (F::Incomplete, "incomplete"),
    (F::Revoked, "revoked"),
    (F::OtherClient, "other-client"),
    (F::RefreshExpired, "refresh-expired"),
    (F::Disabled, "disabled"),
    (F::WrongKey, "wrong-key"),
    (F::Unknown, "unknown"),
    (F::Denied, "denied"),
    (F::StateUnknown, "state-unknown"),
    (F::HostForeign, "host-foreign"),
    (F::OtherAccount, "other-account"),
    (F::NoAnswer, "no-answer"),
    (F::NotKept, "not-kept"),
];

/// What `hint` of an answer of `/oauth2/access_token` means; titles and details are translated
/// there and tell nothing. Seen by others in the wild, save the two of the refresh token's end,
/// which are those of the library that amoCRM uses.
const HINTS: &[(&str, AccessFault)] = &[
    ("Cannot decrypt the authorization code", F::CodeUnreadable),
    ("Authorization code has expired", F::CodeExpired),
    ("Authorization code has been revoked", F::CodeUsed),
    ("Authorization code was not issued to this client", F::OtherClient),
    ("Redirect URI is not associated with client", F::RedirectMismatch),
    ("Invalid redirect URI", F::RedirectMismatch),
    ("Invalid account", F::AccountUnknown),
    ("Check the `", F::Incomplete),
    ("Token has been revoked", F::Revoked),
    ("Token is not linked to client", F::OtherClient),
    ("Token has expired", F::RefreshExpired),
    ("Cannot decrypt the refresh token", F::RefreshExpired),
];

impl AccessFault {
    /// What a refusal of the token's address means.
    #[must_use]
    pub fn of_refusal(status: StatusCode, hint: Option<&str>) -> Self {
        let known = hint.and_then(|hint| HINTS.iter().find(|(start, _)| hint.starts_with(start)));
        match (known, status.as_u16(), hint) {
            (Some((_, fault)), ..) => *fault,
            // Without a hint it is the client that is not believed.
            (None, 401, None) => Self::IncorrectClient,
            (None, 404, _) => Self::AccountUnknown,
            _ => Self::Unknown,
        }
    }

    /// Its stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(fault, _)| *fault == self).map_or("unknown", |(_, word)| word)
    }

    /// The cause of a stable word.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        WORDS.iter().find(|(_, known)| *known == word).map_or(Self::Unknown, |(fault, _)| *fault)
    }

    /// Whether the pair is dead for good: amoCRM need not be asked again before a new consent.
    #[must_use]
    pub fn ends_the_pair(self) -> bool {
        matches!(self, F::Revoked | F::OtherClient | F::RefreshExpired | F::Disabled)
    }

    /// Whether `doctor` should offer a new address of consent.
    #[must_use]
    pub fn wants_consent(self) -> bool {
        self.ends_the_pair() || matches!(self, F::NoConsent | F::WrongKey | F::FreshRefused)
    }

    /// What is the matter.
    #[must_use]
    pub fn cause(self, lang: Lang) -> String {
        Texts::of(lang).format(&format!("crm-access-{}", self.word()), &[])
    }

    /// What to do about it.
    #[must_use]
    pub fn cure(self, lang: Lang) -> String {
        Texts::of(lang).format(&format!("crm-access-{}-cure", self.word()), &[])
    }

    /// Cause and cure.
    #[must_use]
    pub fn words(self, lang: Lang) -> String {
        format!("{} {}", self.cause(lang), self.cure(lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_cause_and_cure_in_both_languages() {
        for (fault, word) in WORDS {
            assert_eq!(AccessFault::of_word(word), *fault);
            for lang in [Lang::Ru, Lang::En] {
                for key in [format!("crm-access-{word}"), format!("crm-access-{word}-cure")] {
                    assert!(Texts::of(lang).has(&key), "{key}");
                }
            }
        }
    }

    #[test]
    fn the_typical_errors_are_told_apart() {
        let of = |status: u16, body: &str| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            let status = StatusCode::from_u16(status).unwrap();
            AccessFault::of_refusal(status, body["hint"].as_str())
        };
        macro_rules! fixture {
            ($name:literal) => {
                include_str!(concat!("../../../../../tests/fixtures/amocrm/errors/", $name))
            };
        }
        let unreadable = fixture!("oauth_400_code_cannot_decrypt.json");
        assert_eq!(of(400, unreadable), AccessFault::CodeUnreadable);
        assert_eq!(of(400, fixture!("oauth_400_code_expired.json")), AccessFault::CodeExpired);
        assert_eq!(of(400, fixture!("oauth_400_code_reused.json")), AccessFault::CodeUsed);
        let client = fixture!("oauth_401_incorrect_client.json");
        assert_eq!(of(401, client), AccessFault::IncorrectClient);
        assert_eq!(of(401, fixture!("oauth_401_refresh_revoked.json")), AccessFault::Revoked);
        assert_eq!(of(400, r#"{"hint":"Something new"}"#), AccessFault::Unknown);
        assert_eq!(of(404, "{}"), AccessFault::AccountUnknown);
        let missing = r#"{"hint":"Check the `client_id` parameter"}"#;
        assert_eq!(of(400, missing), AccessFault::Incomplete);
    }
}
