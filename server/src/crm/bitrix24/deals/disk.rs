//! The calls about the Drive.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::deals::items::{Kind, whole};
use crate::crm::bitrix24::{BitrixCalls, CallError};

/// A file on the Drive, numbers as texts among its members.
#[derive(Debug, Deserialize)]
pub(super) struct DiskFile {
    #[serde(rename = "ID")]
    pub(super) id: Value,
    #[serde(rename = "SIZE", default)]
    pub(super) size: Value,
}

impl BitrixCalls<'_> {
    /// The folder of this name in the Drive that everybody shares, made where it lacks; `None` where
    /// there is no such Drive.
    pub(super) async fn our_folder(&self, name: &str) -> Result<Option<i64>, CallError> {
        let storages: Vec<Map<String, Value>> = self
            .call("disk.storage.getlist", &json!({ "filter": { "ENTITY_TYPE": "common" } }))
            .await?;
        let common = storages.iter().find(|one| one.get("ENTITY_TYPE") == Some(&json!("common")));
        let root = common.and_then(|storage| whole(storage.get("ROOT_OBJECT_ID")?));
        let Some(root) = root else { return Ok(None) };
        if let Some(folder) = self.in_folder(root, name).await?.first() {
            return Ok(Some(*folder));
        }
        let params = json!({ "id": root, "data": { "NAME": name } });
        let made: Map<String, Value> = self.call("disk.folder.addsubfolder", &params).await?;
        Ok(made.get("ID").and_then(whole))
    }

    /// What bears this name in a folder.
    pub(super) async fn in_folder(&self, folder: i64, name: &str) -> Result<Vec<i64>, CallError> {
        let params = json!({ "id": folder, "filter": { "NAME": name } });
        let found: Vec<Map<String, Value>> = self.call("disk.folder.getchildren", &params).await?;
        let same = found.iter().filter(|one| one.get("NAME") == Some(&json!(name)));
        Ok(same.filter_map(|one| whole(one.get("ID")?)).collect())
    }

    /// Whether a field for files holds several; `None` where it is none.
    pub(super) async fn file_field(
        &self,
        kind: Kind,
        field: &str,
    ) -> Result<Option<bool>, CallError> {
        let fields = self.item_fields(kind).await?;
        let known = fields.get(field).filter(|field| field["type"] == "file");
        Ok(known.map(|field| field["isMultiple"] == true))
    }
}
