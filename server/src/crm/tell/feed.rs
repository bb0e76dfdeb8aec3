//! The notes of a deal, each once.

use crate::crm::tell::account::{Account, Place, Telling};
use crate::worker::policy::Failure;

/// The most characters of one note. The CRMs name no limit; a column of 65,535 bytes would end at
/// 16,000 characters, and nobody reads that much at once.
const NOTE_LIMIT: usize = 4_000;

/// How the steps begin that are notes.
pub(crate) const NOTES: &[&str] = &[
    "note",
    "whole",
    "visit:",
    "own-note",
    "gap:",
    "files-note",
    "decided:",
    "word:",
    "windows:",
    "chosen:",
    "rated",
    "quote:",
];

/// A note, once per `step`. A long one becomes several, numbered, each remembered. By its
/// first line a note is found again.
pub(crate) async fn note<A: Account>(
    account: &A,
    telling: Telling<'_>,
    step: &str,
    place: Place,
    text: &str,
) -> Result<(), Failure> {
    for (at, page) in pages(text, NOTE_LIMIT).iter().enumerate() {
        let title = page.lines().next().unwrap_or_default();
        let step = match at {
            0 => step.to_owned(),
            _ => format!("{step}:{}", at + 1),
        };
        note_like(account, telling, &step, (place, page), title).await?;
    }
    Ok(())
}

/// A note, once per `step`; by its beginning `known_by` it is found again.
pub(crate) async fn note_like<A: Account>(
    account: &A,
    Telling { entity, look }: Telling<'_>,
    step: &str,
    (place, text): (Place, &str),
    known_by: &str,
) -> Result<(), Failure> {
    let memory = account.memory();
    if memory.linked(entity, step).await?.is_some() {
        return Ok(());
    }
    let mut there = None;
    if look.wanted() {
        // Two visits to one request begin alike: a note of another step is not this one.
        let others = memory.steps_of(entity, NOTES).await?;
        let notes = account.notes(place).await?;
        let free = notes.iter().filter(|(id, _)| !others.contains(&id.to_string()));
        there = free.filter(|(_, text)| text.starts_with(known_by)).map(|(id, _)| *id).min();
    }
    let id = match there {
        Some(id) => id,
        None => account.add_note(place, text).await?,
    };
    memory.remember(entity, step, &id.to_string()).await
}

/// The text in pages of at most `most` characters, cut between lines where that is possible; with
/// several, the first line of the text leads each, numbered.
fn pages(text: &str, most: usize) -> Vec<String> {
    if text.chars().count() <= most {
        return vec![text.to_owned()];
    }
    let (title, rest) = text.split_once('\n').unwrap_or(("", text));
    let title: String = title.chars().take(most / 4).collect();
    // Room for the title and its number.
    let room = most - title.chars().count() - 16;
    let mut bodies = vec![String::new()];
    let mut left = room;
    for line in rest.lines().flat_map(|line| slices(line, room)) {
        let length = line.chars().count() + 1;
        if length > left && left < room {
            bodies.push(String::new());
            left = room;
        }
        if let Some(body) = bodies.last_mut() {
            body.push('\n');
            body.push_str(&line);
        }
        left = left.saturating_sub(length);
    }
    let count = bodies.len();
    let numbered = |(at, body): (usize, String)| format!("{title} ({}/{count}){body}", at + 1);
    bodies.into_iter().enumerate().map(numbered).collect()
}

/// A line that is itself too long, in pieces; an empty line is one piece.
fn slices(line: &str, most: usize) -> Vec<String> {
    let signs: Vec<char> = line.chars().collect();
    match signs.is_empty() {
        true => vec![String::new()],
        false => signs.chunks(most.max(1)).map(|part| part.iter().collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_note_becomes_numbered_pages_and_loses_nothing() {
        let lines: Vec<String> = (1..=300).map(|n| format!("{n}. Подшипник {n}")).collect();
        let text = format!("Состав заказа ORD-2026-000001\n{}", lines.join("\n"));
        let pages = pages(&text, 1000);
        assert!(pages.len() > 3, "{}", pages.len());
        assert!(pages.iter().all(|page| page.chars().count() <= 1000));
        let count = pages.len();
        for (at, page) in pages.iter().enumerate() {
            let title = format!("Состав заказа ORD-2026-000001 ({}/{count})\n", at + 1);
            assert!(page.starts_with(&title), "{page}");
        }
        let bodies = pages.iter().map(|page| page.split_once('\n').unwrap().1);
        assert_eq!(bodies.collect::<Vec<_>>().join("\n"), lines.join("\n"));
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let pages = pages(&format!("Заголовок\n{}", "ж".repeat(2500)), 1000);
        assert!(pages.len() >= 3 && pages.iter().all(|page| page.chars().count() <= 1000));
        let kept: usize = pages.iter().map(|page| page.matches('ж').count()).sum();
        assert_eq!(kept, 2500);
    }

    #[test]
    fn a_short_note_stays_as_it_is() {
        assert_eq!(pages("Заголовок\nтекст", 1000), ["Заголовок\nтекст"]);
    }
}
