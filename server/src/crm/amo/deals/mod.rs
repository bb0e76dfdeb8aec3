//! What we tell the account: deals with their people, files, notes and positions, each made once.

mod attach;
mod compose;
mod contact;
mod deal;
mod deliver;
mod feed;
pub(crate) mod firm;
mod maintained;
mod positions;
mod probe;
mod stage;
pub(super) mod turns;
mod upsell;
