//! The code of a printed plate: short enough to be typed by hand in gloves.

use std::fmt;

use crate::text::code_key;

/// Thirty-two signs that nobody mistakes for each other (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Forty bits: with a million plates out there, one guess in a million finds one.
const LENGTH: usize = 8;

/// The code of a printed plate, as it is stored: `7K3M9QXT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// A new one, unguessable.
    #[must_use]
    pub fn new() -> Code {
        let mut bytes = [0_u8; LENGTH];
        getrandom::fill(&mut bytes).expect("the system has a random source");
        Code(bytes.map(|byte| char::from(SIGNS[usize::from(byte % 32)])).iter().collect())
    }

    /// Reads a code as people type it: with a dash or spaces, in small letters, with Cyrillic letters
    /// that look like Latin ones, with the letters O, I and L for the digits.
    pub fn parse(text: &str) -> Option<Code> {
        let digit = |c: char| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let code: String = code_key(text).chars().map(digit).collect();
        let known = code.bytes().all(|byte| SIGNS.contains(&byte));
        (code.len() == LENGTH && known).then_some(Code(code))
    }

    /// Reads what a scanner saw: a code, or an address that ends with one.
    pub fn scanned(text: &str) -> Option<Code> {
        let text = text.trim().split(['?', '#']).next().filter(|_| !text.contains("startapp="));
        let last = match text {
            Some(address) => address.trim_end_matches('/').rsplit('/').next(),
            None => None,
        };
        last.and_then(Code::parse)
    }

    /// As it is stored and stands in addresses.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is printed for people: `7K3M-9QXT`.
    pub fn shown(&self) -> String {
        let (first, second) = self.0.split_at(LENGTH / 2);
        format!("{first}-{second}")
    }
}

impl Default for Code {
    fn default() -> Code {
        Code::new()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_how_people_type_it() {
        let code = Code::parse("7K3M9QXT").unwrap();
        // The last two with Cyrillic К, М, Х and Т.
        for typed in ["7k3m-9qxt", " 7K3M 9QXT ", "7К3М9QХТ", "7к3м-9qхт"] {
            assert_eq!(Code::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        assert_eq!(Code::parse("O1IL0000"), Code::parse("01110000"));
        assert_eq!(code.shown(), "7K3M-9QXT");
    }

    #[test]
    fn a_scanned_address_ends_with_its_code() {
        let code = Code::parse("7K3M9QXT");
        for seen in ["https://park.example/p/7K3M9QXT", "https://park.example/p/7K3M9QXT/?a=b"] {
            assert_eq!(Code::scanned(seen), code, "{seen}");
        }
        for seen in ["", "https://park.example/", "7K3M9QX", "7K3M9QXTT", "7K3M9QXЖ", "ПРИВЕТЫЫ"]
        {
            assert_eq!(Code::scanned(seen), None, "{seen}");
        }
    }

    #[test]
    fn new_codes_differ_and_read_back() {
        let (one, other) = (Code::new(), Code::new());
        assert_ne!(one, other);
        assert_eq!(Code::parse(one.as_str()), Some(one));
    }
}
