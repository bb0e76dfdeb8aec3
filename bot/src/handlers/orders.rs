//! A customer's orders in the chat.

use domain::ids::OrderId;
use domain::{Error, approvals, cards, orders};
use teloxide::types::MessageId;

use crate::button::{Number, OrderAct};
use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, open_card};
use crate::screen::Screen;
use crate::screens::orders as screens;

/// Lists the newest orders.
pub(crate) async fn list(caller: &Caller) -> Result<(), Fault> {
    let customer = caller.customer()?;
    let orders = orders::shown(&mut caller.deps().read().await?, &customer.id).await?;
    caller.say(&screens::list(&caller.voice, &orders)).await?;
    Ok(())
}

/// Does what a button of an order says.
pub(crate) async fn act(
    caller: &Caller,
    pressed: Option<MessageId>,
    act: OrderAct,
    number: &Number,
) -> Result<Toast, Fault> {
    match act {
        OrderAct::Show => show(caller, pressed, number.as_str()).await,
        OrderAct::AskCancel => {
            let customer = caller.customer()?;
            let mut db = caller.deps().read().await?;
            let (order, _) = orders::by_number(&mut db, &customer.id, number.as_str()).await?;
            drop(db);
            caller.show(pressed, &screens::ask_cancel(&caller.voice, &order)).await?;
            Ok(None)
        }
        OrderAct::Cancel => cancel(caller, pressed, number.as_str()).await,
        OrderAct::AskLate => ask_late(caller, pressed, number.as_str()).await,
        OrderAct::Repeat => repeat(caller, number.as_str()).await,
    }
}

/// Shows an order that a link names by number or by id.
pub(crate) async fn by_link(caller: &Caller, name: &str) -> Result<(), Fault> {
    let customer = caller.customer()?;
    let mut db = caller.deps().read().await?;
    let number = match orders::by_number(&mut db, &customer.id, name).await {
        Ok((order, _)) => order.number,
        Err(Error::NotFound) => {
            let (order, _) = orders::load(&mut db, &OrderId::from(name)).await?;
            if order.customer_id != customer.id {
                return Err(Error::NotFound.into());
            }
            order.number
        }
        Err(error) => return Err(error.into()),
    };
    drop(db);
    show(caller, None, &number).await?;
    Ok(())
}

async fn show(caller: &Caller, pressed: Option<MessageId>, number: &str) -> Result<Toast, Fault> {
    let customer = caller.customer()?;
    let mut db = caller.deps().read().await?;
    let (order, lines) = orders::by_number(&mut db, &customer.id, number).await?;
    let quote = orders::history(&mut db, &order.id).await?.quote;
    drop(db);
    let screen = screens::card(&caller.voice, &order, &lines, quote.as_ref());
    open_card(caller, &cards::order(&order.id), pressed, &screen).await?;
    Ok(None)
}

async fn cancel(caller: &Caller, pressed: Option<MessageId>, number: &str) -> Result<Toast, Fault> {
    let deps = caller.deps();
    let mut tx = deps.begin().await?;
    let cancelled = orders::cancel(&mut tx, &deps.dealer, &caller.customer()?.id, number).await;
    match cancelled {
        Ok(_) => commit(tx).await?,
        // It is on its way by now: the card says so, and the toast why.
        Err(Error::Conflict(_)) => {
            drop(tx);
            show(caller, pressed, number).await?;
            return Ok(Some(caller.voice.get("bot-too-late-to-cancel").to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    show(caller, pressed, number).await
}

/// Accepts a quote as its card showed it. The card then says how it stands, and a toast why where
/// that is not what was pressed.
pub(crate) async fn accept(
    caller: &Caller,
    pressed: Option<MessageId>,
    number: &Number,
    revision: i64,
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), caller.customer()?);
    let mut tx = deps.begin().await?;
    let accepted =
        orders::quotes::accept(&mut tx, &deps.dealer, &customer.id, number.as_str(), revision)
            .await;
    let said = match accepted {
        Ok(_) => {
            commit(tx).await?;
            "bot-quote-thanks"
        }
        Err(Error::Conflict(why)) => {
            drop(tx);
            match why {
                "quote_over" => "bot-quote-over",
                "quote_replaced" => "bot-quote-replaced",
                _ => "bot-quote-late",
            }
        }
        Err(error) => return Err(error.into()),
    };
    show(caller, pressed, number.as_str()).await?;
    Ok(Some(caller.voice.get(said).to_owned()))
}

/// It was confirmed already: the managers decide, and the order goes on meanwhile.
async fn ask_late(
    caller: &Caller,
    pressed: Option<MessageId>,
    number: &str,
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), caller.customer()?);
    let mut tx = deps.begin().await?;
    let asked = approvals::own::ask_to_cancel(&mut tx, &deps.dealer, customer, number).await;
    match asked {
        Ok(_) => commit(tx).await?,
        Err(Error::Conflict(_)) => {
            drop(tx);
            show(caller, pressed, number).await?;
            return Ok(Some(caller.voice.get("bot-too-late-to-cancel").to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Some(caller.voice.get("bot-late-cancel-asked").to_owned()))
}

async fn repeat(caller: &Caller, number: &str) -> Result<Toast, Fault> {
    let deps = caller.deps();
    let mut tx = deps.begin().await?;
    orders::repeat(&mut tx, &deps.dealer, &caller.customer()?.id, number).await?;
    commit(tx).await?;
    let voice = &caller.voice;
    let screen = Screen::new(voice.get("bot-repeated")).row([voice.open("bot-open-cart", "/cart")]);
    caller.say(&screen).await?;
    Ok(None)
}
