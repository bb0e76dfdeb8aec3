//! Pictures that a source has and we have not fetched yet. The catalogue keeps where the source's
//! picture is; who fetches it says under which name it lies here.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::PartId;
use crate::{Result, files};

/// A picture to fetch.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Picture {
    /// Whose picture.
    pub id: PartId,
    /// Where the source keeps it.
    pub picture: String,
}

/// Where pictures of the catalogue lie, in the folder of uploads.
const FOLDER: &str = "photos";

/// At most `limit` pictures of the source that are not here and may be fetched by now.
///
/// # Errors
/// When the database fails.
pub async fn pictures_due(
    db: &mut impl Executor,
    source: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Picture>> {
    Ok(fetch_all!(
        db,
        Picture,
        "select id, picture from parts
          where source = $1 and picture is not null
            and (picture_got is null or picture_got <> picture)
            and (picture_after is null or picture_after <= $2)
          order by id limit $3",
        source,
        now,
        limit
    )?)
}

/// The picture was fetched, or can never be; `photo` is its name here.
///
/// # Errors
/// When the database fails.
pub async fn pictured(tx: &mut Tx, got: &Picture, photo: Option<&str>) -> Result<()> {
    execute!(
        tx,
        "update parts set picture_got = $2, picture_after = null, photo = coalesce($3, photo)
          where id = $1 and picture = $2",
        &got.id,
        &got.picture,
        photo
    )?;
    Ok(())
}

/// The picture could not be fetched now: it is not tried before `after`.
///
/// # Errors
/// When the database fails.
pub async fn put_off(tx: &mut Tx, picture: &Picture, after: DateTime<Utc>) -> Result<()> {
    execute!(
        tx,
        "update parts set picture_after = $3 where id = $1 and picture = $2",
        &picture.id,
        &picture.picture,
        after
    )?;
    Ok(())
}

/// Keeps a picture and answers its name here; `None` where the bytes are no picture that browsers
/// show: what it is, its content says. Drawings (SVG) are programs, and not taken from outside. The
/// same picture of many parts is kept once.
///
/// # Errors
/// When the disk fails.
pub async fn keep_picture(uploads: &Path, bytes: &[u8]) -> Result<Option<String>> {
    let extension = match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("image/jpeg") => "jpg",
        Some("image/png") => "png",
        Some("image/gif") => "gif",
        Some("image/webp") => "webp",
        _ => return Ok(None),
    };
    let name = format!("{}.{extension}", files::digest(bytes));
    files::write_once(&uploads.join(FOLDER), &name, bytes).await?;
    Ok(Some(name))
}
