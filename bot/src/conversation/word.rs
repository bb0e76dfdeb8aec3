//! A message about a request, and a word to a rating: what is written next goes there. An answer to a
//! card or to a message of the thread needs no button before it.

use domain::ids::{RequestId, WordId};
use domain::thread::NewWord;
use domain::{Error, cards, requests, thread};
use serde::{Deserialize, Serialize};
use teloxide::types::Message;

use crate::button::Button;
use crate::caller::Caller;
use crate::conversation::collect::{Collected, Got};
use crate::conversation::thread::{Thread, ask as put_question};
use crate::conversation::{Dialogue, clear, save};
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screen::Screen;

/// What waits for words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// What conversations have in common.
    pub(crate) thread: Thread,
    request: RequestId,
    /// The customer rated the request and may say why.
    rating: bool,
    /// The album whose pictures go to the thread one by one.
    album: Option<String>,
}

impl From<Draft> for Dialogue {
    fn from(draft: Draft) -> Dialogue {
        Dialogue::Word(draft)
    }
}

/// «Ответить»: asks for the words.
pub(crate) async fn begin(caller: &Caller, request: &RequestId) -> Result<Toast, Fault> {
    let talk = requests::talk(&mut caller.deps().read().await?, request.as_str()).await?;
    talk.side(&caller.viewer)?;
    let text = caller.voice.say("bot-word-ask", &[("number", talk.number.as_str().into())]);
    question(caller, &talk.id, false, text).await?;
    Ok(None)
}

/// Asks why, after a rating.
pub(crate) async fn ask_why(caller: &Caller, request: &RequestId) -> Result<(), Fault> {
    question(caller, request, true, caller.voice.get("bot-rate-why").to_owned()).await
}

async fn question(
    caller: &Caller,
    request: &RequestId,
    rating: bool,
    text: String,
) -> Result<(), Fault> {
    let thread = Thread::new(caller.deps().now());
    let quit = caller.voice.press("bot-quit", &Button::Quit(thread.tag()));
    let draft = Draft { thread, request: request.clone(), rating, album: None };
    put_question(caller, draft, None, &Screen::new(text).row([Some(quit)])).await
}

/// The words, or the pictures.
pub(crate) async fn heard(
    caller: &Caller,
    mut draft: Draft,
    message: &Message,
) -> Result<(), Fault> {
    let album = message.media_group_id().map(|id| id.0.clone());
    if draft.album.is_some() && draft.album != album {
        clear(caller).await?;
        return caller.tell("bot-hint").await;
    }
    if draft.rating {
        let words = message.text().unwrap_or_default();
        why(caller, &draft.request, words).await?;
        clear(caller).await?;
        return Ok(());
    }
    if !write(caller, &draft.request, message, draft.album.is_none()).await? {
        return Ok(());
    }
    // The pictures of an album come as messages of their own.
    match album {
        Some(_) => {
            draft.album = album;
            save(caller, &draft.into()).await
        }
        None => clear(caller).await.map(drop),
    }
}

async fn why(caller: &Caller, request: &RequestId, words: &str) -> Result<(), Fault> {
    let (deps, customer) = (caller.deps(), &caller.customer()?.id);
    let mut tx = deps.begin().await?;
    let talk = requests::talk(&mut tx, request.as_str()).await?;
    match requests::comment(&mut tx, &deps.dealer, customer, &talk.number, words).await {
        Ok(()) => commit(tx).await?,
        Err(Error::Conflict(_)) => drop(tx),
        Err(error) => return Err(error.into()),
    }
    caller.tell("bot-rate-thanks").await
}

/// Writes the message into the thread of the request; `false` when it holds nothing that can be kept.
async fn write(
    caller: &Caller,
    request: &RequestId,
    message: &Message,
    confirm: bool,
) -> Result<bool, Fault> {
    let mut collected = Collected::default();
    if collected.take(caller, message).await? == Got::Nothing {
        caller.tell("bot-words-or-files").await?;
        return Ok(false);
    }
    let deps = caller.deps();
    let new = NewWord {
        // An update that is worked on again is the same message.
        client_key: format!("telegram:{}:{}", caller.chat, message.id),
        files: collected.fetch(caller).await?,
        text: collected.text,
    };
    let mut tx = deps.begin().await?;
    requests::write(&mut tx, &deps.dealer, &caller.viewer, request.as_str(), &new).await?;
    commit(tx).await?;
    if confirm {
        caller.tell("bot-word-sent").await?;
    }
    Ok(true)
}

/// A message that answers the card of a request, or a message of its thread; `false` when it answers
/// neither.
pub(crate) async fn replied(caller: &Caller, message: &Message) -> Result<bool, Fault> {
    let Some(answered) = message.reply_to_message() else { return Ok(false) };
    let mut db = caller.deps().read().await?;
    let card = cards::at(&mut db, caller.chat.0, i64::from(answered.id.0)).await?;
    let Some((kind, id)) = card.as_deref().and_then(|card| card.split_once(':')) else {
        return Ok(false);
    };
    let request = match kind {
        "request" | "staff-request" => id.to_owned(),
        "word" => match thread::subject_of(&mut db, &WordId::from(id)).await? {
            Some(subject) => subject.trim_start_matches("request:").to_owned(),
            None => return Ok(false),
        },
        _ => return Ok(false),
    };
    drop(db);
    write(caller, &RequestId::from(request), message, true).await?;
    Ok(true)
}
