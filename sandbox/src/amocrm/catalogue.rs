//! The account as its administrator set it up: pipeline, stages, fields, users.

mod shown;

pub(crate) use crate::amocrm::catalogue::shown::{
    field_json, pipeline_json, status_json, users_json,
};

/// Account that the fake plays unless told otherwise.
pub const ACCOUNT: i64 = 31_000_001;
/// Pipeline «Клиенты ООО».
pub const PIPELINE: i64 = 10_226_282;
/// Stage «Неразобранное», where form leads land.
pub const STATUS_UNSORTED: i64 = 80_953_550;
/// Stage «Заявка».
pub const STATUS_NEW: i64 = 80_953_554;
/// Stage «В работе».
pub const STATUS_IN_WORK: i64 = 80_953_558;
/// Stage «Отгрузка».
pub const STATUS_SHIPPING: i64 = 80_953_562;
/// Stage «Успешно реализовано», the same id in every pipeline.
pub const STATUS_WON: i64 = 142;
/// Stage «Закрыто и не реализовано», the same id in every pipeline.
pub const STATUS_LOST: i64 = 143;
/// Lead field «Серийный номер», text.
pub const FIELD_SERIAL: i64 = 712_629;
/// Lead field «Модель», text.
pub const FIELD_MODEL: i64 = 712_631;
/// Lead field «Telegram ID», text.
pub const FIELD_TELEGRAM: i64 = 712_633;
/// Lead field «Комплектация», long text.
pub const FIELD_CONFIGURATION: i64 = 712_635;
/// Lead field «Следующее ТО», date.
pub const FIELD_NEXT_MAINTENANCE: i64 = 712_640;
/// Lead field «utm_source», which every account has.
pub const FIELD_UTM_SOURCE: i64 = 712_651;
/// Lead field «utm_campaign», which every account has.
pub const FIELD_UTM_CAMPAIGN: i64 = 712_653;
/// Contact and company field PHONE.
pub const FIELD_PHONE: i64 = 700_101;
/// Contact and company field EMAIL.
pub const FIELD_EMAIL: i64 = 700_103;
/// Company field «ИНН», text.
pub const FIELD_INN: i64 = 700_205;
/// Contact field «Telegram ID», text.
pub const FIELD_CONTACT_TELEGRAM: i64 = 700_301;
/// The list «Товары», once it is switched on.
pub const CATALOGUE: i64 = 7301;
/// Field SKU of a product.
const FIELD_SKU: i64 = 700_401;
/// Field PRICE of a product.
const FIELD_PRICE: i64 = 700_403;
/// The manager whose token is used and who is responsible by default.
pub const USER_MANAGER: i64 = 12_380_450;
/// The second user of the account.
pub const USER_SECOND: i64 = 12_380_466;

/// How a value of a field is written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Text,
    Textarea,
    Date,
    Multitext,
    Tracking,
}

impl FieldKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Textarea => "textarea",
            Self::Date => "date",
            Self::Multitext => "multitext",
            Self::Tracking => "tracking_data",
        }
    }
}

/// A custom field of one kind of entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldDef {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) code: Option<&'static str>,
    pub(crate) enums: &'static [(i64, &'static str)],
}

/// A stage of the pipeline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatusDef {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) sort: i64,
    pub(crate) color: &'static str,
    pub(crate) unsorted: bool,
    pub(crate) editable: bool,
}

pub(crate) const STATUSES: [StatusDef; 6] = [
    StatusDef {
        id: STATUS_UNSORTED,
        name: "Неразобранное",
        sort: 10,
        color: "#c1c1c1",
        unsorted: true,
        editable: false,
    },
    StatusDef {
        id: STATUS_NEW,
        name: "Заявка",
        sort: 20,
        color: "#99ccff",
        unsorted: false,
        editable: true,
    },
    StatusDef {
        id: STATUS_IN_WORK,
        name: "В работе",
        sort: 30,
        color: "#ffff99",
        unsorted: false,
        editable: true,
    },
    StatusDef {
        id: STATUS_SHIPPING,
        name: "Отгрузка",
        sort: 40,
        color: "#ffcc66",
        unsorted: false,
        editable: true,
    },
    StatusDef {
        id: STATUS_WON,
        name: "Успешно реализовано",
        sort: 10_000,
        color: "#CCFF66",
        unsorted: false,
        editable: false,
    },
    StatusDef {
        id: STATUS_LOST,
        name: "Закрыто и не реализовано",
        sort: 11_000,
        color: "#D5D8DB",
        unsorted: false,
        editable: false,
    },
];

const PHONE: FieldDef = FieldDef {
    id: FIELD_PHONE,
    name: "Телефон",
    kind: FieldKind::Multitext,
    code: Some("PHONE"),
    enums: &[
        (410_203, "WORK"),
        (410_204, "WORKDD"),
        (410_205, "MOB"),
        (410_206, "FAX"),
        (410_207, "HOME"),
        (410_208, "OTHER"),
    ],
};

const EMAIL: FieldDef = FieldDef {
    id: FIELD_EMAIL,
    name: "Email",
    kind: FieldKind::Multitext,
    code: Some("EMAIL"),
    enums: &[(410_215, "WORK"), (410_216, "PRIV"), (410_217, "OTHER")],
};

const fn plain(id: i64, name: &'static str, kind: FieldKind) -> FieldDef {
    FieldDef { id, name, kind, code: None, enums: &[] }
}

const fn tracking(id: i64, name: &'static str, code: &'static str) -> FieldDef {
    FieldDef { id, name, kind: FieldKind::Tracking, code: Some(code), enums: &[] }
}

pub(crate) const LEAD_FIELDS: &[FieldDef] = &[
    plain(FIELD_SERIAL, "Серийный номер", FieldKind::Text),
    plain(FIELD_MODEL, "Модель", FieldKind::Text),
    plain(FIELD_TELEGRAM, "Telegram ID", FieldKind::Text),
    plain(FIELD_CONFIGURATION, "Комплектация", FieldKind::Textarea),
    plain(FIELD_NEXT_MAINTENANCE, "Следующее ТО", FieldKind::Date),
    tracking(FIELD_UTM_SOURCE, "utm_source", "UTM_SOURCE"),
    tracking(FIELD_UTM_CAMPAIGN, "utm_campaign", "UTM_CAMPAIGN"),
];
pub(crate) const CONTACT_FIELDS: &[FieldDef] =
    &[PHONE, EMAIL, plain(FIELD_CONTACT_TELEGRAM, "Telegram ID", FieldKind::Text)];
pub(crate) const PRODUCT_FIELDS: &[FieldDef] = &[
    FieldDef {
        id: FIELD_SKU,
        name: "Артикул",
        kind: FieldKind::Text,
        code: Some("SKU"),
        enums: &[],
    },
    // A number, which is written and read as a text.
    FieldDef {
        id: FIELD_PRICE,
        name: "Цена",
        kind: FieldKind::Text,
        code: Some("PRICE"),
        enums: &[],
    },
];
pub(crate) const COMPANY_FIELDS: &[FieldDef] =
    &[PHONE, EMAIL, plain(FIELD_INN, "ИНН", FieldKind::Text)];

/// The fields of an entity by its name in paths.
pub(crate) fn fields_of(entity: &str) -> &'static [FieldDef] {
    match entity {
        "leads" => LEAD_FIELDS,
        "companies" => COMPANY_FIELDS,
        _ => CONTACT_FIELDS,
    }
}
