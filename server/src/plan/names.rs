//! What an account calls its pipelines, stages, users and fields: asked now and then and kept, so
//! that a page can say «Подтверждён» instead of a number without asking the CRM while a person
//! waits.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::db::{Db, Executor};
use domain::{outbox, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::crm::amo::connection::AmoConnection;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::bitrix24::deals::moves::labels;
use crate::crm::error::CallError;
use crate::crm::tell::lead::LEAD;
use crate::crm::{Crms, NoRecord};

/// How old kept names may grow.
const AGE: TimeDelta = TimeDelta::hours(20);

/// Names by id, and stages by their pipeline: «won» is in each of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Names {
    pipelines: BTreeMap<String, String>,
    stages: BTreeMap<String, BTreeMap<String, String>>,
    users: BTreeMap<String, String>,
    fields: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    at: DateTime<Utc>,
    names: Names,
}

impl Names {
    /// A stage: its name and id. Without its pipeline, the first that has it.
    pub(crate) fn stage(&self, pipeline: Option<&str>, id: &str) -> String {
        let within = pipeline.and_then(|pipeline| self.stages.get(pipeline)?.get(id));
        named(within.or_else(|| self.stages.values().find_map(|stages| stages.get(id))), id)
    }

    pub(crate) fn pipeline(&self, id: &str) -> String {
        named(self.pipelines.get(id), id)
    }

    pub(crate) fn user(&self, id: &str) -> String {
        named(self.users.get(id), id)
    }

    pub(crate) fn field(&self, id: &str) -> String {
        named(self.fields.get(id), id)
    }

    /// A stage's own name, else its id.
    pub(crate) fn name_of_stage(&self, pipeline: &str, id: &str) -> String {
        let name = self.stages.get(pipeline).and_then(|stages| stages.get(id));
        name.cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A pipeline's own name, else its id.
    pub(crate) fn name_of_pipeline(&self, id: &str) -> String {
        self.pipelines.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A field's own name, where it is known.
    pub(crate) fn name_of_field(&self, id: &str) -> Option<String> {
        self.fields.get(id).cloned()
    }
}

fn named(name: Option<&String>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |name| format!("«{name}» ({id})"))
}

/// Asks an account of amoCRM. Users are left out where the token may not see them.
pub(super) async fn of_amo(amo: &AmoConnection) -> Result<Names, CallError> {
    let calls = amo.client.calls(&NoRecord);
    let mut names = Names::default();
    for pipeline in calls.pipelines().await? {
        let stages = pipeline.statuses.into_iter();
        let stages = stages.map(|stage| (stage.id.to_string(), stage.name)).collect();
        names.stages.insert(pipeline.id.to_string(), stages);
        names.pipelines.insert(pipeline.id.to_string(), pipeline.name);
    }
    let fields = calls.lead_fields().await?.into_iter();
    names.fields = fields.map(|field| (field.id.to_string(), field.name)).collect();
    let users = calls.users().await.unwrap_or_default().into_iter();
    names.users = users.map(|user| (user.id.to_string(), user.name)).collect();
    Ok(names)
}

/// A pipeline of a portal.
#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Deserialize)]
struct Categories {
    categories: Vec<Category>,
}

/// An entry of one of a portal's lists.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Status {
    entity_id: String,
    status_id: String,
    name: String,
}

/// Asks a portal of Bitrix24. Of its users only who answers for our deals is asked for, and left out
/// where the access may not see them.
pub(crate) async fn of_portal(bitrix: &BitrixConnection) -> Result<Names, CallError> {
    let calls = bitrix.client.calls(&NoRecord);
    let mut names = Names::default();
    // Bitrix24: a deal's entityTypeId is 2.
    let params = json!({ "entityTypeId": 2 });
    for Category { id, name } in
        calls.call::<Categories>("crm.category.list", &params).await?.categories
    {
        names.pipelines.insert(id.to_string(), name);
    }
    for Status { entity_id, status_id, name } in
        calls.call::<Vec<Status>>("crm.status.list", &json!({})).await?
    {
        let pipeline = match entity_id.as_str() {
            "STATUS" => LEAD,
            "DEAL_STAGE" => "0",
            other => match other.strip_prefix("DEAL_STAGE_") {
                Some(category) => category,
                None => continue,
            },
        };
        names.stages.entry(pipeline.to_owned()).or_default().insert(status_id, name);
    }
    names.fields = labels(&calls.item_fields(Kind::Deal).await?);
    if let Some(user) = bitrix.settings.responsible_user_id {
        let found: Vec<Value> =
            calls.call("user.get", &json!({ "ID": user })).await.unwrap_or_default();
        let word = |key: &str| found.first()?[key].as_str().filter(|it| !it.is_empty());
        let name: Vec<&str> = ["NAME", "LAST_NAME"].into_iter().filter_map(word).collect();
        if !name.is_empty() {
            names.users.insert(user.to_string(), name.join(" "));
        }
    }
    Ok(names)
}

/// As they were last told; empty where they never were.
pub(crate) async fn kept(db: &mut impl Executor, connection: &str) -> domain::Result<Names> {
    Ok(read(db, connection).await?.map(|kept| kept.names).unwrap_or_default())
}

async fn read(db: &mut impl Executor, connection: &str) -> domain::Result<Option<Kept>> {
    let kept = settings::get(db, &key(connection)).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Remembers what was told.
pub(crate) async fn keep(
    db: &Db,
    connection: &str,
    names: &Names,
    now: DateTime<Utc>,
) -> domain::Result<()> {
    let kept = serde_json::to_string(&Kept { at: now, names: names.clone() })?;
    let mut tx = db.begin().await?;
    settings::put(&mut tx, &key(connection), &kept).await?;
    Ok(tx.commit().await?)
}

/// Asks each account whose names are old; one that does not answer keeps those it has.
pub async fn keep_fresh(crms: &Crms, db: &Db, now: DateTime<Utc>) -> domain::Result<()> {
    for amo in crms.amo() {
        if is_due(db, amo.name(), now).await? {
            keep_told(db, amo.name(), of_amo(amo).await, now).await?;
        }
    }
    for bitrix in crms.bitrix24() {
        if is_due(db, bitrix.name(), now).await? {
            keep_told(db, bitrix.name(), of_portal(bitrix).await, now).await?;
        }
    }
    Ok(())
}

async fn is_due(db: &Db, connection: &str, now: DateTime<Utc>) -> domain::Result<bool> {
    let mut reader = db.read().await?;
    let fresh = read(&mut reader, connection).await?.is_some_and(|kept| now - kept.at < AGE);
    Ok(!fresh && outbox::goes(&mut reader, connection, now).await?)
}

async fn keep_told(
    db: &Db,
    connection: &str,
    told: Result<Names, CallError>,
    now: DateTime<Utc>,
) -> domain::Result<()> {
    match told {
        Ok(names) => keep(db, connection, &names, now).await?,
        Err(error) => {
            let why = error.words();
            tracing::warn!(connection, why, "names of stages not read");
        }
    }
    Ok(())
}

fn key(connection: &str) -> String {
    format!("names:{connection}")
}
