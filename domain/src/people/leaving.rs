//! Leaving a company.

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CompanyId, CustomerId};
use crate::people::direction;
use crate::{Error, Result};

/// A customer leaves a company: its machines are theirs to see no more. Orders and requests stay.
///
/// # Errors
/// `NotFound` for a company that is not theirs; a conflict `last_director` for the only director of
/// others, who then had nobody to let people in.
pub async fn leave(tx: &mut Tx, customer: &CustomerId, company: &CompanyId) -> Result<()> {
    // Of two directors who leave at once the second sees that the first has gone.
    execute!(tx, "update companies set name = name where id = $1", company)?;
    let alone = fetch_optional!(
        tx,
        (i64,),
        "select count(*)
           from memberships mine
           join memberships other
             on other.company_id = mine.company_id and other.customer_id <> mine.customer_id
                and other.state = 'active'
          where mine.customer_id = $1 and mine.company_id = $2 and mine.state = 'active'
            and mine.role = 'director'
            and not exists (select 1 from memberships director
                             where director.company_id = mine.company_id
                               and director.customer_id <> mine.customer_id
                               and director.state = 'active' and director.role = 'director')",
        customer,
        company
    )?;
    if alone.is_some_and(|(others,)| others > 0) {
        return Err(Error::Conflict("last_director"));
    }
    direction::end_offers(tx, customer, Some(company)).await?;
    let gone = execute!(
        tx,
        "delete from memberships where customer_id = $1 and company_id = $2",
        customer,
        company
    )?;
    if gone == 0 { Err(Error::NotFound) } else { Ok(()) }
}
