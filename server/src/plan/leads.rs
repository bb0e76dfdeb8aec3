//! Ours to theirs, as far as it is about people who wrote on the dealer's site.

use domain::ids::{LeadId, TouchId};
use domain::leads::{self, LeadCase, Touch};
use domain::plan::Step;
use domain::texts::{Lang, Texts};
use domain::{Error, Result};

use crate::crm::story;
use crate::crm::tell::compose;
use crate::crm::tell::deal::Parties;
use crate::crm::tell::lead::LEAD;
use crate::crm::tell::person::Who;
use crate::plan::Seen;
use crate::plan::draft::Draft;
use crate::plan::outgoing::files;

impl<A: Draft> Seen<'_, A> {
    /// The lead, or the deal of one where there are no leads, and what its person wrote first.
    pub(super) async fn lead_made(&self, id: &LeadId) -> Result<Vec<Step>> {
        let (case, who) = Who::asking(&mut self.account.db().read().await?, id).await?;
        let entity = leads::entity(id);
        let mut steps = match self.account.new_lead(&case, self.names) {
            Some(fields) => vec![match self.linked(&entity, LEAD).await? {
                Some(id) => Step::new("lead-there", id),
                None => Step { fields, ..Step::new("make-lead", "") },
            }],
            None => {
                let deal = compose::lead_deal(self.account.config(), &case);
                let parties = Parties { who: Some(&who), firm: None };
                self.deal(&entity, &deal, parties).await?
            }
        };
        steps.extend(self.touch(&case, case.first()).await?);
        Ok(steps)
    }

    /// What the same person wrote later.
    pub(super) async fn lead_touched(&self, id: &LeadId, which: &TouchId) -> Result<Vec<Step>> {
        let case = leads::load(&mut self.account.db().read().await?, id).await?;
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
