//! The dealer's site: who hears of its leads and when, what is shared with it, where it listens.

use std::time::Duration;

use chrono::TimeDelta;
use domain::dealer::Line;
use secrecy::SecretString;
use url::Url;

use crate::config::addresses::{self, AddressRange};
use crate::config::file::LeadsEntry;
use crate::config::source::Source;
use crate::config::{ConfigError, values};

/// What concerns site leads.
#[derive(Debug, Clone)]
pub struct LeadsConfig {
    /// Telegram ids of managers, in the order in which they hear; empty: all at once.
    pub line: Vec<i64>,
    /// Working time after which the next one hears.
    pub next_after: Duration,
    /// Proxies of ours between the world and this server.
    pub proxies: Vec<AddressRange>,
    /// Shared with the site: signs what it posts and what it is told.
    pub secret: Option<SecretString>,
    /// Where the site hears of changes.
    pub webhook_url: Option<Url>,
}

impl LeadsConfig {
    pub(crate) fn read(source: &Source<'_>, entry: &LeadsEntry) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new("leads", problem);
        let id = |word: &crate::config::file::Word| {
            values::id(&word.0).map_err(|why| wrong(format!("line: {why}")))
        };
        let proxies = match &entry.proxies {
            Some(written) => addresses::ranges("proxies", written).map_err(wrong)?,
            None => addresses::loopback(),
        };
        let secret =
            source.optional("SITE_SECRET", |text| match text.len() {
                16.. => Ok(SecretString::from(text)),
                _ => Err("must have at least 16 characters; make one with `openssl rand -hex 32`"
                    .to_owned()),
            })?;
        let webhook_url = source.optional("SITE_WEBHOOK_URL", values::http_url)?;
        if webhook_url.is_some() {
            source.need_all(&["SITE_SECRET"], "SITE_WEBHOOK_URL")?;
        }
        Ok(Self {
            line: entry.line.iter().map(id).collect::<Result<_, _>>()?,
            next_after: values::duration(entry.next_after.as_deref().unwrap_or("15m"))
                .map_err(|why| wrong(format!("next_after: {why}")))?,
            proxies,
            secret,
            webhook_url,
        })
    }

    /// The managers' line as the rules see it.
    pub(crate) fn line(&self) -> Line {
        let patience = TimeDelta::from_std(self.next_after).unwrap_or(TimeDelta::MAX);
        Line { managers: self.line.clone(), patience }
    }
}
