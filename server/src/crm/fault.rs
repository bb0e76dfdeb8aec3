//! Why an account does not let us in: one table of every cause. Cause and cure stand in the texts,
//! the same for `doctor`, the desk and the log. Which answers mean which cause stands with each CRM.

use domain::texts::{Lang, Texts};

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
    /// «Invalid webhook URL»: the incoming webhook of Bitrix24 does not exist any more, or never did.
    B24Webhook,
    /// «Access denied»: the webhook or the application lacks a right (scope).
    B24Scope,
    /// «Access denied»: the portal has no REST on its tariff, or the person no access.
    B24Denied,
    /// Bitrix24 refuses a token that it has just given.
    B24FreshRefused,
    /// Id or key of the application are wrong.
    B24Client,
    /// The code is older than its 30 seconds, or was used before.
    B24Code,
    /// The refresh token is dead.
    B24Revoked,
    /// The application was removed from the portal.
    B24NotInstalled,
    /// Whoever consented, or made the webhook, works there no more.
    B24User,
    /// An administrator closed the application to this person.
    B24AppClosed,
    /// The portal is not paid for.
    B24Unpaid,
    /// The portal was deleted.
    B24Deleted,
    /// Bitrix24 blocked REST of the portal by hand.
    B24Overload,
    /// The portal sends every call elsewhere, to where ours must not go.
    B24Moved,
    /// The redirect names a host that is not Bitrix24's.
    B24HostForeign,
    /// The consent is for another portal than the configured one.
    B24OtherPortal,
    /// Bitrix24 did not answer while a code was exchanged.
    B24NoAnswer,
    /// A refusal of Bitrix24's that this table does not know.
    B24Unknown,
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
    (F::B24Webhook, "b24-webhook"),
    (F::B24Scope, "b24-scope"),
    (F::B24Denied, "b24-denied"),
    (F::B24FreshRefused, "b24-fresh-refused"),
    (F::B24Client, "b24-client"),
    (F::B24Code, "b24-code"),
    (F::B24Revoked, "b24-revoked"),
    (F::B24NotInstalled, "b24-not-installed"),
    (F::B24User, "b24-user"),
    (F::B24AppClosed, "b24-app-closed"),
    (F::B24Unpaid, "b24-unpaid"),
    (F::B24Deleted, "b24-deleted"),
    (F::B24Overload, "b24-overload"),
    (F::B24Moved, "b24-moved"),
    (F::B24HostForeign, "b24-host-foreign"),
    (F::B24OtherPortal, "b24-other-portal"),
    (F::B24NoAnswer, "b24-no-answer"),
    (F::B24Unknown, "b24-unknown"),
];

impl AccessFault {
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

    /// Whether the pair is dead for good: the CRM need not be asked again before a new consent.
    #[must_use]
    pub fn ends_the_pair(self) -> bool {
        matches!(
            self,
            F::Revoked
                | F::OtherClient
                | F::RefreshExpired
                | F::Disabled
                | F::B24Revoked
                | F::B24NotInstalled
        )
    }

    /// Whether `doctor` should offer a new address of consent.
    #[must_use]
    pub fn wants_consent(self) -> bool {
        let mended = [F::NoConsent, F::WrongKey, F::FreshRefused, F::B24FreshRefused, F::B24User];
        self.ends_the_pair() || mended.contains(&self)
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
}
