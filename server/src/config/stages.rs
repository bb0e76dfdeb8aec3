//! The table between our states and a CRM's stages, read in both directions.

use std::collections::BTreeMap;

use crate::config::connection::ConnectionKind;
use crate::config::file::Word;
use crate::config::values;

/// States of orders, as they go on.
pub(crate) const ORDER_STATES: [&str; 8] = [
    "placed",
    "quoted",
    "awaiting_approval",
    "confirmed",
    "shipped",
    "completed",
    "cancelled",
    "expired",
];

/// States of service requests, as they go on.
pub(crate) const REQUEST_STATES: [&str; 9] = [
    "new",
    "taken",
    "scheduled",
    "in_progress",
    "waiting_customer",
    "waiting_parts",
    "done",
    "closed",
    "cancelled",
];

/// States of site leads, as they go on.
pub(crate) const LEAD_STATES: [&str; 4] = ["new", "taken", "converted", "rejected"];

/// Our state ↔ their stage. What nobody mapped is absent in both directions, never guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageMap {
    stage_of: BTreeMap<String, String>,
    state_of: BTreeMap<String, String>,
}

impl StageMap {
    /// Their stage for our state.
    #[must_use]
    pub fn stage_of(&self, state: &str) -> Option<&str> {
        self.stage_of.get(state).map(String::as_str)
    }

    /// Our state for their stage.
    #[must_use]
    pub fn state_of(&self, stage: &str) -> Option<&str> {
        self.state_of.get(stage).map(String::as_str)
    }

    /// Every pair of state and stage, by state.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.stage_of.iter().map(|(state, stage)| (state.as_str(), stage.as_str()))
    }

    /// The same with other stages for some states, empty for none. They win: a stage that is given to
    /// one of them is taken from whoever had it.
    #[must_use]
    pub(crate) fn with(&self, own: &BTreeMap<&str, &str>) -> Self {
        let mut map = Self::default();
        let given = own.iter().map(|(state, stage)| (*state, *stage));
        let kept = self.pairs().filter(|(state, _)| !own.contains_key(state));
        for (state, stage) in given.chain(kept) {
            if stage.is_empty() || map.state_of.contains_key(stage) {
                continue;
            }
            map.state_of.insert(stage.to_owned(), state.to_owned());
            map.stage_of.insert(state.to_owned(), stage.to_owned());
        }
        map
    }

    /// Whether nothing is mapped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stage_of.is_empty()
    }

    pub(crate) fn orders(
        kind: ConnectionKind,
        written: BTreeMap<String, Word>,
    ) -> Result<Self, String> {
        Self::read(kind, written, &ORDER_STATES).map_err(|why| format!("stages.order: {why}"))
    }

    pub(crate) fn requests(
        kind: ConnectionKind,
        written: BTreeMap<String, Word>,
    ) -> Result<Self, String> {
        Self::read(kind, written, &REQUEST_STATES).map_err(|why| format!("stages.request: {why}"))
    }

    pub(crate) fn leads(
        kind: ConnectionKind,
        written: BTreeMap<String, Word>,
    ) -> Result<Self, String> {
        Self::read(kind, written, &LEAD_STATES).map_err(|why| format!("stages.lead: {why}"))
    }

    fn read(
        kind: ConnectionKind,
        written: BTreeMap<String, Word>,
        states: &[&str],
    ) -> Result<Self, String> {
        let mut map = Self::default();
        for (state, Word(stage)) in written {
            if !states.contains(&state.as_str()) {
                return Err(format!("«{state}» is not one of {}", states.join(", ")));
            }
            if stage.is_empty() {
                return Err(format!("{state} has an empty stage"));
            }
            let fits = match kind {
                ConnectionKind::Amocrm => values::id(&stage).map(drop),
                ConnectionKind::Bitrix24 => values::bitrix24_stage(&stage).map(drop),
                ConnectionKind::Hubspot => Ok(()),
            };
            fits.map_err(|why| format!("{state}: {why}"))?;
            // Two states on one stage could not be told apart on the way back.
            if let Some(other) = map.state_of.insert(stage.clone(), state.clone()) {
                return Err(format!("stage «{stage}» stands for both {other} and {state}"));
            }
            map.stage_of.insert(state, stage);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [ConnectionKind; 2] = [ConnectionKind::Amocrm, ConnectionKind::Bitrix24];

    /// A table as a person may write it, with slips.
    fn table() -> impl Strategy<Value = BTreeMap<String, String>> {
        let state = prop_oneof![
            9 => prop::sample::select(&ORDER_STATES[..]).prop_map(str::to_owned),
            1 => "[a-z]{0,9}",
        ];
        let stage = prop_oneof![9 => "[1-9][0-9]{0,3}", 1 => "(C[0-9]:)?[A-Z]{0,4}"];
        prop::collection::btree_map(state, stage, 0..9)
    }

    /// Why nobody could take this table.
    fn slip(kind: ConnectionKind, table: &BTreeMap<String, String>) -> bool {
        let mut stages: Vec<&String> = table.values().collect();
        stages.sort();
        stages.dedup();
        let number = |stage: &String| stage.bytes().all(|byte| byte.is_ascii_digit());
        table.keys().any(|state| !ORDER_STATES.contains(&state.as_str()))
            || stages.len() < table.len()
            || stages.iter().any(|stage| stage.is_empty())
            || (kind == ConnectionKind::Amocrm && !stages.into_iter().all(number))
    }

    #[test]
    fn what_is_changed_wins_and_takes_its_stage_from_whoever_had_it() {
        let words = [("placed", "1"), ("confirmed", "2"), ("shipped", "3")];
        let written = words.map(|(state, stage)| (state.to_owned(), Word(stage.to_owned())));
        let map = StageMap::orders(ConnectionKind::Amocrm, written.into()).unwrap();
        let own = BTreeMap::from([("confirmed", "3"), ("placed", ""), ("completed", "9")]);
        let map = map.with(&own);
        let pairs: Vec<_> = map.pairs().collect();
        assert_eq!(pairs, [("completed", "9"), ("confirmed", "3")]);
        assert_eq!(map.state_of("3"), Some("confirmed"));
        assert_eq!((map.state_of("1"), map.state_of("2")), (None, None));
    }

    proptest! {
        #[test]
        fn a_table_leads_there_and_back_or_is_refused(
            table in table(),
            kind in prop::sample::select(&KINDS[..]),
            other in "[1-9][0-9]{4,6}",
        ) {
            let written = table.iter().map(|(state, stage)| (state.clone(), Word(stage.clone())));
            let Ok(map) = StageMap::orders(kind, written.collect()) else {
                prop_assert!(slip(kind, &table), "refused without a reason");
                return Ok(());
            };
            prop_assert!(!slip(kind, &table));
            for (state, stage) in &table {
                prop_assert_eq!(map.stage_of(state), Some(stage.as_str()));
                prop_assert_eq!(map.state_of(stage), Some(state.as_str()));
            }
            prop_assert_eq!(map.pairs().count(), table.len());
            prop_assert_eq!(map.state_of(&other), None, "what nobody mapped is not guessed");
            for state in ORDER_STATES.iter().filter(|state| !table.contains_key(**state)) {
                prop_assert_eq!(map.stage_of(state), None);
            }
        }
    }
}
