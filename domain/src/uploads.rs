//! Files on their way to a CRM's drive: how far each has come, so that a crash repeats one part of
//! a file and not the file.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};

/// An upload that has begun.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Upload {
    /// Where the next part goes.
    pub next_url: String,
    /// The most bytes of one part.
    pub part_size: i64,
    /// Bytes that have arrived.
    pub sent: i64,
    /// When it began: drives forget uploads that take too long.
    pub begun_at: DateTime<Utc>,
}

/// The upload of a file to a connection, unless it began before `since`.
pub async fn find(
    db: &mut impl Executor,
    connection: &str,
    file: &str,
    since: DateTime<Utc>,
) -> Result<Option<Upload>> {
    Ok(fetch_optional!(
        db,
        Upload,
        "select next_url, part_size, sent, begun_at
           from crm_uploads
          where connection = $1 and file_id = $2 and begun_at >= $3",
        connection,
        file,
        since
    )?)
}

/// Remembers how far an upload has come.
pub async fn put(tx: &mut Tx, connection: &str, file: &str, upload: &Upload) -> Result<()> {
    execute!(
        tx,
        "insert into crm_uploads (connection, file_id, next_url, part_size, sent, begun_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (connection, file_id) do update
            set next_url = excluded.next_url, part_size = excluded.part_size,
                sent = excluded.sent, begun_at = excluded.begun_at",
        connection,
        file,
        &upload.next_url,
        upload.part_size,
        upload.sent,
        upload.begun_at
    )?;
    Ok(())
}

/// The file has arrived.
pub async fn end(tx: &mut Tx, connection: &str, file: &str) -> Result<()> {
    execute!(
        tx,
        "delete from crm_uploads where connection = $1 and file_id = $2",
        connection,
        file
    )?;
    Ok(())
}
