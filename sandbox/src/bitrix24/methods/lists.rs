//! Stages, pipelines and other lists: `crm.status.*`, `crm.category.*`, `crm.dealcategory.*`,
//! `crm.stagehistory.list`.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Answer, Outcome, Refusal, moment, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::params::Params;
use crate::bitrix24::portal::{Category, Status, Step};
use crate::bitrix24::schema::Kind;
use crate::bitrix24::select::page;
use crate::bitrix24::stages::{category_of, stage_list};
use crate::bitrix24::values::{int, list, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "crm.status.list" => statuses(change, params),
        "crm.status.get" => status(change, params),
        "crm.status.entity.types" => ok(types(change)),
        "crm.category.list" => categories(change, params),
        "crm.category.get" => category(change, params),
        "crm.dealcategory.list" => deal_categories(change),
        "crm.dealcategory.get" => deal_category(change, params),
        "crm.dealcategory.default.get" => ok(old_category(&change.portal.categories[0])),
        "crm.dealcategory.stage.list" => stages(change, params),
        "crm.stagehistory.list" => history(change, params),
        _ => return None,
    })
}

fn statuses(change: &Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let passes = |one: &&Status| {
        filter.iter().all(|(key, wanted)| {
            let has = match key.trim_start_matches(['=', '@']) {
                "ENTITY_ID" => one.list.clone(),
                "STATUS_ID" => one.status_id.clone(),
                "ID" => one.id.to_string(),
                "NAME" => one.name.clone(),
                "SEMANTICS" => one.semantics.clone(),
                _ => return true,
            };
            list(wanted).iter().any(|one| text(one) == has)
        })
    };
    let mut found: Vec<&Status> = change.portal.statuses.iter().filter(passes).collect();
    if params.map("order").is_some_and(|order| order.contains_key("SORT")) {
        found.sort_by_key(|one| one.sort);
    }
    let shown: Vec<Value> = found.into_iter().map(show).collect();
    // This list has no pages.
    Ok(Answer { total: Some(shown.len()), result: shown.into(), next: None })
}

fn status(change: &Change<'_>, params: &Params) -> Outcome {
    let id = params.id()?;
    let found = change.portal.statuses.iter().find(|one| one.id == id);
    found.map(show).map_or_else(|| Err(Refusal::plain("Not found")), ok)
}

fn types(change: &Change<'_>) -> Value {
    let mut lists: Vec<&str> = change.portal.statuses.iter().map(|one| one.list.as_str()).collect();
    lists.dedup();
    lists.iter().map(|list| json!({"ID": list, "NAME": list})).collect()
}

fn show(one: &Status) -> Value {
    let semantics = match (one.semantics.as_str(), one.status_id.ends_with("APOLOGY")) {
        ("S", _) => "success",
        ("F", true) => "apology",
        ("F", false) => "failure",
        _ => "process",
    };
    let staged = one.list == "STATUS" || one.list.starts_with("DEAL_STAGE");
    let category = category_of(&one.list);
    let mut shown = json!({
        "ID": one.id.to_string(),
        "ENTITY_ID": one.list,
        "STATUS_ID": one.status_id,
        "NAME": one.name,
        "NAME_INIT": if one.system { one.name.as_str() } else { "" },
        "SORT": one.sort.to_string(),
        "SYSTEM": if one.system { "Y" } else { "N" },
        "CATEGORY_ID": if category == 0 { Value::Null } else { category.to_string().into() },
        "COLOR": one.color,
        "SEMANTICS": if one.semantics.is_empty() { Value::Null } else { one.semantics.clone().into() }
    });
    if staged {
        shown["EXTRA"] = json!({"SEMANTICS": semantics, "COLOR": one.color});
    }
    shown
}

fn categories(change: &Change<'_>, params: &Params) -> Outcome {
    let kind = params.int("entityTypeId").and_then(Kind::by_id);
    let Some(kind) = kind else {
        return Err(Refusal::new("NOT_FOUND", "Smart process not found"));
    };
    let all = if kind == Kind::Deal { change.portal.categories.as_slice() } else { &[] };
    let shown: Vec<Value> = all.iter().map(|one| new_category(one, kind)).collect();
    Ok(Answer { total: Some(shown.len()), result: json!({"categories": shown}), next: None })
}

fn category(change: &Change<'_>, params: &Params) -> Outcome {
    let id = params.int("id");
    let found = change.portal.categories.iter().find(|one| Some(one.id) == id);
    let absent = || Refusal::new("NOT_FOUND", "Воронка не найдена");
    ok(json!({"category": new_category(found.ok_or_else(absent)?, Kind::Deal)}))
}

fn new_category(one: &Category, kind: Kind) -> Value {
    let default = if one.id == 0 { "Y" } else { "N" };
    let mut shown = json!({"id": one.id, "name": one.name, "sort": one.sort,
        "entityTypeId": kind.type_id(), "isDefault": default});
    if one.id != 0 {
        shown["originId"] = "".into();
        shown["originatorId"] = "".into();
    }
    shown
}

fn deal_categories(change: &Change<'_>) -> Outcome {
    // The frozen list leaves the default pipeline out.
    let shown: Vec<Value> =
        change.portal.categories.iter().filter(|one| one.id != 0).map(old_category).collect();
    Ok(Answer { total: Some(shown.len()), result: shown.into(), next: None })
}

fn deal_category(change: &Change<'_>, params: &Params) -> Outcome {
    let id = params.id()?;
    let found = change.portal.categories.iter().find(|one| one.id == id);
    found.map(old_category).map_or_else(|| Err(Refusal::plain("Not found")), ok)
}

fn old_category(one: &Category) -> Value {
    json!({"ID": one.id.to_string(), "NAME": one.name, "SORT": one.sort.to_string(),
        "IS_LOCKED": "N", "CREATED_DATE": "2026-01-12T10:00:00+03:00"})
}

fn stages(change: &Change<'_>, params: &Params) -> Outcome {
    let all = change.portal.list(&stage_list(Kind::Deal, params.int("id").unwrap_or_default()));
    let shown = all
        .iter()
        .map(|one| json!({"NAME": one.name, "SORT": one.sort, "STATUS_ID": one.status_id}));
    ok(shown.collect::<Value>())
}

fn history(change: &Change<'_>, params: &Params) -> Outcome {
    let kind = params.int("entityTypeId").and_then(Kind::by_id);
    let filter = params.map("filter").cloned().unwrap_or_default();
    let owners = filter.get("OWNER_ID").or(filter.get("@OWNER_ID")).map(list);
    let after = filter.get(">ID").and_then(int);
    let passes = |step: &&Step| {
        Some(step.owner.0) == kind
            && owners.as_ref().is_none_or(|ids| ids.iter().any(|id| int(id) == Some(step.owner.1)))
            && after.is_none_or(|after| step.id > after)
    };
    let found: Vec<&Step> = change.portal.history.iter().filter(passes).collect();
    let mut answer = page(found, params.start(), |step| {
        let mut shown = json!({"ID": step.id, "TYPE_ID": step.type_id, "OWNER_ID": step.owner.1,
            "CREATED_TIME": moment(step.at)});
        let (semantics, stage) = match step.owner.0 {
            Kind::Lead => ("STATUS_SEMANTIC_ID", "STATUS_ID"),
            _ => ("STAGE_SEMANTIC_ID", "STAGE_ID"),
        };
        shown[semantics] = step.semantics.clone().into();
        shown[stage] = step.stage.clone().into();
        if step.owner.0 == Kind::Deal {
            shown["CATEGORY_ID"] = step.category.into();
        }
        shown
    });
    answer.result = json!({"items": answer.result});
    Ok(answer)
}
