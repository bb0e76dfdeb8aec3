//! The deal of an order hears of a quote: what it comes to, and a note.

use domain::ids::QuoteId;
use domain::orders::quotes;
use domain::texts::{Lang, Texts};

use crate::crm::story;
use crate::crm::tell::account::{Account, Place, Telling};
use crate::crm::tell::deal::deal_of;
use crate::crm::tell::feed;
use crate::crm::tell::memory::local;
use crate::worker::policy::{Failure, Look};

/// Carries `CrmQuote` out. A revision that was replaced while it waited is no news.
pub(super) async fn told<A: Account>(
    account: &A,
    id: &QuoteId,
    accepted: bool,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (order, lines, quote) = {
        let mut reader = account.db().read().await.map_err(local)?;
        quotes::find(&mut reader, id).await.map_err(local)?
    };
    let Some(quote) = quote else {
        return Ok(Some("a newer revision has replaced it".to_owned()));
    };
    let entity = format!("order:{}", order.id);
    let deal = deal_of(account, &entity).await?;
    account.write_total(deal, quote.total).await?;
    let text = story::quote_text(Texts::of(Lang::Ru), &order, &quote, &lines, accepted);
    let telling = Telling { entity: &entity, look };
    let step = step(quote.revision, accepted);
    feed::note(account, telling, &step, Place::Deal(deal), &text).await?;
    Ok(None)
}

/// What the note is remembered as.
pub(crate) fn step(revision: i64, accepted: bool) -> String {
    let what = if accepted { "accepted" } else { "sent" };
    format!("quote:{revision}:{what}")
}
