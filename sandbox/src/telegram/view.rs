//! A chat as a person sees it.

use serde::Serialize;
use serde_json::Value;

use crate::telegram::Telegram;
use crate::telegram::message::Message;
use crate::telegram::state::{PersonSpec, State};

/// One message on the screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChatMessage {
    /// Number within the chat.
    pub id: i64,
    /// Sent by the bot, else by the person.
    pub from_bot: bool,
    /// Unix seconds.
    pub date: i64,
    /// Carries the mark «edited».
    pub edited: bool,
    /// Text or caption, without markup.
    pub text: String,
    /// `MessageEntity` objects of the text, offsets in UTF-16 units.
    pub entities: Vec<Value>,
    /// Rows of inline buttons.
    pub buttons: Vec<Vec<Button>>,
    /// The picture.
    pub photo: Option<FileCard>,
    /// The attached file.
    pub document: Option<FileCard>,
    /// The contact card.
    pub contact: Option<ContactCard>,
    /// Messages of one album share it.
    pub media_group: Option<String>,
    /// Number of the message that this one replies to.
    pub reply_to: Option<i64>,
    /// A line without a bubble: what happened, as `write_access_allowed` or `web_app_data`.
    pub service: Option<String>,
}

impl ChatMessage {
    /// The labels of all inline buttons, in reading order.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        self.buttons.iter().flatten().map(|button| button.label.as_str()).collect()
    }

    /// The inline button with this label.
    #[must_use]
    pub fn button(&self, label: &str) -> Option<&Button> {
        self.buttons.iter().flatten().find(|button| button.label == label)
    }
}

/// An inline button.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// Callback data.
    pub data: Option<String>,
    /// A link it opens.
    pub url: Option<String>,
    /// A page it opens as a Mini App.
    pub web_app: Option<String>,
    /// A text it copies.
    pub copy_text: Option<String>,
    /// `danger`, `success` or `primary`.
    pub style: Option<String>,
}

/// A file in a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FileCard {
    /// The `file_id`; its bytes are at [`Telegram::file_bytes`].
    pub id: String,
    /// File name, for documents.
    pub name: Option<String>,
    /// Media type, for documents.
    pub mime: Option<String>,
    /// Bytes.
    pub size: i64,
    /// Pixels, for photos.
    pub width: i64,
    /// Pixels, for photos.
    pub height: i64,
}

/// A shared contact.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ContactCard {
    /// Phone as sent.
    pub phone: String,
    /// First and last name.
    pub name: String,
    /// Telegram id of the owner.
    pub user_id: Option<i64>,
}

/// The keyboard below the chat.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplyKeyboard {
    /// Rows of buttons.
    pub rows: Vec<Vec<ReplyButton>>,
    /// Grey text of the empty input field.
    pub placeholder: Option<String>,
}

/// A button of the reply keyboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplyButton {
    /// What stands on it, and what it sends.
    pub label: String,
    /// Shares the own phone instead.
    pub request_contact: bool,
    /// Opens this page as a Mini App without initData.
    pub web_app: Option<String>,
}

/// A command in the menu.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Command {
    /// Name without the slash.
    pub command: String,
    /// What it does.
    pub description: String,
}

/// Everything a phone shows of one chat.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChatView {
    /// Grows with every change.
    pub revision: u64,
    /// Whose chat it is.
    pub person: PersonSpec,
    /// The person pressed Start at least once.
    pub started: bool,
    /// The person blocked the bot.
    pub blocked: bool,
    /// The bot «types».
    pub typing: bool,
    /// Messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Keyboard below the chat.
    pub reply_keyboard: Option<ReplyKeyboard>,
    /// Commands in the person's language and scope.
    pub commands: Vec<Command>,
    /// The Bot API's `MenuButton`.
    pub menu_button: Value,
}

impl Telegram {
    /// The messages of a person's chat, oldest first; empty for a stranger.
    #[must_use]
    pub fn chat(&self, person: i64) -> Vec<ChatMessage> {
        self.read(|state| messages(state, person))
    }

    /// The newest message of the bot in a person's chat.
    #[must_use]
    pub fn last_bot_message(&self, person: i64) -> Option<ChatMessage> {
        self.chat(person).into_iter().rfind(|message| message.from_bot)
    }

    /// Everything a phone shows of one chat.
    #[must_use]
    pub fn chat_view(&self, person: i64) -> ChatView {
        let now = self.now().timestamp();
        self.read(|state| {
            let spec = state.people.get(&person).cloned().unwrap_or_default();
            let language = spec.language_code.as_deref().unwrap_or("ru");
            let commands = state.commands_for(person, language).iter().map(command).collect();
            let chat = state.chats.get(&person);
            ChatView {
                revision: chat.map_or(0, |chat| chat.revision),
                person: spec,
                started: chat.is_some_and(|chat| chat.started),
                blocked: chat.is_some_and(|chat| chat.blocked),
                typing: chat.is_some_and(|chat| chat.typing_until > now),
                messages: messages(state, person),
                reply_keyboard: chat.and_then(|c| c.reply_keyboard.as_ref()).map(reply_keyboard),
                commands,
                menu_button: state.menu_button(person),
            }
        })
    }

    /// The bytes of a file by its `file_id`.
    #[must_use]
    pub fn file_bytes(&self, file_id: &str) -> Option<bytes::Bytes> {
        self.read(|state| state.files.get(file_id).map(|file| file.bytes.clone()))
    }
}

/// The inline buttons of a message.
pub(crate) fn buttons(message: &Message) -> Vec<Vec<Button>> {
    let rows = message.get("reply_markup").and_then(|markup| markup["inline_keyboard"].as_array());
    let rows = rows.into_iter().flatten().filter_map(Value::as_array);
    rows.map(|row| row.iter().map(button).collect()).collect()
}

fn messages(state: &State, person: i64) -> Vec<ChatMessage> {
    state
        .chats
        .get(&person)
        .map(|chat| chat.messages.iter().map(message).collect())
        .unwrap_or_default()
}

fn message(message: &Message) -> ChatMessage {
    let (text, entities) = match message.text("text") {
        Some(text) => (text, "entities"),
        None => (message.text("caption").unwrap_or_default(), "caption_entities"),
    };
    let service = ["write_access_allowed", "web_app_data"];
    ChatMessage {
        id: message.id(),
        from_bot: message.is_bots(),
        date: message.number("date"),
        edited: message.get("edit_date").is_some(),
        text: text.to_owned(),
        entities: message.get(entities).and_then(Value::as_array).cloned().unwrap_or_default(),
        buttons: buttons(message),
        photo: message.get("photo").and_then(|sizes| sizes.as_array()?.last()).map(file),
        document: message.get("document").map(file),
        contact: message.get("contact").map(contact),
        media_group: message.text("media_group_id").map(str::to_owned),
        reply_to: message.get("reply_to_message").and_then(|reply| reply["message_id"].as_i64()),
        service: service.into_iter().find(|n| message.get(n).is_some()).map(str::to_owned),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn button(button: &Value) -> Button {
    Button {
        label: text(button, "text").unwrap_or_default(),
        data: text(button, "callback_data"),
        url: text(button, "url"),
        web_app: text(&button["web_app"], "url"),
        copy_text: text(&button["copy_text"], "text"),
        style: text(button, "style"),
    }
}

fn file(file: &Value) -> FileCard {
    FileCard {
        id: text(file, "file_id").unwrap_or_default(),
        name: text(file, "file_name"),
        mime: text(file, "mime_type"),
        size: file["file_size"].as_i64().unwrap_or(0),
        width: file["width"].as_i64().unwrap_or(0),
        height: file["height"].as_i64().unwrap_or(0),
    }
}

fn contact(contact: &Value) -> ContactCard {
    let names = ["first_name", "last_name"].map(|name| text(contact, name).unwrap_or_default());
    ContactCard {
        phone: text(contact, "phone_number").unwrap_or_default(),
        name: names.join(" ").trim().to_owned(),
        user_id: contact["user_id"].as_i64(),
    }
}

fn command(command: &Value) -> Command {
    Command {
        command: text(command, "command").unwrap_or_default(),
        description: text(command, "description").unwrap_or_default(),
    }
}

fn reply_keyboard(markup: &Value) -> ReplyKeyboard {
    let rows = markup["keyboard"].as_array().into_iter().flatten().filter_map(Value::as_array);
    let button = |button: &Value| ReplyButton {
        label: button
            .as_str()
            .map(str::to_owned)
            .or_else(|| text(button, "text"))
            .unwrap_or_default(),
        request_contact: button["request_contact"] == true,
        web_app: text(&button["web_app"], "url"),
    };
    ReplyKeyboard {
        rows: rows.map(|row| row.iter().map(button).collect()).collect(),
        placeholder: text(markup, "input_field_placeholder"),
    }
}
