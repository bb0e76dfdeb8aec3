//! Conversations in the chat that have not come to their end: kept in the database, so that a
//! restart between two questions loses nothing.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};

/// The conversation of a chat, unless it was last touched before `not_before`. What an older
/// version of the product wrote and this one cannot read counts as no conversation.
pub async fn get<T: DeserializeOwned>(
    db: &mut impl Executor,
    chat_id: i64,
    not_before: DateTime<Utc>,
) -> Result<Option<T>> {
    let row = fetch_optional!(
        db,
        (String,),
        "select state from dialogues where chat_id = $1 and updated_at >= $2",
        chat_id,
        not_before
    )?;
    Ok(row.and_then(|(state,)| serde_json::from_str(&state).ok()))
}

/// Keeps where the conversation of a chat stands; there is one per chat.
pub async fn set<T: Serialize + Sync>(
    tx: &mut Tx,
    chat_id: i64,
    state: &T,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into dialogues (chat_id, state, updated_at) values ($1, $2, $3)
         on conflict (chat_id) do update
            set state = excluded.state, updated_at = excluded.updated_at",
        chat_id,
        serde_json::to_string(state)?,
        now
    )?;
    Ok(())
}

/// Ends the conversation of a chat; `false` when there was none.
pub async fn clear(tx: &mut Tx, chat_id: i64) -> Result<bool> {
    let ended = execute!(tx, "delete from dialogues where chat_id = $1", chat_id)?;
    Ok(ended == 1)
}
