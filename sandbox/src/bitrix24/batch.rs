//! `batch`: up to fifty commands in one call, each of which may use what came before.

use serde_json::{Map, Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, ok, timing};
use crate::bitrix24::change::Caller;
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::entry::{operating, perform, refuse};
use crate::bitrix24::params::Params;
use crate::bitrix24::php::{self, map_or_list};
use crate::bitrix24::values::text;

/// How many commands one call may carry.
const MOST: usize = 50;

/// Methods of all commands, for the fault switches.
pub(crate) fn names(params: &Params) -> String {
    let names = commands(params).into_iter().map(|(_, command)| method_of(&command).0);
    names.collect::<Vec<_>>().join(" ")
}

/// Runs the commands in their order (`reference/bitrix24.md` §2.6).
pub(crate) fn run(portal: &Bitrix24, caller: &Caller, params: &Params) -> Outcome {
    let commands = commands(params);
    if commands.len() > MOST {
        let text = "Max batch length exceeded";
        return Err(Refusal::new("ERROR_BATCH_LENGTH_EXCEEDED", text));
    }
    let halt = params.yes("halt");
    let mut results = Map::new();
    let [mut errors, mut totals, mut nexts, mut times] = [(); 4].map(|()| Map::new());
    for (key, command) in commands {
        let (method, query) = method_of(&command);
        let asked = resolve(Value::Object(php::parse(&query)), &results);
        let asked = Params::new(asked.as_object().cloned().unwrap_or_default());
        match one(portal, caller, &method, &asked) {
            Ok(answer) => {
                results.insert(key.clone(), answer.result);
                answer.total.map(|total| totals.insert(key.clone(), total.into()));
                answer.next.map(|next| nexts.insert(key.clone(), next.into()));
                times.insert(key, timing(portal.now(), operating(portal, &method)));
            }
            Err(refusal) => {
                errors.insert(key, refusal.body());
                if halt {
                    break;
                }
            }
        }
    }
    let [results, errors] = [results, errors].map(map_or_list);
    let [totals, nexts, times] = [totals, nexts, times].map(map_or_list);
    ok(json!({"result": results, "result_error": errors, "result_total": totals,
        "result_next": nexts, "result_time": times}))
}

fn one(portal: &Bitrix24, caller: &Caller, method: &str, asked: &Params) -> Outcome {
    let refused = method == "batch" || method.ends_with("uploadfile") || method.contains("getfile");
    if refused {
        let mut refusal =
            Refusal::new("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage");
        refusal.status = 405;
        return Err(refusal);
    }
    if let Some(code) = portal.faults().command(method) {
        return refuse(&code);
    }
    perform(portal, caller, method, asked)
}

/// Commands by their keys; a list has its places as keys.
fn commands(params: &Params) -> Vec<(String, String)> {
    match params.get("cmd") {
        Some(Value::Object(map)) => map.iter().map(|(key, one)| (key.clone(), text(one))).collect(),
        Some(Value::Array(all)) => {
            all.iter().enumerate().map(|(at, one)| (at.to_string(), text(one))).collect()
        }
        _ => Vec::new(),
    }
}

fn method_of(command: &str) -> (String, String) {
    let (method, query) = command.split_once('?').unwrap_or((command, ""));
    let method = method.trim().to_lowercase();
    let method = method.strip_suffix(".json").unwrap_or(&method);
    (method.to_owned(), query.to_owned())
}

/// Puts results in the place of `$result[key][field]`.
fn resolve(value: Value, results: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) if text.contains("$result[") => replace(&text, results),
        Value::Array(all) => all.into_iter().map(|one| resolve(one, results)).collect(),
        Value::Object(map) => {
            let map = map.into_iter().map(|(key, one)| (key, resolve(one, results)));
            Value::Object(map.collect())
        }
        other => other,
    }
}

fn replace(said: &str, results: &Map<String, Value>) -> Value {
    let mut out = String::new();
    let mut rest = said;
    while let Some((before, after)) = rest.split_once("$result") {
        let (found, tail) = follow(after, results);
        if before.is_empty() && out.is_empty() && tail.is_empty() {
            return found;
        }
        out.push_str(before);
        out.push_str(&text(&found));
        rest = tail;
    }
    out.push_str(rest);
    out.into()
}

/// Follows `[key][field]…` into the results; what is left of the text.
fn follow<'a>(mut rest: &'a str, results: &Map<String, Value>) -> (Value, &'a str) {
    let mut found: Option<&Value> = None;
    let mut first = true;
    while let Some((key, tail)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        found = match found {
            _ if first => results.get(key),
            Some(Value::Array(all)) => key.parse::<usize>().ok().and_then(|at| all.get(at)),
            Some(Value::Object(map)) => map.get(key),
            _ => None,
        };
        (first, rest) = (false, tail);
    }
    (found.cloned().unwrap_or_default(), rest)
}
