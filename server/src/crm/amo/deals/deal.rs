//! A deal, once: remembered, else looked for by our number, else made for its people.

use domain::people::Customer;

use crate::crm::amo::calls::write::{ComplexLead, LeadPatch, NewLead, Party};
use crate::crm::amo::connection::{
    AmoConnection, COMPANY, CONTACT, LEAD, Telling, creating, reading,
};
use crate::crm::amo::deals::firm::Firm;
use crate::crm::amo::wire::Lead;
use crate::worker::policy::Failure;

/// Whom a deal is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parties<'a> {
    /// The person, if one is known.
    pub(crate) customer: Option<&'a Customer>,
    /// The firm, if one is known.
    pub(crate) firm: Option<&'a Firm>,
}

impl AmoConnection {
    /// The deal of a story: remembered; else, when an earlier try may have made it, looked for by
    /// our number; else made. The text says when one was adopted.
    pub(crate) async fn deal(
        &self,
        telling: Telling<'_>,
        number: &str,
        new: NewLead,
        parties: Parties<'_>,
    ) -> Result<(i64, Option<String>), Failure> {
        let Telling { entity, look, calls } = telling;
        if let Some(id) = self.linked_id(entity, LEAD).await? {
            return Ok((id, None));
        }
        if look.wanted() {
            let hits = calls.search_leads(number).await.map_err(reading)?;
            if let Some(lead) = ours(&hits, number) {
                self.remember(entity, LEAD, &lead.id.to_string()).await?;
                return Ok((lead.id, Some(format!("adopted deal {}", lead.id))));
            }
            look.absent(number)?;
        }
        if self.settings.duplicate_control {
            return self.complex_deal(telling, number, new, parties).await;
        }
        let (contacts, company) = self.parties(parties, telling).await?;
        let id = calls.create_lead(NewLead { contacts, company, ..new }).await.map_err(creating)?;
        self.remember(entity, LEAD, &id.to_string()).await?;
        Ok((id, None))
    }

    /// The contact and the company, found or made, and joined to each other.
    async fn parties(
        &self,
        parties: Parties<'_>,
        Telling { calls, .. }: Telling<'_>,
    ) -> Result<(Vec<i64>, Option<i64>), Failure> {
        let company = match parties.firm {
            Some(firm) => Some(self.company(firm, calls).await?),
            None => None,
        };
        let Some(customer) = parties.customer else { return Ok((Vec::new(), company)) };
        let contact = self.contact(customer, calls).await?;
        if let Some(company) = company {
            self.join(customer, contact, company, calls).await?;
        }
        Ok((vec![contact.id], company))
    }

    /// Deal, contact and company in one call: the only one in which the account's own control of
    /// duplicates has a say. What we find ourselves goes along by its id.
    async fn complex_deal(
        &self,
        Telling { entity, calls, .. }: Telling<'_>,
        number: &str,
        new: NewLead,
        Parties { customer, firm }: Parties<'_>,
    ) -> Result<(i64, Option<String>), Failure> {
        let person = customer.map(|customer| format!("customer:{}", customer.id));
        let _turn = match &person {
            Some(person) => Some(self.turns.of(person).await),
            None => None,
        };
        let contact = match (customer, &person) {
            (Some(customer), Some(person)) => {
                match self.known_contact(person, customer, calls).await? {
                    Some(contact) => Some(Party::Known(contact.id)),
                    None => {
                        self.begin_try(person, CONTACT).await?;
                        Some(Party::New(self.new_contact(customer)))
                    }
                }
            }
            _ => None,
        };
        let company = match firm {
            Some(firm) => match self.known_company(firm, calls).await? {
                Some(id) => Some(Party::Known(id)),
                None => {
                    self.begin_try(&firm.entity, COMPANY).await?;
                    Some(Party::New(self.new_company(firm)))
                }
            },
            None => None,
        };
        let complex = ComplexLead { lead: new, contact, company, request_id: number.to_owned() };
        let made = calls.create_complex(complex).await.map_err(creating)?;
        for (entity, kind, id) in [
            (person.as_deref(), CONTACT, made.contact_id),
            (firm.map(|firm| firm.entity.as_str()), COMPANY, made.company_id),
        ] {
            if let (Some(entity), Some(id)) = (entity, id) {
                self.point(entity, kind, id).await?;
            }
        }
        self.remember(entity, LEAD, &made.id.to_string()).await?;
        if !made.merged {
            return Ok((made.id, None));
        }
        // It became part of a deal that was there: our number has to stand on that one too.
        let tags_to_add = vec![number.to_owned()];
        let patch = LeadPatch { tags_to_add, ..LeadPatch::default() };
        calls.update_lead(made.id, patch).await.map_err(reading)?;
        Ok((made.id, Some(format!("amoCRM merged it into deal {}", made.id))))
    }
}

/// The oldest of the hits that really bears our number.
fn ours<'a>(hits: &'a [Lead], number: &str) -> Option<&'a Lead> {
    let living = hits.iter().filter(|lead| !lead.is_deleted);
    let real = living.filter(|lead| lead.has_tag(number) || names(&lead.name, number));
    real.min_by_key(|lead| lead.id)
}

/// Whether the number stands in a name as a word of its own: `ORD-2026-000012` is not in
/// `ORD-2026-0000123`.
fn names(name: &str, number: &str) -> bool {
    name.match_indices(number).any(|(at, _)| {
        let after = name[at + number.len()..].chars().next();
        after.is_none_or(|c| !c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_found_inside_a_longer_one() {
        assert!(names("Заказ ORD-2026-000012 — Анна", "ORD-2026-000012"));
        assert!(names("ORD-2026-000012", "ORD-2026-000012"));
        assert!(!names("Заказ ORD-2026-0000123", "ORD-2026-000012"));
    }
}
