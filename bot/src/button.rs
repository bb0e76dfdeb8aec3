//! What an inline button says when it is pressed: the callback data, typed.
//!
//! Telegram hands back whatever a client sends, so what is read here is a wish of a stranger; who
//! may do it is asked of the domain. Only ids and choices stand in it, never a price or a role.

mod acts;
mod names;

use std::fmt;
use std::str::FromStr;

use domain::approvals::Outcome;
use domain::approvals::disputes::Decision;
use domain::ids::{
    ApprovalId, FileId, LeadId, MachineId, OccurrenceId, OrderId, RequestId, WorkOrderId,
};
use domain::requests::Kind;
use domain::texts::Lang;

pub(crate) use acts::{JobAct, MaintenanceAct, OrderAct, RequestAct};
pub(crate) use names::{Number, Tag, Token};

/// A pressed button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Button {
    /// Show the park.
    Park,
    /// Show a machine's passport.
    Passport(MachineId),
    /// List a machine's documents.
    Documents(MachineId),
    /// Send a document.
    Document(FileId),
    /// Begin a service request, for a machine or for none yet chosen.
    Service(Option<MachineId>),
    /// In a service conversation: this machine, or none.
    ServiceMachine(Tag, Option<MachineId>),
    /// In a service conversation: this kind.
    ServiceKind(Tag, Kind),
    /// In a service conversation: the machine stands still, or not.
    ServiceDown(Tag, bool),
    /// In a conversation: no more files.
    FilesDone(Tag),
    /// In a conversation: send what was collected.
    Send(Tag),
    /// In a conversation: leave it.
    Quit(Tag),
    /// In a conversation about a maintenance: I do not know the running hours.
    SkipHours(Tag),
    /// In a report: I want to tell the running hours.
    ReportHours(Tag),
    /// In a report: I want to tell the next maintenance date.
    ReportDate(Tag),
    /// Speak this language.
    Language(Lang),
    /// Erase me, or do not.
    Forget(bool),
    /// A customer's act on their order.
    Order(OrderAct, Number),
    /// A customer accepts this revision of the quote about their order.
    AcceptQuote(Number, i64),
    /// A customer's act on their request.
    Request(RequestAct, Number),
    /// Write about a request.
    Word(RequestId),
    /// A customer chooses a time of an offer of a visit, counted from 0.
    Window(RequestId, i64, u8),
    /// A customer rates a request: 1 to 5.
    Rate(Number, u8),
    /// A manager takes an order.
    TakeOrder(OrderId),
    /// A manager takes a request.
    TakeRequest(RequestId),
    /// A manager takes a site lead.
    TakeLead(LeadId),
    /// A manager wants a site lead's card.
    StaffLead(LeadId),
    /// A manager wants the list of engineers for a request.
    Engineers(RequestId),
    /// A manager goes back to a request's card.
    StaffRequest(RequestId),
    /// A manager wants an order's card.
    StaffOrder(OrderId),
    /// A manager gives a request to the engineer with this Telegram id.
    Assign(RequestId, i64),
    /// An engineer's act on their job.
    Job(JobAct, WorkOrderId),
    /// A customer's answer to the reminder of a due maintenance.
    Maintenance(MaintenanceAct, OccurrenceId),
    /// A manager's decision about a won deal.
    Approval(Decision, ApprovalId),
    /// An answer to a case, by the token of the person's card.
    Decide(Outcome, Token),
    /// A director's answer to a case of their company.
    Direct(Outcome, ApprovalId),
    /// Whoever is asked wants to see the card of a case.
    ShowApproval(ApprovalId),
    /// A manager wants a new link to a passport that waits for its owner.
    NewInvite(MachineId),
}

impl fmt::Display for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = |id: &Option<MachineId>| {
            id.as_ref().map_or_else(|| "-".to_owned(), |id| id.as_str().to_owned())
        };
        f.write_str("v1:")?;
        match self {
            Button::Park => write!(f, "pa"),
            Button::Passport(id) => write!(f, "pk:{id}"),
            Button::Documents(id) => write!(f, "dc:{id}"),
            Button::Document(id) => write!(f, "df:{id}"),
            Button::Service(id) => write!(f, "sv:{}", machine(id)),
            Button::ServiceMachine(tag, id) => write!(f, "sm:{}:{}", tag.0, machine(id)),
            Button::ServiceKind(tag, kind) => write!(f, "sk:{}:{}", tag.0, kind_code(*kind)),
            Button::ServiceDown(tag, down) => write!(f, "sd:{}:{}", tag.0, flag(*down)),
            Button::FilesDone(tag) => write!(f, "fd:{}", tag.0),
            Button::Send(tag) => write!(f, "ok:{}", tag.0),
            Button::Quit(tag) => write!(f, "no:{}", tag.0),
            Button::SkipHours(tag) => write!(f, "sh:{}", tag.0),
            Button::ReportHours(tag) => write!(f, "rh:{}", tag.0),
            Button::ReportDate(tag) => write!(f, "rd:{}", tag.0),
            Button::Language(lang) => write!(f, "lg:{}", lang.code()),
            Button::Forget(yes) => write!(f, "fg:{}", flag(*yes)),
            Button::Order(act, number) => write!(f, "or:{}:{}", act.code(), number.0),
            Button::AcceptQuote(number, revision) => write!(f, "qa:{}:{revision}", number.0),
            Button::Request(act, number) => write!(f, "rq:{}:{}", act.code(), number.0),
            Button::Word(id) => write!(f, "wd:{id}"),
            Button::Window(id, offer, at) => write!(f, "wn:{id}:{offer}.{at}"),
            Button::Rate(number, stars) => write!(f, "rt:{stars}:{}", number.0),
            Button::TakeOrder(id) => write!(f, "to:{id}"),
            Button::TakeRequest(id) => write!(f, "tr:{id}"),
            Button::TakeLead(id) => write!(f, "tl:{id}"),
            Button::StaffLead(id) => write!(f, "sl:{id}"),
            Button::Engineers(id) => write!(f, "en:{id}"),
            Button::StaffRequest(id) => write!(f, "sr:{id}"),
            Button::StaffOrder(id) => write!(f, "so:{id}"),
            Button::Assign(id, engineer) => write!(f, "as:{id}:{engineer}"),
            Button::Job(act, id) => write!(f, "jb:{}:{id}", act.code()),
            Button::Maintenance(act, id) => write!(f, "mt:{}:{id}", act.code()),
            Button::Approval(decision, id) => write!(f, "ap:{}:{id}", decision.as_str()),
            Button::Decide(outcome, token) => {
                write!(f, "ad:{}:{}", outcome_code(*outcome), token.0)
            }
            Button::Direct(outcome, id) => write!(f, "dd:{}:{id}", outcome_code(*outcome)),
            Button::ShowApproval(id) => write!(f, "aw:{id}"),
            Button::NewInvite(id) => write!(f, "iv:{id}"),
        }
    }
}

/// The data is nothing that this bot has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAButton;

impl FromStr for Button {
    type Err = NotAButton;

    fn from_str(data: &str) -> Result<Button, NotAButton> {
        // One spelling each: what would be written differently was not written by us.
        read(data).filter(|button| button.to_string() == data).ok_or(NotAButton)
    }
}

fn read(data: &str) -> Option<Button> {
    let (code, rest) = match data.strip_prefix("v1:")?.split_once(':') {
        Some((code, rest)) => (code, rest),
        None => (data.strip_prefix("v1:")?, ""),
    };
    let (first, second) = rest.split_once(':').unwrap_or((rest, ""));
    match code {
        "pa" => Some(Button::Park),
        "pk" => Some(Button::Passport(id(rest)?.into())),
        "dc" => Some(Button::Documents(id(rest)?.into())),
        "df" => Some(Button::Document(id(rest)?.into())),
        "sv" => Some(Button::Service(machine(rest)?)),
        "sm" => Some(Button::ServiceMachine(tag(first)?, machine(second)?)),
        "sk" => Some(Button::ServiceKind(tag(first)?, kind(second)?)),
        "sd" => Some(Button::ServiceDown(tag(first)?, yes(second)?)),
        "fd" => Some(Button::FilesDone(tag(rest)?)),
        "ok" => Some(Button::Send(tag(rest)?)),
        "no" => Some(Button::Quit(tag(rest)?)),
        "sh" => Some(Button::SkipHours(tag(rest)?)),
        "rh" => Some(Button::ReportHours(tag(rest)?)),
        "rd" => Some(Button::ReportDate(tag(rest)?)),
        "lg" => Some(Button::Language(language(rest)?)),
        "fg" => Some(Button::Forget(yes(rest)?)),
        "or" => Some(Button::Order(OrderAct::from_code(first)?, number(second)?)),
        "qa" => Some(Button::AcceptQuote(number(first)?, second.parse().ok()?)),
        "rq" => Some(Button::Request(RequestAct::from_code(first)?, number(second)?)),
        "wd" => Some(Button::Word(id(rest)?.into())),
        "wn" => {
            let (offer, at) = second.split_once('.')?;
            Some(Button::Window(id(first)?.into(), offer.parse().ok()?, at.parse().ok()?))
        }
        "rt" => Some(Button::Rate(number(second)?, first.parse().ok()?)),
        "to" => Some(Button::TakeOrder(id(rest)?.into())),
        "tr" => Some(Button::TakeRequest(id(rest)?.into())),
        "tl" => Some(Button::TakeLead(id(rest)?.into())),
        "sl" => Some(Button::StaffLead(id(rest)?.into())),
        "en" => Some(Button::Engineers(id(rest)?.into())),
        "sr" => Some(Button::StaffRequest(id(rest)?.into())),
        "so" => Some(Button::StaffOrder(id(rest)?.into())),
        "as" => Some(Button::Assign(id(first)?.into(), second.parse().ok()?)),
        "jb" => Some(Button::Job(JobAct::from_code(first)?, id(second)?.into())),
        "mt" => Some(Button::Maintenance(MaintenanceAct::from_code(first)?, id(second)?.into())),
        "ap" => Some(Button::Approval(Decision::parse(first)?, id(second)?.into())),
        "ad" => Some(Button::Decide(outcome(first)?, token(second)?)),
        "dd" => Some(Button::Direct(outcome(first)?, id(second)?.into())),
        "aw" => Some(Button::ShowApproval(id(rest)?.into())),
        "iv" => Some(Button::NewInvite(id(rest)?.into())),
        _ => None,
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn id(text: &str) -> Option<&str> {
    is_hex(text, 32).then_some(text)
}

fn tag(text: &str) -> Option<Tag> {
    is_hex(text, 8).then(|| Tag(text.to_owned()))
}

fn token(text: &str) -> Option<Token> {
    is_hex(text, 20).then(|| Token(text.to_owned()))
}

fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approve => "a",
        Outcome::Reject => "r",
        Outcome::Changes => "c",
    }
}

fn outcome(text: &str) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|outcome| outcome_code(*outcome) == text)
}

fn machine(text: &str) -> Option<Option<MachineId>> {
    if text == "-" { Some(None) } else { Some(Some(id(text)?.into())) }
}

fn number(text: &str) -> Option<Number> {
    let fits = (1..=24).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| Number(text.to_owned()))
}

fn flag(yes: bool) -> &'static str {
    if yes { "1" } else { "0" }
}

fn yes(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn language(text: &str) -> Option<Lang> {
    [Lang::Ru, Lang::En].into_iter().find(|lang| lang.code() == text)
}

fn kind_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Breakdown => "b",
        Kind::Maintenance => "m",
        Kind::Commissioning => "c",
        Kind::Consultation => "q",
        Kind::Warranty => "w",
    }
}

fn kind(text: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_code(*kind) == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn any_id() -> impl Strategy<Value = String> {
        "[0-9a-f]{32}"
    }

    fn any_tag() -> impl Strategy<Value = Tag> {
        "[0-9a-f]{8}".prop_map(Tag)
    }

    fn any_machine() -> impl Strategy<Value = Option<MachineId>> {
        proptest::option::of(any_id().prop_map(MachineId::from))
    }

    fn any_number() -> impl Strategy<Value = Number> {
        "(ORD|SRV)-20[0-9]{2}-[0-9]{6,9}".prop_map(Number)
    }

    fn of_conversations() -> impl Strategy<Value = Button> {
        prop_oneof![
            any_machine().prop_map(Button::Service),
            (any_tag(), any_machine()).prop_map(|(t, m)| Button::ServiceMachine(t, m)),
            (any_tag(), select(Kind::ALL.to_vec())).prop_map(|(t, k)| Button::ServiceKind(t, k)),
            (any_tag(), any::<bool>()).prop_map(|(t, down)| Button::ServiceDown(t, down)),
            any_tag().prop_map(Button::FilesDone),
            any_tag().prop_map(Button::Send),
            any_tag().prop_map(Button::Quit),
            any_tag().prop_map(Button::SkipHours),
            any_tag().prop_map(Button::ReportHours),
            any_tag().prop_map(Button::ReportDate),
        ]
    }

    fn of_cards() -> impl Strategy<Value = Button> {
        prop_oneof![
            Just(Button::Park),
            any_id().prop_map(|id| Button::Passport(id.into())),
            any_id().prop_map(|id| Button::Documents(id.into())),
            any_id().prop_map(|id| Button::Document(id.into())),
            select(vec![Lang::Ru, Lang::En]).prop_map(Button::Language),
            any::<bool>().prop_map(Button::Forget),
            (select(OrderAct::ALL.to_vec()), any_number()).prop_map(|(a, n)| Button::Order(a, n)),
            (select(RequestAct::ALL.to_vec()), any_number())
                .prop_map(|(a, n)| Button::Request(a, n)),
            any_id().prop_map(|id| Button::Word(id.into())),
            (any_id(), 0_i64..1_000_000, any::<u8>()).prop_map(|(id, offer, at)| Button::Window(
                id.into(),
                offer,
                at
            )),
            (any_number(), any::<u8>()).prop_map(|(n, stars)| Button::Rate(n, stars)),
            any_id().prop_map(|id| Button::TakeOrder(id.into())),
            any_id().prop_map(|id| Button::TakeRequest(id.into())),
            any_id().prop_map(|id| Button::TakeLead(id.into())),
            any_id().prop_map(|id| Button::StaffLead(id.into())),
            any_id().prop_map(|id| Button::Engineers(id.into())),
            any_id().prop_map(|id| Button::StaffRequest(id.into())),
            any_id().prop_map(|id| Button::StaffOrder(id.into())),
            (any_id(), any::<i64>()).prop_map(|(id, who)| Button::Assign(id.into(), who)),
            (select(JobAct::ALL.to_vec()), any_id())
                .prop_map(|(act, id)| Button::Job(act, id.into())),
            (select(MaintenanceAct::ALL.to_vec()), any_id())
                .prop_map(|(act, id)| Button::Maintenance(act, id.into())),
            (select(Outcome::ALL.to_vec()), "[0-9a-f]{20}")
                .prop_map(|(outcome, token)| Button::Decide(outcome, Token(token))),
            any_id().prop_map(|id| Button::ShowApproval(id.into())),
            any_id().prop_map(|id| Button::Direct(Outcome::Approve, id.into())),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_fits(button in prop_oneof![of_conversations(), of_cards()]) {
            let data = button.to_string();
            prop_assert!(data.len() <= 64, "{data}");
            prop_assert_eq!(data.parse(), Ok(button));
        }

        #[test]
        fn anything_is_judged_and_has_one_spelling(data in "(v1:)?[a-z]{2}(:[0-9a-f+-]{0,33}){0,3}|\\PC{0,70}") {
            if let Ok(button) = data.parse::<Button>() {
                prop_assert_eq!(button.to_string(), data);
            }
        }
    }

    #[test]
    fn forged_data_is_no_button() {
        for data in ["", "v1", "v1:", "v0:pa", "v1:pa:", "v1:tr:1", "v1:tr:' or 1=1", "v1:lg:fr"] {
            assert_eq!(data.parse::<Button>(), Err(NotAButton), "{data}");
        }
    }
}
