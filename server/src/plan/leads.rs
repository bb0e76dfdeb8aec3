//! Ours to theirs, as far as it is about people who wrote on the dealer's site.

use domain::ids::{LeadId, TouchId};
use domain::leads::{self, LeadCase, Touch};
use domain::plan::Step;
use domain::texts::{Lang, Texts};
use domain::{Error, Result};

use crate::crm::story;
use crate::crm::tell::compose;
use crate::crm::tell::deal::Parties;
use crate::crm::tell::person::Who;
use crate::plan::Seen;
use crate::plan::outgoing::files;

impl Seen<'_> {
    /// The deal of a lead with its person, and what they wrote first.
    pub(super) async fn lead_made(&self, id: &LeadId) -> Result<Vec<Step>> {
        let (case, who) = Who::asking(&mut self.db.read().await?, id).await?;
        let deal = compose::lead_deal(&self.amo.config, &case);
        let parties = Parties { who: Some(&who), firm: None };
        let mut steps = self.deal(&leads::entity(id), &deal, parties).await?;
        steps.extend(self.touch(&case, case.first()).await?);
        Ok(steps)
    }

    /// What the same person wrote later.
    pub(super) async fn lead_touched(&self, id: &LeadId, which: &TouchId) -> Result<Vec<Step>> {
        let case = leads::load(&mut self.db.read().await?, id).await?;
        let touch = case.touch(which).ok_or(Error::NotFound)?;
        self.touch(&case, touch).await
    }

    async fn touch(&self, case: &LeadCase, touch: &Touch) -> Result<Vec<Step>> {
        let text = story::touch_text(Texts::of(Lang::Ru), case, touch);
        let entity = leads::entity(&case.lead.id);
        let note = self.note(&entity, &format!("note:{}", touch.id), &text).await?;
        let files = files(touch.files.iter().map(|file| file.name.as_str()));
        Ok(std::iter::once(note).chain(files).collect())
    }
}
