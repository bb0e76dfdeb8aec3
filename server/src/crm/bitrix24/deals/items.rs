//! The calls about leads, deals, contacts and companies alike: `crm.item.*`, numbers in camelCase
//! (Bitrix24 REST, api-reference/crm/universal).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::calls::error::is_missing;
use crate::crm::bitrix24::{BitrixCalls, CallError};

/// A kind of entity, by its `entityTypeId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A lead.
    Lead = 1,
    /// A deal.
    Deal = 2,
    /// A contact.
    Contact = 3,
    /// A company.
    Company = 4,
}

impl Kind {
    /// Its name in timelines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::Lead => "lead",
            Kind::Deal => "deal",
            Kind::Contact => "contact",
            Kind::Company => "company",
        }
    }

    fn id(self) -> i64 {
        self as i64
    }
}

/// A lead, deal, contact or company as the portal tells it. User fields bear their own names.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Item(Map<String, Value>);

#[derive(Deserialize)]
struct One {
    item: Item,
}

#[derive(Deserialize)]
struct Many {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Fields {
    fields: Map<String, Value>,
}

impl Item {
    /// Its id.
    pub(crate) fn id(&self) -> i64 {
        self.number("id").unwrap_or_default()
    }

    /// A text that is not empty; numbers are texts too.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// A whole number that is not 0, which stands for nothing in references.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok().filter(|number| *number != 0)
    }

    /// Everything that it says, by the portal's names.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// Whether a flag is set; there are several ways to write one.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
            || matches!(self.text(name).as_deref(), Some("Y" | "1" | "true"))
    }

    /// A list of ids.
    pub(crate) fn ids(&self, name: &str) -> Vec<i64> {
        let ids = self.0.get(name).and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(whole).collect()
    }

    /// The phones (`PHONE`) or e-mails (`EMAIL`) as they are written there.
    pub(crate) fn multi(&self, kind: &str) -> Vec<String> {
        let all = self.0.get("fm").and_then(Value::as_array);
        let of_kind = all.into_iter().flatten().filter(|one| one["typeId"] == kind);
        of_kind.filter_map(|one| one["value"].as_str().map(str::to_owned)).collect()
    }

    /// The ids of the files in a file field, one or several.
    pub(crate) fn files(&self, field: &str) -> Vec<i64> {
        let id = |file: &Value| whole(&file["id"]);
        match self.0.get(field) {
            Some(Value::Array(files)) => files.iter().filter_map(id).collect(),
            Some(file) => id(file).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// When it was last changed, Unix seconds.
    pub(crate) fn changed_at(&self) -> Option<i64> {
        let text = self.text("updatedTime")?;
        chrono::DateTime::parse_from_rfc3339(&text).ok().map(|at| at.timestamp())
    }
}

/// A whole number, also where it is told as a text.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

impl BitrixCalls<'_> {
    /// One entity with everything; `None` where there is none.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn item(&self, kind: Kind, id: i64) -> Result<Option<Item>, CallError> {
        let params = json!({ "entityTypeId": kind.id(), "id": id, "useOriginalUfNames": "Y" });
        match self.call::<One>("crm.item.get", &params).await {
            Ok(one) => Ok(Some(one.item)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Entities that pass a filter, the oldest first; the first 50.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn items(&self, kind: Kind, filter: Value) -> Result<Vec<Item>, CallError> {
        let params = json!({
            "entityTypeId": kind.id(),
            "select": ["*"],
            "filter": filter,
            "order": { "id": "ASC" },
            "start": -1,
            "useOriginalUfNames": "Y",
        });
        Ok(self.call::<Many>("crm.item.list", &params).await?.items)
    }

    /// The newest entities, those before `before` where it is given; the first 50.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn newest(
        &self,
        kind: Kind,
        before: Option<i64>,
    ) -> Result<Vec<Item>, CallError> {
        let params = json!({
            "entityTypeId": kind.id(),
            "select": ["*"],
            "filter": before.map_or_else(|| json!({}), |id| json!({ "<id": id })),
            "order": { "id": "DESC" },
            "start": -1,
            "useOriginalUfNames": "Y",
        });
        Ok(self.call::<Many>("crm.item.list", &params).await?.items)
    }

    /// Makes an entity; as it then is.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub(crate) async fn add_item(&self, kind: Kind, fields: Value) -> Result<Item, CallError> {
        let params =
            json!({ "entityTypeId": kind.id(), "fields": fields, "useOriginalUfNames": "Y" });
        Ok(self.call::<One>("crm.item.add", &params).await?.item)
    }

    /// Changes an entity; as it then is. The same change may be made again: where nothing changes,
    /// the portal saves nothing.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn update_item(
        &self,
        kind: Kind,
        id: i64,
        fields: Value,
    ) -> Result<Item, CallError> {
        let params = json!({
            "entityTypeId": kind.id(),
            "id": id,
            "fields": fields,
            "useOriginalUfNames": "Y",
        });
        Ok(self.call::<One>("crm.item.update", &params).await?.item)
    }

    /// Deletes an entity; one that is not there needs no deleting.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn delete_item(&self, kind: Kind, id: i64) -> Result<(), CallError> {
        let params = json!({ "entityTypeId": kind.id(), "id": id });
        match self.call::<Value>("crm.item.delete", &params).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// What is known of the fields of a kind, by name.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn item_fields(&self, kind: Kind) -> Result<Map<String, Value>, CallError> {
        let params = json!({ "entityTypeId": kind.id(), "useOriginalUfNames": "Y" });
        Ok(self.call::<Fields>("crm.item.fields", &params).await?.fields)
    }
}
