//! Telegram's speed limits: about 30 messages a second in all, one a second in a chat
//! (Bot FAQ, «My bot is hitting limits»).
//!
//! The first is the bot's, so processes share it. The second is kept per process: the messages of
//! a chat go one after the other wherever they go from, and if two processes hurry all the same,
//! Telegram says to the second how long to wait.

use std::collections::HashMap;
use std::time::Duration;

use domain::db::Db;
use domain::{Clock, outbox};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::crm::limiter::{Limiter, Urgency};

const PER_SECOND: u32 = 30;
const IN_ONE_CHAT: Duration = Duration::from_secs(1);

/// Makes senders wait so that neither limit is passed.
#[derive(Debug)]
pub struct Pace {
    any: Limiter,
    /// When a chat may be written to again.
    chats: Mutex<HashMap<i64, Instant>>,
}

impl Pace {
    /// The pace of a bot whose processes share this database.
    pub fn shared(db: &Db) -> Pace {
        // Sockets go by the real time, also in a story whose clock stands still.
        let clock = Clock::system();
        let any = Limiter::shared(PER_SECOND, db.clone(), clock, outbox::TELEGRAM);
        Pace { any, chats: Mutex::default() }
    }

    /// Waits for this chat's turn.
    pub async fn turn(&self, chat: i64) {
        let at = {
            let mut chats = self.chats.lock().await;
            let now = Instant::now();
            // Chats that may be written to at once need no row: the map stays as small as the
            // last second.
            chats.retain(|_, at| *at > now);
            let at = chats.get(&chat).copied().unwrap_or(now);
            chats.insert(chat, at + IN_ONE_CHAT);
            at
        };
        tokio::time::sleep_until(at).await;
        self.any.wait(Urgency::Awaited).await;
    }
}
