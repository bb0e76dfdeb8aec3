//! A code that a camera reads, as one path of squares.

use std::fmt::Write as _;

use fast_qr::QRBuilder;

/// A code, measured in its own modules.
pub(crate) struct Drawn {
    /// How many modules it is wide and high.
    pub(crate) size: usize,
    /// Dark runs: column, row, how many modules.
    pub(crate) runs: Vec<(usize, usize, usize)>,
}

/// The code of an address; none for one that no code can hold.
pub(crate) fn draw(address: &str) -> Option<Drawn> {
    let qr = QRBuilder::new(address.as_bytes()).build().ok()?;
    let mut runs = Vec::new();
    for row in 0..qr.size {
        let dark = |column: &usize| *column < qr.size && qr[row][*column].value();
        let mut column = 0;
        while column < qr.size {
            // Modules that touch are drawn as one: the picture is a third of what it was.
            let run = (column..).take_while(dark).count();
            if run > 0 {
                runs.push((column, row, run));
            }
            column += run + 1;
        }
    }
    Some(Drawn { size: qr.size, runs })
}

impl Drawn {
    /// The path of an SVG, a module to a unit.
    pub(crate) fn path(&self) -> String {
        self.runs.iter().fold(String::new(), |mut path, (column, row, run)| {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{column} {row}h{run}v1h-{run}z");
            path
        })
    }
}

/// The code of an address as a picture of its own.
pub(crate) fn svg(address: &str) -> Option<String> {
    let drawn = draw(address)?;
    let (size, path) = (drawn.size, drawn.path());
    Some(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path}"/></svg>"#
    ))
}
