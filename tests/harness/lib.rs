//! A whole dealer for a story: the product over a fresh database, with the sandbox's Telegram,
//! amoCRM and mailbox around it, and a clock that the story moves.

mod app;
mod console;
mod database;
mod mini_app;
mod outside;
mod people;
mod program;
mod shoppers;

pub use app::{App, Setup};
pub use console::{Console, Page};
pub use database::TestDatabase;
pub use mini_app::{Answer, MiniApp};
pub use outside::STAGES;
pub use people::{ADMINISTRATOR, CUSTOMER, ENGINEER, MANAGER, NEIGHBOUR, label};
pub use program::{Program, Ran, Serving};
pub use shoppers::{open_shop, phone_of, shoppers};
