//! Which message is the live card of a case in a chat: a case has one, edited in place.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};

/// The message that is the card of `card` (such as `order:…`) in a chat, if one was sent.
pub async fn get(db: &mut impl Executor, card: &str, chat_id: i64) -> Result<Option<i64>> {
    Ok(sent(db, card, chat_id).await?.map(|(id, _)| id))
}

/// The same, and when it became the card; that was not always written down.
pub async fn sent(
    db: &mut impl Executor,
    card: &str,
    chat_id: i64,
) -> Result<Option<(i64, Option<DateTime<Utc>>)>> {
    Ok(fetch_optional!(
        db,
        (i64, Option<DateTime<Utc>>),
        "select message_id, sent_at from cards where entity = $1 and chat_id = $2",
        card,
        chat_id
    )?)
}

/// Remembers the message that is the card from now on.
pub async fn put(
    tx: &mut Tx,
    card: &str,
    chat_id: i64,
    message_id: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into cards (entity, chat_id, message_id, sent_at) values ($1, $2, $3, $4)
         on conflict (entity, chat_id) do update
            set message_id = excluded.message_id, sent_at = excluded.sent_at",
        card,
        chat_id,
        message_id,
        now
    )?;
    Ok(())
}

/// Which card a message of a chat is, such as `order:…`, if it is one.
pub async fn at(db: &mut impl Executor, chat_id: i64, message_id: i64) -> Result<Option<String>> {
    let row = fetch_optional!(
        db,
        (String,),
        "select entity from cards where chat_id = $1 and message_id = $2",
        chat_id,
        message_id
    )?;
    Ok(row.map(|(entity,)| entity))
}
