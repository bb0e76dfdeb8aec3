//! Deliveries as CSV, for a spreadsheet that must not execute any of it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::csv_text::{MARK, line};
use crate::outbox::{Listed, State};
use crate::texts::Texts;

/// The columns, by the keys of their headings.
const COLUMNS: [&str; 11] = [
    "desk-csv-id",
    "desk-csv-promised",
    "desk-csv-connection",
    "desk-csv-kind",
    "desk-csv-subject",
    "desk-csv-entity",
    "desk-csv-state",
    "desk-csv-attempts",
    "desk-csv-next",
    "desk-csv-changed",
    "desk-csv-error",
];

/// The headings of the columns.
pub fn export_columns(texts: &Texts) -> [&str; COLUMNS.len()] {
    COLUMNS.map(|key| texts.get(key))
}

/// The first line, after the mark by which spreadsheets know UTF-8.
pub fn export_head(texts: &Texts) -> String {
    format!("{MARK}{}", line(export_columns(texts)))
}

/// A line for each delivery; times are the dealer's.
pub fn export_rows(rows: &[Listed], texts: &Texts, zone: Tz) -> String {
    rows.iter().map(|row| self::row(row, texts, zone)).collect()
}

fn row(listed: &Listed, texts: &Texts, zone: Tz) -> String {
    let delivery = &listed.delivery;
    let local = |time: DateTime<Utc>| time.with_timezone(&zone).format("%F %T").to_string();
    let waits = matches!(delivery.state, State::Queued | State::Waiting | State::Unknown);
    line([
        delivery.id.to_string(),
        local(delivery.created_at),
        delivery.connection.clone(),
        texts.get(&format!("app-delivery-{}", delivery.kind)).to_owned(),
        listed.subject.clone().unwrap_or_default(),
        delivery.entity.clone(),
        texts.get(&format!("state-delivery-{}", delivery.state.as_str())).to_owned(),
        delivery.attempts.to_string(),
        if waits { local(delivery.run_at) } else { String::new() },
        local(delivery.updated_at),
        delivery.last_error.clone().unwrap_or_default(),
    ])
}
