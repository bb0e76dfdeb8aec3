//! The account as its administrator set it up: pipeline, stages, fields, users.

use serde_json::{Value, json};

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

/// `GET …/custom_fields`, one item.
pub(crate) fn field_json(field: &FieldDef, entity: &str, account: i64, base: &str) -> Value {
    let sort = 500 + field.id % 100;
    let enums: Vec<Value> = (0_i64..)
        .zip(field.enums)
        .map(|(at, (id, code))| json!({"id": id, "value": code, "sort": at * 2, "code": code}))
        .collect();
    json!({
        "id": field.id,
        "name": field.name,
        "type": field.kind.name(),
        "account_id": account,
        "code": field.code,
        "sort": sort,
        "is_api_only": false,
        "enums": if enums.is_empty() { Value::Null } else { Value::Array(enums) },
        "group_id": null,
        "required_statuses": [],
        "is_deletable": field.code.is_none(),
        "is_predefined": field.code.is_some(),
        "entity_type": entity,
        "is_computed": false,
        "remind": null,
        "triggers": [],
        "currency": null,
        "hidden_statuses": [],
        "chained_lists": null,
        "tracking_callback": null,
        "search_in": null,
        "settings": null,
        "_links": {"self": {"href": format!("{base}/api/v4/{entity}/custom_fields/{}", field.id)}}
    })
}

/// One stage as the API shows it.
pub(crate) fn status_json(status: &StatusDef, account: i64, base: &str) -> Value {
    json!({
        "id": status.id,
        "name": status.name,
        "sort": status.sort,
        "is_editable": status.editable,
        "pipeline_id": PIPELINE,
        "color": status.color,
        "type": i64::from(status.unsorted),
        "account_id": account,
        "_links": {"self": {"href":
            format!("{base}/api/v4/leads/pipelines/{PIPELINE}/statuses/{}", status.id)}}
    })
}

/// The pipeline as the API shows it.
pub(crate) fn pipeline_json(account: i64, base: &str) -> Value {
    let statuses: Vec<Value> =
        STATUSES.iter().map(|status| status_json(status, account, base)).collect();
    json!({
        "id": PIPELINE,
        "name": "Клиенты ООО",
        "sort": 1,
        "is_main": true,
        "is_unsorted_on": true,
        "is_archive": false,
        "account_id": account,
        "_links": {"self": {"href": format!("{base}/api/v4/leads/pipelines/{PIPELINE}")}},
        "_embedded": {"statuses": statuses}
    })
}

/// The users as the API shows them.
pub(crate) fn users_json(base: &str) -> Vec<Value> {
    [
        (USER_MANAGER, "Мария Ковалёва", "manager@dealer.example", true),
        (USER_SECOND, "Павел Громов", "gromov@dealer.example", false),
    ]
    .into_iter()
    .map(|(id, name, email, admin)| {
        json!({
            "id": id,
            "name": name,
            "email": email,
            "lang": "ru",
            "rights": {
                "is_admin": admin,
                "is_free": false,
                "is_active": true,
                "group_id": null,
                "role_id": null,
                "mail_access": false,
                "catalog_access": true,
                "status_rights": []
            },
            "_links": {"self": {"href": format!("{base}/api/v4/users/{id}")}}
        })
    })
    .collect()
}
