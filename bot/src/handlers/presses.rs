//! A pressed inline button: read, judged like a stranger's wish, done, always answered.

use teloxide::types::{CallbackQuery, MessageId};

use crate::button::Button;
use crate::caller::Caller;
use crate::conversation::{self, own, report, service, word};
use crate::fault::Fault;
use crate::handlers::{
    Toast, approvals, desk, disputes, jobs, leads, machines, maintenance, orders, requests,
    settings,
};
use crate::schema::answer;

/// Does what the button says. A fault is answered at the root of the tree.
pub(crate) async fn press(caller: Caller, query: CallbackQuery) -> Result<(), Fault> {
    let data = query.data.as_deref().unwrap_or_default();
    let button: Button = data.parse().map_err(|_| Fault::StaleButton)?;
    let pressed = query.message.as_ref().map(|message| message.id());
    let toast = act(&caller, pressed, button).await?;
    answer(&caller, Some(query.id), toast.as_deref().unwrap_or_default()).await;
    Ok(())
}

async fn act(caller: &Caller, pressed: Option<MessageId>, button: Button) -> Result<Toast, Fault> {
    match button {
        Button::Park => machines::park(caller, None).await.map(|()| None),
        Button::Passport(id) => machines::passport(caller, &id).await,
        Button::Documents(id) => machines::documents(caller, &id).await,
        Button::Document(id) => machines::document(caller, &id).await,
        Button::Order(act, number) => orders::act(caller, pressed, act, &number).await,
        Button::AcceptQuote(number, revision) => {
            orders::accept(caller, pressed, &number, revision).await
        }
        Button::Request(act, number) => requests::act(caller, pressed, act, &number).await,
        Button::Word(id) => word::begin(caller, &id).await,
        Button::Window(id, offer, at) => requests::choose(caller, pressed, &id, (offer, at)).await,
        Button::Rate(number, stars) => requests::rate(caller, pressed, &number, stars).await,
        Button::Maintenance(act, id) => maintenance::act(caller, pressed, act, &id).await,
        Button::Language(lang) => settings::set_language(caller, pressed, lang).await,
        Button::Forget(yes) => settings::forget(caller, pressed, yes).await,
        Button::TakeOrder(id) => desk::take_order(caller, pressed, &id).await,
        Button::TakeRequest(id) => desk::take_request(caller, pressed, &id).await,
        Button::TakeLead(id) => leads::take(caller, pressed, &id).await,
        Button::StaffLead(id) => leads::show(caller, pressed, &id).await,
        Button::StaffOrder(id) => desk::order(caller, pressed, &id).await,
        Button::StaffRequest(id) => desk::request(caller, pressed, &id).await,
        Button::Engineers(id) => desk::engineers(caller, pressed, &id).await,
        Button::Assign(id, engineer) => desk::assign(caller, pressed, &id, engineer).await,
        Button::Job(act, id) => jobs::act(caller, pressed, act, &id).await,
        Button::Approval(decision, id) => disputes::decide(caller, pressed, decision, &id).await,
        Button::Decide(outcome, token) => approvals::decide(caller, pressed, outcome, &token).await,
        Button::Direct(outcome, id) => approvals::direct(caller, pressed, outcome, &id).await,
        Button::ShowApproval(id) => approvals::show(caller, pressed, &id).await,
        Button::NewInvite(id) => disputes::new_invite(caller, pressed, &id).await,
        Button::Service(machine) => service::begin(caller, machine, None).await.map(|()| None),
        in_conversation => talk(caller, pressed, in_conversation).await,
    }
}

/// Buttons that are steps of a conversation.
async fn talk(caller: &Caller, pressed: Option<MessageId>, button: Button) -> Result<Toast, Fault> {
    match button {
        Button::ServiceMachine(tag, machine) => {
            service::choose_machine(caller, pressed, &tag, machine).await
        }
        Button::ServiceKind(tag, kind) => service::choose_kind(caller, pressed, &tag, kind).await,
        Button::ServiceDown(tag, down) => service::say_down(caller, pressed, &tag, down).await,
        Button::FilesDone(tag) => conversation::files_done(caller, pressed, &tag).await,
        Button::Send(tag) => conversation::send(caller, pressed, &tag).await,
        Button::Quit(tag) => conversation::quit(caller, pressed, &tag).await,
        Button::SkipHours(tag) => own::skip_hours(caller, pressed, &tag).await,
        Button::ReportHours(tag) => report::ask_hours(caller, pressed, &tag).await,
        Button::ReportDate(tag) => report::ask_date(caller, pressed, &tag).await,
        _ => Err(Fault::StaleButton),
    }
}
