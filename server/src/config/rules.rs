//! Reminder steps and working hours of `mypark.toml`, checked.

use domain::WorkingHours;

use crate::config::file::{RemindersEntry, WorkingHoursEntry};
use crate::config::{ConfigError, values};

/// When a machine that is due gets its reminders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemindersConfig {
    /// Days before the date, falling, each once.
    pub steps: Vec<u16>,
    /// Days between reminders once the date has passed; at least 1.
    pub overdue_every: u16,
}

/// Checks `[reminders]`.
pub(crate) fn reminders(entry: RemindersEntry) -> Result<RemindersConfig, ConfigError> {
    let mut steps = entry.steps;
    steps.sort_unstable_by(|a, b| b.cmp(a));
    let before = steps.len();
    steps.dedup();
    if steps.len() != before {
        return Err(ConfigError::new("reminders.steps", "names a day twice"));
    }
    if entry.overdue_every == 0 {
        return Err(ConfigError::new("reminders.overdue_every", "must be at least 1 day"));
    }
    Ok(RemindersConfig { steps, overdue_every: entry.overdue_every })
}

/// When people are at work: what the file leaves out is Monday to Friday, nine to six.
pub(crate) fn working_hours(entry: &WorkingHoursEntry) -> Result<WorkingHours, ConfigError> {
    let wrong = |problem: String| ConfigError::new("working_hours", problem);
    let mut hours = WorkingHours::default();
    if let Some(days) = &entry.days {
        let day = |word: &String| {
            let unknown = || format!("days: «{word}» is not mon, tue, wed, thu, fri, sat or sun");
            word.parse().map_err(|_| unknown())
        };
        hours.days = days.iter().map(day).collect::<Result<_, _>>().map_err(wrong)?;
    }
    if let Some(text) = &entry.from {
        hours.from = values::time_of_day(text).map_err(wrong)?;
    }
    if let Some(text) = &entry.to {
        hours.to = values::time_of_day(text).map_err(wrong)?;
    }
    match hours.from < hours.to {
        true => Ok(hours),
        false => Err(wrong("`from` must be earlier than `to`".to_owned())),
    }
}
