//! `task.item.*`: the names of before `tasks.task.*` (`reference/bitrix24.md` §3.12, deprecated).

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, ok};
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::tasks::{self, COMPLETED, absent};
use crate::bitrix24::params::Params;
use crate::bitrix24::values::{Record, text};

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method.strip_prefix("task.item.")? {
        "add" => data(params).and_then(|given| {
            let (id, _) = tasks::make(change, &given)?;
            ok(id)
        }),
        "update" => update(change, params),
        "complete" => status(change, params, COMPLETED),
        "renew" => status(change, params, 2),
        "getdata" => get(change, params),
        "list" => all(change, params),
        _ => return None,
    })
}

fn data(params: &Params) -> Result<Record, Refusal> {
    let given = params.map("TASKDATA").or_else(|| params.map("fields"));
    given.cloned().ok_or_else(|| Refusal::missing("TASKDATA"))
}

fn update(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    let changes = tasks::read(change, &data(params)?)?;
    tasks::edit(change, id, changes)?;
    ok(json!([]))
}

fn status(change: &mut Change<'_>, params: &Params, status: i64) -> Outcome {
    let id = find(change, params)?;
    tasks::edit(change, id, Record::from_iter([("STATUS".to_owned(), status.into())]))?;
    ok(json!([]))
}

fn get(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = find(change, params)?;
    ok(change.portal.tasks.get(&id).map(show))
}

fn all(change: &mut Change<'_>, params: &Params) -> Outcome {
    let filter = params.map("FILTER").cloned().unwrap_or_default();
    ok(tasks::select(change, &filter).into_iter().map(show).collect::<Value>())
}

fn find(change: &Change<'_>, params: &Params) -> Result<i64, Refusal> {
    let id = params.int("TASKID").filter(|id| change.portal.tasks.contains_key(id));
    id.ok_or_else(absent)
}

/// Names as they are kept, numbers as strings; the status is called so since there are others that
/// are reckoned from it.
fn show(task: &Record) -> Value {
    let mut shown = task.clone();
    if let Some(status) = task.get("STATUS").cloned() {
        shown.insert("REAL_STATUS".to_owned(), status);
    }
    for value in shown.values_mut().filter(|value| value.is_number()) {
        *value = text(value).into();
    }
    Value::Object(shown)
}
