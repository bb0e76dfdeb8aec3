//! The shape of the house, kept by a test: who may know whom.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate of ours may use of ours.
const ARROWS: [(&str, &[&str]); 6] = [
    ("domain", &[]),
    ("bot", &["domain"]),
    ("webapp", &["domain"]),
    ("server", &["bot", "domain", "webapp"]),
    ("sandbox", &["domain", "server", "webapp"]),
    ("tests", &["bot", "domain", "sandbox", "server", "webapp"]),
];

/// What a crate must not know, by the name of the library.
const STRANGERS: [(&str, &[&str]); 3] = [
    ("domain", &["axum", "askama", "reqwest", "teloxide", "lettre", "hyper", "tower"]),
    ("bot", &["axum", "askama", "reqwest", "sqlx"]),
    ("webapp", &["teloxide", "reqwest", "sqlx"]),
];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let of = |package: &cargo_metadata::Package| {
        let direct = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.clone());
        direct.collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), of(package))).collect()
}

#[test]
fn arrows_point_one_way() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let there: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    assert_eq!(there, ours, "a new crate needs its arrows here");
    for (name, allowed) in ARROWS {
        for used in &dependencies[name] {
            let fine = !ours.contains(used.as_str()) || allowed.contains(&used.as_str());
            assert!(fine, "{name} must not know {used}");
        }
    }
}

#[test]
fn nobody_knows_what_is_not_theirs() {
    let dependencies = dependencies();
    for (name, strangers) in STRANGERS {
        for stranger in strangers {
            assert!(!dependencies[name].contains(*stranger), "{name} must not know {stranger}");
        }
    }
}

#[test]
fn there_is_one_copy_of_what_must_not_be_twice() {
    let metadata = MetadataCommand::new().exec().expect("cargo metadata");
    for name in ["sqlx", "reqwest", "axum", "hyper", "rustls", "libsqlite3-sys"] {
        let versions: BTreeSet<String> = metadata
            .packages
            .iter()
            .filter(|package| package.name.as_str() == name)
            .map(|package| package.version.to_string())
            .collect();
        assert_eq!(versions.len(), 1, "{name}: {versions:?}");
    }
    for banned in ["openssl-sys", "aws-lc-sys", "native-tls"] {
        let there = metadata.packages.iter().any(|package| package.name.as_str() == banned);
        assert!(!there, "{banned} came in");
    }
}

/// Every Rust file of the product.
fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "sql") {
            found.push(path);
        }
    }
}

#[test]
fn nothing_changes_or_removes_an_entry_of_the_audit_log() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for name in ["domain/src", "bot/src", "webapp/src", "server/src", "sandbox/src", "migrations"] {
        sources(&root.join(name), &mut found);
    }
    let mut added = 0;
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a source").to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        for forbidden in ["update audit_log", "delete from audit_log", "drop table audit_log"] {
            assert!(!text.contains(forbidden), "{}: {forbidden}", path.display());
        }
        added += text.matches("insert into audit_log").count();
    }
    assert_eq!(added, 1, "one function writes the log");
}
