//! A passport on one A4 page.

use crate::paper::pdf::{self, Fonts, Ink, PAGE, Page, PaperError, Weight};
use crate::paper::qr;

/// What stands on the page, in the reader's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PassportSheet {
    pub(crate) language: &'static str,
    /// «Цифровой паспорт».
    pub(crate) kind: String,
    /// Model and serial.
    pub(crate) title: String,
    /// Category, maker.
    pub(crate) about: String,
    /// Company and site.
    pub(crate) place: String,
    /// What the camera reads.
    pub(crate) address: String,
    /// Titled lists of facts, in the order of their weight; what does not fit is left out at the end.
    pub(crate) parts: Vec<Part>,
    /// «ещё 4 строки»: said where something was left out, `$count` being how many rows.
    pub(crate) more: String,
    /// Who serves it, and when this was printed.
    pub(crate) foot: String,
}

/// A titled list of facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) title: String,
    /// Label and value; an empty label gives the value the whole width.
    pub(crate) rows: Vec<(String, String)>,
}

const LEFT: f32 = 16.0;
const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;
const TOP: f32 = 18.0;
const BOTTOM: f32 = PAGE.1 - 20.0;
const QR: f32 = 34.0;
/// Where values begin beside their labels.
const VALUES: f32 = 68.0;
/// Points, and the millimetres that a line of them takes.
const BODY: f32 = 9.5;
const LINE: f32 = 4.6;

/// The page as a PDF.
///
/// # Errors
/// When the product was built without fonts, or the address fits no code.
pub(crate) fn pdf(sheet: &PassportSheet) -> Result<Vec<u8>, PaperError> {
    let name = format!("{} {}", sheet.kind, sheet.title);
    pdf::document((&name, sheet.language), [sheet], draw)
}

fn draw(page: &mut Page<'_>, sheet: &PassportSheet) -> Result<(), PaperError> {
    let code = qr::draw(&sheet.address).ok_or(PaperError::Address)?;
    page.qr((LEFT + WIDTH - QR, TOP - 6.0), QR, &code);
    let mut y = head(page, sheet).max(TOP + QR - 2.0);
    page.rule(LEFT, y, WIDTH, Ink::Pale);
    y += 7.0;
    let mut left_out = 0;
    for part in sheet.parts.iter().filter(|part| !part.rows.is_empty()) {
        let rows: Vec<Row> = part.rows.iter().map(|row| Row::of(page.fonts, row)).collect();
        let first = rows.first().map_or(0.0, Row::height);
        if left_out > 0 || y + 6.0 + first > BOTTOM {
            left_out += rows.len();
            continue;
        }
        page.text((LEFT, y), 11.0, (Weight::Bold, Ink::Black), &part.title);
        y += 5.6;
        for row in &rows {
            if left_out > 0 || y + row.height() - LINE > BOTTOM {
                left_out += 1;
                continue;
            }
            row.draw(page, y);
            y += row.height();
        }
        y += 4.5;
    }
    if left_out > 0 {
        let more = sheet.more.replace("$count", &left_out.to_string());
        page.text((LEFT, (y + 1.0).min(BOTTOM + 4.0)), BODY, (Weight::Regular, Ink::Grey), &more);
    }
    page.rule(LEFT, PAGE.1 - 14.0, WIDTH, Ink::Pale);
    page.text((LEFT, PAGE.1 - 9.5), 8.0, (Weight::Regular, Ink::Grey), &sheet.foot);
    Ok(())
}

/// Writes the head beside the code; answers where it ends.
fn head(page: &mut Page<'_>, sheet: &PassportSheet) -> f32 {
    let (fonts, room) = (page.fonts, WIDTH - QR - 8.0);
    page.text((LEFT, TOP), 9.0, (Weight::Regular, Ink::Grey), &sheet.kind);
    let mut y = TOP + 9.0;
    for line in fonts.wrap(&sheet.title, 21.0, Weight::Bold, room).iter().take(2) {
        page.text((LEFT, y), 21.0, (Weight::Bold, Ink::Black), line);
        y += 8.6;
    }
    for text in [&sheet.about, &sheet.place] {
        for line in fonts.wrap(text, 10.5, Weight::Regular, room).iter().take(2) {
            page.text((LEFT, y), 10.5, (Weight::Regular, Ink::Black), line);
            y += 5.0;
        }
    }
    y
}

/// A fact, cut into the lines that it takes.
struct Row {
    label: Vec<String>,
    value: Vec<String>,
    /// Where the value begins.
    at: f32,
}

impl Row {
    fn of(fonts: Fonts, (label, value): &(String, String)) -> Row {
        let at = if label.is_empty() { LEFT } else { LEFT + VALUES };
        let room = LEFT + WIDTH - at;
        Row {
            label: fonts.wrap(label, BODY, Weight::Regular, VALUES - 4.0),
            value: fonts.wrap(value, BODY, Weight::Regular, room),
            at,
        }
    }

    fn height(&self) -> f32 {
        let lines = self.label.len().max(self.value.len()).max(1) as f32;
        lines * LINE + 0.4
    }

    fn draw(&self, page: &mut Page<'_>, top: f32) {
        for (lines, left, ink) in
            [(&self.label, LEFT, Ink::Grey), (&self.value, self.at, Ink::Black)]
        {
            let mut y = top;
            for line in lines {
                page.text((left, y), BODY, (Weight::Regular, ink), line);
                y += LINE;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_passport_holds_it_is_one_page() {
        if Fonts::load().is_err() {
            return;
        }
        let long = "Очень длинное описание комплектации ".repeat(40);
        let rows =
            |count: usize| (0..count).map(|n| (format!("Строка {n}"), long.clone())).collect();
        for count in [0, 1, 3, 400] {
            let sheet = PassportSheet {
                title: "16К20 № 1234".to_owned(),
                place: long.clone(),
                address: "https://park.example/p/7K3M9QXT".to_owned(),
                parts: vec![Part {
                    title: "Характеристики".to_owned(), rows: rows(count)
                }],
                more: "ещё $count".to_owned(),
                ..PassportSheet::default()
            };
            let bytes = pdf(&sheet).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(bytes.starts_with(b"%PDF-"));
            assert!(text.contains("/Count 1"), "{count} rows are one page");
        }
    }
}
