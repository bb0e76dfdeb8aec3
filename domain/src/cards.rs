//! Which message is the live card of a case in a chat: a case has one, edited in place.

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};

/// The message that is the card of `card` (such as `order:…`) in a chat, if one was sent.
pub async fn get(db: &mut impl Executor, card: &str, chat_id: i64) -> Result<Option<i64>> {
    let row = fetch_optional!(
        db,
        (i64,),
        "select message_id from cards where entity = $1 and chat_id = $2",
        card,
        chat_id
    )?;
    Ok(row.map(|(id,)| id))
}

/// Remembers the message that is the card from now on.
pub async fn put(tx: &mut Tx, card: &str, chat_id: i64, message_id: i64) -> Result<()> {
    execute!(
        tx,
        "insert into cards (entity, chat_id, message_id) values ($1, $2, $3)
         on conflict (entity, chat_id) do update set message_id = excluded.message_id",
        card,
        chat_id,
        message_id
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
