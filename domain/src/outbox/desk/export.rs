//! Deliveries as CSV, for a spreadsheet that must not execute any of it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

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

/// The first line, after the mark by which spreadsheets know UTF-8.
pub fn export_head(texts: &Texts) -> String {
    format!("\u{feff}{}", line(COLUMNS.map(|key| texts.get(key).to_owned())))
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

/// Semicolons, as spreadsheets of Russian systems expect.
fn line(cells: [String; COLUMNS.len()]) -> String {
    let cells = cells.map(|text| cell(&text));
    format!("{}\r\n", cells.join(";"))
}

/// A cell that is text whatever it holds: quoted, and what a spreadsheet would take for a formula
/// stands behind an apostrophe (OWASP, «CSV Injection»), also where space hides its beginning.
fn cell(text: &str) -> String {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@');
    let hidden = text.starts_with(['\t', '\r']);
    let guarded = hidden || text.trim_start().starts_with(formula);
    let apostrophe = if guarded { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_is_a_formula() {
        for text in
            ["=1+1", "+7900", "-2", "@sum", "  =cmd|'/c calc'!A1", "\t=1", "\r=1", "\u{a0}=1"]
        {
            assert!(cell(text).starts_with("\"'"), "{text:?}: {}", cell(text));
        }
        assert_eq!(cell("ORD-2026-000001"), "\"ORD-2026-000001\"");
        assert_eq!(cell("он сказал \"нет\"; ушёл"), "\"он сказал \"\"нет\"\"; ушёл\"");
    }
}
