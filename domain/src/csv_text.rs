//! CSV that a spreadsheet reads and executes nothing of.

/// By this mark spreadsheets know UTF-8; a file begins with it.
pub const MARK: char = '\u{feff}';

/// One line. Semicolons, as spreadsheets of Russian systems expect.
pub fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(text.as_ref())).collect();
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
