//! How a call can fail, sorted by what has to be done about it.

use std::time::Duration;

use domain::texts::Lang;

use crate::crm::fault::AccessFault;

/// How a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub enum CallError {
    /// 429: nothing was done; wait, at least this long if the CRM said so.
    TooMany {
        /// What the CRM asked for.
        retry_after: Option<Duration>,
    },
    /// 401: the token expired or was revoked.
    Unauthorized,
    /// There is no token to send: consent is missing, or ended.
    NoAccess {
        /// Why, and with it what to do.
        fault: AccessFault,
    },
    /// 403 with a page instead of JSON: the account or our address is blocked. Pause everything.
    Blocked,
    /// 402: the account is not paid for.
    PaymentRequired,
    /// This one method may not be called for so long; other methods may.
    Resting {
        /// How long.
        after: Duration,
    },
    /// Any other refusal: the same request will never pass.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The CRM's stable word for the refusal, where it has one.
        code: Option<String>,
        /// The CRM's words.
        words: String,
    },
    /// 5xx: the work may or may not be done.
    ServerError {
        /// The HTTP status.
        status: u16,
    },
    /// No connection, or one that broke.
    Network {
        /// Whether the request may have reached the CRM.
        sent: bool,
    },
    /// No whole answer in time; the work may be done.
    Timeout,
    /// A success whose body cannot be understood; the work is probably done.
    Garbage,
    /// Nothing was sent: the request could not be built or kept.
    Local {
        /// Why.
        words: String,
    },
}

impl CallError {
    /// Whether a write that failed so may nevertheless have happened. Such a write is looked for
    /// before it is made again.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::ServerError { .. } | Self::Timeout | Self::Garbage => true,
            Self::Network { sent } => *sent,
            Self::TooMany { .. }
            | Self::Unauthorized
            | Self::NoAccess { .. }
            | Self::Blocked
            | Self::PaymentRequired
            | Self::Resting { .. }
            | Self::Rejected { .. }
            | Self::Local { .. } => false,
        }
    }

    /// What happened, for the delivery desk and the log.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::TooMany { retry_after: Some(wait) } => {
                format!("429 too many requests, asked to wait {} s", wait.as_secs())
            }
            Self::TooMany { retry_after: None } => "429 too many requests".to_owned(),
            // The dealer's people read these on the desk: cause and cure, in their language.
            Self::Unauthorized => format!("401: {}", AccessFault::LongLived.words(Lang::Ru)),
            Self::NoAccess { fault } => fault.words(Lang::Ru),
            Self::Blocked => "403 the CRM blocks us".to_owned(),
            Self::PaymentRequired => "402 the account of the CRM is not paid for".to_owned(),
            Self::Resting { after } => {
                format!("this method of the CRM may be called again in {} s", after.as_secs())
            }
            Self::Rejected { status, words, .. } => format!("{status} {words}"),
            Self::ServerError { status } => format!("{status} failure inside the CRM"),
            Self::Network { sent: false } => "no connection".to_owned(),
            Self::Network { sent: true } => "the connection broke before a whole answer".to_owned(),
            Self::Timeout => "no answer in time".to_owned(),
            Self::Garbage => "success with an answer that cannot be read".to_owned(),
            Self::Local { words } => format!("not sent: {words}"),
        }
    }

    /// Sorts a call that ended without an answer, or in the middle of one.
    pub(crate) fn of_transport(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Local { words: "the request cannot be built".to_owned() };
        }
        // A connection that never stood took nothing, even where it was time that ran out.
        if error.is_connect() {
            return Self::Network { sent: false };
        }
        if error.is_timeout() { Self::Timeout } else { Self::Network { sent: true } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_doubtful_writes_are_looked_for() {
        assert!(CallError::Timeout.outcome_unknown() && CallError::Garbage.outcome_unknown());
        assert!(CallError::ServerError { status: 502 }.outcome_unknown());
        assert!(CallError::Network { sent: true }.outcome_unknown());
        assert!(!CallError::Network { sent: false }.outcome_unknown());
        assert!(!CallError::TooMany { retry_after: None }.outcome_unknown());
        let refused = CallError::Rejected { status: 400, code: None, words: String::new() };
        assert!(!refused.outcome_unknown());
    }
}
