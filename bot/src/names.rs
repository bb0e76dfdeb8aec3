//! Models by the name on the plate. Lists of cases know a machine's model by its code, a slug;
//! people know it as `16К20`.

use std::collections::HashMap;

use domain::Error;
use domain::db::Reader;
use domain::ids::MachineId;
use domain::machines;

/// As many machines are looked up for one message: more than any message shows.
const MOST: usize = 30;

/// Puts the model's name in place of its code, one query for each machine that appears.
pub(crate) async fn of_models(
    db: &mut Reader,
    cases: Vec<(&MachineId, &mut String)>,
) -> Result<(), Error> {
    let mut known: HashMap<MachineId, String> = HashMap::new();
    for (id, model) in cases {
        if !known.contains_key(id)
            && known.len() < MOST
            && let Some(machine) = machines::find(db, id).await?
        {
            known.insert(id.clone(), machine.model_name);
        }
        if let Some(name) = known.get(id) {
            model.clone_from(name);
        }
    }
    Ok(())
}
