//! Companies, their sites, and who belongs to them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId, MachineId, SiteId, new_id};
use crate::text::{Inn, search_key};
use crate::{Error, Money, Result};

/// What a member does in their company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MemberRole {
    /// Decides, invites colleagues.
    Director,
    /// Orders.
    Buyer,
    /// Works on the machines.
    Mechanic,
}

/// Whether a membership counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MembershipState {
    /// Waits for approval and gives no rights.
    Pending,
    /// Gives the rights of its role.
    Active,
    /// Was refused and gives no rights.
    Refused,
}

/// The customer's firm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its INN, once known.
    pub inn: Option<Inn>,
}

/// The company with this INN (or, without one, this name), made if absent.
pub async fn ensure_company(
    tx: &mut Tx,
    name: &str,
    inn: Option<&Inn>,
    now: DateTime<Utc>,
) -> Result<CompanyId> {
    let found = match inn {
        Some(inn) => {
            fetch_optional!(tx, (CompanyId,), "select id from companies where inn = $1", inn)?
        }
        None => fetch_optional!(
            tx,
            (CompanyId,),
            "select id from companies where search_key = $1 order by id limit 1",
            search_key(name)
        )?,
    };
    if let Some((id,)) = found {
        return Ok(id);
    }
    let id = CompanyId::new(now);
    execute!(
        tx,
        "insert into companies (id, name, inn, search_key, created_at) values ($1, $2, $3, $4, $5)",
        &id,
        name,
        inn,
        search_key(name),
        now
    )?;
    Ok(id)
}

/// What a CRM calls the company now.
pub async fn rename_company(tx: &mut Tx, id: &CompanyId, name: &str) -> Result<()> {
    execute!(
        tx,
        "update companies set name = $2, search_key = $3 where id = $1",
        id,
        name,
        search_key(name)
    )?;
    Ok(())
}

/// The company's site of this name, made if absent.
pub async fn ensure_site(
    tx: &mut Tx,
    company: &CompanyId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<SiteId> {
    let id = SiteId::new(now);
    execute!(
        tx,
        "insert into sites (id, company_id, name) values ($1, $2, $3)
         on conflict (company_id, name) do nothing",
        &id,
        company,
        name
    )?;
    let (id,) = fetch_optional!(
        tx,
        (SiteId,),
        "select id from sites where company_id = $1 and name = $2",
        company,
        name
    )?
    .ok_or(Error::NotFound)?;
    Ok(id)
}

/// Makes the customer an active member. Whoever is one already keeps their role; whoever only asked, or was refused, comes
/// with this one.
pub async fn join(
    tx: &mut Tx,
    customer: &CustomerId,
    company: &CompanyId,
    role: MemberRole,
    now: DateTime<Utc>,
) -> Result<()> {
    join_within(tx, customer, company, (role, None), now).await
}

/// The same, with what they may order without their director.
pub(super) async fn join_within(
    tx: &mut Tx,
    customer: &CustomerId,
    company: &CompanyId,
    (role, order_limit): (MemberRole, Option<Money>),
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into memberships (id, customer_id, company_id, role, order_limit, state, created_at)
         values ($1, $2, $3, $4, $5, 'active', $6)
         on conflict (customer_id, company_id) do update
            set role = case when memberships.state = 'active' then memberships.role
                            else excluded.role end,
                order_limit = case when memberships.state = 'active' then memberships.order_limit
                                   else excluded.order_limit end,
                state = 'active'",
        new_id(now),
        customer,
        company,
        role,
        order_limit,
        now
    )?;
    Ok(())
}

/// Notes that a customer wants to be a member; it gives no rights until it is settled. Answers the
/// membership's id.
///
/// # Errors
/// A conflict `member` for who is one already.
pub async fn ask_membership(
    tx: &mut Tx,
    customer: &CustomerId,
    company: &CompanyId,
    role: MemberRole,
    now: DateTime<Utc>,
) -> Result<String> {
    let asked = execute!(
        tx,
        "insert into memberships (id, customer_id, company_id, role, state, created_at)
         values ($1, $2, $3, $4, 'pending', $5)
         on conflict (customer_id, company_id) do update
            set state = 'pending', role = excluded.role
          where memberships.state <> 'active'",
        new_id(now),
        customer,
        company,
        role,
        now
    )?;
    if asked == 0 {
        return Err(Error::Conflict("member"));
    }
    let found = fetch_optional!(
        tx,
        (String,),
        "select id from memberships where customer_id = $1 and company_id = $2",
        customer,
        company
    )?;
    found.map(|(id,)| id).ok_or(Error::NotFound)
}

/// Lets a waiting membership count, or not.
pub async fn settle_membership(tx: &mut Tx, id: &str, agreed: bool) -> Result<()> {
    let state = if agreed { MembershipState::Active } else { MembershipState::Refused };
    execute!(
        tx,
        "update memberships set state = $2 where id = $1 and state = 'pending'",
        id,
        state
    )?;
    Ok(())
}

/// The companies where the customer is an active member: id, name, INN.
pub async fn companies_of(
    db: &mut impl Executor,
    customer: &CustomerId,
) -> Result<Vec<(CompanyId, String, Option<Inn>)>> {
    Ok(fetch_all!(
        db,
        (CompanyId, String, Option<Inn>),
        "select c.id, c.name, c.inn
           from memberships m
           join companies c on c.id = m.company_id
          where m.customer_id = $1 and m.state = 'active'
          order by c.id",
        customer
    )?)
}

/// A company, for those who work outside.
pub async fn company(db: &mut impl Executor, id: &CompanyId) -> Result<Option<Company>> {
    Ok(fetch_optional!(db, Company, "select id, name, inn from companies where id = $1", id)?)
}

/// Whose machine it is.
pub async fn company_of_machine(
    db: &mut impl Executor,
    machine: &MachineId,
) -> Result<Option<Company>> {
    Ok(fetch_optional!(
        db,
        Company,
        "select c.id, c.name, c.inn
           from machine_instances m
           join companies c on c.id = m.company_id
          where m.id = $1",
        machine
    )?)
}

/// The people of a machine: whose it is, and the active members of its company.
pub async fn of_machine(db: &mut impl Executor, machine: &MachineId) -> Result<Vec<CustomerId>> {
    let rows = fetch_all!(
        db,
        (CustomerId,),
        "select m.customer_id from machine_instances m
          where m.id = $1 and m.customer_id is not null
          union
         select member.customer_id
           from machine_instances m
           join memberships member on member.company_id = m.company_id
          where m.id = $1 and member.state = 'active'",
        machine
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
