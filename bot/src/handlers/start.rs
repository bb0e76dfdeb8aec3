//! `/start`: greeting, the phone, and the links that lead into the chat.

use domain::people::{self, Accepted, Customer, Joined};
use domain::text::Phone;
use domain::{Error, machines as park};
use teloxide::types::Message;

use crate::caller::Caller;
use crate::conversation;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{desk, machines, orders, plates, reach, requests};
use crate::html::shown;
use crate::screens::start as screens;
use crate::setup;

/// Greets, or goes where the link points. A payload that means nothing is a plain greeting.
pub(crate) async fn start(caller: &Caller, payload: &str) -> Result<(), Fault> {
    conversation::clear(caller).await?;
    reach::met(caller).await?;
    match payload.split_once('_') {
        Some(("i", token)) => invited(caller, token).await,
        Some(("m", id)) if !id.is_empty() => machines::passport(caller, &id.into()).await.map(drop),
        Some(("p", code)) if !code.is_empty() => plates::scanned(caller, code).await,
        Some(("o", name)) if !name.is_empty() => orders::by_link(caller, name).await,
        Some(("s", name)) if !name.is_empty() => {
            let own = requests::by_link(caller, name).await;
            // The same link opens the case for a manager who is no customer of this case.
            match (own, caller.viewer.manager()) {
                (Err(_), Ok(_)) => desk::by_link(caller, name).await,
                (own, _) => own,
            }
        }
        _ => greet(caller).await,
    }
}

/// Takes the person's own contact, and nobody else's: a phone opens a company's machines.
pub(crate) async fn contact(caller: Caller, message: Message) -> Result<(), Fault> {
    let Some(contact) = message.contact() else { return Ok(()) };
    let own = contact.user_id.and_then(|id| i64::try_from(id.0).ok());
    if own != Some(caller.viewer.telegram_id) {
        return caller.ask_contact(caller.voice.get("bot-foreign-contact")).await;
    }
    // Telegram's numbers are international, with or without the plus.
    let number = format!("+{}", contact.phone_number.trim_start_matches('+'));
    let Some(phone) = Phone::parse(&number) else {
        return Err(Error::invalid("phone", "error-phone").into());
    };
    let mut tx = caller.deps().begin().await?;
    let customer = people::link(&mut tx, &caller.profile, &phone, caller.deps().now()).await?;
    commit(tx).await?;
    welcome(&caller.again().await?, &customer).await
}

async fn greet(caller: &Caller) -> Result<(), Fault> {
    let staff = caller.viewer.staff.as_ref();
    if let Some(staff) = staff {
        caller.say(&screens::staff(&caller.voice, staff)).await?;
    }
    if let Some(customer) = &caller.viewer.customer {
        summary(caller, customer).await?;
    } else if staff.is_none() {
        caller.ask_contact(caller.voice.get("bot-hello")).await?;
    }
    setup::dress_chat(caller).await;
    Ok(())
}

/// A one-time link: the row that waited becomes this person's.
async fn invited(caller: &Caller, token: &str) -> Result<(), Fault> {
    let mut tx = caller.deps().begin().await?;
    let accepted =
        people::accept_invite(&mut tx, &caller.deps().dealer, token, &caller.profile).await;
    match accepted {
        Ok(Accepted { customer, joined }) => {
            commit(tx).await?;
            let caller = caller.again().await?;
            match joined {
                Some(joined) => let_in(&caller, &customer, &joined).await,
                None => welcome(&caller, &customer).await,
            }
        }
        Err(Error::Conflict("member")) => {
            drop(tx);
            caller.tell("bot-invite-member").await?;
            greet(caller).await
        }
        Err(Error::NotFound) => {
            drop(tx);
            caller.tell("bot-invite-spent").await?;
            greet(caller).await
        }
        Err(error) => Err(error.into()),
    }
}

/// They belong to a company now, or will once the dealer agrees: which, as what, and by whom.
async fn let_in(caller: &Caller, customer: &Customer, joined: &Joined) -> Result<(), Fault> {
    caller.take_keyboard(&screens::joined(&caller.voice, joined)).await?;
    summary(caller, customer).await?;
    setup::dress_chat(caller).await;
    Ok(())
}

/// The person is known from now on: the phone's keyboard goes, their machines come.
async fn welcome(caller: &Caller, customer: &Customer) -> Result<(), Fault> {
    let name = shown(&caller.profile.name);
    let thanks = caller.voice.say("bot-thanks", &[("name", name.into())]);
    caller.take_keyboard(&thanks).await?;
    summary(caller, customer).await?;
    setup::dress_chat(caller).await;
    Ok(())
}

async fn summary(caller: &Caller, customer: &Customer) -> Result<(), Fault> {
    let mut db = caller.deps().read().await?;
    let companies = people::choices(&mut db, &customer.id).await?;
    let machines = park::shown_park(&mut db, &customer.id).await?;
    drop(db);
    // Of the company that they look at, where there is one.
    let alone = companies.iter().any(|one| one.chosen);
    let shown = companies.into_iter().filter(|one| one.chosen || !alone);
    let names: Vec<String> = shown.map(|one| one.name).collect();
    caller.say(&screens::summary(&caller.voice, &names, &machines)).await?;
    Ok(())
}
