//! What a notice is about, and how little it can wait. Everything that is ever told is weighed here.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Tx, fetch_optional};
use crate::ids::{ApprovalId, RequestId, WorkOrderId};
use crate::notices::{As, Kind};
use crate::outbox::{Notice, RequestNews};
use crate::requests::State;

/// How little a notice can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// The reader must act: nothing holds it and no switch stops it.
    Act,
    /// A machine stands still, a connection is down, a decision falls due: quiet hours do not hold it.
    Presses,
    /// It may wait for the morning.
    Waits,
}

/// What a customer switches off with it; none for what they cannot.
pub(super) fn kind(notice: &Notice) -> Option<Kind> {
    match notice {
        Notice::OrderCard { .. } | Notice::OrderQuote { .. } | Notice::OrderWord { .. } => {
            Some(Kind::Orders)
        }
        Notice::RequestCard { .. } | Notice::RequestNews { .. } => Some(Kind::Service),
        Notice::MaintenanceDue { .. } => Some(Kind::Maintenance),
        Notice::MachineRegistered { .. } => Some(Kind::Machines),
        _ => None,
    }
}

/// How little it can wait for whom it is told. `until` is when their quiet hours end, if they last.
pub(super) async fn weigh(
    tx: &mut Tx,
    who: As,
    notice: &Notice,
    until: Option<DateTime<Utc>>,
) -> Result<Weight> {
    Ok(match notice {
        Notice::OrderQuote { .. } | Notice::DirectorOffer { .. } => Weight::Act,
        Notice::RequestNews { news: RequestNews::Windows { .. }, .. } => Weight::Act,
        Notice::ApprovalCard { .. } | Notice::ApprovalNews { .. } if who == As::Customer => {
            Weight::Act
        }
        Notice::ApprovalCard { approval } | Notice::ApprovalNews { approval, .. } => {
            case(tx, approval, until).await?
        }
        Notice::RequestCard { request }
        | Notice::StaffRequestCard { request }
        | Notice::RequestNews { request, .. } => of_request(tx, who, request).await?,
        Notice::JobCard { work_order } => job(tx, who, work_order).await?,
        Notice::Webhooks { .. }
        | Notice::ConnectionWorks { .. }
        | Notice::ConnectionPaused { .. } => Weight::Presses,
        Notice::MachineRegistered { .. }
        | Notice::OrderCard { .. }
        | Notice::StaffOrderCard { .. }
        | Notice::QuoteAccepted { .. }
        | Notice::OrderWord { .. }
        | Notice::StaffLeadCard { .. }
        | Notice::MaintenanceDue { .. }
        | Notice::MaintenanceDone { .. }
        | Notice::InviteReady { .. }
        | Notice::ApprovalAnswer { .. }
        | Notice::DirectorAnswer { .. }
        | Notice::SaleGaps { .. }
        | Notice::Mapping { .. }
        | Notice::Catalogue { .. }
        | Notice::AccessEnds { .. } => Weight::Waits,
    })
}

/// A decision that falls due before the quiet hours end cannot wait for it.
async fn case(tx: &mut Tx, id: &ApprovalId, until: Option<DateTime<Utc>>) -> Result<Weight> {
    let row = fetch_optional!(
        tx,
        (Option<DateTime<Utc>>,),
        "select deadline_at from approvals where id = $1 and state = 'open'",
        id
    )?;
    let due = row.and_then(|(due,)| due);
    let within = due.zip(until).is_some_and(|(due, until)| due <= until);
    Ok(if within { Weight::Presses } else { Weight::Waits })
}

/// Whether a request waits for the customer, and whether its machine stands.
async fn of_request(tx: &mut Tx, who: As, id: &RequestId) -> Result<Weight> {
    let row = fetch_optional!(
        tx,
        (State, bool),
        "select state, machine_down from service_requests where id = $1",
        id
    )?;
    Ok(match row {
        Some((State::WaitingCustomer, _)) if who == As::Customer => Weight::Act,
        Some((state, true)) if !matches!(state, State::Closed | State::Cancelled) => {
            Weight::Presses
        }
        _ => Weight::Waits,
    })
}

async fn job(tx: &mut Tx, who: As, id: &WorkOrderId) -> Result<Weight> {
    let row = fetch_optional!(
        tx,
        (Option<RequestId>,),
        "select request_id from work_orders where id = $1",
        id
    )?;
    match row.and_then(|(request,)| request) {
        Some(request) => of_request(tx, who, &request).await,
        None => Ok(Weight::Waits),
    }
}
