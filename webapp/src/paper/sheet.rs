//! Sheets of plates: A4, to be cut along the lines, each plate with its code for cameras and for eyes.

use std::fmt::Write as _;

use crate::paper::pdf::{self, Ink, Page, PaperError, Weight};
use crate::paper::qr::{self, Drawn};

/// A plate as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlateText {
    /// What the camera reads.
    pub address: String,
    /// What eyes read: `7K3M-9QXT`.
    pub code: String,
    /// What the dealer is called; may be empty.
    pub seller: String,
    /// The dealer's phone; may be empty.
    pub phone: String,
    /// What to do with it, in a few words.
    pub hint: String,
}

/// Plates in a row, and rows on a sheet.
const COLUMNS: usize = 3;
const ROWS: usize = 7;
/// How many plates are on a sheet.
pub const PER_SHEET: usize = COLUMNS * ROWS;
/// Millimetres: A4 less even margins.
const WIDTH: f32 = 60.0;
const HEIGHT: f32 = 38.0;
const LEFT: f32 = (210.0 - WIDTH * COLUMNS as f32) / 2.0;
const TOP: f32 = (297.0 - HEIGHT * ROWS as f32) / 2.0;
/// The code with the quiet zone around it that ISO/IEC 18004 asks for.
const QR: f32 = 27.0;

/// Points in a millimetre.
const MM_TO_POINTS: f32 = 72.0 / 25.4;

/// A text of a plate.
#[derive(Clone, Copy)]
enum Line {
    Seller,
    Code,
    Hint,
    Phone,
}

const LINES: [Line; 4] = [Line::Seller, Line::Code, Line::Hint, Line::Phone];

impl Line {
    /// How large and heavy it is, what it says, and how far down it begins, in millimetres.
    fn of(self, plate: &PlateText) -> (f32, &'static str, &str, f32) {
        match self {
            Line::Seller => (3.4, "bold", &plate.seller, 4.0),
            Line::Code => (4.2, "bold", &plate.code, 12.0),
            Line::Hint => (2.6, "normal", &plate.hint, 18.0),
            Line::Phone => (2.8, "normal", &plate.phone, 30.0),
        }
    }
}

/// Where things stand on a plate, in millimetres from its corner.
pub(crate) struct Place {
    pub(crate) left: f32,
    pub(crate) top: f32,
}

/// Where the nth plate of a sheet begins.
pub(crate) fn place(nth: usize) -> Place {
    let (row, column) = (nth / COLUMNS, nth % COLUMNS);
    let (row, column) = (row as f32, column as f32);
    Place { left: LEFT + column * WIDTH, top: TOP + row * HEIGHT }
}

/// The sheets as pictures, each a page of its own; none for an address that no code can hold.
#[must_use]
pub fn svg(plates: &[PlateText]) -> Option<Vec<String>> {
    plates.chunks(PER_SHEET).map(page).collect()
}

/// The sheets as one PDF.
///
/// # Errors
/// When the product was built without fonts, or an address fits no code.
pub fn pdf(plates: &[PlateText]) -> Result<Vec<u8>, PaperError> {
    let sheets = plates.chunks(PER_SHEET);
    pdf::document(("", "ru"), sheets, |page, plates| {
        for (nth, plate) in plates.iter().enumerate() {
            let drawn = qr::draw(&plate.address).ok_or(PaperError::Address)?;
            on_paper(page, &place(nth), plate, &drawn);
        }
        Ok(())
    })
}

/// As [`one`], where the font is known and lines are as long as they are.
fn on_paper(page: &mut Page<'_>, place: &Place, plate: &PlateText, drawn: &Drawn) {
    let Place { left, top } = *place;
    page.frame(left, top, WIDTH, HEIGHT);
    page.qr((left + 4.0, top + (HEIGHT - QR) / 2.0), QR, drawn);
    let (text, room) = (left + 4.0 + QR + 3.0, WIDTH - QR - 9.0);
    for (size, weight, words, down) in LINES.map(|line| line.of(plate)) {
        let points = size * MM_TO_POINTS;
        let weight = if weight == "bold" { Weight::Bold } else { Weight::Regular };
        let mut y = top + 4.0 + down;
        for line in page.fonts.wrap(words, points, weight, room) {
            page.text((text, y), points, (weight, Ink::Black), &line);
            y += size * 1.2;
        }
    }
}

fn page(plates: &[PlateText]) -> Option<String> {
    let mut page = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" viewBox="0 0 210 297" font-family="sans-serif"><rect width="210" height="297" fill="#fff"/>"##,
    );
    for (nth, plate) in plates.iter().enumerate() {
        one(&mut page, &place(nth), plate, &qr::draw(&plate.address)?);
    }
    page.push_str("</svg>\n");
    Some(page)
}

fn one(page: &mut String, place: &Place, plate: &PlateText, drawn: &Drawn) {
    let scale = QR / drawn.size as f32;
    let Place { left, top } = place;
    let (text, middle) = (left + 4.0 + QR + 3.0, top + 4.0);
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        r##"<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#bbb" stroke-width=".2" stroke-dasharray="2 2"/><g transform="translate({x} {y}) scale({scale})" shape-rendering="crispEdges"><path d="{path}"/></g>"##,
        x = left + 4.0,
        y = top + (HEIGHT - QR) / 2.0,
        path = drawn.path(),
    );
    for (size, weight, words, down) in LINES.map(|line| line.of(plate)) {
        let y = middle + down;
        for (nth, line) in wrapped(words, size).iter().enumerate() {
            let y = y + nth as f32 * size * 1.2;
            let words = escaped(line);
            let _ = write!(
                page,
                r#"<text x="{text}" y="{y}" font-size="{size}" font-weight="{weight}">{words}</text>"#
            );
        }
    }
}

/// Words in lines that fit beside the code. A picture does not know its font: half the size is what a
/// letter takes.
fn wrapped(words: &str, size: f32) -> Vec<String> {
    let room = WIDTH - QR - 9.0;
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        let fits = |line: &String| {
            (line.chars().count() + word.chars().count() + 1) as f32 * size * 0.55 <= room
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate(nth: usize) -> PlateText {
        PlateText {
            address: format!("https://park.example/p/{nth:08}"),
            code: format!("{nth:08}"),
            seller: "Станки & <Ко>".to_owned(),
            phone: String::new(),
            hint: "Наведите камеру".to_owned(),
        }
    }

    #[test]
    fn plates_fill_sheets_and_no_name_breaks_the_picture() {
        let plates: Vec<PlateText> = (0..PER_SHEET + 1).map(plate).collect();
        let sheets = svg(&plates).unwrap();
        assert_eq!(sheets.len(), 2);
        assert_eq!(sheets[0].matches("<path").count(), PER_SHEET);
        assert_eq!(sheets[1].matches("<path").count(), 1);
        assert!(sheets[0].contains("&amp;") && sheets[0].contains("&lt;Ко&gt;"));
        assert!(!sheets[0].contains("<Ко>"));
        let last = place(PER_SHEET - 1);
        assert!(last.left + WIDTH <= 210.0 && last.top + HEIGHT <= 297.0);
    }
}
