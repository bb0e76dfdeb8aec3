//! Which of their companies somebody looks at: kept per person, for all their devices and the chat. It
//! narrows lists and gives no rights.

use crate::db::{Executor, Tx, execute, fetch_all};
use crate::ids::{CompanyId, CustomerId};
use crate::text::Inn;
use crate::{Error, Result};

/// The company that the customer in `$customer` looks at; none is all, also where they have left it.
macro_rules! chosen_company {
    ($customer:literal) => {
        concat!(
            "(select looks.chosen_company
                from customers looks
                join memberships there on there.company_id = looks.chosen_company
                                      and there.customer_id = looks.id and there.state = 'active'
               where looks.id = ",
            $customer,
            ")"
        )
    };
}

pub(crate) use chosen_company;

/// A company that somebody may look at.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Choice {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its INN, once known.
    pub inn: Option<Inn>,
    /// Whether they look at it alone.
    pub chosen: bool,
}

/// The companies where a customer is an active member, in the order of joining. One statement.
///
/// # Errors
/// When the database fails.
pub async fn choices(db: &mut impl Executor, customer: &CustomerId) -> Result<Vec<Choice>> {
    Ok(fetch_all!(
        db,
        Choice,
        "select c.id, c.name, c.inn, coalesce(me.chosen_company = c.id, false) as chosen
           from memberships m
           join customers me on me.id = m.customer_id
           join companies c on c.id = m.company_id
          where m.customer_id = $1 and m.state = 'active'
          order by m.id",
        customer
    )?)
}

/// From now on the customer looks at this company, or at all of theirs.
///
/// # Errors
/// [`Error::NotFound`] for a company where they are no active member.
pub async fn choose(tx: &mut Tx, customer: &CustomerId, company: Option<&CompanyId>) -> Result<()> {
    let chosen = execute!(
        tx,
        "update customers set chosen_company = $2
          where id = $1
            and ($2 is null or exists (select 1 from memberships m
                                        where m.customer_id = $1 and m.company_id = $2
                                          and m.state = 'active'))",
        customer,
        company
    )?;
    if chosen == 1 { Ok(()) } else { Err(Error::NotFound) }
}
