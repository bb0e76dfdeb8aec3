//! Text for Telegram's HTML mode: what people typed is shown as text, whatever it holds.

/// The most that a message may hold, in UTF-16 units after its markup is read.
/// <https://core.telegram.org/bots/api#sendmessage>
const MESSAGE_LIMIT: usize = 4096;

/// Makes text that somebody typed safe to stand in a message: markup is shown, not obeyed, and
/// text that runs from right to left turns nothing around it.
pub(crate) fn shown(text: &str) -> String {
    const FIRST_STRONG_ISOLATE: char = '\u{2068}';
    const POP_ISOLATE: char = '\u{2069}';
    if !text.chars().any(turns) {
        return escape(text);
    }
    let inside: String = text.chars().filter(|c| !('\u{2066}'..='\u{2069}').contains(c)).collect();
    format!("{FIRST_STRONG_ISOLATE}{}{POP_ISOLATE}", escape(&inside))
}

/// The first `max` characters, with an ellipsis where something was left out.
pub(crate) fn clip(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Joins lines into a message that Telegram takes: lines at the end are left out when they do not
/// fit. Markup never spans lines, so what is left stays well-formed.
pub(crate) fn fit(lines: &[String]) -> String {
    let mut text = String::new();
    let mut units = 0;
    for line in lines {
        // Escapes count as what they stand for; counting the tags too errs on the safe side.
        let read = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let more = read.encode_utf16().count() + 1;
        if units + more > MESSAGE_LIMIT - 2 {
            text.push_str("\n…");
            break;
        }
        if !text.is_empty() || units > 0 {
            text.push('\n');
        }
        text.push_str(line);
        units += more;
    }
    text
}

/// A message as a person reads it: without its marks, and with what its escapes stand for.
pub(crate) fn plain(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        read.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    read.push_str(rest);
    read.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Letters of scripts that run from right to left, and marks that turn the direction.
fn turns(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}'
        | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_is_shown_and_not_obeyed() {
        assert_eq!(shown("<b>Иван</b> & Ко"), "&lt;b&gt;Иван&lt;/b&gt; &amp; Ко");
        assert_eq!(shown("*жирно* _курсив_ [x](y)"), "*жирно* _курсив_ [x](y)");
        assert_eq!(shown("🔥 E-41"), "🔥 E-41");
    }

    #[test]
    fn text_that_turns_direction_is_isolated_and_cannot_escape() {
        assert_eq!(shown("\u{202e}abc"), "\u{2068}\u{202e}abc\u{2069}");
        assert_eq!(shown("a\u{2069}b\u{2066}c\u{200f}"), "\u{2068}abc\u{200f}\u{2069}");
        assert_eq!(shown("שלום"), "\u{2068}שלום\u{2069}");
    }

    #[test]
    fn long_text_is_clipped_and_long_messages_lose_their_last_lines() {
        assert_eq!(clip("шпиндель", 20), "шпиндель");
        assert_eq!(clip("шпиндель не включается", 12), "шпиндель не…");
        let lines: Vec<String> = (0..500).map(|n| format!("строка {n} и ещё слова")).collect();
        let text = fit(&lines);
        assert!(text.encode_utf16().count() <= MESSAGE_LIMIT && text.ends_with('…'));
        assert_eq!(fit(&[shown(&"<".repeat(2500))]), "&lt;".repeat(2500));
        assert_eq!(fit(&["one".into(), String::new(), "two".into()]), "one\n\ntwo");
    }

    #[test]
    fn a_message_is_read_without_its_marks() {
        let said = format!("<b>Заказ</b> {}", shown("<b> & «Болт»"));
        assert_eq!(plain(&said), "Заказ <b> & «Болт»");
        assert_eq!(plain("без конца <a href=\"x\""), "без конца ");
    }

    proptest! {
        #[test]
        fn nothing_typed_becomes_markup(text in "\\PC{0,60}") {
            let safe = shown(&text);
            prop_assert!(!safe.contains('<') && !safe.contains('>'));
        }
    }
}
