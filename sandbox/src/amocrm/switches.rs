//! How the account tells of its changes: switches for tests and the demo.

use crate::amocrm::account::HookDelivery;
use crate::amocrm::core::Amocrm;
use crate::amocrm::deliver;
use crate::amocrm::twists::Twist;
use crate::hooks::{Gate, HookMode, Sent};

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
    pub(crate) hooks: Gate<HookDelivery>,
    pub(crate) journal: JournalMode,
    pub(crate) twists: Vec<Twist>,
    /// Where the last webhook went.
    pub(crate) destination: Option<String>,
    /// The stage whose digital pipeline calls an address, and which.
    pub(crate) pipeline_hook: Option<(i64, String)>,
}

impl Sent for HookDelivery {
    fn again(&self) -> Self {
        Self { id: self.id + 1_000_000_000, ..self.clone() }
    }
}

impl Amocrm {
    /// Says what becomes of webhooks from now on.
    pub fn set_hook_mode(&self, mode: HookMode) {
        self.switches().hooks.mode = mode;
        self.touch();
    }

    /// What becomes of webhooks.
    pub fn hook_mode(&self) -> HookMode {
        self.switches().hooks.mode
    }

    /// Says what the journal does from now on.
    pub fn set_journal_mode(&self, mode: JournalMode) {
        self.switches().journal = mode;
    }

    /// Sends every webhook that is held, each twice, in an order that only `seed` knows: the worst
    /// that a day of retries can do. Answers how many go out.
    pub async fn release_hooks(&self, seed: u64) -> usize {
        let all = self.switches().hooks.release(seed);
        deliver::write_down(&mut self.account(), &all);
        let count = all.len();
        for delivery in all {
            deliver::attempts(self.clone(), delivery).await;
        }
        count
    }

    /// Lets the digital pipeline of a stage call an address («API: отправить webhook»): in a form of
    /// its own, and once, whatever is answered.
    pub fn set_pipeline_hook(&self, hook: Option<(i64, String)>) {
        self.switches().pipeline_hook = hook;
    }

    /// amoCRM gives up on every subscription, as it does after too many failures.
    pub fn switch_hooks_off(&self) {
        self.account().hooks.iter_mut().for_each(|hook| hook.disabled = true);
    }
}
