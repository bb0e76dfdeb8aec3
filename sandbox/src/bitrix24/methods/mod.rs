//! The methods by name. A name that is not here is not found, as on a portal without that module.

mod catalog;
mod comments;
mod crm;
pub(crate) mod discussion;
mod disk;
mod duplicates;
mod events;
mod given;
mod im;
mod items;
mod lists;
mod old_tasks;
mod products;
mod reference;
mod rows;
mod sheets;
pub(crate) mod tasks;
mod userfields;

use crate::bitrix24::answer::{Outcome, Refusal};
use crate::bitrix24::change::Change;
use crate::bitrix24::params::Params;

/// The right that a method needs; empty = none.
pub(crate) fn right(method: &str) -> &'static str {
    let first = method.split('.').next().unwrap_or_default();
    match first {
        "crm" => "crm",
        "user" => "user",
        "disk" => "disk",
        "task" | "tasks" => "task",
        "im" => "im",
        "department" => "department",
        "catalog" => "catalog",
        _ => "",
    }
}

/// A family of methods; `None` where the name is not one of its own.
type Family = fn(&mut Change<'_>, &str, &Params) -> Option<Outcome>;

/// Runs a method, its name in lower case.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Outcome {
    let families: [Family; 16] = [
        reference::call,
        lists::call,
        comments::call,
        duplicates::call,
        rows::call,
        items::call,
        userfields::call,
        products::call,
        crm::call,
        catalog::call,
        disk::call,
        tasks::call,
        old_tasks::call,
        discussion::call,
        im::call,
        events::call,
    ];
    if change.portal.old && is_new(method) {
        return Err(not_found());
    }
    families
        .into_iter()
        .find_map(|family| family(change, method, params))
        .unwrap_or_else(|| Err(not_found()))
}

/// What came with the new task card, or a little before it.
fn is_new(method: &str) -> bool {
    method.starts_with("tasks.task.")
        || matches!(method, "im.notify.system.add" | "im.notify.personal.add")
}

fn not_found() -> Refusal {
    Refusal::named("ERROR_METHOD_NOT_FOUND").unwrap_or_else(|| Refusal::plain("Method not found!"))
}
