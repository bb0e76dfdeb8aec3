//! Telegram's initData: who opened the Mini App, proved by the bot's token.
//!
//! The format and the key derivation are Telegram's («Validating data received via the Mini App»).
//! Beyond them stands a policy of ours: one spelling of one launch, nothing read twice, an age.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

/// How far a client's clock may run ahead of ours.
const FUTURE_SKEW: TimeDelta = TimeDelta::seconds(300);

/// A launch that Telegram vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitData {
    /// The person.
    pub user: InitUser,
    /// The value of `startapp` in the link that was followed.
    pub start_param: Option<String>,
    /// When Telegram signed the launch.
    pub auth_date: DateTime<Utc>,
    /// `sender`, `private`, `group`, `supergroup` or `channel`; only direct links carry it.
    pub chat_type: Option<String>,
}

/// The person of a launch, as Telegram names them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct InitUser {
    /// Telegram id; fits 52 bits.
    pub id: i64,
    /// First name; may be any text.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Public name without `@`.
    #[serde(default)]
    pub username: Option<String>,
    /// IETF language tag of the client.
    #[serde(default)]
    pub language_code: Option<String>,
}

/// Why a launch is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InitDataError {
    /// Not a query string in UTF-8 with proper percent escapes.
    #[error("initData is malformed")]
    Malformed,
    /// A key stands twice: two readers could read two people.
    #[error("initData repeats a key")]
    DuplicateKey,
    /// No hash, or not 64 lower-case hexadecimal digits.
    #[error("initData has no usable hash")]
    BadHash,
    /// The hash is not the one that the bot's token gives.
    #[error("initData is not signed by this bot's token")]
    WrongSignature,
    /// `auth_date` is absent, not a number, or in the future.
    #[error("initData has no usable auth_date")]
    BadDate,
    /// Signed properly, but too long ago: the person opens the app anew.
    #[error("initData is too old")]
    Expired,
    /// No person, or not one whom we can read.
    #[error("initData names no user")]
    NoUser,
}

impl InitDataError {
    /// The stable `code` of the answer, as the contract names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "init_data_expired",
            _ => "unauthenticated",
        }
    }
}

/// Checks launches against one bot's token; the key is derived once.
#[derive(Clone)]
pub struct InitDataVerifier {
    keyed: Hmac<Sha256>,
    max_age: TimeDelta,
}

impl InitDataVerifier {
    /// Takes the bot's token and the age up to which a launch is accepted.
    pub fn new(bot_token: &str, max_age: TimeDelta) -> Self {
        let mut secret = keyed(b"WebAppData");
        secret.update(bot_token.as_bytes());
        Self { keyed: keyed(&secret.finalize().into_bytes()), max_age }
    }

    /// Reads a launch as the client sent it, at the moment `now`.
    ///
    /// # Errors
    /// Says why the launch is not believed; see [`InitDataError`].
    pub fn verify(&self, raw: &str, now: DateTime<Utc>) -> Result<InitData, InitDataError> {
        let fields = Fields::parse(raw)?;
        let hash = fields.hash()?;
        let mut mac = self.keyed.clone();
        fields.feed(&mut mac);
        mac.verify_slice(&hash).map_err(|_| InitDataError::WrongSignature)?;
        let auth_date = fields.auth_date()?;
        if auth_date > now + FUTURE_SKEW {
            return Err(InitDataError::BadDate);
        }
        if now - auth_date > self.max_age {
            return Err(InitDataError::Expired);
        }
        Ok(InitData {
            user: fields.user()?,
            start_param: fields.text("start_param"),
            auth_date,
            chat_type: fields.text("chat_type"),
        })
    }
}

/// The decoded pairs, sorted by key as the check string wants them.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(raw: &str) -> Result<Self, InitDataError> {
        let mut pairs = Vec::with_capacity(10);
        for pair in raw.split('&') {
            let (key, value) = pair.split_once('=').ok_or(InitDataError::Malformed)?;
            pairs.push((decode(key)?, decode(value)?));
        }
        pairs.sort();
        if pairs.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(InitDataError::DuplicateKey);
        }
        Ok(Self(pairs))
    }

    fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.binary_search_by(|(name, _)| name.as_str().cmp(key)).ok()?;
        Some(&self.0[found].1)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Upper case would be a second spelling of the same launch.
    fn hash(&self) -> Result<[u8; 32], InitDataError> {
        let text = self.get("hash").ok_or(InitDataError::BadHash)?;
        if text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(InitDataError::BadHash);
        }
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).map_err(|_| InitDataError::BadHash)?;
        Ok(hash)
    }

    /// Everything but the hash is signed, fields that we don't know included.
    fn feed(&self, mac: &mut Hmac<Sha256>) {
        let signed = self.0.iter().filter(|(key, _)| key != "hash");
        for (nth, (key, value)) in signed.enumerate() {
            if nth > 0 {
                mac.update(b"\n");
            }
            mac.update(key.as_bytes());
            mac.update(b"=");
            mac.update(value.as_bytes());
        }
    }

    fn auth_date(&self) -> Result<DateTime<Utc>, InitDataError> {
        let text = self.get("auth_date").ok_or(InitDataError::BadDate)?;
        if text.is_empty() || text.bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(InitDataError::BadDate);
        }
        let seconds = text.parse().map_err(|_| InitDataError::BadDate)?;
        DateTime::from_timestamp(seconds, 0).ok_or(InitDataError::BadDate)
    }

    fn user(&self) -> Result<InitUser, InitDataError> {
        let user = self.get("user").ok_or(InitDataError::NoUser)?;
        let user: InitUser = serde_json::from_str(user).map_err(|_| InitDataError::NoUser)?;
        if user.id > 0 { Ok(user) } else { Err(InitDataError::NoUser) }
    }
}

/// HMAC-SHA256 with its key already mixed in.
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// Percent-decodes once, by the rules of forms. The usual decoders mend bad input, which would let
/// one launch have many spellings; this one refuses it.
fn decode(text: &str) -> Result<String, InitDataError> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = bytes.get(at + 1..at + 3).ok_or(InitDataError::Malformed)?;
                let mut byte = [0];
                hex::decode_to_slice(digits, &mut byte).map_err(|_| InitDataError::Malformed)?;
                out.push(byte[0]);
                at += 2;
            }
            byte => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8(out).map_err(|_| InitDataError::Malformed)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const TOKEN: &str = "7000000001:AAFakeTokenForUnitTestsOnly-Vector00001";
    const NOW: i64 = 1_790_000_060;
    const USER: &str = r#"{"id":1000000001,"first_name":"Мария"}"#;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn verifier() -> InitDataVerifier {
        InitDataVerifier::new(TOKEN, TimeDelta::hours(24))
    }

    fn encode(text: &str) -> String {
        form_urlencoded::byte_serialize(text.as_bytes()).collect()
    }

    /// Signs as Telegram would, whatever stands in the fields.
    fn signed(fields: &[(&str, &str)]) -> String {
        let mut lines: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
        lines.sort();
        let mut mac = verifier().keyed;
        mac.update(lines.join("\n").as_bytes());
        let hash = hex::encode(mac.finalize().into_bytes());
        let pairs: Vec<String> =
            fields.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        format!("{}&hash={hash}", pairs.join("&"))
    }

    fn verify(raw: &str) -> Result<InitData, InitDataError> {
        verifier().verify(raw, at(NOW))
    }

    fn fixtures() -> Vec<Value> {
        let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/telegram");
        let mut found: Vec<Value> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_string_lossy().contains("initdata-"))
            .map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
            .collect();
        found.retain(|fixture: &Value| fixture["bot_token"].is_string());
        found
    }

    #[test]
    fn vectors_of_independent_signers() {
        let fixtures = fixtures();
        assert!(fixtures.len() >= 11, "{} fixtures", fixtures.len());
        for fixture in fixtures {
            let age = TimeDelta::seconds(fixture["max_age_seconds"].as_i64().unwrap());
            let verifier = InitDataVerifier::new(fixture["bot_token"].as_str().unwrap(), age);
            let answer = verifier
                .verify(fixture["raw"].as_str().unwrap(), at(fixture["now"].as_i64().unwrap()));
            let expect = &fixture["expect"];
            assert_eq!(answer.is_ok(), expect["ok"] == true, "{}: {answer:?}", fixture["id"]);
            let Ok(data) = answer else { continue };
            assert_eq!(Some(data.user.id), expect["user_id"].as_i64(), "{}", fixture["id"]);
            if let Some(name) = expect["first_name"].as_str() {
                assert_eq!(data.user.first_name, name);
            }
            assert_eq!(data.start_param.as_deref(), expect["start_param"].as_str());
        }
    }

    #[test]
    fn an_old_launch_has_its_own_code() {
        let raw = signed(&[("auth_date", "1790000000"), ("user", USER)]);
        let late = verifier().verify(&raw, at(1_790_000_000 + 86_401));
        assert_eq!(late, Err(InitDataError::Expired));
        assert_eq!(late.unwrap_err().code(), "init_data_expired");
        assert!(verifier().verify(&raw, at(1_790_000_000 + 86_400)).is_ok());
    }

    #[test]
    fn dates_are_read_before_they_are_compared() {
        for date in ["12abc", "", "-5", "1790000000.0", "99999999999999999999"] {
            let raw = signed(&[("auth_date", date), ("user", USER)]);
            assert_eq!(verify(&raw), Err(InitDataError::BadDate), "{date:?}");
        }
        assert_eq!(verify(&signed(&[("user", USER)])), Err(InitDataError::BadDate));
        let ahead =
            |by: i64| verify(&signed(&[("auth_date", &(NOW + by).to_string()), ("user", USER)]));
        assert!(ahead(300).is_ok());
        assert_eq!(ahead(301), Err(InitDataError::BadDate));
    }

    #[test]
    fn people_are_needed() {
        let date = ("auth_date", "1790000000");
        assert_eq!(verify(&signed(&[date])), Err(InitDataError::NoUser));
        for user in ["", "{}", "[]", "null", r#"{"id":"7"}"#, r#"{"id":0}"#, r#"{"id":-1}"#, "{"] {
            assert_eq!(verify(&signed(&[date, ("user", user)])), Err(InitDataError::NoUser));
        }
    }

    #[test]
    fn one_spelling_only() {
        let raw = signed(&[("auth_date", "1790000000"), ("user", USER)]);
        let (head, hash) = raw.rsplit_once("hash=").unwrap();
        assert_eq!(
            verify(&format!("{head}hash={}", hash.to_uppercase())),
            Err(InitDataError::BadHash)
        );
        assert_eq!(verify(&format!("{head}hash={}", &hash[..62])), Err(InitDataError::BadHash));
        assert_eq!(verify(head.trim_end_matches('&')), Err(InitDataError::BadHash));
        for twice in ["auth_date=1790000000", "hash=00", "user=%7B%7D", "us%65r=x"] {
            let doubled = verify(&format!("{twice}&{raw}"));
            assert_eq!(doubled, Err(InitDataError::DuplicateKey), "{twice}");
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        let good = signed(&[("auth_date", "1790000000"), ("user", USER)]);
        for broken in ["a=%", "a=%4", "a=%zz", "a=%ff%fe", "a=%C3%28", "flag", ""] {
            let raw = format!("{good}&{broken}");
            assert_eq!(verify(&raw), Err(InitDataError::Malformed), "{broken:?}");
        }
        assert_eq!(verify(""), Err(InitDataError::Malformed));
    }

    #[test]
    fn empty_values_spaces_and_unknown_fields_are_signed_too() {
        let raw = signed(&[
            ("auth_date", "1790000000"),
            ("signature", ""),
            ("some_new_field", "a + b & c=d"),
            ("start_param", "m_7"),
            ("user", r#"{"id":1000000001,"first_name":"A B + C","photo_url":"https:\/\/t.me"}"#),
        ]);
        assert!(raw.contains('+'));
        let data = verify(&raw).unwrap();
        assert_eq!(data.user.first_name, "A B + C");
        assert_eq!(data.start_param.as_deref(), Some("m_7"));
        assert_eq!(verify(&raw.replace('+', "%20")), Ok(data));
        let reordered = raw.split('&').rev().collect::<Vec<_>>().join("&");
        assert!(verify(&reordered).is_ok());
    }

    proptest! {
        #[test]
        fn no_changed_byte_passes(place in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
            let raw = signed(&[("auth_date", "1790000000"), ("query_id", "AAH"), ("user", USER)]);
            let mut bytes = raw.clone().into_bytes();
            let place = place.index(bytes.len());
            // Escapes may be written in either case, and a space in two ways: these read the same.
            prop_assume!(!bytes[place].eq_ignore_ascii_case(&byte) || place > raw.len() - 64);
            prop_assume!(bytes[place] != byte);
            bytes[place] = byte;
            prop_assert!(verify(&String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn garbage_never_panics(raw in ".{0,200}") {
            prop_assert!(verify(&raw).is_err());
        }
    }
}
