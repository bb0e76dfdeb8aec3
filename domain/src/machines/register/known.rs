//! What the catalogue and the park hold already: a serial, a model.

use crate::Result;
use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::{MachineId, ModelId};
use crate::text::code_key;

/// The machine that has this serial, however it is written.
pub async fn by_serial(db: &mut impl Executor, serial: &str) -> Result<Option<MachineId>> {
    let row = fetch_optional!(
        db,
        (MachineId,),
        "select id from machine_instances where serial_key = $1",
        code_key(serial)
    )?;
    Ok(row.map(|(id,)| id))
}

/// Whether the catalogue has a model of this code or name.
pub async fn is_model(db: &mut impl Executor, text: &str) -> Result<bool> {
    Ok(model_of(db, text).await?.is_some())
}

/// The model with this code or name.
pub(in crate::machines) async fn model_of(
    db: &mut impl Executor,
    text: &str,
) -> Result<Option<ModelId>> {
    let key = code_key(text);
    if key.is_empty() {
        return Ok(None);
    }
    if let Some((id,)) =
        fetch_optional!(db, (ModelId,), "select id from machine_models where code_key = $1", &key)?
    {
        return Ok(Some(id));
    }
    // Names have no folded column of their own; a dealer has some hundred models, deals are rare.
    let models = fetch_all!(db, (ModelId, String), "select id, name from machine_models")?;
    Ok(models.into_iter().find(|(_, known)| code_key(known) == key).map(|(id, _)| id))
}
