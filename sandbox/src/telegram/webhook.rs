//! Delivery of updates to the bot's webhook: in order within a chat, chats side by side.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::telegram::state::{Hook, QueuedUpdate};
use crate::telegram::{Inner, Telegram};

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How far one chat is.
enum Chat {
    Sending,
    /// Failed this often in a row; not again before the time.
    Paused(u32, Instant),
}

struct Outcome {
    person: i64,
    update: i64,
    failures: u32,
    /// The error, and the pause that the bot asked for.
    result: Result<(), (String, Option<u64>)>,
}

impl Telegram {
    /// Starts delivery when a webhook is set and nothing delivers yet.
    pub(crate) fn resume_webhook(&self) {
        let wanted = self.read(|state| !state.hook.url.is_empty());
        // Outside of a runtime nothing can be delivered; the next setWebhook starts it.
        if let (true, Ok(runtime)) = (wanted, tokio::runtime::Handle::try_current()) {
            let generation = self.change(|state| {
                state.poll += 1;
                state.poll
            });
            runtime.spawn(deliver(Arc::downgrade(&self.inner), generation));
        }
    }

    /// The heads of all chats' queues, with the hook; `None` when another task took over.
    fn heads(&self, generation: u64) -> Option<(Hook, Vec<QueuedUpdate>)> {
        let now = self.now();
        let mut state = self.inner.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.hook.url.is_empty() || state.poll != generation {
            return None;
        }
        state.expire_updates(now);
        let mut heads: Vec<QueuedUpdate> = Vec::new();
        for update in &state.queue {
            if !heads.iter().any(|head| head.person == update.person) {
                heads.push(update.clone());
            }
        }
        Some((state.hook.clone(), heads))
    }

    fn settle(&self, outcome: &Outcome) {
        let now = self.now().timestamp();
        self.change(|state| match &outcome.result {
            Ok(()) => state.queue.retain(|update| update.id != outcome.update),
            Err((error, _)) => {
                state.hook.last_error = Some(error.clone());
                state.hook.last_error_at = Some(now);
            }
        });
    }
}

async fn deliver(inner: Weak<Inner>, generation: u64) {
    let (done, mut outcomes) = mpsc::unbounded_channel();
    let mut chats: HashMap<i64, Chat> = HashMap::new();
    loop {
        let Some(telegram) = inner.upgrade().map(|inner| Telegram { inner }) else { return };
        let mut changes = telegram.changed();
        changes.mark_unchanged();
        let Some((hook, heads)) = telegram.heads(generation) else { return };
        for head in heads {
            let failures = match chats.get(&head.person) {
                Some(Chat::Sending) => continue,
                Some(Chat::Paused(_, until)) if *until > Instant::now() => continue,
                Some(Chat::Paused(failures, _)) => *failures,
                None => 0,
            };
            chats.insert(head.person, Chat::Sending);
            tokio::spawn(send(
                telegram.inner.http.clone(),
                hook.clone(),
                head,
                failures,
                done.clone(),
            ));
        }
        let retry = telegram.options().webhook_retry;
        drop(telegram);
        tokio::select! {
            Some(outcome) = outcomes.recv() => {
                if let Some(inner) = inner.upgrade() {
                    Telegram { inner }.settle(&outcome);
                }
                match &outcome.result {
                    Ok(()) => chats.remove(&outcome.person),
                    Err((_, asked)) => {
                        let pause = pause(outcome.failures, *asked, retry);
                        let until = Instant::now() + pause;
                        chats.insert(outcome.person, Chat::Paused(outcome.failures + 1, until))
                    }
                };
            }
            changed = changes.changed() => if changed.is_err() { return },
            // Pauses end without a change; a short nap finds them.
            () = tokio::time::sleep(retry.min(Duration::from_millis(250))) => {}
        }
    }
}

/// At once the first time, then doubling; `Retry-After` wins.
fn pause(failures: u32, asked: Option<u64>, retry: Duration) -> Duration {
    match (asked, failures) {
        (Some(seconds), _) => Duration::from_secs(seconds.min(3600)),
        (None, 0) => Duration::ZERO,
        (None, failures) => (retry * 2_u32.pow((failures - 1).min(10))).min(LONGEST_PAUSE),
    }
}

async fn send(
    http: reqwest::Client,
    hook: Hook,
    update: QueuedUpdate,
    failures: u32,
    done: mpsc::UnboundedSender<Outcome>,
) {
    let mut request = http.post(&hook.url).json(&update.body);
    if let Some(secret) = &hook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let result = match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => {
            let asked = answer.headers().get("retry-after");
            let asked = asked.and_then(|value| value.to_str().ok()?.parse().ok());
            Err((format!("Wrong response from the webhook: {}", answer.status()), asked))
        }
        Err(error) => Err((format!("Connection failed: {}", error.without_url()), None)),
    };
    // The receiver is gone only when this webhook was replaced.
    let _ = done.send(Outcome { person: update.person, update: update.id, failures, result });
}
