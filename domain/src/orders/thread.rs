//! What customer and dealer write to each other about a line of an order.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{OrderId, new_id};
use crate::orders::{Order, quotes, states};
use crate::outbox::Notice;
use crate::staff::{self, Staff};
use crate::text::clean;
use crate::{Dealer, Error, Result, notices};

/// The longest message, in characters.
pub const LONGEST: usize = 1000;
/// So many messages stand under one line at the most: nobody reads more.
pub const MOST: i64 = 200;

/// One message about a line.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Word {
    /// Its id.
    pub id: String,
    /// The line.
    pub position: i64,
    /// The member of staff who wrote it; `None`: the customer did.
    pub staff_name: Option<String>,
    /// What it says.
    pub text: String,
    /// When.
    pub written_at: DateTime<Utc>,
}

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub enum Author<'a> {
    /// The customer of the order; the caller has looked.
    Customer,
    /// A manager.
    Staff(&'a Staff),
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written<'a> {
    /// About which line.
    pub position: i64,
    /// The words.
    pub text: &'a str,
    /// Made by the form: the same one again is the same message.
    pub client_key: &'a str,
}

/// Everything about one line, oldest first. One statement.
pub async fn list(db: &mut impl Executor, order: &OrderId, position: i64) -> Result<Vec<Word>> {
    Ok(fetch_all!(
        db,
        Word,
        "select m.id, m.position, s.name as staff_name, m.text, m.written_at
           from order_messages m
           left join staff s on s.id = m.staff_id
          where m.order_id = $1 and m.position = $2
          order by m.id",
        order,
        position
    )?)
}

/// One message.
pub async fn find(db: &mut impl Executor, order: &OrderId, id: &str) -> Result<Word> {
    let word = fetch_optional!(
        db,
        Word,
        "select m.id, m.position, s.name as staff_name, m.text, m.written_at
           from order_messages m
           left join staff s on s.id = m.staff_id
          where m.order_id = $1 and m.id = $2",
        order,
        id
    )?;
    word.ok_or(Error::NotFound)
}

/// Writes about a line; the other side gets it as a message. The manager who has the order hears the
/// customer, all of them where nobody has it.
pub async fn write(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    author: Author<'_>,
    written: &Written<'_>,
) -> Result<()> {
    let text = clean(written.text, LONGEST).ok_or(Error::invalid("text", "error-line-text"))?;
    let key =
        clean(written.client_key, 100).ok_or(Error::invalid("client_key", "error-client-key"))?;
    quotes::lock(tx, &order.id).await?;
    let room = fetch_optional!(
        tx,
        (i64,),
        "select (select count(*) from order_messages m
                  where m.order_id = $1 and m.position = $2)
           from order_lines
          where order_id = $1 and position = $2",
        &order.id,
        written.position
    )?;
    let (there,) = room.ok_or(Error::NotFound)?;
    if there >= MOST {
        return Err(Error::invalid("text", "error-line-full"));
    }
    let now = d.clock.now();
    let id = new_id(now);
    let staff = match author {
        Author::Customer => None,
        Author::Staff(staff) => Some(&staff.id),
    };
    let new = execute!(
        tx,
        "insert into order_messages (id, order_id, position, staff_id, text, client_key, written_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (order_id, client_key) do nothing",
        &id,
        &order.id,
        written.position,
        staff,
        text,
        key,
        now
    )?;
    match new {
        0 => Ok(()),
        _ => tell(tx, d, order, author, &id).await,
    }
}

async fn tell(tx: &mut Tx, d: &Dealer, order: &Order, author: Author<'_>, id: &str) -> Result<()> {
    let notice = Notice::OrderWord { order: order.id.clone(), word: id.to_owned() };
    let occasion = format!("word:{id}");
    if let Author::Staff(_) = author {
        return states::tell_customer(tx, d, order, notice, &occasion).await;
    }
    let taken_by = match &order.taken_by {
        Some(id) => staff::find(tx, id).await?.filter(|staff| staff.active),
        None => None,
    };
    let chats = match taken_by {
        Some(staff) => vec![staff.telegram_id],
        None => staff::managers(tx).await?,
    };
    for chat in chats {
        notices::to_staff(tx, d, chat, notice.clone(), &occasion).await?;
    }
    Ok(())
}
