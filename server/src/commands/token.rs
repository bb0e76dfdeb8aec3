//! `mypark token`: a bearer token for the administrator's HTTP routes.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{Clock, text, tokens};

use crate::commands::{open, out};
use crate::config::Config;

/// The longest name that is kept, in characters.
const NAME_LIMIT: usize = 100;

/// Mints a token and prints it, the token alone on the first line.
pub(crate) async fn token(
    config: &Config,
    name: &str,
    expires: Option<Duration>,
) -> anyhow::Result<()> {
    let Some(name) = text::clean(name, NAME_LIMIT) else {
        anyhow::bail!("--name: give a name of 1 to {NAME_LIMIT} characters");
    };
    let now = Clock::system().now();
    let expires_at = expires.map(TimeDelta::from_std).transpose()?.map(|after| now + after);
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let token = tokens::mint(&mut tx, &name, expires_at, now).await?;
    tx.commit().await?;
    let until = match expires_at {
        Some(at) => format!("it expires {}", at.with_timezone(&config.time_zone).format("%F %R")),
        None => "it does not expire".to_owned(),
    };
    out(&format!("{token}\nkeep it, it is not shown again; {until}"))
}
