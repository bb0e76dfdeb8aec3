//! When a visit suits: a manager offers up to three times, the customer presses one.

use serde::Serialize;

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{CustomerId, RequestId};
use crate::outbox::RequestNews;
use crate::requests::{news, talk, tell_cards};
use crate::staff::Staff;
use crate::thread::Side;
pub use crate::work_orders::Window;
use crate::{Dealer, Error, Result};

/// The most times of one offer.
pub const MAX_WINDOWS: usize = 3;

/// What a manager has offered, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Which offer of the request it is.
    pub number: i64,
    /// The times, as they were offered; none where nothing was.
    pub windows: Vec<Window>,
    /// Which of them the customer chose.
    pub chosen: Option<usize>,
}

impl Offer {
    pub(super) fn read(
        windows: Option<&str>,
        number: Option<i64>,
        chosen: Option<i64>,
    ) -> Result<Offer> {
        let Some(windows) = windows else { return Ok(Offer::default()) };
        Ok(Offer {
            number: number.unwrap_or_default(),
            windows: serde_json::from_str(windows)?,
            chosen: chosen.and_then(|at| usize::try_from(at).ok()),
        })
    }

    /// When somebody comes, once it is chosen.
    pub fn visit(&self) -> Option<Window> {
        self.windows.get(self.chosen?).copied()
    }

    /// What the customer may still choose between.
    pub fn open(&self) -> &[Window] {
        if self.chosen.is_some() { &[] } else { &self.windows }
    }
}

/// Offers times of a visit in place of any earlier ones; the customer is asked.
///
/// # Errors
/// `Forbidden` for whoever is no manager, `Invalid` names `windows`, a conflict `state` where nobody
/// is to come any more.
pub async fn offer(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    id: &RequestId,
    windows: &[Window],
) -> Result<()> {
    if !staff.is_manager() {
        return Err(Error::Forbidden);
    }
    let now = d.clock.now();
    if windows.is_empty() {
        return Err(Error::invalid("windows", "error-required"));
    }
    if windows.len() > MAX_WINDOWS {
        return Err(Error::invalid("windows", "error-windows"));
    }
    if windows.iter().any(|window| window.until <= window.from || window.from <= now) {
        return Err(Error::invalid("windows", "error-windows"));
    }
    let offered = fetch_optional!(
        tx,
        (i64,),
        "update service_requests
            set windows = $2, window_offer = coalesce(window_offer, 0) + 1, window_chosen = null,
                taken_by = coalesce(taken_by, $3), updated_at = $4
          where id = $1 and state not in ('done', 'closed', 'cancelled')
      returning window_offer",
        id,
        serde_json::to_string(windows)?,
        &staff.id,
        now
    )?;
    let talk = talk(tx, id.as_str()).await?;
    let Some((offer,)) = offered else { return Err(Error::Conflict("state")) };
    news::tell(tx, d, &talk, Side::Customer, RequestNews::Windows { offer }).await?;
    tell_cards(tx, d, id).await
}

/// The customer chooses one of the times that were offered last; the first press counts.
///
/// # Errors
/// Another's request is `NotFound`; a conflict is `window_chosen` when one was chosen before, and
/// `window_gone` when the times are others by now, or nobody is to come any more.
pub async fn choose(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    id: &RequestId,
    (number, at): (i64, usize),
) -> Result<()> {
    let chosen = execute!(
        tx,
        "update service_requests set window_chosen = $4, updated_at = $5
          where id = $1 and customer_id = $2 and window_offer = $3 and window_chosen is null
            and state not in ('done', 'closed', 'cancelled')",
        id,
        customer,
        number,
        i64::try_from(at).unwrap_or(i64::MAX),
        d.clock.now()
    )?;
    let offer = last_offer(tx, id, Some(customer)).await?;
    if chosen == 0 {
        let late = offer.chosen.is_some() && offer.number == number;
        return Err(Error::Conflict(if late { "window_chosen" } else { "window_gone" }));
    }
    let visit = offer.visit().ok_or(Error::Conflict("window_gone"))?;
    execute!(
        tx,
        "update work_orders set window_from = $2, window_until = $3, updated_at = $4
          where request_id = $1 and state <> 'done'",
        id,
        visit.from,
        visit.until,
        d.clock.now()
    )?;
    let talk = talk(tx, id.as_str()).await?;
    news::tell(tx, d, &talk, Side::Dealer, RequestNews::Chosen { offer: number }).await?;
    tell_cards(tx, d, id).await
}

/// The visit that the customer chose, as far as it lies ahead: a job that is made after the choice
/// begins with it.
pub(crate) async fn visit_ahead(tx: &mut Tx, d: &Dealer, id: &RequestId) -> Result<Option<Window>> {
    let visit = last_offer(tx, id, None).await?.visit();
    Ok(visit.filter(|window| window.until > d.clock.now()))
}

/// What was offered last for a request, of this customer where one is named.
async fn last_offer(tx: &mut Tx, id: &RequestId, customer: Option<&CustomerId>) -> Result<Offer> {
    let known = fetch_optional!(
        tx,
        (Option<String>, Option<i64>, Option<i64>),
        "select windows, window_offer, window_chosen
           from service_requests where id = $1 and ($2 is null or customer_id = $2)",
        id,
        customer
    )?;
    let (windows, number, chosen) = known.ok_or(Error::NotFound)?;
    Offer::read(windows.as_deref(), number, chosen)
}
