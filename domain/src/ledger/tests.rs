use chrono::TimeZone as _;

use super::*;
use crate::db::Db;

const DEAL: Their<'static> = Their { connection: "amo", kind: "lead", id: "1" };

async fn empty() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    (folder, db)
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

/// Looks at the stage of the deal, as it stood at `at`.
async fn stage(tx: &mut Tx, value: &str, at: i64) -> Look {
    look(tx, DEAL, at, &[("status".to_owned(), value.to_owned())], noon()).await.unwrap()
}

#[tokio::test]
async fn an_echo_is_known_and_a_change_back_is_not_taken_for_one() {
    let (_folder, db) = empty().await;
    let mut tx = db.begin().await.unwrap();
    let now = noon();
    assert!(stage(&mut tx, "4", 90).await.has_news());
    begin(&mut tx, DEAL, "status", "5", now).await.unwrap();
    assert!(stage(&mut tx, "5", 100).await.is_ours("status"), "no answer yet");
    done(&mut tx, DEAL, "status", 100).await.unwrap();
    assert!(!stage(&mut tx, "5", 100).await.has_news());
    // A price that somebody typed moves their clock, and is nothing of ours.
    assert!(!stage(&mut tx, "5", 130).await.has_news());
    assert!(stage(&mut tx, "6", 140).await.is_news("status"));
    assert!(!stage(&mut tx, "6", 141).await.has_news(), "it was followed");
    assert!(stage(&mut tx, "5", 142).await.has_news(), "a manager moved it away and back");
    // The next write is under way, and fails: what stood there before it is still ours.
    begin(&mut tx, DEAL, "status", "7", now).await.unwrap();
    done(&mut tx, DEAL, "status", 145).await.unwrap();
    begin(&mut tx, DEAL, "status", "8", now).await.unwrap();
    begin(&mut tx, DEAL, "status", "8", now).await.unwrap();
    assert!(stage(&mut tx, "7", 145).await.is_ours("status"));
    assert!(stage(&mut tx, "6", 147).await.has_news());
    let back = stage(&mut tx, "7", 148).await;
    assert!(back.has_news(), "a manager moved it away and back: {back:?}");
    // It is there now, and what was known before it is put back.
    done(&mut tx, DEAL, "status", 150).await.unwrap();
    assert!(stage(&mut tx, "7", 151).await.has_news());
}

#[tokio::test]
async fn what_stands_there_while_a_write_is_under_way_is_no_news_again() {
    let (_folder, db) = empty().await;
    let mut tx = db.begin().await.unwrap();
    assert!(stage(&mut tx, "4", 90).await.has_news());
    begin(&mut tx, DEAL, "status", "5", noon()).await.unwrap();
    assert!(!stage(&mut tx, "4", 91).await.has_news(), "our word has not come there yet");
    assert!(stage(&mut tx, "3", 92).await.has_news());
    assert!(stage(&mut tx, "5", 93).await.is_ours("status"));
}

#[tokio::test]
async fn a_stage_that_was_left_at_once_is_heard_of_by_its_hint() {
    let (_folder, db) = empty().await;
    let mut tx = db.begin().await.unwrap();
    begin(&mut tx, DEAL, "status", "5", noon()).await.unwrap();
    heard(&mut tx, DEAL, "status", "4", 90, noon()).await.unwrap();
    done(&mut tx, DEAL, "status", 100).await.unwrap();
    heard(&mut tx, DEAL, "status", "4", 99, noon()).await.unwrap();
    assert!(stage(&mut tx, "5", 100).await.is_ours("status"), "4 was before");
    heard(&mut tx, DEAL, "status", "5", 100, noon()).await.unwrap();
    heard(&mut tx, DEAL, "status", "6", 110, noon()).await.unwrap();
    assert!(stage(&mut tx, "5", 111).await.has_news(), "moved away and back");
    heard(&mut tx, DEAL, "status", "6", 110, noon()).await.unwrap();
    assert!(!stage(&mut tx, "5", 111).await.has_news(), "that hint was late");
    // The hint of a move comes before the look that finds it.
    heard(&mut tx, DEAL, "status", "7", 120, noon()).await.unwrap();
    assert!(stage(&mut tx, "7", 120).await.has_news());
    heard(&mut tx, DEAL, "status", "7", 120, noon()).await.unwrap();
    assert!(!stage(&mut tx, "7", 120).await.has_news(), "the same hint again");
}

#[tokio::test]
async fn what_comes_late_is_seen_to_be_late() {
    let (_folder, db) = empty().await;
    let mut tx = db.begin().await.unwrap();
    assert!(stage(&mut tx, "a", 100).await.has_news());
    assert!(!stage(&mut tx, "a", 100).await.has_news());
    assert!(stage(&mut tx, "b", 100).await.has_news(), "in the same second");
    assert!(stage(&mut tx, "a", 99).await.is_late());
    assert!(!stage(&mut tx, "b", 101).await.has_news(), "the late one left nothing behind");
}

#[tokio::test]
async fn what_we_made_or_found_is_no_news_and_each_facet_speaks_for_itself() {
    let (_folder, db) = empty().await;
    let mut tx = db.begin().await.unwrap();
    let facets = |name: &str, phone: &str| {
        [("name".to_owned(), name.to_owned()), ("phones".to_owned(), phone.to_owned())]
    };
    meet(&mut tx, DEAL, 0, &facets("Анна", "1")).await.unwrap();
    meet(&mut tx, DEAL, 0, &facets("Другая", "2")).await.unwrap();
    let echo = look(&mut tx, DEAL, 10, &facets("Анна", "1"), noon()).await.unwrap();
    assert!(!echo.has_news());
    let changed = look(&mut tx, DEAL, 20, &facets("Анна", "2"), noon()).await.unwrap();
    assert!(changed.is_news("phones") && !changed.is_news("name"));
}
