//! Help, language, and being forgotten.

use domain::texts::Lang;
use domain::{people, portal_users};
use teloxide::types::MessageId;

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screen::Screen;
use crate::screens::start as screens;
use crate::setup;
use crate::voice::Voice;

/// Says what the bot can do for this person.
pub(crate) async fn help(caller: &Caller) -> Result<(), Fault> {
    caller.say(&screens::help(&caller.voice, caller.viewer.staff.as_ref())).await?;
    Ok(())
}

/// Gives a member of staff the code by which they say in the console who they are in the portal.
pub(crate) async fn link_code(caller: &Caller) -> Result<(), Fault> {
    let staff = caller.staff()?;
    let mut tx = caller.deps().begin().await?;
    let now = caller.deps().dealer.clock.now();
    let code = portal_users::issue_code(&mut tx, &staff.id, now).await?;
    commit(tx).await?;
    let text = caller.voice.texts.format("bot-link-code", &[("code", code.into())]);
    caller.say(&Screen::new(text)).await?;
    Ok(())
}

/// Asks which language to speak.
pub(crate) async fn languages(caller: &Caller) -> Result<(), Fault> {
    caller.say(&screens::languages(&caller.voice)).await?;
    Ok(())
}

/// Speaks that language from now on, the menu of commands included.
pub(crate) async fn set_language(
    caller: &Caller,
    pressed: Option<MessageId>,
    lang: Lang,
) -> Result<Toast, Fault> {
    let mut tx = caller.deps().begin().await?;
    people::set_language(&mut tx, caller.viewer.telegram_id, lang).await?;
    commit(tx).await?;
    let caller = Caller { voice: Voice::new(caller.deps(), lang), ..caller.clone() };
    caller.show(pressed, &Screen::new(caller.voice.get("bot-language-set"))).await?;
    setup::dress_chat(&caller).await;
    Ok(None)
}

/// Asks whether they really want to be forgotten.
pub(crate) async fn ask_forget(caller: &Caller) -> Result<(), Fault> {
    caller.customer()?;
    caller.say(&screens::ask_forget(&caller.voice)).await?;
    Ok(())
}

/// Forgets them, or lets it be.
pub(crate) async fn forget(
    caller: &Caller,
    pressed: Option<MessageId>,
    yes: bool,
) -> Result<Toast, Fault> {
    let key = if yes {
        let mut tx = caller.deps().begin().await?;
        people::forget(&mut tx, &caller.deps().dealer, caller.viewer.telegram_id).await?;
        commit(tx).await?;
        "bot-forgotten"
    } else {
        "bot-not-forgotten"
    };
    caller.show(pressed, &Screen::new(caller.voice.get(key))).await?;
    Ok(None)
}
