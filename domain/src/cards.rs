//! Which message is the live card of a case in a chat: a case has one, edited in place.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{OrderId, RequestId, WorkOrderId};
use crate::outbox::Notice;
use crate::{approvals, leads};

/// A card that was sent longer ago than this lies far up: an edit makes no sound there.
const FAR: TimeDelta = TimeDelta::hours(24);

/// Which card a notice shows; none for what is a message of its own.
pub fn key(notice: &Notice) -> Option<String> {
    Some(match notice {
        Notice::OrderCard { order: id } | Notice::OrderQuote { order: id, .. } => order(id),
        Notice::StaffOrderCard { order } => staff_order(order),
        Notice::RequestCard { request: id } => request(id),
        Notice::StaffRequestCard { request } => staff_request(request),
        Notice::StaffLeadCard { lead } => leads::staff_card_key(lead),
        Notice::JobCard { work_order } => job(work_order),
        Notice::ApprovalCard { approval } => approvals::card_key(approval),
        Notice::SaleGaps { connection, deal } => sale_gaps(connection, deal),
        _ => return None,
    })
}

/// The customer's card of an order.
pub fn order(id: &OrderId) -> String {
    format!("order:{id}")
}

/// A manager's card of an order.
pub fn staff_order(id: &OrderId) -> String {
    format!("staff-order:{id}")
}

/// The customer's card of a request.
pub fn request(id: &RequestId) -> String {
    format!("request:{id}")
}

/// A manager's card of a request.
pub fn staff_request(id: &RequestId) -> String {
    format!("staff-request:{id}")
}

/// The engineer's card of a job.
pub fn job(id: &WorkOrderId) -> String {
    format!("job:{id}")
}

/// The managers' card of what a deal lacks.
pub fn sale_gaps(connection: &str, deal: &str) -> String {
    format!("sale-gaps:{connection}:{deal}")
}

/// Whether a card that was sent at a time is sent anew and not edited in place.
pub fn is_sent_anew(notice: &Notice, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let far = at.is_none_or(|at| now - at > FAR);
    notice.asks() || (far && notice.is_followed())
}

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
