//! What Telegram's login proves in a browser: the fields of a person and the hash over them.
//! Source: core.telegram.org/widgets/login, «Checking authorization».

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Up to which age a login is taken: a person comes back from Telegram within moments.
const MAX_AGE: TimeDelta = TimeDelta::minutes(5);
/// How far a clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(1);
/// The most of a result that is looked at, in bytes.
const MAX_RESULT: usize = 8 * 1024;

/// Checks logins with a key derived from the bot's token.
#[derive(Clone)]
pub(crate) struct LoginVerifier {
    key: Hmac<Sha256>,
}

/// A login that Telegram vouches for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Login {
    /// Whose.
    pub(crate) telegram_id: i64,
    /// What is used up with it: its hash.
    pub(crate) proof: String,
    /// From then on it is too old.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Why a login is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoginError {
    /// Not signed by Telegram for this bot, or not readable.
    #[error("the login is not Telegram's")]
    Forged,
    /// Telegram's, but too old.
    #[error("the login is too old")]
    Expired,
}

impl LoginVerifier {
    pub(crate) fn new(bot_token: &str) -> LoginVerifier {
        let key = Sha256::digest(bot_token.as_bytes());
        let key = Hmac::new_from_slice(&key).expect("HMAC takes keys of any length");
        LoginVerifier { key }
    }

    /// Reads what Telegram hands back in the address: base64 of a JSON object.
    ///
    /// # Errors
    /// [`LoginError::Forged`] for whatever Telegram did not sign, [`LoginError::Expired`] afterwards.
    pub(crate) fn verify(&self, result: &str, now: DateTime<Utc>) -> Result<Login, LoginError> {
        let mut fields = fields(result).ok_or(LoginError::Forged)?;
        let hash = fields.remove("hash").ok_or(LoginError::Forged)?;
        // One spelling only, so that a hash is used up under each of its names.
        let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if hash.len() != 64 || !hash.bytes().all(plain) {
            return Err(LoginError::Forged);
        }
        let tag = hex::decode(&hash).map_err(|_| LoginError::Forged)?;
        let lines: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut mac = self.key.clone();
        mac.update(lines.join("\n").as_bytes());
        mac.verify_slice(&tag).map_err(|_| LoginError::Forged)?;
        let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok());
        let made = number("auth_date").and_then(|at| DateTime::from_timestamp(at, 0));
        let (made, id) = made.zip(number("id")).ok_or(LoginError::Forged)?;
        if made > now + AHEAD || now - made > MAX_AGE {
            return Err(LoginError::Expired);
        }
        Ok(Login { telegram_id: id, proof: hash, expires_at: made + MAX_AGE })
    }
}

fn fields(result: &str) -> Option<BTreeMap<String, String>> {
    if result.len() > MAX_RESULT {
        return None;
    }
    let bare = result.trim().trim_end_matches('=');
    let bytes =
        BASE64_URL_SAFE_NO_PAD.decode(bare).or_else(|_| BASE64_STANDARD_NO_PAD.decode(bare));
    let Ok(Value::Object(object)) = serde_json::from_slice(&bytes.ok()?) else { return None };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    object.into_iter().map(|(name, value)| Some((name, text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "7000000001:AAFakeTokenForUnitTestsOnly";

    fn signed(id: i64, at: i64) -> String {
        let lines = format!("auth_date={at}\nfirst_name=Ольга/\nid={id}");
        let mut mac = LoginVerifier::new(TOKEN).key;
        mac.update(lines.as_bytes());
        let hash = hex::encode(mac.finalize().into_bytes());
        let json =
            format!(r#"{{"id":{id},"first_name":"Ольга\/","auth_date":{at},"hash":"{hash}"}}"#);
        BASE64_URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn telegrams_word_counts_for_some_minutes() {
        let verifier = LoginVerifier::new(TOKEN);
        let made = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let result = signed(6002, made.timestamp());
        let login = verifier.verify(&result, made + TimeDelta::minutes(1)).unwrap();
        assert_eq!(login.telegram_id, 6002);
        for late in [TimeDelta::minutes(6), TimeDelta::minutes(-2)] {
            assert_eq!(verifier.verify(&result, made + late), Err(LoginError::Expired));
        }
    }

    #[test]
    fn nothing_else_is_believed() {
        let made = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let good = signed(6002, made.timestamp());
        assert_eq!(LoginVerifier::new("1:other").verify(&good, made), Err(LoginError::Forged));
        let verifier = LoginVerifier::new(TOKEN);
        let json = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(&good).unwrap()).unwrap();
        for changed in [
            json.replace("6002", "6003"),
            json.replace("\"hash\":\"", "\"hash\":\"A"),
            json.replace("}", ",\"role\":\"administrator\"}"),
            json.replace("\"hash\"", "\"no\""),
            "{}".to_owned(),
            "[]".to_owned(),
        ] {
            let result = BASE64_URL_SAFE_NO_PAD.encode(&changed);
            assert_eq!(verifier.verify(&result, made), Err(LoginError::Forged), "{changed}");
        }
        for broken in ["", "!", &"A".repeat(9000)] {
            assert_eq!(verifier.verify(broken, made), Err(LoginError::Forged));
        }
    }
}
