//! What Telegram demands of keyboards.

use serde_json::Value;

use crate::telegram::error::ApiError;

const ACTIONS: [&str; 12] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
    "request_managed_bot",
];

/// Checks any `reply_markup`.
pub(crate) fn check(markup: Option<&Value>) -> Result<(), ApiError> {
    let Some(markup) = markup else { return Ok(()) };
    if !markup.is_object() {
        return Err(ApiError::bad("object expected as reply markup"));
    }
    for row in rows(markup, "inline_keyboard")? {
        for button in row {
            check_inline(button)?;
        }
    }
    for row in rows(markup, "keyboard")? {
        for button in row {
            let text = button.as_str().or_else(|| button["text"].as_str()).unwrap_or_default();
            if text.is_empty() {
                return Err(ApiError::bad("keyboard button text must be non-empty"));
            }
            if let Some(url) = button["web_app"]["url"].as_str() {
                check_url("keyboard button Web App", url)?;
            }
        }
    }
    Ok(())
}

fn rows<'a>(markup: &'a Value, name: &str) -> Result<Vec<&'a Vec<Value>>, ApiError> {
    let Some(rows) = markup.get(name) else { return Ok(Vec::new()) };
    rows.as_array()
        .and_then(|rows| rows.iter().map(Value::as_array).collect())
        .ok_or_else(|| ApiError::bad(format!("field \"{name}\" must be of type Array")))
}

fn check_inline(button: &Value) -> Result<(), ApiError> {
    if button["text"].as_str().unwrap_or_default().is_empty() {
        return Err(ApiError::bad("can't parse inline keyboard button: Text must be non-empty"));
    }
    match ACTIONS.iter().filter(|action| button.get(**action).is_some()).count() {
        1 => {}
        0 => {
            return Err(ApiError::bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            ));
        }
        _ => return Err(ApiError::bad("can't parse inline keyboard button: too many actions")),
    }
    if let Some(data) = button.get("callback_data") {
        let length = data.as_str().map_or(0, str::len);
        if !(1..=64).contains(&length) {
            return Err(ApiError::bad("BUTTON_DATA_INVALID"));
        }
    }
    if let Some(url) = button["url"].as_str() {
        check_url("inline keyboard button", url)?;
    }
    if let Some(web_app) = button.get("web_app") {
        check_url("inline keyboard button Web App", web_app["url"].as_str().unwrap_or_default())?;
    }
    Ok(())
}

/// A link must be one. The real server wants https and a public host; a demo on one machine
/// has neither, so that much is let pass.
fn check_url(what: &str, url: &str) -> Result<(), ApiError> {
    let known = ["https", "http", "tg"];
    match url::Url::parse(url) {
        Ok(parsed) if known.contains(&parsed.scheme()) => Ok(()),
        _ => Err(ApiError::bad(format!("{what} URL '{url}' is invalid: Wrong HTTP URL"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn inline(button: &Value) -> Result<(), ApiError> {
        check(Some(&json!({"inline_keyboard": [[button]]})))
    }

    #[test]
    fn callback_data_is_counted_in_bytes() {
        assert!(inline(&json!({"text": "a", "callback_data": "я".repeat(32)})).is_ok());
        let refused = inline(&json!({"text": "a", "callback_data": "я".repeat(33)})).unwrap_err();
        assert_eq!(refused.description, "Bad Request: BUTTON_DATA_INVALID");
        assert!(inline(&json!({"text": "a", "callback_data": ""})).is_err());
    }

    #[test]
    fn a_button_does_exactly_one_thing() {
        assert!(inline(&json!({"text": "a"})).is_err());
        assert!(inline(&json!({"text": "a", "url": "https://a", "callback_data": "b"})).is_err());
        assert!(inline(&json!({"text": "a", "url": "no link"})).is_err());
        assert!(inline(&json!({"text": "a", "web_app": {"url": "http://127.0.0.1/app"}})).is_ok());
    }
}
