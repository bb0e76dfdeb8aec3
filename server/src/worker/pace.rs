//! Telegram's speed limits: about 30 messages a second in all, one a second in a chat
//! (Bot FAQ, «My bot is hitting limits»).

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// Makes senders wait so that neither limit is passed.
#[derive(Debug)]
pub struct Pace {
    between_any: Duration,
    between_same: Duration,
    next: Mutex<Next>,
}

#[derive(Debug)]
struct Next {
    any: Instant,
    of_chat: HashMap<i64, Instant>,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace::new(30, Duration::from_secs(1))
    }
}

impl Pace {
    /// `per_second` messages in all, and `between_same` between two in one chat.
    pub fn new(per_second: u32, between_same: Duration) -> Pace {
        Pace {
            between_any: Duration::from_secs(1) / per_second,
            between_same,
            next: Mutex::new(Next { any: Instant::now(), of_chat: HashMap::new() }),
        }
    }

    /// Waits for this chat's turn.
    pub async fn turn(&self, chat: i64) {
        let at = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            // Chats that may be written to at once need no row: the map stays as small as the
            // last second.
            next.of_chat.retain(|_, at| *at > now);
            let of_chat = next.of_chat.get(&chat).copied().unwrap_or(now);
            let at = next.any.max(of_chat).max(now);
            next.any = next.any.max(now) + self.between_any;
            next.of_chat.insert(chat, at + self.between_same);
            at
        };
        tokio::time::sleep_until(at).await;
    }
}
