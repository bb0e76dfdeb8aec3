//! Documents of models and machines: which file, of what kind, in which language.

use chrono::{DateTime, Utc};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::files::{self, Accepted};
use crate::ids::{MachineId, ModelId, new_id};
use crate::text::code_key;
use crate::{Error, Result, machines};

mod book;

pub use book::{KINDS, Kept, LANGUAGES, of_owner, publish, replace, withdraw};

/// Whose document it is.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Every machine's of the model.
    Model(ModelId),
    /// One machine's.
    Machine(MachineId),
}

impl Owner {
    fn ids(&self) -> (Option<&ModelId>, Option<&MachineId>) {
        match self {
            Owner::Model(model) => (Some(model), None),
            Owner::Machine(machine) => (None, Some(machine)),
        }
    }
}

/// What a document says of itself.
#[derive(Clone, Debug)]
pub struct Description<'a> {
    /// `passport`, `manual`, `wiring`, `hydraulics`, `act`, `certificate`, `invoice`.
    pub kind: &'a str,
    /// As people call it.
    pub title: &'a str,
    /// `ru`, `en`.
    pub language: &'a str,
    /// Which edition; empty when there is only one.
    pub revision: &'a str,
}

/// Adds a document with its file. The same title in the same language of the same owner is the
/// same document: `false`, and nothing changes.
pub async fn add(
    tx: &mut Tx,
    owner: &Owner,
    description: &Description<'_>,
    file: &Accepted,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (model, machine) = owner.ids();
    let known = fetch_optional!(
        tx,
        (String,),
        "select id from documents
          where (model_id = $1 or machine_id = $2) and title = $3 and language = $4
            and withdrawn_at is null",
        model,
        machine,
        description.title,
        description.language
    )?;
    if known.is_some() {
        return Ok(false);
    }
    insert(tx, owner, description, file, now).await?;
    Ok(true)
}

/// Writes a document with its file; answers its id.
async fn insert(
    tx: &mut Tx,
    owner: &Owner,
    description: &Description<'_>,
    file: &Accepted,
    now: DateTime<Utc>,
) -> Result<String> {
    let (model, machine) = owner.ids();
    let (id, file) = (new_id(now), files::add(tx, file, now).await?);
    execute!(
        tx,
        "insert into documents (id, model_id, machine_id, file_id, kind, title, language, revision,
                                created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &id,
        model,
        machine,
        &file,
        description.kind,
        description.title,
        description.language,
        description.revision,
        now
    )?;
    Ok(id)
}

/// The model with this code, in either alphabet.
pub async fn model_by_code(db: &mut impl Executor, code: &str) -> Result<ModelId> {
    let row = fetch_optional!(
        db,
        (ModelId,),
        "select id from machine_models where code_key = $1",
        code_key(code)
    )?;
    row.map(|(id,)| id).ok_or(Error::NotFound)
}

/// The machine with this serial, in either alphabet.
pub async fn machine_by_serial(db: &mut impl Executor, serial: &str) -> Result<MachineId> {
    machines::by_serial(db, serial).await?.ok_or(Error::NotFound)
}

/// Sets the picture of a model: the name of a file among the photos.
pub async fn set_model_photo(tx: &mut Tx, model: &ModelId, photo: &str) -> Result<()> {
    execute!(tx, "update machine_models set photo = $2 where id = $1", model, photo)?;
    Ok(())
}
