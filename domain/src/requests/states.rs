//! A request moves. Each move is one conditional update: zero rows says that somebody was first.

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CustomerId, RequestId};
use crate::requests::{ServiceRequest, State, tell_cards, tell_crm};
use crate::staff::{self, Staff};
use crate::work_orders::{self, WorkOrder};
use crate::{Dealer, Error, Result};

macro_rules! columns {
    () => {
        "id, number, customer_id, machine_id, kind, machine_down, text, state, taken_by,
         created_at, updated_at, fixed_at"
    };
}

/// «Беру»: the first manager who presses has it; for all others [`Error::Conflict`] `taken`.
pub async fn take(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    id: &RequestId,
) -> Result<ServiceRequest> {
    if !staff.is_manager() {
        return Err(Error::Forbidden);
    }
    let taken = fetch_optional!(
        tx,
        ServiceRequest,
        concat!(
            "update service_requests set state = 'taken', taken_by = $2, updated_at = $3
              where id = $1 and (state = 'new' or (state = 'taken' and taken_by is null))
          returning ",
            columns!()
        ),
        id,
        &staff.id,
        d.clock.now()
    )?;
    match taken {
        Some(request) => told(tx, d, request, None).await,
        None => Err(refusal(tx, id, "taken").await?),
    }
}

/// Gives the job to an engineer. A request has one job: [`Error::Conflict`] `assigned` when it has
/// one already, `state` when there is nothing left to do.
pub async fn assign(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    id: &RequestId,
    engineer_telegram_id: i64,
) -> Result<WorkOrder> {
    if !staff.is_manager() {
        return Err(Error::Forbidden);
    }
    let engineer = staff::by_telegram(tx, engineer_telegram_id)
        .await?
        .ok_or(Error::invalid("engineer_telegram_id", "error-choice"))?;
    if work_orders::of_request(tx, id).await?.is_some() {
        return Err(Error::Conflict("assigned"));
    }
    // The CRM may have moved the request on before anybody was named here.
    let moved = fetch_optional!(
        tx,
        ServiceRequest,
        concat!(
            "update service_requests
                set state = case when state in ('new', 'taken') then 'scheduled' else state end,
                    taken_by = coalesce(taken_by, $2), updated_at = $3
              where id = $1
                and state in ('new', 'taken', 'scheduled', 'in_progress', 'waiting_customer',
                              'waiting_parts')
          returning ",
            columns!()
        ),
        id,
        &staff.id,
        d.clock.now()
    )?;
    let Some(request) = moved else { return Err(refusal(tx, id, "state").await?) };
    let job = work_orders::insert(tx, d, &request, &engineer.id).await?;
    told(tx, d, request, None).await?;
    Ok(job)
}

/// Moves a request where the states allow it; `false` when they do not, or it is there already.
/// `from_crm` is the connection that said so: it is not told its own news.
pub async fn advance(
    tx: &mut Tx,
    d: &Dealer,
    id: &RequestId,
    to: State,
    from_crm: Option<&str>,
) -> Result<bool> {
    let Some(statement) = statement(to) else { return Ok(false) };
    let moved = fetch_optional!(tx, ServiceRequest, statement, id, to, d.clock.now())?;
    let Some(request) = moved else { return Ok(false) };
    told(tx, d, request, from_crm).await?;
    Ok(true)
}

/// The customer withdraws what nobody has begun.
pub async fn cancel(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    number: &str,
) -> Result<ServiceRequest> {
    let cancelled = fetch_optional!(
        tx,
        ServiceRequest,
        concat!(
            "update service_requests set state = 'cancelled', updated_at = $3
              where number = $2 and customer_id = $1 and state in ('new', 'taken')
          returning ",
            columns!()
        ),
        customer,
        number,
        d.clock.now()
    )?;
    decided(tx, d, (customer, number), cancelled).await
}

/// The customer says that it is not fixed: the standstill goes on and the engineer has the job again.
pub async fn reopen(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    number: &str,
) -> Result<ServiceRequest> {
    let reopened = fetch_optional!(
        tx,
        ServiceRequest,
        concat!(
            "update service_requests set state = 'in_progress', fixed_at = null, updated_at = $3
              where number = $2 and customer_id = $1 and state = 'done'
          returning ",
            columns!()
        ),
        customer,
        number,
        d.clock.now()
    )?;
    if let Some(request) = &reopened {
        execute!(
            tx,
            "update work_orders set state = 'assigned', done_at = null, updated_at = $2
              where request_id = $1 and state = 'done'",
            &request.id,
            d.clock.now()
        )?;
    }
    decided(tx, d, (customer, number), reopened).await
}

/// The customer agrees that it is done.
pub async fn confirm(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    number: &str,
) -> Result<ServiceRequest> {
    let confirmed = fetch_optional!(
        tx,
        ServiceRequest,
        concat!(
            "update service_requests set state = 'closed', updated_at = $3
              where number = $2 and customer_id = $1 and state = 'done'
          returning ",
            columns!()
        ),
        customer,
        number,
        d.clock.now()
    )?;
    decided(tx, d, (customer, number), confirmed).await
}

macro_rules! move_from {
    ($states:literal) => {
        concat!(
            "update service_requests
                set state = $2, updated_at = $3,
                    fixed_at = case when cast($2 as text) in ('done', 'closed')
                                    then coalesce(fixed_at, $3) else fixed_at end
              where id = $1 and state in (",
            $states,
            ") returning ",
            columns!()
        )
    };
}

/// The update that moves a request to a state from where it may come. A CRM's people skip stages,
/// so a move forward may be long; only the customer brings a request back to life.
fn statement(to: State) -> Option<&'static str> {
    match to {
        State::New => None,
        State::Taken => Some(move_from!("'new'")),
        State::Scheduled => Some(move_from!("'new', 'taken'")),
        State::InProgress => {
            Some(move_from!("'new', 'taken', 'scheduled', 'waiting_customer', 'waiting_parts'"))
        }
        State::WaitingCustomer => {
            Some(move_from!("'new', 'taken', 'scheduled', 'in_progress', 'waiting_parts'"))
        }
        State::WaitingParts => {
            Some(move_from!("'new', 'taken', 'scheduled', 'in_progress', 'waiting_customer'"))
        }
        State::Done | State::Cancelled => Some(move_from!(
            "'new', 'taken', 'scheduled', 'in_progress', 'waiting_customer', 'waiting_parts'"
        )),
        State::Closed => Some(move_from!(
            "'new', 'taken', 'scheduled', 'in_progress', 'waiting_customer', 'waiting_parts', 'done'"
        )),
    }
}

async fn told(
    tx: &mut Tx,
    d: &Dealer,
    request: ServiceRequest,
    from_crm: Option<&str>,
) -> Result<ServiceRequest> {
    tell_crm(tx, d, &request.id, (request.state, request.updated_at), from_crm).await?;
    tell_cards(tx, d, &request.id).await?;
    Ok(request)
}

/// The end of a customer's own decision: told, or refused with the reason.
async fn decided(
    tx: &mut Tx,
    d: &Dealer,
    (customer, number): (&CustomerId, &str),
    moved: Option<ServiceRequest>,
) -> Result<ServiceRequest> {
    if let Some(request) = moved {
        return told(tx, d, request, None).await;
    }
    let known = fetch_optional!(
        tx,
        (RequestId,),
        "select id from service_requests where number = $2 and customer_id = $1",
        customer,
        number
    )?;
    Err(known.map_or(Error::NotFound, |_| Error::Conflict("state")))
}

async fn refusal(tx: &mut Tx, id: &RequestId, why: &'static str) -> Result<Error> {
    let known =
        fetch_optional!(tx, (RequestId,), "select id from service_requests where id = $1", id)?;
    Ok(known.map_or(Error::NotFound, |_| Error::Conflict(why)))
}
