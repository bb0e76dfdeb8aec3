//! How a page speaks to its reader: texts, money and dates in their language and zone.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::texts::{Lang, TextArg, Texts};
use domain::words;

/// A space that never breaks: inside numbers, before units.
const NBSP: char = '\u{a0}';

/// The reader's language, the dealer's zone and today's date there.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    texts: &'static Texts,
    lang: Lang,
    zone: Tz,
    today: NaiveDate,
}

/// A whole number, however many references a template put around it.
pub trait Whole {
    /// The number itself.
    fn whole(&self) -> i64;
}

impl Whole for i64 {
    fn whole(&self) -> i64 {
        *self
    }
}

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

impl Ui {
    /// For one answer: `now` decides what is today.
    pub fn new(lang: Lang, zone: Tz, now: DateTime<Utc>) -> Self {
        let today = now.with_timezone(&zone).date_naive();
        Self { texts: Texts::of(lang), lang, zone, today }
    }

    /// The same reader in another language.
    pub(crate) fn in_language(self, lang: Lang) -> Self {
        Self { texts: Texts::of(lang), lang, ..self }
    }

    /// All texts of the reader's language.
    pub(crate) fn texts(&self) -> &'static Texts {
        self.texts
    }

    /// `ru` or `en`.
    pub(crate) fn lang(&self) -> &'static str {
        self.lang.code()
    }

    /// A text without arguments.
    pub(crate) fn s<'a>(&self, key: &'a str) -> &'a str
    where
        'static: 'a,
    {
        self.texts.get(key)
    }

    /// A text with arguments.
    pub(crate) fn f(&self, key: &str, args: &[(&str, TextArg<'_>)]) -> String {
        self.texts.format(key, args)
    }

    /// A text with one text in it.
    pub(crate) fn with(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        self.f(key, &[(name, value.as_ref().into())])
    }

    /// A text with a number, in the plural that the number asks for.
    pub(crate) fn count(&self, key: &str, count: impl Whole) -> String {
        self.f(key, &[("count", count.whole().into())])
    }

    /// Kopecks as roubles: `12 400 ₽`, kopecks only where there are any.
    pub(crate) fn money(&self, kopecks: impl Whole) -> String {
        let kopecks = kopecks.whole();
        let mut text = grouped(kopecks / 100);
        let rest = (kopecks % 100).abs();
        if rest != 0 {
            text.push(if self.lang == Lang::Ru { ',' } else { '.' });
            text.push_str(&format!("{rest:02}"));
        }
        text.push(NBSP);
        text.push('₽');
        text
    }

    /// `№ 0457`.
    pub(crate) fn serial(&self, serial: &str) -> String {
        self.with("app-serial", "serial", serial)
    }

    /// A date in words: today, tomorrow, 14 December, with the year where it is another.
    pub(crate) fn date(&self, date: NaiveDate) -> String {
        match (date - self.today).num_days() {
            0 => self.s("app-today").to_owned(),
            1 => self.s("app-tomorrow").to_owned(),
            -1 => self.s("app-yesterday").to_owned(),
            _ => self.calendar_date(date),
        }
    }

    /// A date as a calendar has it: 14 December, with the year where it is another.
    pub(crate) fn calendar_date(&self, date: NaiveDate) -> String {
        let key = format!("app-month-{}", date.month());
        let month = self.texts.get(&key);
        let day = date.day();
        if date.year() == self.today.year() {
            format!("{day}{NBSP}{month}")
        } else {
            format!("{day}{NBSP}{month}{NBSP}{}", date.year())
        }
    }

    /// A moment in the dealer's zone: today at 9:12.
    pub(crate) fn when(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let date = self.date(local.date_naive());
        format!("{date} {}{NBSP}{}", self.s("app-at-time"), local.format("%-H:%M"))
    }

    /// A span of time in the dealer's zone: tomorrow at 9:00–12:00.
    pub(crate) fn window(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> String {
        let local = until.with_timezone(&self.zone);
        if from.with_timezone(&self.zone).date_naive() == local.date_naive() {
            return format!("{}–{}", self.when(from), local.format("%-H:%M"));
        }
        format!("{} – {}", self.when(from), self.when(until))
    }

    /// The dealer's date of a moment.
    pub(crate) fn day(&self, at: DateTime<Utc>) -> String {
        self.date(at.with_timezone(&self.zone).date_naive())
    }

    /// How long something has lasted: 3 h 12 min, less than a minute.
    pub(crate) fn span(&self, span: TimeDelta) -> String {
        words::duration(self.texts, span)
    }
}

/// Digits in threes.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    if number < 0 {
        text.push('−');
    }
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(NBSP);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ui(lang: Lang) -> Ui {
        let now = "2026-11-21T22:30:00Z".parse().unwrap();
        Ui::new(lang, Tz::Europe__Moscow, now)
    }

    #[test]
    fn money_reads_as_people_write_it() {
        let ru = ui(Lang::Ru);
        assert_eq!(ru.money(1_240_000), "12\u{a0}400\u{a0}₽");
        assert_eq!(ru.money(99), "0,99\u{a0}₽");
        assert_eq!(ru.money(100_000_050), "1\u{a0}000\u{a0}000,50\u{a0}₽");
        assert_eq!(ui(Lang::En).money(1_250), "12.50\u{a0}₽");
    }

    #[test]
    fn dates_are_the_dealers() {
        let ru = ui(Lang::Ru);
        // In Moscow it is the 22nd already.
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(ru.date(day("2026-11-22")), "сегодня");
        assert_eq!(ru.date(day("2026-11-23")), "завтра");
        assert_eq!(ru.date(day("2026-12-14")), "14\u{a0}декабря");
        assert_eq!(ru.date(day("2027-06-01")), "1\u{a0}июня\u{a0}2027");
        assert_eq!(ui(Lang::En).date(day("2026-12-14")), "14\u{a0}December");
        let at = "2026-11-21T21:12:00Z".parse().unwrap();
        assert_eq!(ru.when(at), "сегодня в\u{a0}0:12");
    }

    #[test]
    fn spans_have_two_units() {
        let ru = ui(Lang::Ru);
        assert_eq!(ru.span(TimeDelta::minutes(192)).replace('\u{a0}', " "), "3 ч 12 мин");
        assert_eq!(ru.span(TimeDelta::zero()).replace('\u{a0}', " "), "меньше минуты");
        assert_eq!(ru.span(TimeDelta::hours(48)).replace('\u{a0}', " "), "2 дня");
    }
}
