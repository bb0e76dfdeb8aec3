//! Documents as the console keeps them: what there is of a model or a machine, a new revision in the
//! place of the old one, and what is shown no more.

use chrono::{DateTime, Utc};

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::documents::{Description, Owner, insert};
use crate::files::Accepted;
use crate::ids::FileId;
use crate::{Error, Result};

/// The kinds of documents, in the order in which people are asked.
pub const KINDS: [&str; 7] =
    ["passport", "manual", "wiring", "hydraulics", "act", "certificate", "invoice"];

/// The languages of documents.
pub const LANGUAGES: [&str; 2] = ["ru", "en"];

/// A document with what became of it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// The file behind it.
    pub file_id: FileId,
    /// One of [`KINDS`].
    pub kind: String,
    /// As people call it.
    pub title: String,
    /// One of [`LANGUAGES`].
    pub language: String,
    /// Which edition; empty when there is only one.
    pub revision: String,
    /// By content.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// Since when it is shown no more.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// All documents of a model or a machine, those that are shown first; 200 at most.
pub async fn of_owner(db: &mut impl Executor, owner: &Owner) -> Result<Vec<Kept>> {
    macro_rules! kept {
        ($where:literal) => {
            concat!(
                "select d.id, d.file_id, d.kind, d.title, d.language, d.revision, f.content_type,
                        f.size, d.created_at, d.withdrawn_at
                   from documents d
                   join files f on f.id = d.file_id
                  where ",
                $where,
                " order by case when d.withdrawn_at is null then 0 else 1 end, d.kind, d.title,
                           d.id desc
                  limit 200"
            )
        };
    }
    Ok(match owner {
        Owner::Model(model) => fetch_all!(db, Kept, kept!("d.model_id = $1"), model)?,
        Owner::Machine(machine) => fetch_all!(db, Kept, kept!("d.machine_id = $1"), machine)?,
    })
}

/// Puts a document there; one of the same kind, title and language that is shown gives its place to
/// it, when it is of another revision. Answers its id.
///
/// # Errors
/// The field `revision` when that revision is there already.
pub async fn publish(
    tx: &mut Tx,
    owner: &Owner,
    description: &Description<'_>,
    file: &Accepted,
    now: DateTime<Utc>,
) -> Result<String> {
    let shown = of_owner(tx, owner).await?;
    let same = shown.iter().find(|one| {
        one.withdrawn_at.is_none()
            && one.title == description.title
            && one.language == description.language
    });
    if let Some(former) = same {
        if former.revision == description.revision && former.kind == description.kind {
            return Err(Error::invalid("revision", "error-revision"));
        }
        withdraw(tx, owner, &former.id, now).await?;
    }
    insert(tx, owner, description, file, now).await
}

/// Puts a newer revision in the place of a document, under its name. Answers the new one's id.
///
/// # Errors
/// [`Error::NotFound`] for what is not this owner's or shown no more; the field `revision` when it is
/// the same.
pub async fn replace(
    tx: &mut Tx,
    owner: &Owner,
    id: &str,
    (revision, file): (&str, &Accepted),
    now: DateTime<Utc>,
) -> Result<String> {
    let shown = of_owner(tx, owner).await?;
    let former = shown.iter().find(|one| one.id == id && one.withdrawn_at.is_none());
    let former = former.ok_or(Error::NotFound)?;
    let description = Description {
        kind: &former.kind,
        title: &former.title,
        language: &former.language,
        revision,
    };
    publish(tx, owner, &description, file, now).await
}

/// Shows a document no more: passports leave it out, its links stop working for customers.
///
/// # Errors
/// [`Error::NotFound`] for what is not this owner's or shown no more.
pub async fn withdraw(tx: &mut Tx, owner: &Owner, id: &str, now: DateTime<Utc>) -> Result<()> {
    let (model, machine) = owner.ids();
    let known = fetch_optional!(
        tx,
        (String,),
        "select id from documents
          where id = $1 and (model_id = $2 or machine_id = $3) and withdrawn_at is null",
        id,
        model,
        machine
    )?;
    known.ok_or(Error::NotFound)?;
    execute!(
        tx,
        "update documents set withdrawn_at = $2 where id = $1 and withdrawn_at is null",
        id,
        now
    )?;
    Ok(())
}
