//! The queue of updates and `getUpdates`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::telegram::Telegram;
use crate::telegram::body::Params;
use crate::telegram::error::ApiError;
use crate::telegram::state::{QueuedUpdate, State};

impl State {
    /// Queues an update for the bot, unless the bot did not ask for its kind.
    pub(crate) fn queue_update(
        &mut self,
        person: i64,
        at: DateTime<Utc>,
        kind: &str,
        content: &Value,
    ) {
        if !self.allowed_updates.is_empty() && !self.allowed_updates.iter().any(|k| k == kind) {
            return;
        }
        if self.last_update == 0 {
            // Real ids start somewhere in the hundreds of millions.
            self.last_update = 800_000_000;
        }
        self.last_update += 1;
        let id = self.last_update;
        let body = json!({"update_id": id, kind: content});
        self.queue.push_back(QueuedUpdate { id, person, at, kind: kind.to_owned(), body });
    }

    /// Forgets what Telegram would not keep: callbacks after 150 s, the rest after a day.
    pub(crate) fn expire_updates(&mut self, now: DateTime<Utc>) {
        self.queue.retain(|update| {
            let life = if update.kind == "callback_query" { 150 } else { 86_400 };
            now - update.at <= TimeDelta::seconds(life)
        });
    }

    /// Takes `allowed_updates` over; a request without it keeps the previous choice.
    pub(crate) fn choose_updates(&mut self, params: &Params) {
        if let Some(kinds) = params.get("allowed_updates").and_then(Value::as_array) {
            self.allowed_updates =
                kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
        }
    }
}

impl Telegram {
    /// Updates that the bot has not taken yet, as it would get them.
    #[must_use]
    pub fn pending_updates(&self) -> Vec<Value> {
        self.read(|state| state.queue.iter().map(|update| update.body.clone()).collect())
    }

    /// Queues any update, such as one of a kind that this Telegram has no act for.
    /// `update_id` is given here; `content` is what stands under `kind`.
    pub fn inject_update(&self, person: i64, kind: &str, content: &Value) {
        let now = self.now();
        self.change(|state| state.queue_update(person, now, kind, content));
    }

    pub(crate) async fn get_updates(&self, params: &Params) -> Result<Value, ApiError> {
        let seconds = u64::try_from(params.number("timeout").unwrap_or(0).clamp(0, 50));
        let deadline =
            tokio::time::Instant::now() + Duration::from_secs(seconds.unwrap_or_default());
        let mut changes = self.changed();
        let poll = self.change(|state| {
            state.choose_updates(params);
            state.poll += 1;
            state.poll
        });
        loop {
            changes.mark_unchanged();
            let taken = self.take_updates(params, poll)?;
            if !taken.is_empty() {
                return Ok(json!(taken));
            }
            if tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
                return Ok(json!([]));
            }
        }
    }

    fn take_updates(&self, params: &Params, poll: u64) -> Result<Vec<Value>, ApiError> {
        let now = self.now();
        let limit = params.number("limit").unwrap_or(100).clamp(1, 100);
        let limit = usize::try_from(limit).unwrap_or(100);
        let mut state = self.inner.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !state.hook.url.is_empty() {
            return Err(ApiError::new(
                409,
                "Conflict: can't use getUpdates method while webhook is active; \
                 use deleteWebhook to delete the webhook first",
            ));
        }
        if state.poll != poll {
            return Err(ApiError::new(
                409,
                "Conflict: terminated by other getUpdates request; \
                 make sure that only one bot instance is running",
            ));
        }
        state.expire_updates(now);
        match params.number("offset").unwrap_or(0) {
            0 => {}
            offset if offset > 0 => state.queue.retain(|update| update.id >= offset),
            from_end => {
                let keep = usize::try_from(from_end.unsigned_abs()).unwrap_or(usize::MAX);
                let drop = state.queue.len().saturating_sub(keep);
                state.queue.drain(..drop);
            }
        }
        Ok(state.queue.iter().take(limit).map(|update| update.body.clone()).collect())
    }
}
