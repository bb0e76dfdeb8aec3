//! The engineer's jobs in the chat.

use domain::ids::WorkOrderId;
use domain::{Error, cards, work_orders};
use teloxide::types::MessageId;

use crate::button::JobAct;
use crate::caller::Caller;
use crate::conversation;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, is_card, open_card};
use crate::screens::jobs as screens;

/// Shows the engineer's jobs, in place of `instead` where one is given.
pub(crate) async fn list(caller: &Caller, instead: Option<MessageId>) -> Result<(), Fault> {
    let engineer = caller.staff()?;
    let mut db = caller.deps().read().await?;
    let jobs = work_orders::list(&mut db, &engineer.id).await?;
    drop(db);
    caller.show(instead, &screens::list(&caller.voice, &jobs)).await?;
    Ok(())
}

/// Does what a button of a job says.
pub(crate) async fn act(
    caller: &Caller,
    pressed: Option<MessageId>,
    act: JobAct,
    id: &WorkOrderId,
) -> Result<Toast, Fault> {
    let (deps, engineer) = (caller.deps(), caller.staff()?);
    let mut tx = match act {
        JobAct::Show => return show(caller, pressed, id).await,
        JobAct::Done => return conversation::report::begin(caller, id).await,
        JobAct::Accept | JobAct::Start | JobAct::Pause => deps.begin().await?,
    };
    let moved = match act {
        JobAct::Accept => work_orders::accept(&mut tx, &deps.dealer, engineer, id).await,
        JobAct::Pause => work_orders::pause(&mut tx, &deps.dealer, engineer, id).await,
        _ => work_orders::start(&mut tx, &deps.dealer, engineer, id).await,
    };
    let toast = match moved {
        Ok(_) => {
            commit(tx).await?;
            None
        }
        Err(Error::Conflict(_)) => {
            drop(tx);
            Some(caller.voice.get("bot-conflict-state").to_owned())
        }
        Err(error) => return Err(error.into()),
    };
    if is_card(caller, &cards::job(id), pressed).await? {
        show(caller, pressed, id).await?;
    } else {
        list(caller, pressed).await?;
    }
    Ok(toast)
}

async fn show(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &WorkOrderId,
) -> Result<Toast, Fault> {
    let job = work_orders::job(&mut caller.deps().read().await?, caller.staff()?, id).await?;
    let screen = screens::card(&caller.voice, &job);
    open_card(caller, &cards::job(id), pressed, &screen).await?;
    Ok(None)
}
