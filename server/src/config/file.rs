//! `mypark.toml` as it is written: what needs structure and so has no place in the environment.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::config::ConfigError;
use crate::config::catalogue::CatalogueEntry;

/// The whole file. Unknown keys stop the start, so that a slip of the pen is not silently ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    #[serde(default)]
    pub(crate) connection: Vec<ConnectionEntry>,
    #[serde(default)]
    pub(crate) stages: TableEntry,
    #[serde(default)]
    pub(crate) routing: RoutingEntry,
    #[serde(default)]
    pub(crate) reminders: RemindersEntry,
    #[serde(default)]
    pub(crate) approval: ApprovalEntry,
    #[serde(default)]
    pub(crate) deliveries: DeliveriesEntry,
    #[serde(default)]
    pub(crate) working_hours: WorkingHoursEntry,
    #[serde(default)]
    pub(crate) leads: LeadsEntry,
}

/// One `[[connection]]`. Its settings bear the names of the environment without the CRM's prefix,
/// in lower case (`subdomain`, `pipeline_id`); which are allowed depends on the kind, so they are
/// kept as they stand and checked where the connection is built.
#[derive(Debug, Deserialize)]
pub(crate) struct ConnectionEntry {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) takes: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) stages: StagesEntry,
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, Word>,
    #[serde(default)]
    pub(crate) upsell: UpsellEntry,
    pub(crate) catalogue: Option<CatalogueEntry>,
    #[serde(default)]
    pub(crate) webhook_from: Vec<String>,
    pub(crate) webhook_proxies: Option<Vec<String>>,
    #[serde(flatten)]
    pub(crate) settings: BTreeMap<String, Word>,
}

/// `[connection.stages.*]`: our state = their stage.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StagesEntry {
    #[serde(default)]
    pub(crate) order: BTreeMap<String, Word>,
    #[serde(default)]
    pub(crate) request: BTreeMap<String, Word>,
    #[serde(default)]
    pub(crate) lead: BTreeMap<String, Word>,
}

/// A row of `[stages.*]`: connection = its stage.
pub(crate) type Row = BTreeMap<String, Word>;

/// `[stages.*]`: our state = a row, for all connections at once.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableEntry {
    #[serde(default)]
    pub(crate) order: BTreeMap<String, Row>,
    #[serde(default)]
    pub(crate) request: BTreeMap<String, Row>,
    #[serde(default)]
    pub(crate) lead: BTreeMap<String, Row>,
}

/// `[routing]`: what is absent stays as it is by default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoutingEntry {
    #[serde(default)]
    pub(crate) twins: bool,
    #[serde(default)]
    pub(crate) off: Vec<String>,
}

/// `[connection.upsell]`: what is absent stays as it is by default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpsellEntry {
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) steps: Vec<u16>,
    pub(crate) pipeline: Option<Word>,
    pub(crate) stage: Option<Word>,
    pub(crate) task_type: Option<Word>,
    pub(crate) deadline_days: Option<u16>,
}

/// `[reminders]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemindersEntry {
    #[serde(default = "default_steps")]
    pub(crate) steps: Vec<u16>,
    #[serde(default = "default_overdue")]
    pub(crate) overdue_every: u16,
}

/// `[working_hours]`: what is absent stays as it is by default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkingHoursEntry {
    pub(crate) days: Option<Vec<String>>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

/// `[leads]`: what is absent stays as it is by default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeadsEntry {
    #[serde(default)]
    pub(crate) line: Vec<Word>,
    pub(crate) next_after: Option<String>,
    pub(crate) proxies: Option<Vec<String>>,
}

/// `[deliveries]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveriesEntry {
    pub(crate) keep_raw: Option<String>,
}

/// `[approval]`: rules about deals, and what managers may take off alone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovalEntry {
    #[serde(default)]
    pub(crate) rule: Vec<RuleEntry>,
    pub(crate) discount: Option<DiscountEntry>,
}

/// `[approval.discount]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscountEntry {
    pub(crate) over: Word,
    #[serde(default)]
    pub(crate) approvers: Vec<Word>,
    pub(crate) deadline: Option<String>,
    pub(crate) remind: Option<String>,
    #[serde(default)]
    pub(crate) escalate_to: Vec<Word>,
    #[serde(default)]
    pub(crate) own_allowed: bool,
}

/// One `[[approval.rule]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleEntry {
    pub(crate) name: String,
    pub(crate) connection: String,
    pub(crate) entity: String,
    pub(crate) pipeline: Option<Word>,
    pub(crate) amount_from: Option<u32>,
    pub(crate) amount_to: Option<u32>,
    #[serde(default)]
    pub(crate) stages: Vec<Word>,
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, Word>,
    #[serde(default)]
    pub(crate) responsible: Vec<Word>,
    pub(crate) approvers: Vec<Word>,
    pub(crate) need: Option<Word>,
    pub(crate) deadline: Option<String>,
    pub(crate) remind: Option<String>,
    #[serde(default)]
    pub(crate) escalate_to: Vec<Word>,
    pub(crate) on_approve: Option<OutcomeEntry>,
    pub(crate) on_reject: Option<OutcomeEntry>,
    pub(crate) on_changes: Option<OutcomeEntry>,
    #[serde(default)]
    pub(crate) own_allowed: bool,
}

/// What happens in the CRM once a decision is made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutcomeEntry {
    pub(crate) stage: Option<Word>,
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, Word>,
    pub(crate) comment: Option<String>,
    pub(crate) task: Option<String>,
}

/// A text, or a number or a flag that people write without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) String);

/// Reads the file's text. `path` is only for the message.
pub(crate) fn parse(path: &str, text: &str) -> Result<ConfigFile, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map(|line| format!("{path} line {line}"));
        ConfigError::new(place.as_deref().unwrap_or(path), error.message())
    })
}

impl Default for RemindersEntry {
    fn default() -> Self {
        Self { steps: default_steps(), overdue_every: default_overdue() }
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a text, a whole number, true or false")]
        enum Either {
            Text(String),
            Number(i64),
            Flag(bool),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Text(text) => Self(text.trim().to_owned()),
            Either::Number(number) => Self(number.to_string()),
            Either::Flag(flag) => Self(flag.to_string()),
        })
    }
}

fn default_steps() -> Vec<u16> {
    vec![30, 14, 3, 0]
}

fn default_overdue() -> u16 {
    7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_wrong_types_name_their_line() {
        let error = parse("mypark.toml", "[reminders]\nstep = [30]\n").unwrap_err().to_string();
        assert!(error.starts_with("mypark.toml line 2: unknown field `step`"), "{error}");
        let error = parse("mypark.toml", "[reminders]\nsteps = [-1]\n").unwrap_err().to_string();
        assert!(error.starts_with("mypark.toml line 2"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }

    #[test]
    fn everything_is_optional() {
        let file = parse("mypark.toml", "").unwrap();
        assert_eq!(file.reminders.steps, [30, 14, 3, 0]);
        assert_eq!(file.reminders.overdue_every, 7);
        assert!(file.connection.is_empty());
    }
}
