//! `mypark doctor`: every check is one line, and what fails says what to do.

mod access;
mod amocrm;
mod approvers;
mod bitrix24;
mod database;
mod discount;
mod mapping;
mod portal_events;
mod report;
mod routing;
mod settings;
mod subscription;
mod telegram;

use std::time::Duration;

use domain::Clock;

use crate::commands;
use crate::commands::doctor::report::Line;
use crate::commands::out;
use crate::config::{Config, ConnectionKind, CrmSettings, MailConfig};
use crate::http;
use crate::mapping::apply;
use crate::worker::mail::Mailer;

/// How long one call of a check may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Checks everything that is configured; an error where something has to be mended. With `fix` what
/// can be mended from here is.
pub(crate) async fn doctor(config: &Config, fix: bool) -> anyhow::Result<()> {
    let config = &in_force(config).await?;
    let mut failed = 0;
    let mut show = |lines: Vec<Line>| -> anyhow::Result<()> {
        failed += lines.iter().filter(|line| line.is_bad()).count();
        lines.iter().try_for_each(|line| out(&line.to_string()))
    };
    let http = http::client(PATIENCE)?;
    let now = Clock::system().now();
    show(settings::check(config))?;
    show(database::check(config).await)?;
    show(telegram::check(config, &http, now).await)?;
    for connection in &config.connections {
        let name = connection.name.as_str();
        match &connection.settings {
            CrmSettings::Amocrm(settings) => {
                show(amocrm::check(config, connection, settings, &http, now, fix).await)?;
            }
            CrmSettings::Bitrix24(settings) => {
                show(bitrix24::check(config, connection, settings, &http, fix).await)?;
            }
            CrmSettings::Hubspot(_) => {
                show(vec![not_spoken(name, connection.kind())])?;
            }
        }
    }
    show(discount::check(config).await)?;
    show(mail(config.mail.as_ref()).await)?;
    anyhow::ensure!(failed == 0, "{failed} of the checks failed: each line with ✗ says what to do");
    Ok(())
}

/// The configuration with what the console changed of its connections; as it is written where there is no
/// database yet, of which another line speaks.
async fn in_force(config: &Config) -> anyhow::Result<Config> {
    let mut config = config.clone();
    if config.connections.is_empty() || database::missing(&config).is_some() {
        return Ok(config);
    }
    let Ok(db) = commands::open(&config).await else { return Ok(config) };
    for connection in &mut config.connections {
        *connection = apply::stored(&mut db.read().await?, connection).await?;
    }
    db.close().await;
    Ok(config)
}

fn not_spoken(name: &str, kind: ConnectionKind) -> Line {
    let kind = kind.as_str();
    Line::bad(
        name,
        format!("this version does not speak {kind} yet, and what it takes would wait: remove it"),
    )
}

async fn mail(config: Option<&MailConfig>) -> Vec<Line> {
    const WHAT: &str = "mail";
    let Some(config) = config else {
        let words = "off: set SMTP_URL, MAIL_FROM and ORDERS_EMAIL for copies by mail";
        return vec![Line::off(WHAT, words)];
    };
    let checked = match Mailer::new(config) {
        Ok(mailer) => mailer.check().await,
        Err(error) => Err(error),
    };
    let cure = "compare host, port and password in SMTP_URL; where port 587 is shut, try smtps://";
    vec![match checked {
        Ok(true) => {
            let to: Vec<String> = config.orders.iter().map(|to| to.email.to_string()).collect();
            Line::good(WHAT, format!("the server takes our letters to {}", to.join(", ")))
        }
        Ok(false) => Line::bad(WHAT, format!("the server does not answer: {cure}")),
        Err(error) => Line::bad(WHAT, format!("{error:#}: {cure}")),
    }]
}
