//! Faults on demand, so that the bot's patience can be tried.

use crate::telegram::error::ApiError;

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with this many seconds to wait; nothing is done.
    TooMany {
        /// Seconds in `retry_after`.
        retry_after: u64,
    },
    /// 502 before anything is done.
    ServerError,
    /// The work is done, then 502 is answered.
    ErrorAfter,
    /// No answer for a minute; nothing is done.
    Hang,
    /// The connection breaks before anything is done.
    DropBefore,
    /// The work is done, then the connection breaks.
    DropAfter,
    /// Any refusal: status and text.
    Refuse {
        /// HTTP status.
        code: u16,
        /// The description.
        description: String,
    },
}

/// Faults that wait to be met, in order.
#[derive(Default)]
pub(crate) struct Faults {
    waiting: Vec<Waiting>,
}

struct Waiting {
    method: Option<String>,
    fault: Fault,
    left: u32,
}

impl Faults {
    pub(crate) fn set(&mut self, method: Option<String>, fault: Fault, count: u32) {
        self.waiting.push(Waiting { method, fault, left: count });
    }

    /// Takes the fault that a request of `method` (lower case) meets.
    pub(crate) fn take(&mut self, method: &str) -> Option<Fault> {
        let spared = matches!(method, "getupdates" | "getme");
        let found = self.waiting.iter_mut().find(|waiting| {
            waiting.left > 0 && waiting.method.as_deref().map_or(!spared, |wanted| wanted == method)
        })?;
        found.left -= 1;
        let fault = found.fault.clone();
        self.waiting.retain(|waiting| waiting.left > 0);
        Some(fault)
    }
}

/// The refusal that a fault answers with, when it answers at all.
pub(crate) fn refusal(fault: &Fault) -> Option<ApiError> {
    match fault {
        Fault::TooMany { retry_after } => Some(ApiError::too_many(*retry_after)),
        Fault::ServerError | Fault::ErrorAfter => Some(ApiError::new(502, "Bad Gateway")),
        Fault::Refuse { code, description } => Some(ApiError::new(*code, description.clone())),
        Fault::Hang | Fault::DropBefore | Fault::DropAfter => None,
    }
}
