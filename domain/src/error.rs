//! What a domain function may answer instead of success.

use crate::approvals::Refusal;
use crate::text::FieldFault;

/// An error that somebody acts on: a person corrects the input, a door answers 404, an operator
/// reads the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing, or it is another's: the two are never told apart.
    #[error("not found")]
    NotFound,
    /// The actor is known and lacks the right.
    #[error("forbidden")]
    Forbidden,
    /// A field of the input cannot be taken as it is.
    #[error("invalid {}: {}", .0.field, .0.problem)]
    Invalid(FieldFault),
    /// Somebody or something was first: the state does not allow it any more.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A decision does not count.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A file is larger than allowed; the limit in bytes.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// A file's content is of no allowed kind.
    #[error("unsupported file {0}")]
    UnsupportedFile(String),
    /// The database failed; not the person's fault.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The disk failed while a file was kept or read.
    #[error("file storage: {0}")]
    Storage(#[from] std::io::Error),
    /// Stored data does not read back as what was written.
    #[error("stored data: {0}")]
    Data(#[from] serde_json::Error),
}

/// The result of a domain function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The input's `field` has `problem`, a key of the texts such as `error-phone`.
    pub fn invalid(field: &'static str, problem: &'static str) -> Error {
        Error::Invalid(FieldFault { field, problem })
    }

    /// The stable code of the contract for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "not_found",
            Error::Forbidden => "forbidden",
            Error::Invalid(_) => "invalid",
            Error::Conflict(_) => "conflict",
            Error::Refused(refusal) => refusal.code(),
            Error::TooLarge(_) => "too_large",
            Error::UnsupportedFile(_) => "unsupported_file",
            Error::Database(_) | Error::Storage(_) | Error::Data(_) => "unavailable",
        }
    }
}
