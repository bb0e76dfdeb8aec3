//! What follows from a decision about something of our own.

use crate::approvals::{Approval, Kind};
use crate::db::Tx;
use crate::{Dealer, Result};

/// Does what a decided case says; what a CRM does about its deal is its delivery's business.
pub(super) async fn follow(_tx: &mut Tx, _d: &Dealer, approval: &Approval) -> Result<()> {
    match approval.kind {
        Kind::Deal | Kind::Hand | Kind::Owner | Kind::Typo => Ok(()),
        Kind::Membership | Kind::LateCancel => Ok(()),
    }
}
