//! A CSV file as people save it: either encoding, either separator, columns in any order.

use std::borrow::Cow;

use chrono::NaiveDate;
use csv::StringRecord;

use crate::text::clean;
use crate::{Error, Money, Result};

/// A file's rows under known columns.
pub(super) struct Sheet {
    columns: Vec<&'static str>,
    rows: Vec<(usize, StringRecord)>,
}

/// One row; `None` from a reading function is a column that the file does not have.
pub(super) struct Row<'s> {
    columns: &'s [&'static str],
    cells: &'s StringRecord,
}

impl Sheet {
    /// Reads a file whose columns are among `known` and hold all of `required`.
    pub(super) fn read(
        bytes: &[u8],
        known: &[&'static str],
        required: &[&'static str],
    ) -> Result<Sheet> {
        let text = decode(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator(&text))
            .flexible(true)
            .from_reader(text.as_bytes());
        let broken = |_| Error::invalid("file", "error-import-file");
        let mut columns: Vec<&'static str> = Vec::new();
        for name in reader.headers().map_err(broken)? {
            let name = name.trim().to_lowercase();
            let column = known.iter().find(|column| **column == name);
            let column = column.ok_or(Error::invalid("header", "error-import-column"))?;
            if columns.contains(column) {
                return Err(Error::invalid(column, "error-import-column-twice"));
            }
            columns.push(column);
        }
        if let Some(missing) = required.iter().find(|column| !columns.contains(column)) {
            return Err(Error::invalid(missing, "error-import-column-missing"));
        }
        let mut rows = Vec::new();
        let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
        for record in reader.into_records() {
            let record = record.map_err(broken)?;
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                rows.push((lines.of(&record), record));
            }
        }
        Ok(Sheet { columns, rows })
    }

    /// The rows that are not empty, each with its line number in the file.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, Row<'_>)> {
        let columns = self.columns.as_slice();
        self.rows.iter().map(move |(line, cells)| (*line, Row { columns, cells }))
    }
}

impl Row<'_> {
    /// Refuses a row with more or fewer cells than the header: its values may have shifted.
    pub(super) fn check(&self) -> Result<()> {
        if self.cells.len() == self.columns.len() {
            return Ok(());
        }
        Err(Error::invalid("line", "error-import-cells"))
    }

    /// A cell that must not be empty.
    pub(super) fn required(&self, column: &'static str) -> Result<String> {
        match self.text(column)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Error::invalid(column, "error-required")),
        }
    }

    /// A cell as text, perhaps empty.
    pub(super) fn text(&self, column: &'static str) -> Result<Option<String>> {
        match self.cell(column) {
            None => Ok(None),
            Some("") => Ok(Some(String::new())),
            Some(text) => {
                clean(text, 4000).map(Some).ok_or(Error::invalid(column, "error-too-long"))
            }
        }
    }

    /// A cell that `parse` understands, or an empty one.
    pub(super) fn parsed<T>(
        &self,
        column: &'static str,
        problem: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Option<T>>> {
        match self.cell(column) {
            None => Ok(None),
            Some("") => Ok(Some(None)),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(Some(value))),
                None => Err(Error::invalid(column, problem)),
            },
        }
    }

    /// A whole number that is not negative.
    pub(super) fn count(&self, column: &'static str) -> Result<Option<Option<i64>>> {
        self.parsed(column, "error-number", |text| {
            let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            plain.parse().ok().filter(|count| (0..=1_000_000_000).contains(count))
        })
    }

    /// An amount in roubles.
    pub(super) fn money(&self, column: &'static str) -> Result<Option<Option<Money>>> {
        self.parsed(column, "error-money", Money::parse_roubles)
    }

    /// A date, as the contract or as a Russian spreadsheet writes it.
    pub(super) fn date(&self, column: &'static str) -> Result<Option<Option<NaiveDate>>> {
        self.parsed(column, "error-date", |text| {
            let forms = ["%Y-%m-%d", "%d.%m.%Y"];
            forms.into_iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        })
    }

    /// The items of a list, without empty ones.
    pub(super) fn list(&self, column: &'static str) -> Option<Vec<String>> {
        let cell = self.cell(column)?;
        let items = cell.split('|').map(str::trim).filter(|item| !item.is_empty());
        Some(items.map(str::to_owned).collect())
    }

    fn cell(&self, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|name| *name == column)?;
        self.cells.get(index).map(str::trim)
    }
}

/// UTF-8 with or without its mark; what is not valid UTF-8 is Windows-1251.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1251.decode_without_bom_handling(bytes).0,
    }
}

/// Counts the lines of a text up to its records, as an editor does: the reader's own count stands
/// before the empty lines that it skips.
struct Lines<'t> {
    text: &'t [u8],
    counted: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line where this record, later than the one before, begins.
    fn of(&mut self, record: &StringRecord) -> usize {
        let start = record.position().map_or(0, csv::Position::byte);
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.text.len());
        let blank = self.text[start..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let passed = self.text.get(self.counted..start + blank).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = self.counted.max(start + blank);
        self.line
    }
}

/// Column names hold neither mark, so the header tells which one separates.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    if header.contains(';') { b';' } else { b',' }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8]) -> Vec<(usize, String)> {
        let sheet = Sheet::read(bytes, &["code", "name", "price"], &["name"]).unwrap();
        sheet.rows().map(|(line, row)| (line, row.required("name").unwrap())).collect()
    }

    #[test]
    fn both_encodings_and_both_separators_read_the_same() {
        let text = "code;Name\n1;Шпиндель\n\n2;\"Вал; длинный\"\n;\n";
        let expected = vec![(2, "Шпиндель".to_owned()), (4, "Вал; длинный".to_owned())];
        assert_eq!(names(text.as_bytes()), expected);
        assert_eq!(names(format!("\u{feff}{text}").as_bytes()), expected);
        let (cp1251, ..) = encoding_rs::WINDOWS_1251.encode(text);
        assert_eq!(names(&cp1251), expected);
        assert_eq!(
            names("name,code\r\nШпиндель,1\r\n\r\n\"Вал, длинный\",2\r\n".as_bytes()),
            vec![(2, "Шпиндель".to_owned()), (4, "Вал, длинный".to_owned())]
        );
    }

    #[test]
    fn a_file_with_a_wrong_header_is_refused_whole() {
        let fault = |text: &str| match Sheet::read(text.as_bytes(), &["code", "name"], &["name"]) {
            Err(Error::Invalid(fault)) => (fault.field, fault.problem),
            _ => ("", ""),
        };
        assert_eq!(fault("code;name;colour\n"), ("header", "error-import-column"));
        assert_eq!(fault("code\n1\n"), ("name", "error-import-column-missing"));
        assert_eq!(fault("name;name\n1;2\n"), ("name", "error-import-column-twice"));
        assert_eq!(fault(""), ("name", "error-import-column-missing"));
    }

    #[test]
    fn cells_are_read_or_refused_with_a_reason() {
        let text = "name;price;code\nA;12,50;3\nB;;\nC;дорого;x\nD;1\n";
        let sheet = Sheet::read(text.as_bytes(), &["code", "name", "price"], &[]).unwrap();
        let rows: Vec<_> = sheet.rows().collect();
        assert_eq!(rows[0].1.money("price").unwrap(), Some(Some(Money::kopecks(1250))));
        assert_eq!(rows[0].1.count("code").unwrap(), Some(Some(3)));
        assert_eq!(rows[1].1.money("price").unwrap(), Some(None));
        assert!(rows[2].1.money("price").is_err());
        assert!(rows[2].1.count("code").is_err());
        assert_eq!(rows[0].1.count("absent").unwrap(), None);
        assert!(rows[3].1.check().is_err());
    }
}
