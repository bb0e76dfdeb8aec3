//! A customer's service requests in the chat.

use domain::ids::RequestId;
use domain::{Error, cards, requests};
use teloxide::types::MessageId;

use crate::button::{Number, RequestAct};
use crate::caller::Caller;
use crate::conversation::word;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::desk::won;
use crate::handlers::{Toast, is_card, open_card};
use crate::screens::requests as screens;

/// Lists the newest requests.
pub(crate) async fn list(caller: &Caller) -> Result<(), Fault> {
    let customer = caller.customer()?;
    let mut db = caller.deps().read().await?;
    let requests = requests::shown(&mut db, &customer.id).await?;
    drop(db);
    caller.say(&screens::list(&caller.voice, &requests)).await?;
    Ok(())
}

/// Does what a button of a request says.
pub(crate) async fn act(
    caller: &Caller,
    pressed: Option<MessageId>,
    act: RequestAct,
    number: &Number,
) -> Result<Toast, Fault> {
    let (deps, number) = (caller.deps(), number.as_str());
    let customer = &caller.customer()?.id;
    match act {
        RequestAct::Show => return show(caller, pressed, number).await,
        RequestAct::AskCancel => {
            let mut db = deps.read().await?;
            let case = requests::by_number(&mut db, customer, number).await?;
            drop(db);
            caller.show(pressed, &screens::ask_cancel(&caller.voice, &case)).await?;
            return Ok(None);
        }
        RequestAct::Cancel | RequestAct::Confirm | RequestAct::Reopen => {}
    }
    let mut tx = deps.begin().await?;
    let moved = match act {
        RequestAct::Confirm => requests::confirm(&mut tx, &deps.dealer, customer, number).await,
        RequestAct::Reopen => requests::reopen(&mut tx, &deps.dealer, customer, number).await,
        _ => requests::cancel(&mut tx, &deps.dealer, customer, number).await,
    };
    match moved {
        Ok(_) => commit(tx).await?,
        // The state has moved on meanwhile: the card shows where it is.
        Err(Error::Conflict(_)) => {
            drop(tx);
            show(caller, pressed, number).await?;
            return Ok(Some(caller.voice.get("bot-conflict-state").to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    show(caller, pressed, number).await
}

/// Shows a request that a link names by number or by id.
pub(crate) async fn by_link(caller: &Caller, name: &str) -> Result<(), Fault> {
    let customer = caller.customer()?;
    let mut db = caller.deps().read().await?;
    let number = match requests::by_number(&mut db, &customer.id, name).await {
        Ok(case) => case.request.number,
        Err(Error::NotFound) => {
            let case = requests::load(&mut db, &RequestId::from(name)).await?;
            if case.request.customer_id != customer.id {
                return Err(Error::NotFound.into());
            }
            case.request.number
        }
        Err(error) => return Err(error.into()),
    };
    drop(db);
    show(caller, None, &number).await?;
    Ok(())
}

/// The customer chooses when somebody is to come.
pub(crate) async fn choose(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &RequestId,
    (offer, at): (i64, u8),
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), &caller.customer()?.id);
    let mut tx = deps.begin().await?;
    let chosen =
        requests::choose(&mut tx, &deps.dealer, customer, id, (offer, usize::from(at))).await;
    let toast = won(caller, chosen)?;
    match toast {
        None => commit(tx).await?,
        Some(_) => drop(tx),
    }
    let case = requests::load(&mut deps.read().await?, id).await?;
    let screen = screens::card(&caller.voice, &case);
    if is_card(caller, &cards::request(id), pressed).await? {
        open_card(caller, &cards::request(id), pressed, &screen).await?;
    } else {
        caller.show(pressed, &screens::chosen(&caller.voice, &case)).await?;
    }
    Ok(toast.or_else(|| Some(caller.voice.get("bot-window-noted").to_owned())))
}

/// The customer rates what was done; whoever is unhappy is asked why.
pub(crate) async fn rate(
    caller: &Caller,
    pressed: Option<MessageId>,
    number: &Number,
    stars: u8,
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), &caller.customer()?.id);
    let (number, stars) = (number.as_str(), i64::from(stars));
    let mut tx = deps.begin().await?;
    let rated = requests::rate(&mut tx, &deps.dealer, customer, number, stars, "").await;
    let toast = won(caller, rated)?;
    match toast {
        None => commit(tx).await?,
        Some(_) => drop(tx),
    }
    show(caller, pressed, number).await?;
    if toast.is_none() && stars <= requests::LOW {
        let talk = requests::talk(&mut deps.read().await?, number).await?;
        word::ask_why(caller, &talk.id).await?;
    }
    Ok(toast.or_else(|| Some(caller.voice.get("bot-rate-thanks").to_owned())))
}

async fn show(caller: &Caller, pressed: Option<MessageId>, number: &str) -> Result<Toast, Fault> {
    let customer = caller.customer()?;
    let mut db = caller.deps().read().await?;
    let found = requests::by_number(&mut db, &customer.id, number).await?;
    let case = requests::load(&mut db, &found.request.id).await?;
    drop(db);
    let screen = screens::card(&caller.voice, &case);
    open_card(caller, &cards::request(&case.request.id), pressed, &screen).await?;
    Ok(None)
}
