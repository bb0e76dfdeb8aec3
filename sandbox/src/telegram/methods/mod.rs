//! The methods of the Bot API.

mod edit;
mod media;
mod send;
mod settings;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::telegram::body::Params;
use crate::telegram::error::ApiError;
use crate::telegram::pressing::CallbackAnswer;
use crate::telegram::state::State;
use crate::telegram::{Telegram, TelegramOptions};

/// One request at work on the memory.
pub(crate) struct Call<'a> {
    state: &'a mut State,
    params: &'a Params,
    options: &'a TelegramOptions,
    now: DateTime<Utc>,
}

/// Runs a method by its lower-case name.
pub(crate) fn run(telegram: &Telegram, name: &str, params: &Params) -> Result<Value, ApiError> {
    let options = telegram.options();
    let now = telegram.now();
    let result = telegram.change(|state| Call { state, params, options, now }.run(name));
    if name == "setwebhook" && result.is_ok() {
        telegram.resume_webhook();
    }
    result
}

impl Call<'_> {
    fn run(&mut self, name: &str) -> Result<Value, ApiError> {
        match name {
            "getme" => Ok(self.get_me()),
            "sendmessage" => self.send_message(),
            "sendphoto" => self.send_file("photo"),
            "senddocument" => self.send_file("document"),
            "sendmediagroup" => self.send_media_group(),
            "copymessage" => self.copy_message(),
            "sendchataction" => self.send_chat_action(),
            "editmessagetext" => self.edit_text(),
            "editmessagecaption" => self.edit_caption(),
            "editmessagereplymarkup" => self.edit_reply_markup(),
            "deletemessage" => self.delete_message(),
            "deletemessages" => self.delete_messages(),
            "answercallbackquery" => self.answer_callback(),
            "getfile" => self.get_file(),
            "getchat" => self.get_chat(),
            "setwebhook" => self.set_webhook(),
            "deletewebhook" => Ok(self.delete_webhook()),
            "getwebhookinfo" => Ok(self.webhook_info()),
            "setmycommands" => self.set_commands(),
            "getmycommands" => Ok(self.get_commands()),
            "deletemycommands" => Ok(self.delete_commands()),
            "setchatmenubutton" => self.set_menu_button(),
            "getchatmenubutton" => Ok(self.get_menu_button()),
            // Nothing here shows these texts, so none is kept: they read back as never set.
            "getmyname" => Ok(json!({"name": ""})),
            "getmydescription" => Ok(json!({"description": ""})),
            "getmyshortdescription" => Ok(json!({"short_description": ""})),
            "setmyname"
            | "setmydescription"
            | "setmyshortdescription"
            | "pinchatmessage"
            | "unpinchatmessage"
            | "unpinallchatmessages"
            | "setmessagereaction"
            | "setmydefaultadministratorrights"
            | "logout"
            | "close" => Ok(json!(true)),
            _ => Err(ApiError::new(404, "Not Found: method not found")),
        }
    }

    /// The person whose chat `chat_id` names, who started the bot and did not block it.
    fn recipient(&self) -> Result<i64, ApiError> {
        let id = self.known_person()?;
        match self.state.chats.get(&id) {
            Some(chat) if chat.blocked => {
                Err(ApiError::new(403, "Forbidden: bot was blocked by the user"))
            }
            Some(chat) if chat.started => Ok(id),
            _ => Err(ApiError::new(403, "Forbidden: bot can't initiate conversation with a user")),
        }
    }

    fn known_person(&self) -> Result<i64, ApiError> {
        if self.params.get("chat_id").is_none() {
            return Err(ApiError::bad("chat_id is empty"));
        }
        self.params
            .number("chat_id")
            .filter(|id| self.state.people.contains_key(id))
            .ok_or_else(|| ApiError::bad("chat not found"))
    }

    fn get_me(&self) -> Value {
        let mut me = bot_user(self.options);
        for (name, value) in [
            ("can_join_groups", false),
            ("can_read_all_group_messages", false),
            ("supports_inline_queries", false),
            ("can_connect_to_business", false),
            ("has_main_web_app", self.options.mini_app_url.is_some()),
        ] {
            me[name] = json!(value);
        }
        me
    }

    fn get_chat(&self) -> Result<Value, ApiError> {
        let id = self.known_person()?;
        let mut chat = self.state.people[&id].chat();
        chat["accent_color_id"] = json!(0);
        chat["max_reaction_count"] = json!(11);
        chat["accepted_gift_types"] = json!({
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
            "premium_subscription": false, "gifts_from_channels": false,
        });
        Ok(chat)
    }

    fn get_file(&self) -> Result<Value, ApiError> {
        const LARGEST: usize = 20 << 20;
        let id = self.params.text("file_id").unwrap_or_default();
        match self.state.files.get(id) {
            Some(file) if file.bytes.len() > LARGEST => Err(ApiError::bad("file is too big")),
            Some(file) => Ok(file.file()),
            None => Err(ApiError::bad("invalid file_id")),
        }
    }

    fn answer_callback(&mut self) -> Result<Value, ApiError> {
        let id = self.params.text("callback_query_id").unwrap_or_default();
        let text = self.params.text("text").unwrap_or_default();
        if text.chars().count() > 200 {
            return Err(ApiError::bad("MESSAGE_TOO_LONG"));
        }
        let now = self.now;
        let callback = self
            .state
            .callbacks
            .get_mut(id)
            .filter(|callback| {
                callback.answer.is_none() && (now - callback.at).num_seconds() <= 150
            })
            .ok_or_else(|| {
                ApiError::bad(
                    "query is too old and response timeout expired or query ID is invalid",
                )
            })?;
        callback.answer = Some(CallbackAnswer {
            text: Some(text.to_owned()).filter(|text| !text.is_empty()),
            show_alert: self.params.flag("show_alert"),
            url: self.params.text("url").map(str::to_owned),
        });
        Ok(json!(true))
    }
}

/// The bot as a `User`.
pub(crate) fn bot_user(options: &TelegramOptions) -> Value {
    json!({
        "id": options.bot_id(),
        "is_bot": true,
        "first_name": options.bot_name,
        "username": options.bot_username,
    })
}
