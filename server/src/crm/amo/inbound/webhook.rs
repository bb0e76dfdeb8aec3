//! Webhooks of amoCRM, read into events. They are hints: what changed is fetched from the API before
//! anything of ours changes.

pub use crate::crm::amo::inbound::form::{BODY_LIMIT, HookError};

use crate::crm::amo::inbound::form::{Node, parse_number, unfold};

/// A webhook, understood as far as possible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AmoHook {
    /// The account that it says it comes from.
    pub account_id: Option<i64>,
    /// The subdomain that it says it comes from.
    pub subdomain: Option<String>,
    /// What happened, in the order of entity, action and index.
    pub events: Vec<AmoEvent>,
    /// Parts that make no event: key of the entity, and of the action where there is one.
    pub unknown: Vec<String>,
    /// Pairs that could not be placed: broken keys, or beyond the limits.
    pub skipped: usize,
}

/// One thing that happened to one entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmoEvent {
    /// What it happened to.
    pub entity: AmoEntity,
    /// What happened.
    pub action: AmoAction,
    /// Id of the entity; of the deal or contact itself where a note was written on it.
    pub id: i64,
    /// Its stage now.
    pub status_id: Option<i64>,
    /// Its pipeline now.
    pub pipeline_id: Option<i64>,
    /// Its stage before.
    pub old_status_id: Option<i64>,
    /// Unix seconds of the change, where they were sent.
    pub updated_at: Option<i64>,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmoEntity {
    /// A deal.
    Lead,
    /// A person.
    Contact,
    /// A company: arrives under `contacts`, told apart by its type.
    Company,
    /// A task.
    Task,
    /// A deal that came out of «Неразобранное», accepted or declined.
    Unsorted,
    /// Anything else, by its key.
    Other(String),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmoAction {
    /// Made.
    Add,
    /// Changed.
    Update,
    /// Deleted.
    Delete,
    /// Taken out of the bin.
    Restore,
    /// Moved to another stage.
    Status,
    /// Another person is responsible.
    Responsible,
    /// A note was written on it.
    Note,
    /// Anything else, by its key.
    Other(String),
}

/// Reads a body. Whatever is in it, nothing fails but its size.
///
/// # Errors
/// When it is too large.
pub fn parse(body: &[u8]) -> Result<AmoHook, HookError> {
    let (tree, skipped) = unfold(body)?;
    let mut hook = AmoHook { skipped, ..AmoHook::default() };
    for (key, node) in &tree {
        match key.as_str() {
            "account" => {
                hook.account_id = node.number("id");
                hook.subdomain = node.get("subdomain").and_then(Node::leaf).map(str::to_owned);
            }
            entity => read_entity(&mut hook, entity, node),
        }
    }
    Ok(hook)
}

fn read_entity(hook: &mut AmoHook, entity: &str, node: &Node) {
    let Node::Map(actions) = node else {
        hook.unknown.push(entity.to_owned());
        return;
    };
    for (action, items) in actions {
        let before = hook.events.len();
        // An index where an action should be: some hooks of other products have no entity key.
        if action.parse::<u64>().is_err() {
            read_items(hook, entity, action, items);
        }
        if hook.events.len() == before {
            hook.unknown.push(format!("{entity}[{action}]"));
        }
    }
}

/// Items of one action: a list, a single bare id, or a list wrapped once more.
fn read_items(hook: &mut AmoHook, entity: &str, action: &str, items: &Node) {
    match items {
        Node::Leaf(_) => read_item(hook, entity, action, items),
        Node::Map(_) if items.has_any(&["id", "note", "uid"]) => {
            read_item(hook, entity, action, items);
        }
        Node::Map(_) => {
            for item in items.in_order() {
                match item {
                    Node::Map(_) if !item.has_any(&["id", "note", "uid"]) => {
                        for inner in item.in_order() {
                            read_item(hook, entity, action, inner);
                        }
                    }
                    _ => read_item(hook, entity, action, item),
                }
            }
        }
    }
}

fn read_item(hook: &mut AmoHook, entity: &str, action: &str, item: &Node) {
    if entity == "unsorted" {
        return read_unsorted(hook, action, item);
    }
    let note = item.get("note");
    let id = match note {
        Some(note) => note.number("element_id"),
        None => item.leaf().map_or_else(|| item.number("id"), parse_number),
    };
    let Some(id) = id else { return };
    let of_item = note.unwrap_or(item);
    hook.events.push(AmoEvent {
        entity: AmoEntity::of(entity, item.get("type").and_then(Node::leaf)),
        action: AmoAction::of(action),
        id,
        status_id: item.number("status_id"),
        pipeline_id: item.number("pipeline_id"),
        old_status_id: item.number("old_status_id"),
        updated_at: of_item.number("updated_at").or_else(|| of_item.number("last_modified")),
    });
}

/// Accepting and declining arrive as `delete` with the deals that came of it.
fn read_unsorted(hook: &mut AmoHook, action: &str, item: &Node) {
    let action = item.get("action").and_then(Node::leaf).unwrap_or(action);
    let results = ["accept_result", "decline_result"];
    let leads = results.iter().filter_map(|result| item.get(result)?.get("leads"));
    for lead in leads.flat_map(Node::in_order).filter_map(Node::leaf).filter_map(parse_number) {
        hook.events.push(AmoEvent {
            entity: AmoEntity::Unsorted,
            action: AmoAction::of(action),
            id: lead,
            status_id: None,
            pipeline_id: item.number("pipeline_id"),
            old_status_id: None,
            updated_at: item.number("created_at"),
        });
    }
}

impl AmoEntity {
    fn of(key: &str, kind: Option<&str>) -> Self {
        match (key, kind) {
            ("leads", _) => Self::Lead,
            ("contacts", Some("company")) | ("companies", _) => Self::Company,
            ("contacts", _) => Self::Contact,
            ("task" | "tasks", _) => Self::Task,
            (other, _) => Self::Other(other.to_owned()),
        }
    }
}

impl AmoAction {
    fn of(key: &str) -> Self {
        match key {
            "add" => Self::Add,
            "update" => Self::Update,
            "delete" => Self::Delete,
            "restore" => Self::Restore,
            "status" => Self::Status,
            "responsible" => Self::Responsible,
            "note" => Self::Note,
            other => Self::Other(other.to_owned()),
        }
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
