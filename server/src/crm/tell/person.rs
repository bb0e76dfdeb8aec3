//! One customer is one contact there, whatever breaks while it is made.
//!
//! The deliveries of one order go one after the other, so its deal is safe behind the outbox. The
//! contact is not: the orders of a customer are different entities, and while one waits to learn
//! whether it made the contact, the next one would search, find nothing yet, and make a second.
//! So each try to make it is on disk before the call, and nobody searches until it must show. A
//! phone belongs to one customer here, so the lock of a customer is the lock of a phone.

use domain::db::Executor;
use domain::ids::LeadId;
use domain::leads::{self, LeadCase};
use domain::people::{self, Customer};

use crate::crm::tell::account::{Account, Found};
use crate::worker::policy::Failure;

/// What a person is remembered as.
pub(crate) const CONTACT: &str = "contact";

/// A contact of the story at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Its id there.
    pub(crate) id: i64,
    /// Whether it belongs to a company already.
    pub(crate) employed: bool,
}

/// A person as their contact there is made or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// Ours, under which the contact is remembered: `customer:…`, `phone:…`.
    pub(crate) entity: String,
    /// Their name.
    pub(crate) name: String,
    /// Where to call, in E.164.
    pub(crate) phone: Option<String>,
    /// Where to write.
    pub(crate) email: Option<String>,
    /// Their chat.
    pub(crate) telegram_id: Option<i64>,
}

impl From<&Customer> for Who {
    fn from(customer: &Customer) -> Who {
        Who {
            entity: format!("customer:{}", customer.id),
            name: customer.name.clone(),
            phone: customer.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            email: customer.email.clone(),
            telegram_id: customer.telegram_id,
        }
    }
}

impl Who {
    /// A lead, and who asks.
    ///
    /// # Errors
    /// When there is no such lead, or the database fails.
    pub(crate) async fn asking(
        db: &mut impl Executor,
        id: &LeadId,
    ) -> domain::Result<(LeadCase, Who)> {
        let case = leads::load(db, id).await?;
        let known = match &case.lead.phone {
            Some(phone) => people::by_phone(db, phone).await?,
            None => None,
        };
        let asking = Who::of_lead(&case);
        let who = match &known {
            // A customer keeps the contact that their orders have, and may add an address to it.
            Some(customer) => {
                let ours = Who::from(customer);
                Who { email: ours.email.clone().or(asking.email), ..ours }
            }
            None => asking,
        };
        Ok((case, who))
    }

    /// Whoever asked on the site and is no customer yet; their phone is who they are.
    fn of_lead(case: &LeadCase) -> Who {
        let lead = &case.lead;
        let known_as = lead.phone.as_ref().map(|phone| format!("phone:{phone}"));
        Who {
            entity: known_as.unwrap_or_else(|| leads::entity(&lead.id)),
            name: lead.name.clone(),
            phone: lead.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            email: lead.email.as_ref().map(|email| email.as_str().to_owned()),
            telegram_id: None,
        }
    }
}

/// The person's contact: remembered and still there, else found and verified, else made. What it
/// lacks of the person's phone and e-mail is added; what stands there stays.
pub(crate) async fn contact<A: Account>(account: &A, who: &Who) -> Result<Person, Failure> {
    let memory = account.memory();
    let _turn = memory.turn(&who.entity).await;
    if let Some(found) = known(account, who).await? {
        account.top_up(&found.contact, who).await?;
        return Ok(Person { id: found.id, employed: found.employed });
    }
    memory.begin_try(&who.entity, CONTACT).await?;
    let made = account.make_contact(who).await?;
    memory.point(&who.entity, CONTACT, made).await?;
    Ok(Person { id: made, employed: false })
}

/// The contact that is there already. Call it in the person's turn.
pub(crate) async fn known<A: Account>(
    account: &A,
    who: &Who,
) -> Result<Option<Found<A::Contact>>, Failure> {
    let memory = account.memory();
    if let Some(id) = memory.linked_id(&who.entity, CONTACT).await? {
        // Managers merge duplicates and delete: then it is looked for like one never seen.
        if let Some(found) = account.contact(id).await? {
            return Ok(Some(found));
        }
    }
    memory.no_fresh_try(&who.entity, CONTACT).await?;
    let found = account.find_contact(who).await?;
    if let Some(found) = &found {
        memory.point(&who.entity, CONTACT, found.id).await?;
    }
    Ok(found)
}

/// Puts the contact into the company, once: where a manager moves it later, it stays.
pub(crate) async fn join<A: Account>(
    account: &A,
    who: &Who,
    contact: Person,
    company: i64,
) -> Result<(), Failure> {
    let step = format!("member:{company}");
    let memory = account.memory();
    if contact.employed || memory.linked(&who.entity, &step).await?.is_some() {
        return Ok(());
    }
    account.employ(contact.id, company).await?;
    memory.remember(&who.entity, &step, &contact.id.to_string()).await
}
