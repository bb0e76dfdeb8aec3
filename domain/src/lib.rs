//! Мой Парк: what the business is.
//!
//! A [`people::Customer`] belongs to companies, companies and people own [`machines::Machine`]s,
//! whose view is the passport. A cart becomes an [`orders::Order`], a call for help a
//! [`requests::ServiceRequest`], which an engineer answers with a [`work_orders::WorkOrder`].
//! [`maintenance`] says what is due and who is reminded. Whatever must be told outside is promised
//! in the same transaction through the [`outbox`]; whatever comes in is kept raw in the [`inbox`].
//!
//! Nothing here knows HTTP, Telegram or a CRM: the doors call these functions, the workers of the
//! server carry the promises out.

pub mod clock;
pub mod db;
pub mod dealer;
pub mod error;
pub mod ids;
pub mod money;
pub mod text;
pub mod texts;
pub mod words;
pub mod working_hours;

pub mod audit;
pub mod csv_text;
pub mod documents;
pub mod files;
pub mod numbers;
pub mod paging;
pub mod people;
pub mod portal_users;
pub mod reach;
pub mod sign_in;
pub mod staff;
pub mod staff_changes;
pub mod tokens;
pub mod viewer;

pub mod approvals;
pub mod cart;
pub mod catalogue;
pub mod import;
pub mod leads;
pub mod machines;
pub mod maintenance;
pub mod orders;
pub mod parts;
pub mod plates;
pub mod requests;
pub mod thread;
pub mod work_orders;

pub mod cards;
pub mod changes;
pub mod checkups;
pub mod connection_settings;
pub mod credentials;
pub mod dialogues;
pub mod inbox;
pub mod ledger;
pub mod links;
pub mod mapping;
pub mod notices;
pub mod outbox;
pub mod plan;
pub mod settings;
pub mod sight;
pub mod uploads;
pub mod watch;

pub use clock::Clock;
pub use dealer::Dealer;
pub use error::{Error, Result};
pub use money::Money;
pub use viewer::Viewer;
pub use working_hours::WorkingHours;
