//! Entities as the API shows them, key by key.

use serde_json::{Value, json};

use crate::amocrm::account::{Account, StageEvent};
use crate::amocrm::answer::Params;
use crate::amocrm::catalogue::fields_of;
use crate::amocrm::core::AmocrmOptions;
use crate::amocrm::data::{Contact, DriveFile, Lead, Note, Tag, Task};
use crate::amocrm::fields;

/// `_links` with one `self`.
pub(crate) fn links(base: &str, path: &str) -> Value {
    json!({"self": {"href": format!("{base}/api/v4/{path}")}})
}

fn linked(base: &str, kind: &str, id: i64) -> Value {
    json!({"id": id, "_links": links(base, &format!("{kind}/{id}"))})
}

fn tags(tags: &[Tag]) -> Vec<Value> {
    tags.iter().map(|tag| json!({"id": tag.id, "name": tag.name, "color": null})).collect()
}

fn closest_task(account: &Account, entity: &str, id: i64) -> Option<i64> {
    let open = account.tasks.values().filter(|task| {
        !task.is_completed
            && task.entity_id == Some(id)
            && task.entity_type.as_deref() == Some(entity)
    });
    open.map(|task| task.complete_till).min()
}

/// A lead; contacts and products only where `with` asks for them.
pub(crate) fn lead(
    lead: &Lead,
    account: &Account,
    options: &AmocrmOptions,
    params: &Params,
) -> Value {
    let base = &options.base_url;
    let companies: Vec<Value> =
        lead.company_id.map(|id| linked(base, "companies", id)).into_iter().collect();
    let mut shown = json!({
        "id": lead.id,
        "name": lead.name,
        "price": lead.price,
        "responsible_user_id": lead.responsible_user_id,
        "group_id": 0,
        "status_id": lead.status_id,
        "pipeline_id": lead.pipeline_id,
        "loss_reason_id": null,
        "created_by": lead.created_by,
        "updated_by": lead.updated_by,
        "created_at": lead.created_at,
        "updated_at": lead.updated_at,
        "closed_at": lead.closed_at,
        "closest_task_at": closest_task(account, "leads", lead.id),
        "is_deleted": false,
        "custom_fields_values": fields::show(fields_of("leads"), &lead.fields),
        "score": null,
        "account_id": options.account_id,
        "labor_cost": null,
        "_links": links(base, &format!("leads/{}", lead.id)),
        "_embedded": {"tags": tags(&lead.tags), "companies": companies}
    });
    lead_extras(&mut shown, lead, base, params);
    shown
}

/// What a lead shows only when `with` asks for it.
fn lead_extras(shown: &mut Value, lead: &Lead, base: &str, params: &Params) {
    if params.with("contacts") {
        let contacts = lead.contacts.iter().map(|contact| {
            let mut shown = linked(base, "contacts", contact.id);
            shown["is_main"] = json!(contact.is_main);
            shown
        });
        shown["_embedded"]["contacts"] = contacts.collect();
    }
    if params.with("catalog_elements") {
        let elements =
            lead.catalog.iter().map(|link| json!({"id": link.id, "metadata": link.metadata}));
        shown["_embedded"]["catalog_elements"] = elements.collect();
    }
}

/// A contact or company; its leads only where `with` asks for them.
pub(crate) fn person(
    person: &Contact,
    entity: &str,
    account: &Account,
    options: &AmocrmOptions,
    params: &Params,
) -> Value {
    let base = &options.base_url;
    let mut shown = json!({
        "id": person.id,
        "name": person.name,
        "responsible_user_id": person.responsible_user_id,
        "group_id": 0,
        "created_by": person.created_by,
        "updated_by": person.updated_by,
        "created_at": person.created_at,
        "updated_at": person.updated_at,
        "closest_task_at": closest_task(account, entity, person.id),
        "is_deleted": false,
        "custom_fields_values": fields::show(fields_of(entity), &person.fields),
        "account_id": options.account_id,
        "_links": links(base, &format!("{entity}/{}", person.id)),
        "_embedded": {"tags": tags(&person.tags)}
    });
    if entity == "contacts" {
        shown["first_name"] = json!(person.first_name);
        shown["last_name"] = json!(person.last_name);
        shown["is_unsorted"] = json!(false);
        let companies = person.company_id.map(|id| linked(base, "companies", id));
        shown["_embedded"]["companies"] = companies.into_iter().collect();
    } else if params.with("contacts") {
        let contacts = account.contacts.values().filter(|one| one.company_id == Some(person.id));
        shown["_embedded"]["contacts"] =
            contacts.map(|one| linked(base, "contacts", one.id)).collect();
    }
    if params.with("leads") {
        let leads = leads_of(account, entity, person.id);
        shown["_embedded"]["leads"] = leads.map(|lead| linked(base, "leads", lead.id)).collect();
    }
    shown
}

/// Leads of a contact or company.
pub(crate) fn leads_of<'a>(
    account: &'a Account,
    entity: &'a str,
    id: i64,
) -> impl Iterator<Item = &'a Lead> {
    account.leads.values().filter(move |lead| {
        if entity == "companies" {
            lead.company_id == Some(id)
        } else {
            lead.contacts.iter().any(|contact| contact.id == id)
        }
    })
}

pub(crate) fn note(note: &Note, options: &AmocrmOptions) -> Value {
    json!({
        "id": note.id,
        "entity_id": note.entity_id,
        "created_by": note.created_by,
        "updated_by": note.created_by,
        "created_at": note.created_at,
        "updated_at": note.created_at,
        "responsible_user_id": crate::amocrm::USER_MANAGER,
        "group_id": 0,
        "note_type": note.note_type,
        "params": note.params,
        "account_id": options.account_id,
        "_links": note_links(note, options)
    })
}

pub(crate) fn note_links(note: &Note, options: &AmocrmOptions) -> Value {
    let path = format!("{}/{}/notes/{}", note.entity, note.entity_id, note.id);
    links(&options.base_url, &path)
}

pub(crate) fn task(task: &Task, options: &AmocrmOptions) -> Value {
    let result = match &task.result {
        Some(text) => json!({"text": text}),
        None => json!([]),
    };
    json!({
        "id": task.id,
        "created_by": task.created_by,
        "updated_by": task.created_by,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "responsible_user_id": task.responsible_user_id,
        "group_id": 0,
        "entity_id": task.entity_id,
        "entity_type": task.entity_type,
        "duration": task.duration,
        "is_completed": task.is_completed,
        "task_type_id": task.task_type_id,
        "text": task.text,
        "result": result,
        "complete_till": task.complete_till,
        "account_id": options.account_id,
        "_links": links(&options.base_url, &format!("tasks/{}", task.id))
    })
}

pub(crate) fn event(event: &StageEvent, options: &AmocrmOptions) -> Value {
    let value = |stage: i64| match event.field {
        Some(field) => json!([{"custom_field_value": {"field_id": field}}]),
        None => json!([{"lead_status": {"id": stage, "pipeline_id": crate::amocrm::PIPELINE}}]),
    };
    let base = &options.base_url;
    let id = format!("01kdv{:021}", event.id);
    json!({
        "id": id,
        "type": event.kind(),
        "entity_id": event.lead,
        "entity_type": "lead",
        "created_by": event.by,
        "created_at": event.at,
        "value_after": value(event.after),
        "value_before": value(event.before),
        "account_id": options.account_id,
        "_links": links(base, &format!("events/{id}")),
        "_embedded": {"entity": {
            "id": event.lead,
            "_links": links(base, &format!("leads/{}", event.lead))
        }}
    })
}

/// A file as the drive shows it when the last part has come.
pub(crate) fn file(file: &DriveFile, options: &AmocrmOptions) -> Value {
    let base = &options.base_url;
    let extension = file.name.rsplit_once('.').map(|(_, extension)| extension);
    let download = format!("{base}/v1.0/files/{}/download", file.uuid);
    json!({
        "uuid": file.uuid,
        "version_uuid": file.version_uuid,
        "type": "file",
        "is_trashed": false,
        "name": file.name,
        "sanitized_name": file.name.replace(' ', "_"),
        "size": file.size,
        "source_id": null,
        "has_multiple_versions": false,
        "metadata": {"extension": extension, "mime_type": file.content_type},
        "created_at": file.created_at,
        "updated_at": file.created_at,
        "deleted_at": null,
        "_links": {
            "self": {"href": format!("{base}/v1.0/files/{}", file.uuid)},
            "download": {"href": download},
            "download_version": {"href": download}
        }
    })
}
