//! Whether files reach the Drive.

use bytes::Bytes;
use domain::ids;
use serde_json::{Value, json};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::check::Check;
use crate::crm::fault::AccessFault;

/// What is sent and removed again.
const CONTENT: &[u8] = b"test";

impl Check<'_> {
    pub(super) async fn files(&mut self, upload: bool) {
        let found = match self.folder().await {
            Ok(Some(folder)) if upload => self.send_and_remove(folder).await,
            Ok(Some(_)) => Ok(()),
            Ok(None) => {
                return self.bad("files", "crm-check-files-none", &[]);
            }
            Err(error) => Err(error),
        };
        match found {
            Ok(()) => self.good("files", "crm-check-files", &[]),
            Err(CallError::NoAccess { fault: AccessFault::B24Scope }) => {
                self.fault("files", AccessFault::B24Scope);
            }
            Err(error) => {
                self.bad("files", "crm-check-files-failed", &[("why", error.words().into())]);
            }
        }
    }

    /// The root folder of the Drive that everybody shares.
    async fn folder(&self) -> Result<Option<i64>, CallError> {
        let filter = json!({ "filter": { "ENTITY_TYPE": "common" } });
        let storages: Vec<Value> = self.calls.call("disk.storage.getlist", &filter).await?;
        let root = storages.first().map(|storage| &storage["ROOT_OBJECT_ID"]);
        Ok(root.and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok())))
    }

    async fn send_and_remove(&self, folder: i64) -> Result<(), CallError> {
        let content = Bytes::from_static(CONTENT);
        // Two checks at once must not want one name.
        let name = format!("mypark-{}.txt", &ids::new_token()[..8]);
        let file: Value = self.calls.upload(folder, &name, content).await?;
        self.calls.call::<Value>("disk.file.delete", &json!({ "id": file["ID"] })).await?;
        Ok(())
    }
}
