//! What people write in a task of an approval, as far as it decides: the first word says what, the
//! rest is the reason.

use domain::approvals::Outcome;

/// How everything begins that we say in a task ourselves, so that it decides nothing.
pub(super) const OURS: &str = "Мой Парк:";

/// How an answer begins, and how many words of it are not the reason. «Не согласен» before
/// «согласен».
const BEGINNINGS: [(&str, Outcome, usize); 12] = [
    ("не соглас", Outcome::Reject, 2),
    ("не утвержд", Outcome::Reject, 2),
    ("отклон", Outcome::Reject, 1),
    ("отказ", Outcome::Reject, 1),
    ("reject", Outcome::Reject, 1),
    ("на доработк", Outcome::Changes, 2),
    ("доработ", Outcome::Changes, 1),
    ("change", Outcome::Changes, 1),
    ("соглас", Outcome::Approve, 1),
    ("утвержд", Outcome::Approve, 1),
    ("approve", Outcome::Approve, 1),
    ("одобр", Outcome::Approve, 1),
];

/// The answer in a comment, with its reason; `None` for what people only say.
pub(super) fn of(text: &str) -> Option<(Outcome, Option<String>)> {
    let text = without_marks(text);
    let text = text.trim();
    if text.starts_with(OURS) {
        return None;
    }
    let lower = text.to_lowercase();
    let found = BEGINNINGS.iter().find(|(begins, ..)| lower.starts_with(begins));
    let (_, outcome, words) = found?;
    // «Согласно приложению…» is no answer.
    if lower.starts_with("согласно ") {
        return None;
    }
    let mut rest = text;
    for _ in 0..*words {
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        rest = rest[end..].trim_start_matches(' ');
    }
    let between = |c: char| c.is_whitespace() || ":;,.—–-!()".contains(c);
    let reason = rest.trim_start_matches(between).trim();
    Some((*outcome, (!reason.is_empty()).then(|| reason.to_owned())))
}

/// The text without BB-code: a mention or a quotation before an answer does not hide it.
fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        plain.push_str(&rest[..start]);
        let tag = &rest[start..];
        let Some(end) = tag.find(']') else {
            rest = tag;
            break;
        };
        // The name of whoever is mentioned is no word of the answer.
        rest = match tag.get(..6).filter(|tag| tag.eq_ignore_ascii_case("[USER=")) {
            Some(_) => tag.find("[/USER]").map_or(&tag[end + 1..], |close| &tag[close + 7..]),
            None => &tag[end + 1..],
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_decides_and_the_rest_is_the_reason() {
        let reason = |text: &str| Some(text.to_owned());
        for (text, expected) in [
            ("Отклонить: дорого", Some((Outcome::Reject, reason("дорого")))),
            ("отклоняю, скидка велика", Some((Outcome::Reject, reason("скидка велика")))),
            ("Отклонено", Some((Outcome::Reject, None))),
            ("Не согласен — нет маржи", Some((Outcome::Reject, reason("нет маржи")))),
            ("На доработку: уточнить срок", Some((Outcome::Changes, reason("уточнить срок")))),
            ("Доработать\nсрок поставки", Some((Outcome::Changes, reason("срок поставки")))),
            ("Согласовано", Some((Outcome::Approve, None))),
            ("[USER=7]Мария[/USER], смотрю", None),
            ("[USER=7]Мария[/USER] Отклонить: нет", Some((Outcome::Reject, reason("нет")))),
            ("[b]Согласен[/b]", Some((Outcome::Approve, None))),
            ("Согласно приложению 2 цена верна", None),
            ("Мой Парк: Согласовано", None),
            ("Думаю, отклонить", None),
            ("", None),
            ("[", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
