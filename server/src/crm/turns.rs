//! Whose turn it is: inside this process what must be found or made once is asked for by one task
//! at a time.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use tokio::sync::{Mutex, MutexGuard};

/// Locks by name. Two names may share a lock, which costs patience and nothing else; so a task
/// holds one at a time.
#[derive(Debug, Default)]
pub(crate) struct Turns([Mutex<()>; 32]);

impl Turns {
    /// Waits for the turn of `name`, such as `customer:…`.
    pub(crate) async fn of(&self, name: &str) -> MutexGuard<'_, ()> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(name);
        let at = usize::try_from(hash % 32).unwrap_or_default();
        self.0[at].lock().await
    }
}
