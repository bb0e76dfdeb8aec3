//! A Bitrix24 portal that behaves: REST by webhook and by application, OAuth, batches, events, limits.

mod acts;
mod answer;
mod batch;
mod card;
mod catalogue;
mod change;
mod conversion;
mod core;
mod deliver;
mod downloads;
mod entry;
mod goods;
mod inspect;
mod installing;
mod methods;
mod naming;
mod oauth;
mod papers;
mod params;
mod people;
mod php;
mod portal;
mod schema;
mod select;
mod shelf;
mod stages;
mod switches;
mod tasks;
#[cfg(test)]
mod tests;
mod ui;
mod ui_tasks;
mod values;

pub use crate::amocrm::{Now, OauthClient};
pub use crate::bitrix24::acts::HandMadeDeal;
pub use crate::bitrix24::catalogue::{
    BASE_PRICE, CATEGORY_SERVICE, DEPARTMENT_SALES, IBLOCK, STORAGE, STORAGE_ROOT,
    UF_CONFIGURATION, UF_DELIVERY, UF_FILE, UF_FILES, UF_INN, UF_MODEL, UF_NEXT_MAINTENANCE,
    UF_PAGE, UF_SERIAL, UF_TELEGRAM, USER_ADMIN, USER_DISMISSED, USER_MANAGER, USER_SECOND,
};
pub use crate::bitrix24::core::{Bitrix24, Bitrix24Options, Call};
pub use crate::bitrix24::portal::{
    Comment, DiskFile, EventDelivery, Handler, Notice, StoredFile, TaskComment,
};
pub use crate::bitrix24::schema::Kind;
pub use crate::bitrix24::switches::Bucket;
pub use crate::bitrix24::values::Record;
pub use crate::hooks::HookMode;

/// The events that `mypark doctor` asks people to tick in an outgoing webhook of their own.
pub const TICKED: [&str; 11] = [
    "ONCRMDEALADD",
    "ONCRMDEALUPDATE",
    "ONCRMDEALDELETE",
    "ONCRMLEADADD",
    "ONCRMLEADUPDATE",
    "ONCRMLEADDELETE",
    "ONCRMCONTACTUPDATE",
    "ONCRMCOMPANYUPDATE",
    "ONTASKUPDATE",
    "ONTASKDELETE",
    "ONTASKCOMMENTADD",
];
