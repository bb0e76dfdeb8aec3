//! When a deal or lead needs a decision, whose, and what follows: rules of `mypark.toml` and rules
//! written in the console. The first that fits counts; those of the file come first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::approvals::deals::{DealFacts, DealState};
use crate::staff::Role;

mod stored;
mod words;

pub use stored::{StoredRule, add, change, list, load, remove, watches};
pub use words::{NotANeed, NotAnApprover};

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Entity {
    /// A deal.
    Deal,
    /// A lead, where the CRM tells them from deals.
    Lead,
}

/// When a deal or lead needs a decision, and whose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name, as people see it; no two rules bear the same.
    pub name: String,
    /// Name of the connection.
    pub connection: String,
    /// What it is about.
    pub entity: Entity,
    /// The pipeline that it watches; none takes any.
    #[serde(default)]
    pub pipeline: Option<String>,
    /// Least amount; zero takes any, also one that is not known.
    #[serde(default)]
    pub amount_from: Money,
    /// The most, where there is a bound.
    #[serde(default)]
    pub amount_to: Option<Money>,
    /// Stages that it watches, as the CRM calls them; empty takes any of an open deal.
    #[serde(default)]
    pub stages: Vec<String>,
    /// Fields that must have these values, by the CRM's names.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Ids of responsible persons in the CRM; empty takes any.
    #[serde(default)]
    pub responsible: Vec<String>,
    /// Who decides, in order; each entry is a seat.
    pub approvers: Vec<Approver>,
    /// On which terms.
    #[serde(flatten)]
    pub policy: Policy,
}

/// The terms of a case: who must agree, until when, what follows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// How many of the seats must agree.
    #[serde(default)]
    pub need: Need,
    /// Working minutes until it expires, or is handed up; none waits for ever.
    #[serde(default)]
    pub deadline: Option<i64>,
    /// Working minutes until those who have not answered are reminded.
    #[serde(default)]
    pub remind: Option<i64>,
    /// Who decides once the deadline has passed; they have as long again.
    #[serde(default)]
    pub escalate_to: Vec<Approver>,
    /// What happens in the CRM on «yes».
    #[serde(default)]
    pub on_approve: Effect,
    /// What happens in the CRM on «no».
    #[serde(default)]
    pub on_reject: Effect,
    /// What happens in the CRM on «на доработку».
    #[serde(default)]
    pub on_changes: Effect,
    /// Whether people may decide what they asked for themselves.
    #[serde(default)]
    pub own_allowed: bool,
}

/// How many seats must agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Need {
    /// Every one, in any order.
    #[default]
    All,
    /// Every one, in the order of the list.
    InTurn,
    /// This many of them.
    Count(u16),
}

/// Who decides: one seat.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Approver {
    /// The member of staff with this Telegram id.
    Person(i64),
    /// Any one of this role.
    Role(Role),
    /// The head of the responsible person.
    Head,
}

/// What a decision does in the CRM; nothing where nothing was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The stage it moves to.
    #[serde(default)]
    pub stage: Option<String>,
    /// Fields that are set, by the CRM's names.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The comment it gets.
    #[serde(default)]
    pub comment: Option<String>,
    /// The title of a task that follows.
    #[serde(default)]
    pub task: Option<String>,
}

/// All rules that are in force, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(Vec<Rule>);

/// What a rule would have caught.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Caught {
    /// The rule's name.
    pub rule: String,
    /// The places of the deals in the list that was given.
    pub deals: Vec<usize>,
}

impl Rules {
    /// Those, in this order.
    pub fn new(rules: Vec<Rule>) -> Rules {
        Rules(rules)
    }

    /// The first rule that a deal meets.
    pub fn matching(&self, facts: &DealFacts) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.catches(facts))
    }

    /// The rule of this name, as it is now.
    pub fn named(&self, name: &str) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }

    /// Which of some deals each rule would have caught, were it alone: what a dry run shows.
    pub fn dry_run(&self, deals: &[DealFacts]) -> Vec<Caught> {
        let caught = |rule: &Rule| {
            let places = deals.iter().enumerate().filter(|(_, facts)| rule.catches(facts));
            Caught { rule: rule.name.clone(), deals: places.map(|(place, _)| place).collect() }
        };
        self.0.iter().map(caught).collect()
    }
}

impl Rule {
    /// Whether the deal meets it as it stands.
    pub fn catches(&self, facts: &DealFacts) -> bool {
        self.concerns(facts) && self.watches_stage(facts)
    }

    /// Whether the deal meets it but for its stage.
    pub fn concerns(&self, facts: &DealFacts) -> bool {
        let amount = facts.amount.unwrap_or_default();
        let says = |(field, value): (&String, &String)| facts.fields.get(field) == Some(value);
        self.connection == facts.connection
            && self.entity == facts.entity
            && self.pipeline.as_ref().is_none_or(|one| facts.pipeline.as_ref() == Some(one))
            && amount >= self.amount_from
            && self.amount_to.is_none_or(|most| amount <= most)
            && self.fields.iter().all(says)
            && (self.responsible.is_empty()
                || facts.responsible.as_ref().is_some_and(|one| self.responsible.contains(one)))
    }

    fn watches_stage(&self, facts: &DealFacts) -> bool {
        match facts.state {
            DealState::Deleted => false,
            _ if self.stages.is_empty() => facts.state == DealState::Open,
            _ => self.stages.contains(&facts.stage),
        }
    }
}

impl Policy {
    /// Anybody's one answer decides, whenever it comes.
    pub fn any_one() -> Policy {
        Policy { need: Need::Count(1), ..Policy::default() }
    }
}

impl Entity {
    /// As files, links and lanes say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Entity::Deal => "deal",
            Entity::Lead => "lead",
        }
    }

    /// Reads [`Entity::as_str`] back.
    pub fn parse(text: &str) -> Option<Entity> {
        [Entity::Deal, Entity::Lead].into_iter().find(|entity| entity.as_str() == text)
    }
}

#[cfg(test)]
mod tests;
