//! Small parsers for configuration values. Each refuses in words that fit after «NAME: ».

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveTime;
use chrono_tz::Tz;
use url::Url;

/// The key that signs links and sessions and encrypts tokens at rest. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// The 32 bytes of the key.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

/// Reads one duration: a number and `s`, `m`, `h` or `d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("«{text}» is not a duration like 60s, 5m, 1h or 2d");
    let text = text.trim();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let digits = text.trim_end_matches(unit).trim();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    match number.checked_mul(seconds) {
        // A year bounds it, so that adding a wait to a time can never overflow.
        Some(total) if (1..=366 * 86_400).contains(&total) => Ok(Duration::from_secs(total)),
        _ => Err(format!("«{text}» must lie between 1s and 366d")),
    }
}

/// Reads `true` or `false`.
pub(crate) fn flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("«{text}» is not true or false"))
}

/// Reads how many calls a second are allowed.
pub(crate) fn rate(text: &str) -> Result<u32, String> {
    let wrong = || format!("«{text}» is not a number from 1 to 1000");
    text.parse().ok().filter(|rate| (1..=1000).contains(rate)).ok_or_else(wrong)
}

/// Reads `5m,30m,1h`.
pub(crate) fn durations(text: &str) -> Result<Vec<Duration>, String> {
    text.split(',').map(duration).collect()
}

/// Reads 32 bytes from base64. The value is a secret and stays out of the message.
pub(crate) fn secret_key(text: &str) -> Result<SecretKey, String> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|_| "must be base64; make one with `openssl rand -base64 32`".to_owned())?;
    let length = bytes.len();
    let key = <[u8; 32]>::try_from(bytes).map_err(|_| {
        format!("must be 32 bytes, not {length}; make one with `openssl rand -base64 32`")
    })?;
    Ok(SecretKey(key))
}

/// A telephone number, however it is written.
pub(crate) fn phone(text: &str) -> Result<domain::text::Phone, String> {
    let phone = domain::text::Phone::parse(text);
    phone.ok_or_else(|| format!("«{text}» is not a phone like +74951234567"))
}

/// Reads an IANA zone name such as `Europe/Moscow`.
pub(crate) fn time_zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| format!("«{text}» is not a time zone like Europe/Moscow"))
}

/// Reads `HH:MM`.
pub(crate) fn time_of_day(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| format!("«{text}» is not a time of day like 09:00"))
}

/// Reads an `http` or `https` address with a host. Addresses may hold secrets, so a wrong one is
/// not repeated in the message.
pub(crate) fn http_url(text: &str) -> Result<Url, String> {
    let wrong = "must be an address like https://example.com";
    let url = Url::parse(text).map_err(|_| wrong.to_owned())?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err(wrong.to_owned()),
    }
}

/// Reads origins as browsers send them: scheme, host and port, nothing behind.
pub(crate) fn origins(text: &str) -> Result<Vec<String>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let origin = |part: &str| match http_url(part) {
        Ok(url) if url.path() == "/" && url.query().is_none() => {
            Ok(url.origin().ascii_serialization())
        }
        _ => Err(format!("«{part}» is not an origin like https://example.com")),
    };
    parts.map(origin).collect()
}

/// Reads a positive whole number that names something in a CRM.
pub(crate) fn id(text: &str) -> Result<i64, String> {
    match text.parse::<i64>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("«{text}» is not an id: digits only")),
    }
}

/// Reads the same where 0 names something too, such as the first pipeline of Bitrix24.
pub(crate) fn id_or_zero(text: &str) -> Result<i64, String> {
    if text == "0" { Ok(0) } else { id(text) }
}

/// Reads the address of an incoming webhook of Bitrix24, to which methods are appended; the address
/// of one method, as the portal shows it too, loses that. It is a secret and not repeated.
pub(crate) fn bitrix24_webhook(text: &str) -> Result<Url, String> {
    let wrong = || "Invalid webhook URL: must look like https://PORTAL/rest/1/CODE/".to_owned();
    let mut url = http_url(text).map_err(|_| wrong())?;
    let parts: Vec<&str> = url.path().split('/').collect();
    let user = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let path = match parts.as_slice() {
        ["", "rest", number, code] | ["", "rest", number, code, _]
            if user(number) && !code.is_empty() =>
        {
            format!("/rest/{number}/{code}/")
        }
        _ => return Err(wrong()),
    };
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Reads a stage of Bitrix24 by its `STATUS_ID`: the name that people see is not it.
pub(crate) fn bitrix24_stage(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    match !text.is_empty() && text.bytes().all(fits) {
        true => Ok(text.to_owned()),
        false => Err(format!("«{text}» is not a STATUS_ID like NEW or C1:NEW")),
    }
}

/// Reads a field of a Bitrix24 portal's own.
pub(crate) fn bitrix24_field(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    match text.starts_with("UF_") && text.bytes().all(fits) {
        true => Ok(text.to_owned()),
        false => Err(format!("«{text}» is not a field like UF_CRM_1711610801")),
    }
}

/// Reads the address of the database; it may hold a password and is not repeated.
pub(crate) fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    match known.iter().any(|scheme| text.starts_with(scheme)) {
        true => Ok(text.to_owned()),
        false => Err("must begin with sqlite:// or postgres://".to_owned()),
    }
}

/// Reads one label of a host name, such as the subdomain of an account.
pub(crate) fn host_label(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    match (1..=63).contains(&text.len()) && text.bytes().all(fits) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(format!("«{text}» is not a subdomain: only what stands before .amocrm.ru")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_or_refused() {
        assert_eq!(duration("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration(" 2d "), Ok(Duration::from_secs(172_800)));
        let schedule = durations("5m,30m, 1h").unwrap();
        assert_eq!(schedule.iter().map(Duration::as_secs).collect::<Vec<_>>(), [300, 1800, 3600]);
        for wrong in
            ["", "5", "m", "5x", "-5m", "0s", "+5m", "5m,,1h", "1e3s", "99999999999999h", "5ч"]
        {
            assert!(durations(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_32_bytes_and_never_shown() {
        let key = secret_key(&STANDARD.encode([7; 32])).unwrap();
        assert_eq!(key.bytes(), &[7; 32]);
        assert_eq!(format!("{key:?}"), "SecretKey(***)");
        assert!(secret_key(&STANDARD.encode([7; 31])).unwrap_err().contains("not 31"));
        assert!(!secret_key("hunter2!").unwrap_err().contains("hunter2"));
    }

    #[test]
    fn origins_lose_nothing_and_take_no_paths() {
        let read = origins("https://Example.com, http://localhost:3000").unwrap();
        assert_eq!(read, ["https://example.com", "http://localhost:3000"]);
        assert!(origins("https://example.com/form").is_err());
        assert!(origins("*").is_err());
    }

    #[test]
    fn a_webhook_of_bitrix24_is_taken_as_the_portal_shows_it() {
        let whole = "https://rosa.bitrix24.ru/rest/1/c0de/";
        for text in [whole, "https://rosa.bitrix24.ru/rest/1/c0de", &format!("{whole}profile.json")]
        {
            assert_eq!(bitrix24_webhook(text).unwrap().as_str(), whole);
        }
        for text in [
            "rosa.bitrix24.ru/rest/1/c0de",
            "https://rosa.bitrix24.ru/",
            "https://rosa.bitrix24.ru/rest/1/",
            "https://rosa.bitrix24.ru/rest/me/c0de/",
            "https://rosa.bitrix24.ru/rest/1/c0de/a/b",
        ] {
            let error = bitrix24_webhook(text).unwrap_err();
            assert!(error.starts_with("Invalid webhook URL") && !error.contains("c0de"), "{error}");
        }
    }

    #[test]
    fn small_values() {
        assert!(time_zone("Europe/Moscow").is_ok());
        assert!(time_zone("Moscow").is_err());
        assert!(time_of_day("09:00").is_ok());
        assert!(time_of_day("24:01").is_err());
        assert_eq!(id("142"), Ok(142));
        assert!(id("0").is_err() && id("-1").is_err() && id("x").is_err());
        assert_eq!(id_or_zero("0"), Ok(0));
        assert!(id_or_zero("-1").is_err() && id_or_zero("00").is_err());
        assert!(http_url("ftp://example.com").is_err() && http_url("example.com").is_err());
        assert!(host_label("exampleshop").is_ok() && host_label("exampleshop.amocrm.ru").is_err());
        assert!(database_url("mysql://x").is_err());
    }
}
