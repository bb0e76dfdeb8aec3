//! What leads, deals, contacts and companies consist of.

use serde::{Deserialize, Serialize};

use crate::bitrix24::naming::item_name;

/// A kind of CRM entity, by its `entityTypeId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 1, `L`.
    Lead,
    /// 2, `D`.
    Deal,
    /// 3, `C`.
    Contact,
    /// 4, `CO`.
    Company,
}

impl Kind {
    /// All of them, by id.
    pub const ALL: [Kind; 4] = [Kind::Lead, Kind::Deal, Kind::Contact, Kind::Company];

    /// `entityTypeId`.
    pub fn type_id(self) -> i64 {
        match self {
            Kind::Lead => 1,
            Kind::Deal => 2,
            Kind::Contact => 3,
            Kind::Company => 4,
        }
    }

    /// `lead`, as methods and timeline owners are called.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Lead => "lead",
            Kind::Deal => "deal",
            Kind::Contact => "contact",
            Kind::Company => "company",
        }
    }

    /// `L`, as bindings and `ownerType` say it.
    pub fn short(self) -> &'static str {
        match self {
            Kind::Lead => "L",
            Kind::Deal => "D",
            Kind::Contact => "C",
            Kind::Company => "CO",
        }
    }

    pub(crate) fn by_id(id: i64) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.type_id() == id)
    }

    pub(crate) fn by_name(name: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn by_short(short: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.short().eq_ignore_ascii_case(short))
    }

    /// The field that holds the stage, where there is one.
    pub(crate) fn stage_field(self) -> Option<&'static str> {
        match self {
            Kind::Lead => Some("STATUS_ID"),
            Kind::Deal => Some("STAGE_ID"),
            Kind::Contact | Kind::Company => None,
        }
    }

    /// Whether phones and e-mails are its own.
    pub(crate) fn has_multifields(self) -> bool {
        self != Kind::Deal
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Type {
    /// A whole number; ids among them.
    Int,
    /// A decimal: money in roubles and kopecks.
    Money,
    /// `Y` or `N`.
    Flag,
    /// A line or a text.
    Text,
    /// A day.
    Date,
    /// A day with time.
    Moment,
    /// A `STATUS_ID` of a list.
    Status,
    /// Several ids.
    Ids,
    /// PHONE, EMAIL, WEB, IM, LINK.
    Multi,
    /// A user field with options, kept as the option's id.
    Option,
    /// A user field with a file, kept as the file's id.
    File,
}

/// A field of an entity: built in, or a user's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Type,
    #[serde(default)]
    pub(crate) read_only: bool,
    #[serde(default)]
    pub(crate) multiple: bool,
    /// The list of a status field.
    #[serde(default)]
    pub(crate) list: String,
    /// What a person reads; empty = the name.
    #[serde(default)]
    pub(crate) title: String,
    /// Options of a [`Type::Option`]: id and text.
    #[serde(default)]
    pub(crate) options: Vec<(i64, String)>,
    /// Id among the user fields; 0 = built in.
    #[serde(default)]
    pub(crate) id: i64,
}

impl Field {
    /// Whether an administrator made it.
    pub(crate) fn is_user(&self) -> bool {
        self.id != 0
    }

    /// Its name in `crm.item.*`.
    pub(crate) fn item_name(&self) -> String {
        item_name(&self.name)
    }
}

const R: bool = true;
const W: bool = false;

type Row = (&'static str, Type, bool, &'static str);

const COMMON: &[Row] = &[
    ("ID", Type::Int, R, ""),
    ("ASSIGNED_BY_ID", Type::Int, W, ""),
    ("CREATED_BY_ID", Type::Int, R, ""),
    ("MODIFY_BY_ID", Type::Int, R, ""),
    ("DATE_CREATE", Type::Moment, R, ""),
    ("DATE_MODIFY", Type::Moment, R, ""),
    ("OPENED", Type::Flag, W, ""),
    ("COMMENTS", Type::Text, W, ""),
    ("ORIGINATOR_ID", Type::Text, W, ""),
    ("ORIGIN_ID", Type::Text, W, ""),
    ("ORIGIN_VERSION", Type::Text, W, ""),
    ("UTM_SOURCE", Type::Text, W, ""),
    ("UTM_MEDIUM", Type::Text, W, ""),
    ("UTM_CAMPAIGN", Type::Text, W, ""),
    ("UTM_CONTENT", Type::Text, W, ""),
    ("UTM_TERM", Type::Text, W, ""),
];

/// What leads and deals have alike.
const SALE: &[Row] = &[
    ("TITLE", Type::Text, W, ""),
    ("OPPORTUNITY", Type::Money, W, ""),
    ("CURRENCY_ID", Type::Text, W, ""),
    ("IS_MANUAL_OPPORTUNITY", Type::Flag, W, ""),
    ("COMPANY_ID", Type::Int, W, ""),
    ("CONTACT_ID", Type::Int, W, ""),
    ("CONTACT_IDS", Type::Ids, W, ""),
    ("SOURCE_ID", Type::Status, W, "SOURCE"),
    ("SOURCE_DESCRIPTION", Type::Text, W, ""),
    ("MOVED_BY_ID", Type::Int, R, ""),
    ("MOVED_TIME", Type::Moment, R, ""),
    ("IS_RETURN_CUSTOMER", Type::Flag, W, ""),
];

const LEAD: &[Row] = &[
    ("STATUS_ID", Type::Status, W, "STATUS"),
    ("STATUS_SEMANTIC_ID", Type::Text, R, ""),
    ("STATUS_DESCRIPTION", Type::Text, W, ""),
    ("COMPANY_TITLE", Type::Text, W, ""),
    ("DATE_CLOSED", Type::Moment, R, ""),
];

const DEAL: &[Row] = &[
    ("TYPE_ID", Type::Status, W, "DEAL_TYPE"),
    ("CATEGORY_ID", Type::Int, W, ""),
    ("STAGE_ID", Type::Status, W, "DEAL_STAGE"),
    ("STAGE_SEMANTIC_ID", Type::Text, R, ""),
    ("LEAD_ID", Type::Int, W, ""),
    ("BEGINDATE", Type::Date, W, ""),
    ("CLOSEDATE", Type::Date, W, ""),
    ("CLOSED", Type::Flag, W, ""),
    ("ADDITIONAL_INFO", Type::Text, W, ""),
    ("IS_NEW", Type::Flag, R, ""),
    ("IS_RECURRING", Type::Flag, W, ""),
    ("IS_REPEATED_APPROACH", Type::Flag, W, ""),
    ("TRACE", Type::Text, W, ""),
];

/// What leads and contacts have alike.
const PERSON: &[Row] = &[
    ("HONORIFIC", Type::Status, W, "HONORIFIC"),
    ("NAME", Type::Text, W, ""),
    ("SECOND_NAME", Type::Text, W, ""),
    ("LAST_NAME", Type::Text, W, ""),
    ("BIRTHDATE", Type::Date, W, ""),
    ("POST", Type::Text, W, ""),
    ("ADDRESS", Type::Text, W, ""),
    ("ADDRESS_CITY", Type::Text, W, ""),
];

const CONTACT: &[Row] = &[
    ("TYPE_ID", Type::Status, W, "CONTACT_TYPE"),
    ("SOURCE_ID", Type::Status, W, "SOURCE"),
    ("SOURCE_DESCRIPTION", Type::Text, W, ""),
    ("COMPANY_ID", Type::Int, W, ""),
    ("COMPANY_IDS", Type::Ids, W, ""),
    ("LEAD_ID", Type::Int, W, ""),
];

const COMPANY: &[Row] = &[
    ("TITLE", Type::Text, W, ""),
    ("COMPANY_TYPE", Type::Status, W, "COMPANY_TYPE"),
    ("INDUSTRY", Type::Status, W, "INDUSTRY"),
    ("ADDRESS", Type::Text, W, ""),
    ("CONTACT_IDS", Type::Ids, W, ""),
    ("LEAD_ID", Type::Int, W, ""),
];

/// What leads, contacts and companies have alike.
const MULTI: &[Row] = &[
    ("HAS_PHONE", Type::Flag, R, ""),
    ("HAS_EMAIL", Type::Flag, R, ""),
    ("PHONE", Type::Multi, W, ""),
    ("EMAIL", Type::Multi, W, ""),
    ("WEB", Type::Multi, W, ""),
    ("IM", Type::Multi, W, ""),
    ("LINK", Type::Multi, W, ""),
];

/// The fields that every portal has.
pub(crate) fn built_in(kind: Kind) -> Vec<Field> {
    let own: &[&[Row]] = match kind {
        Kind::Lead => &[COMMON, SALE, LEAD, PERSON, MULTI],
        Kind::Deal => &[COMMON, SALE, DEAL],
        Kind::Contact => &[COMMON, PERSON, CONTACT, MULTI],
        Kind::Company => &[COMMON, COMPANY, MULTI],
    };
    let fields =
        own.iter().flat_map(|rows| rows.iter()).map(|(name, kind, read_only, list)| Field {
            name: (*name).to_owned(),
            kind: *kind,
            read_only: *read_only,
            multiple: matches!(kind, Type::Ids | Type::Multi),
            list: (*list).to_owned(),
            title: String::new(),
            options: Vec::new(),
            id: 0,
        });
    fields.collect()
}
