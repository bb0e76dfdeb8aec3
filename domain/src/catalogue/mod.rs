//! The catalogue of parts as somebody else keeps it: a table, a price feed, a CRM. One importer for
//! all of them.
//!
//! A source is read into [`Item`]s, a [`Plan`] compares them with what is stored and writes nothing;
//! what it found is its [`Report`]. [`Plan::write`] then carries it out, some rows per transaction:
//! writers are not locked out, and a run that is killed half-way is simply run again.
//!
//! - Goods are known by the source's own id, else by their article.
//! - What a source does not say stays as it is.
//! - What a whole run does not name is switched off, never deleted: orders lead to it. More than
//!   [`Rules::off_limit`] of them looks like half a file, and the run is refused before it begins.
//! - Goods of another source are left alone. Those of no source are the dealer's own tables: a
//!   source that names their article takes them over.

mod item;
mod known;
mod links;
mod pictures;
mod plan;
mod report;
mod runs;
mod write;

pub use item::{Fits, Item, Place};
pub use pictures::{Picture, keep_picture, pictured, pictures_due, put_off};
pub use plan::{Plan, Rules, TooManyOff};
pub use report::{Change, Report};
pub use runs::{
    CatalogueNews, Ended, Run, Stage, Step, Turn, end_turn, keep_turn, last_runs, leave_pictures,
    run_of, take_pictures, take_turn,
};
pub use write::{ROWS, carry_out};

#[cfg(test)]
mod tests;
