//! The Telegram face of Мой Парк: commands, short conversations, and cards that are edited in
//! place. A door without rules of its own: it calls the domain and puts the answer into words.
//!
//! Updates come stored and in order per chat through [`handle_update`], which sends them through
//! the tree of [`schema`]. What others must hear goes the other way: the domain promises a
//! [`domain::outbox::Notice`], the server's worker hands it to [`deliver`].

mod button;
mod caller;
mod conversation;
mod deliver;
mod deps;
mod fault;
mod handlers;
mod html;
mod lane;
mod schema;
mod screen;
mod screens;
mod setup;
mod voice;

pub use deliver::{Prepared, deliver, prepare};
pub use deps::BotDeps;
pub use fault::{Fault, HandleError, SendError};
pub use lane::update_lane;
pub use schema::{handle_update, schema};
pub use setup::set_up;
