//! Ours to theirs, as far as it is about quotes.

use domain::Result;
use domain::ids::QuoteId;
use domain::orders::quotes;
use domain::plan::Step;
use domain::texts::{Lang, Texts};

use crate::crm::story;
use crate::crm::tell::quote::step;
use crate::plan::Seen;
use crate::plan::draft::Draft;

impl<A: Draft> Seen<'_, A> {
    /// What the deal comes to, and the note.
    pub(super) async fn quote(&self, id: &QuoteId, accepted: bool) -> Result<Vec<Step>> {
        let (order, lines, quote) = quotes::find(&mut self.account.db().read().await?, id).await?;
        let Some(quote) = quote else {
            return Ok(vec![Step::new("superseded", &order.number)]);
        };
        let entity = format!("order:{}", order.id);
        let Some(deal) = self.linked(&entity, A::DEAL).await? else {
            return Ok(vec![Step::new("no-deal", "")]);
        };
        let text = story::quote_text(Texts::of(Lang::Ru), &order, &quote, &lines, accepted);
        let note = self.note(&entity, &step(quote.revision, accepted), &text).await?;
        let sum = Step::new("write-deal", deal).with("price", quote.total.to_string());
        Ok(vec![sum, note])
    }
}
