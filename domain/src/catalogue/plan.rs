//! What a run would change: compared first, written later or never.

use std::collections::{HashSet, VecDeque};

use crate::catalogue::known::{Known, PartRow, Whole};
use crate::catalogue::links::all_links;
use crate::catalogue::{Change, Fits, Item, Place, Report};
use crate::db::Executor;
use crate::ids::PartId;
use crate::text::{FieldFault, code_key};
use crate::{Dealer, Error, Result};

/// How a run is to be taken.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whose goods these are: the name of a connection or of a feed. `None`: the dealer's own
    /// tables, which may speak of any part.
    pub source: Option<String>,
    /// Whether the run names everything that the source has: what it does not name is gone there.
    pub whole: bool,
    /// The most of the source's goods that one run may switch off, in per cent; `None`: any number.
    pub off_limit: Option<usize>,
}

/// A whole run would switch off more than its rules allow; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{off} of {of} goods would be switched off, more than {limit} %: nothing was written. Look \
     whether the source is whole, then run it with --force"
)]
pub struct TooManyOff {
    /// So many …
    pub off: usize,
    /// … of so many that are sold.
    pub of: usize,
    /// The most that the rules allow, in per cent.
    pub limit: usize,
}

impl From<TooManyOff> for Error {
    fn from(_: TooManyOff) -> Error {
        Error::Conflict("too many goods would be switched off")
    }
}

/// One part that is to be written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) was: Option<Whole>,
    pub(crate) whole: Whole,
    /// Its stock was told, so it is of today.
    pub(crate) counted: bool,
}

/// A run while it is compared, and what is left of it to write.
#[derive(Debug)]
pub struct Plan {
    rules: Rules,
    known: Known,
    /// Which of the known were named, whatever became of it.
    named: HashSet<usize>,
    seen_skus: HashSet<String>,
    seen_ids: HashSet<String>,
    pub(crate) written: VecDeque<Written>,
    /// Unchanged goods whose stock was told again.
    pub(crate) counted: VecDeque<PartId>,
    report: Report,
}

impl Plan {
    /// Reads what is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(db: &mut impl Executor, rules: Rules) -> Result<Plan> {
        let known = Known::read(db, rules.source.as_deref()).await?;
        Ok(Plan {
            rules,
            known,
            named: HashSet::new(),
            seen_skus: HashSet::new(),
            seen_ids: HashSet::new(),
            written: VecDeque::new(),
            counted: VecDeque::new(),
            report: Report::default(),
        })
    }

    /// Compares one good.
    pub fn take(&mut self, d: &Dealer, item: Item) {
        let place = item.place.clone();
        match self.compare(d, item) {
            Ok(Change::Created) => self.report.created += 1,
            Ok(Change::Changed) => self.report.changed += 1,
            Ok(Change::Unchanged) => self.report.unchanged += 1,
            Ok(Change::SwitchedOff) => self.report.switched_off += 1,
            Err(fault) => self.report.refused.push((place, fault)),
        }
    }

    /// Notes a good that could not even be read. Where its article is known, it is not gone.
    pub fn refuse(&mut self, place: Place, sku: Option<&str>, fault: FieldFault) {
        let by_id = match &place {
            Place::Id(id) => self.known.of_outside(id),
            Place::Line(_) => None,
        };
        self.named.extend(by_id.or_else(|| self.known.of_sku(sku?)));
        self.report.refused.push((place, fault));
    }

    /// Ends the comparison: a whole run switches off what it did not name.
    ///
    /// # Errors
    /// Where more would be switched off than the rules allow; then nothing may be written.
    pub fn finish(&mut self) -> Result<(), TooManyOff> {
        let mut of_source = 0;
        for (at, whole) in self.known.parts.iter().enumerate() {
            if !whole.part.active || whole.part.source != self.rules.source {
                continue;
            }
            of_source += 1;
            if self.rules.whole && !self.named.contains(&at) {
                let mut off = whole.clone();
                off.part.active = false;
                self.report.switched_off += 1;
                self.written.push_back(Written {
                    was: Some(whole.clone()),
                    whole: off,
                    counted: false,
                });
            }
        }
        match self.rules.off_limit {
            Some(limit) if self.report.switched_off * 100 > of_source * limit => {
                self.written.clear();
                self.counted.clear();
                Err(TooManyOff { off: self.report.switched_off, of: of_source, limit })
            }
            _ => Ok(()),
        }
    }

    /// What the run does, or would do.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// How many rows are left to write.
    pub fn left(&self) -> usize {
        self.written.len() + self.counted.len()
    }

    fn compare(&mut self, d: &Dealer, item: Item) -> Result<Change, FieldFault> {
        let at = self.find(&item)?;
        let was = at.map(|at| &self.known.parts[at]);
        if let (Some(ours), Some(theirs)) =
            (&self.rules.source, was.and_then(|was| was.part.source.as_ref()))
            && ours != theirs
        {
            return Err(FieldFault { field: "sku", problem: "error-import-other-source" });
        }
        let counted = matches!(item.stock, Some(Some(_)));
        let whole = self.merged(d, was, &item)?;
        if !self.seen_skus.insert(item.sku)
            || item.outside_id.is_some_and(|id| !self.seen_ids.insert(id))
        {
            return Err(FieldFault { field: "sku", problem: "error-import-twice" });
        }
        let change = match was {
            None if !whole.part.active => return Ok(Change::Unchanged),
            None => Change::Created,
            Some(was) if *was == whole => {
                if counted {
                    self.counted.push_back(whole.part.id);
                }
                return Ok(Change::Unchanged);
            }
            Some(was) if was.part.active && !whole.part.active => Change::SwitchedOff,
            Some(_) => Change::Changed,
        };
        self.written.push_back(Written { was: was.cloned(), whole, counted });
        Ok(change)
    }

    /// Which of the known it is. An article that moved to a good of another id is that good's.
    fn find(&mut self, item: &Item) -> Result<Option<usize>, FieldFault> {
        let by_id = item.outside_id.as_deref().and_then(|id| self.known.of_outside(id));
        let by_sku = self.known.of_sku(&item.sku);
        // Named, even where something about it cannot be taken.
        self.named.extend(by_id.or(by_sku));
        match (by_id, by_sku) {
            (Some(one), Some(other)) if one != other => {
                Err(FieldFault { field: "sku", problem: "error-import-sku-taken" })
            }
            // Another good of this source bears the article: the ids say that it is not this one.
            (None, Some(other))
                if item.outside_id.is_some()
                    && self.known.parts[other].part.outside_id.is_some()
                    && self.known.parts[other].part.source == self.rules.source
                    && self.known.parts[other].part.active =>
            {
                Err(FieldFault { field: "sku", problem: "error-import-sku-taken" })
            }
            (one, other) => Ok(one.or(other)),
        }
    }

    /// What the item makes of a known or a new part.
    fn merged(&self, d: &Dealer, was: Option<&Whole>, item: &Item) -> Result<Whole, FieldFault> {
        let old = was.map(|whole| &whole.part);
        let sku = item.sku.clone();
        let codes = match (&item.codes, was) {
            (Some(list), _) => all_codes(&sku, list),
            (None, Some(was)) if was.part.sku == sku => was.codes.clone(),
            (None, _) => all_codes(&sku, &[]),
        };
        let models = match &item.fits {
            Some(Fits::Exactly(list)) => self.known.models(list, true),
            Some(Fits::AsFarAsKnown(list)) => self.known.models(list, false),
            None => Ok(was.map(|whole| whole.models.clone()).unwrap_or_default()),
        };
        let models = models.map_err(|error| match error {
            Error::Invalid(fault) => fault,
            _ => FieldFault { field: "models", problem: "error-import-model" },
        })?;
        let category = item.category.clone();
        let source = self.rules.source.clone();
        let part = PartRow {
            id: old.map_or_else(|| PartId::new(d.clock.now()), |part| part.id.clone()),
            name: item.name.clone(),
            price: item.price.unwrap_or_else(|| old.and_then(|part| part.price)),
            stock: item.stock.unwrap_or_else(|| old.and_then(|part| part.stock)),
            lead_days: item.lead_days.unwrap_or_else(|| old.and_then(|part| part.lead_days)),
            category: category
                .unwrap_or_else(|| old.map(|part| part.category.clone()).unwrap_or_default()),
            photo: match &item.picture {
                // The source took its picture away, and ours was fetched from there.
                Some(None) if old.is_some_and(|part| part.picture.is_some()) => None,
                _ => kept(&item.photo, old, |part| &part.photo),
            },
            replaced_by: kept(&item.replaced_by, old, |part| &part.replaced_by),
            active: item.sold,
            // The dealer's own tables may speak of any part, and it stays whose it is.
            source: source.clone().or_else(|| old.and_then(|part| part.source.clone())),
            outside_id: match source {
                Some(_) => item.outside_id.clone(),
                None => old.and_then(|part| part.outside_id.clone()),
            },
            picture: kept(&item.picture, old, |part| &part.picture),
            sku,
        };
        let links = all_links(&part.sku, item, was);
        Ok(Whole { part, codes, models, links })
    }
}

/// What the item says, else what is known.
fn kept(
    said: &Option<Option<String>>,
    old: Option<&PartRow>,
    of: impl Fn(&PartRow) -> &Option<String>,
) -> Option<String> {
    said.clone().unwrap_or_else(|| old.and_then(|part| of(part).clone()))
}

/// The article and the further codes, one per key.
fn all_codes(sku: &str, list: &[String]) -> Vec<(String, String)> {
    let mut codes: Vec<(String, String)> = Vec::new();
    for code in [sku].into_iter().chain(list.iter().map(String::as_str)) {
        let key = code_key(code);
        if !key.is_empty() && !codes.iter().any(|(other, _)| *other == key) {
            codes.push((key, code.to_owned()));
        }
    }
    codes.sort();
    codes
}
