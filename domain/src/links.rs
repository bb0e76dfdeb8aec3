//! Our entity and its id in a CRM, and which steps of its story are done there.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};

/// Their id of `entity` (such as `order:…`) in a connection. `their_kind` is `lead`, `contact`, or
/// a step such as `note` or `file:…`.
pub async fn find(
    db: &mut impl Executor,
    connection: &str,
    entity: &str,
    their_kind: &str,
) -> Result<Option<String>> {
    let row = fetch_optional!(
        db,
        (String,),
        "select their_id from crm_links
          where connection = $1 and entity = $2 and their_kind = $3",
        connection,
        entity,
        their_kind
    )?;
    Ok(row.map(|(id,)| id))
}

/// Remembers a link. The first one stays: a second answer for the same step changes nothing.
pub async fn put(
    tx: &mut Tx,
    connection: &str,
    entity: &str,
    their_kind: &str,
    their_id: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into crm_links (connection, entity, their_kind, their_id, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (connection, entity, their_kind) do nothing",
        connection,
        entity,
        their_kind,
        their_id,
        now
    )?;
    Ok(())
}

/// Remembers a link that may move: their entity was merged into another, or deleted and made anew.
pub async fn replace(
    tx: &mut Tx,
    connection: &str,
    entity: &str,
    their_kind: &str,
    their_id: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into crm_links (connection, entity, their_kind, their_id, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (connection, entity, their_kind) do update
            set their_id = excluded.their_id, created_at = excluded.created_at",
        connection,
        entity,
        their_kind,
        their_id,
        now
    )?;
    Ok(())
}

/// Every step of an entity's story with their id of it.
pub async fn steps(
    db: &mut impl Executor,
    connection: &str,
    entity: &str,
) -> Result<Vec<(String, String)>> {
    Ok(fetch_all!(
        db,
        (String, String),
        "select their_kind, their_id from crm_links where connection = $1 and entity = $2",
        connection,
        entity
    )?)
}

/// Begins a step that must not be tried twice at a time, in whatever process. `false`, and nothing
/// is changed, when another try began after `settled`: its outcome may not show yet.
pub async fn begin(
    tx: &mut Tx,
    connection: &str,
    entity: &str,
    step: &str,
    settled: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let begun = execute!(
        tx,
        "insert into crm_links (connection, entity, their_kind, their_id, created_at)
         values ($1, $2, $3, '', $4)
         on conflict (connection, entity, their_kind) do update
            set created_at = excluded.created_at
          where crm_links.created_at <= $5",
        connection,
        entity,
        step,
        now,
        settled
    )?;
    Ok(begun == 1)
}

/// When the last try of a step began.
pub async fn begun(
    db: &mut impl Executor,
    connection: &str,
    entity: &str,
    step: &str,
) -> Result<Option<DateTime<Utc>>> {
    let row = fetch_optional!(
        db,
        (DateTime<Utc>,),
        "select created_at from crm_links
          where connection = $1 and entity = $2 and their_kind = $3",
        connection,
        entity,
        step
    )?;
    Ok(row.map(|(at,)| at))
}

/// Our entities that stand behind their id.
pub async fn entities(
    db: &mut impl Executor,
    connection: &str,
    their_kind: &str,
    their_id: &str,
) -> Result<Vec<String>> {
    let rows = fetch_all!(
        db,
        (String,),
        "select entity from crm_links
          where connection = $1 and their_kind = $2 and their_id = $3",
        connection,
        their_kind,
        their_id
    )?;
    Ok(rows.into_iter().map(|(entity,)| entity).collect())
}
