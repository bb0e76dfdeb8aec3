//! What an offer takes off the prices that the customer saw. A line whose price was «по запросу» has
//! nothing to take off from.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::orders::OrderLine;
use crate::orders::quotes::Offer;

/// Hundredths of a per cent in the whole.
const WHOLE: i128 = 10_000;

/// A share in hundredths of a per cent: `1250` is 12.5 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(i64);

/// The lines that had a price, as they were and as they are offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Discount {
    /// Their sum at the prices of the order's day.
    pub listed: Money,
    /// Their sum as offered.
    pub offered: Money,
}

impl Percent {
    /// From hundredths of a per cent.
    pub const fn hundredths(share: i64) -> Percent {
        Percent(share)
    }

    /// Reads `10`, `7.5`, `7,25`: at least 0 and less than 100, no finer than hundredths.
    pub fn parse(text: &str) -> Option<Percent> {
        // Written like roubles: two digits behind a comma or a dot.
        let share = Money::parse_roubles(text)?.as_kopecks();
        (i128::from(share) < WHOLE).then_some(Percent(share))
    }
}

/// As people read it, without the sign: `12,5`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => write!(f, "{whole}"),
            tens if tens % 10 == 0 => write!(f, "{whole},{}", tens / 10),
            part => write!(f, "{whole},{part:02}"),
        }
    }
}

impl Discount {
    /// What an offer takes off the lines of an order, taken together: a dearer line makes up for a
    /// cheaper one.
    pub(super) fn of(lines: &[OrderLine], offer: &Offer) -> Discount {
        let known = |line: &OrderLine| {
            let offered = offer.lines.iter().find(|one| one.position == line.position)?;
            Some((line.sum()?, offered.price.times(line.quantity)))
        };
        let known: Vec<(Money, Money)> = lines.iter().filter_map(known).collect();
        Discount {
            listed: known.iter().map(|(listed, _)| *listed).sum(),
            offered: known.iter().map(|(_, offered)| *offered).sum(),
        }
    }

    /// The sum that is taken off; nothing where the offer is dearer.
    pub fn off(&self) -> Money {
        Money::kopecks((self.listed.as_kopecks() - self.offered.as_kopecks()).max(0))
    }

    /// The share that is taken off, rounded up: what is above a limit never reads like the limit.
    pub fn share(&self) -> Percent {
        let (off, listed) =
            (i128::from(self.off().as_kopecks()), i128::from(self.listed.as_kopecks()));
        if listed <= 0 {
            return Percent::default();
        }
        let share = (off * WHOLE + listed - 1) / listed;
        Percent(i64::try_from(share).unwrap_or(i64::MAX))
    }

    /// Whether more is taken off than this share, to the kopeck.
    pub fn is_over(&self, most: Percent) -> bool {
        let (off, listed) = (self.off().as_kopecks(), self.listed.as_kopecks());
        i128::from(off) * WHOLE > i128::from(most.0) * i128::from(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(listed: i64, offered: i64) -> Discount {
        Discount { listed: Money::kopecks(listed), offered: Money::kopecks(offered) }
    }

    #[test]
    fn a_limit_is_exact_to_the_kopeck() {
        let ten = Percent::parse("10").unwrap();
        assert!(!taken(100_000, 90_000).is_over(ten), "the limit itself is allowed");
        assert!(taken(100_000, 89_999).is_over(ten));
        assert!(!taken(99_999, 90_000).is_over(ten));
        assert!(!taken(100_000, 120_000).is_over(Percent::default()), "dearer is no discount");
        assert!(taken(100_000, 99_999).is_over(Percent::default()));
        assert!(!taken(0, 0).is_over(Percent::default()), "on request");
        assert!(taken(i64::MAX, 1).is_over(ten), "no sum is too large to compare");
    }

    #[test]
    fn shares_are_rounded_up_and_read_back() {
        for (offered, said) in [(87_500, "12,5"), (90_000, "10"), (89_999, "10,01"), (130_000, "0")]
        {
            assert_eq!(taken(100_000, offered).share().to_string(), said);
        }
        assert_eq!(taken(0, 5).share(), Percent::default());
        for (text, share) in [("10", 1000), ("7.5", 750), ("7,25", 725), ("0", 0)] {
            assert_eq!(Percent::parse(text), Some(Percent::hundredths(share)), "{text}");
        }
        for wrong in ["100", "-1", "7.255", "ten", ""] {
            assert_eq!(Percent::parse(wrong), None, "{wrong}");
        }
    }
}
