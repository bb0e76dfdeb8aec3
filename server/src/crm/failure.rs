//! What a failed call means for the delivery that made it.

use crate::crm::error::CallError;
use crate::worker::policy::Failure;

/// A call that makes something failed: it may be there all the same.
#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
pub(crate) fn creating(error: CallError) -> Failure {
    match sorted(&error) {
        Failure::Later { why } if error.outcome_unknown() => Failure::Unknown { why },
        other => other,
    }
}

/// A call that may be repeated as it is failed.
#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
pub(crate) fn reading(error: CallError) -> Failure {
    sorted(&error)
}

fn sorted(error: &CallError) -> Failure {
    let why = error.words();
    match error {
        CallError::TooMany { retry_after } => Failure::TooMany { after: *retry_after, why },
        CallError::Unauthorized
        | CallError::NoAccess { .. }
        | CallError::Blocked
        | CallError::PaymentRequired => Failure::Stop { why },
        CallError::Resting { after } => Failure::NotYet { after: *after, why },
        CallError::Rejected { .. } => Failure::Rejected { why },
        CallError::ServerError { .. }
        | CallError::Network { .. }
        | CallError::Timeout
        | CallError::Garbage
        | CallError::Local { .. } => Failure::Later { why },
    }
}
