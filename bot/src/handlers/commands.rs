//! The commands of the contract.

use teloxide::types::Message;
use teloxide::utils::command::BotCommands;

use crate::caller::Caller;
use crate::conversation;
use crate::fault::Fault;
use crate::handlers::{console, desk, jobs, machines, orders, requests, settings, start};
use crate::screen::Screen;

/// A command as typed or chosen from the menu.
#[derive(Clone, Debug, PartialEq, Eq, BotCommands)]
#[command(rename_rule = "lowercase")]
pub(crate) enum Command {
    Start(String),
    Park,
    Parts,
    Cart,
    Orders,
    Service,
    Requests,
    Language,
    Help,
    Forget,
    Cancel,
    Jobs,
    Desk,
    Link,
    Console,
}

/// Does what was asked.
pub(crate) async fn run(caller: Caller, command: Command) -> Result<(), Fault> {
    match command {
        Command::Start(payload) => start::start(&caller, payload.trim()).await,
        Command::Park => machines::park(&caller, None).await,
        Command::Parts => open_page(&caller, "bot-parts-hint", "bot-parts", "/parts").await,
        Command::Cart => open_page(&caller, "bot-cart-hint", "bot-open-cart", "/cart").await,
        Command::Orders => orders::list(&caller).await,
        Command::Service => conversation::service::begin(&caller, None, None).await,
        Command::Requests => requests::list(&caller).await,
        Command::Language => settings::languages(&caller).await,
        Command::Help => settings::help(&caller).await,
        Command::Forget => settings::ask_forget(&caller).await,
        Command::Cancel => conversation::cancel(&caller).await,
        Command::Jobs => jobs::list(&caller, None).await,
        Command::Console => console::code(&caller).await,
        Command::Desk => desk::desk(&caller, None).await,
        Command::Link => settings::link_code(&caller).await,
    }
}

/// A command that this bot does not have.
pub(crate) async fn unknown(caller: Caller, _message: Message) -> Result<(), Fault> {
    caller.tell("bot-no-such-command").await
}

async fn open_page(caller: &Caller, text: &str, button: &str, path: &str) -> Result<(), Fault> {
    caller.customer()?;
    let voice = &caller.voice;
    caller.say(&Screen::new(voice.get(text)).row([voice.open(button, path)])).await?;
    Ok(())
}
