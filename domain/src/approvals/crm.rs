//! What the side of a CRM asks of approvals, and what it has the CRM told beside the decisions.

use crate::approvals::rules::Entity;
use crate::approvals::{Approval, lane};
use crate::db::{Executor, Tx, fetch_all, fetch_optional};
use crate::ids::ApprovalId;
use crate::outbox::{self, Message};
use crate::{Dealer, Result};

/// So many open cases of a connection are looked at; more at once nobody decides.
const OPEN: i64 = 500;

/// Whether anything was ever asked about a deal or lead.
///
/// # Errors
/// When the database fails.
pub async fn is_asked(
    db: &mut impl Executor,
    connection: &str,
    entity: Entity,
    id: &str,
) -> Result<bool> {
    let found = fetch_optional!(
        db,
        (ApprovalId,),
        "select id from approvals
          where connection = $1 and entity = $2 and entity_id = $3 and kind in ('deal', 'hand')
          limit 1",
        connection,
        entity,
        id
    )?;
    Ok(found.is_some())
}

/// The cases of a connection that wait for a decision.
///
/// # Errors
/// When the database fails.
pub async fn open_in(db: &mut impl Executor, connection: &str) -> Result<Vec<ApprovalId>> {
    let rows = fetch_all!(
        db,
        (ApprovalId,),
        "select id from approvals
          where state = 'open' and connection = $1 and kind in ('deal', 'hand')
          order by id limit $2",
        connection,
        OPEN
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Has the CRM made like a case is, because something there was changed by somebody else; once per
/// `occasion`.
///
/// # Errors
/// When the database fails.
pub async fn tell_crm(tx: &mut Tx, d: &Dealer, approval: &Approval, occasion: &str) -> Result<()> {
    let Some((connection, lane)) = lane(approval) else { return Ok(()) };
    let message = Message::CrmApproval { approval: approval.id.clone() };
    let once = format!("approval:{}:{occasion}", approval.id);
    outbox::enqueue(tx, d.clock.now(), &connection, &lane, &message, &once).await?;
    Ok(())
}

/// Has a person of the CRM told why their answer does not count (`why`, the key of a text), once per
/// `occasion`.
///
/// # Errors
/// When the database fails.
pub async fn refuse_in_crm(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    (user, why): (i64, &str),
    occasion: &str,
) -> Result<()> {
    let Some((connection, lane)) = lane(approval) else { return Ok(()) };
    let message = Message::CrmApprovalAnswer {
        approval: approval.id.clone(),
        user,
        why: why.to_owned(),
        occasion: occasion.to_owned(),
    };
    let once = format!("approval:{}:answer:{occasion}", approval.id);
    outbox::enqueue(tx, d.clock.now(), &connection, &lane, &message, &once).await?;
    Ok(())
}
