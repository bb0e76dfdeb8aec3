//! Updates of the bot, stored before they are understood: by long polling or by webhook.

use std::time::Duration;

use anyhow::Context as _;
use domain::db::Db;
use domain::{Clock, inbox, outbox};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::{TelegramConfig, TelegramMode};

/// Seconds that Telegram holds a poll open; the client's own time-out is longer.
const POLL_SECONDS: u64 = 25;
/// The kinds of updates that the bot understands.
const ALLOWED: [&str; 3] = ["message", "callback_query", "my_chat_member"];

/// The Bot API, spoken plainly: for the calls that must not be hidden in a library.
#[derive(Clone, Debug)]
pub struct BotApi {
    http: reqwest::Client,
    base: Url,
    token: SecretString,
}

impl BotApi {
    /// Speaks to the address of the configuration.
    pub fn new(http: reqwest::Client, config: &TelegramConfig) -> BotApi {
        BotApi { http, base: config.api_url.clone(), token: config.token.clone() }
    }

    /// Calls a method; the answer's `result`.
    ///
    /// # Errors
    /// What Telegram said, or what broke; never with the token in it.
    pub async fn call(
        &self,
        method: &str,
        params: &Value,
        limit: Duration,
    ) -> anyhow::Result<Value> {
        let base = self.base.as_str().trim_end_matches('/');
        let address = format!("{base}/bot{}/{method}", self.token.expose_secret());
        let sent = self.http.post(address).timeout(limit).json(params).send().await;
        let answer = sent.map_err(reqwest::Error::without_url).context(method.to_owned())?;
        let body = answer.bytes().await.map_err(reqwest::Error::without_url)?;
        let mut body: Value = serde_json::from_slice(&body).context("an answer that is no JSON")?;
        anyhow::ensure!(body["ok"] == true, "{method}: {}", body["description"]);
        Ok(body["result"].take())
    }
}

/// Tells Telegram how updates travel, so that what is configured is what is true.
pub async fn choose_mode(
    api: &BotApi,
    config: &TelegramConfig,
    public_url: Option<&Url>,
) -> anyhow::Result<()> {
    let limit = Duration::from_secs(20);
    match (config.mode, public_url, &config.webhook_secret) {
        (TelegramMode::Webhook, Some(public_url), Some(secret)) => {
            let params = json!({
                "url": public_url.join("webhook/telegram")?,
                "secret_token": secret.expose_secret(),
                "allowed_updates": ALLOWED,
            });
            api.call("setWebhook", &params, limit).await?;
        }
        _ => {
            api.call("deleteWebhook", &json!({}), limit).await?;
        }
    }
    Ok(())
}

/// Polls until `stop`. The next offset is asked for only after the updates are on disk; asking is
/// what confirms them to Telegram.
pub async fn poll(api: &BotApi, db: &Db, clock: &Clock, stop: &CancellationToken) {
    let mut offset: Option<i64> = None;
    let mut wait = Duration::from_secs(1);
    while !stop.is_cancelled() {
        let polled = tokio::select! {
            () = stop.cancelled() => return,
            polled = poll_once(api, db, clock, offset) => polled,
        };
        match polled {
            Ok(next) => {
                offset = next.or(offset);
                wait = Duration::from_secs(1);
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "polling Telegram");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                wait = (wait * 2).min(Duration::from_secs(60));
            }
        }
    }
}

/// Stores one update; `false` when it was stored before.
pub async fn store_update(db: &Db, clock: &Clock, body: &[u8]) -> anyhow::Result<bool> {
    let update: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let (key, lane) = match bot::update_lane(&update) {
        Some((update_id, lane)) => (update_id.to_string(), lane),
        // Kept and visible all the same: what we cannot read today may matter tomorrow.
        None => (domain::ids::token_hash(&String::from_utf8_lossy(body)), "unreadable".to_owned()),
    };
    let mut tx = db.begin().await?;
    let stored = inbox::store(&mut tx, outbox::TELEGRAM, &key, &lane, body, clock.now()).await?;
    tx.commit().await?;
    Ok(stored)
}

async fn poll_once(
    api: &BotApi,
    db: &Db,
    clock: &Clock,
    offset: Option<i64>,
) -> anyhow::Result<Option<i64>> {
    let params = json!({ "offset": offset, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED });
    let limit = Duration::from_secs(POLL_SECONDS + 15);
    let updates = api.call("getUpdates", &params, limit).await?;
    let mut next = None;
    for update in updates.as_array().context("getUpdates answers a list")? {
        store_update(db, clock, update.to_string().as_bytes()).await?;
        let id = update["update_id"].as_i64().context("an update has an id")?;
        next = next.max(Some(id + 1));
    }
    Ok(next)
}
