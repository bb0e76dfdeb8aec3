//! What has changed of a deal, as far as a decision rests on it: its sum and its goods.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::approvals::deals::{DealFacts, DealRow};

/// One thing that is no longer as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is.
    pub what: What,
    /// The name of the goods; empty for the sum.
    pub name: String,
    /// As it was; empty for what was not there.
    pub from: String,
    /// As it is; empty for what is gone.
    pub to: String,
}

/// What may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The sum.
    Amount,
    /// Goods that were not there.
    Added,
    /// Goods that are gone.
    Removed,
    /// Quantity or price of goods.
    Goods,
}

impl What {
    /// The key of its sentence: `name`, `from` and `to` stand in it.
    pub const fn key(self) -> &'static str {
        match self {
            What::Amount => "approval-changed-amount",
            What::Added => "approval-changed-added",
            What::Removed => "approval-changed-removed",
            What::Goods => "approval-changed-goods",
        }
    }
}

/// What differs between two looks at a deal. The order of its goods is no difference.
pub(super) fn between(before: &DealFacts, now: &DealFacts) -> Vec<Change> {
    let mut changes = Vec::new();
    let (was, is) = (before.amount.unwrap_or_default(), now.amount.unwrap_or_default());
    if was != is {
        let (from, to) = (was.to_string(), is.to_string());
        changes.push(Change { what: What::Amount, name: String::new(), from, to });
    }
    let (was, is) = (goods(&before.rows), goods(&now.rows));
    let names: BTreeSet<&str> = was.keys().chain(is.keys()).copied().collect();
    for name in names {
        let (from, to) = (was.get(name), is.get(name));
        let what = match (from, to) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            (from, to) if from == to => continue,
            _ => What::Goods,
        };
        let said =
            |rows: Option<&Vec<String>>| rows.map(|rows| rows.join(", ")).unwrap_or_default();
        changes.push(Change { what, name: name.to_owned(), from: said(from), to: said(to) });
    }
    changes
}

fn goods(rows: &[DealRow]) -> BTreeMap<&str, Vec<String>> {
    let mut goods: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows {
        goods.entry(&row.name).or_default().push(format!("{} × {}", row.quantity, row.price));
    }
    for lines in goods.values_mut() {
        lines.sort_unstable();
    }
    goods
}
