//! `parse_mode=MarkdownV2`.

use serde_json::json;

use crate::telegram::entities::{Builder, Formatted};
use crate::telegram::error::ApiError;

const MARKS: [(&str, &str); 7] = [
    ("```", "pre"),
    ("||", "spoiler"),
    ("__", "underline"),
    ("*", "bold"),
    ("_", "italic"),
    ("~", "strikethrough"),
    ("`", "code"),
];
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// Reads `MarkdownV2`; a reserved character without a backslash is refused.
pub(super) fn parse(text: &str) -> Result<Formatted, ApiError> {
    let mut builder = Builder::default();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let taken = match letter {
            '\\' => escaped(&mut builder, rest),
            _ if verbatim(&builder) => mark(&mut builder, rest).unwrap_or_else(|| {
                builder.push(letter);
                letter.len_utf8()
            }),
            '[' => {
                builder.open("[", json!({}));
                1
            }
            ']' => link(&mut builder, rest)?,
            '>' if builder.text.is_empty() || builder.text.ends_with('\n') => {
                builder.open(">", json!({"type": "blockquote"}));
                1
            }
            '\n' => {
                builder.close(">", |_| ());
                builder.push('\n');
                1
            }
            _ => match mark(&mut builder, rest) {
                Some(taken) => taken,
                None if RESERVED.contains(letter) => {
                    return Err(refuse(&format!(
                        "Character '{letter}' is reserved and must be escaped with the preceding '\\'"
                    )));
                }
                None => {
                    builder.push(letter);
                    letter.len_utf8()
                }
            },
        };
        rest = &rest[taken..];
    }
    builder.close(">", |_| ());
    match builder.innermost() {
        Some(open) => Err(refuse(&format!("Can't find end of the entity starting with '{open}'"))),
        None => Ok(builder.finish()),
    }
}

fn verbatim(builder: &Builder) -> bool {
    matches!(builder.innermost(), Some("`" | "```"))
}

fn escaped(builder: &mut Builder, rest: &str) -> usize {
    match rest.chars().nth(1) {
        Some(letter) if letter.is_ascii_punctuation() => {
            builder.push(letter);
            1 + letter.len_utf8()
        }
        _ => {
            builder.push('\\');
            1
        }
    }
}

/// Opens or closes the mark that stands here; the bytes it takes.
fn mark(builder: &mut Builder, rest: &str) -> Option<usize> {
    let (mark, kind) = MARKS.into_iter().find(|(mark, _)| rest.starts_with(mark))?;
    if builder.close(mark, |_| ()) {
        return Some(mark.len());
    }
    if verbatim(builder) {
        return None;
    }
    builder.open(mark, json!({"type": kind}));
    Some(mark.len())
}

fn link(builder: &mut Builder, rest: &str) -> Result<usize, ApiError> {
    let url = rest[1..].strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(url, _)| url);
    let closed = builder.close("[", |entity| {
        if let Some(url) = url {
            *entity = json!({"type": "text_link", "url": url.replace('\\', "")});
        }
    });
    if !closed {
        return Err(refuse(
            "Character ']' is reserved and must be escaped with the preceding '\\'",
        ));
    }
    Ok(1 + url.map_or(0, |url| url.len() + 2))
}

fn refuse(reason: &str) -> ApiError {
    ApiError::bad(format!("can't parse entities: {reason}"))
}
