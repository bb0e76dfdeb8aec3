//! The lists and figures of the desk stay cheap however much was delivered before: each is read
//! by an index. Asked of SQLite's planner, so no clock is needed.

use super::figures::FIGURES;
use super::*;
use crate::db::{Db, fetch_all};

async fn plan(db: &Db, sql: &'static str) -> String {
    let mut reader = db.read().await.unwrap();
    let explained = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let rows = fetch_all!(&mut reader, (i64, i64, i64, String), explained).unwrap();
    rows.into_iter().map(|(.., detail)| detail).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_list_of_the_desk_has_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("desk.db").display());
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    for (sql, index) in [
        (OF_ENTITY, "USING INDEX deliveries_entity"),
        (UNDELIVERED, "USING INDEX deliveries_undelivered"),
        (OF_CONNECTION, "USING INDEX deliveries_connection"),
        (ALL, "USING INDEX sqlite_autoindex_deliveries_1"),
        (FIGURES, "USING COVERING INDEX deliveries_figures"),
    ] {
        let plan = plan(&db, sql).await;
        assert!(plan.contains(index), "{sql}:\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "sorted by hand:\n{plan}");
    }
}

#[test]
fn an_id_tells_when_it_was_made() {
    let now: DateTime<Utc> = "2026-11-23T07:00:00.123Z".parse().unwrap();
    // As RFC 9562 lays it out; an id of this process may be later where clocks were moved.
    let id = format!("{:012x}7000800000000000000", now.timestamp_millis());
    assert_eq!(made_at(&id), Some(now));
    assert_eq!(made_at("no id"), None);
}
