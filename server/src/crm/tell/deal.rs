//! A deal, once: remembered, else looked for by our number, else made for its people.

use domain::texts::{Lang, Texts};

use crate::config::ConnectionConfig;
use crate::crm::story;
use crate::crm::tell::account::{Account, Place, Telling};
use crate::crm::tell::compose::Deal;
use crate::crm::tell::feed;
use crate::crm::tell::firm::{self, Firm};
use crate::crm::tell::memory::rejected;
use crate::crm::tell::person::{self, Who};
use crate::worker::policy::Failure;

/// The step at which the note of what was cut is remembered.
pub(crate) const WHOLE: &str = "whole";

/// Whom a deal is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parties<'a> {
    /// The person, if one is known.
    pub(crate) who: Option<&'a Who>,
    /// The firm, if one is known.
    pub(crate) firm: Option<&'a Firm>,
}

/// The deal of a story: remembered; else, when an earlier try may have made it, looked for by our
/// number; else made. What does not fit into its fields becomes a note on it. The text says when
/// one was adopted.
pub(crate) async fn deal<A: Account>(
    account: &A,
    telling: Telling<'_>,
    new: &Deal,
    parties: Parties<'_>,
) -> Result<(i64, Option<String>), Failure> {
    let (deal, words) = made_once(account, telling, new, parties).await?;
    if let Some(text) = whole::<A>(account.config(), new, parties.firm) {
        feed::note(account, telling, WHOLE, Place::Deal(deal), &text).await?;
    }
    Ok((deal, words))
}

/// What of a deal is longer than its fields hold there, in full, as a note says it; `None` where all
/// of it fits.
pub(crate) fn whole<A: Account>(
    config: &ConnectionConfig,
    new: &Deal,
    firm: Option<&Firm>,
) -> Option<String> {
    let limit = A::TEXT_LIMIT?;
    let fields = new.fields.iter().filter(|(ours, _)| config.field(ours).is_some());
    let texts = [("title", new.title.as_str())]
        .into_iter()
        .chain(fields.map(|(ours, text)| (*ours, text.as_str())))
        .chain(firm.map(|firm| ("company", firm.name.as_str())));
    let cut: Vec<(&str, &str)> = texts.filter(|(_, text)| text.chars().count() > limit).collect();
    (!cut.is_empty()).then(|| story::whole_text(Texts::of(Lang::Ru), &new.number, &cut))
}

async fn made_once<A: Account>(
    account: &A,
    telling: Telling<'_>,
    new: &Deal,
    parties: Parties<'_>,
) -> Result<(i64, Option<String>), Failure> {
    let Telling { entity, look } = telling;
    let memory = account.memory();
    if let Some(id) = memory.linked_id(entity, A::DEAL).await? {
        return Ok((id, None));
    }
    if look.wanted() {
        if let Some(id) = account.find_deal(&new.number).await? {
            memory.remember(entity, A::DEAL, &id.to_string()).await?;
            return Ok((id, Some(format!("adopted deal {id}"))));
        }
        look.absent(&new.number)?;
    }
    if let Some(made) = account.make_together(telling, new, parties).await? {
        return Ok(made);
    }
    let (contact, company) = people(account, parties).await?;
    let id = account.make_deal(new, contact, company).await?;
    memory.remember(entity, A::DEAL, &id.to_string()).await?;
    Ok((id, None))
}

/// The contact and the company, found or made, and joined to each other.
pub(crate) async fn people<A: Account>(
    account: &A,
    parties: Parties<'_>,
) -> Result<(Option<i64>, Option<i64>), Failure> {
    let company = match parties.firm {
        Some(firm) => Some(firm::company(account, firm).await?),
        None => None,
    };
    let Some(who) = parties.who else { return Ok((None, company)) };
    let contact = person::contact(account, who).await?;
    if let Some(company) = company {
        person::join(account, who, contact, company).await?;
    }
    Ok((Some(contact.id), company))
}

/// The deal that an earlier delivery of this entity made; deliveries of one entity go in order.
pub(crate) async fn deal_of<A: Account>(account: &A, entity: &str) -> Result<i64, Failure> {
    let deal = account.memory().linked_id(entity, A::DEAL).await?;
    deal.ok_or_else(|| rejected("its deal was never made here: retry that delivery first"))
}

/// Whether the number stands in a name as a word of its own: `ORD-2026-000012` is not in
/// `ORD-2026-0000123`.
pub(crate) fn names(name: &str, number: &str) -> bool {
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
