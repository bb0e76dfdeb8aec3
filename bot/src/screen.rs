//! What a message shows: text and buttons; and how it is sent or edited.

use teloxide::Bot;
use teloxide::RequestError;
use teloxide::payloads::{EditMessageTextSetters, SendMessageSetters};
use teloxide::requests::Requester;
use teloxide::types::{
    ChatId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode,
    ReplyMarkup,
};

use crate::fault::{is_message_gone, is_not_modified};
use crate::html;

/// A message to be: lines of HTML, then rows of buttons.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Screen {
    lines: Vec<String>,
    rows: Vec<Vec<InlineKeyboardButton>>,
}

/// How an edit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edited {
    /// The message shows it.
    Done,
    /// There is no such message any more.
    Gone,
}

impl Screen {
    /// Begins with a line.
    pub(crate) fn new(line: impl Into<String>) -> Screen {
        Screen::default().line(line)
    }

    /// Adds a line.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Screen {
        self.lines.extend(line.into().split('\n').map(str::to_owned));
        self
    }

    /// Adds a line where there is one.
    pub(crate) fn maybe(self, line: Option<String>) -> Screen {
        match line {
            Some(line) => self.line(line),
            None => self,
        }
    }

    /// Adds a line that says something.
    pub(crate) fn filled(self, line: String) -> Screen {
        if line.is_empty() { self } else { self.line(line) }
    }

    /// Adds a row of those buttons that there are.
    pub(crate) fn row(
        mut self,
        buttons: impl IntoIterator<Item = Option<InlineKeyboardButton>>,
    ) -> Screen {
        let row: Vec<InlineKeyboardButton> = buttons.into_iter().flatten().collect();
        if !row.is_empty() {
            self.rows.push(row);
        }
        self
    }

    /// The message's text.
    pub(crate) fn text(&self) -> String {
        html::fit(&self.lines)
    }

    /// What stands on its buttons, row by row.
    pub(crate) fn labels(&self) -> Vec<Vec<String>> {
        let row = |row: &Vec<InlineKeyboardButton>| {
            row.iter().map(|button| button.text.clone()).collect()
        };
        self.rows.iter().map(row).collect()
    }

    fn keyboard(&self) -> InlineKeyboardMarkup {
        InlineKeyboardMarkup::new(self.rows.clone())
    }
}

/// Sends a new message.
pub(crate) async fn send(
    bot: &Bot,
    chat: ChatId,
    screen: &Screen,
) -> Result<MessageId, RequestError> {
    let markup = (!screen.rows.is_empty()).then(|| screen.keyboard().into());
    send_with(bot, chat, &screen.text(), markup).await
}

/// Sends a text with any keyboard, such as the one that asks for the phone.
pub(crate) async fn send_with(
    bot: &Bot,
    chat: ChatId,
    text: &str,
    markup: Option<ReplyMarkup>,
) -> Result<MessageId, RequestError> {
    let mut request =
        bot.send_message(chat, text).parse_mode(ParseMode::Html).link_preview_options(no_preview());
    if let Some(markup) = markup {
        request = request.reply_markup(markup);
    }
    Ok(request.await?.id)
}

/// Puts a screen in place of a message's content. That it shows this already is success.
pub(crate) async fn edit(
    bot: &Bot,
    chat: ChatId,
    message: MessageId,
    screen: &Screen,
) -> Result<Edited, RequestError> {
    let request = bot
        .edit_message_text(chat, message, screen.text())
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview())
        .reply_markup(screen.keyboard());
    match request.await {
        Ok(_) => Ok(Edited::Done),
        Err(error) if is_not_modified(&error) => Ok(Edited::Done),
        Err(error) if is_message_gone(&error) => Ok(Edited::Gone),
        Err(error) => Err(error),
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
