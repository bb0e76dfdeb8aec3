//! The cookie that holds a session's token.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use domain::sign_in::SESSION_LIFE;

/// Its name where the product is reached by TLS: a browser then takes it from this host alone and
/// sends it nowhere else (RFC 6265bis, 4.1.3.2).
const SECURE: &str = "__Host-mypark-staff";
/// Its name without TLS, on a desk where the product is tried out.
const PLAIN: &str = "mypark-staff";

fn name(tls: bool) -> &'static str {
    if tls { SECURE } else { PLAIN }
}

/// The token that a request bears.
pub(super) fn token(headers: &HeaderMap, tls: bool) -> Option<&str> {
    let name = name(tls);
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    })
}

/// Sets the token, or with none takes it away. `Lax`: a link from the chat opens a page, a form of
/// another site posts nothing.
pub(super) fn set(token: Option<&str>, tls: bool) -> HeaderValue {
    let life = token.map_or(0, |_| SESSION_LIFE.num_seconds());
    let secure = if tls { "; Secure" } else { "" };
    let (name, token) = (name(tls), token.unwrap_or_default());
    let text = format!("{name}={token}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("a token is hex digits")
}

/// The cookie of a session that another door has opened; `tls` says whether the product is reached by
/// TLS.
pub fn session_cookie(token: &str, tls: bool) -> HeaderValue {
    set(Some(token), tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_own_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; mypark-staff=abc".parse().unwrap());
        assert_eq!(token(&headers, false), Some("abc"));
        assert_eq!(token(&headers, true), None, "what plain HTTP may set opens nothing over TLS");
    }

    #[test]
    fn over_tls_it_is_bound_to_the_host() {
        let set = set(Some("abc"), true);
        let set = set.to_str().unwrap();
        assert!(set.starts_with("__Host-mypark-staff=abc; Path=/; "), "{set}");
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
        assert!(set.ends_with("; Secure") && !set.contains("Domain"), "{set}");
    }
}
