//! Everything that may happen later: a closed list. How each is done is the server's business.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalogue::CatalogueNews;
use crate::checkups::Defect;
use crate::ids::{
    ApprovalId, LeadId, MachineId, OccurrenceId, OrderId, RequestId, TouchId, WorkOrderId,
};
use crate::machines::Gap;
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
    /// Move the request's deal to the stage of a state.
    CrmRequestState {
        /// Which request.
        request: RequestId,
        /// The state it reached.
        state: requests::State,
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
    /// Look at a won deal again: what it waited for is known by now.
    CrmSaleLook {
        /// The deal's id there.
        deal: String,
    },
}

/// What a person is told in Telegram. Cards are one message per case and chat, edited in place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// «Ваше оборудование зарегистрировано!»
    MachineRegistered {
        /// The new passport.
        machine: MachineId,
    },
    /// The customer's live card of an order.
    OrderCard {
        /// Which order.
        order: OrderId,
    },
    /// The customer's live card of a request.
    RequestCard {
        /// Which request.
        request: RequestId,
    },
    /// The managers' card of a new order, with «Беру».
    StaffOrderCard {
        /// Which order.
        order: OrderId,
    },
    /// The managers' card of a request, with «Беру» and the standstill clock.
    StaffRequestCard {
        /// Which request.
        request: RequestId,
    },
    /// The managers' card of a site lead, with «Беру».
    StaffLeadCard {
        /// Which lead.
        lead: LeadId,
    },
    /// The engineer's card of a job.
    JobCard {
        /// Which job.
        work_order: WorkOrderId,
    },
    /// A machine's maintenance draws near or is overdue.
    MaintenanceDue {
        /// Which maintenance.
        occurrence: OccurrenceId,
        /// Days before the date; negative when it has passed.
        days: i64,
    },
    /// To managers: a customer's own people did a maintenance.
    MaintenanceDone {
        /// Which maintenance.
        occurrence: OccurrenceId,
    },
    /// To managers: a passport waits for a person whom the bot has not met.
    InviteReady {
        /// The passport that waits.
        machine: MachineId,
        /// The one-time token of the link.
        token: String,
    },
    /// The managers' card of what must be decided about a won deal.
    ApprovalCard {
        /// Which case.
        approval: ApprovalId,
    },
    /// The managers' card of what a won deal lacks, or lacked.
    SaleGaps {
        /// Which connection the deal is in.
        connection: String,
        /// Its id there.
        deal: String,
    },
    /// To administrators: something about a connection's webhooks.
    Webhooks {
        /// Its name.
        connection: String,
        /// What there is to say.
        news: WebhookNews,
    },
    /// To administrators: what the configuration names and the account lacks; nothing, when it has
    /// everything again.
    Mapping {
        /// The connection's name.
        connection: String,
        /// What does not fit.
        defects: Vec<Defect>,
    },
    /// To administrators: the goods of a connection are not taken any more, or are again.
    Catalogue {
        /// The connection's name.
        connection: String,
        /// What there is to say.
        news: CatalogueNews,
    },
    /// To administrators: a connection that was stopped answers again.
    ConnectionWorks {
        /// Its name.
        connection: String,
    },
    /// To administrators: a token that only they can renew ends soon.
    AccessEnds {
        /// Its connection.
        connection: String,
        /// The dealer's date of its end.
        on: NaiveDate,
    },
    /// To administrators: a connection stopped.
    ConnectionPaused {
        /// Its name.
        connection: String,
        /// Why, in the CRM's words, masked.
        reason: String,
    },
}

/// What administrators hear about the webhooks of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum WebhookNews {
    /// None came for two working hours though deals changed.
    Silent {
        /// When the last one came; `None` where none ever did.
        since: Option<DateTime<Utc>>,
    },
    /// They come again after a silence.
    Heard,
    /// The CRM had switched them off; they are on again.
    Renewed,
    /// The CRM has switched them off and refuses to switch them on.
    Disabled,
    /// Somebody removed them from the account.
    Removed,
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
            Message::CrmMachine { .. } | Message::CrmSaleLook { .. } => Carries::Card,
            Message::Notice { notice, .. } if notice.is_card() => Carries::Card,
            _ => Carries::Event,
        }
    }
}

impl Notice {
    /// Whether it is a live card, edited in place.
    fn is_card(&self) -> bool {
        matches!(
            self,
            Notice::OrderCard { .. }
                | Notice::RequestCard { .. }
                | Notice::StaffOrderCard { .. }
                | Notice::StaffRequestCard { .. }
                | Notice::StaffLeadCard { .. }
                | Notice::JobCard { .. }
                | Notice::ApprovalCard { .. }
                | Notice::SaleGaps { .. }
        )
    }
}
