//! One line of the report.

use std::fmt;

use crate::commands::one_line;

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    mark: Mark,
    what: String,
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Good,
    /// Not configured, by choice or not yet.
    Off,
    /// It works today.
    Warning,
    Bad,
}

impl Line {
    /// All is well.
    pub(crate) fn good(what: &str, words: impl Into<String>) -> Line {
        Line::new(Mark::Good, what, words.into())
    }

    /// Not configured; the words say how to turn it on.
    pub(crate) fn off(what: &str, words: impl Into<String>) -> Line {
        Line::new(Mark::Off, what, words.into())
    }

    /// Works, but somebody should look.
    pub(crate) fn warning(what: &str, words: impl Into<String>) -> Line {
        Line::new(Mark::Warning, what, words.into())
    }

    /// Does not work; the words say what to do.
    pub(crate) fn bad(what: &str, words: impl Into<String>) -> Line {
        Line::new(Mark::Bad, what, words.into())
    }

    /// Whether the command must fail for it.
    pub(crate) fn is_bad(&self) -> bool {
        self.mark == Mark::Bad
    }

    fn new(mark: Mark, what: &str, words: String) -> Line {
        Line { mark, what: what.to_owned(), words }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Good => '✓',
            Mark::Off => '–',
            Mark::Warning => '!',
            Mark::Bad => '✗',
        };
        write!(f, "{mark} {}: {}", self.what, one_line(&self.words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_one_line_whatever_the_other_side_said() {
        let line = Line::bad("amo", "403 <html>\n  blocked\u{7}");
        assert_eq!(line.to_string(), "✗ amo: 403 <html> blocked");
        assert!(line.is_bad() && !Line::warning("amo", "soon").is_bad());
        assert_eq!(Line::off("mail", "off").to_string(), "– mail: off");
    }
}
