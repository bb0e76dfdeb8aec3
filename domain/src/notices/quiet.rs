//! The hours in which somebody wants to hear nothing that may wait.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;

use crate::{Error, Result};

/// From one time of day until another, over midnight where that is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    to: NaiveTime,
}

impl QuietHours {
    /// Reads what was typed, such as `22:00` and `07:30`; nothing in both fields is no quiet hours.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the field that is no time of day, or the second one where both are
    /// the same.
    pub fn parse(from: Option<&str>, to: Option<&str>) -> Result<Option<QuietHours>> {
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        let (from, to) = (time("quiet_from", from)?, time("quiet_to", to)?);
        if from == to {
            return Err(Error::invalid("quiet_to", "error-quiet-same"));
        }
        Ok(Some(QuietHours { from, to }))
    }

    /// As it is stored: minutes after midnight.
    pub(super) fn minutes(self) -> (i64, i64) {
        let minutes = |time: NaiveTime| i64::from(time.num_seconds_from_midnight() / 60);
        (minutes(self.from), minutes(self.to))
    }

    /// Reads [`QuietHours::minutes`] back.
    pub(super) fn of_minutes(from: i64, to: i64) -> Option<QuietHours> {
        let time = |minutes: i64| {
            let seconds = u32::try_from(minutes * 60).ok()?;
            NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)
        };
        Some(QuietHours { from: time(from)?, to: time(to)? })
    }

    /// When they begin and end, as forms show it.
    #[must_use]
    pub fn shown(self) -> (String, String) {
        (self.from.format("%H:%M").to_string(), self.to.format("%H:%M").to_string())
    }

    /// When those end that a moment lies in; none outside.
    pub(super) fn until(self, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = now.with_timezone(&zone);
        let (day, time) = (local.date_naive(), local.time());
        let over_midnight = self.to < self.from;
        let end = match over_midnight {
            false if self.from <= time && time < self.to => day,
            true if time >= self.from => day + Days::new(1),
            true if time < self.to => day,
            _ => return None,
        };
        let end = end.and_time(self.to);
        // An end that the change to summer time leaves out comes with the hour after it.
        let end = zone
            .from_local_datetime(&end)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(end + TimeDelta::hours(1))).earliest());
        end.map(|end| end.to_utc()).filter(|end| *end > now)
    }
}

fn time(field: &'static str, text: Option<&str>) -> Result<NaiveTime> {
    let text = text.unwrap_or_default();
    // A browser may send the seconds too.
    let time = NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"));
    let time = time.map_err(|_| Error::invalid(field, "error-time"))?;
    Ok(time.with_second(0).unwrap_or(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOSCOW: Tz = chrono_tz::Europe::Moscow;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn hours(from: &str, to: &str) -> QuietHours {
        QuietHours::parse(Some(from), Some(to)).unwrap().unwrap()
    }

    #[test]
    fn a_night_ends_in_the_morning_from_either_side_of_midnight() {
        let night = hours("22:00", "07:30");
        let morning = Some(at("2026-11-24T07:30:00+03:00"));
        assert_eq!(night.until(at("2026-11-23T22:00:00+03:00"), MOSCOW), morning);
        assert_eq!(night.until(at("2026-11-24T03:00:00+03:00"), MOSCOW), morning);
        assert_eq!(night.until(at("2026-11-24T07:30:00+03:00"), MOSCOW), None);
        assert_eq!(night.until(at("2026-11-23T21:59:59+03:00"), MOSCOW), None);
        let noon = hours("12:00", "13:00");
        let end = Some(at("2026-11-23T13:00:00+03:00"));
        assert_eq!(noon.until(at("2026-11-23T12:59:00+03:00"), MOSCOW), end);
        assert_eq!(noon.until(at("2026-11-23T23:00:00+03:00"), MOSCOW), None);
    }

    #[test]
    fn an_end_that_summer_time_leaves_out_comes_after_it() {
        // Berlin goes from 2 to 3 o'clock on 28 March 2027.
        let berlin = chrono_tz::Europe::Berlin;
        let end = hours("22:00", "02:30").until(at("2027-03-28T00:30:00+01:00"), berlin);
        assert_eq!(end, Some(at("2027-03-28T03:30:00+02:00")));
    }

    #[test]
    fn what_is_no_time_of_day_is_refused_by_its_field() {
        let fault = |from: Option<&str>, to: Option<&str>| match QuietHours::parse(from, to) {
            Err(Error::Invalid(fault)) => fault.field,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(Some("25:00"), Some("07:00")), "quiet_from");
        assert_eq!(fault(Some("22:00"), Some("7 утра")), "quiet_to");
        assert_eq!(fault(Some("22:00"), None), "quiet_to");
        assert_eq!(fault(None, Some("07:00")), "quiet_from");
        assert_eq!(fault(Some("22:00"), Some("22:00")), "quiet_to");
        assert_eq!(QuietHours::parse(None, None).unwrap(), None);
        assert_eq!(hours("22:00:59", "07:00").shown(), ("22:00".to_owned(), "07:00".to_owned()));
    }
}
