//! What the rules need to know of this installation.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use crate::approvals::discounts::DiscountRule;
use crate::approvals::rules::Rule;
use crate::clock::Clock;
use crate::working_hours::WorkingHours;

/// The dealer whose desk this is: clock, zone, where things go, when people are reminded.
#[derive(Clone, Debug)]
pub struct Dealer {
    /// The clock of this process.
    pub clock: Clock,
    /// The dealer's zone: dates are its dates.
    pub zone: Tz,
    /// Which connections take what.
    pub routes: Routes,
    /// When people are reminded of maintenance.
    pub ladder: Ladder,
    /// When the dealer's people are at work.
    pub hours: WorkingHours,
    /// Who hears of a site lead, and after whom.
    pub line: Line,
    /// When a deal or lead needs a decision: the rules of `mypark.toml`.
    pub approvals: Vec<Rule>,
    /// What managers may take off in a quote alone; none lets them take off anything.
    pub discount: Option<DiscountRule>,
    /// Where stored files lie.
    pub uploads: PathBuf,
}

/// The names of the CRM connections that take each kind of thing.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// Orders.
    pub orders: Vec<String>,
    /// Service requests.
    pub requests: Vec<String>,
    /// Tasks about due maintenance.
    pub reminders: Vec<String>,
    /// Of those, which hear of it at steps of their own, and at which: days before the date.
    pub reminder_steps: BTreeMap<String, Vec<i64>>,
    /// Site leads.
    pub leads: Vec<String>,
    /// Whether a deal that is moved in one CRM moves its twins in the others.
    pub twins: bool,
    /// Whether copies go to the orders address.
    pub mail: bool,
    /// Whether the site hears where its leads stand.
    pub site: bool,
}

/// The managers' line: whoever stands in it hears of a lead after those before have let it lie.
#[derive(Clone, Debug)]
pub struct Line {
    /// Telegram ids, in order; none means that every manager hears at once.
    pub managers: Vec<i64>,
    /// Working time after which the next one hears; after the last, all.
    pub patience: TimeDelta,
}

impl Default for Line {
    fn default() -> Line {
        Line { managers: Vec::new(), patience: TimeDelta::minutes(15) }
    }
}

/// The steps of reminding.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Days before the date, such as 30, 14, 3, 0.
    pub steps: Vec<i64>,
    /// After the date, every so many days.
    pub overdue_every: i64,
}

impl Default for Ladder {
    fn default() -> Ladder {
        Ladder { steps: vec![30, 14, 3, 0], overdue_every: 7 }
    }
}

impl Routes {
    /// Of the connections that take something, those that hear of its new state: all where it was
    /// reached here; where the CRM of a connection said so, the others, if twins go together.
    pub fn hearing<'a>(
        &self,
        taking: &'a [String],
        from_crm: Option<&str>,
    ) -> impl Iterator<Item = &'a String> {
        let silent = from_crm.is_some() && !self.twins;
        taking.iter().filter(move |name| !silent && Some(name.as_str()) != from_crm)
    }
}

impl Dealer {
    /// The dealer's date today.
    pub fn today(&self) -> NaiveDate {
        self.clock.today(self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crm_hears_of_anothers_word_only_where_twins_go_together() {
        let taking = ["amo".to_owned(), "b24".to_owned()];
        let hearing = |twins, from_crm| {
            let routes = Routes { twins, ..Routes::default() };
            routes.hearing(&taking, from_crm).cloned().collect::<Vec<_>>()
        };
        assert_eq!(hearing(false, None), taking, "what happens here is told to all");
        assert!(hearing(false, Some("amo")).is_empty());
        assert_eq!(hearing(true, Some("amo")), ["b24"]);
        assert_eq!(hearing(true, Some("b24")), ["amo"]);
    }
}
