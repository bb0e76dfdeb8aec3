//! What a manager asks by hand: a title, words, files, who is to decide, and perhaps a deal.

use crate::approvals::ask::{self, Ask};
use crate::approvals::rules::{Approver, Entity, Need, Policy};
use crate::approvals::{Kind, files_owner};
use crate::db::{Tx, fetch_optional};
use crate::files::{self, Accepted};
use crate::ids::ApprovalId;
use crate::money::Money;
use crate::staff::Staff;
use crate::text::clean;
use crate::{Dealer, Error, Result};

/// The longest title, in characters.
const MAX_TITLE: usize = 200;

/// The most that may be written to it, in characters.
const MAX_WORDS: usize = 4000;

/// What is to be asked.
#[derive(Clone, Debug, Default)]
pub struct ByHand {
    /// Makes a double click and a resend one case.
    pub client_key: String,
    /// What it is about, in a line.
    pub title: String,
    /// What there is to say; may be empty.
    pub words: String,
    /// The sum, where it has one.
    pub amount: Option<Money>,
    /// Who decides, in order.
    pub approvers: Vec<Approver>,
    /// How many of them must agree.
    pub need: Need,
    /// Working minutes until it expires; none waits for ever.
    pub deadline: Option<i64>,
    /// The deal or lead that it is about: connection, which of the two, id there.
    pub deal: Option<(String, Entity, String)>,
}

/// Asks; the same `client_key` of the same person again is the same case.
///
/// # Errors
/// `Forbidden` for those who are no managers, `Invalid` names the field that cannot be taken.
pub async fn ask(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    form: &ByHand,
    sent: &[Accepted],
) -> Result<ApprovalId> {
    if !by.is_manager() {
        return Err(Error::Forbidden);
    }
    let key =
        clean(&form.client_key, 100).ok_or(Error::invalid("client_key", "error-client-key"))?;
    let title = clean(&form.title, MAX_TITLE).ok_or(Error::invalid("title", "error-required"))?;
    let words = match form.words.trim() {
        "" => String::new(),
        words => clean(words, MAX_WORDS).ok_or(Error::invalid("words", "error-too-long"))?,
    };
    if form.approvers.is_empty() {
        return Err(Error::invalid("approvers", "error-required"));
    }
    if matches!(form.need, Need::Count(count) if usize::from(count) > form.approvers.len()) {
        return Err(Error::invalid("need", "error-number"));
    }
    if form.deadline.is_some_and(|minutes| minutes <= 0) {
        return Err(Error::invalid("deadline", "error-number"));
    }
    if sent.len() > files::MAX_FILES {
        return Err(Error::invalid("files", "error-files-many"));
    }
    let ask = Ask {
        kind: Kind::Hand,
        once: format!("hand:{}:{key}", by.id),
        title,
        words,
        amount: form.amount,
        deal: form.deal.clone(),
        facts: None,
        rule_name: None,
        approvers: form.approvers.clone(),
        policy: Policy { need: form.need, deadline: form.deadline, ..Policy::default() },
        requester_name: by.name.clone(),
        requester_staff: Some(by.id.clone()),
        requester_user: None,
        subject: None,
    };
    if let Some(id) = ask::open(tx, d, &ask).await? {
        files::attach(tx, &files_owner(&id), sent, d.clock.now()).await?;
        return Ok(id);
    }
    let known =
        fetch_optional!(tx, (ApprovalId,), "select id from approvals where once = $1", &ask.once)?;
    known.map(|(id,)| id).ok_or(Error::NotFound)
}
