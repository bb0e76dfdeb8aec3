//! What people hear of an order: the cards of both sides, and what was written about its lines.

use domain::db::Reader;
use domain::ids::OrderId;
use domain::orders::{self, thread};
use domain::viewer::Viewer;
use domain::{Error, cards, people, staff};

use crate::deliver::Composed;
use crate::screen::Screen;
use crate::screens;
use crate::screens::orders::Buyer;
use crate::voice::Voice;

pub(super) async fn card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &OrderId,
) -> Result<Composed, Error> {
    let (order, lines) = orders::load(db, id).await?;
    if order.customer_id != viewer.customer()?.id {
        return Err(Error::NotFound);
    }
    let quote = orders::history(db, id).await?.quote;
    let screen = screens::orders::card(voice, &order, &lines, quote.as_ref());
    Ok((Some(cards::order(id)), screen))
}

pub(super) async fn staff_card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &OrderId,
) -> Result<Composed, Error> {
    viewer.manager()?;
    let screen = staff_order(db, voice, id).await?;
    Ok((Some(cards::staff_order(id)), screen))
}

/// What somebody wrote about a line, for the other side.
pub(super) async fn word(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    (id, word): (&OrderId, &str),
) -> Result<Composed, Error> {
    let (order, lines) = orders::load(db, id).await?;
    let word = thread::find(db, id, word).await?;
    if word.staff_name.is_none() {
        viewer.manager()?;
    } else if viewer.customer()?.id != order.customer_id {
        return Err(Error::NotFound);
    }
    let line = lines.iter().find(|line| line.position == word.position);
    let customer = people::find(db, &order.customer_id).await?;
    let name = customer.map(|customer| customer.name).unwrap_or_default();
    let who = word.staff_name.clone().unwrap_or(name);
    let line = line.ok_or(Error::NotFound)?;
    Ok((None, screens::orders::word(voice, &order, line, (&who, &word.text))))
}

/// To the manager: their quote was accepted.
pub(super) async fn accepted(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &OrderId,
) -> Result<Composed, Error> {
    viewer.manager()?;
    let (order, _) = orders::load(db, id).await?;
    Ok((None, screens::orders::accepted(voice, &order)))
}

/// The managers' view of an order, with what stands beside it in other tables.
pub(crate) async fn staff_order(
    db: &mut Reader,
    voice: &Voice,
    id: &OrderId,
) -> Result<Screen, Error> {
    let (order, lines) = orders::load(db, id).await?;
    let customer = people::find(db, &order.customer_id).await?;
    let companies = people::companies_of(db, &order.customer_id).await?;
    let company = companies.into_iter().find(|(id, _, _)| Some(id) == order.company_id.as_ref());
    let taken_by = match &order.taken_by {
        Some(id) => staff::find(db, id).await?,
        None => None,
    };
    let buyer = Buyer {
        name: customer.as_ref().map(|customer| customer.name.clone()).unwrap_or_default(),
        phone: customer.and_then(|customer| customer.phone),
        company: company.map(|(_, name, _)| name),
        taken_by: taken_by.map(|staff| staff.name),
    };
    Ok(screens::orders::staff_card(voice, &order, &lines, &buyer))
}
