//! The goods of a portal as parts of ours (S14).

mod ask;
mod new;
mod old;
mod picture;
mod wire;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use futures_util::future::BoxFuture;

use crate::config::CatalogueSettings;
use crate::crm::NoRecord;
use crate::crm::bitrix24::catalogue::ask::Ask;
use crate::crm::bitrix24::catalogue::new::Shelves;
use crate::crm::bitrix24::catalogue::picture::PicturePlace;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::catalogue::{Goods, Source};
use crate::crm::error::CallError;
use crate::crm::limiter::Urgency;

/// Rows of a full page (Bitrix24 REST, «Features of list methods»).
const FULL: usize = 50;

/// Products that are read by one command: their prices must fit a page, also where some have two.
const PAGE: usize = 40;

/// Products that are read in one go, by one call of twenty commands.
const GROUP: usize = PAGE * 10;

/// The largest picture that is taken, in bytes.
const PICTURE: usize = 5 * 1024 * 1024;

/// A portal that is a source of parts.
pub(crate) struct Shop<'c> {
    /// The portal.
    pub(crate) connection: &'c BitrixConnection,
    /// How its goods become parts.
    pub(crate) settings: &'c CatalogueSettings,
}

impl Source for Shop<'_> {
    fn name(&self) -> &str {
        self.connection.name()
    }

    fn settings(&self) -> &CatalogueSettings {
        self.settings
    }

    fn read<'a>(
        &'a self,
        since: Option<DateTime<Utc>>,
        goods: &'a mut dyn Goods,
    ) -> BoxFuture<'a, Result<Option<DateTime<Utc>>, CallError>> {
        // Nobody waits for it: people's orders keep their share of the portal's rate.
        let calls = self.connection.client.calls(&NoRecord).with_urgency(Urgency::Background);
        Box::pin(read(Ask { calls }, self.settings, since, goods))
    }

    fn picture<'a>(&'a self, place: &'a str) -> BoxFuture<'a, Result<Vec<u8>, CallError>> {
        let calls = self.connection.client.calls(&NoRecord).with_urgency(Urgency::Background);
        Box::pin(async move {
            let words = || CallError::Local { words: format!("«{place}» is no picture's place") };
            let place = PicturePlace::read(place).ok_or_else(words)?;
            match place.old {
                true => old::picture(Ask { calls }, &place).await,
                false => new::picture(calls, &place).await,
            }
        })
    }
}

/// Reads the goods of a portal, or those that changed since a time of theirs, into `goods`. Answers
/// their time of the beginning.
async fn read(
    ask: Ask<'_>,
    settings: &CatalogueSettings,
    since: Option<DateTime<Utc>>,
    goods: &mut dyn Goods,
) -> Result<Option<DateTime<Utc>>, CallError> {
    let began = server_time(&ask).await?;
    let since = since.map(|since| since.to_rfc3339_opts(SecondsFormat::Secs, false));
    let since = since.as_deref();
    let shelves = match Shelves::find(&ask, settings).await {
        Ok(shelves) => shelves,
        Err(error) if is_old(&error) => {
            let mut items = old::read(&ask, settings, since).await?;
            goods.expect(items.len());
            while !items.is_empty() {
                let some = items.drain(..GROUP.min(items.len())).collect();
                goods.hear(some).await?;
            }
            return Ok(began);
        }
        Err(error) => return Err(error),
    };
    let found = shelves.ids(&ask, since).await?;
    goods.expect(found.iter().map(|(_, ids)| ids.len()).sum());
    for (block, ids) in &found {
        for ids in ids.chunks(GROUP) {
            goods.hear(shelves.read(&ask, settings, *block, ids).await?).await?;
        }
    }
    Ok(began)
}

/// The portal has no `catalog` for us: a right that the token lacks, or a portal of before it.
fn is_old(error: &CallError) -> bool {
    matches!(error, CallError::Rejected { .. } | CallError::NoAccess { .. })
}

/// The portal's own clock, by which its changes bear their times.
async fn server_time(ask: &Ask<'_>) -> Result<Option<DateTime<Utc>>, CallError> {
    let answer: Value = ask.one("server.time", json!({})).await?;
    let time = answer.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    Ok(time.map(|time| time.with_timezone(&Utc)))
}
