//! Pages by key: a list is newest first by id, and a page goes on below the last id of the one
//! before, so it costs the same however far down it is.

/// What a list is narrowed to; `W` says where its things may stand.
#[derive(Clone, Debug, Default)]
pub struct Filter<W> {
    /// Where they stand.
    pub which: W,
    /// What is searched, a whole value; it finds wherever they stand.
    pub words: Option<String>,
    /// Older than this one: the cursor of a page.
    pub before: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// Where cases stand that have a state and an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing<S> {
    /// Those that are not over.
    #[default]
    Open,
    /// All.
    All,
    /// Those in a state.
    In(S),
}

impl<S> Standing<S> {
    /// The state, where only one counts.
    pub fn state(self) -> Option<S> {
        match self {
            Standing::In(state) => Some(state),
            Standing::Open | Standing::All => None,
        }
    }
}

/// Some rows, and where the next page begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The key of the last row, where more follow.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Of rows that were asked for with [`one_more`] than `limit`; `key` is what they are ordered by.
    pub fn of(rows: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let rows: Vec<T> = rows.into_iter().take(limit).collect();
        let next = rows.last().filter(|_| more).map(key);
        Page { rows, next }
    }
}

/// The key that all rows of a page come before. Ids are hex digits: all come before `z`.
pub fn before(cursor: Option<&str>) -> &str {
    cursor.unwrap_or("z")
}

/// One more than is shown tells whether more follow.
pub fn one_more(limit: i64) -> i64 {
    limit + 1
}
