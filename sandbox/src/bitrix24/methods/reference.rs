//! Who one is and what one may: `profile`, `scope`, `app.info`, `user.*`.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::change::{Change, Door};
use crate::bitrix24::params::Params;
use crate::bitrix24::people::{Department, User};
use crate::bitrix24::select::page;
use crate::bitrix24::values::{int, list, text, yes};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "profile" => profile(change),
        "scope" => ok(change.options.scopes.clone()),
        "app.info" => app_info(change),
        "server.time" => ok(moment(change.now)),
        "feature.get" => feature(params),
        "user.current" => current(change),
        "user.get" | "user.search" => users(change, params),
        "department.get" => departments(change, params),
        "crm.settings.mode.get" => ok(if change.portal.simple { 2 } else { 1 }),
        _ => return None,
    })
}

fn profile(change: &Change<'_>) -> Outcome {
    let user = me(change)?;
    if !user.active {
        return ok(json!([]));
    }
    ok(json!({"ID": user.id.to_string(), "ADMIN": user.admin, "NAME": user.name,
        "LAST_NAME": user.last_name, "PERSONAL_GENDER": "", "TIME_ZONE": ""}))
}

fn app_info(change: &Change<'_>) -> Outcome {
    if change.caller.door != Door::App {
        return Err(no_application());
    }
    let client = &change.options.client.id;
    ok(
        json!({"ID": 1, "CODE": client, "VERSION": 1, "STATUS": "L", "INSTALLED": change.portal.installed,
        "PAYMENT_EXPIRED": "N", "DAYS": null, "LICENSE": "ru_pro100", "LANGUAGE_ID": "ru",
        "client_id": client, "member_id": change.options.member_id,
        "scope": change.options.scopes}),
    )
}

/// What a webhook hears from methods of applications.
pub(crate) fn no_application() -> Refusal {
    let mut refusal = Refusal::new("ACCESS_DENIED", "Access denied! Application context required");
    refusal.status = 403;
    refusal
}

fn feature(params: &Params) -> Outcome {
    let known = params.text("CODE") == "rest_offline_extended";
    ok(json!({"value": if known { "Y" } else { "N" }}))
}

fn current(change: &Change<'_>) -> Outcome {
    let user = me(change)?;
    ok(show(&user))
}

fn users(change: &Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("filter").cloned().unwrap_or_default();
    let by_id = params.get("ID").map(list);
    let passes = |user: &&User| {
        let ids = by_id.clone().or_else(|| filter.get("ID").or(filter.get("@ID")).map(list));
        let active = filter.get("ACTIVE").is_none_or(|wanted| yes(wanted) == user.active);
        let is = |name: &str, has: &str| filter.get(name).is_none_or(|wanted| text(wanted) == has);
        ids.is_none_or(|ids| ids.iter().any(|id| int(id) == Some(user.id)))
            && active
            && is("EMAIL", &user.email)
            && is("NAME", &user.name)
            && is("LAST_NAME", &user.last_name)
            && is("USER_TYPE", "employee")
    };
    let mut found: Vec<&User> = change.portal.users.iter().filter(passes).collect();
    if params.text("order").eq_ignore_ascii_case("desc") {
        found.reverse();
    }
    Ok(page(found, params.start(), show))
}

/// Filters stand beside the order here, each a value or several (Bitrix24 REST, department.get).
fn departments(change: &Change<'_>, params: &Params) -> Outcome {
    let passes = |one: &&Department| {
        let is = |name: &str, has: i64| {
            let wanted = params.get(name).map(list);
            wanted.is_none_or(|wanted| wanted.iter().any(|one| int(one) == Some(has)))
        };
        is("ID", one.id) && is("PARENT", one.parent) && is("UF_HEAD", one.head)
    };
    let found: Vec<&Department> = change.portal.departments.iter().filter(passes).collect();
    Ok(page(found, params.start(), |one| {
        let mut shown = json!({"ID": one.id.to_string(), "NAME": one.name, "SORT": 500});
        if one.parent != 0 {
            shown["PARENT"] = one.parent.to_string().into();
        }
        if one.head != 0 {
            shown["UF_HEAD"] = one.head.to_string().into();
        }
        shown
    }))
}

fn me(change: &Change<'_>) -> Result<User, Refusal> {
    let user = change.portal.users.iter().find(|user| user.id == change.caller.user);
    user.cloned().ok_or_else(|| Refusal::plain("User not found"))
}

fn show(user: &User) -> Value {
    json!({"ID": user.id.to_string(), "XML_ID": user.id.to_string(), "ACTIVE": user.active,
        "NAME": user.name, "LAST_NAME": user.last_name, "EMAIL": user.email,
        "PERSONAL_MOBILE": user.phone, "WORK_PHONE": "",
        "UF_DEPARTMENT": user.departments, "USER_TYPE": "employee", "IS_ONLINE": "N", "LAST_LOGIN": {}})
}
