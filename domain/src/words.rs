//! Dates and durations as people say them, for every face of the product.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::texts::Texts;

/// A date: «сегодня», «завтра», «14 декабря», and with the year when it is not this one.
pub fn date(texts: &Texts, date: NaiveDate, today: NaiveDate) -> String {
    match (date - today).num_days() {
        0 => texts.get("today").to_owned(),
        1 => texts.get("tomorrow").to_owned(),
        -1 => texts.get("yesterday").to_owned(),
        _ => day(texts, date, today),
    }
}

/// A date by its name, for text that will still be read tomorrow: «14 декабря», and with the year
/// when it is not this one.
pub fn day(texts: &Texts, date: NaiveDate, today: NaiveDate) -> String {
    let month_key = format!("month-{}", date.month());
    let args = [
        ("day", date.day().into()),
        ("month", texts.get(&month_key).into()),
        // As text: a year takes no part in plurals and is not grouped like an amount.
        ("year", date.year().to_string().into()),
    ];
    let key = if date.year() == today.year() { "words-date" } else { "words-date-year" };
    texts.format(key, &args)
}

/// A moment in the dealer's zone: «сегодня, 14:05», «14 декабря, 09:12».
pub fn when(texts: &Texts, at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    let local = at.with_timezone(&zone);
    let day = date(texts, local.date_naive(), now.with_timezone(&zone).date_naive());
    let time = local.format("%H:%M").to_string();
    texts.format("words-when", &[("date", day.into()), ("time", time.into())])
}

/// A span of time in the dealer's zone: «завтра, 9:00–12:00», «14 декабря, 9:00 – 15 декабря, 12:00».
pub fn window(
    texts: &Texts,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    zone: Tz,
    now: DateTime<Utc>,
) -> String {
    let (first, last) = (from.with_timezone(&zone), until.with_timezone(&zone));
    if first.date_naive() != last.date_naive() {
        return format!("{} – {}", when(texts, from, zone, now), when(texts, until, zone, now));
    }
    let day = date(texts, first.date_naive(), now.with_timezone(&zone).date_naive());
    let time = format!("{}–{}", first.format("%-H:%M"), last.format("%-H:%M"));
    texts.format("words-when", &[("date", day.into()), ("time", time.into())])
}

/// A span of time in the dealer's zone, for text that will still be read tomorrow: «24 ноября,
/// 9:00–12:00», «14 декабря, 9:00 – 15 декабря, 12:00».
pub fn period(
    texts: &Texts,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    zone: Tz,
    today: NaiveDate,
) -> String {
    let (first, last) = (from.with_timezone(&zone), until.with_timezone(&zone));
    let at = |local: DateTime<Tz>, time: String| {
        let date = day(texts, local.date_naive(), today);
        texts.format("words-when", &[("date", date.into()), ("time", time.into())])
    };
    let (begins, ends) = (first.format("%-H:%M").to_string(), last.format("%-H:%M").to_string());
    match first.date_naive() == last.date_naive() {
        true => at(first, format!("{begins}–{ends}")),
        false => format!("{} – {}", at(first, begins), at(last, ends)),
    }
}

/// How long something has lasted: «12 мин», «3 ч 12 мин», «2 дня 3 ч», «9 дней». A clock that
/// stepped back counts as nothing yet.
pub fn duration(texts: &Texts, lasted: TimeDelta) -> String {
    let (days, hours, minutes) =
        (lasted.num_days(), lasted.num_hours() % 24, lasted.num_minutes() % 60);
    let part = |key: &str, count: i64| texts.format(key, &[("count", count.into())]);
    let (large, small) = match (days, hours, minutes) {
        (..0, _, _) | (0, ..=0, ..=0) => return texts.get("words-under-a-minute").to_owned(),
        (0, 0, _) => (part("words-minutes", minutes), None),
        (0, _, 0) => (part("words-hours", hours), None),
        (0, _, _) => (part("words-hours", hours), Some(part("words-minutes", minutes))),
        (1..7, 1.., _) => (part("days", days), Some(part("words-hours", hours))),
        _ => (part("days", days), None),
    };
    small.map_or(large.clone(), |small| format!("{large}\u{a0}{small}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Lang;
    use chrono::TimeZone;

    fn on(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn near_dates_are_words_and_far_ones_have_their_year() {
        let today = on(2026, 11, 21);
        let said = |lang, date_| date(Texts::of(lang), date_, today);
        assert_eq!(said(Lang::Ru, on(2026, 11, 21)), "сегодня");
        assert_eq!(said(Lang::Ru, on(2026, 11, 22)), "завтра");
        assert_eq!(day(Texts::of(Lang::Ru), today, today), "21\u{a0}ноября");
        assert_eq!(said(Lang::Ru, on(2026, 12, 14)), "14\u{a0}декабря");
        assert_eq!(said(Lang::Ru, on(2027, 1, 5)), "5\u{a0}января 2027\u{a0}г.");
        assert_eq!(said(Lang::En, on(2026, 12, 14)), "14\u{a0}December");
        assert_eq!(said(Lang::En, on(2027, 1, 5)), "5\u{a0}January 2027");
    }

    #[test]
    fn moments_are_told_in_the_dealers_zone() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 22, 30, 0).unwrap();
        let zone = chrono_tz::Europe::Moscow;
        let at = now - TimeDelta::hours(1);
        // Past midnight in Moscow: an hour ago was already today there.
        assert_eq!(when(Texts::of(Lang::Ru), at, zone, now), "сегодня, 00:30");
        let before = now - TimeDelta::hours(3);
        assert_eq!(when(Texts::of(Lang::En), before, zone, now), "yesterday, 22:30");
    }

    #[test]
    fn durations_name_two_units_at_most() {
        let said = |minutes| duration(Texts::of(Lang::Ru), TimeDelta::minutes(minutes));
        assert_eq!(said(-5), "меньше минуты");
        assert_eq!(said(0), "меньше минуты");
        assert_eq!(said(12), "12\u{a0}мин");
        assert_eq!(said(180), "3\u{a0}ч");
        assert_eq!(said(192), "3\u{a0}ч\u{a0}12\u{a0}мин");
        assert_eq!(said(2 * 1440 + 185), "2\u{a0}дня\u{a0}3\u{a0}ч");
        assert_eq!(said(9 * 1440 + 185), "9\u{a0}дней");
    }
}
