//! Pictures that a source has and we have not fetched yet. The catalogue keeps where the source's
//! picture is; who fetches it says under which name it lies here.

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::PartId;

/// A picture to fetch.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Picture {
    /// Whose picture.
    pub id: PartId,
    /// Where the source keeps it.
    pub picture: String,
}

/// At most `limit` pictures of the source that are not here, of parts behind `after`; an empty
/// `after` begins.
///
/// # Errors
/// When the database fails.
pub async fn pictures_due(
    db: &mut impl Executor,
    source: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Picture>> {
    Ok(fetch_all!(
        db,
        Picture,
        "select id, picture from parts
          where source = $1 and id > $2 and picture is not null
            and (picture_got is null or picture_got <> picture)
          order by id limit $3",
        source,
        after,
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
        "update parts set picture_got = $2, photo = coalesce($3, photo)
          where id = $1 and picture = $2",
        &got.id,
        &got.picture,
        photo
    )?;
    Ok(())
}
