//! Deals: known by our number, and made in one call with their people where the account wants it so.

use crate::crm::amo::calls::fields::shortened;
use crate::crm::amo::calls::write::{ComplexLead, LeadPatch, Party};
use crate::crm::amo::connection::{LEAD, creating};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::inbound::facets;
use crate::crm::amo::wire::Lead;
use crate::crm::hear::facets::{of_company, of_person};
use crate::crm::hear::met;
use crate::crm::tell::compose::Deal;
use crate::crm::tell::deal::{Parties, names};
use crate::crm::tell::firm::{self, COMPANY, Firm};
use crate::crm::tell::person::{self, CONTACT, Who};
use crate::crm::tell::{Account as _, Telling};
use crate::worker::policy::Failure;

impl AmoAccount<'_> {
    /// Deal, contact and company in one call: the only one in which the account's own control of
    /// duplicates has a say. What we find ourselves goes along by its id.
    pub(super) async fn complex_deal(
        &self,
        Telling { entity, .. }: Telling<'_>,
        deal: &Deal,
        Parties { who, firm }: Parties<'_>,
    ) -> Result<(i64, Option<String>), Failure> {
        let memory = self.memory();
        let _turn = match who {
            Some(who) => Some(memory.turn(&who.entity).await),
            None => None,
        };
        let (contact, company) = self.along(who, firm).await?;
        let (lead, request_id) = (self.amo.new_lead(deal), deal.number.clone());
        let says = facets::of_new_lead(&lead);
        let complex = ComplexLead { lead, contact, company, request_id };
        let made = self.calls.create_complex(complex).await.map_err(creating)?;
        if let (Some(who), Some(id)) = (who, made.contact_id) {
            met(self, CONTACT, id, 0, &of_person(who, &who.name)).await?;
        }
        if let (Some(firm), Some(id)) = (firm, made.company_id) {
            met(self, COMPANY, id, 0, &of_company(&shortened(&firm.name))).await?;
        }
        // At whose stage one stands that it was merged into nobody knows: that is news.
        if !made.merged {
            met(self, LEAD, made.id, 0, &says).await?;
        }
        for (entity, kind, id) in [
            (who.map(|who| who.entity.as_str()), CONTACT, made.contact_id),
            (firm.map(|firm| firm.entity.as_str()), COMPANY, made.company_id),
        ] {
            if let (Some(entity), Some(id)) = (entity, id) {
                memory.point(entity, kind, id).await?;
            }
        }
        memory.remember(entity, LEAD, &made.id.to_string()).await?;
        if !made.merged {
            return Ok((made.id, None));
        }
        // It became part of a deal that was there: our number has to stand on that one too.
        let tags_to_add = vec![deal.number.clone()];
        let patch = LeadPatch { tags_to_add, ..LeadPatch::default() };
        self.change_lead(made.id, patch).await?;
        Ok((made.id, Some(format!("amoCRM merged it into deal {}", made.id))))
    }

    /// Who goes along with a new deal: by their ids where they are known, else as they are made. That
    /// they may be made is on disk before the call.
    async fn along(
        &self,
        who: Option<&Who>,
        firm: Option<&Firm>,
    ) -> Result<(Option<Party>, Option<Party>), Failure> {
        let memory = self.memory();
        let contact = match who {
            Some(who) => match person::known(self, who).await? {
                Some(contact) => Some(Party::Known(contact.id)),
                None => {
                    memory.begin_try(&who.entity, CONTACT).await?;
                    Some(Party::New(self.amo.new_contact(who)))
                }
            },
            None => None,
        };
        let company = match firm {
            Some(firm) => match firm::known(self, firm).await? {
                Some(id) => Some(Party::Known(id)),
                None => {
                    memory.begin_try(&firm.entity, COMPANY).await?;
                    Some(Party::New(self.amo.new_company(firm)))
                }
            },
            None => None,
        };
        Ok((contact, company))
    }
}

/// The oldest of the hits that really bears our number.
pub(super) fn ours<'a>(hits: &'a [Lead], number: &str) -> Option<&'a Lead> {
    let living = hits.iter().filter(|lead| !lead.is_deleted);
    let real = living.filter(|lead| lead.has_tag(number) || names(&lead.name, number));
    real.min_by_key(|lead| lead.id)
}
