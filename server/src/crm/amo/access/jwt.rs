//! What a token of amoCRM says of itself: it is a JWT. Nothing is verified here; the CRM does that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// The claim `exp`: when the token ends; `None` where it does not read as a JWT.
pub(crate) fn expiry(token: &str) -> Option<DateTime<Utc>> {
    let claims = claims(token)?;
    let exp = claims.get("exp")?;
    let seconds = exp.as_i64().or_else(|| exp.as_f64().and_then(whole))?;
    DateTime::from_timestamp(seconds, 0)
}

/// The claim `account_id`.
pub(crate) fn account_id(token: &str) -> Option<i64> {
    claims(token)?.get("account_id")?.as_i64()
}

/// The claim `api_domain`: the host that knows where the account stands.
pub(crate) fn api_domain(token: &str) -> Option<String> {
    claims(token)?.get("api_domain")?.as_str().map(str::to_owned)
}

fn claims(token: &str) -> Option<Value> {
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&claims).ok()
}

#[expect(clippy::cast_possible_truncation, reason = "a claim beyond the range is refused before")]
fn whole(seconds: f64) -> Option<i64> {
    (0.0..1e12).contains(&seconds).then_some(seconds as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_end_is_read_from_the_claims() {
        let at = DateTime::from_timestamp(1_798_761_600, 0);
        assert_eq!(expiry(&token(r#"{"aud":"x","exp":1798761600}"#)), at);
        assert_eq!(expiry(&token(r#"{"exp":1798761600.25}"#)), at);
        let padded = token(r#"{"exp":1798761600}"#).replace(".c2ln", "==.c2ln");
        assert_eq!(expiry(&padded), at);
    }

    #[test]
    fn the_account_is_read_from_the_claims() {
        let token = token(r#"{"account_id":31000001,"api_domain":"api-a.amocrm.ru"}"#);
        assert_eq!(account_id(&token), Some(31_000_001));
        assert_eq!(api_domain(&token).as_deref(), Some("api-a.amocrm.ru"));
        assert_eq!((account_id("x"), api_domain("a.e30.c")), (None, None));
    }

    #[test]
    fn what_is_no_jwt_has_no_known_end() {
        for text in ["", "long-lived", "a.b.c", "a.!!.c", &token("[]"), &token(r#"{"exp":"soon"}"#)]
        {
            assert_eq!(expiry(text), None, "{text}");
        }
        assert_eq!(expiry(&token(r#"{"exp":1e300}"#)), None);
        assert_eq!(expiry(&token(r#"{"exp":9223372036854775807}"#)), None);
    }
}
