//! The bot: its token, and how its updates arrive.

use secrecy::SecretString;
use url::Url;

use crate::config::source::Source;
use crate::config::{ConfigError, values};

/// The bot and how its updates arrive.
#[derive(Debug, Clone)]
pub struct TelegramConfig {
    /// Token of the bot.
    pub token: SecretString,
    /// Address of the Bot API.
    pub api_url: Url,
    /// How updates arrive.
    pub mode: TelegramMode,
    /// Compared with `X-Telegram-Bot-Api-Secret-Token`; always there in webhook mode.
    pub webhook_secret: Option<SecretString>,
}

/// How updates of the bot arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TelegramMode {
    /// We ask.
    Polling,
    /// Telegram calls `POST /webhook/telegram` under `public_url`.
    Webhook,
}

pub(super) fn read(source: &Source<'_>) -> Result<Option<TelegramConfig>, ConfigError> {
    let mode = source.required("TELEGRAM_MODE", |text| match text {
        "polling" => Ok(TelegramMode::Polling),
        "webhook" => Ok(TelegramMode::Webhook),
        _ => Err(format!("«{text}» is neither polling nor webhook")),
    })?;
    let api_url = source.required("TELEGRAM_API_URL", values::http_url)?;
    let webhook_secret = source.optional("TELEGRAM_WEBHOOK_SECRET", webhook_secret)?;
    if mode == TelegramMode::Webhook {
        let needed = ["TELEGRAM_BOT_TOKEN", "PUBLIC_URL", "TELEGRAM_WEBHOOK_SECRET"];
        source.need_all(&needed, "TELEGRAM_MODE=webhook")?;
    }
    let token = source.optional("TELEGRAM_BOT_TOKEN", bot_token)?;
    Ok(token.map(|token| TelegramConfig { token, api_url, mode, webhook_secret }))
}

fn bot_token(text: &str) -> Result<SecretString, String> {
    let fits = |secret: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        !secret.is_empty() && secret.bytes().all(known)
    };
    match text.split_once(':') {
        Some((id, secret)) if id.parse::<u64>().is_ok() && fits(secret) => Ok(text.into()),
        _ => Err("is not a token of @BotFather, like 123456:ABC-DEF".to_owned()),
    }
}

fn webhook_secret(text: &str) -> Result<SecretString, String> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    match text.len() <= 256 && text.bytes().all(known) {
        true => Ok(text.into()),
        false => Err("must be 1-256 of A-Z a-z 0-9 _ -".to_owned()),
    }
}
