//! What an account of a CRM can be asked for. Each CRM knows its own wire; in which order it is
//! asked, and what is remembered of the answers, is the same for all and stands beside this.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::approvals::rules::Entity;
use domain::db::Db;
use domain::ids::{ApprovalId, MachineId};
use domain::leads::LeadCase;
use domain::{Dealer, Money};

use crate::config::ConnectionConfig;
use crate::crm::tell::compose::{Deal, Task};
use crate::crm::tell::deal::Parties;
use crate::crm::tell::firm::Firm;
use crate::crm::tell::memory::{Memory, rejected};
use crate::crm::tell::person::Who;
use crate::crm::tell::position::Position;
use crate::worker::policy::{Failure, Look};

pub(crate) use crate::crm::tell::telling::{Bundle, Found, Place, Telling};

/// One account of a CRM during one delivery: its calls are kept with that delivery's attempt.
///
/// A method that makes something fails with [`Failure::Unknown`] where it may be there all the
/// same; any other failure says that nothing was made. What a method finds is verified: a hit of a
/// search alone is nobody.
pub(crate) trait Account: Sync {
    /// What a deal of ours is remembered as.
    const DEAL: &'static str;

    /// A contact as the account tells it.
    type Contact: Send + Sync;

    /// More characters than this a title or a field of a deal does not hold, where there is a limit.
    const TEXT_LIMIT: Option<usize> = None;

    /// How the connection is configured.
    fn config(&self) -> &ConnectionConfig;

    /// What the account was told already.
    fn memory(&self) -> &Memory;

    /// The database.
    fn db(&self) -> &Db;

    /// The installation.
    fn dealer(&self) -> &Arc<Dealer>;

    /// The oldest living deal that bears our number.
    fn find_deal(&self, number: &str) -> impl Future<Output = Result<Option<i64>, Failure>> + Send;

    /// Makes a deal; its id.
    fn make_deal(
        &self,
        deal: &Deal,
        contact: Option<i64>,
        company: Option<i64>,
    ) -> impl Future<Output = Result<i64, Failure>> + Send;

    /// Makes a deal with its people in one call, where the account wants it so: its id, and a word
    /// about what became of it. `None`: it does not.
    fn make_together(
        &self,
        telling: Telling<'_>,
        deal: &Deal,
        parties: Parties<'_>,
    ) -> impl Future<Output = Result<Option<(i64, Option<String>)>, Failure>> + Send {
        let _ = (telling, deal, parties);
        async { Ok(None) }
    }

    /// Whether the CRM keeps leads apart from deals, and this account works with them.
    fn has_leads(&self) -> impl Future<Output = Result<bool, Failure>> + Send {
        async { Ok(false) }
    }

    /// The oldest lead that bears our number.
    fn find_lead(&self, _: &str) -> impl Future<Output = Result<Option<i64>, Failure>> + Send {
        async { Ok(None) }
    }

    /// Makes a lead; its id.
    fn make_lead(&self, _case: &LeadCase) -> impl Future<Output = Result<i64, Failure>> + Send {
        async { Err(rejected("there are no leads here")) }
    }

    /// Moves a lead to a stage. The text says why nothing had to be done.
    fn move_lead(
        &self,
        _lead: i64,
        _stage: &str,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        async { Err(rejected("there are no leads here")) }
    }

    /// Moves a deal to a stage. The text says why nothing had to be done.
    fn move_deal(
        &self,
        deal: i64,
        stage: &str,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Writes the next maintenance into its field of a deal, where one is configured.
    fn write_next(
        &self,
        deal: i64,
        next: NaiveDate,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Writes what a deal comes to, whatever its products come to.
    fn write_total(
        &self,
        deal: i64,
        total: Money,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// A contact by its id; `None` where it was deleted.
    fn contact(
        &self,
        id: i64,
    ) -> impl Future<Output = Result<Option<Found<Self::Contact>>, Failure>> + Send;

    /// The contact of this person; the oldest of several, for duplicates are merged into it.
    fn find_contact(
        &self,
        who: &Who,
    ) -> impl Future<Output = Result<Option<Found<Self::Contact>>, Failure>> + Send;

    /// Makes a contact; its id.
    fn make_contact(&self, who: &Who) -> impl Future<Output = Result<i64, Failure>> + Send;

    /// Adds the person's phone and e-mail to a contact that lacks them; what stands there stays.
    fn top_up(
        &self,
        contact: &Self::Contact,
        who: &Who,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Puts a contact into a company.
    fn employ(
        &self,
        contact: i64,
        company: i64,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Whether a company is still there.
    fn has_company(&self, id: i64) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// The company of this firm; the oldest of several.
    fn find_company(
        &self,
        firm: &Firm,
    ) -> impl Future<Output = Result<Option<i64>, Failure>> + Send;

    /// Makes a company; its id.
    fn make_company(&self, firm: &Firm) -> impl Future<Output = Result<i64, Failure>> + Send;

    /// The newest notes with their ids.
    fn notes(
        &self,
        place: Place,
    ) -> impl Future<Output = Result<Vec<(i64, String)>, Failure>> + Send;

    /// Writes a note; its id.
    fn add_note(
        &self,
        place: Place,
        text: &str,
    ) -> impl Future<Output = Result<i64, Failure>> + Send;

    /// Hangs files where they belong, each once, and looks whether they are there. The text says
    /// where they could not go.
    fn attach(
        &self,
        telling: Telling<'_>,
        place: Place,
        bundle: Bundle<'_>,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Hangs the positions on a deal as products, each once. The text says what stays in the note
    /// only, and why.
    fn add_positions(
        &self,
        telling: Telling<'_>,
        deal: i64,
        positions: &[Position<'_>],
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// An open task that says exactly this, and is none of `others`.
    fn find_task(
        &self,
        task: &Task,
        others: &[i64],
    ) -> impl Future<Output = Result<Option<i64>, Failure>> + Send;

    /// Makes a task, on a contact where there is one; its id.
    fn make_task(
        &self,
        task: &Task,
        contact: Option<i64>,
    ) -> impl Future<Output = Result<i64, Failure>> + Send;

    /// Closes a task with its result; one that was deleted there needs no closing.
    fn close_task(
        &self,
        task: i64,
        result: &str,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Tells the deal by which a machine was sold what was changed here.
    fn tell_machine(
        &self,
        machine: &MachineId,
        deal: &str,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Follows a won deal again: what it waited for is known here by now.
    fn look_again(
        &self,
        deal: &str,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Makes the account like an approval about its deal is. The text says what is left out.
    fn tell_approval(
        &self,
        _approval: &ApprovalId,
        _look: Look,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        async { Ok(Some("nothing: approvals are asked in Bitrix24 alone".to_owned())) }
    }

    /// Says to a person of the account why their answer does not count (`why`, the key of a text),
    /// once per `occasion`.
    fn answer_approval(
        &self,
        approval: &ApprovalId,
        (user, why, occasion): (i64, &str, &str),
        look: Look,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        let _ = (approval, user, why, occasion, look);
        async { Ok(None) }
    }

    /// Fetches what hangs on the deal of an approval. The text says what is named only.
    fn approval_files(
        &self,
        _approval: &ApprovalId,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        async { Ok(Some("nothing: approvals are asked in Bitrix24 alone".to_owned())) }
    }

    /// Reads the newest deals or leads, for the dry run of a rule. The text says what is left out.
    fn sample(
        &self,
        _entity: Entity,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        async { Ok(Some("nothing: approvals are asked in Bitrix24 alone".to_owned())) }
    }

    /// What the account calls the fields of ours.
    fn field_names(&self)
    -> impl Future<Output = Result<BTreeMap<String, String>, Failure>> + Send;
}
