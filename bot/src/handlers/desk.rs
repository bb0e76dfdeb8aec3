//! The managers' desk in the chat: take, assign.

use domain::ids::{OrderId, RequestId};
use domain::staff::{self, Role, Staff};
use domain::{Error, cards, leads, orders, requests};
use teloxide::types::MessageId;

use crate::caller::Caller;
use crate::deliver::staff_order;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, is_card, open_card};
use crate::screens;

/// Shows what waits, in place of `instead` where one is given.
pub(crate) async fn desk(caller: &Caller, instead: Option<MessageId>) -> Result<(), Fault> {
    caller.manager()?;
    let mut db = caller.deps().read().await?;
    let requests = requests::open(&mut db).await?;
    let orders = orders::open(&mut db).await?;
    let mut leads = leads::open(&mut db).await?;
    drop(db);
    // What looks like a robot's work is for the Mini App, where it can be looked at.
    leads.retain(|open| open.lead.state != leads::State::Suspected);
    leads.sort_by_key(|open| open.taken_by_name.is_some());
    let screen = screens::desk::desk(&caller.voice, &requests, &orders, &leads);
    caller.show(instead, &screen).await?;
    Ok(())
}

/// «Беру» on an order.
pub(crate) async fn take_order(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OrderId,
) -> Result<Toast, Fault> {
    let (deps, manager) = (caller.deps(), caller.manager()?);
    let mut tx = deps.begin().await?;
    let taken = orders::take(&mut tx, &deps.dealer, manager, id).await;
    let toast = won(caller, taken.map(drop))?;
    if toast.is_none() {
        commit(tx).await?;
    } else {
        drop(tx);
    }
    if is_card(caller, &cards::staff_order(id), pressed).await? {
        order(caller, pressed, id).await?;
    } else {
        desk(caller, pressed).await?;
    }
    Ok(toast.or_else(|| Some(caller.voice.get("bot-taken").to_owned())))
}

/// «Беру» on a request.
pub(crate) async fn take_request(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &RequestId,
) -> Result<Toast, Fault> {
    let (deps, manager) = (caller.deps(), caller.manager()?);
    let mut tx = deps.begin().await?;
    let taken = requests::take(&mut tx, &deps.dealer, manager, id).await;
    let toast = won(caller, taken.map(drop))?;
    if toast.is_none() {
        commit(tx).await?;
    } else {
        drop(tx);
    }
    if is_card(caller, &cards::staff_request(id), pressed).await? {
        request(caller, pressed, id).await?;
    } else {
        desk(caller, pressed).await?;
    }
    Ok(toast.or_else(|| Some(caller.voice.get("bot-taken").to_owned())))
}

/// Shows an order's card.
pub(crate) async fn order(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &OrderId,
) -> Result<Toast, Fault> {
    caller.manager()?;
    let screen = staff_order(&mut caller.deps().read().await?, &caller.voice, id).await?;
    open_card(caller, &cards::staff_order(id), pressed, &screen).await?;
    Ok(None)
}

/// Shows a request's card.
pub(crate) async fn request(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &RequestId,
) -> Result<Toast, Fault> {
    caller.manager()?;
    let case = requests::load(&mut caller.deps().read().await?, id).await?;
    let screen = screens::requests::staff_card(&caller.voice, &case);
    open_card(caller, &cards::staff_request(id), pressed, &screen).await?;
    Ok(None)
}

/// Shows the request that a link names by its number.
pub(crate) async fn by_link(caller: &Caller, number: &str) -> Result<(), Fault> {
    caller.manager()?;
    let case = requests::by_number_for_staff(&mut caller.deps().read().await?, number).await?;
    request(caller, None, &case.request.id).await.map(drop)
}

/// Asks whom to send.
pub(crate) async fn engineers(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &RequestId,
) -> Result<Toast, Fault> {
    caller.manager()?;
    let mut db = caller.deps().read().await?;
    let case = requests::load(&mut db, id).await?;
    let everybody = staff::list(&mut db).await?;
    drop(db);
    let engineers: Vec<Staff> =
        everybody.into_iter().filter(|staff| staff.role == Role::Engineer).collect();
    let screen = screens::requests::engineers(&caller.voice, &case, &engineers);
    caller.show(pressed, &screen).await?;
    Ok(None)
}

/// Gives a request to an engineer.
pub(crate) async fn assign(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &RequestId,
    engineer: i64,
) -> Result<Toast, Fault> {
    let (deps, manager) = (caller.deps(), caller.manager()?);
    let mut tx = deps.begin().await?;
    let assigned = requests::assign(&mut tx, &deps.dealer, manager, id, engineer).await;
    let toast = won(caller, assigned.map(drop))?;
    if toast.is_none() {
        commit(tx).await?;
    } else {
        drop(tx);
    }
    request(caller, pressed, id).await?;
    Ok(toast.or_else(|| Some(caller.voice.get("bot-assigned").to_owned())))
}

/// Somebody was first: no fault, but something to say.
pub(super) fn won(caller: &Caller, result: Result<(), Error>) -> Result<Toast, Fault> {
    match result {
        Ok(()) => Ok(None),
        Err(Error::Conflict(why)) => {
            let key = format!("bot-conflict-{why}");
            let known = caller.voice.texts.has(&key);
            let key = if known { key.as_str() } else { "bot-conflict" };
            Ok(Some(caller.voice.get(key).to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
