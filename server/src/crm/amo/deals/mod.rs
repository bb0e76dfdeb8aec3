//! What we tell the account: deals with their people, files, notes and positions, each made once.

pub(crate) mod account;
mod attach;
mod compose;
mod contact;
mod deal;
mod feed;
mod firm;
mod positions;
mod probe;
pub(crate) mod product_list;
