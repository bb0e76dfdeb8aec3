//! `parse_mode=HTML`.

use serde_json::{Value, json};

use crate::telegram::entities::{Builder, Formatted};
use crate::telegram::error::ApiError;

/// Reads Telegram's HTML: the few tags it knows, everything else is refused.
pub(super) fn parse(text: &str) -> Result<Formatted, ApiError> {
    let mut builder = Builder::default();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let at = text.len() - rest.len();
        match letter {
            '<' => {
                let end = rest
                    .find('>')
                    .ok_or_else(|| refuse(format!("Unclosed start tag at byte offset {at}")))?;
                tag(&mut builder, &rest[1..end], at)?;
                rest = &rest[end + 1..];
            }
            '&' => {
                let (letter, length) = reference(rest);
                builder.push(letter);
                rest = &rest[length..];
            }
            _ => {
                builder.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    match builder.innermost() {
        Some(open) => {
            Err(refuse(format!("Can't find end tag corresponding to start tag \"{open}\"")))
        }
        None => Ok(builder.finish()),
    }
}

fn tag(builder: &mut Builder, tag: &str, at: usize) -> Result<(), ApiError> {
    if let Some(name) = tag.strip_prefix('/') {
        let name = name.trim().to_lowercase();
        return if builder.close(&name, |_| ()) {
            Ok(())
        } else {
            Err(refuse(format!("Unmatched end tag at byte offset {at}, found \"</{name}>\"")))
        };
    }
    let name = tag.split_whitespace().next().unwrap_or_default().to_lowercase();
    let entity = entity(&name, tag)
        .ok_or_else(|| refuse(format!("Unsupported start tag \"{name}\" at byte offset {at}")))?;
    builder.open(name, entity);
    Ok(())
}

fn entity(name: &str, tag: &str) -> Option<Value> {
    let simple = match name {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "span" if tag.contains("tg-spoiler") => "spoiler",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if tag.contains("expandable") => "expandable_blockquote",
        "blockquote" => "blockquote",
        "a" => return Some(json!({"type": "text_link", "url": attribute(tag, "href")?})),
        "tg-emoji" => {
            let id = attribute(tag, "emoji-id")?;
            return Some(json!({"type": "custom_emoji", "custom_emoji_id": id}));
        }
        _ => return None,
    };
    Some(json!({"type": simple}))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    let raw = if quote == '"' || quote == '\'' {
        value[1..].split(quote).next()?
    } else {
        value.split_whitespace().next()?
    };
    let mut text = String::new();
    let mut rest = raw;
    while let Some(letter) = rest.chars().next() {
        let (letter, length) =
            if letter == '&' { reference(rest) } else { (letter, letter.len_utf8()) };
        text.push(letter);
        rest = &rest[length..];
    }
    Some(text)
}

/// The letter of a character reference and the bytes it takes; a lone `&` stays.
fn reference(rest: &str) -> (char, usize) {
    let known = rest.find(';').filter(|end| *end <= 10).and_then(|end| {
        let name = &rest[1..end];
        let letter = match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            _ => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(code)?
            }
        };
        Some((letter, end + 1))
    });
    known.unwrap_or(('&', 1))
}

fn refuse(reason: impl std::fmt::Display) -> ApiError {
    ApiError::bad(format!("can't parse entities: {reason}"))
}
