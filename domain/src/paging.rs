//! Pages by key: a list is newest first by id, and a page goes on below the last id of the one
//! before, so it costs the same however far down it is.

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
