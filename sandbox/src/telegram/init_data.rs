//! Signed launch data of Mini Apps, by the algorithm of
//! <https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app>.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::telegram::Telegram;
use crate::telegram::state::PersonSpec;

impl Telegram {
    /// initData as a client hands it to a Mini App: `query_id`, `user`, `auth_date`,
    /// `signature`, `hash`, and `start_param` with what belongs to a direct link.
    /// A person whom nobody introduced gets initData too, with an empty name.
    #[must_use]
    pub fn init_data(&self, person: i64, start_param: Option<&str>) -> String {
        let number = self.change(crate::telegram::state::State::next_number);
        let person = self
            .read(|state| state.people.get(&person).cloned())
            .unwrap_or(PersonSpec { id: person, ..PersonSpec::default() });
        let query = Sha256::digest(format!("query {} {number}", person.id));
        let mut fields = vec![
            ("query_id".to_owned(), format!("AAH{}", URL_SAFE_NO_PAD.encode(&query[..15]))),
            ("user".to_owned(), web_app_user(&person)),
            ("auth_date".to_owned(), self.now().timestamp().to_string()),
        ];
        if let Some(start_param) = start_param {
            fields.push((
                "chat_instance".to_owned(),
                format!("-{}", 3_788_475_317_572_404_878 + number),
            ));
            fields.push(("chat_type".to_owned(), "sender".to_owned()));
            fields.push(("start_param".to_owned(), start_param.to_owned()));
        }
        // Telegram's Ed25519 signature; here 64 bytes of the same look, which nobody can verify.
        let half = Sha256::digest(format!("signature {number}"));
        fields.push(("signature".to_owned(), URL_SAFE_NO_PAD.encode([half, half].concat())));
        self.signed(fields)
    }

    /// The contact that a person shared with a Mini App, signed like initData.
    pub(crate) fn signed_contact(&self, person: &PersonSpec) -> String {
        let contact = json!({
            "user_id": person.id,
            "phone_number": person.phone,
            "first_name": person.first_name,
            "last_name": person.last_name.clone().unwrap_or_default(),
        });
        self.signed(vec![
            ("contact".to_owned(), contact.to_string()),
            ("auth_date".to_owned(), self.now().timestamp().to_string()),
        ])
    }

    fn signed(&self, mut fields: Vec<(String, String)>) -> String {
        let hash = hash(&self.options().token, &fields);
        fields.push(("hash".to_owned(), hash));
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        encoded.join("&")
    }
}

/// The hex HMAC over all fields.
fn hash(token: &str, fields: &[(String, String)]) -> String {
    let mut lines: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.sort();
    let secret = mac(b"WebAppData", token.as_bytes());
    hex::encode(mac(&secret, lines.join("\n").as_bytes()))
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn web_app_user(person: &PersonSpec) -> String {
    let mut user = json!({
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name.clone().unwrap_or_default(),
        "language_code": person.language_code.as_deref().unwrap_or("ru"),
        "allows_write_to_pm": true,
    });
    if let Some(username) = &person.username {
        user["username"] = json!(username);
    }
    // Telegram escapes slashes, which breaks readers that parse and write the JSON again.
    user.to_string().replace('/', "\\/")
}

/// `encodeURIComponent`: spaces become `%20`, as Telegram sends them.
pub(crate) fn percent(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_other_libraries_compute() {
        let fixtures = [
            include_str!(
                "../../../tests/fixtures/telegram/initdata-pos-1-inline-button-emoji.json"
            ),
            include_str!(
                "../../../tests/fixtures/telegram/initdata-pos-2-direct-link-special-chars.json"
            ),
        ];
        for fixture in fixtures {
            let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
            let raw = fixture["raw"].as_str().unwrap();
            let fields: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes())
                .into_owned()
                .filter(|(name, _)| name != "hash")
                .collect();
            let token = fixture["bot_token"].as_str().unwrap();
            assert_eq!(hash(token, &fields), fixture["computed_hash"].as_str().unwrap());
        }
    }
}
