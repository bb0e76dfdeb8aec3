//! Commands, menu button and webhook.

use serde_json::{Value, json};

use crate::telegram::error::ApiError;
use crate::telegram::methods::Call;
use crate::telegram::state::{CommandSet, Hook, State};

impl Call<'_> {
    pub(super) fn set_commands(&mut self) -> Result<Value, ApiError> {
        let commands = self.params.get("commands").cloned().unwrap_or_else(|| json!([]));
        let list = commands.as_array().map(Vec::as_slice).unwrap_or_default();
        if list.len() > 100 {
            return Err(ApiError::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        for command in list {
            let name = command["command"].as_str().unwrap_or_default();
            let name = name.strip_prefix('/').unwrap_or(name);
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !(1..=32).contains(&name.len()) || !name.chars().all(fits) {
                return Err(ApiError::bad("BOT_COMMAND_INVALID"));
            }
            let description = command["description"].as_str().unwrap_or_default();
            if !(1..=256).contains(&description.chars().count()) {
                return Err(ApiError::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
        }
        let (scope, language) = self.scope();
        if !language.is_empty() && language.len() != 2 {
            return Err(ApiError::bad("wrong language code specified"));
        }
        self.state.commands.retain(|set| set.scope != scope || set.language != language);
        self.state.commands.push(CommandSet { scope, language, commands });
        self.touch_chats();
        Ok(json!(true))
    }

    pub(super) fn get_commands(&self) -> Value {
        let (scope, language) = self.scope();
        let found = self.state.commands.iter();
        let mut found = found.filter(|set| set.scope == scope && set.language == language);
        found.next().map_or_else(|| json!([]), |set| set.commands.clone())
    }

    pub(super) fn delete_commands(&mut self) -> Value {
        let (scope, language) = self.scope();
        self.state.commands.retain(|set| set.scope != scope || set.language != language);
        self.touch_chats();
        json!(true)
    }

    pub(super) fn set_menu_button(&mut self) -> Result<Value, ApiError> {
        let chat = self.params.number("chat_id").unwrap_or(0);
        if chat != 0 {
            self.known_person()?;
        }
        let button =
            self.params.get("menu_button").cloned().unwrap_or_else(|| json!({"type": "default"}));
        if button["type"] == "web_app" && button["web_app"]["url"].as_str().is_none() {
            return Err(ApiError::bad("BUTTON_URL_INVALID"));
        }
        self.state.menu_buttons.insert(chat, button);
        self.touch_chats();
        Ok(json!(true))
    }

    pub(super) fn get_menu_button(&self) -> Value {
        self.state.menu_button(self.params.number("chat_id").unwrap_or(0))
    }

    pub(super) fn set_webhook(&mut self) -> Result<Value, ApiError> {
        let url = self.params.text("url").unwrap_or_default().to_owned();
        if url.is_empty() {
            return Ok(self.delete_webhook());
        }
        if !url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(ApiError::bad("bad webhook: invalid webhook URL specified"));
        }
        let secret = self.params.text("secret_token").map(str::to_owned);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if secret.as_ref().is_some_and(|s| !(1..=256).contains(&s.len()) || !s.chars().all(fits)) {
            return Err(ApiError::bad("secret token contains unallowed characters"));
        }
        self.state.choose_updates(self.params);
        self.drop_pending();
        self.state.hook = Hook { url, secret, ..Hook::default() };
        Ok(json!(true))
    }

    pub(super) fn delete_webhook(&mut self) -> Value {
        self.drop_pending();
        self.state.hook = Hook::default();
        json!(true)
    }

    pub(super) fn webhook_info(&self) -> Value {
        let hook = &self.state.hook;
        let mut info = json!({
            "url": hook.url,
            "has_custom_certificate": false,
            "pending_update_count": self.state.queue.len(),
        });
        if !hook.url.is_empty() {
            info["max_connections"] = json!(40);
            info["ip_address"] = json!("127.0.0.1");
        }
        if let Some(error) = &hook.last_error {
            info["last_error_message"] = json!(error);
            info["last_error_date"] = json!(hook.last_error_at);
        }
        if !self.state.allowed_updates.is_empty() {
            info["allowed_updates"] = json!(self.state.allowed_updates);
        }
        info
    }

    fn drop_pending(&mut self) {
        if self.params.flag("drop_pending_updates") {
            self.state.queue.clear();
        }
    }

    fn scope(&self) -> (Value, String) {
        let scope = self.params.get("scope").cloned();
        let language = self.params.text("language_code").unwrap_or_default().to_owned();
        (scope.unwrap_or_else(|| json!({"type": "default"})), language)
    }

    /// Every chat shows commands and the menu button.
    fn touch_chats(&mut self) {
        for chat in self.state.chats.values_mut() {
            chat.revision += 1;
        }
    }
}

impl State {
    /// The menu button of a chat: its own, else everybody's.
    pub(crate) fn menu_button(&self, person: i64) -> Value {
        let own = self.menu_buttons.get(&person).filter(|button| button["type"] != "default");
        let general = self.menu_buttons.get(&0).filter(|button| button["type"] != "default");
        own.or(general).cloned().unwrap_or_else(|| json!({"type": "commands"}))
    }

    /// The commands that a person sees: narrower scope first, exact language before any.
    pub(crate) fn commands_for(&self, person: i64, language: &str) -> Vec<Value> {
        let language = language.get(..2).unwrap_or(language);
        let scopes = [
            json!({"type": "chat", "chat_id": person}),
            json!({"type": "all_private_chats"}),
            json!({"type": "default"}),
        ];
        for scope in scopes {
            for language in [language, ""] {
                let found = self.commands.iter().find(|set| {
                    set.scope == scope
                        && set.language == language
                        && set.commands.as_array().is_some_and(|list| !list.is_empty())
                });
                if let Some(set) = found {
                    return set.commands.as_array().cloned().unwrap_or_default();
                }
            }
        }
        Vec::new()
    }
}
