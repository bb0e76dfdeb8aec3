//! Reminder steps and approval rules of `mypark.toml`, checked.

use std::time::Duration;

use domain::WorkingHours;

use crate::config::file::{
    ApprovalEntry, OutcomeEntry, RemindersEntry, RuleEntry, WorkingHoursEntry,
};
use crate::config::{ConfigError, ConnectionConfig, values};

/// When a machine that is due gets its reminders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemindersConfig {
    /// Days before the date, falling, each once.
    pub steps: Vec<u16>,
    /// Days between reminders once the date has passed; at least 1.
    pub overdue_every: u16,
}

/// When a deal or lead needs a decision, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRule {
    /// Its name, as people see it.
    pub name: String,
    /// Name of the connection.
    pub connection: String,
    /// What it is about.
    pub entity: CrmEntity,
    /// Least amount in kopecks; 0 takes any.
    pub amount_from: i64,
    /// Stages that it watches; empty takes any.
    pub stages: Vec<String>,
    /// Telegram ids of staff, or roles; never empty.
    pub approvers: Vec<String>,
    /// How many of them must agree.
    pub need: Need,
    /// Working hours until it expires.
    pub deadline: Option<Duration>,
    /// What happens in the CRM on «yes».
    pub on_approve: ApprovalOutcome,
    /// What happens in the CRM on «no».
    pub on_reject: ApprovalOutcome,
}

/// What an approval rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrmEntity {
    /// A deal.
    Deal,
    /// A lead, where the CRM tells them from deals.
    Lead,
}

/// How many approvers must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Every one, in any order.
    All,
    /// Every one, in the order of the list.
    InTurn,
    /// This many of them.
    Any(u16),
}

/// What a decision does in the CRM; nothing where nothing was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApprovalOutcome {
    /// The stage it moves to.
    pub stage: Option<String>,
    /// The comment it gets.
    pub comment: Option<String>,
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

/// Checks every `[[approval.rule]]`.
pub(crate) fn approvals(
    entry: ApprovalEntry,
    connections: &[ConnectionConfig],
) -> Result<Vec<ApprovalRule>, ConfigError> {
    entry.rule.into_iter().map(|rule| approval(rule, connections)).collect()
}

fn approval(
    entry: RuleEntry,
    connections: &[ConnectionConfig],
) -> Result<ApprovalRule, ConfigError> {
    let place = format!("approval.rule «{}»", entry.name);
    let wrong = |problem: String| ConfigError::new(&place, problem);
    if !connections.iter().any(|connection| connection.name == entry.connection) {
        return Err(wrong(format!("there is no connection «{}»", entry.connection)));
    }
    let entity = match entry.entity.as_str() {
        "deal" => CrmEntity::Deal,
        "lead" => CrmEntity::Lead,
        other => return Err(wrong(format!("entity «{other}» is neither deal nor lead"))),
    };
    let approvers: Vec<String> = entry.approvers.into_iter().map(|word| word.0).collect();
    if approvers.is_empty() {
        return Err(wrong("names no approvers".to_owned()));
    }
    let need = match entry.need.as_ref().map_or("all", |word| word.0.as_str()) {
        "all" => Need::All,
        "in_turn" => Need::InTurn,
        text => match text.parse::<u16>() {
            Ok(count) if (1..=approvers.len()).contains(&usize::from(count)) => Need::Any(count),
            _ => {
                return Err(wrong(format!(
                    "need «{text}» is not all, in_turn or a number of them"
                )));
            }
        },
    };
    Ok(ApprovalRule {
        amount_from: i64::from(entry.amount_from.unwrap_or(0)) * 100,
        stages: entry.stages.into_iter().map(|word| word.0).collect(),
        deadline: entry.deadline.as_deref().map(values::duration).transpose().map_err(wrong)?,
        on_approve: outcome(entry.on_approve),
        on_reject: outcome(entry.on_reject),
        name: entry.name,
        connection: entry.connection,
        entity,
        approvers,
        need,
    })
}

fn outcome(entry: Option<OutcomeEntry>) -> ApprovalOutcome {
    entry.map_or_else(ApprovalOutcome::default, |entry| ApprovalOutcome {
        stage: entry.stage.map(|word| word.0),
        comment: entry.comment,
    })
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
