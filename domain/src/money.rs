//! Money is whole kopecks.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// An amount in kopecks.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Money(i64);

impl Money {
    /// From kopecks.
    pub const fn kopecks(kopecks: i64) -> Money {
        Money(kopecks)
    }

    /// In kopecks.
    pub const fn as_kopecks(self) -> i64 {
        self.0
    }

    /// In roubles, rounded half up: what a CRM's price field takes.
    pub const fn whole_roubles(self) -> i64 {
        (self.0 + 50).div_euclid(100)
    }

    /// The amount for several pieces. Saturates far beyond any price.
    pub const fn times(self, quantity: i64) -> Money {
        Money(self.0.saturating_mul(quantity))
    }

    /// Reads roubles with comma or dot, spaces allowed: `12 400,50`. `None` for anything else,
    /// for a negative amount and for fractions of a kopeck.
    pub fn parse_roubles(text: &str) -> Option<Money> {
        let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (whole, fraction) = clean.split_once([',', '.']).unwrap_or((&clean, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || !digits(whole) || !digits(fraction) {
            return None;
        }
        let kopecks: i64 = match fraction.trim_end_matches('0') {
            "" => 0,
            one if one.len() == 1 => one.parse::<i64>().ok()? * 10,
            two if two.len() == 2 => two.parse().ok()?,
            _ => return None,
        };
        Some(Money(whole.parse::<i64>().ok()? * 100 + kopecks))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(iter: I) -> Money {
        Money(iter.fold(0, |sum, money| sum.saturating_add(money.0)))
    }
}

/// As people read it: `12 400 ₽`, `99,50 ₽`, with non-breaking spaces.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (roubles, kopecks) = (self.0 / 100, (self.0 % 100).abs());
        let digits = roubles.abs().to_string();
        if self.0 < 0 {
            f.write_str("−")?;
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                f.write_str("\u{a0}")?;
            }
            write!(f, "{digit}")?;
        }
        if kopecks != 0 {
            write!(f, ",{kopecks:02}")?;
        }
        f.write_str("\u{a0}₽")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roubles_are_read_with_comma_dot_and_spaces_and_nothing_else() {
        for (text, kopecks) in [
            ("12400", 1_240_000),
            ("12 400,50", 1_240_050),
            ("99.5", 9_950),
            ("0", 0),
            ("7,00", 700),
        ] {
            assert_eq!(Money::parse_roubles(text), Some(Money(kopecks)), "{text}");
        }
        for text in ["", "-1", "1,234", "12 руб", "1e3", "١٢", "1.2.3", "9999999999999"] {
            assert_eq!(Money::parse_roubles(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_shown_as_people_write_them() {
        assert_eq!(Money(1_240_000).to_string(), "12\u{a0}400\u{a0}₽");
        assert_eq!(Money(9_950).to_string(), "99,50\u{a0}₽");
        assert_eq!(Money(123_456_700).to_string(), "1\u{a0}234\u{a0}567\u{a0}₽");
    }
}
