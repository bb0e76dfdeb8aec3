//! Each kind of defect, and an account without any.

use std::collections::BTreeMap;

use domain::texts::Lang;
use serde_json::{Value, json};

use super::*;
use crate::config::{Config, CrmSettings};

const FILE: &str = r#"
    [[connection]]
    name = "amo"
    kind = "amocrm"
    [connection.stages.order]
    placed = "11"
    completed = "142"
    [connection.upsell]
    kind = "deal"
    pipeline = "3"
    stage = "31"
"#;

fn connection(more: &[(&str, &str)]) -> (ConnectionConfig, AmocrmSettings) {
    let mut environment = BTreeMap::from([
        ("AMOCRM_SUBDOMAIN".to_owned(), "exampleshop".to_owned()),
        ("AMOCRM_ACCESS_TOKEN".to_owned(), "token".to_owned()),
        ("AMOCRM_FIELD_SERIAL_ID".to_owned(), "5".to_owned()),
        ("AMOCRM_FIELD_INN_ID".to_owned(), "8".to_owned()),
        ("AMOCRM_RESPONSIBLE_USER_ID".to_owned(), "41".to_owned()),
    ]);
    environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    let config = Config::from_env_and_file(&environment, Some(FILE)).unwrap();
    let connection = config.connections[0].clone();
    let CrmSettings::Amocrm(settings) = connection.settings.clone() else { panic!() };
    (connection, settings)
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn account() -> Snapshot {
    let stages = json!({ "statuses": [
        { "id": 11, "name": "Новый" },
        { "id": 31, "name": "Продлить" },
        { "id": 142, "name": "Успешно" },
    ]});
    Snapshot {
        account: read(json!({ "id": 1, "current_user_id": 41, "is_api_filter_enabled": true })),
        pipelines: read(json!([
            { "id": 1, "name": "Продажи", "is_main": true, "_embedded": stages },
            { "id": 2, "name": "Старая", "is_archive": true, "_embedded": stages },
            { "id": 3, "name": "Сервис", "_embedded": stages },
        ])),
        lead_fields: read(json!([
            { "id": 5, "name": "Серийный номер", "type": "text" },
            { "id": 6, "name": "Следующее ТО", "type": "text" },
            { "id": 9, "name": "Источник", "type": "select", "required_statuses": [] },
        ])),
        contact_fields: Vec::new(),
        company_fields: read(json!([{ "id": 8, "name": "ИНН", "type": "numeric" }])),
        users: Some(read(json!([
            { "id": 41, "name": "Анна", "rights": { "is_active": true, "is_admin": true } },
            { "id": 42, "name": "Пётр", "rights": { "is_active": false } },
        ]))),
        lists: Vec::new(),
        hidden: Vec::new(),
    }
}

fn words(more: &[(&str, &str)], snapshot: Snapshot) -> Vec<String> {
    let (connection, settings) = connection(more);
    let checkup = Checkup::compare(&connection, &settings, snapshot);
    checkup.defects().iter().map(|defect| defect.words(Lang::Ru)).collect()
}

#[test]
fn an_account_that_fits_has_no_defects() {
    for more in [&[][..], &[("AMOCRM_PIPELINE_ID", "1"), ("AMOCRM_STATUS_ID", "11")]] {
        assert_eq!(words(more, account()), Vec::<String>::new());
    }
}

#[test]
fn what_the_configuration_names_and_the_account_lacks_is_named_with_the_choice() {
    for (more, said) in [
        (&[("AMOCRM_PIPELINE_ID", "7")][..], "1 «Продажи», 3 «Сервис»"),
        (&[("AMOCRM_PIPELINE_ID", "2")], "«Старая» (2)"),
        (
            &[("AMOCRM_PIPELINE_ID", "1"), ("AMOCRM_STATUS_ID", "99")],
            "Этапа 99 из AMOCRM_STATUS_ID",
        ),
        (&[("AMOCRM_STATUS_SUCCESS", "77")], "Этапа 77 из AMOCRM_STATUS_SUCCESS"),
        (&[("AMOCRM_FIELD_MODEL_ID", "7")], "AMOCRM_FIELD_MODEL_ID среди полей сделки нет"),
        (&[("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "6")], "«Дата» или «Дата и время»"),
        (&[("AMOCRM_RESPONSIBLE_USER_ID", "50")], "Пользователя 50"),
        (&[("AMOCRM_RESPONSIBLE_USER_ID", "42")], "«Пётр» (42)"),
    ] {
        let found = words(more, account());
        assert_eq!(found.len(), 1, "{more:?}: {found:?}");
        assert!(found[0].contains(said), "{said}: {found:?}");
    }
}

/// Changes the account, and says what must then be found.
type Change = (fn(&mut Snapshot), &'static str);

#[test]
fn what_changes_in_the_account_is_found() {
    let changes: [Change; 9] = [
        (|there| there.pipelines[0].is_main = false, "главной в аккаунте нет"),
        (|there| drop(there.pipelines[0].statuses.remove(0)), "[connection.stages.order] placed"),
        (|there| there.pipelines[2].is_archive = true, "[connection.upsell] pipeline"),
        (|there| drop(there.pipelines[2].statuses.remove(1)), "[connection.upsell] stage"),
        (|there| there.company_fields.clear(), "AMOCRM_FIELD_INN_ID"),
        (|there| there.users = None, "не от администратора"),
        (|there| there.hidden.push("companies"), "нельзя видеть компании"),
        (|there| there.account.has_filters = false, "нет фильтров"),
        (
            |there| {
                there.lead_fields[2].required_statuses =
                    read(json!([{ "pipeline_id": 1, "status_id": 142 }]));
            },
            "«Источник» (9) обязательно на этапах: 142 «Успешно»",
        ),
    ];
    for (change, said) in changes {
        let mut snapshot = account();
        change(&mut snapshot);
        let found = words(&[], snapshot);
        assert_eq!(found.len(), 1, "{said}: {found:?}");
        assert!(found[0].contains(said), "{said}: {found:?}");
    }
}

#[test]
fn a_field_that_is_wanted_elsewhere_or_that_we_fill_is_no_defect() {
    for (field, stage) in [
        (2, json!({ "pipeline_id": 3, "status_id": 142 })),
        (2, json!({ "pipeline_id": 1, "status_id": 31 })),
        (0, json!({ "pipeline_id": 1, "status_id": 142 })),
    ] {
        let mut snapshot = account();
        snapshot.lead_fields[field].required_statuses = read(json!([stage]));
        assert_eq!(words(&[], snapshot), Vec::<String>::new());
    }
}

#[test]
fn rights_that_are_told_are_read_and_an_administrators_are_all() {
    let rights = |admin: bool| {
        json!([{ "id": 41, "name": "Анна", "rights": {
            "is_admin": admin, "leads": { "view": "A", "add": "D", "edit": "M" } } }])
    };
    let mut snapshot = account();
    snapshot.users = Some(read(rights(false)));
    assert!(words(&[], snapshot.clone())[0].contains("нельзя создавать сделки"));
    snapshot.users = Some(read(rights(true)));
    assert_eq!(words(&[], snapshot), Vec::<String>::new());
}

#[test]
fn a_list_of_products_must_be_there() {
    let (connection, settings) = connection(&[("AMOCRM_PRODUCTS", "77")]);
    let found = Checkup::compare(&connection, &settings, account()).defects();
    assert_eq!(found, [Defect::ListGone { id: "77".to_owned() }]);
    let mut shut = account();
    shut.hidden.push("catalogs");
    let found = Checkup::compare(&connection, &settings, shut).defects();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].words(Lang::Ru).contains("нельзя видеть списки товаров"));
}
