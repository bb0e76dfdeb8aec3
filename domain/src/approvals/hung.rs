//! What hangs on the deal of a case: fetched by the side of its CRM, shown with the case.

use serde::{Deserialize, Serialize};

use crate::approvals::{Approval, State, files_owner, find, tell};
use crate::db::{Tx, execute};
use crate::files::{self, Accepted};
use crate::ids::{ApprovalId, new_id};
use crate::outbox::{self, Message};
use crate::{Dealer, Result};

/// A file of the deal that only has its name here: it opens in the CRM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hung {
    /// As it is called there.
    pub name: String,
    /// In bytes, where it is told.
    pub size: Option<i64>,
}

/// Has what hangs on the deal of a case fetched, beside what else is told about it: large files delay
/// no task.
pub(super) async fn fetch(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    let Some(connection) = approval.connection.as_ref().filter(|_| approval.entity.is_some())
    else {
        return Ok(());
    };
    let now = d.clock.now();
    let (id, lane) = (&approval.id, format!("approval-files:{}", approval.id));
    let message = Message::CrmApprovalFiles { approval: id.clone() };
    let once = format!("{lane}:{}", new_id(now));
    outbox::enqueue(tx, now, connection, &lane, &message, &once).await?;
    Ok(())
}

/// Hangs fetched files on a case, each once, names those that were not fetched, and shows both.
///
/// # Errors
/// `NotFound` for a case that is not there.
pub async fn hang(
    tx: &mut Tx,
    d: &Dealer,
    id: &ApprovalId,
    fetched: &[Accepted],
    left: &[Hung],
) -> Result<()> {
    let before = find(tx, id).await?;
    let new = files::attach_new(tx, &files_owner(id), fetched, d.clock.now()).await?;
    let left = serde_json::to_string(left)?;
    let named = before.left_files.as_deref().unwrap_or("[]") != left;
    if named {
        execute!(tx, "update approvals set left_files = $2 where id = $1", id, &left)?;
    }
    if before.state == State::Open && (named || new > 0) {
        tell::cards(tx, d, &before, |_| true).await?;
    }
    Ok(())
}
