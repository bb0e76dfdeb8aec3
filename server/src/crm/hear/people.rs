//! A contact or company that changed there changes the customer or company here.

use domain::db::Tx;
use domain::text::clean;
use domain::{ledger, people};

use crate::crm::hear::deal::behind;
use crate::crm::hear::echo::their;
use crate::crm::hear::facets::{self, EMAIL, NAME, PHONES};
use crate::crm::hear::follow::{internal, trouble};
use crate::crm::hear::hint::Hint;
use crate::crm::hear::speaker::{Speaker, TheirFirm, TheirPerson};
use crate::crm::tell::firm::COMPANY;
use crate::crm::tell::person::CONTACT;
use crate::worker::inbox::Trouble;

pub(super) async fn follow_contact<S: Speaker>(
    account: &S,
    hint: &Hint,
    again: bool,
) -> Result<(), Trouble> {
    let ours = behind(account, CONTACT, &hint.id).await?;
    if ours.is_empty() {
        return Ok(());
    }
    let found = account.their_person(&hint.id).await.map_err(trouble)?;
    let Some(person) = found else { return Ok(()) };
    let mut tx = account.db().begin().await.map_err(internal)?;
    change_customers(account, &mut tx, &person, (ours.as_slice(), again))
        .await
        .map_err(internal)?;
    tx.commit().await.map_err(internal)
}

/// Changes the customers behind a contact as it says; `again`: whatever was seen of it before.
pub(crate) async fn change_customers<S: Speaker>(
    account: &S,
    tx: &mut Tx,
    person: &TheirPerson,
    (ours, again): (&[String], bool),
) -> domain::Result<()> {
    let (says, now) = (facets::of_contact(person), account.dealer().clock.now());
    let their = their(account, CONTACT, &person.id);
    let look = ledger::look(tx, their, person.at, &says, now).await?;
    if !again && (look.is_late() || !look.has_news()) {
        return Ok(());
    }
    // What did not change there is not theirs to say: it may have changed here.
    let changed = |facet: &str| again || look.is_news(facet);
    let name = clean(&person.name, 200).filter(|_| changed(NAME));
    let email = person.email.as_deref().and_then(|text| clean(text, 200));
    let email = email.filter(|_| changed(EMAIL));
    let connection = &account.config().name;
    for entity in ours {
        let Some(("customer", customer)) = entity.split_once(':') else { continue };
        let customer = customer.into();
        let known = people::find(tx, &customer).await?;
        // A second phone there does not replace the one that we know them by.
        let kept = known.and_then(|known| known.phone).filter(|own| person.phones.contains(own));
        let new = person.phones.first().filter(|_| changed(PHONES));
        let phone = if kept.is_some() { None } else { new };
        let (name, email) = (name.as_deref(), email.as_deref());
        people::update_from_crm(tx, &customer, name, phone, email, now).await?;
        if changed(PHONES) {
            people::know_phones(tx, &customer, connection, &person.phones, now).await?;
        }
    }
    Ok(())
}

pub(super) async fn follow_company<S: Speaker>(
    account: &S,
    hint: &Hint,
    again: bool,
) -> Result<(), Trouble> {
    let ours = behind(account, COMPANY, &hint.id).await?;
    if ours.is_empty() {
        return Ok(());
    }
    let found = account.their_firm(&hint.id).await.map_err(trouble)?;
    let Some(firm) = found else { return Ok(()) };
    let mut tx = account.db().begin().await.map_err(internal)?;
    change_company(account, &mut tx, &firm, (ours.as_slice(), again)).await.map_err(internal)?;
    tx.commit().await.map_err(internal)
}

/// Names the companies behind one of theirs as it is called there.
pub(crate) async fn change_company<S: Speaker>(
    account: &S,
    tx: &mut Tx,
    firm: &TheirFirm,
    (ours, again): (&[String], bool),
) -> domain::Result<()> {
    let Some(name) = clean(&firm.name, 300) else { return Ok(()) };
    let (says, now) = (facets::of_company(&firm.name), account.dealer().clock.now());
    let their = their(account, COMPANY, &firm.id);
    let look = ledger::look(tx, their, firm.at, &says, now).await?;
    if !again && (look.is_late() || !look.has_news()) {
        return Ok(());
    }
    for entity in ours {
        let Some(("company", id)) = entity.split_once(':') else { continue };
        people::rename_company(tx, &id.into(), &name).await?;
    }
    Ok(())
}
