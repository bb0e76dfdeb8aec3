//! Files that go: their rows with the case, their bytes in the night after.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Db, Tx, execute, fetch_all};
use crate::files::{of, path};

/// Takes the files of a case away. The bytes may be another case's too: [`sweep`] sees to them.
pub(crate) async fn erase(tx: &mut Tx, owner: &str, now: DateTime<Utc>) -> Result<()> {
    let files = of(tx, owner).await?;
    execute!(tx, "delete from attachments where owner = $1", owner)?;
    for file in files {
        execute!(
            tx,
            "insert into erased_files (sha256, erased_at) values ($1, $2)
             on conflict (sha256) do nothing",
            &file.sha256,
            now
        )?;
        execute!(
            tx,
            "delete from files
              where id = $1
                and not exists (select 1 from attachments a where a.file_id = files.id)
                and not exists (select 1 from documents d where d.file_id = files.id)",
            &file.id
        )?;
    }
    Ok(())
}

/// Removes the bytes of erased files that are nobody else's; how many. Call it while hardly anybody
/// sends files: who sends the very same bytes in this moment takes them for kept.
///
/// # Errors
/// When the database or the disk fails; what was not removed is the next night's.
pub async fn sweep(db: &Db, uploads: &Path) -> Result<usize> {
    let erased = {
        let mut reader = db.read().await?;
        fetch_all!(
            &mut reader,
            (String, bool),
            "select e.sha256, exists (select 1 from files f where f.sha256 = e.sha256)
                              or exists (select 1 from file_uploads u where u.sha256 = e.sha256)
               from erased_files e"
        )?
    };
    let mut swept = 0;
    for (sha256, kept) in erased {
        if !kept {
            match tokio::fs::remove_file(path(uploads, &sha256)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error.into());
                }
                _ => swept += 1,
            }
        }
        let mut tx = db.begin().await?;
        execute!(&mut tx, "delete from erased_files where sha256 = $1", &sha256)?;
        tx.commit().await?;
    }
    Ok(swept)
}
