//! Companies as the console lists them: newest first, page by page; and their people, each with what
//! may be changed about them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId};
use crate::paging::{self, Page};
use crate::people::{Company, MemberRole, MembershipState, direction, names};
use crate::text::{Inn, Phone};
use crate::{Error, Result};

/// A company of the list.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct ListedCompany {
    /// Which.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub company: Company,
    /// How many people belong to it.
    pub members: i64,
    /// How many machines it has.
    pub machines: i64,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
}

/// Somebody of a company.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Member {
    /// The membership's id.
    pub id: String,
    /// Who.
    pub customer_id: CustomerId,
    /// As they call themselves.
    pub name: String,
    /// Where to call.
    pub phone: Option<Phone>,
    /// What they do there.
    pub role: MemberRole,
    /// Whether it counts.
    pub state: MembershipState,
}

impl MemberRole {
    /// All of them.
    pub const ALL: [MemberRole; 3] =
        [MemberRole::Director, MemberRole::Buyer, MemberRole::Mechanic];

    /// Its name in forms and in the keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            MemberRole::Director => "director",
            MemberRole::Buyer => "buyer",
            MemberRole::Mechanic => "mechanic",
        }
    }

    /// Reads [`MemberRole::as_str`] back.
    pub fn parse(text: &str) -> Option<MemberRole> {
        MemberRole::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A page of companies, and the cursor of the next; the INN or words of the name are searched. One
/// statement that an index serves, and two counts per row.
pub async fn companies_page(
    db: &mut impl Executor,
    filter: &paging::Filter<()>,
) -> Result<Page<ListedCompany>> {
    let words = filter.words.as_deref();
    let inn = words.and_then(Inn::parse);
    let (first, second) = match (&inn, words.and_then(names::wanted)) {
        (None, Some((first, second))) => (Some(first), second),
        _ => (None, None),
    };
    let rows = fetch_all!(
        db,
        ListedCompany,
        if words.is_some() { OF_WORDS } else { ALL },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        inn,
        first,
        second
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.company.id.to_string()))
}

/// `$3` to `$5` are there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        concat!(
            "select f.id, f.name, f.inn, f.created_at,
                    (select count(*) from memberships m
                      where m.company_id = f.id and m.state = 'active') as members,
                    (select count(*) from machine_instances i
                      where i.company_id = f.id) as machines
               from companies f
              where f.id < $1 and ",
            $where,
            " order by f.id desc limit $2"
        )
    };
}

const ALL: &str = book!("coalesce($3, $4, $5) is null");
const OF_WORDS: &str = book!(
    "f.id in (select id from companies where inn = $3
              union
              select s.id from name_starts s
               where s.kind = 'company' and s.start = $4
                 and ($5 is null or exists (select 1 from name_starts t
                                             where t.kind = 'company' and t.start = $5
                                               and t.id = s.id)))"
);

/// Everybody of a company, also who was refused, in the order of joining; 500 at most.
pub async fn members(db: &mut impl Executor, company: &CompanyId) -> Result<Vec<Member>> {
    Ok(fetch_all!(
        db,
        Member,
        "select m.id, m.customer_id, c.name, c.phone, m.role, m.state
           from memberships m
           join customers c on c.id = m.customer_id
          where m.company_id = $1
          order by m.id
          limit 500",
        company
    )?)
}

/// Gives an active member another role. Answers who it is.
///
/// # Errors
/// [`Error::NotFound`] for who is no active member of this company.
pub async fn set_member_role(
    tx: &mut Tx,
    company: &CompanyId,
    membership: &str,
    role: MemberRole,
) -> Result<CustomerId> {
    let changed = fetch_optional!(
        tx,
        (CustomerId,),
        "update memberships set role = $3
          where id = $1 and company_id = $2 and state = 'active'
      returning customer_id",
        membership,
        company,
        role
    )?;
    changed.map(|(customer,)| customer).ok_or(Error::NotFound)
}

/// Takes somebody out of a company: its machines and orders are theirs to see no more, what they
/// ordered and asked stays. Answers who it was.
///
/// # Errors
/// [`Error::NotFound`] for who is no active member of this company.
pub async fn remove_member(
    tx: &mut Tx,
    company: &CompanyId,
    membership: &str,
) -> Result<CustomerId> {
    let removed = fetch_optional!(
        tx,
        (CustomerId,),
        "select customer_id from memberships
          where id = $1 and company_id = $2 and state = 'active'",
        membership,
        company
    )?;
    let (customer,) = removed.ok_or(Error::NotFound)?;
    direction::end_offers(tx, &customer, Some(company)).await?;
    execute!(tx, "delete from memberships where id = $1 and state = 'active'", membership)?;
    Ok(customer)
}
