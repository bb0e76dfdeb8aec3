//! A4 pages as a PDF: text in a font of ours, lines, codes. Millimetres from the top left corner.

use std::sync::LazyLock;

use krilla::Document;
use krilla::color::rgb;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use crate::paper::qr::Drawn;

/// PT Sans (ParaType, OFL 1.1), from the npm package that `static/build.mjs` copies.
static REGULAR: &[u8] = include_bytes!("../../../static/fonts/PTSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../static/fonts/PTSans-Bold.ttf");

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;
/// A4, in millimetres.
pub(crate) const PAGE: (f32, f32) = (210.0, 297.0);

/// Why nothing can be printed.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The fonts were not there when the product was built.
    #[error("the product was built without its fonts: run `make build`")]
    NoFonts,
    /// An address that no code can hold.
    #[error("the address is too long for a code")]
    Address,
    /// The document could not be written.
    #[error("the document cannot be written: {0:?}")]
    Written(KrillaError),
}

/// How heavy a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// How dark something is.
#[derive(Clone, Copy)]
pub(crate) enum Ink {
    Black,
    Grey,
    Pale,
}

struct Face {
    font: Font,
    data: FontRef<'static>,
}

impl Face {
    fn load(bytes: &'static [u8]) -> Option<Face> {
        let data = FontRef::new(bytes).ok()?;
        Some(Face { font: Font::new(bytes.into(), 0)?, data })
    }
}

static FACES: LazyLock<Option<(Face, Face)>> =
    LazyLock::new(|| Some((Face::load(REGULAR)?, Face::load(BOLD)?)));

/// The fonts of a document.
#[derive(Clone, Copy)]
pub(crate) struct Fonts(&'static (Face, Face));

impl Fonts {
    pub(crate) fn load() -> Result<Fonts, PaperError> {
        FACES.as_ref().map(Fonts).ok_or(PaperError::NoFonts)
    }

    fn face(self, weight: Weight) -> &'static Face {
        match weight {
            Weight::Regular => &self.0.0,
            Weight::Bold => &self.0.1,
        }
    }

    /// The glyphs of a line with their widths, in parts of the size. Russian and English need no more
    /// than a glyph per letter; a letter that the font lacks becomes a question mark.
    fn glyphs(self, text: &str, weight: Weight) -> Vec<KrillaGlyph> {
        let face = self.face(weight);
        let (map, size) = (face.data.charmap(), Size::unscaled());
        let metrics = face.data.glyph_metrics(size, LocationRef::default());
        let units = f32::from(face.data.metrics(size, LocationRef::default()).units_per_em);
        let glyph = |(at, letter): (usize, char)| {
            let other = match letter {
                '∅' | '⌀' => 'Ø',
                '‑' | '−' => '-',
                blank if blank.is_whitespace() || blank.is_control() => ' ',
                _ => '?',
            };
            let id = map.map(letter).or_else(|| map.map(other)).unwrap_or_default();
            let advance = metrics.advance_width(id).unwrap_or_default() / units;
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(GlyphId::new(id.to_u32()), advance, 0.0, 0.0, 0.0, range, None)
        };
        text.char_indices().map(glyph).collect()
    }

    /// How wide a line is, in millimetres; `size` in points.
    pub(crate) fn width(self, text: &str, size: f32, weight: Weight) -> f32 {
        let glyphs = self.glyphs(text, weight);
        glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * size / POINTS
    }

    /// A text in lines no wider than `room` millimetres; a word that is wider is broken.
    pub(crate) fn wrap(self, text: &str, size: f32, weight: Weight, room: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
                let longer =
                    if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width(&longer, size, weight) <= room {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line = self.broken(word, size, (weight, room), &mut lines);
            }
            lines.push(line);
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    /// What is left of a word after as many full lines as it needs.
    fn broken(
        self,
        word: &str,
        size: f32,
        (weight, room): (Weight, f32),
        lines: &mut Vec<String>,
    ) -> String {
        let mut line = String::new();
        for letter in word.chars() {
            line.push(letter);
            if self.width(&line, size, weight) > room && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
        line
    }
}

/// A page that is being drawn.
pub(crate) struct Page<'a> {
    surface: Surface<'a>,
    pub(crate) fonts: Fonts,
}

impl Page<'_> {
    fn ink(&mut self, ink: Ink) {
        let shade = match ink {
            Ink::Black => 0,
            Ink::Grey => 95,
            Ink::Pale => 190,
        };
        self.surface.set_fill(Some(Fill {
            paint: rgb::Color::new(shade, shade, shade).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    /// Writes a line whose base begins at `at`; `size` in points.
    pub(crate) fn text(
        &mut self,
        at: (f32, f32),
        size: f32,
        (weight, ink): (Weight, Ink),
        text: &str,
    ) {
        self.ink(ink);
        let glyphs = self.fonts.glyphs(text, weight);
        let start = Point::from_xy(at.0 * POINTS, at.1 * POINTS);
        let font = self.fonts.face(weight).font.clone();
        self.surface.draw_glyphs(start, &glyphs, font, text, size, false);
    }

    /// Fills boxes: left, top, width, height.
    fn boxes(&mut self, ink: Ink, boxes: impl Iterator<Item = (f32, f32, f32, f32)>) {
        let mut path = PathBuilder::new();
        for (left, top, width, height) in boxes {
            let rect =
                Rect::from_xywh(left * POINTS, top * POINTS, width * POINTS, height * POINTS);
            if let Some(rect) = rect {
                path.push_rect(rect);
            }
        }
        self.ink(ink);
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    /// Draws a thin line from left to right.
    pub(crate) fn rule(&mut self, left: f32, top: f32, width: f32, ink: Ink) {
        self.boxes(ink, [(left, top, width, 0.2)].into_iter());
    }

    /// Draws a frame to be cut along.
    pub(crate) fn frame(&mut self, left: f32, top: f32, width: f32, height: f32) {
        let (across, down) = ((left, top, width, 0.15), (left, top, 0.15, height));
        let below = (left, top + height, width, 0.15);
        let right = (left + width, top, 0.15, height);
        self.boxes(Ink::Pale, [across, down, below, right].into_iter());
    }

    /// Draws a code with sides of so many millimetres.
    pub(crate) fn qr(&mut self, at: (f32, f32), side: f32, code: &Drawn) {
        let mm = |modules: usize| modules as f32 * side / code.size as f32;
        let boxes: Vec<_> = code
            .runs
            .iter()
            .map(|(column, row, run)| (at.0 + mm(*column), at.1 + mm(*row), mm(*run), mm(1)))
            .collect();
        self.boxes(Ink::Black, boxes.into_iter());
    }
}

/// Draws pages, one call of `draw` each, into a document.
pub(crate) fn document<T>(
    (title, language): (&str, &str),
    pages: impl IntoIterator<Item = T>,
    mut draw: impl FnMut(&mut Page<'_>, T) -> Result<(), PaperError>,
) -> Result<Vec<u8>, PaperError> {
    let fonts = Fonts::load()?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).language(language.to_owned()));
    for one in pages {
        let size = PageSettings::from_wh(PAGE.0 * POINTS, PAGE.1 * POINTS);
        let mut sheet = document.start_page_with(size.unwrap_or_default());
        {
            let mut page = Page { surface: sheet.surface(), fonts };
            draw(&mut page, one)?;
        }
        sheet.finish();
    }
    document.finish().map_err(PaperError::Written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_what_russian_papers_need() {
        let Ok(fonts) = Fonts::load() else { return };
        let (question, wide) = (fonts.width("?", 10.0, Weight::Regular), "№°«»—–·×≥µØ\u{a0}");
        assert!(question > 0.0);
        for face in [Weight::Regular, Weight::Bold] {
            let map = fonts.face(face).data.charmap();
            let all = ('А'..='я').chain('A'..='z').chain('0'..='9').chain("Ёё".chars());
            for letter in all.chain(wide.chars().filter(|c| *c != '≥')) {
                assert!(map.map(letter).is_some(), "{letter}");
            }
        }
    }

    #[test]
    fn long_texts_fit_their_room() {
        let Ok(fonts) = Fonts::load() else { return };
        let text = "Токарно-винторезный станок повышенной точности ".repeat(5) + &"Ж".repeat(90);
        let lines = fonts.wrap(&text, 10.0, Weight::Regular, 60.0);
        assert!(lines.len() > 8, "{lines:?}");
        for line in &lines {
            assert!(fonts.width(line, 10.0, Weight::Regular) <= 60.0, "{line}");
        }
    }
}
