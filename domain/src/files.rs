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

pub(crate) use erase::erase;
pub use erase::sweep;

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
    let size = bytes.len() as u64;
    if size > MAX_FILE {
        return Err(Error::TooLarge(MAX_FILE));
    }
    let name = safe_name(name);
    let Some(content_type) = kind_of(&name, bytes) else {
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

/// The content type when the content is of an allowed kind: PDF, DOC, DOCX, XLS, XLSX, JPG, PNG,
/// GIF, TXT. The name decides only between kinds that share a container (DOC and XLS).
fn kind_of(name: &str, bytes: &[u8]) -> Option<&'static str> {
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let extension = name.rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase());
    let extension = extension.as_deref().unwrap_or_default();
    if bytes.starts_with(OLE) {
        return match extension {
            "doc" => Some("application/msword"),
            "xls" => Some("application/vnd.ms-excel"),
            _ => None,
        };
    }
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("application/pdf") => Some("application/pdf"),
        Some("image/jpeg") => Some("image/jpeg"),
        Some("image/png") => Some("image/png"),
        Some("image/gif") => Some("image/gif"),
        Some(DOCX) => Some(DOCX),
        Some(XLSX) => Some(XLSX),
        Some("application/zip") => match extension {
            "docx" if holds(bytes, b"word/") => Some(DOCX),
            "xlsx" if holds(bytes, b"xl/") => Some(XLSX),
            _ => None,
        },
        Some(_) => None,
        None => (extension == "txt" && is_text(bytes)).then_some("text/plain"),
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Text has no zero bytes and hardly any control characters, in UTF-8 and Windows-1251 alike.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b >= 0x20 || matches!(b, b'\n' | b'\r' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_called_a_picture_is_refused() {
        assert_eq!(kind_of("photo.jpg", b"\x7fELF\x02\x01\x01\0rest of a program"), None);
        assert_eq!(kind_of("photo.jpg", b"MZ\x90\0\x03rest"), None);
        assert_eq!(kind_of("page.txt", b"zero \0 byte"), None);
        assert_eq!(kind_of("a.html", b"<html><script>"), None);
    }

    #[test]
    fn allowed_kinds_are_known_by_content() {
        assert_eq!(kind_of("scan", b"%PDF-1.7 rest"), Some("application/pdf"));
        assert_eq!(kind_of("x.bin", b"\xFF\xD8\xFF\xE0rest of a photo"), Some("image/jpeg"));
        assert_eq!(kind_of("note.txt", "Шпиндель".as_bytes()), Some("text/plain"));
    }

    #[test]
    fn names_are_made_safe() {
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("C:\\photos\\шпиндель \"1\".jpg"), "шпиндель 1.jpg");
        assert_eq!(safe_name("..."), "file");
    }
}
