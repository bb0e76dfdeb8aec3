//! Formatted text: what `parse_mode` says becomes plain text with entities, as Telegram keeps it.

mod html;
mod markdown;

use serde_json::{Value, json};

use crate::telegram::error::ApiError;

/// A text and its entities, whose offsets count UTF-16 units.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Value>,
}

impl Formatted {
    /// A text of a person: only what a client finds by itself is marked.
    pub(crate) fn plain(text: &str) -> Self {
        let mut formatted = Self { text: text.to_owned(), entities: Vec::new() };
        formatted.find_links();
        formatted
    }

    /// A text of the bot with its parse mode or its own entities.
    pub(crate) fn parse(
        text: &str,
        mode: Option<&str>,
        entities: Option<&Value>,
    ) -> Result<Self, ApiError> {
        let mut formatted = match mode.map(str::to_lowercase).as_deref() {
            None | Some("") => Self {
                text: text.to_owned(),
                entities: entities.and_then(Value::as_array).cloned().unwrap_or_default(),
            },
            Some("html") => html::parse(text)?,
            Some("markdownv2") => markdown::parse(text)?,
            Some(_) => return Err(ApiError::bad("unsupported parse_mode")),
        };
        formatted.trim();
        formatted.find_links();
        Ok(formatted)
    }

    /// Length as Telegram counts it.
    pub(crate) fn length(&self) -> usize {
        units(&self.text)
    }

    /// Telegram cuts white space at both ends.
    fn trim(&mut self) {
        let cut = units(&self.text) - units(self.text.trim_start());
        self.text = self.text.trim().to_owned();
        let length = units(&self.text);
        self.entities = std::mem::take(&mut self.entities)
            .into_iter()
            .filter_map(|mut entity| {
                let start = number(&entity, "offset");
                let end = (start + number(&entity, "length")).saturating_sub(cut).min(length);
                let start = start.saturating_sub(cut);
                entity["offset"] = json!(start);
                entity["length"] = json!(end.checked_sub(start).filter(|length| *length > 0)?);
                Some(entity)
            })
            .collect();
    }

    /// Marks commands and links that stand in the open, as the server does.
    fn find_links(&mut self) {
        let mut found = Vec::new();
        let mut offset = 0;
        for word in self.text.split_inclusive(char::is_whitespace) {
            let body = word.trim_end();
            let kind = match body {
                _ if is_command(body) => Some("bot_command"),
                _ if body.starts_with("https://") || body.starts_with("http://") => Some("url"),
                _ => None,
            };
            let length = units(body.trim_end_matches(['.', ',', ')', '!', '?']));
            if let Some(kind) = kind.filter(|_| !self.covered(offset)) {
                found.push(json!({"type": kind, "offset": offset, "length": length}));
            }
            offset += units(word);
        }
        self.entities.extend(found);
        self.entities.sort_by_key(|entity| number(entity, "offset"));
    }

    fn covered(&self, at: usize) -> bool {
        self.entities.iter().any(|entity| {
            let start = number(entity, "offset");
            matches!(entity["type"].as_str(), Some("code" | "pre" | "text_link" | "url"))
                && (start..start + number(entity, "length")).contains(&at)
        })
    }
}

/// Collects text and open marks while a markup is read.
#[derive(Default)]
struct Builder {
    text: String,
    entities: Vec<Value>,
    length: usize,
    open: Vec<Open>,
}

struct Open {
    mark: String,
    entity: Value,
    start: usize,
}

impl Builder {
    fn push(&mut self, letter: char) {
        self.text.push(letter);
        self.length += letter.len_utf16();
    }

    fn open(&mut self, mark: impl Into<String>, entity: Value) {
        self.open.push(Open { mark: mark.into(), entity, start: self.length });
    }

    /// Closes the innermost mark; `false` when it is another one.
    fn close(&mut self, mark: &str, add: impl FnOnce(&mut Value)) -> bool {
        let Some(open) = self.open.pop_if(|open| open.mark == mark) else { return false };
        let mut entity = open.entity;
        add(&mut entity);
        if self.length > open.start && entity["type"].is_string() {
            entity["offset"] = json!(open.start);
            entity["length"] = json!(self.length - open.start);
            self.entities.push(entity);
        }
        true
    }

    fn innermost(&self) -> Option<&str> {
        self.open.last().map(|open| open.mark.as_str())
    }

    fn finish(mut self) -> Formatted {
        self.entities.sort_by_key(|entity| number(entity, "offset"));
        Formatted { text: self.text, entities: self.entities }
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn number(entity: &Value, name: &str) -> usize {
    entity[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn is_command(word: &str) -> bool {
    word.strip_prefix('/').is_some_and(|name| {
        let name = name.split('@').next().unwrap_or_default();
        (1..=64).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_entities_in_utf16_units() {
        let parsed = Formatted::parse(
            " 🌈 <b>ORD &lt;1&gt;</b> <a href=\"https://t.me\">x</a>",
            Some("HTML"),
            None,
        )
        .unwrap();
        assert_eq!(parsed.text, "🌈 ORD <1> x");
        assert_eq!(parsed.entities[0], json!({"type": "bold", "offset": 3, "length": 7}));
        assert_eq!(parsed.entities[1]["url"], "https://t.me");
    }

    #[test]
    fn broken_markup_is_refused_in_telegrams_words() {
        for (text, mode) in [("<b>x", "HTML"), ("<script>", "HTML"), ("1. x", "MarkdownV2")] {
            let refused = Formatted::parse(text, Some(mode), None).unwrap_err();
            assert!(refused.description.starts_with("Bad Request: can't parse entities"));
        }
    }

    #[test]
    fn markdown_nests() {
        let parsed =
            Formatted::parse("*a _b_* `c\\.` [d](https://e)", Some("MarkdownV2"), None).unwrap();
        assert_eq!(parsed.text, "a b c. d");
        assert_eq!(parsed.entities.len(), 4);
    }

    #[test]
    fn commands_and_links_are_found() {
        let parsed = Formatted::plain("/start@bot see https://a.b/c.");
        assert_eq!(parsed.entities[0]["type"], "bot_command");
        assert_eq!(parsed.entities[1], json!({"type": "url", "offset": 15, "length": 13}));
    }
}
