//! Everything that may happen later: a closed list. How each is done is the server's business.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::approvals::rules::Entity;
use crate::ids::{
    ApprovalId, LeadId, MachineId, OccurrenceId, OrderId, QuoteId, RequestId, StaffId, TouchId,
    WorkOrderId,
};
use crate::machines::Gap;
use crate::outbox::{Notice, RequestNews};
use crate::{leads, orders, requests};

/// Everything that may happen later: a closed list. How each is done is the server's business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// Tell a person in Telegram.
    Notice {
        /// The person's Telegram id, which is the id of their private chat.
        to: i64,
        /// What to tell.
        notice: Notice,
    },
    /// Mail the copy of an order to the orders address.
    MailOrder {
        /// Which order.
        order: OrderId,
    },
    /// Mail the copy of a service request to the orders address.
    MailRequest {
        /// Which request.
        request: RequestId,
    },
    /// Mail the orders address that Telegram is stopped: nobody can be told there.
    MailStopped {
        /// The connection's name.
        connection: String,
        /// Why, in the other side's words, masked.
        reason: String,
    },
    /// Mail a one-time link to somebody who is asked to decide and whom Telegram does not reach.
    MailApproval {
        /// Which case.
        approval: ApprovalId,
        /// Who is asked.
        staff: StaffId,
    },
    /// Make the order's deal in a CRM: contact, deal, note of positions.
    CrmOrder {
        /// Which order.
        order: OrderId,
    },
    /// Make the request's deal in a CRM, with its files.
    CrmRequest {
        /// Which request.
        request: RequestId,
    },
    /// Mail the copy of one form of a site lead to the orders address.
    MailLead {
        /// Which lead.
        lead: LeadId,
        /// Which of its forms.
        touch: TouchId,
    },
    /// Make the site lead in a CRM: person, first and last touch, what they wrote, files.
    CrmLead {
        /// Which lead.
        lead: LeadId,
    },
    /// Tell the CRM that the person of a lead wrote again: note, files, last touch.
    CrmLeadTouch {
        /// Which lead.
        lead: LeadId,
        /// The form that they sent now.
        touch: TouchId,
    },
    /// Move the lead in the CRM to the stage of a state.
    CrmLeadState {
        /// Which lead.
        lead: LeadId,
        /// The state it reached.
        state: leads::State,
    },
    /// Tell the dealer's site where a lead stands.
    SiteLead {
        /// Which lead.
        lead: LeadId,
        /// The state it reached.
        state: leads::State,
        /// When.
        at: DateTime<Utc>,
    },
    /// Move the order's deal to the stage of a state.
    CrmOrderState {
        /// Which order.
        order: OrderId,
        /// The state it reached.
        state: orders::State,
    },
    /// Tell the order's deal of a quote: its sum, and a note.
    CrmQuote {
        /// Which revision.
        quote: QuoteId,
        /// Whether the customer has accepted it; else it was sent to them.
        accepted: bool,
    },
    /// Move the request's deal to the stage of a state.
    CrmRequestState {
        /// Which request.
        request: RequestId,
        /// The state it reached.
        state: requests::State,
    },
    /// Tell the request's deal what was said of it: a note, and files.
    CrmRequestNews {
        /// Which request.
        request: RequestId,
        /// What was said.
        news: RequestNews,
    },
    /// Tell the CRM what the engineer did: note, next maintenance date in its field, photos.
    CrmVisit {
        /// The work order that was done.
        work_order: WorkOrderId,
    },
    /// A task for the manager: offer maintenance and its parts («Допродажа»).
    CrmMaintenance {
        /// The maintenance that is due.
        occurrence: OccurrenceId,
        /// The step of the reminders, where each is told to this connection by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<i64>,
    },
    /// Tell the CRM that the customer's own people did a maintenance: next date in the machine's
    /// deal, note, photos; the task about it is closed.
    CrmMaintenanceDone {
        /// The maintenance that they did.
        occurrence: OccurrenceId,
    },
    /// Tell the deal by which a machine was sold what was changed here: serial, next date.
    CrmMachine {
        /// Which machine.
        machine: MachineId,
        /// The deal's id there.
        deal: String,
    },
    /// Tell a won deal what is to be filled in before its machines get their passports.
    CrmSaleNote {
        /// The deal's id there.
        deal: String,
        /// What it lacks.
        gaps: Vec<Gap>,
    },
    /// Make the portal like an approval about its deal is: task, notifications, and, once it is
    /// decided, stage, fields and comment.
    CrmApproval {
        /// Which approval.
        approval: ApprovalId,
    },
    /// Tell a person of a CRM, in the task of an approval, why their answer does not count.
    CrmApprovalAnswer {
        /// Which approval.
        approval: ApprovalId,
        /// Their id in the CRM.
        user: i64,
        /// The key of the text that says why.
        why: String,
        /// Which answer of theirs.
        occasion: String,
    },
    /// Fetch what hangs on the deal of an approval, for its card.
    CrmApprovalFiles {
        /// Which approval.
        approval: ApprovalId,
    },
    /// Read the newest deals or leads of an account, for the dry run of a rule.
    CrmSample {
        /// Which of the two.
        entity: Entity,
    },
    /// Look at a won deal again: what it waited for is known by now.
    CrmSaleLook {
        /// The deal's id there.
        deal: String,
    },
    /// Look at the account of a CRM: what it has, and whether it fits what we are told of it.
    CrmAccount,
}

/// What a message says, for whether a newer one takes its place while both wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// Something that happened: each is said.
    Event,
    /// The state of its entity: the newest is enough.
    State,
    /// A card as it looks when it is sent: one of those alike is enough.
    Card,
}

impl Message {
    pub(super) fn carries(&self) -> Carries {
        match self {
            Message::CrmOrderState { .. }
            | Message::CrmRequestState { .. }
            | Message::CrmLeadState { .. }
            | Message::SiteLead { .. } => Carries::State,
            // What it says, or follows, is read when it goes.
            Message::CrmMachine { .. }
            | Message::CrmSaleLook { .. }
            | Message::CrmSample { .. }
            | Message::CrmApprovalFiles { .. }
            | Message::CrmAccount
            | Message::CrmApproval { .. } => Carries::Card,
            Message::Notice { notice, .. } if notice.is_card() => Carries::Card,
            _ => Carries::Event,
        }
    }
}
