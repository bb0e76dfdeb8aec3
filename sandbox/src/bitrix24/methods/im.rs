//! `im.notify*`: notifications.

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::change::{Change, Door};
use crate::bitrix24::params::Params;
use crate::bitrix24::portal::Notice;

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "im.notify" | "im.notify.system.add" | "im.notify.personal.add" => add(change, params),
        "im.notify.delete" => delete(change, params),
        _ => return None,
    })
}

fn add(change: &mut Change<'_>, params: &Params) -> Outcome {
    let user = params.int("USER_ID").or_else(|| params.int("TO"));
    let user = user.ok_or_else(|| Refusal::new("USER_ID_EMPTY", "User ID can't be empty"))?;
    let message = params.text("MESSAGE");
    if message.is_empty() {
        return Err(Refusal::new("MESSAGE_EMPTY", "Message can't be empty"));
    }
    // By a webhook a tag counts only together with a client id.
    let tagged = change.caller.door != Door::Webhook || params.get("CLIENT_ID").is_some();
    let tag = if tagged { params.text("TAG") } else { String::new() };
    if !change.portal.users.iter().any(|one| one.id == user && one.active) {
        return ok(false);
    }
    if !tag.is_empty() {
        change.portal.notices.retain(|one| (one.user, &one.tag) != (user, &tag));
    }
    let id = change.portal.next("notice");
    let at = change.now;
    change.portal.notices.push(Notice { id, user, message, tag, at });
    ok(id)
}

fn delete(change: &mut Change<'_>, params: &Params) -> Outcome {
    let (id, tag) = (params.int("ID"), params.text("TAG"));
    let before = change.portal.notices.len();
    change.portal.notices.retain(|one| Some(one.id) != id && (tag.is_empty() || one.tag != tag));
    ok(change.portal.notices.len() < before)
}
