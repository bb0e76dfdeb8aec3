//! `crm.timeline.comment.*`, files included.

use serde_json::{Map, Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::given;
use crate::bitrix24::params::Params;
use crate::bitrix24::php::map_or_list;
use crate::bitrix24::portal::Comment;
use crate::bitrix24::schema::Kind;
use crate::bitrix24::select::page;
use crate::bitrix24::values::{Record, int, list, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method.strip_prefix("crm.timeline.comment.")? {
        "add" => add(change, params),
        "get" => get(change, params),
        "update" => update(change, params),
        "delete" => delete(change, params),
        "list" => all(change, params),
        _ => return None,
    })
}

/// Only lower-case `fields` counts here, since crm 23.100.0.
fn fields(params: &Params) -> Result<Record, Refusal> {
    let fields = params.all.get("fields").and_then(Value::as_object);
    fields.cloned().ok_or_else(|| Refusal::missing("fields"))
}

fn add(change: &mut Change<'_>, params: &Params) -> Outcome {
    let fields = fields(params)?;
    let owner = owner(change, &fields)?;
    let said = fields.get("COMMENT").map(text).unwrap_or_default();
    let files = files(change, &fields);
    if said.is_empty() && files.is_empty() {
        return Err(Refusal::new("INVALID_ARG_VALUE", "Empty comment message"));
    }
    let id = change.portal.next("comment");
    let (author, at) = (change.caller.user, change.now);
    change.portal.comments.insert(id, Comment { id, owner, text: said, files, author, at });
    change.tell("ONCRMTIMELINECOMMENTADD".to_owned(), id);
    ok(id)
}

fn update(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?.id;
    let fields = fields(params)?;
    let files = fields.contains_key("FILES").then(|| files(change, &fields));
    if let Some(comment) = change.portal.comments.get_mut(&id) {
        if let Some(said) = fields.get("COMMENT") {
            comment.text = text(said);
        }
        if let Some(files) = files {
            // Sending files takes all that were there.
            comment.files = files;
        }
    }
    change.tell("ONCRMTIMELINECOMMENTUPDATE".to_owned(), id);
    ok(true)
}

fn delete(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?.id;
    change.portal.comments.remove(&id);
    change.tell("ONCRMTIMELINECOMMENTDELETE".to_owned(), id);
    ok(true)
}

fn get(change: &mut Change<'_>, params: &Params) -> Outcome {
    let comment = find(change, params)?;
    ok(show(change, &comment))
}

fn all(change: &mut Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let owner = owner(change, &filter)?;
    let mut found: Vec<&Comment> =
        change.portal.comments.values().filter(|one| one.owner == owner).collect();
    let order = params.map("order").and_then(|order| order.get("ID").map(text));
    if order.is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        found.reverse();
    }
    Ok(page(found, params.start(), |one| show(change, one)))
}

fn owner(change: &Change<'_>, fields: &Record) -> Result<(Kind, i64), Refusal> {
    let kind = fields.get("ENTITY_TYPE").map(text).and_then(|name| Kind::by_name(&name));
    let id = fields.get("ENTITY_ID").and_then(int);
    let owner = kind.zip(id).filter(|(kind, id)| change.portal.record(*kind, *id).is_some());
    owner.ok_or_else(|| Refusal::new("OWNER_NOT_FOUND", "Owner of the item not found"))
}

/// `[[name, base64], …]`; what is of another shape is no file, and no error.
fn files(change: &mut Change<'_>, fields: &Record) -> Vec<i64> {
    let pairs = fields.get("FILES").map(list).unwrap_or_default();
    pairs.iter().filter_map(|pair| given::keep(change, pair)).filter_map(|id| int(&id)).collect()
}

fn find(change: &Change<'_>, params: &Params) -> Result<Comment, Refusal> {
    let id = params.int("id").ok_or_else(|| Refusal::missing("id"))?;
    let found = change.portal.comments.get(&id).cloned();
    found.ok_or_else(|| Refusal::new("NOT_FOUND", "Not found"))
}

fn show(change: &Change<'_>, comment: &Comment) -> Value {
    let files = comment.files.iter().filter_map(|id| change.portal.files.get(id));
    let files: Map<String, Value> = files
        .map(|file| {
            let url = format!("{}/disk/downloadFile/?fileId={}", change.base(), file.id);
            let shown = json!({"id": file.id, "type": "file", "name": file.name,
                "size": file.content.len(), "urlPreview": null, "urlShow": url, "urlDownload": url});
            (file.id.to_string(), shown)
        })
        .collect();
    let (kind, owner) = comment.owner;
    json!({"ID": comment.id.to_string(), "ENTITY_ID": owner.to_string(),
        "ENTITY_TYPE": kind.name(), "CREATED": moment(comment.at), "COMMENT": comment.text,
        "AUTHOR_ID": comment.author.to_string(), "FILES": map_or_list(files)})
}
