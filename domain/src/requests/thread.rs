//! What customer and dealer write to each other about a request: one thread, by whichever door a
//! message comes. The other side has it in its chat, the CRM as a note.

use chrono::{DateTime, Utc};

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{CustomerId, RequestId, StaffId, WordId};
use crate::outbox::RequestNews;
use crate::requests::news;
use crate::staff::Staff;
use crate::thread::{self, NewWord, Side};
use crate::{Dealer, Error, Result, Viewer};

/// A request as far as a talk about it needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Talk {
    /// Which request.
    pub id: RequestId,
    /// `SRV-2026-000045`.
    pub number: String,
    /// Who asked.
    pub customer_id: CustomerId,
    /// Who of the dealer's people has it.
    pub(super) taken_by: Option<StaffId>,
}

impl Talk {
    /// On which side the viewer stands: the customer of the request, or a manager. Anybody else is
    /// told that there is no such thing.
    pub fn side(&self, viewer: &Viewer) -> Result<Side> {
        let customer = viewer.customer.as_ref();
        if customer.is_some_and(|customer| customer.id == self.customer_id) {
            return Ok(Side::Customer);
        }
        let staff = viewer.staff.as_ref().filter(|staff| staff.is_manager());
        staff.map(|_| Side::Dealer).ok_or(Error::NotFound)
    }
}

/// The request of this id or number, for whoever [`Talk::side`] lets in.
pub async fn talk(db: &mut impl Executor, name: &str) -> Result<Talk> {
    let found = fetch_optional!(
        db,
        Talk,
        "select id, number, customer_id, taken_by from service_requests where number = $1
          union all
         select id, number, customer_id, taken_by from service_requests where id = $1",
        name
    )?;
    found.ok_or(Error::NotFound)
}

/// Which thread is the request's.
pub fn thread_of(id: &RequestId) -> String {
    format!("request:{id}")
}

/// Writes about a request. Answers the message, `None` where the same key wrote it before.
///
/// # Errors
/// `NotFound` for whoever is neither its customer nor a manager; `Invalid` names `text`, `files` or
/// `client_key`.
pub async fn write(
    tx: &mut Tx,
    d: &Dealer,
    viewer: &Viewer,
    name: &str,
    new: &NewWord,
) -> Result<Option<WordId>> {
    let talk = talk(tx, name).await?;
    let staff: Option<&Staff> = match talk.side(viewer)? {
        Side::Customer => None,
        Side::Dealer => Some(viewer.manager()?),
    };
    let (subject, now) = (thread_of(&talk.id), d.clock.now());
    let written = thread::write(tx, &subject, staff.map(|staff| &staff.id), new, now).await?;
    let Some(word) = written else { return Ok(None) };
    // Whoever answers has read what was asked.
    seen(tx, d, &talk, if staff.is_some() { Side::Dealer } else { Side::Customer }).await?;
    let to = if staff.is_some() { Side::Customer } else { Side::Dealer };
    news::tell(tx, d, &talk, to, RequestNews::Word { word: word.clone() }).await?;
    Ok(Some(word))
}

/// The side has seen the thread, and the dealer's the rating as well.
pub async fn seen(tx: &mut Tx, d: &Dealer, talk: &Talk, by: Side) -> Result<()> {
    let now: DateTime<Utc> = d.clock.now();
    thread::seen(tx, &thread_of(&talk.id), by, now).await?;
    if by == Side::Dealer {
        execute!(
            tx,
            "update request_ratings set seen_at = $2 where request_id = $1 and seen_at is null",
            &talk.id,
            now
        )?;
    }
    Ok(())
}
