//! Parameters as PHP reads them from a query: `fields[PHONE][0][VALUE]=…`. Commands of a batch are
//! written so (settings/how-to-call-rest-api/data-encoding).

use serde_json::Value;
use url::form_urlencoded::Serializer;

/// The parameters of an object as a query.
pub(super) fn query(params: &Value) -> String {
    let mut pairs = Serializer::new(String::new());
    if let Value::Object(members) = params {
        for (name, value) in members {
            write(&mut pairs, name, value);
        }
    }
    pairs.finish()
}

/// What is empty cannot be written and is left out, as PHP itself does.
fn write(pairs: &mut Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => {
            pairs.append_pair(name, if *flag { "1" } else { "0" });
        }
        Value::Number(number) => {
            pairs.append_pair(name, &number.to_string());
        }
        Value::String(text) => {
            pairs.append_pair(name, text);
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                write(pairs, &format!("{name}[{at}]"), item);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                write(pairs, &format!("{name}[{key}]"), member);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_values_get_bracketed_names() {
        let params = json!({
            "fields": { "TITLE": "Насос & ко", "PHONE": [{ "VALUE": "+79161234567" }], "OPENED": true },
            "filter": { ">ID": 5, "@STAGE": ["C1:NEW", "$result[lead]"] },
            "none": null,
        });
        let text = query(&params);
        let decoded: Vec<(String, String)> =
            url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let expected = [
            ("fields[OPENED]", "1"),
            ("fields[PHONE][0][VALUE]", "+79161234567"),
            ("fields[TITLE]", "Насос & ко"),
            ("filter[>ID]", "5"),
            ("filter[@STAGE][0]", "C1:NEW"),
            ("filter[@STAGE][1]", "$result[lead]"),
        ];
        let mut sorted = decoded;
        sorted.sort();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(sorted, expected);
        assert!(text.is_ascii(), "{text}");
    }
}
