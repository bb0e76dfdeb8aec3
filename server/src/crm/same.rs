//! When what people write in two ways is one phone, or one e-mail address.

/// The last ten digits: what is common to `+7 900 …`, `8 900 …` and `900 …`. `None` for less.
#[must_use]
pub fn last_ten(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let start = digits.len().checked_sub(10)?;
    Some(digits[start..].iter().collect())
}

/// Whether two phones are one number, however they are written.
#[must_use]
pub fn same_phone(one: &str, other: &str) -> bool {
    matches!((last_ten(one), last_ten(other)), (Some(one), Some(other)) if one == other)
}

/// Whether two e-mail addresses are one.
#[must_use]
pub fn same_email(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_one_however_they_are_written() {
        assert!(same_phone("+7 900 111-22-33", "8(900)1112233"));
        assert!(same_phone("9001112233", "+79001112233"));
        assert!(!same_phone("+79001112233", "+79001112234"));
        assert!(!same_phone("", "") && !same_phone("12345", "12345"));
    }

    #[test]
    fn addresses_are_one_in_any_case() {
        assert!(same_email(" Anna@Example.com", "anna@example.com"));
        assert!(!same_email("anna@example.com", "anna@example.org"));
    }
}
