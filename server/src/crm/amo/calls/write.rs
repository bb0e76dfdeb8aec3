//! Bodies of writes: only what is to change, so that a manager's edits beside ours survive.

use serde_json::{Map, Value, json};

use crate::crm::amo::calls::fields::FieldWrite;

/// A stage with its pipeline: ids such as 142 are the same in every pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The pipeline.
    pub pipeline_id: i64,
    /// The stage in it.
    pub status_id: i64,
}

/// A deal to be made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewLead {
    /// Its name; holds our number, by which it is found again.
    pub name: String,
    /// Whole roubles.
    pub price: Option<i64>,
    /// Where it goes; without it, the account's main pipeline.
    pub pipeline_id: Option<i64>,
    /// Its stage; without it, the pipeline's first.
    pub status_id: Option<i64>,
    /// Who is responsible; without it, the owner of the token.
    pub responsible_user_id: Option<i64>,
    /// Its fields.
    pub fields: Vec<FieldWrite>,
    /// Its tags; our number is among them.
    pub tags: Vec<String>,
    /// Its contacts, the main one first.
    pub contacts: Vec<i64>,
    /// Its company.
    pub company: Option<i64>,
}

/// A deal to be made in one call with its contact and company.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ComplexLead {
    /// The deal; its contacts and company are those below.
    pub lead: NewLead,
    /// The person.
    pub contact: Option<Party>,
    /// The firm.
    pub company: Option<Party>,
    /// By which the answer is known again.
    pub request_id: String,
}

/// A contact or company beside a new deal.
#[derive(Debug, Clone, PartialEq)]
pub enum Party {
    /// It is there.
    Known(i64),
    /// It is made along, or found by the account's own control of duplicates.
    New(NewContact),
}

/// A change of a deal: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeadPatch {
    /// A new name.
    pub name: Option<String>,
    /// Whole roubles.
    pub price: Option<i64>,
    /// A new stage.
    pub stage: Option<Stage>,
    /// New values of fields.
    pub fields: Vec<FieldWrite>,
    /// Tags to add to those it has.
    pub tags_to_add: Vec<String>,
}

/// A contact or company to be made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewContact {
    /// The whole name.
    pub name: String,
    /// Who is responsible; without it, the owner of the token.
    pub responsible_user_id: Option<i64>,
    /// Phone, e-mail and others.
    pub fields: Vec<FieldWrite>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A change of a contact: what is absent stays as it is. There is no name in it, for a name that a
/// manager wrote is never overwritten.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContactPatch {
    /// New values of fields.
    pub fields: Vec<FieldWrite>,
}

/// A task to be made on a deal or contact.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTask {
    /// What kind of task: 1 is a call, 2 a meeting, others are the account's own.
    pub task_type: i64,
    /// What to do.
    pub text: String,
    /// Until when, Unix seconds.
    pub complete_till: i64,
    /// What it hangs on; `None` leaves it on its own.
    pub entity: Option<TaskEntity>,
    /// Who does it; without it, the owner of the token.
    pub responsible_user_id: Option<i64>,
}

/// What a task hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskEntity {
    /// A deal.
    Lead(i64),
    /// A contact.
    Contact(i64),
}

impl NewLead {
    pub(crate) fn body(self) -> Value {
        let contact = |(at, id): (usize, i64)| json!({ "id": id, "is_main": at == 0 });
        let contacts: Vec<Value> = self.contacts.into_iter().enumerate().map(contact).collect();
        let mut lead = sparse(json!({
            "name": self.name,
            "price": self.price,
            "pipeline_id": self.pipeline_id,
            "status_id": self.status_id,
            "responsible_user_id": self.responsible_user_id,
            "custom_fields_values": fields(self.fields),
        }));
        let companies: Vec<Value> = self.company.iter().map(|id| json!({ "id": id })).collect();
        let embedded = sparse(json!({
            "tags": tags(&self.tags),
            "contacts": contacts,
            "companies": companies,
        }));
        if !embedded.is_empty() {
            lead.insert("_embedded".to_owned(), embedded.into());
        }
        lead.into()
    }
}

impl ComplexLead {
    pub(crate) fn body(self) -> Value {
        let mut lead = self.lead.body();
        lead["request_id"] = self.request_id.into();
        for (key, party) in [("contacts", self.contact), ("companies", self.company)] {
            if let Some(party) = party {
                lead["_embedded"][key] = json!([party.body()]);
            }
        }
        lead
    }
}

impl Party {
    fn body(self) -> Value {
        match self {
            Party::Known(id) => json!({ "id": id }),
            Party::New(new) => new.body(),
        }
    }
}

impl LeadPatch {
    pub(crate) fn body(self) -> Value {
        let patch = sparse(json!({
            "name": self.name,
            "price": self.price,
            "pipeline_id": self.stage.map(|stage| stage.pipeline_id),
            "status_id": self.stage.map(|stage| stage.status_id),
            "custom_fields_values": fields(self.fields),
            "tags_to_add": tags(&self.tags_to_add),
        }));
        patch.into()
    }
}

impl NewContact {
    pub(crate) fn body(self) -> Value {
        let mut contact = sparse(json!({
            "name": self.name,
            "responsible_user_id": self.responsible_user_id,
            "custom_fields_values": fields(self.fields),
        }));
        if !self.tags.is_empty() {
            contact.insert("_embedded".to_owned(), json!({ "tags": tags(&self.tags) }));
        }
        contact.into()
    }
}

impl ContactPatch {
    pub(crate) fn body(self) -> Value {
        sparse(json!({ "custom_fields_values": fields(self.fields) })).into()
    }
}

impl NewTask {
    pub(crate) fn body(self) -> Value {
        let (kind, id) = match self.entity {
            None => (None, None),
            Some(TaskEntity::Lead(id)) => (Some("leads"), Some(id)),
            Some(TaskEntity::Contact(id)) => (Some("contacts"), Some(id)),
        };
        let task = sparse(json!({
            "task_type_id": self.task_type,
            "text": self.text,
            "complete_till": self.complete_till,
            "entity_id": id,
            "entity_type": kind,
            "responsible_user_id": self.responsible_user_id,
        }));
        task.into()
    }
}

/// A product to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewElement {
    /// Its name.
    pub name: String,
    /// Its article.
    pub sku: String,
    /// Whole roubles; `None` leaves it without a price.
    pub price: Option<i64>,
}

/// What an entity is linked to.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkTo {
    id: i64,
    kind: &'static str,
    metadata: Value,
}

impl NewElement {
    pub(crate) fn body(self) -> Value {
        let field = |code: &str, value: String| json!({ "field_code": code, "values": [{ "value": value }] });
        let price = self.price.map(|price| field("PRICE", price.to_string()));
        let values: Vec<Value> = [field("SKU", self.sku)].into_iter().chain(price).collect();
        json!({ "name": self.name, "custom_fields_values": values })
    }
}

impl LinkTo {
    /// A company, for a contact.
    #[must_use]
    pub fn company(id: i64) -> LinkTo {
        LinkTo { id, kind: "companies", metadata: Value::Null }
    }

    /// So many pieces of an element of a list.
    #[must_use]
    pub fn element(id: i64, catalogue: i64, quantity: i64) -> LinkTo {
        let metadata = json!({ "quantity": quantity, "catalog_id": catalogue });
        LinkTo { id, kind: "catalog_elements", metadata }
    }

    pub(crate) fn body(&self) -> Value {
        let link = sparse(json!({
            "to_entity_id": self.id,
            "to_entity_type": self.kind,
            "metadata": self.metadata,
        }));
        link.into()
    }
}

/// A common note on a deal. Triggers of the pipeline fire on notes unless told not to.
pub(crate) fn note(text: &str, trigger_pipeline: bool) -> Value {
    json!({
        "note_type": "common",
        "params": { "text": text },
        "is_need_to_trigger_digital_pipeline": trigger_pipeline,
    })
}

fn fields(fields: Vec<FieldWrite>) -> Vec<Value> {
    fields.into_iter().map(FieldWrite::into_json).collect()
}

fn tags(names: &[String]) -> Vec<Value> {
    names.iter().map(|name| json!({ "name": name })).collect()
}

/// Leaves out what is null or an empty list: both would erase something.
fn sparse(body: Value) -> Map<String, Value> {
    let Value::Object(mut members) = body else { return Map::new() };
    members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|it| !it.is_empty()));
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_holds_only_what_changes() {
        let stage = Stage { pipeline_id: 10_226_282, status_id: 142 };
        let patch = LeadPatch { stage: Some(stage), ..LeadPatch::default() };
        assert_eq!(patch.body(), json!({ "pipeline_id": 10_226_282, "status_id": 142 }));
        assert_eq!(LeadPatch::default().body(), json!({}));
    }

    #[test]
    fn a_new_lead_names_its_main_contact() {
        let lead = NewLead {
            name: "Заказ ORD-2026-000001".to_owned(),
            tags: vec!["ORD-2026-000001".to_owned()],
            contacts: vec![5, 6],
            ..NewLead::default()
        };
        let expected = json!({
            "name": "Заказ ORD-2026-000001",
            "_embedded": {
                "tags": [{ "name": "ORD-2026-000001" }],
                "contacts": [{ "id": 5, "is_main": true }, { "id": 6, "is_main": false }],
            },
        });
        assert_eq!(lead.body(), expected);
    }

    #[test]
    fn a_link_looks_as_the_crm_wants_it() {
        let text = include_str!("../../../../../tests/fixtures/amocrm/catalog_link_request.json");
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(LinkTo::element(880_101, 7301, 2).body(), expected[0]);
    }

    #[test]
    fn a_complex_deal_bears_its_people_whole_or_by_id() {
        let complex = ComplexLead {
            lead: NewLead { name: "Заказ".to_owned(), ..NewLead::default() },
            contact: Some(Party::New(NewContact {
                name: "Анна".to_owned(),
                ..NewContact::default()
            })),
            company: Some(Party::Known(7)),
            request_id: "ORD-2026-000001".to_owned(),
        };
        let expected = json!({
            "name": "Заказ",
            "request_id": "ORD-2026-000001",
            "_embedded": { "contacts": [{ "name": "Анна" }], "companies": [{ "id": 7 }] },
        });
        assert_eq!(complex.body(), expected);
    }

    #[test]
    fn a_task_looks_as_the_crm_wants_it() {
        let text = include_str!("../../../../../tests/fixtures/amocrm/tasks_request.json");
        let mut expected: Value = serde_json::from_str(text).unwrap();
        expected[0].as_object_mut().unwrap().remove("request_id");
        let task = NewTask {
            task_type: 1,
            text: "Перезвонить клиенту".to_owned(),
            complete_till: 1_767_312_000,
            entity: Some(TaskEntity::Lead(28_450_917)),
            responsible_user_id: Some(9_000_001),
        };
        assert_eq!(json!([task.body()]), expected);
    }
}
