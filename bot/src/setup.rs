//! What Telegram shows of the bot before anything is said: commands, the menu button, what it is.

use domain::staff::{self, Role};
use domain::texts::{Lang, Texts};
use teloxide::RequestError;
use teloxide::payloads::{
    GetMyDescriptionSetters, SetChatMenuButtonSetters, SetMyCommandsSetters,
    SetMyDescriptionSetters, SetMyShortDescriptionSetters,
};
use teloxide::requests::Requester;
use teloxide::types::{BotCommand, BotCommandScope, ChatId, MenuButton, Recipient, WebAppInfo};

use crate::caller::Caller;
use crate::deps::BotDeps;
use crate::fault::SendError;

const FOR_CUSTOMERS: &[&str] =
    &["park", "parts", "cart", "orders", "service", "requests", "language", "help", "forget"];
const FOR_ENGINEERS: &[&str] = &["jobs", "console", "language", "help"];
const FOR_MANAGERS: &[&str] = &["desk", "jobs", "console", "language", "help"];

/// Tells Telegram the commands per language and per colleague, the menu button and what the bot
/// says of itself. Called at every start. Only a refusal of the commands is an error: the rest is
/// dress, and a server that lacks it does no harm.
pub async fn set_up(deps: &BotDeps) -> Result<(), SendError> {
    // The empty language is for everybody whose own is not listed: the first language.
    for (code, lang) in [(None, Lang::Ru), (Some("ru"), Lang::Ru), (Some("en"), Lang::En)] {
        let mut request = deps
            .bot
            .set_my_commands(commands(Texts::of(lang), FOR_CUSTOMERS))
            .scope(BotCommandScope::AllPrivateChats);
        if let Some(code) = code {
            request = request.language_code(code);
        }
        request.await?;
    }
    shrug("menu button", set_menu(deps, None, Texts::of(Lang::Ru)).await);
    for (code, lang) in [(None, Lang::Ru), (Some("en"), Lang::En)] {
        shrug("description", describe(deps, code, Texts::of(lang)).await);
    }
    for colleague in staff::list(&mut deps.read().await?).await? {
        let (chat, texts) = (ChatId(colleague.telegram_id), Texts::of(colleague.language));
        // A colleague who has not started the bot has no chat yet; /start dresses it then.
        shrug("commands", set_commands(deps, chat, texts, of_role(colleague.role)).await);
    }
    Ok(())
}

/// Fits one chat to the person in it: their role's commands, their language.
pub(crate) async fn dress_chat(caller: &Caller) {
    let (deps, texts) = (caller.deps(), caller.voice.texts);
    let mut names: Vec<&str> = Vec::new();
    let viewer = &caller.viewer;
    names.extend(viewer.staff.as_ref().map_or(&[][..], |staff| of_role(staff.role)));
    if viewer.customer.is_some() || viewer.staff.is_none() {
        let own: Vec<&str> =
            FOR_CUSTOMERS.iter().copied().filter(|name| !names.contains(name)).collect();
        names.extend(own);
    }
    shrug("commands", set_commands(deps, caller.chat, texts, &names).await);
    shrug("menu button", set_menu(deps, Some(caller.chat), texts).await);
}

fn of_role(role: Role) -> &'static [&'static str] {
    match role {
        Role::Engineer => FOR_ENGINEERS,
        Role::Manager | Role::Administrator => FOR_MANAGERS,
    }
}

fn commands(texts: &Texts, names: &[&str]) -> Vec<BotCommand> {
    let described =
        |name: &&str| BotCommand::new(*name, texts.get(&format!("bot-command-{name}")).to_owned());
    names.iter().map(described).collect()
}

async fn set_commands(
    deps: &BotDeps,
    chat: ChatId,
    texts: &Texts,
    names: &[&str],
) -> Result<(), RequestError> {
    let scope = BotCommandScope::Chat { chat_id: Recipient::Id(chat) };
    deps.bot.set_my_commands(commands(texts, names)).scope(scope).await?;
    Ok(())
}

/// The button beside the input field opens the Mini App; without one it stays Telegram's own.
async fn set_menu(deps: &BotDeps, chat: Option<ChatId>, texts: &Texts) -> Result<(), RequestError> {
    let Some(url) = deps.page("") else { return Ok(()) };
    let text = texts.get("product-name").to_owned();
    let button = MenuButton::WebApp { text, web_app: WebAppInfo { url } };
    let mut request = deps.bot.set_chat_menu_button().menu_button(button);
    if let Some(chat) = chat {
        request = request.chat_id(chat);
    }
    request.await?;
    Ok(())
}

/// Says what the bot is, where it says something else now: Telegram counts these changes and
/// refuses frequent ones.
async fn describe(deps: &BotDeps, code: Option<&str>, texts: &Texts) -> Result<(), RequestError> {
    let code = code.unwrap_or_default();
    let said = deps.bot.get_my_description().language_code(code).await?;
    if said.description == texts.get("bot-description") {
        return Ok(());
    }
    let long = texts.get("bot-description").to_owned();
    deps.bot.set_my_description().description(long).language_code(code).await?;
    let short = texts.get("bot-short-description").to_owned();
    deps.bot.set_my_short_description().short_description(short).language_code(code).await?;
    Ok(())
}

fn shrug(what: &str, result: Result<(), RequestError>) {
    if let Err(error) = result {
        tracing::debug!(what, %error, "Telegram did not take it");
    }
}
