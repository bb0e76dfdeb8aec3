//! Files that arrive in parts, because a phone in a workshop loses its connection: what has arrived
//! stays for a day, and only what is missing is sent again.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::db::{Db, Executor, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::files::{Accepted, MAX_FILE, accept_any, content_type, safe_name};
use crate::ids::new_token;
use crate::{Dealer, Error, Result};

/// The most bytes of one part.
pub const PART: usize = 512 * 1024;
/// So many files of one person may be on their way at once: those of two forms.
const MOST: i64 = 20;
/// What has not gone with anything after so long is removed.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Resumed {
    /// What its parts are sent under; unguessable.
    pub id: String,
    /// As its sender called it, made safe.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// So many of them are here.
    pub received: i64,
    /// By content, once it is whole.
    pub content_type: Option<String>,
    #[serde(skip)]
    sha256: Option<String>,
}

/// Announces a file of so many bytes.
///
/// # Errors
/// `TooLarge`; `Invalid` names `size` or `files`.
pub async fn begin(
    tx: &mut Tx,
    telegram_id: i64,
    name: &str,
    size: i64,
    now: DateTime<Utc>,
) -> Result<Resumed> {
    if size <= 0 {
        return Err(Error::invalid("size", "error-number"));
    }
    if size.cast_unsigned() > MAX_FILE {
        return Err(Error::TooLarge(MAX_FILE));
    }
    let (on_their_way,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from file_uploads
          where telegram_id = $1 and used_at is null and created_at >= $2",
        telegram_id,
        now - KEPT
    )?;
    if on_their_way >= MOST {
        return Err(Error::invalid("files", "error-uploads-many"));
    }
    let begun = Resumed {
        id: new_token(),
        name: safe_name(name),
        size,
        received: 0,
        content_type: None,
        sha256: None,
    };
    execute!(
        tx,
        "insert into file_uploads (id, telegram_id, name, size, received, created_at)
         values ($1, $2, $3, $4, 0, $5)",
        &begun.id,
        telegram_id,
        &begun.name,
        size,
        now
    )?;
    Ok(begun)
}

/// How far a file of the person has come; another's is [`Error::NotFound`].
pub async fn find_resumed(db: &mut impl Executor, telegram_id: i64, id: &str) -> Result<Resumed> {
    let found = fetch_optional!(
        db,
        Resumed,
        "select id, name, size, received, content_type, sha256
           from file_uploads where id = $1 and telegram_id = $2",
        id,
        telegram_id
    )?;
    found.ok_or(Error::NotFound)
}

/// Takes the bytes from `at` on. The last part completes the file, which is then judged like any other;
/// one of a wrong kind is forgotten. A part that is here already changes nothing.
///
/// # Errors
/// A conflict `upload_at` when `at` is not where the file goes on; `Invalid` names `size` when it is
/// more than was announced; `UnsupportedFile`.
pub async fn take_part(
    db: &Db,
    d: &Dealer,
    (telegram_id, id): (i64, &str),
    at: i64,
    bytes: &[u8],
) -> Result<Resumed> {
    let upload = find_resumed(&mut db.read().await?, telegram_id, id).await?;
    let end = at.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
    if at >= 0 && end <= upload.received {
        return Ok(upload);
    }
    if at != upload.received {
        return Err(Error::Conflict("upload_at"));
    }
    if end > upload.size || bytes.len() > PART {
        return Err(Error::invalid("size", "error-number"));
    }
    let path = part_path(&d.uploads, id);
    put(&path, at, bytes).await?;
    let whole = match end == upload.size {
        false => None,
        true => match accept_any(&d.uploads, &upload.name, &tokio::fs::read(&path).await?).await {
            Ok(whole) => Some(whole),
            Err(error) => {
                forget(db, d, telegram_id, id).await?;
                return Err(error);
            }
        },
    };
    let mut tx = db.begin().await?;
    let moved = execute!(
        &mut tx,
        "update file_uploads set received = $3, content_type = $4, sha256 = $5
          where id = $1 and received = $2",
        id,
        at,
        end,
        whole.as_ref().map(|whole| whole.content_type),
        whole.as_ref().map(|whole| whole.sha256.as_str())
    )?;
    if moved == 0 {
        return Err(Error::Conflict("upload_at"));
    }
    let upload = find_resumed(&mut tx, telegram_id, id).await?;
    tx.commit().await?;
    if upload.content_type.is_some() {
        remove(&path).await?;
    }
    Ok(upload)
}

/// The person does not want to send the file after all. What went with something stays there.
pub async fn forget(db: &Db, d: &Dealer, telegram_id: i64, id: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let upload = find_resumed(&mut tx, telegram_id, id).await?;
    erase(&mut tx, &upload, d.clock.now()).await?;
    tx.commit().await?;
    remove(&part_path(&d.uploads, id)).await
}

/// Removes what is older than a day; how many. What went with something is only no longer an upload.
pub async fn sweep_uploads(db: &Db, d: &Dealer) -> Result<usize> {
    let now = d.clock.now();
    let old = {
        let mut reader = db.read().await?;
        fetch_all!(
            &mut reader,
            Resumed,
            "select id, name, size, received, content_type, sha256
               from file_uploads where created_at < $1 order by created_at",
            now - KEPT
        )?
    };
    for upload in &old {
        let mut tx = db.begin().await?;
        erase(&mut tx, upload, now).await?;
        tx.commit().await?;
        remove(&part_path(&d.uploads, &upload.id)).await?;
    }
    Ok(old.len())
}

/// The row goes; the bytes of a whole file go in the night, unless they are somebody's.
async fn erase(tx: &mut Tx, upload: &Resumed, now: DateTime<Utc>) -> Result<()> {
    if let Some(sha256) = &upload.sha256 {
        execute!(
            tx,
            "insert into erased_files (sha256, erased_at) values ($1, $2)
             on conflict (sha256) do nothing",
            sha256,
            now
        )?;
    }
    execute!(tx, "delete from file_uploads where id = $1", &upload.id)?;
    Ok(())
}

/// Those of these files of the person that are whole.
pub async fn whole(
    db: &mut impl Executor,
    telegram_id: i64,
    ids: &[String],
) -> Result<Vec<Resumed>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mine = fetch_all!(
        db,
        Resumed,
        "select id, name, size, received, content_type, sha256
           from file_uploads
          where telegram_id = $1 and used_at is null and content_type is not null
          order by created_at, id",
        telegram_id
    )?;
    Ok(mine.into_iter().filter(|upload| ids.contains(&upload.id)).collect())
}

/// The files of these ids, for what they go with. Sent again with the same form they are the same.
///
/// # Errors
/// `Invalid` names `files` when one is not whole, another's, or removed after its day.
pub async fn claim(
    tx: &mut Tx,
    telegram_id: i64,
    ids: &[&str],
    now: DateTime<Utc>,
) -> Result<Vec<Accepted>> {
    let gone = || Error::invalid("files", "error-upload-gone");
    let mut accepted = Vec::with_capacity(ids.len());
    for id in ids {
        let upload = match find_resumed(tx, telegram_id, id).await {
            Err(Error::NotFound) => return Err(gone()),
            found => found?,
        };
        let kind = upload.content_type.as_deref().and_then(content_type).ok_or_else(gone)?;
        accepted.push(Accepted {
            name: upload.name,
            content_type: kind,
            size: upload.size,
            sha256: upload.sha256.ok_or_else(gone)?,
        });
        execute!(
            tx,
            "update file_uploads set used_at = coalesce(used_at, $2) where id = $1",
            id,
            now
        )?;
    }
    Ok(accepted)
}

/// Where the parts of a file lie until it is whole. The id is one of ours.
fn part_path(uploads: &Path, id: &str) -> PathBuf {
    uploads.join("parts").join(id)
}

/// Writes a part, durably: what is said to have arrived has.
async fn put(path: &Path, at: i64, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let mut open = tokio::fs::OpenOptions::new();
    let mut file = open.create(true).write(true).truncate(false).open(path).await?;
    file.seek(SeekFrom::Start(at.cast_unsigned())).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}

async fn remove(path: &Path) -> Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
