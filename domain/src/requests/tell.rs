//! Who hears of a change: the live cards of the case, and the CRMs that keep its deal.

use chrono::{DateTime, Utc};

use crate::db::{Tx, fetch_optional};
use crate::ids::{RequestId, WorkOrderId};
use crate::outbox::{self, Message, Notice};
use crate::requests::State;
use crate::{Dealer, Error, Result, notices, staff, work_orders};

#[derive(sqlx::FromRow)]
struct Concerned {
    state: State,
    updated_at: DateTime<Utc>,
    customer_chat: Option<i64>,
    work_order_id: Option<WorkOrderId>,
    work_order_state: Option<work_orders::State>,
    engineer_chat: Option<i64>,
}

/// Promises a fresh card to everybody concerned. A card shows what is true when it is sent, so
/// changes that come close together may share one.
pub(crate) async fn tell_cards(tx: &mut Tx, d: &Dealer, id: &RequestId) -> Result<()> {
    let who = fetch_optional!(
        tx,
        Concerned,
        "select r.state, r.updated_at, c.telegram_id as customer_chat, w.id as work_order_id,
                w.state as work_order_state, s.telegram_id as engineer_chat
           from service_requests r
           left join customers c on c.id = r.customer_id and c.reachable
           left join work_orders w on w.request_id = r.id
           left join staff s on s.id = w.engineer_id and s.active
          where r.id = $1",
        id
    )?
    .ok_or(Error::NotFound)?;
    let at = who.updated_at.timestamp_micros();
    let once = format!("request-card:{id}:{}:{at}", who.state.as_str());
    if let Some(chat) = who.customer_chat {
        let notice = Notice::RequestCard { request: id.clone() };
        notices::to_customer(tx, d, chat, notice, &once).await?;
    }
    for chat in staff::managers(tx).await? {
        let notice = Notice::StaffRequestCard { request: id.clone() };
        notices::to_staff(tx, d, chat, notice, &format!("staff-{once}")).await?;
    }
    if let (Some(work_order), Some(state), Some(chat)) =
        (who.work_order_id, who.work_order_state, who.engineer_chat)
    {
        let once = format!("job-card:{work_order}:{}:{}:{at}", state.as_str(), who.state.as_str());
        notices::to_staff(tx, d, chat, Notice::JobCard { work_order }, &once).await?;
    }
    Ok(())
}

/// Promises the new state to the connections that are to hear of it ([`crate::dealer::Routes`]).
/// `at` is when the state was reached.
pub(crate) async fn tell_crm(
    tx: &mut Tx,
    d: &Dealer,
    id: &RequestId,
    (state, at): (State, DateTime<Utc>),
    from_crm: Option<&str>,
) -> Result<()> {
    for connection in d.routes.hearing(&d.routes.requests, from_crm) {
        let message = Message::CrmRequestState { request: id.clone(), state };
        let micros = at.timestamp_micros();
        let once = format!("request:{id}:{}:{micros}:{connection}", state.as_str());
        let entity = format!("request:{id}");
        outbox::enqueue(tx, d.clock.now(), connection, &entity, &message, &once).await?;
    }
    Ok(())
}
