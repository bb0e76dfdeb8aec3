//! Every page looks as it looked: its picture against one that somebody has looked at and committed.
//!
//! They are kept at half their size and compared by cells, so that a digit of a clock or the edge of a letter is nothing, and
//! a section that is gone, moved or of another colour is. `MYPARK_REFERENCES=write` takes today's pictures for the next time;
//! look at them before they are committed.

use std::cell::RefCell;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::browser::Browser;

/// Side of a cell, in pixels of the halved picture.
const CELL: usize = 4;
/// How far the mean of a cell's colour may be off, of 255.
const SHADE: u32 = 12;
/// How many cells in a thousand may be further off.
const FEW: usize = 15;
/// Telegram's own head of the phone with its clock, in rows of cells.
const HEAD: usize = 8;

/// A picture without transparency.
struct Picture {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel, row by row.
    colours: Vec<u8>,
}

/// What differs, and whether differences are to be kept instead.
pub(crate) struct References {
    folder: PathBuf,
    write: bool,
    differ: RefCell<Vec<String>>,
}

impl References {
    /// Those of this repository.
    pub(crate) fn new() -> References {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser/references");
        #[expect(clippy::disallowed_methods, reason = "a wish of whoever runs the test")]
        let write = std::env::var("MYPARK_REFERENCES").is_ok_and(|wish| wish == "write");
        References { folder, write, differ: RefCell::default() }
    }

    /// Holds a page's picture against its reference.
    pub(crate) fn hold(&self, name: &str, png: &[u8]) -> anyhow::Result<()> {
        let now = Picture::read(png).with_context(|| name.to_owned())?.halved();
        let path = self.folder.join(format!("{name}.png"));
        if self.write {
            std::fs::create_dir_all(&self.folder)?;
            std::fs::write(&path, now.write()?)?;
            return Ok(());
        }
        let Ok(then) = std::fs::read(&path) else {
            self.differ.borrow_mut().push(format!("{name}: has no reference"));
            return Ok(());
        };
        let off = now.cells_off(&Picture::read(&then)?);
        if off > FEW {
            self.differ.borrow_mut().push(format!("{name}: {off} of 1000 cells"));
        }
        Ok(())
    }

    /// Keeps the list, and holds that it is empty.
    pub(crate) fn report(&self, browser: &Browser) -> anyhow::Result<()> {
        let differ = self.differ.borrow().join("\n");
        browser.keep_text("references.txt", &differ)?;
        anyhow::ensure!(differ.is_empty(), "pages look otherwise than their references:\n{differ}");
        Ok(())
    }
}

impl Picture {
    fn read(png: &[u8]) -> anyhow::Result<Picture> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().context("a picture that fits")?];
        let frame = reader.next_frame(&mut pixels)?;
        let step = frame.color_type.samples();
        anyhow::ensure!(step >= 3, "a picture in colours");
        let colours = pixels[..frame.buffer_size()].chunks(step).flat_map(|pixel| &pixel[..3]);
        let colours = colours.copied().collect();
        Ok(Picture { width: frame.width as usize, height: frame.height as usize, colours })
    }

    fn write(&self) -> anyhow::Result<Vec<u8>> {
        let mut png = Vec::new();
        let size = (u32::try_from(self.width)?, u32::try_from(self.height)?);
        let mut encoder = png::Encoder::new(&mut png, size.0, size.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(&self.colours)?;
        Ok(png)
    }

    /// The mean of each colour over a square of pixels.
    fn mean(&self, left: usize, top: usize, side: usize) -> [u32; 3] {
        let mut sums = [0; 3];
        for row in top..top + side {
            let from = (row * self.width + left) * 3;
            for pixel in self.colours[from..from + side * 3].chunks(3) {
                for (sum, colour) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*colour);
                }
            }
        }
        let many = u32::try_from(side * side).unwrap_or(u32::MAX);
        sums.map(|sum| sum / many)
    }

    fn halved(&self) -> Picture {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut colours = Vec::with_capacity(width * height * 3);
        for row in 0..height {
            for column in 0..width {
                let mean = self.mean(column * 2, row * 2, 2);
                colours.extend(mean.map(|colour| u8::try_from(colour).unwrap_or(u8::MAX)));
            }
        }
        Picture { width, height, colours }
    }

    /// How many cells in a thousand look otherwise.
    fn cells_off(&self, other: &Picture) -> usize {
        if (self.width, self.height) != (other.width, other.height) {
            return 1000;
        }
        let (columns, rows) = (self.width / CELL, self.height / CELL);
        let mut off = 0;
        for row in HEAD..rows {
            for column in 0..columns {
                let at = (column * CELL, row * CELL);
                let one = self.mean(at.0, at.1, CELL);
                let two = other.mean(at.0, at.1, CELL);
                let far = one.iter().zip(two).any(|(one, two)| one.abs_diff(two) > SHADE);
                off += usize::from(far);
            }
        }
        off * 1000 / (columns * (rows - HEAD)).max(1)
    }
}
