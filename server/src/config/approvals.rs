//! Approval rules of `mypark.toml`, checked.

use std::collections::BTreeMap;

use domain::Money;
use domain::approvals::rules::{Approver, Effect, Entity, Need, Policy, Rule};

use crate::config::file::{ApprovalEntry, OutcomeEntry, RuleEntry, Word};
use crate::config::{ConfigError, ConnectionConfig, values};

/// Checks every `[[approval.rule]]`.
pub(crate) fn read(
    entry: ApprovalEntry,
    connections: &[ConnectionConfig],
) -> Result<Vec<Rule>, ConfigError> {
    let mut rules: Vec<Rule> = Vec::new();
    for entry in entry.rule {
        let place = format!("approval.rule «{}»", entry.name);
        let rule = rule(entry, connections).map_err(|why| ConfigError::new(&place, why))?;
        if rules.iter().any(|other| other.name == rule.name) {
            return Err(ConfigError::new(&place, "two rules bear this name"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn rule(entry: RuleEntry, connections: &[ConnectionConfig]) -> Result<Rule, String> {
    if !connections.iter().any(|connection| connection.name == entry.connection) {
        return Err(format!("there is no connection «{}»", entry.connection));
    }
    let entity = Entity::parse(&entry.entity)
        .ok_or_else(|| format!("entity «{}» is neither deal nor lead", entry.entity))?;
    let approvers = people(entry.approvers)?;
    if approvers.is_empty() {
        return Err("names no approvers".to_owned());
    }
    let wanted = entry.need.as_ref().map_or("all", |word| word.0.as_str());
    let need = match wanted.parse() {
        Ok(Need::Count(count)) if usize::from(count) > approvers.len() => None,
        need => need.ok(),
    };
    let need = need.ok_or(format!("need «{wanted}» is not all, in_turn or a number of them"))?;
    let roubles = |amount: u32| Money::kopecks(i64::from(amount) * 100);
    let amount_from = entry.amount_from.map(roubles).unwrap_or_default();
    let amount_to = entry.amount_to.map(roubles);
    if amount_to.is_some_and(|most| most < amount_from) {
        return Err("amount_to is less than amount_from".to_owned());
    }
    Ok(Rule {
        amount_from,
        amount_to,
        pipeline: entry.pipeline.map(|word| word.0),
        stages: words(entry.stages),
        fields: pairs(entry.fields),
        responsible: words(entry.responsible),
        policy: Policy {
            need,
            deadline: minutes(entry.deadline.as_deref())?,
            remind: minutes(entry.remind.as_deref())?,
            escalate_to: people(entry.escalate_to)?,
            on_approve: effect(entry.on_approve),
            on_reject: effect(entry.on_reject),
            on_changes: effect(entry.on_changes),
            own_allowed: entry.own_allowed,
        },
        name: entry.name,
        connection: entry.connection,
        entity,
        approvers,
    })
}

fn people(words: Vec<Word>) -> Result<Vec<Approver>, String> {
    let read = |word: Word| word.0.parse::<Approver>().map_err(|error| error.to_string());
    words.into_iter().map(read).collect()
}

/// Working time, as other spans are written.
fn minutes(span: Option<&str>) -> Result<Option<i64>, String> {
    let span = span.map(values::duration).transpose()?;
    Ok(span.map(|span| i64::try_from(span.as_secs().div_ceil(60)).unwrap_or(i64::MAX)))
}

fn effect(entry: Option<OutcomeEntry>) -> Effect {
    entry.map_or_else(Effect::default, |entry| Effect {
        stage: entry.stage.map(|word| word.0),
        fields: pairs(entry.fields),
        comment: entry.comment,
        task: entry.task,
    })
}

fn words(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.0).collect()
}

fn pairs(pairs: BTreeMap<String, Word>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, word)| (name, word.0)).collect()
}
