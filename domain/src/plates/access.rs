//! Somebody whom a machine is not shown asks for it by its plate.

use crate::approvals::Kind;
use chrono::{DateTime, Utc};

use crate::approvals::own::{Own, ask_own};
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{ApprovalId, CustomerId, MachineId, new_id};
use crate::people::{self, Customer, MemberRole};
use crate::text::clean;
use crate::{Dealer, Error, Result, machines};

/// Asks for access to the machine: to its company, where it has one, as a mechanic; else to the machine
/// alone. Until it is decided they see nothing of it. What is open is not asked twice.
///
/// # Errors
/// A conflict `member` for who sees it already; `NotFound`.
pub async fn ask_access(
    tx: &mut Tx,
    d: &Dealer,
    customer: &Customer,
    machine: &MachineId,
    words: &str,
) -> Result<ApprovalId> {
    let found = machines::find(tx, machine).await?.ok_or(Error::NotFound)?;
    if machines::visible(tx, &customer.id, machine).await? {
        return Err(Error::Conflict("member"));
    }
    let now = d.clock.now();
    let subject = match people::company_of_machine(tx, machine).await? {
        Some(company) => {
            people::ask_membership(tx, &customer.id, &company.id, MemberRole::Mechanic, now).await?
        }
        None => ask_as_guest(tx, d, &customer.id, machine).await?,
    };
    let phone = customer.phone.as_ref().map(|phone| phone.shown());
    let said = clean(words, 500);
    let lines: Vec<String> = phone.into_iter().chain(said).collect();
    let whose = found.company.as_deref().unwrap_or_default();
    let place = [whose, found.model_name.as_str(), found.serial.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let own = Own {
        kind: Kind::PlateAccess,
        subject,
        title: format!("{} → {}", customer.name, place.join(" · ")),
        words: lines.join("\n"),
        asker: customer.name.clone(),
        amount: None,
    };
    ask_own(tx, d, &own).await
}

async fn ask_as_guest(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    machine: &MachineId,
) -> Result<String> {
    let now = d.clock.now();
    execute!(
        tx,
        "insert into machine_guests (id, machine_id, customer_id, state, created_at)
         values ($1, $2, $3, 'pending', $4)
         on conflict (customer_id, machine_id) do update
            set state = 'pending'
          where machine_guests.state <> 'active'",
        new_id(now),
        machine,
        customer,
        now
    )?;
    let found = fetch_optional!(
        tx,
        (String,),
        "select id from machine_guests where customer_id = $1 and machine_id = $2",
        customer,
        machine
    )?;
    found.map(|(id,)| id).ok_or(Error::NotFound)
}

/// Lets what was asked count, or not: a membership, or one machine.
pub(crate) async fn settle(tx: &mut Tx, subject: &str, agreed: bool) -> Result<()> {
    people::settle_membership(tx, subject, agreed).await?;
    execute!(
        tx,
        "update machine_guests set state = $2 where id = $1 and state = 'pending'",
        subject,
        if agreed { "active" } else { "refused" }
    )?;
    Ok(())
}

/// Who asked.
pub(crate) async fn asker(
    db: &mut impl Executor,
    subject: Option<&str>,
) -> Result<Option<CustomerId>> {
    let row = fetch_optional!(
        db,
        (CustomerId,),
        "select customer_id from memberships where id = $1
          union all
         select customer_id from machine_guests where id = $1",
        subject
    )?;
    Ok(row.map(|(id,)| id))
}

/// Shows somebody a machine without asking anybody.
pub(crate) async fn let_in(
    tx: &mut Tx,
    customer: &CustomerId,
    machine: &MachineId,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into machine_guests (id, machine_id, customer_id, state, created_at)
         values ($1, $2, $3, 'active', $4)
         on conflict (customer_id, machine_id) do update set state = 'active'",
        new_id(now),
        machine,
        customer,
        now
    )?;
    Ok(())
}
