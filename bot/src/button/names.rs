//! What buttons name besides ids: a conversation, a number that people know, an answer.

/// Names the conversation that a button belongs to: buttons of an earlier one are of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag(pub(super) String);

/// Opens one answer of one person to one version of a case, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token(pub(super) String);

/// The number of an order or a request, as its owner knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number(pub(super) String);

impl Tag {
    /// The tag of the conversation with this key.
    pub(crate) fn of(key: &str) -> Tag {
        let start = key.len().saturating_sub(8);
        Tag(key.get(start..).unwrap_or_default().to_owned())
    }
}

impl Token {
    /// A token as it stands in the database.
    pub(crate) fn of(token: &str) -> Token {
        Token(token.to_owned())
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Number {
    /// A number as it stands in the database.
    pub(crate) fn of(number: &str) -> Number {
        Number(number.to_owned())
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
