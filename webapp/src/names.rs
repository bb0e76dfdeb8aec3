//! Models by their names. Cases know a machine's model by its code, a slug; people know its name.
//! Names hardly change and there are few of them, so each is asked once and then remembered.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::db::Reader;
use domain::ids::MachineId;
use domain::{Result, machines};

/// The names of models by code, as far as they have been met.
#[derive(Default)]
pub(crate) struct Names(RwLock<HashMap<String, String>>);

impl Names {
    /// A page that reads both tells them to those that read only the code.
    pub(crate) fn learn(&self, code: &str, name: &str) {
        if self.known(code).is_none_or(|known| known != name) {
            let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
            names.insert(code.to_owned(), name.to_owned());
        }
    }

    /// Puts the name in place of the code of each machine's model. One query for each model that
    /// nobody has met since the start.
    pub(crate) async fn put(
        &self,
        db: &mut Reader,
        machines: impl Iterator<Item = (&MachineId, &mut String)>,
    ) -> Result<()> {
        for (id, model) in machines {
            if self.known(model).is_none()
                && let Some(machine) = machines::find(db, id).await?
            {
                self.learn(&machine.model_code, &machine.model_name);
            }
            if let Some(name) = self.known(model) {
                *model = name;
            }
        }
        Ok(())
    }

    fn known(&self, code: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(code).cloned()
    }
}
