//! Sessions and short-lived links: what we sign ourselves, so that nothing need be kept for it.
//!
//! A session outlives initData and travels in a header, since cookies are not dependable in the
//! frames and web views that Telegram opens.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SESSION: &[u8] = b"mypark session v1";
const FILE_LINK: &[u8] = b"mypark file link v1";
const FORM: &[u8] = b"mypark form v1";
const PAYLOAD: usize = 24;
const TAG: usize = 32;

/// Who is signed in, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The person's Telegram id.
    pub telegram_id: i64,
    /// When the session was opened, to the second.
    pub issued_at: DateTime<Utc>,
    /// From this moment the session is over.
    pub expires_at: DateTime<Utc>,
}

/// A token or link that is not ours, was changed, or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Not signed by us.
    #[error("the token is not ours")]
    Forged,
    /// Ours, but its time is over.
    #[error("the token has expired")]
    Expired,
}

/// Signs and checks with keys derived from `SECRET_KEY`, one per purpose.
#[derive(Clone)]
pub struct Signer {
    session: Hmac<Sha256>,
    file_link: Hmac<Sha256>,
    form: Hmac<Sha256>,
}

impl Signer {
    /// Takes the bytes of `SECRET_KEY`.
    pub fn new(secret_key: &[u8]) -> Self {
        Self {
            session: derived(secret_key, SESSION),
            file_link: derived(secret_key, FILE_LINK),
            form: derived(secret_key, FORM),
        }
    }

    /// Opens a session of the given length.
    pub fn open(&self, telegram_id: i64, now: DateTime<Utc>, length: TimeDelta) -> String {
        let mut token = Vec::with_capacity(PAYLOAD + TAG);
        for number in [telegram_id, now.timestamp(), (now + length).timestamp()] {
            token.extend_from_slice(&number.to_be_bytes());
        }
        let mut mac = self.session.clone();
        mac.update(&token);
        token.extend_from_slice(&mac.finalize().into_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(token)
    }

    /// Reads a session token.
    ///
    /// # Errors
    /// [`SessionError::Forged`] when it is not ours, [`SessionError::Expired`] when it is over.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Session, SessionError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| SessionError::Forged)?;
        let (payload, tag) = bytes.split_at_checked(PAYLOAD).ok_or(SessionError::Forged)?;
        let mut mac = self.session.clone();
        mac.update(payload);
        mac.verify_slice(tag).map_err(|_| SessionError::Forged)?;
        let number = |nth: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&payload[nth * 8..nth * 8 + 8]);
            i64::from_be_bytes(bytes)
        };
        let moment = |nth| DateTime::from_timestamp(number(nth), 0).ok_or(SessionError::Forged);
        let session =
            Session { telegram_id: number(0), issued_at: moment(1)?, expires_at: moment(2)? };
        if session.expires_at > now { Ok(session) } else { Err(SessionError::Expired) }
    }

    /// The query (`e=…&s=…&u=…`) of a link to one file for one person, until `expires_at`.
    pub fn file_query(&self, file: &str, telegram_id: i64, expires_at: DateTime<Utc>) -> String {
        let expires = expires_at.timestamp();
        let tag = self.file_mac(file, telegram_id, expires).finalize().into_bytes();
        format!("e={expires}&u={telegram_id}&s={}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// Checks the parts of a link made by [`Signer::file_query`]: `u`, `e` and `s`.
    ///
    /// # Errors
    /// [`SessionError::Forged`] when any part was changed, [`SessionError::Expired`] afterwards.
    pub fn check_file(
        &self,
        file: &str,
        telegram_id: i64,
        expires: i64,
        signature: &str,
        now: DateTime<Utc>,
    ) -> Result<(), SessionError> {
        let tag = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| SessionError::Forged)?;
        self.file_mac(file, telegram_id, expires)
            .verify_slice(&tag)
            .map_err(|_| SessionError::Forged)?;
        if expires > now.timestamp() { Ok(()) } else { Err(SessionError::Expired) }
    }

    /// What an open form bears, so that it can be told how long somebody had it before them.
    pub fn stamp(&self, form: &str, now: DateTime<Utc>) -> String {
        let at = now.timestamp();
        let tag = self.form_mac(form, at).finalize().into_bytes();
        format!("{at}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// How long ago a form was drawn; none for a stamp that is not ours or of another form.
    pub fn stamped(&self, form: &str, stamp: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
        let (at, tag) = stamp.split_once('.')?;
        let (at, tag) = (at.parse().ok()?, BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?);
        self.form_mac(form, at).verify_slice(&tag).ok()?;
        Some(now - DateTime::from_timestamp(at, 0)?)
    }

    fn form_mac(&self, form: &str, at: i64) -> Hmac<Sha256> {
        let mut mac = self.form.clone();
        mac.update(&at.to_be_bytes());
        mac.update(form.as_bytes());
        mac
    }

    fn file_mac(&self, file: &str, telegram_id: i64, expires: i64) -> Hmac<Sha256> {
        let mut mac = self.file_link.clone();
        mac.update(&telegram_id.to_be_bytes());
        mac.update(&expires.to_be_bytes());
        mac.update(file.as_bytes());
        mac
    }
}

/// A key per purpose: a signature for one thing must never pass for another.
fn derived(secret_key: &[u8], purpose: &[u8]) -> Hmac<Sha256> {
    let mut mac = keyed(secret_key);
    mac.update(purpose);
    keyed(&mac.finalize().into_bytes())
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn signer() -> Signer {
        Signer::new(&[7; 32])
    }

    #[test]
    fn a_session_is_read_until_it_ends() {
        let token = signer().open(1_000_000_001, at(100), TimeDelta::seconds(50));
        let session = signer().read(&token, at(149)).unwrap();
        assert_eq!(session.telegram_id, 1_000_000_001);
        assert_eq!((session.issued_at, session.expires_at), (at(100), at(150)));
        assert_eq!(signer().read(&token, at(150)), Err(SessionError::Expired));
    }

    #[test]
    fn a_changed_or_foreign_token_is_refused() {
        let token = signer().open(1_000_000_001, at(100), TimeDelta::seconds(50));
        assert_eq!(Signer::new(&[8; 32]).read(&token, at(101)), Err(SessionError::Forged));
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&token).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            let changed = BASE64_URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(signer().read(&changed, at(101)), Err(SessionError::Forged), "{place}");
        }
        for garbage in ["", "a", "0", "!!!!", &token[..30], &format!("{token}AA")] {
            assert_eq!(signer().read(garbage, at(101)), Err(SessionError::Forged), "{garbage}");
        }
    }

    #[test]
    fn a_file_link_is_for_one_file_person_and_time() {
        let query = signer().file_query("17", 42, at(200));
        let tag = query.rsplit_once("s=").unwrap().1;
        assert_eq!(signer().check_file("17", 42, 200, tag, at(199)), Ok(()));
        assert_eq!(signer().check_file("17", 42, 200, tag, at(200)), Err(SessionError::Expired));
        for (file, person, expires) in [("18", 42, 200), ("17", 43, 200), ("17", 42, 201)] {
            let answer = signer().check_file(file, person, expires, tag, at(199));
            assert_eq!(answer, Err(SessionError::Forged));
        }
        assert_eq!(signer().check_file("17", 42, 200, "", at(1)), Err(SessionError::Forged));
    }

    #[test]
    fn a_stamp_says_how_long_a_form_was_open() {
        let stamp = signer().stamp("a", at(100));
        assert_eq!(signer().stamped("a", &stamp, at(107)), Some(TimeDelta::seconds(7)));
        assert_eq!(signer().stamped("b", &stamp, at(107)), None, "another form's");
        let forged = stamp.replacen("100", "090", 1);
        for stamp in ["", "100", "100.", "x.y", forged.as_str()] {
            assert_eq!(signer().stamped("a", stamp, at(107)), None, "{stamp}");
        }
    }
}
