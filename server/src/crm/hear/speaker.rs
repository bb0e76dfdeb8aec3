//! What an account of a CRM can be heard by. Each CRM knows its own wire and its own names.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::approvals::rules::Entity;
use domain::inbox::InboundEvent;
use domain::machines::Unsaid;
use domain::text::Phone;

use crate::crm::error::CallError;
use crate::crm::hear::hint::Hint;
use crate::crm::tell::Account;
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// A deal or lead of theirs, as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TheirDeal {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) title: String,
    /// Its stage, as the table of stages names it.
    pub(crate) stage: String,
    /// Its pipeline; empty where there is none.
    pub(crate) pipeline: String,
    /// Whether it has come to its good end: a deal is won, a lead is converted.
    pub(crate) won: bool,
    /// When it last changed, Unix seconds of theirs; 0 where nobody told.
    pub(crate) at: i64,
    /// Its main contact.
    pub(crate) contact: Option<String>,
    /// Its company.
    pub(crate) company: Option<String>,
    /// Our fields that are kept there, as far as we follow them.
    pub(crate) fields: Vec<SaidField>,
    /// The products in it, where they came along with it.
    pub(crate) products: Vec<Product>,
    /// Everything that it says in words, by their names, where approvals may rest on it.
    pub(crate) told: BTreeMap<String, String>,
}

/// A field of ours in a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SaidField {
    /// What we call it: one of [`crate::crm::hear::facets::FOLLOWED`].
    pub(crate) ours: &'static str,
    /// What they call it.
    pub(crate) theirs: String,
    /// What it says, as it came; `None` where it is empty.
    pub(crate) said: Option<String>,
}

/// A product in a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    /// Its id there, or what stands for one.
    pub(crate) id: String,
    /// The list that it is of, where a CRM has several.
    pub(crate) list: Option<String>,
    /// What it is called in the deal, where that is told.
    pub(crate) name: Option<String>,
    /// Pieces.
    pub(crate) quantity: usize,
}

/// A contact of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TheirPerson {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its phones that can be phones, the first one first.
    pub(crate) phones: Vec<Phone>,
    /// Its first e-mail.
    pub(crate) email: Option<String>,
    /// When it last changed, Unix seconds of theirs; 0 where nobody told.
    pub(crate) at: i64,
}

/// A company of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TheirFirm {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// When it last changed, Unix seconds of theirs; 0 where nobody told.
    pub(crate) at: i64,
}

/// What a poll found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// What is to be followed.
    pub(crate) hints: Vec<Hint>,
    /// The newest change that was looked at, Unix seconds of theirs.
    pub(crate) newest: Option<i64>,
}

/// One account of a CRM that is listened to. What is gone there is `None`, which is no error.
pub(crate) trait Speaker: Account {
    /// The hints in a webhook as it came.
    fn hints(
        &self,
        event: &InboundEvent,
    ) -> impl Future<Output = Result<Vec<Hint>, Trouble>> + Send;

    /// A deal.
    fn their_deal(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<TheirDeal>, CallError>> + Send;

    /// A lead, where the CRM keeps such apart from deals.
    fn their_lead(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<TheirDeal>, CallError>> + Send {
        let _ = id;
        async { Ok(None) }
    }

    /// The deal that a converted lead became.
    fn became(
        &self,
        lead: &str,
    ) -> impl Future<Output = Result<Option<TheirDeal>, CallError>> + Send {
        let _ = lead;
        async { Ok(None) }
    }

    /// Whether a deal in this stage is won, as far as the stage's name tells.
    fn wins(&self, stage: &str, pipeline: Option<i64>) -> bool;

    /// A contact.
    fn their_person(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<TheirPerson>, CallError>> + Send;

    /// A company.
    fn their_firm(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<TheirFirm>, CallError>> + Send;

    /// The day that a date field says.
    fn day(&self, said: &str) -> impl Future<Output = Result<Option<NaiveDate>, CallError>> + Send;

    /// The products of a deal, as they are now.
    fn products(
        &self,
        deal: &TheirDeal,
    ) -> impl Future<Output = Result<Vec<Product>, CallError>> + Send;

    /// What a product may be known by among our models, the surest first.
    fn words_of(
        &self,
        product: &Product,
    ) -> impl Future<Output = Result<Vec<String>, CallError>> + Send;

    /// Writes what a deal does not say yet of the machine that it sold. `false`: no field is
    /// configured for it.
    fn write_unsaid(
        &self,
        deal: &TheirDeal,
        unsaid: &Unsaid,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Asks for a decision about a deal or lead that was just read, where a rule wants one; asks anew
    /// or no more, where it was asked before. `None`: it was deleted.
    fn ask(
        &self,
        entity: Entity,
        id: &str,
        deal: Option<&TheirDeal>,
    ) -> impl Future<Output = Result<(), Trouble>> + Send {
        let _ = (entity, id, deal);
        async { Ok(()) }
    }

    /// Whether leads may need a decision, also such as are not ours.
    fn asks_about_leads(&self) -> impl Future<Output = Result<bool, Trouble>> + Send {
        async { Ok(false) }
    }

    /// Follows a task, where it is that of an approval.
    fn follow_task(&self, hint: &Hint) -> impl Future<Output = Result<(), Trouble>> + Send {
        let _ = hint;
        async { Ok(()) }
    }

    /// What changed at `since` (Unix seconds of theirs) or later.
    fn changes(&self, since: i64) -> impl Future<Output = anyhow::Result<Changes>> + Send;

    /// What is to be known of the account before anything of it is followed; at the first poll.
    fn introduce(&self) -> impl Future<Output = anyhow::Result<()>> + Send {
        async { Ok(()) }
    }
}

impl TheirDeal {
    /// What a field of ours says.
    pub(crate) fn said(&self, ours: &str) -> Option<&str> {
        self.field(ours)?.said.as_deref()
    }

    /// A field of ours, where one is configured.
    pub(crate) fn field(&self, ours: &str) -> Option<&SaidField> {
        self.fields.iter().find(|field| field.ours == ours)
    }
}
