//! The day that the demo's reminders go by: nobody is reminded on a weekend, and a visitor of a
//! Sunday would wait for Monday. For them it is still Friday.

use chrono::{Datelike as _, TimeDelta, Weekday};
use domain::{Clock, Dealer};

/// The dealer on the last working day; the same dealer on a working day.
pub(crate) fn working(dealer: &Dealer) -> Dealer {
    let back = match dealer.today().weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => return dealer.clone(),
    };
    let at = dealer.clock.now() - TimeDelta::days(back);
    Dealer { clock: Clock::fixed(at), ..dealer.clone() }
}
