//! How it was: 1 to 5 and a word, once.

use serde::Serialize;

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CustomerId, RequestId};
use crate::outbox::RequestNews;
use crate::requests::{news, talk, tell_cards};
use crate::text::clean;
use crate::thread::Side;
use crate::{Dealer, Error, Result};

/// A rating of so many stars or fewer waits on the managers' desk until one of them has seen it.
pub const LOW: i64 = 3;

/// How a customer found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// 1 to 5.
    pub stars: i64,
    /// In their words; may be empty.
    pub comment: String,
}

/// The customer rates a request that is done. Without a word at first, it may be added later.
///
/// # Errors
/// Another's is `NotFound`; `Invalid` names `stars` or `comment`; a conflict is `state` while it is not
/// done, and `rated` for a second rating.
pub async fn rate(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    number: &str,
    stars: i64,
    comment: &str,
) -> Result<()> {
    if !(1..=5).contains(&stars) {
        return Err(Error::invalid("stars", "error-choice"));
    }
    let comment = words(comment)?;
    let id = own(tx, customer, number).await?;
    let now = d.clock.now();
    let rated = execute!(
        tx,
        "insert into request_ratings (request_id, stars, comment, rated_at)
         values ($1, $2, $3, $4)
         on conflict (request_id) do nothing",
        &id,
        stars,
        comment,
        now
    )?;
    if rated == 0 {
        return Err(Error::Conflict("rated"));
    }
    told(tx, d, &id, false).await
}

/// Adds the word to a rating that has none.
///
/// # Errors
/// As [`rate`]; a conflict is `rated` where there is a word already, or no rating.
pub async fn comment(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    number: &str,
    comment: &str,
) -> Result<()> {
    let comment = words(comment)?;
    let id = own(tx, customer, number).await?;
    let added = execute!(
        tx,
        "update request_ratings set comment = $2, seen_at = null
          where request_id = $1 and comment = '' and cast($2 as text) <> ''",
        &id,
        comment
    )?;
    if added == 0 {
        return Err(Error::Conflict("rated"));
    }
    told(tx, d, &id, true).await
}

fn words(comment: &str) -> Result<String> {
    let comment = clean(comment, usize::MAX).unwrap_or_default();
    if comment.chars().count() > 1000 {
        return Err(Error::invalid("comment", "error-too-long"));
    }
    Ok(comment)
}

async fn own(tx: &mut Tx, customer: &CustomerId, number: &str) -> Result<RequestId> {
    let found = fetch_optional!(
        tx,
        (RequestId, bool),
        "select id, state in ('done', 'closed')
           from service_requests where number = $2 and customer_id = $1",
        customer,
        number
    )?;
    match found {
        None => Err(Error::NotFound),
        Some((_, false)) => Err(Error::Conflict("state")),
        Some((id, true)) => Ok(id),
    }
}

async fn told(tx: &mut Tx, d: &Dealer, id: &RequestId, worded: bool) -> Result<()> {
    execute!(tx, "update service_requests set updated_at = $2 where id = $1", id, d.clock.now())?;
    let talk = talk(tx, id.as_str()).await?;
    news::tell(tx, d, &talk, Side::Dealer, RequestNews::Rated { worded }).await?;
    tell_cards(tx, d, id).await
}
