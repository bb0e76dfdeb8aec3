//! `event.*`: who hears of what. Only an application may ask.

use serde_json::{Map, Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::change::{Change, Door, Event};
use crate::bitrix24::methods::reference::no_application;
use crate::bitrix24::params::Params;
use crate::bitrix24::portal::Handler;
use crate::bitrix24::values::{list, text};

/// What may be listened to.
const EVENTS: &[&str] = &[
    "ONCRMLEADADD",
    "ONCRMLEADUPDATE",
    "ONCRMLEADDELETE",
    "ONCRMDEALADD",
    "ONCRMDEALUPDATE",
    "ONCRMDEALDELETE",
    "ONCRMDEALMOVETOCATEGORY",
    "ONCRMCONTACTADD",
    "ONCRMCONTACTUPDATE",
    "ONCRMCONTACTDELETE",
    "ONCRMCOMPANYADD",
    "ONCRMCOMPANYUPDATE",
    "ONCRMCOMPANYDELETE",
    "ONCRMTIMELINECOMMENTADD",
    "ONCRMTIMELINECOMMENTUPDATE",
    "ONCRMTIMELINECOMMENTDELETE",
    "ONTASKADD",
    "ONTASKUPDATE",
    "ONTASKDELETE",
    "ONTASKCOMMENTADD",
    "ONAPPINSTALL",
    "ONAPPUNINSTALL",
    "ONAPPUPDATE",
    "ONAPPTEST",
    "ONOFFLINEEVENT",
    "CATALOG.PRODUCT.ON.ADD",
    "CATALOG.PRODUCT.ON.UPDATE",
    "CATALOG.PRODUCT.ON.DELETE",
];

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    if method != "events" && !method.starts_with("event.") {
        return None;
    }
    if change.caller.door == Door::Webhook {
        return Some(Err(no_application()));
    }
    Some(match method {
        "events" => ok(EVENTS.to_vec()),
        "event.bind" => bind(change, params),
        "event.unbind" => unbind(change, params),
        "event.get" => get(change),
        "event.test" => test(change, params),
        "event.offline.get" => offline_get(change, params),
        "event.offline.list" => offline_list(change),
        "event.offline.clear" => offline_clear(change, params),
        "event.offline.error" => ok(true),
        _ => return None,
    })
}

fn bind(change: &mut Change<'_>, params: &Params) -> Outcome {
    let event = params.text("event").to_uppercase();
    if !EVENTS.contains(&event.as_str()) {
        return Err(Refusal::new("ERROR_EVENT_NOT_FOUND", "Event not found"));
    }
    let offline = params.text("event_type") == "offline";
    let url = params.text("handler");
    if !offline && !url.starts_with("http") {
        return Err(Refusal::new("ERROR_CORE", "Handler URL is not valid"));
    }
    let auth_type = params.int("auth_type").unwrap_or_default();
    let connector = params.text("auth_connector");
    let twice = change.portal.handlers.iter().any(|one| {
        one.webhook_token.is_none()
            && (&one.event, &one.url, one.offline, &one.connector)
                == (&event, &url, offline, &connector)
    });
    if twice {
        return Err(Refusal::new("ERROR_EVENT_BINDING_EXISTS", "Unable to set event handler"));
    }
    let id = change.portal.next("handler");
    let handler = Handler { id, event, url, auth_type, offline, connector, webhook_token: None };
    change.portal.handlers.push(handler);
    ok(true)
}

fn unbind(change: &mut Change<'_>, params: &Params) -> Outcome {
    let event = params.text("event").to_uppercase();
    let offline = params.text("event_type") == "offline";
    let url = params.text("handler");
    let before = change.portal.handlers.len();
    change.portal.handlers.retain(|one| {
        let fits = one.event == event && one.offline == offline && (offline || one.url == url);
        one.webhook_token.is_some() || !fits
    });
    ok(json!({"count": before - change.portal.handlers.len()}))
}

fn get(change: &Change<'_>) -> Outcome {
    let own = change.portal.handlers.iter().filter(|one| one.webhook_token.is_none());
    let shown = own.map(|one| {
        let mut shown = json!({"event": one.event, "offline": i64::from(one.offline)});
        if one.offline {
            shown["connector_id"] = one.connector.clone().into();
        } else {
            shown["handler"] = one.url.clone().into();
            shown["auth_type"] = one.auth_type.to_string().into();
        }
        shown
    });
    ok(shown.collect::<Value>())
}

/// Fires `ONAPPTEST` with whatever it was given.
fn test(change: &mut Change<'_>, params: &Params) -> Outcome {
    let given = params.all.iter().filter(|(name, _)| *name != "auth");
    let given: Map<String, Value> = given.map(|(name, one)| (name.clone(), one.clone())).collect();
    let data = json!({ "QUERY": given });
    change.events.push(Event { name: "ONAPPTEST".to_owned(), data });
    ok(true)
}

/// Rows are gone when read, unless `clear` is 0: then they wait for a confirmation.
fn offline_get(change: &mut Change<'_>, params: &Params) -> Outcome {
    let clear = params.int("clear").unwrap_or(1) != 0;
    let limit = params.int("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(50);
    let connector = params.text("auth_connector");
    let asked = params.get("process_id").map(text);
    let process =
        asked.clone().unwrap_or_else(|| format!("{:032x}", change.portal.next("process")));
    let mine = change
        .portal
        .offline
        .iter_mut()
        .filter(|row| row.connector == connector && row.process == asked);
    let mut shown = Vec::new();
    for row in mine.take(limit) {
        row.process = Some(process.clone());
        shown.push(json!({"ID": row.id.to_string(), "TIMESTAMP_X": moment(row.at),
            "EVENT_NAME": row.event, "EVENT_DATA": row.data, "EVENT_ADDITIONAL": false,
            "MESSAGE_ID": row.id.to_string()}));
    }
    if clear {
        change.portal.offline.retain(|row| row.process.as_ref() != Some(&process));
    }
    let reserved = !clear && !shown.is_empty();
    ok(json!({"process_id": reserved.then_some(process), "events": shown}))
}

fn offline_list(change: &Change<'_>) -> Outcome {
    let shown = change.portal.offline.iter().map(|row| {
        json!({"ID": row.id.to_string(), "TIMESTAMP_X": moment(row.at), "EVENT_NAME": row.event,
            "EVENT_DATA": row.data, "EVENT_ADDITIONAL": false, "MESSAGE_ID": row.id.to_string(),
            "PROCESS_ID": row.process, "ERROR": 0})
    });
    ok(shown.collect::<Value>())
}

fn offline_clear(change: &mut Change<'_>, params: &Params) -> Outcome {
    let process = params.text("process_id");
    let ids = params.get("message_id").or_else(|| params.get("id")).map(list);
    change.portal.offline.retain(|row| {
        let named =
            ids.as_ref().is_none_or(|ids| ids.iter().any(|id| text(id) == row.id.to_string()));
        row.process.as_ref() != Some(&process) || !named
    });
    ok(true)
}
