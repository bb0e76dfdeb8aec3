//! What becomes of the news that a CRM sends: switches for tests and the demo.

use serde::{Deserialize, Serialize};

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
    /// They wait until they are released.
    Held,
}

/// Something that is sent, and may be sent again.
pub(crate) trait Sent: Clone {
    /// The same once more, under a number of its own.
    fn again(&self) -> Self;
}

/// Lets news through, or not.
#[derive(Debug)]
pub(crate) struct Gate<T> {
    pub(crate) mode: HookMode,
    held: Vec<T>,
}

impl<T> Default for Gate<T> {
    fn default() -> Self {
        Self { mode: HookMode::Usual, held: Vec::new() }
    }
}

impl<T: Sent> Gate<T> {
    /// What of these goes out now.
    pub(crate) fn pass(&mut self, made: Vec<T>) -> Vec<T> {
        match self.mode {
            HookMode::Usual => made,
            HookMode::Lost => Vec::new(),
            HookMode::Doubled => doubled(made),
            HookMode::Held => {
                self.held.extend(made);
                Vec::new()
            }
        }
    }

    /// Everything that is held, each twice, in an order that only `seed` knows.
    pub(crate) fn release(&mut self, seed: u64) -> Vec<T> {
        let mut all = doubled(std::mem::take(&mut self.held));
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
        all
    }
}

/// Each one twice.
fn doubled<T: Sent>(made: Vec<T>) -> Vec<T> {
    let again: Vec<T> = made.iter().map(Sent::again).collect();
    made.into_iter().chain(again).collect()
}
