//! When the dealer's people are at work.

use chrono::{DateTime, Datelike as _, NaiveTime, TimeDelta, TimeZone as _, Utc, Weekday};
use chrono_tz::Tz;

/// The days and hours of work, in the dealer's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// The days; none means that nobody ever works.
    pub days: Vec<Weekday>,
    /// From this time of day.
    pub from: NaiveTime,
    /// Until this time of day, later than `from`.
    pub to: NaiveTime,
}

/// Longer spans are not counted to their end: nobody waits for a quarter.
const DAYS_COUNTED: usize = 92;

impl Default for WorkingHours {
    /// Monday to Friday, nine to six.
    fn default() -> WorkingHours {
        let days = vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        WorkingHours { days, from: hour(9), to: hour(18) }
    }
}

impl WorkingHours {
    /// How much working time lies between two moments; nothing where they stand the wrong way round.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> TimeDelta {
        let (first, last) = (from.with_timezone(&zone).date_naive(), to.with_timezone(&zone));
        let mut sum = TimeDelta::zero();
        for day in first.iter_days().take(DAYS_COUNTED) {
            if day > last.date_naive() {
                break;
            }
            if !self.days.contains(&day.weekday()) {
                continue;
            }
            let at = |time| zone.from_local_datetime(&day.and_time(time)).earliest();
            if let (Some(opens), Some(closes)) = (at(self.from), at(self.to)) {
                let worked = to.min(closes.to_utc()) - from.max(opens.to_utc());
                sum += worked.max(TimeDelta::zero());
            }
        }
        sum
    }

    /// The moment at which so much working time will have passed; none where nobody ever works, or
    /// it lies beyond what is counted.
    pub fn after(&self, from: DateTime<Utc>, span: TimeDelta, zone: Tz) -> Option<DateTime<Utc>> {
        let mut left = span;
        let first = from.with_timezone(&zone).date_naive();
        for day in first.iter_days().take(DAYS_COUNTED) {
            if !self.days.contains(&day.weekday()) {
                continue;
            }
            let at = |time| zone.from_local_datetime(&day.and_time(time)).earliest();
            let (Some(opens), Some(closes)) = (at(self.from), at(self.to)) else { continue };
            let begins = from.max(opens.to_utc());
            let worked = (closes.to_utc() - begins).max(TimeDelta::zero());
            if worked >= left && worked > TimeDelta::zero() {
                return Some(begins + left);
            }
            left -= worked;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, to: &str) -> f64 {
        let parse = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let zone = chrono_tz::Europe::Moscow;
        let between = WorkingHours::default().between(parse(from), parse(to), zone);
        f64::from(i32::try_from(between.num_minutes()).unwrap()) / 60.0
    }

    #[test]
    fn nights_and_weekends_do_not_count() {
        // 2026-11-20 is a Friday.
        assert_eq!(hours("2026-11-20T10:00:00+03:00", "2026-11-20T12:30:00+03:00"), 2.5);
        assert_eq!(hours("2026-11-20T17:00:00+03:00", "2026-11-23T09:30:00+03:00"), 1.5);
        assert_eq!(hours("2026-11-21T00:00:00+03:00", "2026-11-22T23:00:00+03:00"), 0.0);
        assert_eq!(hours("2026-11-20T12:00:00+03:00", "2026-11-20T10:00:00+03:00"), 0.0);
        assert_eq!(hours("2026-11-16T00:00:00+03:00", "2026-11-23T00:00:00+03:00"), 45.0);
    }

    #[test]
    fn a_deadline_is_counted_in_working_time() {
        let parse = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let zone = chrono_tz::Europe::Moscow;
        let after = |from: &str, hours: i64| {
            WorkingHours::default().after(parse(from), TimeDelta::hours(hours), zone).unwrap()
        };
        for (from, hours, to) in [
            ("2026-11-20T10:00:00+03:00", 2, "2026-11-20T12:00:00+03:00"),
            ("2026-11-20T17:00:00+03:00", 2, "2026-11-23T10:00:00+03:00"),
            ("2026-11-21T12:00:00+03:00", 9, "2026-11-23T18:00:00+03:00"),
            ("2026-11-20T09:00:00+03:00", 18, "2026-11-23T18:00:00+03:00"),
        ] {
            assert_eq!(after(from, hours), parse(to), "{from} {hours}");
        }
        let nobody = WorkingHours { days: Vec::new(), ..WorkingHours::default() };
        assert_eq!(
            nobody.after(parse("2026-11-20T10:00:00+03:00"), TimeDelta::hours(1), zone),
            None
        );
    }
}
