//! What a request brings in its body: a form or JSON, with the same names.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use domain::Error;
use serde_json::Value;

use crate::fault::Fault;
use crate::state::AppState;

/// The most that a form without files may hold, in bytes.
pub(crate) const MAX_FORM: usize = 64 * 1024;

/// The named values of a form or a JSON object.
#[derive(Debug, Default)]
pub(crate) struct Form {
    values: HashMap<String, String>,
    /// Everything as it came, for who reads fields that nobody named: in order, repeated names too.
    pairs: Vec<(String, String)>,
}

impl Form {
    /// What was typed, without the space around it; none when nothing is left.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Every value of a repeated name, in the order of the form.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A value that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Error> {
        self.text(name).ok_or(Error::invalid(name, "error-required"))
    }

    /// A whole number; spaces between its digits are forgiven.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        digits.parse().map(Some).map_err(|_| Error::invalid(name, "error-number"))
    }

    /// A date as `YYYY-MM-DD`.
    pub(crate) fn date(&self, name: &'static str) -> Result<Option<NaiveDate>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
        date.map(Some).map_err(|_| Error::invalid(name, "error-date"))
    }

    /// Whether a box is ticked.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("true" | "on" | "1" | "yes"))
    }

    /// A file field in a form without files says nothing, so a repeated name keeps its last value.
    pub(crate) fn put(&mut self, name: String, value: String) {
        self.pairs.push((name.clone(), value.clone()));
        self.values.insert(name, value);
    }

    /// Every value with its name, in the order of the form.
    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    /// Reads what stands behind the `?` of an address.
    pub(crate) fn of_query(query: &str) -> Result<Form, Fault> {
        urlencoded(query.as_bytes())
    }

    /// Reads a body that is not multipart.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Form, Fault> {
        if body.is_empty() {
            return Ok(Form::default());
        }
        match essence(headers).as_str() {
            "application/json" => json(body),
            "application/x-www-form-urlencoded" => urlencoded(body),
            _ => Err(Fault::BodyType),
        }
    }
}

/// The content type without its parameters.
pub(crate) fn essence(headers: &HeaderMap) -> String {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

impl FromRequest<AppState> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Form, Response> {
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let status = rejection.into_response().status();
            if status.as_u16() == 413 { Fault::BodyTooLarge } else { Fault::Malformed }
                .into_response()
        })?;
        Form::read(&headers, &body).map_err(Fault::into_response)
    }
}

fn json(body: &[u8]) -> Result<Form, Fault> {
    // serde_json stops at 128 levels, so depth cannot exhaust the stack.
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
        return Err(Fault::Malformed);
    };
    let mut form = Form::default();
    for (name, value) in object {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null => continue,
            // No field of ours has a structure: whatever this is, only who keeps unknown fields
            // sees it.
            Value::Array(_) | Value::Object(_) => {
                form.pairs.push((name, value.to_string()));
                continue;
            }
        };
        form.put(name, text);
    }
    Ok(form)
}

fn urlencoded(body: &[u8]) -> Result<Form, Fault> {
    let mut form = Form::default();
    for (name, value) in form_urlencoded::parse(body) {
        // The decoder mends what is not UTF-8; nobody types its mark.
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Fault::Malformed);
        }
        form.put(name.into_owned(), value.into_owned());
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &'static str, body: &[u8]) -> Result<Form, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        Form::read(&headers, body)
    }

    #[test]
    fn forms_and_json_say_the_same() {
        let form = read("application/x-www-form-urlencoded", b"quantity=+2+&a=1&d=true").unwrap();
        let json = br#"{"quantity": 2, "a": "1", "d": true, "n": null}"#;
        let json = read("application/json; charset=utf-8", json).unwrap();
        for form in [form, json] {
            assert_eq!(form.number("quantity").unwrap(), Some(2));
            assert!(form.flag("d"));
            assert_eq!(form.text("n"), None);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for body in [deep.as_bytes(), b"{", b"[]", b"\xff\xfe"] {
            assert!(matches!(read("application/json", body), Err(Fault::Malformed)));
        }
        let form = "application/x-www-form-urlencoded";
        assert!(matches!(read(form, b"a=%ff%fe"), Err(Fault::Malformed)));
        assert!(matches!(read("text/plain", b"a=1"), Err(Fault::BodyType)));
        assert!(read(form, b"").is_ok());
    }

    #[test]
    fn numbers_and_dates_name_their_field() {
        let form = read("application/x-www-form-urlencoded", b"h=1+840&x=12abc&d=2026-02-30");
        let form = form.unwrap();
        assert_eq!(form.number("h").unwrap(), Some(1840));
        assert!(matches!(form.number("x"), Err(Error::Invalid(fault)) if fault.field == "x"));
        assert!(matches!(form.date("d"), Err(Error::Invalid(fault)) if fault.field == "d"));
    }
}
