//! A deal or lead as its card on the board shows it.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde_json::{Value, json};

use crate::bitrix24::catalogue::USER_ADMIN;
use crate::bitrix24::portal::Portal;
use crate::bitrix24::schema::{Field, Kind, Type};
use crate::bitrix24::ui::roubles;
use crate::bitrix24::values::{Record, int, list, text, time};

/// The card with everything that opens when it is pressed.
pub(crate) fn card(portal: &Portal, kind: Kind, id: i64, record: &Record) -> Value {
    let said = |name: &str| record.get(name).map(text).unwrap_or_default();
    let when = |name: &str| record.get(name).and_then(time).map(|at: DateTime<_>| at.timestamp());
    // A lead is its own person; a deal's people are contacts.
    let people: Vec<Value> = if kind == Kind::Lead {
        vec![person(id, record)]
    } else {
        let ids = record.get("CONTACT_IDS").map(list).unwrap_or_default();
        let contacts = ids.iter().filter_map(int);
        contacts.filter_map(|id| Some(person(id, portal.record(Kind::Contact, id)?))).collect()
    };
    let company = record.get("COMPANY_ID").and_then(int);
    let company = company.and_then(|id| Some((id, portal.record(Kind::Company, id)?)));
    let binding = format!("{}_{id}", kind.short());
    let tasks = portal.tasks.values().filter(|task| {
        task.get("UF_CRM_TASK").map(list).unwrap_or_default().contains(&binding.as_str().into())
    });
    let closed = ["S", "F"].contains(&said("STATUS_SEMANTIC_ID").as_str())
        || ["S", "F"].contains(&said("STAGE_SEMANTIC_ID").as_str());
    let acts = match kind {
        _ if closed => json!([]),
        Kind::Lead => json!([{"act": "convert", "name": "Сделать сделкой"}]),
        _ => json!([{"act": "won", "name": "Успешно"}]),
    };
    json!({
        "id": id,
        "name": said("TITLE"),
        "price": roubles(record.get("OPPORTUNITY")),
        "status_id": said(kind.stage_field().unwrap_or_default()),
        "updated_at": when("DATE_MODIFY"),
        "created_at": when("DATE_CREATE"),
        "by_robot": !said("ORIGIN_ID").is_empty(),
        "tags": tags(record),
        "fields": fields(portal, kind, record),
        "contacts": people,
        "company": company.map(|(id, one)| json!({"id": id, "name": one.get("TITLE")})),
        "notes": notes(portal, kind, id, record),
        "tasks": tasks.map(task).collect::<Vec<_>>(),
        "files": files(portal, kind, id, record),
        "rows": portal.rows.get(&format!("{}{id}", kind.short())),
        "acts": acts
    })
}

/// Where a browser finds an address: its host alone.
pub(crate) fn host(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, host)| host)
}

fn tags(record: &Record) -> Vec<String> {
    let named = ["SOURCE_ID", "UTM_SOURCE", "ORIGIN_ID"];
    named
        .iter()
        .filter_map(|name| record.get(*name))
        .map(text)
        .filter(|one| !one.is_empty())
        .collect()
}

/// The users' own fields, and the responsible person.
fn fields(portal: &Portal, kind: Kind, record: &Record) -> Vec<Value> {
    let own = portal.user_fields.get(&kind).into_iter().flatten();
    let own = own.filter(|field| field.kind != Type::File).map(|field| shown(field, record));
    let user = record.get("ASSIGNED_BY_ID").and_then(int).unwrap_or(USER_ADMIN);
    let user = portal.users.iter().find(|one| one.id == user);
    let name = user.map(|one| format!("{} {}", one.name, one.last_name)).unwrap_or_default();
    let responsible = json!({"id": "ASSIGNED_BY_ID", "name": "Ответственный", "type": "text",
        "values": [name], "fixed": true});
    [responsible].into_iter().chain(own).collect()
}

fn shown(field: &Field, record: &Record) -> Value {
    let value = record.get(&field.name).map(list).unwrap_or_default();
    let values = value.iter().map(|one| match field.kind {
        Type::Date => time(one).map_or(Value::Null, |at| at.timestamp().into()),
        Type::Option => {
            let option = field.options.iter().find(|(id, _)| Some(*id) == int(one));
            option.map_or(Value::Null, |(_, text)| text.clone().into())
        }
        _ => text(one).into(),
    });
    let kind = if field.kind == Type::Date { "date" } else { "text" };
    json!({"id": field.name, "name": field.title, "type": kind, "values": values.collect::<Vec<_>>(),
        "fixed": field.kind == Type::Option})
}

fn person(id: i64, one: &Record) -> Value {
    let said = |name: &str| one.get(name).map(text).unwrap_or_default();
    let first =
        |name: &str| one.get(name).and_then(|all| all.get(0)).map(|one| text(&one["VALUE"]));
    let name = format!("{} {}", said("NAME"), said("LAST_NAME"));
    json!({"id": id, "name": name.trim(), "fields": [{"values": [first("PHONE")]}, {"values": [first("EMAIL")]}]})
}

/// The comment of the form, then the timeline.
fn notes(portal: &Portal, kind: Kind, id: i64, record: &Record) -> Vec<Value> {
    let at = record.get("DATE_CREATE").and_then(time).map(|at| at.timestamp());
    let first = record.get("COMMENTS").map(text).filter(|said| !said.is_empty());
    let first = first.map(|said| json!({"id": 0, "text": said, "at": at}));
    let rest = portal.comments.values().filter(|one| one.owner == (kind, id));
    let rest = rest.map(|one| json!({"id": one.id, "text": one.text, "at": one.at.timestamp()}));
    first.into_iter().chain(rest).collect()
}

fn task(task: &Record) -> Value {
    let till = task.get("DEADLINE").and_then(time).map(|at| at.timestamp());
    json!({"id": task.get("ID"), "text": task.get("TITLE"), "till": till,
        "done": task.get("STATUS").and_then(int) == Some(5)})
}

/// Files of fields and of the timeline.
fn files(portal: &Portal, kind: Kind, id: i64, record: &Record) -> Vec<Value> {
    let fields = portal.user_fields.get(&kind).into_iter().flatten();
    let of_fields = fields.filter(|field| field.kind == Type::File);
    let of_fields = of_fields.filter_map(|field| record.get(&field.name)).flat_map(list);
    let of_fields: Vec<i64> = of_fields.filter_map(|id| int(&id)).collect();
    let comments = portal.comments.values().filter(|one| one.owner == (kind, id));
    let all = of_fields.into_iter().chain(comments.flat_map(|one| one.files.clone()));
    // What hangs in a field and in the timeline is one file to whoever looks.
    let mut seen = BTreeSet::new();
    let all = all.filter_map(|id| portal.files.get(&id));
    let all = all.filter(|one| seen.insert((&one.name, &one.content)));
    all.map(|one| json!({"name": one.name, "size": one.content.len(), "uuid": one.id})).collect()
}
