//! How far a long command has come, on standard error: one line that is written over where a person
//! watches, nothing where a program listens.

use std::io::{IsTerminal as _, Write as _};

/// One stage of a command.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    all: usize,
    watched: bool,
}

impl Progress {
    /// A stage of `all` steps.
    pub(crate) fn new(what: &'static str, all: usize) -> Progress {
        Progress { what, all, watched: std::io::stderr().is_terminal() }
    }

    /// So many steps are left.
    pub(crate) fn left(&mut self, left: usize) {
        let done = self.all.saturating_sub(left);
        let end = if left == 0 { "\n" } else { "" };
        self.show(&format!("{} {done} of {}{end}", self.what, self.all));
    }

    fn show(&self, text: &str) {
        if self.watched {
            // If standard error is closed there is nobody to tell.
            let _ = write!(std::io::stderr(), "\r{text}");
        }
    }
}
