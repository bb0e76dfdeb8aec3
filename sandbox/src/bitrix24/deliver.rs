//! Tells handlers of events: at most once, and only where there is something new
//! (`reference/bitrix24.md` §4).

use serde_json::Value;

use crate::bitrix24::change::{Caller, Door, Event};
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::oauth;
use crate::bitrix24::php::form;
use crate::bitrix24::portal::{EventDelivery, Handler, OfflineRow, Portal};
use crate::bitrix24::values::text;

/// What only the one who installed or removed the application hears.
const WITH_REFRESH: [&str; 3] = ["ONAPPINSTALL", "ONAPPUPDATE", "ONOFFLINEEVENT"];

/// Writes down who is to hear of the events, and queues those that are asked for later.
pub(crate) fn prepare(
    bitrix: &Bitrix24,
    portal: &mut Portal,
    caller: &Caller,
    events: Vec<Event>,
) -> Vec<EventDelivery> {
    let mut made = Vec::new();
    for event in events {
        let heard = portal.handlers.iter().filter(|handler| handler.event == event.name);
        let heard: Vec<Handler> = heard.cloned().collect();
        let mut queued = false;
        for handler in heard {
            if !handler.offline {
                made.push(delivery(bitrix, portal, caller, &handler, &event));
            } else if handler.connector.is_empty() || handler.connector != caller.connector {
                queue(bitrix, portal, &handler, &event);
                queued = true;
            }
        }
        if queued {
            let wake = Event { name: "ONOFFLINEEVENT".to_owned(), data: Value::Null };
            let listeners: Vec<Handler> =
                portal.handlers.iter().filter(|one| one.event == wake.name).cloned().collect();
            for handler in listeners {
                made.push(delivery(bitrix, portal, caller, &handler, &wake));
            }
        }
    }
    let made = bitrix.gate().pass(made);
    write_down(portal, &made);
    made
}

/// One row per object: the newest change takes the place of an older one.
fn queue(bitrix: &Bitrix24, portal: &mut Portal, handler: &Handler, event: &Event) {
    let row = OfflineRow {
        id: portal.next("offline"),
        event: event.name.clone(),
        data: event.data.clone(),
        connector: handler.connector.clone(),
        process: None,
        at: bitrix.now(),
    };
    portal.offline.retain(|one| {
        one.process.is_some()
            || (&one.event, &one.data, &one.connector) != (&row.event, &row.data, &row.connector)
    });
    portal.offline.push(row);
}

/// One event for one handler, as it goes out.
pub(crate) fn delivery(
    bitrix: &Bitrix24,
    portal: &mut Portal,
    caller: &Caller,
    handler: &Handler,
    event: &Event,
) -> EventDelivery {
    EventDelivery {
        id: portal.next("delivery"),
        event: event.name.clone(),
        destination: handler.url.clone(),
        body: body(bitrix, portal, caller, handler, event),
        status: None,
        at: bitrix.now(),
    }
}

fn body(
    bitrix: &Bitrix24,
    portal: &mut Portal,
    caller: &Caller,
    handler: &Handler,
    event: &Event,
) -> String {
    let options = bitrix.options();
    let base = bitrix.base(portal);
    let domain = base.split_once("://").map_or(base.as_str(), |(_, host)| host).to_owned();
    let mut pairs = vec![
        ("event".to_owned(), event.name.clone()),
        ("event_handler_id".to_owned(), handler.id.to_string()),
    ];
    flatten("data", &event.data, &mut pairs);
    pairs.push(("ts".to_owned(), bitrix.now().timestamp().to_string()));
    let mut auth = |name: &str, value: String| pairs.push((format!("auth[{name}]"), value));
    let tokens = handler.webhook_token.is_none()
        && event.name != "ONAPPUNINSTALL"
        && (caller.door != Door::Webhook || handler.auth_type != 0);
    if tokens {
        let user = if handler.auth_type == 0 { caller.user } else { handler.auth_type };
        let given = oauth::tokens(bitrix, portal, user);
        auth("access_token", given.access);
        auth("expires", given.until.to_string());
        auth("expires_in", oauth::LIFE.to_string());
        auth("scope", options.scopes.join(","));
        auth("status", "L".to_owned());
        auth("user_id", user.to_string());
        if WITH_REFRESH.contains(&event.name.as_str()) {
            auth("refresh_token", given.refresh);
        }
    }
    auth("domain", domain);
    auth("client_endpoint", format!("{base}/rest/"));
    auth("server_endpoint", format!("{}/rest/", options.base_url));
    auth("member_id", options.member_id.clone());
    let token = handler.webhook_token.clone().unwrap_or_else(|| options.application_token.clone());
    auth("application_token", token);
    let pairs: Vec<(&str, String)> =
        pairs.iter().map(|(key, one)| (key.as_str(), one.clone())).collect();
    form(&pairs)
}

/// Nested data as PHP's brackets; every leaf is a string.
fn flatten(key: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, one)| flatten(&format!("{key}[{name}]"), one, into));
        }
        Value::Array(all) => {
            all.iter()
                .enumerate()
                .for_each(|(at, one)| flatten(&format!("{key}[{at}]"), one, into));
        }
        Value::Null => {}
        one => into.push((key.to_owned(), text(one))),
    }
}

/// Keeps deliveries where they can be looked at.
pub(crate) fn write_down(portal: &mut Portal, made: &[EventDelivery]) {
    portal.deliveries.extend(made.iter().cloned());
    let surplus = portal.deliveries.len().saturating_sub(1_000);
    portal.deliveries.drain(..surplus);
}

/// Sends each by itself, so that the order is not promised, as in the real one. Outside of a runtime
/// they stay written down and unsent.
pub(crate) fn send(bitrix: &Bitrix24, deliveries: Vec<EventDelivery>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for delivery in deliveries {
        runtime.spawn(once(bitrix.clone(), delivery));
    }
}

/// The one and only attempt.
pub(crate) async fn once(bitrix: Bitrix24, delivery: EventDelivery) {
    let request = bitrix
        .http()
        .post(&delivery.destination)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(delivery.body.clone());
    let code = match request.send().await {
        Ok(response) => response.status().as_u16(),
        Err(error) if error.is_timeout() => 499,
        Err(_) => 0,
    };
    let mut portal = bitrix.portal();
    if let Some(kept) = portal.deliveries.iter_mut().find(|kept| kept.id == delivery.id) {
        kept.status = Some(code);
    }
    drop(portal);
    bitrix.touch();
}
