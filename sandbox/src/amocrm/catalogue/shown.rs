//! The account's set-up as the API shows it.

use serde_json::{Value, json};

use crate::amocrm::catalogue::{
    FieldDef, PIPELINE, STATUSES, StatusDef, USER_MANAGER, USER_SECOND,
};

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
