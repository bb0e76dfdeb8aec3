//! What the doors of access say to a person: pages that load nothing of others.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::texts::{Lang, Texts};
use ring::digest::{SHA256, digest};

use crate::crm::access::Welcome;
use crate::crm::fault::AccessFault;

/// The style of these pages.
const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;max-width:34em;margin:12vh auto;\
     padding:0 1.2em;color:#1c1c1e;background:#fff}h1{font-size:1.5em}\
     @media(prefers-color-scheme:dark){body{color:#f2f2f7;background:#1c1c1e}}";

/// Whom the portal names is none of our staff, as far as we know: the bot's code says who they are.
pub(super) fn stranger() -> String {
    let texts = Texts::of(Lang::Ru);
    let words = ["stranger", "how", "code", "go"].map(|word| format!("console-portal-{word}"));
    let [title, text, label, go] = words.map(|key| escaped(texts.get(&key)));
    format!(
        "<h1>{title}</h1><p>{text}</p><form method=\"post\" action=\"/api/auth/bitrix24\">\
         <p><label>{label} <input name=\"code\" maxlength=\"20\" autocomplete=\"one-time-code\" \
         required></label></p><p><button type=\"submit\">{go}</button></p></form>"
    )
}

/// The consent was given.
pub(super) fn granted(welcome: &Welcome) -> String {
    let texts = Texts::of(Lang::Ru);
    let (confirmed, unconfirmed) = match welcome.portal {
        true => ("crm-consent-portal", "crm-consent-portal-unconfirmed"),
        false => ("crm-consent-account", "crm-consent-unconfirmed"),
    };
    let next = match &welcome.account {
        Some(account) => texts.format(confirmed, &[("account", account.as_str().into())]),
        None => texts.get(unconfirmed).to_owned(),
    };
    let connection = [("connection", welcome.connection.as_str().into())];
    format!(
        "<h1>{}</h1><p>{}</p><p>{}</p>",
        escaped(texts.get("crm-consent-done")),
        escaped(&next),
        escaped(&texts.format("crm-consent-goes-on", &connection)),
    )
}

/// It was not, and why.
pub(super) fn refused(fault: AccessFault) -> String {
    let title = Texts::of(Lang::Ru).get("crm-consent-failed");
    format!(
        "<h1>{}</h1><p>{}</p><p>{}</p>",
        escaped(title),
        escaped(&fault.cause(Lang::Ru)),
        escaped(&fault.cure(Lang::Ru)),
    )
}

/// The status of a refusal.
pub(super) fn status(fault: AccessFault) -> StatusCode {
    match fault {
        // Nothing went wrong: the person said no.
        AccessFault::Denied => StatusCode::OK,
        AccessFault::StateUnknown
        | AccessFault::HostForeign
        | AccessFault::OtherAccount
        | AccessFault::OtherClient
        | AccessFault::B24HostForeign
        | AccessFault::B24OtherPortal => StatusCode::FORBIDDEN,
        AccessFault::NoAnswer | AccessFault::B24NoAnswer => StatusCode::BAD_GATEWAY,
        AccessFault::NotKept => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A page that loads nothing, so that its address, which bears a code, goes nowhere.
pub(super) fn page(status: StatusCode, body: &str) -> Response {
    let mut response = (status, Html(document(body))).into_response();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy("").as_str()),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What a page of ours may do: its one style, known by its hash, and what `more` adds.
pub(super) fn policy(more: &str) -> String {
    let hash = BASE64_STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'{more}"
    )
}

/// A whole document around this.
pub(super) fn document(body: &str) -> String {
    let title = escaped(Texts::of(Lang::Ru).get("crm-consent-name"));
    format!(
        "<!doctype html><html lang=\"ru\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style>\
         <main>{body}</main></html>"
    )
}

/// Text inside of markup.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
