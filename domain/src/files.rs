//! Files that people send: judged by content, kept under their hash.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::FileId;
use crate::text::clean;
use crate::{Error, Result};

mod erase;
mod kinds;
mod resume;

pub(crate) use erase::erase;
pub use erase::sweep;
use kinds::{any_kind_of, content_type, kind_of};
pub use resume::*;

/// The most that one file may hold, in bytes.
pub const MAX_FILE: u64 = 10 * 1024 * 1024;
/// The most files that go with one case.
pub const MAX_FILES: usize = 10;

/// A stored file.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct StoredFile {
    /// Its id.
    pub id: FileId,
    /// As its sender called it, made safe.
    pub name: String,
    /// By content.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of the content, hex: also where the bytes lie.
    #[serde(skip)]
    pub sha256: String,
}

/// A file that passed the checks and whose bytes are on disk, not yet in the database.
#[derive(Clone, Debug)]
pub struct Accepted {
    name: String,
    content_type: &'static str,
    size: i64,
    sha256: String,
}

impl Accepted {
    /// Its content type.
    pub fn content_type(&self) -> &'static str {
        self.content_type
    }
}

/// Checks a file and writes its bytes to disk, durably, before any transaction: a committed row
/// never points at bytes that a power cut took. Bytes whose row never came cost space only.
pub async fn accept(uploads: &Path, name: &str, bytes: &[u8]) -> Result<Accepted> {
    keep(uploads, name, bytes, kind_of).await
}

/// The same, and recordings and films besides: what people send of a machine.
pub async fn accept_any(uploads: &Path, name: &str, bytes: &[u8]) -> Result<Accepted> {
    keep(uploads, name, bytes, any_kind_of).await
}

async fn keep(
    uploads: &Path,
    name: &str,
    bytes: &[u8],
    judge: fn(&str, &[u8]) -> Option<&'static str>,
) -> Result<Accepted> {
    let size = bytes.len() as u64;
    if size > MAX_FILE {
        return Err(Error::TooLarge(MAX_FILE));
    }
    let name = safe_name(name);
    let Some(content_type) = judge(&name, bytes) else {
        return Err(Error::UnsupportedFile(name));
    };
    let sha256 = digest(bytes);
    write_once(&uploads.join(&sha256[..2]), &sha256, bytes).await?;
    Ok(Accepted { name, content_type, size: size.cast_signed(), sha256 })
}

/// Puts an accepted picture among those of the catalogue, which everybody sees; answers its name
/// there.
///
/// # Errors
/// [`Error::UnsupportedFile`] for what is no picture.
pub async fn publish_picture(uploads: &Path, file: &Accepted) -> Result<String> {
    let extension = match file.content_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        _ => return Err(Error::UnsupportedFile(file.name.clone())),
    };
    let bytes = tokio::fs::read(path(uploads, &file.sha256)).await?;
    let name = format!("{}.{extension}", file.sha256);
    write_once(&uploads.join("photos"), &name, &bytes).await?;
    Ok(name)
}

/// Writes the row of an accepted file.
pub async fn add(tx: &mut Tx, file: &Accepted, now: DateTime<Utc>) -> Result<FileId> {
    let id = FileId::new(now);
    execute!(
        tx,
        "insert into files (id, name, content_type, size, sha256, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        &id,
        &file.name,
        file.content_type,
        file.size,
        &file.sha256,
        now
    )?;
    Ok(id)
}

/// Attaches accepted files to a case, such as `request:…`.
pub async fn attach(
    tx: &mut Tx,
    owner: &str,
    files: &[Accepted],
    now: DateTime<Utc>,
) -> Result<()> {
    for (position, file) in (0_i64..).zip(files) {
        let id = add(tx, file, now).await?;
        execute!(
            tx,
            "insert into attachments (owner, file_id, position) values ($1, $2, $3)",
            owner,
            &id,
            position
        )?;
    }
    Ok(())
}

/// Attaches those that the case has not yet, by their content; how many that were.
///
/// # Errors
/// When the database fails.
pub async fn attach_new(
    tx: &mut Tx,
    owner: &str,
    files: &[Accepted],
    now: DateTime<Utc>,
) -> Result<usize> {
    let known = of(tx, owner).await?;
    let is_new = |file: &&Accepted| known.iter().all(|known| known.sha256 != file.sha256);
    let new: Vec<Accepted> = files.iter().filter(is_new).cloned().collect();
    attach(tx, owner, &new, now).await?;
    Ok(new.len())
}

/// The files of a case, in the order of sending.
pub async fn of(db: &mut impl Executor, owner: &str) -> Result<Vec<StoredFile>> {
    Ok(fetch_all!(
        db,
        StoredFile,
        "select f.id, f.name, f.content_type, f.size, f.sha256
           from attachments a
           join files f on f.id = a.file_id
          where a.owner = $1
          order by a.position, f.id",
        owner
    )?)
}

/// A file by id. Whether somebody may see it is for its case to say.
pub async fn find(db: &mut impl Executor, id: &FileId) -> Result<Option<StoredFile>> {
    Ok(fetch_optional!(
        db,
        StoredFile,
        "select id, name, content_type, size, sha256 from files where id = $1",
        id
    )?)
}

/// The bytes of a stored file.
pub async fn read(uploads: &Path, file: &StoredFile) -> Result<Vec<u8>> {
    Ok(tokio::fs::read(path(uploads, &file.sha256)).await?)
}

fn path(uploads: &Path, sha256: &str) -> std::path::PathBuf {
    uploads.join(&sha256[..2]).join(sha256)
}

/// The SHA-256 of a content, hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a file whose name says its content, durably; once.
pub(crate) async fn write_once(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let target = folder.join(name);
    if tokio::fs::try_exists(&target).await? {
        return Ok(());
    }
    tokio::fs::create_dir_all(folder).await?;
    let partial = folder.join(format!("{name}.{}", crate::ids::new_token()));
    let mut file = tokio::fs::File::create(&partial).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&partial, &target).await?;
    // The name is durable only when its folder is.
    tokio::fs::File::open(folder).await?.sync_all().await
}

/// The last part of a path, without control characters, at most 120 characters.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !"\"<>|:*?".contains(*c)).collect();
    let kept = clean(&shown, usize::MAX).unwrap_or_default().replace(['\n', '\t'], " ");
    let start = kept.chars().count().saturating_sub(120);
    let short: String = kept.chars().skip(start).collect();
    if short.trim_matches('.').is_empty() { "file".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("C:\\photos\\шпиндель \"1\".jpg"), "шпиндель 1.jpg");
        assert_eq!(safe_name("..."), "file");
    }
}
