//! How much of a raw body somebody may read: secrets never, phones and e-mail addresses by right.

use serde_json::Value;

use crate::plan::{Plan, Said};
use crate::staff::{Role, Staff};

/// What replaces a secret.
pub const MASK: &str = "***";

/// What a reader of raw bodies may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything but secrets: administrators, and whoever runs commands on the server.
    Whole,
    /// Phones and e-mail addresses only hinted at: managers.
    Masked,
}

impl Sight {
    /// By role: raw bodies hold people whom a manager need not know.
    pub fn of(staff: &Staff) -> Sight {
        match staff.role {
            Role::Administrator => Sight::Whole,
            Role::Manager | Role::Engineer => Sight::Masked,
        }
    }

    /// Words as this reader may see them.
    pub fn text(self, text: &str) -> String {
        match self {
            Sight::Whole => text.to_owned(),
            Sight::Masked => mask_emails(&mask_phones(text)),
        }
    }

    /// A plan as this reader may see it.
    pub fn plan(self, mut plan: Plan) -> Plan {
        for step in &mut plan.steps {
            step.text = self.text(&step.text);
            for change in &mut step.fields {
                change.was = change.was.as_deref().map(|was| self.text(was));
                if let Said::Words(words) = &mut change.value {
                    *words = self.text(words);
                }
            }
        }
        plan
    }

    /// A body as this reader may see it, made readable: JSON indented, a form one pair a line, each
    /// with the values of secret names masked; anything else as it came.
    pub fn body(self, body: &str) -> String {
        self.text(&readable(body))
    }
}

/// Whether a name stands for something that must not be read later.
pub fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 7] =
        ["secret", "token", "password", "signature", "auth", "api_key", "apikey"];
    let name = name.to_ascii_lowercase();
    // `code` alone is an OAuth code; `field_code` and `enum_code` are not.
    name == "code" || name == "hapikey" || WORDS.iter().any(|word| name.contains(word))
}

fn readable(body: &str) -> String {
    if let Ok(mut value) = serde_json::from_str::<Value>(body)
        && (value.is_object() || value.is_array())
    {
        hide_secrets(&mut value);
        return serde_json::to_string_pretty(&value).unwrap_or_else(|_| value.to_string());
    }
    let form = body.contains('=')
        && !body.trim_start().starts_with(['<', '{', '['])
        && !body.chars().any(char::is_whitespace);
    if !form {
        return body.to_owned();
    }
    let line = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        if is_secret(&name) { format!("{name} = {MASK}") } else { format!("{name} = {value}") }
    };
    form_urlencoded::parse(body.as_bytes()).map(line).collect::<Vec<_>>().join("\n")
}

fn hide_secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_secret(name) => MASK.clone_into(text),
                    other => hide_secrets(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_secrets),
        _ => {}
    }
}

/// Hints at every phone in a text: its first two digits and its last two stay.
fn mask_phones(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        match phone_at(&chars, at) {
            Some(end) => {
                shown.push_str(&hint(&chars[at..end]));
                at = end;
            }
            None => {
                shown.push(chars[at]);
                at += 1;
                // Inside a number no phone begins.
                while chars[at - 1].is_ascii_digit()
                    && chars.get(at).is_some_and(char::is_ascii_digit)
                {
                    shown.push(chars[at]);
                    at += 1;
                }
            }
        }
    }
    shown
}

/// Where the phone that begins here ends: `+` and ten to fifteen digits, eleven that begin with 7
/// or 8, or ten that begin with 9, spaced as people do. Over-eager on purpose: an article that
/// looks like a phone is hidden rather than a phone shown.
fn phone_at(chars: &[char], start: usize) -> Option<usize> {
    let plus = chars[start] == '+';
    if !plus && (!chars[start].is_ascii_digit() || !may_begin(chars, start)) {
        return None;
    }
    let most = match (plus, chars[start]) {
        (true, _) => 15,
        (false, '7' | '8') => 11,
        (false, '9') => 10,
        _ => return None,
    };
    let (mut digits, mut end, mut gap) = (0, start, 0);
    for (at, c) in chars.iter().enumerate().skip(start + usize::from(plus)) {
        match c {
            c if c.is_ascii_digit() => (digits, end, gap) = (digits + 1, at + 1, 0),
            ' ' | '\u{a0}' | '-' | '(' | ')' if gap < 2 => gap += 1,
            _ => break,
        }
        if digits == most {
            break;
        }
    }
    let whole = !chars.get(end).is_some_and(|c| c.is_ascii_digit() || (!plus && c.is_alphabetic()));
    let long_enough = if plus { digits >= 10 } else { digits == most };
    (whole && long_enough).then_some(end)
}

/// A number begins here: after no letter or digit, but for an escape such as `%2B` or `\n`.
fn may_begin(chars: &[char], start: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).map(|at| chars[at]);
    match before(1) {
        Some(c) if c.is_alphanumeric() => {
            let escaped = before(3) == Some('%')
                && before(2).is_some_and(|c| c.is_ascii_hexdigit())
                && c.is_ascii_hexdigit();
            escaped || (before(2) == Some('\\') && matches!(c, 'n' | 'r' | 't'))
        }
        _ => true,
    }
}

fn hint(phone: &[char]) -> String {
    let digits: Vec<char> = phone.iter().copied().filter(char::is_ascii_digit).collect();
    let plus = if phone.first() == Some(&'+') { "+" } else { "" };
    let (head, tail) = (&digits[..2], &digits[digits.len() - 2..]);
    let dots = "•".repeat(digits.len() - 4);
    format!("{plus}{}{dots}{}", String::from_iter(head), String::from_iter(tail))
}

/// Hints at every e-mail address: its first character and its domain stay.
fn mask_emails(text: &str) -> String {
    let local = |c: char| c.is_alphanumeric() || ".!#$&'*+-/?^_`{|}~".contains(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let name = before.len()
            - before.chars().rev().take_while(|c| local(*c)).map(char::len_utf8).sum::<usize>();
        let domain = after.chars().next().is_some_and(char::is_alphanumeric);
        match before[name..].chars().next() {
            Some(first) if domain => {
                shown.push_str(&before[..name]);
                shown.push(first);
                shown.push_str("•••@");
            }
            _ => {
                shown.push_str(before);
                shown.push('@');
            }
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_phone_is_hinted_at_however_it_is_written() {
        for text in [
            "+79001112233",
            "8 (900) 111-22-33",
            "79001112233",
            "query=9001112233&limit=50",
            "query=%2B79001112233",
            "шт 12 400 89001112233, звонить",
            "{\"text\":\"Телефон:\\n89001112233\"}",
            "+375 29 111-22-33",
        ] {
            let shown = Sight::Masked.text(text);
            assert!(shown.contains('•') && shown.contains("33"), "{text}: {shown}");
            assert!(!shown.contains("1112") && !shown.contains("111-22"), "{text}: {shown}");
            assert_eq!(Sight::Whole.text(text), text);
        }
    }

    #[test]
    fn what_is_no_phone_stays_readable() {
        for text in [
            "\"id\": 28450917",
            "\"created_at\": 1767312000",
            "2026-11-23T07:00:00Z",
            "019ab1b2c3d47e0f8901112233445566",
            "12\u{a0}400\u{a0}₽, 3 шт",
            "16К20.02.114",
        ] {
            assert_eq!(Sight::Masked.text(text), text);
        }
    }

    #[test]
    fn an_address_keeps_its_first_letter_and_its_domain() {
        let shown = Sight::Masked.text("пишите anna.s@example.com или @mypark_bot");
        assert_eq!(shown, "пишите a•••@example.com или @mypark_bot");
    }

    #[test]
    fn secrets_are_hidden_from_everybody_and_bodies_are_readable() {
        let json = Sight::Whole.body(r#"{"token":"abc","phone_number":"79001112233"}"#);
        assert_eq!(json, "{\n  \"token\": \"***\",\n  \"phone_number\": \"79001112233\"\n}");
        let form = Sight::Masked.body("leads%5Bid%5D=1&auth%5Btoken%5D=abc&name=%D0%90");
        assert_eq!(form, "leads[id] = 1\nauth[token] = ***\nname = А");
        assert_eq!(Sight::Whole.body("<html>a=b</html>"), "<html>a=b</html>");
    }

    proptest! {
        #[test]
        fn any_text_is_masked_without_a_panic(text in "\\PC{0,60}") {
            let _ = Sight::Masked.body(&text);
        }

        #[test]
        fn no_russian_phone_gets_through(before in "[a-zа-я :]{0,8} ", number in "9[0-9]{9}") {
            let shown = Sight::Masked.text(&format!("{before}+7{number}"));
            prop_assert!(!shown.contains(&number), "{shown}");
        }
    }
}
