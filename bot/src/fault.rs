//! What can go wrong here, and who acts on it: the person, the queue of updates, the outbox.

use std::time::Duration;

use domain::Error;
use teloxide::{ApiError, DownloadError, RequestError};

/// Why a handler stopped.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The domain refused or failed.
    #[error(transparent)]
    Domain(#[from] Error),
    /// Telegram refused or could not be reached.
    #[error(transparent)]
    Telegram(#[from] RequestError),
    /// A file of Telegram's could not be fetched.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The person must say first who they are.
    #[error("the person is not known yet")]
    Stranger,
    /// The button belongs to something that has ended, or nobody made it.
    #[error("the button is of no use any more")]
    StaleButton,
}

/// Why an update was not dealt with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// It may pass later; until then its chat waits.
    #[error("try again: {why}")]
    Retry {
        /// When Telegram said so.
        after: Option<Duration>,
        /// In words for the operator.
        why: String,
    },
    /// Never, as it is.
    #[error("{0}")]
    Failed(String),
}

/// Why a message did not reach its person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The person blocked the bot, left Telegram or never started the bot. Already on record.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// Telegram asks to wait so long.
    #[error("too many requests, again after {0:?}")]
    TooMany(Duration),
    /// It was not sent; it may be later.
    #[error("not sent: {0}")]
    Retry(String),
    /// Telegram, or the case itself, says that it never will be.
    #[error("rejected: {0}")]
    Rejected(String),
    /// Telegram does not accept the bot's token: nothing can be sent until that is mended.
    #[error("the token is not accepted: {0}")]
    Unauthorized(String),
    /// It may have been sent: the answer was lost.
    #[error("outcome not known: {0}")]
    Unknown(String),
}

impl From<RequestError> for SendError {
    fn from(error: RequestError) -> SendError {
        match &error {
            RequestError::RetryAfter(seconds) => SendError::TooMany(seconds.duration()),
            // Before the connection stood, nothing can have been sent.
            RequestError::Network(cause) if cause.is_connect() || cause.is_builder() => {
                SendError::Retry(error.to_string())
            }
            RequestError::Network(_) | RequestError::InvalidJson { .. } => {
                SendError::Unknown(error.to_string())
            }
            RequestError::Io(_) => SendError::Retry(error.to_string()),
            RequestError::MigrateToChatId(_) => SendError::Rejected(error.to_string()),
            RequestError::Api(ApiError::InvalidToken) => SendError::Unauthorized(error.to_string()),
            RequestError::Api(api) => judge(api_text(api)),
        }
    }
}

impl From<Error> for SendError {
    fn from(error: Error) -> SendError {
        match error {
            Error::Database(_) | Error::Storage(_) => SendError::Retry(error.to_string()),
            _ => SendError::Rejected(error.to_string()),
        }
    }
}

impl From<SendError> for HandleError {
    fn from(error: SendError) -> HandleError {
        match error {
            SendError::TooMany(after) => {
                HandleError::Retry { after: Some(after), why: "too many requests".to_owned() }
            }
            SendError::Retry(why) | SendError::Unknown(why) | SendError::Unauthorized(why) => {
                HandleError::Retry { after: None, why }
            }
            SendError::Unreachable(why) | SendError::Rejected(why) => HandleError::Failed(why),
        }
    }
}

/// Telegram's own words for an error, which are the only thing it promises to tell apart by:
/// the client knows some of them in an older wording.
pub(crate) fn api_text(error: &ApiError) -> String {
    match error {
        ApiError::Unknown(text) => text.clone(),
        known => known.to_string(),
    }
}

/// Whether an edit failed only because the message shows this already.
pub(crate) fn is_not_modified(error: &RequestError) -> bool {
    matches!(error, RequestError::Api(api) if api_text(api).contains("message is not modified"))
}

/// Whether an edit failed because the message is gone or too old to be edited.
pub(crate) fn is_message_gone(error: &RequestError) -> bool {
    const SIGNS: [&str; 4] = [
        "message to edit not found",
        "message can't be edited",
        "MESSAGE_ID_INVALID",
        "message identifier is not specified",
    ];
    let RequestError::Api(api) = error else { return false };
    let text = api_text(api);
    SIGNS.iter().any(|sign| text.contains(sign))
}

fn judge(text: String) -> SendError {
    const GONE: [&str; 4] =
        ["Forbidden:", "chat not found", "bot can't initiate conversation", "user is deactivated"];
    const SERVER: [&str; 4] =
        ["Internal Server Error", "Bad Gateway", "Gateway Time", "Service Unavailable"];
    if GONE.iter().any(|sign| text.contains(sign)) {
        SendError::Unreachable(text)
    } else if SERVER.iter().any(|sign| text.contains(sign)) {
        SendError::Unknown(text)
    } else {
        SendError::Rejected(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> SendError {
        RequestError::Api(ApiError::Unknown(text.to_owned())).into()
    }

    #[test]
    fn a_person_out_of_reach_is_known_by_telegrams_words() {
        for text in [
            "Forbidden: bot was blocked by the user",
            "Forbidden: bot can't initiate conversation with a user",
            "Bad Request: chat not found",
        ] {
            assert!(matches!(sent(text), SendError::Unreachable(_)), "{text}");
        }
        let blocked: SendError = RequestError::Api(ApiError::BotBlocked).into();
        assert!(matches!(blocked, SendError::Unreachable(_)));
        assert!(matches!(sent("Bad Request: wrong thing"), SendError::Rejected(_)));
        assert!(matches!(sent("Internal Server Error"), SendError::Unknown(_)));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_told_from_one_that_finds_nothing() {
        let short =
            RequestError::Api(ApiError::Unknown("Bad Request: message is not modified".to_owned()));
        assert!(is_not_modified(&short) && !is_message_gone(&short));
        let gone = RequestError::Api(ApiError::MessageToEditNotFound);
        assert!(is_message_gone(&gone) && !is_not_modified(&gone));
    }
}
