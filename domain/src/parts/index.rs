//! What the catalogue's search compares: one folded text per part, its key, the pieces that it is
//! cut into, and what a query becomes. Databases fold Russian letters differently, or not at all,
//! so all folding is here.
//!
//! A key is ` word word|code|code|#model#model#`. Its pieces, which `parts::reindex` cuts in SQL:
//! three characters wherever they stand, of which only the first may be a mark, and from each mark
//! the beginnings that [`beginning`] asks for. A part is also listed under `=` and the id of
//! each model that it fits.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use crate::text::code_key;
use crate::{Error, Result};

/// The words of a query that count; further ones are left out.
const WORDS: usize = 6;
/// The characters of a query that count.
const LENGTH: usize = 100;
/// The pieces of a query's words among which the rarest is looked for.
const PIECES: usize = 8;
/// The endings of one word that are words of their own; only garbage has more.
const TAILS: usize = 6;

/// A query as patterns for `like`, and the pieces whose lists hold every part that may match. The
/// keys hold only letters, digits and their own marks, so nothing needs escaping.
pub(crate) struct Query {
    /// The query as a code: `part_codes.code_key`.
    pub(crate) code: String,
    /// A code begins with the query.
    pub(crate) code_start: Pattern,
    /// A model's code begins with the query.
    pub(crate) model_start: Pattern,
    /// Each word, inside any other; one or two characters begin one. Unused places match everything.
    pub(crate) words: [String; WORDS],
    /// Pieces of the words: what matches has all of them.
    pub(crate) pieces: [String; PIECES],
}

/// A pattern and the piece of all that match it.
pub(crate) struct Pattern {
    /// What `like` compares with.
    pub(crate) like: String,
    /// The piece.
    pub(crate) piece: String,
}

/// Where a page ended: the place in the ranking and the number of its last part. Opaque outside.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Cursor {
    /// The rank of the last part.
    pub(crate) place: i64,
    /// Its `no`; numbers begin at 1.
    pub(crate) no: i64,
}

/// The text that a part is found by. `codes` must hold the article too; `models` are codes and
/// names.
pub(crate) fn part_search_key(
    name: &str,
    category: &str,
    codes: &[String],
    models: &[String],
) -> String {
    let mut key = String::new();
    let mut seen: HashSet<String> = HashSet::new();
    let texts = [name, category].into_iter();
    for text in texts.chain(codes.iter().chain(models).map(String::as_str)) {
        for word in words(text).flat_map(|word| with_tails(&word)) {
            if !seen.contains(&word) {
                key.push(' ');
                key.push_str(&word);
                seen.insert(word);
            }
        }
    }
    push_codes(&mut key, '|', codes);
    push_codes(&mut key, '#', models);
    key
}

fn push_codes(key: &mut String, mark: char, codes: &[String]) {
    key.push(mark);
    let mut seen: HashSet<String> = HashSet::new();
    for code in codes.iter().map(|code| folded(code)) {
        if !code.is_empty() && !seen.contains(&code) {
            key.push_str(&code);
            key.push(mark);
            seen.insert(code);
        }
    }
}

/// One folding for words and codes: case, `ё`, and the Cyrillic letters that look like Latin ones.
/// SQLite's `like` folds Latin letters and PostgreSQL's does not: lower case on both sides makes
/// them agree.
fn folded(text: &str) -> String {
    code_key(text).to_lowercase()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).map(folded).filter(|word| !word.is_empty())
}

/// A word, and what is left of it from each place where letters and digits meet: `16k20`, `k20`,
/// `20`. People leave the beginning out, or set a space there.
fn with_tails(word: &str) -> Vec<String> {
    let digit = |c: char| c.is_ascii_digit();
    let meets = word.char_indices().zip(word.chars().skip(1));
    let tails = meets
        .filter(|((_, one), next)| digit(*one) != digit(*next))
        .map(|((at, one), _)| word[at + one.len_utf8()..].to_owned());
    [word.to_owned()].into_iter().chain(tails.take(TAILS)).collect()
}

/// The longest indexed beginning of a code behind its mark.
fn beginning(mark: char, code: &str) -> String {
    let length = code.chars().count();
    let kept = [7, 4, 2].into_iter().find(|kept| *kept <= length).unwrap_or(1);
    [mark].into_iter().chain(code.chars().take(kept)).collect()
}

/// What every part that has this word is listed under.
fn pieces_of(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 {
        return vec![format!(" {word}")];
    }
    letters.windows(3).map(|piece| piece.iter().collect()).collect()
}

impl Pattern {
    fn code(mark: char, code: &str) -> Pattern {
        Pattern { like: format!("%{mark}{code}%"), piece: beginning(mark, code) }
    }
}

impl Query {
    /// `None` when the text holds nothing to look for.
    pub(crate) fn new(text: &str) -> Option<Query> {
        let text: String = text.chars().take(LENGTH).collect();
        let code = folded(&text);
        let words: Vec<String> = words(&text).take(WORDS).collect();
        let pieces: Vec<String> = words.iter().flat_map(|word| pieces_of(word)).collect();
        if code.is_empty() || pieces.is_empty() {
            return None;
        }
        let pattern = |word: &String| match word.chars().count() {
            1 | 2 => format!("% {word}%"),
            _ => format!("%{word}%"),
        };
        Some(Query {
            code: code_key(&text),
            code_start: Pattern::code('|', &code),
            model_start: Pattern::code('#', &code),
            words: std::array::from_fn(|at| words.get(at).map_or("%".to_owned(), pattern)),
            pieces: std::array::from_fn(|at| pieces[at * pieces.len() / PIECES].clone()),
        })
    }
}

impl Cursor {
    /// Behind which number the parts of a place go on.
    pub(crate) fn bound(&self, place: i64) -> i64 {
        match place.cmp(&self.place) {
            Ordering::Less => i64::MAX,
            Ordering::Equal => self.no,
            Ordering::Greater => 0,
        }
    }

    /// Reads what [`Cursor::to_string`] wrote.
    pub(crate) fn parse(text: &str) -> Result<Cursor> {
        let number = |text: &str| text.parse().ok().filter(|number| (0..i64::MAX).contains(number));
        text.split_once('-')
            .and_then(|(place, no)| Some(Cursor { place: number(place)?, no: number(no)? }))
            .ok_or(Error::invalid("page", "error-choice"))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.place, self.no)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_by_words_codes_and_models() {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let key = part_search_key(
            "Шестерня Z=54",
            "Шестерни",
            &owned(&["16К20.02.114", "020.114", "020-114"]),
            &owned(&["16k20", "16К20"]),
        );
        let words = " шectephя z 54 шectephи 16k20 k20 20 02 114 020";
        assert_eq!(key, format!("{words}|16k2002114|020114|#16k20#"));
    }

    #[test]
    fn a_page_mark_survives_its_own_text_and_nothing_else() {
        let mark = Cursor { place: 2, no: 77 };
        assert_eq!(Cursor::parse(&mark.to_string()).unwrap(), mark);
        for text in ["", "x", "1", "1-я", "a-0", "0-' or 1=1", "0--1", "-1-0"] {
            assert!(Cursor::parse(text).is_err(), "{text}");
        }
        let end = format!("0-{}", i64::MAX);
        assert!(Cursor::parse(&end).is_err(), "no number lies behind it");
    }
}
