//! The bot: does its token work, do updates travel as configured, does its button open our app.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::commands::doctor::PATIENCE;
use crate::commands::doctor::report::Line;
use crate::config::{Config, TelegramConfig, TelegramMode};
use crate::telegram::BotApi;

const BOT: &str = "Telegram";
const UPDATES: &str = "Telegram updates";
const MENU: &str = "Telegram menu";

/// Asks Telegram; changes nothing there.
pub(super) async fn check(
    config: &Config,
    http: &reqwest::Client,
    now: DateTime<Utc>,
) -> Vec<Line> {
    let Some(telegram) = &config.telegram else {
        return vec![Line::off(BOT, "off: set TELEGRAM_BOT_TOKEN, the token from @BotFather")];
    };
    let api = BotApi::new(http.clone(), telegram);
    let ask = async |method| api.call(method, &json!({}), PATIENCE).await;
    let me = match ask("getMe").await {
        Ok(me) => me,
        Err(error) => return vec![refused(telegram, &format!("{error:#}"))],
    };
    let name = me["username"].as_str().unwrap_or("?");
    let updates = match ask("getWebhookInfo").await {
        Ok(info) => updates(&info, telegram.mode, config.public_url.as_ref(), now),
        Err(error) => Line::bad(UPDATES, format!("{error:#}: try again in a minute")),
    };
    let menu = match ask("getChatMenuButton").await {
        Ok(button) => menu(&button, config.public_url.as_ref()),
        Err(error) => Line::bad(MENU, format!("{error:#}: try again in a minute")),
    };
    vec![Line::good(BOT, format!("the bot is @{name}")), updates, menu]
}

fn refused(telegram: &TelegramConfig, error: &str) -> Line {
    let unknown = error.contains("Unauthorized") || error.contains("Not Found");
    let cure = match unknown {
        true => "TELEGRAM_BOT_TOKEN is not accepted: copy it from @BotFather once more".to_owned(),
        false => format!("no answer from {}: check the network", telegram.api_url),
    };
    Line::bad(BOT, format!("{cure} ({error})"))
}

fn updates(info: &Value, mode: TelegramMode, public_url: Option<&Url>, now: DateTime<Utc>) -> Line {
    let set = info["url"].as_str().unwrap_or_default();
    let ours = public_url.and_then(|url| url.join("webhook/telegram").ok());
    match (mode, set) {
        (TelegramMode::Polling, "") => Line::good(UPDATES, "long polling"),
        (TelegramMode::Polling, other) => Line::bad(
            UPDATES,
            format!(
                "they go to a webhook at {}: start `mypark serve`, which takes it away; if it comes \
                 back, another program uses this bot",
                host(other)
            ),
        ),
        (TelegramMode::Webhook, "") => Line::warning(
            UPDATES,
            "the webhook is not set yet: start `mypark serve`, which sets it",
        ),
        (TelegramMode::Webhook, set) if ours.is_none_or(|ours| ours.as_str() != set) => Line::bad(
            UPDATES,
            format!(
                "they go to a webhook at {}, which is not ours: start `mypark serve`, which moves \
                 it; if it comes back, another program uses this bot",
                host(set)
            ),
        ),
        (TelegramMode::Webhook, _) => webhook_health(info, now),
    }
}

fn webhook_health(info: &Value, now: DateTime<Utc>) -> Line {
    let failed_at = info["last_error_date"].as_i64().unwrap_or_default();
    let pending = info["pending_update_count"].as_i64().unwrap_or_default();
    if now.timestamp() - failed_at < TimeDelta::hours(1).num_seconds() {
        let why = info["last_error_message"].as_str().unwrap_or("no reason given");
        let words = format!(
            "Telegram could not reach us within the last hour ({why}): check certificate and proxy"
        );
        return Line::bad(UPDATES, words);
    }
    Line::good(UPDATES, format!("webhook, {pending} waiting"))
}

fn menu(button: &Value, public_url: Option<&Url>) -> Line {
    let Some(ours) = public_url.and_then(|url| url.join("app").ok()) else {
        return Line::off(MENU, "off: set PUBLIC_URL, and the button opens the Mini App");
    };
    let set = button["web_app"]["url"].as_str();
    match set {
        Some(set) if set == ours.as_str() => Line::good(MENU, "the button opens the Mini App"),
        Some(set) => {
            let words =
                format!("the button opens {}: start `mypark serve`, which mends it", host(set));
            Line::bad(MENU, words)
        }
        None => Line::warning(MENU, "there is no button yet: start `mypark serve`, which sets it"),
    }
}

/// Where an address leads, without what it may carry in path and query.
fn host(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "an unknown address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn the_webhook_must_fit_the_mode() {
        let public = Url::parse("https://park.example.com/").unwrap();
        let line = |mode, info: Value| updates(&info, mode, Some(&public), now()).to_string();
        let ours = "https://park.example.com/webhook/telegram";
        let fits = [
            (TelegramMode::Polling, json!({ "url": "" }), '✓'),
            (TelegramMode::Polling, json!({ "url": ours }), '✗'),
            (TelegramMode::Webhook, json!({ "url": "" }), '!'),
            (TelegramMode::Webhook, json!({ "url": ours }), '✓'),
            (TelegramMode::Webhook, json!({ "url": "https://other.example.com/x?t=1" }), '✗'),
            (TelegramMode::Webhook, json!({ "url": ours, "last_error_date": 1_794_999_000 }), '✗'),
            (TelegramMode::Webhook, json!({ "url": ours, "last_error_date": 1_794_000_000 }), '✓'),
        ];
        for (mode, info, mark) in fits {
            let line = line(mode, info.clone());
            assert!(line.starts_with(mark), "{info}: {line}");
            assert!(!line.contains("t=1"), "{line}");
        }
    }

    #[test]
    fn the_button_must_open_our_app() {
        let public = Url::parse("https://park.example.com/").unwrap();
        let button =
            json!({ "type": "web_app", "web_app": { "url": "https://park.example.com/app" } });
        assert!(menu(&button, Some(&public)).to_string().starts_with('✓'));
        assert!(menu(&json!({ "type": "default" }), Some(&public)).to_string().starts_with('!'));
        assert!(menu(&button, None).to_string().starts_with('–'));
    }
}
