//! Every sentence that a person reads, from the Fluent files in `locales/`.
//!
//! Messages without arguments are formatted once, at first use of a language; a page's texts are
//! then hash look-ups.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Lang {
    /// Russian, the first language.
    #[default]
    Ru,
    /// English.
    En,
}

impl Lang {
    /// From Telegram's `language_code`: Russian for those who are likely to read it, and where
    /// nothing is known; English for everyone else.
    pub fn from_code(code: Option<&str>) -> Lang {
        let primary = code.map(|code| code.split(['-', '_']).next().unwrap_or(code));
        match primary.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "ru" | "be" | "uk" | "kk" | "ky" | "uz" | "tg" | "hy" | "az") => {
                Lang::Ru
            }
            Some(_) => Lang::En,
        }
    }

    /// The two-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }
}

/// The texts of one language.
pub struct Texts {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    plain: HashMap<String, String>,
}

/// An argument of a message: a number takes part in plurals, a text does not.
pub type TextArg<'a> = FluentValue<'a>;

impl Texts {
    /// The texts of a language.
    pub fn of(lang: Lang) -> &'static Texts {
        static RU: LazyLock<Texts> = LazyLock::new(|| Texts::load(Lang::Ru));
        static EN: LazyLock<Texts> = LazyLock::new(|| Texts::load(Lang::En));
        match lang {
            Lang::Ru => &RU,
            Lang::En => &EN,
        }
    }

    /// Its language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// A message without arguments. A missing key shows itself as the key: better than a page
    /// that fails, and a test keeps both languages complete.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.plain.get(key).map_or(key, String::as_str)
    }

    /// A message with arguments: `texts.format("bot-machines", &[("count", 3.into())])`.
    pub fn format(&self, key: &str, args: &[(&str, TextArg<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut fluent_args = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            fluent_args.set(*name, value.clone());
        }
        self.bundle.format_pattern(pattern, Some(&fluent_args), &mut Vec::new()).into_owned()
    }

    /// Whether the key has a text.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn load(lang: Lang) -> Texts {
        let files = match lang {
            Lang::Ru => RU_FILES,
            Lang::En => EN_FILES,
        };
        let mut bundle = FluentBundle::new_concurrent(vec![match lang {
            Lang::Ru => unic_langid::langid!("ru"),
            Lang::En => unic_langid::langid!("en"),
        }]);
        // Isolation marks around arguments would end up in article numbers that people copy; text
        // that people typed is isolated where it is shown.
        bundle.set_use_isolating(false);
        let mut plain = HashMap::new();
        for file in files {
            let resource = FluentResource::try_new((*file).to_owned())
                .unwrap_or_else(|(_, errors)| panic!("the {lang:?} texts parse: {errors:?}"));
            bundle.add_resource(resource).expect("no key stands twice in the texts");
        }
        for key in files.iter().flat_map(|file| keys(file)) {
            let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
                continue;
            };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            if errors.is_empty() {
                plain.insert(key.to_owned(), text);
            }
        }
        Texts { lang, bundle, plain }
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("lang", &self.lang).finish_non_exhaustive()
    }
}

macro_rules! files {
    ($lang:literal) => {
        &[
            include_str!(concat!("../../locales/", $lang, "/common.ftl")),
            include_str!(concat!("../../locales/", $lang, "/app.ftl")),
            include_str!(concat!("../../locales/", $lang, "/bot.ftl")),
            include_str!(concat!("../../locales/", $lang, "/crm.ftl")),
            include_str!(concat!("../../locales/", $lang, "/console.ftl")),
        ]
    };
}

const RU_FILES: &[&str] = files!("ru");
const EN_FILES: &[&str] = files!("en");

/// The keys of a Fluent file: what stands before ` =` at the start of a line.
fn keys(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter_map(|line| {
        let (key, _) = line.split_once(" =")?;
        let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        is_key.then_some(key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_have_the_same_keys() {
        let of = |files: &'static [&'static str]| -> BTreeSet<&str> {
            files.iter().flat_map(|file| keys(file)).collect()
        };
        assert_eq!(of(RU_FILES), of(EN_FILES));
    }

    #[test]
    fn russian_plurals_are_right() {
        let texts = Texts::of(Lang::Ru);
        let days = |count: i64| texts.format("days", &[("count", count.into())]);
        assert_eq!(days(1), "1\u{a0}день");
        assert_eq!(days(3), "3\u{a0}дня");
        assert_eq!(days(11), "11\u{a0}дней");
        assert_eq!(days(21), "21\u{a0}день");
    }
}
