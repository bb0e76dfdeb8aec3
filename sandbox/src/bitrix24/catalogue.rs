//! What a new portal already has: people, pipelines, lists, fields of the dealer, an empty Drive and
//! an empty catalogue of goods.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bitrix24::goods::Goods;
use crate::bitrix24::people::{Department, User};
use crate::bitrix24::portal::{Category, Folder, Portal, Status};
use crate::bitrix24::schema::{Field, Kind, Type};

/// The administrator; the incoming webhook is theirs.
pub const USER_ADMIN: i64 = 1;
/// A manager.
pub const USER_MANAGER: i64 = 7;
/// Another manager.
pub const USER_SECOND: i64 = 12;
/// Somebody who does not work there any more.
pub const USER_DISMISSED: i64 = 15;

/// The department of sales.
pub const DEPARTMENT_SALES: i64 = 3;

/// The pipeline of service; the one of sales is 0.
pub const CATEGORY_SERVICE: i64 = 1;

/// A deal's machine: its serial number.
pub const UF_SERIAL: &str = "UF_CRM_SERIAL";
/// A deal's machine: its model.
pub const UF_MODEL: &str = "UF_CRM_MODEL";
/// Telegram id of the customer, on deals, contacts and leads.
pub const UF_TELEGRAM: &str = "UF_CRM_TELEGRAM";
/// A deal's machine: its configuration.
pub const UF_CONFIGURATION: &str = "UF_CRM_CONFIGURATION";
/// A deal's machine: day of its next maintenance.
pub const UF_NEXT_MAINTENANCE: &str = "UF_CRM_NEXT_MAINTENANCE";
/// Several files, on leads and deals.
pub const UF_FILES: &str = "UF_CRM_FILES";
/// One file, on leads and deals, named as fields made by hand are.
pub const UF_FILE: &str = "UF_CRM_1711610801";
/// The page of the form, on leads.
pub const UF_PAGE: &str = "UF_CRM_PAGE";
/// A list on deals; its options are ids.
pub const UF_DELIVERY: &str = "UF_CRM_DELIVERY";
/// A company's taxpayer number.
pub const UF_INN: &str = "UF_CRM_INN";

/// The Drive everybody shares.
pub const STORAGE: i64 = 13;
/// Its root folder.
pub const STORAGE_ROOT: i64 = 21;
/// The catalogue of goods.
pub const IBLOCK: i64 = 23;
/// The price that everybody pays.
pub const BASE_PRICE: i64 = 1;

type Row = (&'static str, &'static str, &'static str, &'static str);

/// Status, name, colour, semantics.
const DEAL_STAGES: &[Row] = &[
    ("NEW", "Новая", "#39A8EF", ""),
    ("PREPARATION", "Подготовка документов", "#2FC6F6", ""),
    ("PREPAYMENT_INVOICE", "Счёт на предоплату", "#55D0E0", ""),
    ("EXECUTING", "В работе", "#47E4C2", ""),
    ("FINAL_INVOICE", "Финальный счёт", "#FFA900", ""),
    ("WON", "Сделка успешна", "#7BD500", "S"),
    ("LOSE", "Сделка провалена", "#FF5752", "F"),
    ("APOLOGY", "Анализ причины провала", "#FF5752", "F"),
];

const SERVICE_STAGES: &[Row] = &[
    ("C1:NEW", "Новая", "#39A8EF", ""),
    ("C1:UC_8QZK2A", "Согласование", "#2FC6F6", ""),
    ("C1:EXECUTING", "В работе", "#47E4C2", ""),
    ("C1:WON", "Сделка успешна", "#7BD500", "S"),
    ("C1:LOSE", "Сделка провалена", "#FF5752", "F"),
    ("C1:APOLOGY", "Анализ причины провала", "#FF5752", "F"),
];

const LEAD_STAGES: &[Row] = &[
    ("NEW", "Не обработан", "#39A8EF", ""),
    ("IN_PROCESS", "В работе", "#2FC6F6", ""),
    ("PROCESSED", "Обработан", "#55D0E0", ""),
    ("CONVERTED", "Качественный лид", "#7BD500", "S"),
    ("JUNK", "Некачественный лид", "#FF5752", "F"),
];

const SOURCES: &[Row] = &[
    ("CALL", "Звонок", "", ""),
    ("EMAIL", "Электронная почта", "", ""),
    ("WEB", "Веб-сайт", "", ""),
    ("ADVERTISING", "Реклама", "", ""),
    ("PARTNER", "Существующий клиент", "", ""),
    ("RECOMMENDATION", "По рекомендации", "", ""),
    ("TRADE_SHOW", "Выставка", "", ""),
    ("WEBFORM", "CRM-форма", "", ""),
    ("CALLBACK", "Обратный звонок", "", ""),
    ("RC_GENERATOR", "Генератор продаж", "", ""),
    ("STORE", "Интернет-магазин", "", ""),
    ("OTHER", "Другое", "", ""),
];

const DEAL_TYPES: &[Row] = &[
    ("SALE", "Продажа", "", ""),
    ("GOODS", "Продажа товара", "", ""),
    ("SERVICE", "Сервисное обслуживание", "", ""),
    ("SERVICES", "Услуги", "", ""),
];

const CONTACT_TYPES: &[Row] = &[("CLIENT", "Клиенты", "", ""), ("OTHER", "Другое", "", "")];
const COMPANY_TYPES: &[Row] = &[("CUSTOMER", "Клиент", "", ""), ("OTHER", "Другое", "", "")];
const HONORIFICS: &[Row] = &[("HNR_RU_1", "г-н", "", ""), ("HNR_RU_2", "г-жа", "", "")];

/// The portal of the first day.
pub(crate) fn portal() -> Portal {
    let mut portal = Portal { users: users(), departments: departments(), ..Portal::default() };
    // Ids of the first entities, far enough from each other to be told apart and close enough that
    // a mistaken kind finds something.
    for (of, last) in
        [("lead", 100), ("deal", 200), ("contact", 100), ("company", 100), ("status", 100)]
    {
        portal.last.insert(of.to_owned(), last);
    }
    portal.categories = vec![
        Category { id: 0, name: "Общая".to_owned(), sort: 300 },
        Category { id: CATEGORY_SERVICE, name: "Сервис".to_owned(), sort: 500 },
    ];
    for (list, rows) in [
        ("STATUS", LEAD_STAGES),
        ("DEAL_STAGE", DEAL_STAGES),
        ("DEAL_STAGE_1", SERVICE_STAGES),
        ("SOURCE", SOURCES),
        ("DEAL_TYPE", DEAL_TYPES),
        ("CONTACT_TYPE", CONTACT_TYPES),
        ("COMPANY_TYPE", COMPANY_TYPES),
        ("HONORIFIC", HONORIFICS),
    ] {
        add_list(&mut portal, list, rows);
    }
    add_fields(&mut portal);
    portal.folders.insert(
        STORAGE_ROOT,
        Folder { id: STORAGE_ROOT, parent: 0, name: "Общий диск".to_owned() },
    );
    portal.last.insert("disk".to_owned(), 8_900);
    portal.goods = goods();
    portal.last.insert("product".to_owned(), 1_000);
    portal
}

fn users() -> Vec<User> {
    let user = |id, (name, last_name): (&str, &str), email: &str, phone: &str, department| User {
        id,
        name: name.to_owned(),
        last_name: last_name.to_owned(),
        email: email.to_owned(),
        active: id != USER_DISMISSED,
        admin: id == USER_ADMIN,
        phone: phone.to_owned(),
        departments: vec![department],
    };
    let sales = DEPARTMENT_SALES;
    vec![
        user(USER_ADMIN, ("Ольга", "Фролова"), "admin@dealer.example", "8 900 555-00-01", 1),
        user(USER_MANAGER, ("Мария", "Лебедева"), "manager@dealer.example", "", sales),
        user(USER_SECOND, ("Павел", "Гусев"), "second@dealer.example", "+79005550012", sales),
        user(USER_DISMISSED, ("Денис", "Рогов"), "gone@dealer.example", "+79005550015", sales),
    ]
}

/// The dealer's structure: the administrator leads all, the manager leads sales.
pub(crate) fn departments() -> Vec<Department> {
    let department = |id, name: &str, parent, head| {
        let name = name.to_owned();
        Department { id, name, parent, head }
    };
    vec![
        department(1, "Дилер", 0, USER_ADMIN),
        department(DEPARTMENT_SALES, "Отдел продаж", 1, USER_MANAGER),
    ]
}

fn add_list(portal: &mut Portal, list: &str, rows: &[Row]) {
    for ((status_id, name, color, semantics), place) in rows.iter().zip(1..) {
        let id = portal.next("status");
        portal.statuses.push(Status {
            id,
            list: list.to_owned(),
            status_id: (*status_id).to_owned(),
            name: (*name).to_owned(),
            sort: place * 10,
            color: (*color).to_owned(),
            semantics: (*semantics).to_owned(),
            system: !status_id.contains("UC_"),
        });
    }
}

/// Name, title, what it holds, several of it.
type Own<'a> = (&'a str, &'a str, Type, bool);

fn add_fields(portal: &mut Portal) {
    let machine = [
        (UF_SERIAL, "Серийный номер", Type::Text, false),
        (UF_MODEL, "Модель", Type::Text, false),
        (UF_TELEGRAM, "Telegram ID", Type::Text, false),
        (UF_CONFIGURATION, "Комплектация", Type::Text, false),
        (UF_NEXT_MAINTENANCE, "Следующее ТО", Type::Date, false),
        (UF_DELIVERY, "Доставка", Type::Option, false),
        (UF_FILES, "Файлы", Type::File, true),
        (UF_FILE, "Файл", Type::File, false),
    ];
    let lead = [
        (UF_TELEGRAM, "Telegram ID", Type::Text, false),
        (UF_PAGE, "Страница", Type::Text, false),
        (UF_FILES, "Файлы", Type::File, true),
        (UF_FILE, "Файл", Type::File, false),
    ];
    let contact = [(UF_TELEGRAM, "Telegram ID", Type::Text, false)];
    let company = [(UF_INN, "ИНН", Type::Text, false)];
    let all: [(Kind, &[Own<'_>]); 4] = [
        (Kind::Deal, &machine),
        (Kind::Lead, &lead),
        (Kind::Contact, &contact),
        (Kind::Company, &company),
    ];
    for (kind, rows) in all {
        for (name, title, holds, multiple) in rows {
            let id = portal.next("field");
            let options = match *holds {
                Type::Option => vec![(79, "Самовывоз".to_owned()), (80, "Курьер".to_owned())],
                _ => Vec::new(),
            };
            let field = Field {
                name: (*name).to_owned(),
                kind: *holds,
                read_only: false,
                multiple: *multiple,
                list: String::new(),
                title: (*title).to_owned(),
                options,
                id,
            };
            portal.user_fields.entry(kind).or_default().push(field);
        }
    }
}

fn goods() -> Goods {
    let one = |id: i64, record: Value| (id, record.as_object().cloned().unwrap_or_default());
    let measures = [("м", 6, false), ("л", 112, false), ("кг", 166, false), ("шт", 796, true)];
    let measures = measures.iter().zip(1..).map(|((symbol, code, default), id)| {
        one(
            id,
            json!({"id": id, "code": code, "symbol": symbol, "measureTitle": symbol,
            "isDefault": if *default { "Y" } else { "N" }}),
        )
    });
    let store = one(
        1,
        json!({"id": 1, "title": "Основной склад", "address": "", "active": "Y",
        "isDefault": "Y", "sort": 100}),
    );
    let price = one(
        BASE_PRICE,
        json!({"id": BASE_PRICE, "name": "BASE", "base": "Y", "sort": 100,
        "xmlId": "BASE"}),
    );
    Goods::from(BTreeMap::from([
        ("measure".to_owned(), measures.collect()),
        ("store".to_owned(), BTreeMap::from([store])),
        ("pricetype".to_owned(), BTreeMap::from([price])),
    ]))
}
