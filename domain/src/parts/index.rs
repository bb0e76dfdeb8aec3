//! What the catalogue's search compares: one folded text per part, and the patterns that a query
//! becomes. Databases fold Russian letters differently, or not at all, so all folding is here.

use std::fmt;

use crate::ids::PartId;
use crate::text::{code_key, search_key};
use crate::{Error, Result};

/// The words of a query that count; further ones are left out.
const WORDS: usize = 6;
/// The characters of a query that count.
const LENGTH: usize = 100;

/// A query as patterns for `like`. The keys hold only letters, digits and their own marks, so
/// nothing needs escaping.
pub(crate) struct Query {
    /// A code equals the query.
    pub(crate) code: String,
    /// A code begins with the query.
    pub(crate) code_start: String,
    /// A model's code begins with the query.
    pub(crate) model_start: String,
    /// Each word, wherever it stands; unused places match everything.
    pub(crate) words: [Word; WORDS],
}

/// A word of a query: as it is, or as a piece of a code.
pub(crate) struct Word {
    /// As a piece of a name.
    pub(crate) text: String,
    /// As a piece of a code.
    pub(crate) code: String,
}

/// Where a page ended: the place in the ranking and the last part. Opaque outside.
#[derive(Debug, PartialEq)]
pub(crate) struct Cursor {
    /// The rank of the last part.
    pub(crate) place: i64,
    /// The last part; its name is looked up.
    pub(crate) id: String,
}

/// The text that a part is found by: words, then `|` and codes, then `#` and models' codes.
/// `codes` must hold the article too; `models` are codes and names.
pub(crate) fn part_search_key<'a>(
    name: &str,
    category: &'a str,
    codes: impl Iterator<Item = &'a str> + Clone,
    models: impl Iterator<Item = &'a str> + Clone,
) -> String {
    let mut key = search_key(name);
    for words in [category].into_iter().chain(codes.clone()).chain(models.clone()) {
        let words = search_key(words);
        if !words.is_empty() {
            key.push(' ');
            key.push_str(&words);
        }
    }
    push_codes(&mut key, '|', codes);
    push_codes(&mut key, '#', models);
    key
}

fn push_codes<'a>(key: &mut String, mark: char, codes: impl Iterator<Item = &'a str>) {
    key.push(mark);
    let mut seen: Vec<String> = Vec::new();
    for code in codes.map(folded_code) {
        if !code.is_empty() && !seen.contains(&code) {
            key.push_str(&code);
            key.push(mark);
            seen.push(code);
        }
    }
}

/// SQLite's `like` folds Latin letters and PostgreSQL's does not: lower case on both sides makes
/// them agree.
fn folded_code(text: &str) -> String {
    code_key(text).to_lowercase()
}

impl Query {
    /// `None` when the text holds nothing to look for.
    pub(crate) fn new(text: &str) -> Option<Query> {
        let text: String = text.chars().take(LENGTH).collect();
        let folded = search_key(&text);
        let code = folded_code(&text);
        if folded.is_empty() || code.is_empty() {
            return None;
        }
        let mut words = folded.split(' ').map(|word| Word {
            text: format!("%{word}%"),
            code: format!("%{}%", folded_code(word)),
        });
        let all = || Word { text: "%".to_owned(), code: "%".to_owned() };
        Some(Query {
            words: std::array::from_fn(|_| words.next().unwrap_or_else(all)),
            code: format!("%|{code}|%"),
            code_start: format!("%|{code}%"),
            model_start: format!("%#{code}%"),
        })
    }
}

impl Default for Cursor {
    fn default() -> Cursor {
        Cursor { place: -1, id: String::new() }
    }
}

impl Cursor {
    /// The end of a page.
    pub(crate) fn after(place: i64, id: &PartId) -> Cursor {
        Cursor { place, id: id.to_string() }
    }

    /// Reads what [`Cursor::to_string`] wrote.
    pub(crate) fn parse(text: &str) -> Result<Cursor> {
        text.split_once('-')
            .and_then(|(place, id)| Some(Cursor { place: place.parse().ok()?, id: id.to_owned() }))
            .filter(|cursor| cursor.id.bytes().all(|b| b.is_ascii_hexdigit()))
            .ok_or(Error::invalid("page", "error-choice"))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.place, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_by_words_codes_and_models() {
        let key = part_search_key(
            "Шестерня Z=54",
            "Шестерни",
            ["16К20.02.114", "020.114", "020-114"].into_iter(),
            ["16k20", "16К20"].into_iter(),
        );
        assert!(key.starts_with("шестерня z 54 шестерни 16к20 02 114"), "{key}");
        assert!(key.ends_with("|16k2002114|020114|#16k20#"), "{key}");
    }

    #[test]
    fn a_page_mark_survives_its_own_text_and_nothing_else() {
        let mark = Cursor::after(2, &PartId::from("0a1b"));
        assert_eq!(Cursor::parse(&mark.to_string()).unwrap(), mark);
        for text in ["", "x", "1", "1-я", "a-0b", "0-' or 1=1"] {
            assert!(Cursor::parse(text).is_err(), "{text}");
        }
    }
}
