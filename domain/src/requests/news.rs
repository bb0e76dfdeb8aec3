//! Who hears what is said of a request beside its state: the other side in its chat, the CRMs in the
//! deal's feed.

use crate::db::{Tx, fetch_optional};
use crate::outbox::{self, Message, Notice, RequestNews};
use crate::requests::thread::Talk;
use crate::thread::Side;
use crate::{Dealer, Result, notices, staff};

/// Promises the news to one side and to every connection that takes requests. The manager who has the
/// request hears the customer; all of them where nobody has it.
pub(super) async fn tell(
    tx: &mut Tx,
    d: &Dealer,
    talk: &Talk,
    to: Side,
    news: RequestNews,
) -> Result<()> {
    let now = d.clock.now();
    let once = format!("request:{}:{}", talk.id, news.occasion());
    let chats = match to {
        Side::Customer => customer(tx, talk).await?,
        Side::Dealer => dealer(tx, talk).await?,
    };
    for chat in chats {
        let notice = Notice::RequestNews { request: talk.id.clone(), news: news.clone() };
        match to {
            Side::Customer => notices::to_customer(tx, d, chat, notice, &once).await?,
            Side::Dealer => notices::to_staff(tx, d, chat, notice, &once).await?,
        };
    }
    for connection in &d.routes.requests {
        let message = Message::CrmRequestNews { request: talk.id.clone(), news: news.clone() };
        let entity = format!("request:{}", talk.id);
        let once = format!("{once}:{connection}");
        outbox::enqueue(tx, now, connection, &entity, &message, &once).await?;
    }
    Ok(())
}

async fn customer(tx: &mut Tx, talk: &Talk) -> Result<Vec<i64>> {
    let chat = fetch_optional!(
        tx,
        (Option<i64>,),
        "select telegram_id from customers where id = $1 and reachable",
        &talk.customer_id
    )?;
    Ok(chat.and_then(|(chat,)| chat).into_iter().collect())
}

async fn dealer(tx: &mut Tx, talk: &Talk) -> Result<Vec<i64>> {
    let has_it = fetch_optional!(
        tx,
        (i64,),
        "select telegram_id from staff
          where id = $1 and active and reachable and role in ('manager', 'administrator')",
        talk.taken_by.as_ref()
    )?;
    match has_it {
        Some((chat,)) => Ok(vec![chat]),
        None => staff::managers(tx).await,
    }
}
