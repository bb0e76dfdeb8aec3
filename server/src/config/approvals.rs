//! Approval rules of `mypark.toml`, checked.

use std::collections::BTreeMap;

use domain::Money;
use domain::approvals::discounts::DiscountRule;
use domain::approvals::rules::{Approver, Effect, Entity, Need, Policy, Rule};

use domain::orders::discount::Percent;
use domain::staff::Role;

use crate::config::file::{DiscountEntry, OutcomeEntry, RuleEntry, Word};
use crate::config::{ConfigError, ConnectionConfig, values};

/// Checks every `[[approval.rule]]`.
pub(crate) fn read(
    entries: Vec<RuleEntry>,
    connections: &[ConnectionConfig],
) -> Result<Vec<Rule>, ConfigError> {
    let mut rules: Vec<Rule> = Vec::new();
    for entry in entries {
        let place = format!("approval.rule «{}»", entry.name);
        let rule = rule(entry, connections).map_err(|why| ConfigError::new(&place, why))?;
        if rules.iter().any(|other| other.name == rule.name) {
            return Err(ConfigError::new(&place, "two rules bear this name"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// Checks `[approval.discount]`; where nobody is named the administrators decide.
pub(crate) fn discount(entry: DiscountEntry) -> Result<DiscountRule, ConfigError> {
    let place = "approval.discount";
    let read = || {
        let most = Percent::parse(&entry.over.0).ok_or(format!(
            "over = «{}» is not a share in per cent, from 0 and below 100, such as 10 or \"7.5\"",
            entry.over.0
        ))?;
        let mut approvers = people(entry.approvers)?;
        if approvers.is_empty() {
            approvers.push(Approver::Role(Role::Administrator));
        }
        let escalate_to = people(entry.escalate_to)?;
        if approvers.iter().chain(&escalate_to).any(|one| *one == Approver::Head) {
            return Err("head is known of deals alone: name a role or a Telegram id".to_owned());
        }
        let policy = Policy {
            deadline: minutes(entry.deadline.as_deref())?,
            remind: minutes(entry.remind.as_deref())?,
            escalate_to,
            own_allowed: entry.own_allowed,
            ..Policy::any_one()
        };
        Ok(DiscountRule { most, approvers, policy })
    };
    read().map_err(|why: String| ConfigError::new(place, why))
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
