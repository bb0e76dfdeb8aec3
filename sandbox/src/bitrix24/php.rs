//! PHP's way with parameters: `a[b][]=1` in, and out again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Pairs of a query or a form as the arrays that PHP makes of them. Every leaf is a string.
pub(crate) fn nested(pairs: impl IntoIterator<Item = (String, String)>) -> Map<String, Value> {
    let mut root = Map::new();
    for (key, value) in pairs {
        let (first, path) = split(&key);
        put(&mut root, first, &path, Value::String(value));
    }
    root.into_iter().map(|(key, value)| (key, listed(value))).collect()
}

/// A query or a form as PHP reads it.
pub(crate) fn parse(text: &str) -> Map<String, Value> {
    nested(form_urlencoded::parse(text.as_bytes()).into_owned())
}

/// Pairs as one form body.
pub(crate) fn form(pairs: &[(&str, String)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    pairs.iter().for_each(|(key, value)| {
        body.append_pair(key, value);
    });
    body.finish()
}

/// `a[b][]` as `a` and `b`, ``; what does not close is a plain name.
fn split(key: &str) -> (&str, Vec<&str>) {
    let Some((first, rest)) = key.split_once('[').filter(|_| key.ends_with(']')) else {
        return (key, Vec::new());
    };
    (first, rest[..rest.len() - 1].split("][").collect())
}

fn put(map: &mut Map<String, Value>, key: &str, path: &[&str], value: Value) {
    let key = if key.is_empty() { next_index(map) } else { key.to_owned() };
    let Some((first, rest)) = path.split_first() else {
        map.insert(key, value);
        return;
    };
    let slot = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    if let Value::Object(inner) = slot {
        put(inner, first, rest, value);
    }
}

fn next_index(map: &Map<String, Value>) -> String {
    let largest = map.keys().filter_map(|key| key.parse::<u64>().ok()).max();
    largest.map_or(0, |largest| largest + 1).to_string()
}

/// Maps whose keys are 0, 1, 2… are lists.
fn listed(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let map: Map<String, Value> = map.into_iter().map(|(key, one)| (key, listed(one))).collect();
    let by_number: Option<BTreeMap<usize, &Value>> =
        map.iter().map(|(key, one)| Some((key.parse::<usize>().ok()?, one))).collect();
    match by_number {
        Some(list) if !list.is_empty() && list.keys().copied().eq(0..list.len()) => {
            Value::Array(list.into_values().cloned().collect())
        }
        _ => Value::Object(map),
    }
}

/// A map as PHP's JSON shows it: an empty one is `[]`.
pub(crate) fn map_or_list(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Array(Vec::new()) } else { Value::Object(map) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_make_maps_and_lists() {
        let read = parse("fields[PHONE][0][VALUE]=%2B7900&select[]=ID&select[]=NAME&a[b]=1&x=");
        let expected = json!({"fields": {"PHONE": [{"VALUE": "+7900"}]}, "select": ["ID", "NAME"],
            "a": {"b": "1"}, "x": ""});
        assert_eq!(Value::Object(read), expected);
    }

    #[test]
    fn long_lists_keep_their_order() {
        let pairs: Vec<String> = (0..12).map(|at| format!("n[{at}]={at}")).collect();
        let read = parse(&pairs.join("&"));
        let expected: Vec<String> = (0..12).map(|at| at.to_string()).collect();
        assert_eq!(read["n"], json!(expected));
    }
}
