//! Text that people type, made comparable: phones, INN, search keys.

use std::fmt;

/// Which field cannot be taken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name in the contract.
    pub field: &'static str,
    /// The key of the sentence that tells the person what to do.
    pub problem: &'static str,
}

/// A telephone number in E.164: `+79001112233`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people and Telegram write it: `+7 900 111-22-33`, `8 (900) 111 22 33`,
    /// `79001112233`, `+375…`. `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Phone> {
        let plus = text.trim_start().starts_with('+');
        let allowed = |c: char| c.is_ascii_digit() || " +-().\u{a0}\t".contains(c);
        if !text.chars().all(allowed) || text.matches('+').count() > usize::from(plus) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let full = match (plus, digits.len(), digits.as_bytes().first()?) {
            // Russia: the trunk prefix 8 stands for +7; ten digits lack the country.
            (false, 11, b'8') => format!("7{}", &digits[1..]),
            (false, 10, b'9') => format!("7{digits}"),
            _ => digits,
        };
        let known_length = match full.as_bytes()[0] {
            b'0' => false,
            b'7' => full.len() == 11,
            _ => (10..=15).contains(&full.len()),
        };
        known_length.then(|| Phone(format!("+{full}")))
    }

    /// In E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: `+7 900 111-22-33`. After the country's code come the last seven digits in
    /// the usual groups, before them what is left; nothing in it breaks at a space.
    pub fn shown(&self) -> String {
        let digits = &self.0[1..];
        let (country, rest) = digits.split_at(country_code_length(digits));
        let (area, local) = rest.split_at(rest.len().saturating_sub(7));
        let space = if area.is_empty() { "" } else { "\u{a0}" };
        let (first, last) = local.split_at(local.len().saturating_sub(4));
        let (middle, last) = last.split_at(last.len().saturating_sub(2));
        format!("+{country}{space}{area}\u{a0}{first}-{middle}-{last}")
    }

    /// The last ten digits: what amoCRM's textual search finds whatever prefix was typed there.
    pub fn last_ten(&self) -> &str {
        &self.0[self.0.len().saturating_sub(10)..]
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many digits the country's code has. Source: the list of assigned codes that goes with ITU-T
/// E.164: the zones 1 and 7 are codes themselves, the pairs below are whole codes, others have three.
fn country_code_length(digits: &str) -> usize {
    const PAIRS: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 \
                         58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        _ if PAIRS.split(' ').any(|pair| digits.starts_with(pair)) => 2,
        _ => 3,
    }
}

/// An e-mail address, in lower case: providers do not tell letters apart, and people mix them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Email(String);

impl Email {
    /// Reads `name@host.zone`; only what can be no address at all is refused. The longest is 254
    /// bytes (RFC 5321, 4.5.3.1.3).
    pub fn parse(text: &str) -> Option<Email> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.rsplit_once('@')?;
        let plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()[]\\@".contains(c);
        let labels = host.split('.').collect::<Vec<_>>();
        let known = labels.len() > 1
            && labels.iter().all(|label| !label.is_empty())
            && !name.is_empty()
            && text.len() <= 254
            && name.chars().all(plain)
            && host.chars().all(plain);
        known.then_some(Email(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A Russian taxpayer number, its check digits right.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Inn(String);

impl Inn {
    /// Reads ten digits (a firm) or twelve (a person); spaces are forgiven.
    /// Check digits: order of the Federal Tax Service ММВ-7-6/435@, weights as published.
    pub fn parse(text: &str) -> Option<Inn> {
        const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
        let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !clean.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits: Vec<u32> = clean.bytes().map(|b| u32::from(b - b'0')).collect();
        let check = |count: usize| {
            let weights = &WEIGHTS[WEIGHTS.len() - count..];
            digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11 % 10
        };
        let right = match digits.len() {
            10 => digits[9] == check(9),
            12 => digits[10] == check(10) && digits[11] == check(11),
            _ => false,
        };
        (right && digits.iter().any(|digit| *digit != 0)).then_some(Inn(clean))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Folds words for search: case, `ё`, and everything that is no letter or digit becomes one space.
/// Databases fold only Latin letters, so it is done here, once, when a row is written.
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c == 'ё' { 'е' } else { c };
        if c.is_alphanumeric() {
            key.push(c);
        } else if !key.ends_with(' ') && !key.is_empty() {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// Folds an article, a serial or a model's name: no spaces and dashes, and the Cyrillic letters
/// that look like Latin ones become them, so that `16К20`, `16K20` and `16-к 20` are one key.
pub fn code_key(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            'А' => 'A',
            'В' => 'B',
            'Е' | 'Ё' => 'E',
            'К' => 'K',
            'М' => 'M',
            'Н' => 'H',
            'О' => 'O',
            'Р' => 'P',
            'С' => 'C',
            'Т' => 'T',
            'У' => 'Y',
            'Х' => 'X',
            other => other,
        })
        .collect()
}

/// Escapes what `like` would take for a wildcard; use with `escape '\'`.
pub fn like_pattern(key: &str) -> String {
    let mut pattern = String::with_capacity(key.len() + 2);
    pattern.push('%');
    for c in key.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Text typed by a person, ready to keep: trimmed, line ends unified, control characters gone
/// (direction marks stay harmless inside the isolation that pages and cards put around it).
/// `None` when nothing is left or it is longer than `max` characters.
pub fn clean(text: &str, max: usize) -> Option<String> {
    let kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect();
    let kept = kept.trim();
    (!kept.is_empty() && kept.chars().count() <= max).then(|| kept.to_owned())
}

/// Text from outside that is kept as it is, but for the one character that PostgreSQL cannot store.
pub fn storable(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_phone_however_it_is_written() {
        for text in ["+7 900 111-22-33", "8 (900) 111 22 33", "79001112233", "9001112233"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+79001112233", "{text}");
        }
        assert_eq!(Phone::parse("+375 29 123-45-67").unwrap().as_str(), "+375291234567");
        assert_eq!(Phone::parse("+79001112233").unwrap().last_ten(), "9001112233");
    }

    #[test]
    fn a_phone_is_shown_as_people_write_it() {
        let shown = |text: &str| Phone::parse(text).unwrap().shown().replace('\u{a0}', " ");
        assert_eq!(shown("89001112233"), "+7 900 111-22-33");
        assert_eq!(shown("+375291234567"), "+375 29 123-45-67");
        assert_eq!(shown("+12025550123"), "+1 202 555-01-23");
        assert_eq!(shown("+3545551234"), "+354 555-12-34");
    }

    #[test]
    fn what_is_no_phone_is_refused() {
        for text in
            ["", "123", "+7900111223", "+7 900 111-22-33 доб. 5", "++79001112233", "00000000000"]
        {
            assert_eq!(Phone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_is_told_from_what_is_none() {
        assert_eq!(Email::parse(" Anna.S@Example.COM ").unwrap().as_str(), "anna.s@example.com");
        assert!(Email::parse("инженер@завод.рф").is_some());
        for text in
            ["", "anna", "@example.com", "a@b", "a b@c.de", "a@b@c.de", "a@c..de", "<a@c.de>"]
        {
            assert_eq!(Email::parse(text), None, "{text}");
        }
    }

    #[test]
    fn inn_is_judged_by_its_check_digits() {
        for text in ["7707083893", "500100732259", "7707 083893"] {
            assert!(Inn::parse(text).is_some(), "{text}");
        }
        for text in ["7707083894", "500100732258", "0000000000", "770708389", "77070838931", "abc"]
        {
            assert!(Inn::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn twins_of_two_alphabets_are_one_code() {
        assert_eq!(code_key("16К20"), code_key("16k 20"));
        assert_eq!(code_key("РТ755Ф3"), code_key("PT-755Ф3"));
        assert_eq!(search_key("  Шестерня, Z=54 «ВАЛ-Ё» "), "шестерня z 54 вал е");
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,40}") {
            let shown = Phone::parse(&text).map(|phone| (phone.shown(), phone));
            if let Some((shown, phone)) = shown {
                prop_assert_eq!(Phone::parse(&shown), Some(phone));
            }
            let _ = Inn::parse(&text);
            let key = code_key(&text);
            prop_assert_eq!(code_key(&key), key);
        }
    }
}
