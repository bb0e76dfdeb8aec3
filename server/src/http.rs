//! The one HTTP client, with its time-outs, and the masks that keep secrets out of what is stored
//! and logged of its calls.

use std::time::Duration;

use anyhow::Context as _;
use domain::sight::is_secret;
use reqwest::redirect::Policy;
use serde_json::Value;
use url::Url;

/// How long a connection may take to stand.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

pub use domain::sight::MASK;

/// Makes a client whose whole calls, body included, take no longer than `call_timeout`. The grace
/// after an unknown outcome must be longer.
///
/// Redirects are not followed: the `Authorization` of a CRM, or a secret in a path, would go along,
/// and a redirected `POST` turns into a `GET` whose answer looks like success. The caller sees the
/// 3xx.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(call_timeout: Duration) -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(call_timeout)
        .user_agent(concat!("mypark/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .build()
        .context("setting up the HTTP client")
}

/// The address with its secrets masked: passwords, secret query values, the token in a Bot API
/// path, the code in a Bitrix24 webhook path.
#[must_use]
pub fn mask_url(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() {
        // Only addresses without a host refuse a password, and those have none.
        let _ = shown.set_password(Some(MASK));
    }
    let path: Vec<&str> = url.path().split('/').collect();
    let masked: Vec<&str> =
        path.iter().enumerate().map(|(at, part)| mask_segment(&path, at, part)).collect();
    shown.set_path(&masked.join("/"));
    if url.query().is_some() {
        let pairs = url.query_pairs().map(|(name, value)| {
            let value = if is_secret(&name) { MASK.into() } else { value };
            (name, value)
        });
        let pairs: Vec<_> = pairs.collect();
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown.into()
}

/// A JSON or form body with the values of secret names masked; other text as it is, cut to
/// `limit` bytes.
#[must_use]
pub fn mask_body(body: &[u8], limit: usize) -> String {
    let mut text = match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            mask_json(&mut value);
            value.to_string()
        }
        Err(_) => mask_form(&String::from_utf8_lossy(body)),
    };
    if text.len() > limit {
        let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

fn mask_segment<'a>(path: &[&str], at: usize, part: &'a str) -> &'a str {
    let telegram = part.starts_with("bot") && part.contains(':');
    let telegram_escaped = part.starts_with("bot") && part.contains("%3A");
    // Bitrix24: /rest/{user}/{code}/{method}
    let bitrix = at == 3 && path[1] == "rest" && path[2].bytes().all(|byte| byte.is_ascii_digit());
    if telegram || telegram_escaped || bitrix { MASK } else { part }
}

fn mask_json(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_secret(name) => MASK.clone_into(text),
                    // Addresses of webhooks carry their secret in the query.
                    Value::String(text) if text.starts_with("http") && text.contains('?') => {
                        *text =
                            Url::parse(text).map_or_else(|_| text.clone(), |url| mask_url(&url));
                    }
                    other => mask_json(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        _ => {}
    }
}

fn mask_form(text: &str) -> String {
    if !text.contains('=') || text.trim_start().starts_with(['<', '{', '[']) {
        return text.to_owned();
    }
    let masked = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(url: &str) -> String {
        mask_url(&Url::parse(url).unwrap())
    }

    #[test]
    fn addresses_lose_their_secrets() {
        assert_eq!(
            masked("https://api.telegram.org/bot123:AbC/sendMessage"),
            "https://api.telegram.org/***/sendMessage"
        );
        assert_eq!(
            masked("https://portal.example.com/rest/1/c0de/crm.deal.add.json"),
            "https://portal.example.com/rest/1/***/crm.deal.add.json"
        );
        assert_eq!(
            masked("https://example.com/hook?secret=abc&id=5"),
            "https://example.com/hook?secret=***&id=5"
        );
        assert_eq!(masked("smtp://me:pass@example.com/"), "smtp://me:***@example.com/");
        let plain = "https://shop.amocrm.ru/api/v4/contacts?query=9000000000&limit=50";
        assert_eq!(masked(plain), plain);
    }

    #[test]
    fn bodies_lose_their_secrets() {
        let body = br#"{"client_secret":"s","list":[{"access_token":"t","field_code":"PHONE"}]}"#;
        let shown = mask_body(body, 1000);
        assert!(!shown.contains("\"s\"") && !shown.contains("\"t\""), "{shown}");
        assert!(shown.contains("PHONE"));
        let hook = mask_body(br#"{"destination":"https://example.com/webhook?secret=abc"}"#, 1000);
        assert_eq!(hook, r#"{"destination":"https://example.com/webhook?secret=***"}"#);
        assert_eq!(mask_body(b"auth%5Bid%5D=1&a=b", 100), "auth%5Bid%5D=***&a=b");
        assert_eq!(mask_body("длинный".as_bytes(), 5), "дл…");
        assert_eq!(mask_body(b"<a href='x?token=1'>", 100), "<a href='x?token=1'>");
        assert!(mask_body(&[0xff, 0xfe, b'='], 10).ends_with('='));
    }
}
