//! A plate that somebody scanned, in the chat.

use domain::{machines as park, plates};

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::machines;
use crate::html::shown;
use crate::screen::Screen;

/// Whoever sees the machine gets its passport; others hear what it is and where to ask for more; whom
/// nobody knows is asked for their phone first.
pub(crate) async fn scanned(caller: &Caller, code: &str) -> Result<(), Fault> {
    let mut tx = caller.deps().begin().await?;
    let Some(plate) = plates::find(&mut tx, code).await? else {
        drop(tx);
        return caller.tell("bot-plate-unknown").await;
    };
    let who = Some(caller.viewer.telegram_id);
    plates::scanned(&mut tx, &caller.deps().dealer, &plate, who).await?;
    let Some(machine) = &plate.machine else {
        commit(tx).await?;
        return caller.tell("bot-plate-blank").await;
    };
    let sees = match (&caller.viewer.customer, &caller.viewer.staff) {
        (_, Some(_)) => true,
        (Some(customer), None) => park::visible(&mut tx, &customer.id, machine).await?,
        (None, None) => false,
    };
    let face = plates::face(&mut tx, machine).await?;
    commit(tx).await?;
    if sees {
        return machines::passport(caller, machine).await.map(drop);
    }
    let model = shown(&face.model);
    if caller.viewer.customer.is_none() {
        let hello = caller.voice.say("bot-plate-hello", &[("model", model.into())]);
        return caller.ask_contact(&hello).await;
    }
    let page = format!("/plates/{}", plate.code);
    let screen = Screen::new(caller.voice.say("bot-plate-foreign", &[("model", model.into())]))
        .row([caller.voice.open("bot-plate-open", &page)]);
    caller.say(&screen).await?;
    Ok(())
}
