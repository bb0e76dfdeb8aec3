//! A customer's answers to the reminder of a due maintenance. Each takes the place of the reminder,
//! so that its buttons cannot be pressed for something else afterwards.

use domain::Error;
use domain::ids::OccurrenceId;
use domain::maintenance::{self, Later, Reminder};
use teloxide::types::MessageId;

use crate::button::MaintenanceAct;
use crate::caller::Caller;
use crate::conversation::own;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screen::{self, Screen};
use crate::screens::maintenance as screens;

/// Does what a button of a reminder says. Where somebody was first, the reminder shows that.
pub(crate) async fn act(
    caller: &Caller,
    pressed: Option<MessageId>,
    act: MaintenanceAct,
    id: &OccurrenceId,
) -> Result<Toast, Fault> {
    let done = match act {
        MaintenanceAct::Show => show(caller, pressed, id).await.map(|()| None),
        MaintenanceAct::Book => book(caller, pressed, id).await,
        MaintenanceAct::Kit => order_kit(caller, pressed, id).await,
        MaintenanceAct::Own => did_it(caller, pressed, id).await,
        MaintenanceAct::AskLater => ask_later(caller, pressed, id).await,
        MaintenanceAct::ThreeDays => rest(caller, pressed, id, Later::ThreeDays).await,
        MaintenanceAct::Week => rest(caller, pressed, id, Later::Week).await,
        MaintenanceAct::Month => rest(caller, pressed, id, Later::Month).await,
    };
    match done {
        Err(Fault::Domain(Error::Conflict(why))) => overtaken(caller, pressed, id, why).await,
        done => done,
    }
}

/// The maintenance is as it was found, not as the pressed button thought: shows it, and says why.
pub(crate) async fn overtaken(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OccurrenceId,
    why: &str,
) -> Result<Toast, Fault> {
    show(caller, pressed, id).await?;
    Ok(Some(caller.voice.get(&format!("bot-conflict-{why}")).to_owned()))
}

/// Takes the answers off a reminder that is answered elsewhere. One that is gone needs nothing.
pub(crate) async fn retire(
    caller: &Caller,
    card: Option<MessageId>,
    id: &OccurrenceId,
) -> Result<(), Fault> {
    let Some(card) = card else { return Ok(()) };
    let screen = screens::card(&caller.voice, &find(caller, id).await?);
    screen::edit(&caller.deps().bot, caller.chat, card, &screen).await?;
    Ok(())
}

async fn show(caller: &Caller, pressed: Option<MessageId>, id: &OccurrenceId) -> Result<(), Fault> {
    let reminder = find(caller, id).await?;
    put(caller, pressed, &screens::card(&caller.voice, &reminder)).await
}

/// Books a visit: once per maintenance and person, however often pressed, and again when it was
/// called off.
async fn book(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OccurrenceId,
) -> Result<Toast, Fault> {
    let (deps, voice) = (caller.deps(), &caller.voice);
    let customer = &caller.customer()?.id;
    let mut tx = deps.begin().await?;
    let reminder = maintenance::reminder(&mut tx, customer, id).await?;
    let date = voice.day(reminder.occurrence.due_on);
    let text = voice.say("bot-book-text", &[("date", date.into())]);
    let (request, new) =
        maintenance::book(&mut tx, &deps.dealer, customer, &reminder, text).await?;
    commit(tx).await?;
    put(caller, pressed, &screens::booked(voice, &reminder, &request.number)).await?;
    let key = if new { "bot-booked" } else { "bot-booked-before" };
    Ok(Some(voice.say(key, &[("number", request.number.into())])))
}

async fn order_kit(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OccurrenceId,
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), &caller.customer()?.id);
    let mut tx = deps.begin().await?;
    let kit = maintenance::order_kit(&mut tx, &deps.dealer, customer, id).await?;
    commit(tx).await?;
    let reminder = find(caller, id).await?;
    put(caller, pressed, &screens::in_cart(&caller.voice, &reminder, &kit)).await?;
    Ok(None)
}

/// «Сделали сами»: what they did is asked in a conversation.
async fn did_it(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OccurrenceId,
) -> Result<Toast, Fault> {
    let reminder = find(caller, id).await?.waiting()?;
    let machine = &reminder.machine;
    let name = caller.voice.machine(&machine.model_name, &machine.serial);
    own::begin(caller, id, name, pressed).await?;
    Ok(None)
}

async fn ask_later(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OccurrenceId,
) -> Result<Toast, Fault> {
    let reminder = find(caller, id).await?.waiting()?;
    put(caller, pressed, &screens::ask_later(&caller.voice, &reminder)).await?;
    Ok(None)
}

async fn rest(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OccurrenceId,
    later: Later,
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), &caller.customer()?.id);
    let mut tx = deps.begin().await?;
    let until = maintenance::later(&mut tx, &deps.dealer, customer, id, later).await?;
    commit(tx).await?;
    let reminder = find(caller, id).await?;
    put(caller, pressed, &screens::rests(&caller.voice, &reminder, until)).await?;
    Ok(None)
}

async fn find(caller: &Caller, id: &OccurrenceId) -> Result<Reminder, Fault> {
    let customer = &caller.customer()?.id;
    Ok(maintenance::reminder(&mut caller.deps().read().await?, customer, id).await?)
}

async fn put(caller: &Caller, pressed: Option<MessageId>, screen: &Screen) -> Result<(), Fault> {
    caller.show(pressed, screen).await?;
    Ok(())
}
