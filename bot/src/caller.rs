//! Who speaks to the bot, and how it answers them.

use domain::people::{Customer, Profile};
use domain::staff::Staff;
use domain::texts::Lang;
use domain::viewer::{self, Viewer};
use teloxide::types::{
    ButtonRequest, ChatId, KeyboardButton, KeyboardMarkup, KeyboardRemove, MessageId, User,
};

use crate::deps::BotDeps;
use crate::fault::Fault;
use crate::screen::{self, Edited, Screen};
use crate::voice::Voice;

/// A person in their private chat, as the database knows them now.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// How to speak to them.
    pub(crate) voice: Voice,
    /// Their chat, whose id is their Telegram id.
    pub(crate) chat: ChatId,
    /// Who they are to us.
    pub(crate) viewer: Viewer,
    /// Who they are in Telegram.
    pub(crate) profile: Profile,
}

impl Caller {
    /// Looks up whoever sent an update from the chat.
    pub(crate) async fn find(deps: &BotDeps, chat: ChatId, from: &User) -> Result<Caller, Fault> {
        let telegram_id = i64::try_from(from.id.0).unwrap_or_default();
        let viewer = viewer::find(&mut deps.read().await?, telegram_id).await?;
        let profile = Profile {
            telegram_id,
            name: from.full_name(),
            language_code: from.language_code.clone(),
        };
        let known = viewer.language();
        let lang = known.unwrap_or_else(|| Lang::from_code(profile.language_code.as_deref()));
        Ok(Caller { voice: Voice::new(deps, lang), chat, viewer, profile })
    }

    /// The same person after something about them has changed.
    pub(crate) async fn again(&self) -> Result<Caller, Fault> {
        let viewer = viewer::find(&mut self.deps().read().await?, self.viewer.telegram_id).await?;
        let lang = viewer.language().unwrap_or(self.voice.texts.lang());
        Ok(Caller { voice: Voice::new(self.deps(), lang), viewer, ..self.clone() })
    }

    /// The installation.
    pub(crate) fn deps(&self) -> &BotDeps {
        &self.voice.deps
    }

    /// The customer; a stranger is asked who they are.
    pub(crate) fn customer(&self) -> Result<&Customer, Fault> {
        self.viewer.customer.as_ref().ok_or(Fault::Stranger)
    }

    /// The member of staff; nobody else learns that there is such a thing.
    pub(crate) fn staff(&self) -> Result<&Staff, Fault> {
        Ok(self.viewer.staff()?)
    }

    /// The manager.
    pub(crate) fn manager(&self) -> Result<&Staff, Fault> {
        Ok(self.viewer.manager()?)
    }

    /// Sends a message.
    pub(crate) async fn say(&self, screen: &Screen) -> Result<MessageId, Fault> {
        Ok(screen::send(&self.deps().bot, self.chat, screen).await?)
    }

    /// Sends one sentence.
    pub(crate) async fn tell(&self, key: &str) -> Result<(), Fault> {
        self.say(&Screen::new(self.voice.get(key))).await?;
        Ok(())
    }

    /// Puts a screen in place of a message, or sends it anew when that is gone. Answers the
    /// message that shows it.
    pub(crate) async fn show(
        &self,
        message: Option<MessageId>,
        screen: &Screen,
    ) -> Result<MessageId, Fault> {
        if let Some(message) = message
            && screen::edit(&self.deps().bot, self.chat, message, screen).await? == Edited::Done
        {
            return Ok(message);
        }
        self.say(screen).await
    }

    /// Asks for the phone with Telegram's own button.
    pub(crate) async fn ask_contact(&self, text: &str) -> Result<(), Fault> {
        let button =
            KeyboardButton::new(self.voice.get("bot-share-phone")).request(ButtonRequest::Contact);
        let keyboard = KeyboardMarkup::new([[button]])
            .resize_keyboard()
            .one_time_keyboard()
            .input_field_placeholder(self.voice.get("bot-share-phone-hint"));
        screen::send_with(&self.deps().bot, self.chat, text, Some(keyboard.into())).await?;
        Ok(())
    }

    /// Sends a text and takes the phone's keyboard away.
    pub(crate) async fn take_keyboard(&self, text: &str) -> Result<(), Fault> {
        let markup = Some(KeyboardRemove::new().into());
        screen::send_with(&self.deps().bot, self.chat, text, markup).await?;
        Ok(())
    }
}
