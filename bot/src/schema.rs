//! The tree that every update goes through, and what becomes of faults at its root.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use domain::Error;
use teloxide::dispatching::{UpdateFilterExt, UpdateHandler};
use teloxide::dptree;
use teloxide::payloads::AnswerCallbackQuerySetters;
use teloxide::requests::Requester;
use teloxide::types::{CallbackQuery, CallbackQueryId, Chat, Message, Update, UpdateKind};
use teloxide::utils::command::BotCommands;

use crate::caller::Caller;
use crate::deps::{BotDeps, commit};
use crate::fault::{Fault, HandleError, SendError};
use crate::handlers::commands::{self, Command};
use crate::handlers::{presses, reach, start};
use crate::screen::Screen;
use crate::{conversation, html};

/// Deals with one update. What went wrong for the person is told to the person; what may pass
/// later, or is the operator's concern, is the answer.
pub async fn handle_update(deps: &BotDeps, update: &Update) -> Result<(), HandleError> {
    static SCHEMA: LazyLock<UpdateHandler<Fault>> = LazyLock::new(schema);
    let Some((chat, from)) = private_sender(update) else { return Ok(()) };
    let caller = match Caller::find(deps, chat.id, from).await {
        Ok(caller) => caller,
        Err(fault) => return Err(not_ours(fault)),
    };
    let handled = SCHEMA.dispatch(dptree::deps![update.clone(), caller.clone()]).await;
    let ControlFlow::Break(Err(fault)) = handled else { return Ok(()) };
    match explain(&caller, update, fault).await {
        Ok(()) => Ok(()),
        Err(fault) if is_unreachable(&fault) => mark_unreachable(&caller).await.map_err(not_ours),
        Err(fault) => {
            let error = not_ours(fault);
            if matches!(error, HandleError::Failed(_)) {
                // Nobody comes back to it: better a poor answer than silence.
                answer(&caller, press_of(update), "").await;
                caller.tell("bot-failed").await.ok();
            }
            Err(error)
        }
    }
}

/// Which update goes where. The handlers need the [`Update`] and, in crate, the caller.
pub fn schema() -> UpdateHandler<Fault> {
    dptree::entry()
        .branch(Update::filter_my_chat_member().endpoint(reach::changed))
        .branch(Update::filter_callback_query().endpoint(presses::press))
        .branch(
            Update::filter_message()
                .branch(
                    dptree::filter(|message: Message| message.contact().is_some())
                        .endpoint(start::contact),
                )
                .branch(dptree::filter_map(command).endpoint(commands::run))
                .branch(
                    dptree::filter(|message: Message| is_command(&message))
                        .endpoint(commands::unknown),
                )
                .endpoint(conversation::message),
        )
}

/// A private chat and the person in it; the bot is for nobody else.
fn private_sender(update: &Update) -> Option<(&Chat, &teloxide::types::User)> {
    let chat = match &update.kind {
        UpdateKind::Message(message) => &message.chat,
        UpdateKind::MyChatMember(change) => &change.chat,
        UpdateKind::CallbackQuery(CallbackQuery { message: Some(message), .. }) => message.chat(),
        _ => return None,
    };
    let from = update.from()?;
    let own = i64::try_from(from.id.0).is_ok_and(|id| id == chat.id.0);
    (chat.is_private() && own && !from.is_bot).then_some((chat, from))
}

#[expect(clippy::needless_pass_by_value, reason = "dptree hands dependencies over by value")]
fn command(message: Message, caller: Caller) -> Option<Command> {
    Command::parse(message.text()?, &caller.deps().me).ok()
}

fn is_command(message: &Message) -> bool {
    message.text().is_some_and(|text| text.starts_with('/'))
}

/// Tells the person what they can do about a fault; what is not theirs comes back.
async fn explain(caller: &Caller, update: &Update, fault: Fault) -> Result<(), Fault> {
    let press = press_of(update);
    let sentence = match &fault {
        Fault::Stranger => {
            answer(caller, press, "").await;
            return caller.ask_contact(caller.voice.get("bot-who-are-you")).await;
        }
        Fault::StaleButton => Some(caller.voice.get("bot-button-stale").to_owned()),
        Fault::Domain(error) => sentence(caller, error),
        Fault::Telegram(_) | Fault::Download(_) => None,
    };
    let Some(sentence) = sentence else { return Err(fault) };
    if press.is_none() {
        caller.say(&Screen::new(html::shown(&sentence))).await?;
    }
    answer(caller, press, &sentence).await;
    Ok(())
}

fn press_of(update: &Update) -> Option<CallbackQueryId> {
    match &update.kind {
        UpdateKind::CallbackQuery(query) => Some(query.id.clone()),
        _ => None,
    }
}

/// What to say about a refusal; `None` for what is no fault of the person.
fn sentence(caller: &Caller, error: &Error) -> Option<String> {
    let voice = &caller.voice;
    let key = match error {
        Error::NotFound | Error::Forbidden => "bot-not-found",
        Error::Invalid(fault) => fault.problem,
        Error::Conflict(why) => {
            let key = format!("bot-conflict-{why}");
            let key = if voice.texts.has(&key) { key.as_str() } else { "bot-conflict" };
            return Some(voice.get(key).to_owned());
        }
        Error::Refused(refusal) => refusal.key(),
        Error::TooLarge(_) => "error-file-large",
        Error::UnsupportedFile(_) => "error-file-kind",
        Error::Database(_) | Error::Storage(_) | Error::Data(_) => return None,
    };
    Some(voice.get(key).to_owned())
}

/// Answers a press, so that the button stops waiting. A press too old to be answered is no fault.
pub(crate) async fn answer(caller: &Caller, press: Option<CallbackQueryId>, text: &str) {
    let Some(press) = press else { return };
    let mut request = caller.deps().bot.answer_callback_query(press);
    if !text.is_empty() {
        request = request.text(html::clip(text, 200));
    }
    if let Err(error) = request.await {
        tracing::debug!(%error, "a press was not answered");
    }
}

fn not_ours(fault: Fault) -> HandleError {
    match fault {
        Fault::Domain(error @ (Error::Database(_) | Error::Storage(_))) => {
            HandleError::Retry { after: None, why: error.to_string() }
        }
        Fault::Telegram(error) => SendError::from(error).into(),
        Fault::Download(error) => HandleError::Retry { after: None, why: error.to_string() },
        other => HandleError::Failed(other.to_string()),
    }
}

fn is_unreachable(fault: &Fault) -> bool {
    let Fault::Telegram(error) = fault else { return false };
    matches!(SendError::from(error.clone()), SendError::Unreachable(_))
}

/// A person who blocked the bot meanwhile is on record, and their update is done.
async fn mark_unreachable(caller: &Caller) -> Result<(), Fault> {
    let mut tx = caller.deps().begin().await?;
    domain::reach::note(&mut tx, &caller.deps().dealer, caller.viewer.telegram_id, false).await?;
    Ok(commit(tx).await?)
}
