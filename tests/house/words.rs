//! What people read comes from `locales/`, in both languages; code and templates say nothing themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where Russian letters may stand in code: what is recognised in others' words, and names.
const RECOGNISED: [(&str, &str); 10] = [
    ("domain/src/import/fixture.rs", "a role's name in a table that is read"),
    ("domain/src/import/yml/offer.rs", "parameters' names in a price feed that is read"),
    ("domain/src/maintenance/kit.rs", "how a kit is called in a price list that is read"),
    ("server/src/commands/doctor/subscription.rs", "the name of amoCRM's own menu"),
    ("server/src/commands/doctor/access.rs", "the name of amoCRM's own page"),
    ("server/src/config/cli.rs", "the product's name"),
    ("server/src/crm/bitrix24/approvals/answer.rs", "words of a comment that is read"),
    ("server/src/crm/bitrix24/approvals/compose.rs", "an approval's number"),
    ("server/src/crm/story.rs", "a maintenance occasion's tag"),
    ("static/src/lead-form.js", "it stands on others' sites, where no locale file is"),
];

/// The same in templates, by what stands there.
const NAMES: [&str; 2] = ["UF_CRM_1=Да", ">Русский<"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &str, kind: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(at) = waiting.pop() {
        for entry in std::fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == kind) {
                let name = path.strip_prefix(root()).expect("below the root");
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((name.to_str().expect("UTF-8").to_owned(), text));
            }
        }
    }
    found
}

fn is_russian(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, 'А'..='я' | 'Ё' | 'ё'))
}

/// The text between plain quotation marks of a line that is no comment.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    let code = if line.trim_start().starts_with("//") { "" } else { line };
    let code = code.split(" // ").next().unwrap_or_default();
    code.split('"').skip(1).step_by(2)
}

/// Tests speak Russian as people do.
fn is_for_tests(name: &str) -> bool {
    let of_tests = |part: &str| {
        matches!(part.trim_end_matches(".rs"), "tests" | "samples" | "testkit" | "property")
    };
    name.split('/').any(of_tests)
}

#[test]
fn code_says_nothing_to_people() {
    let mut said = Vec::new();
    for folder in ["domain/src", "bot/src", "webapp/src", "server/src"] {
        for (name, text) in files(folder, "rs") {
            let allowed = RECOGNISED.iter().any(|(file, _)| *file == name);
            if allowed || is_for_tests(&name) {
                continue;
            }
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let russian = code.lines().flat_map(literals).filter(|literal| is_russian(literal));
            said.extend(russian.map(|literal| format!("{name}: {literal}")));
        }
    }
    for (name, text) in files("static/src", "js") {
        let allowed = RECOGNISED.iter().any(|(file, _)| *file == name);
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let russian = code.filter(|line| !allowed && is_russian(line));
        said.extend(russian.map(|line| format!("{name}: {line}")));
    }
    for (name, text) in files("templates", "html") {
        let code = NAMES.iter().fold(text, |text, allowed| text.replace(allowed, ""));
        let russian = code.lines().filter(|line| is_russian(line));
        said.extend(russian.map(|line| format!("{name}: {line}")));
    }
    assert!(said.is_empty(), "it belongs into locales/:\n{}", said.join("\n"));
}

#[test]
fn what_is_allowed_to_speak_is_there() {
    for (file, why) in RECOGNISED {
        let text = std::fs::read_to_string(root().join(file)).expect(file);
        assert!(is_russian(&text), "{file} says nothing Russian any more ({why})");
    }
}

/// Names of the messages of a language.
fn keys(language: &str) -> BTreeSet<String> {
    let lines = files(&format!("locales/{language}"), "ftl");
    let lines = lines.iter().flat_map(|(_, text)| text.lines());
    lines
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .collect()
}

#[test]
fn every_word_of_a_page_is_translated() {
    let (russian, english) = (keys("ru"), keys("en"));
    let mut missing = Vec::new();
    for (name, text) in files("templates", "html") {
        // `ui.s("key")`, `ui.n("key", …)`: the first string of a call of the page's texts.
        for call in text.split("ui.").skip(1) {
            let Some((method, rest)) = call.split_once("(\"") else { continue };
            let Some((key, _)) = rest.split_once('"') else { continue };
            let is_call = method.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
            let is_key = key.contains('-') && !key.ends_with('-');
            if is_call && is_key && !(russian.contains(key) && english.contains(key)) {
                missing.push(format!("{name}: {key}"));
            }
        }
    }
    assert!(missing.is_empty(), "no such words:\n{}", missing.join("\n"));
}

/// What an English text calls by its Russian name: languages, places in other people's menus, a model.
const RUSSIAN_NAMES: [&str; 4] = ["язык", "Русский", "amoМаркет", "16К20"];

#[test]
fn english_is_english() {
    for (name, text) in files("locales/en", "ftl") {
        let said =
            text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
        let mut plain: String = said
            .split('«')
            .enumerate()
            .map(
                |(nth, part)| {
                    if nth == 0 { part } else { part.split_once('»').map_or("", |it| it.1) }
                },
            )
            .collect();
        for allowed in RUSSIAN_NAMES {
            plain = plain.replace(allowed, "");
        }
        let left: Vec<&str> = plain.lines().filter(|line| is_russian(line)).collect();
        assert!(left.is_empty(), "{name} is not translated:\n{}", left.join("\n"));
    }
}
