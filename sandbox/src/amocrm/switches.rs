//! How the account tells of its changes: switches for tests and the demo.

use serde::{Deserialize, Serialize};

use crate::amocrm::account::HookDelivery;
use crate::amocrm::core::Amocrm;
use crate::amocrm::deliver;
use crate::faults::roll;

/// What becomes of webhooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookMode {
    /// They go out at once.
    #[default]
    Usual,
    /// They are lost on the way, without a trace.
    Lost,
    /// Each goes out twice.
    Doubled,
    /// They wait for [`Amocrm::release_hooks`].
    Held,
}

/// What the journal does with what it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JournalMode {
    /// As it is documented.
    #[default]
    Usual,
    /// The integration lacks the right.
    Refused,
    /// Filters are ignored and everything is answered.
    Unfiltered,
}

/// The switches as they stand, and what is held.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    pub(crate) hooks: HookMode,
    pub(crate) journal: JournalMode,
    held: Vec<HookDelivery>,
}

impl Switches {
    /// What of these goes out now.
    pub(crate) fn pass(&mut self, made: Vec<HookDelivery>) -> Vec<HookDelivery> {
        match self.hooks {
            HookMode::Usual => made,
            HookMode::Lost => Vec::new(),
            HookMode::Doubled => doubled(made),
            HookMode::Held => {
                self.held.extend(made);
                Vec::new()
            }
        }
    }
}

impl Amocrm {
    /// Says what becomes of webhooks from now on.
    pub fn set_hook_mode(&self, mode: HookMode) {
        self.switches().hooks = mode;
        self.touch();
    }

    /// What becomes of webhooks.
    pub fn hook_mode(&self) -> HookMode {
        self.switches().hooks
    }

    /// Says what the journal does from now on.
    pub fn set_journal_mode(&self, mode: JournalMode) {
        self.switches().journal = mode;
    }

    /// Sends every webhook that is held, each twice, in an order that only `seed` knows: the worst
    /// that a day of retries can do. Answers how many go out.
    pub async fn release_hooks(&self, seed: u64) -> usize {
        let held = std::mem::take(&mut self.switches().held);
        let mut all = doubled(held);
        let mut state = seed;
        for at in (1..all.len()).rev() {
            let share = roll(&mut state);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place in a short list"
            )]
            let other = (share * (at + 1) as f64) as usize;
            all.swap(at, other.min(at));
        }
        deliver::write_down(&mut self.account(), &all);
        let count = all.len();
        for delivery in all {
            deliver::attempts(self.clone(), delivery).await;
        }
        count
    }

    /// amoCRM gives up on every subscription, as it does after too many failures.
    pub fn switch_hooks_off(&self) {
        self.account().hooks.iter_mut().for_each(|hook| hook.disabled = true);
    }
}

/// Each one twice; the second has a number of its own.
fn doubled(made: Vec<HookDelivery>) -> Vec<HookDelivery> {
    let again: Vec<HookDelivery> = made
        .iter()
        .cloned()
        .map(|one| HookDelivery { id: one.id + 1_000_000_000, ..one })
        .collect();
    made.into_iter().chain(again).collect()
}
