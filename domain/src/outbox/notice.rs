//! What people are told in Telegram: a closed list.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalogue::CatalogueNews;
use crate::checkups::Defect;
use crate::ids::{
    ApprovalId, CompanyId, LeadId, MachineId, OccurrenceId, OrderId, RequestId, WordId, WorkOrderId,
};

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
    /// The order's card again, as a message of its own: the customer must answer a quote.
    OrderQuote {
        /// Which order.
        order: OrderId,
        /// Which revision.
        revision: i64,
    },
    /// To the manager who sent it: a quote was accepted.
    QuoteAccepted {
        /// Of which order.
        order: OrderId,
    },
    /// To the other side: somebody wrote about a line of an order.
    OrderWord {
        /// Which order.
        order: OrderId,
        /// Which message.
        word: String,
    },
    /// The managers' card of a request, with «Беру» and the standstill clock.
    StaffRequestCard {
        /// Which request.
        request: RequestId,
    },
    /// What was said of a request, to the other side.
    RequestNews {
        /// Which request.
        request: RequestId,
        /// What was said.
        news: RequestNews,
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
    /// The card of what a person is asked to decide.
    ApprovalCard {
        /// Which case.
        approval: ApprovalId,
    },
    /// To a customer: what was decided about their wish.
    ApprovalAnswer {
        /// Which case.
        approval: ApprovalId,
    },
    /// To a member: the director offers them the company.
    DirectorOffer {
        /// Which company.
        company: CompanyId,
    },
    /// To the director who offered it: the answer.
    DirectorAnswer {
        /// Which company.
        company: CompanyId,
        /// Whether the other directs it now.
        taken: bool,
    },
    /// Something about a case that an edited card would tell without a sound.
    ApprovalNews {
        /// Which case.
        approval: ApprovalId,
        /// What there is to say.
        news: ApprovalNews,
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

/// What is said of a request beside where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum RequestNews {
    /// A message of its thread.
    Word {
        /// Which one.
        word: WordId,
    },
    /// Times of a visit are offered.
    Windows {
        /// Which offer.
        offer: i64,
    },
    /// The customer chose one of them.
    Chosen {
        /// Of which offer.
        offer: i64,
    },
    /// The customer rated it.
    Rated {
        /// Whether only the word to it came now.
        worded: bool,
    },
}

impl RequestNews {
    /// What tells it from any other news of its request.
    pub fn occasion(&self) -> String {
        match self {
            RequestNews::Word { word } => format!("word:{word}"),
            RequestNews::Windows { offer } => format!("windows:{offer}"),
            RequestNews::Chosen { offer } => format!("chosen:{offer}"),
            RequestNews::Rated { worded: false } => "rated".to_owned(),
            RequestNews::Rated { worded: true } => "rated:word".to_owned(),
        }
    }
}

/// What people hear of a case beside its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalNews {
    /// To those who are asked: their answer is still awaited.
    Reminder,
    /// To those who are asked: it has changed, and earlier answers count no more.
    Reopened,
    /// To those above: nobody decided in time.
    Escalated,
    /// To who asked: it was decided.
    Decided,
    /// To who asked: nobody decided in time.
    Expired,
}

impl ApprovalNews {
    /// Those that have a sentence of their own; how it ended is said by its state.
    pub const TO_ASKED: [ApprovalNews; 4] = [
        ApprovalNews::Reminder,
        ApprovalNews::Reopened,
        ApprovalNews::Escalated,
        ApprovalNews::Expired,
    ];

    /// Its name in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            ApprovalNews::Reminder => "reminder",
            ApprovalNews::Reopened => "reopened",
            ApprovalNews::Escalated => "escalated",
            ApprovalNews::Decided => "decided",
            ApprovalNews::Expired => "expired",
        }
    }
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

impl Notice {
    /// Whether the reader must answer: then a card is sent anew and not edited in place.
    pub fn asks(&self) -> bool {
        matches!(self, Notice::OrderQuote { .. })
    }

    /// Whether it is a customer's card of a case, whose news must not be lost far up in the chat.
    pub fn is_followed(&self) -> bool {
        matches!(self, Notice::OrderCard { .. } | Notice::RequestCard { .. })
    }

    /// Whether it is a live card, edited in place.
    pub(super) fn is_card(&self) -> bool {
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
