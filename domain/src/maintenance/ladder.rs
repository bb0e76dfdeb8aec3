//! The ladder: which step of reminding a day has reached.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::dealer::Ladder;

/// Whether people are reminded on this day. What falls on a weekend is caught up on Monday.
pub(crate) fn is_working(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// How many days before the date the first step is.
pub(crate) fn reach(ladder: &Ladder) -> i64 {
    ladder.steps.iter().copied().max().unwrap_or(0).max(0)
}

/// The newest step that is reached `days` before the date (negative: after it), if any.
/// Steps after the date are negative multiples of `overdue_every`.
pub(crate) fn current(ladder: &Ladder, days: i64) -> Option<i64> {
    let planned = ladder.steps.iter().copied().filter(|step| *step >= days).min();
    let late = -days;
    let overdue = (ladder.overdue_every > 0 && late >= ladder.overdue_every)
        .then(|| -(late - late % ladder.overdue_every));
    [planned, overdue].into_iter().flatten().min()
}

/// The planned steps between the last one told and the current one: they are skipped.
pub(crate) fn skipped(ladder: &Ladder, current: i64, last: Option<i64>) -> Vec<i64> {
    let missed = |step: &i64| *step > current && last.is_none_or(|last| *step < last);
    ladder.steps.iter().copied().filter(missed).collect()
}
