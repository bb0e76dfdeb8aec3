//! Our own writes, noted beside the calls that make them, so that their echo is known.

use domain::ledger::{self, Facet, Their};
use domain::people;
use domain::text::Phone;

use crate::crm::tell::person::Who;
use crate::crm::tell::{Account, local};
use crate::worker::policy::Failure;

/// Notes what an entity of theirs is about to say, because we write it.
pub(crate) async fn writing<A: Account>(
    account: &A,
    kind: &str,
    id: i64,
    says: &[Facet],
) -> Result<(), Failure> {
    if says.is_empty() {
        return Ok(());
    }
    let (id, now) = (id.to_string(), account.dealer().clock.now());
    let mut tx = account.db().begin().await.map_err(local)?;
    for (facet, value) in says {
        let their = their(account, kind, &id);
        ledger::begin(&mut tx, their, facet, value, now).await.map_err(local)?;
    }
    tx.commit().await.map_err(local)
}

/// Completes what [`writing`] noted; `at` is their time of the write, where the answer told it.
/// Without it the write stays under way for a while, which is as good.
pub(crate) async fn written<A: Account>(
    account: &A,
    kind: &str,
    id: i64,
    says: &[Facet],
    at: Option<i64>,
) -> Result<(), Failure> {
    let Some(at) = at.filter(|_| !says.is_empty()) else { return Ok(()) };
    let id = id.to_string();
    let mut tx = account.db().begin().await.map_err(local)?;
    for (facet, _) in says {
        ledger::done(&mut tx, their(account, kind, &id), facet, at).await.map_err(local)?;
    }
    tx.commit().await.map_err(local)
}

/// What we have made there, or have found and take for ours, says this by `at` (their time, Unix
/// seconds; 0 for what was just made): no news when the account tells it.
pub(crate) async fn met<A: Account>(
    account: &A,
    kind: &str,
    id: i64,
    at: i64,
    says: &[Facet],
) -> Result<(), Failure> {
    if says.is_empty() {
        return Ok(());
    }
    let id = id.to_string();
    let write = async {
        let mut tx = account.db().begin().await?;
        ledger::meet(&mut tx, their(account, kind, &id), at, says).await?;
        tx.commit().await?;
        domain::Result::Ok(())
    };
    // It is there, and not remembered yet: the next try must look.
    write.await.map_err(|error: domain::Error| Failure::Unknown { why: error.to_string() })
}

/// Every phone of a contact that was found to be a customer's finds the customer.
pub(crate) async fn know_phones<A: Account>(
    account: &A,
    who: &Who,
    phones: &[Phone],
) -> Result<(), Failure> {
    let Some(customer) = who.entity.strip_prefix("customer:") else { return Ok(()) };
    let (name, now) = (&account.config().name, account.dealer().clock.now());
    let customer = customer.into();
    let mut tx = account.db().begin().await.map_err(local)?;
    people::know_phones(&mut tx, &customer, name, phones, now).await.map_err(local)?;
    tx.commit().await.map_err(local)
}

/// Their entity as the ledger names it.
pub(crate) fn their<'a, A: Account>(account: &'a A, kind: &'a str, id: &'a str) -> Their<'a> {
    Their { connection: &account.config().name, kind, id }
}
