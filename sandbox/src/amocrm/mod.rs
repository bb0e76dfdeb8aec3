//! An amoCRM account that behaves: API v4, drive, tokens, webhooks, one board.

mod account;
mod acts;
mod answer;
mod catalogue;
mod change;
mod complex;
mod consent;
mod core;
mod data;
mod deliver;
mod drafts;
mod drive;
mod elements;
mod events;
mod fields;
mod hookform;
mod inspect;
mod leads;
mod links;
mod listing;
mod notes;
mod oauth;
mod people;
mod reference;
mod routes;
mod shapes;
mod source;
mod switches;
mod tasks;
#[cfg(test)]
mod tests;
mod twists;
mod ui;
mod webhooks;

pub use crate::amocrm::account::{Call, HookDelivery, Subscription};
pub use crate::amocrm::acts::HandMadeLead;
pub use crate::amocrm::catalogue::{
    ACCOUNT, CATALOGUE, FIELD_CONFIGURATION, FIELD_CONTACT_TELEGRAM, FIELD_EMAIL, FIELD_INN,
    FIELD_MODEL, FIELD_NEXT_MAINTENANCE, FIELD_PHONE, FIELD_SERIAL, FIELD_TELEGRAM,
    FIELD_UTM_CAMPAIGN, FIELD_UTM_SOURCE, PIPELINE, STATUS_IN_WORK, STATUS_LOST, STATUS_NEW,
    STATUS_SHIPPING, STATUS_UNSORTED, STATUS_WON, USER_MANAGER, USER_SECOND,
};
pub use crate::amocrm::core::{Amocrm, AmocrmOptions, Now, OauthClient};
pub use crate::amocrm::data::{
    CatalogLink, Contact, DriveFile, Element, FieldItem, Fields, Lead, LeadContact, Note, Tag, Task,
};
pub use crate::amocrm::source::HookSource;
pub use crate::amocrm::switches::JournalMode;
pub use crate::amocrm::twists::Twist;
pub use crate::hooks::HookMode;
