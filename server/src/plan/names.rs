//! What an account calls its pipelines, stages, users and fields: asked now and then and kept, so
//! that a page can say «Подтверждён» instead of a number without asking the CRM while a person
//! waits.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::db::{Db, Executor};
use domain::{outbox, settings};
use serde::{Deserialize, Serialize};

use crate::crm::amo::CallError;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::{Crms, NoRecord};

/// How old kept names may grow.
const AGE: TimeDelta = TimeDelta::hours(20);

/// Names by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Names {
    pipelines: BTreeMap<i64, String>,
    /// By pipeline and stage: 142 and 143 are in every pipeline.
    stages: BTreeMap<i64, BTreeMap<i64, String>>,
    users: BTreeMap<i64, String>,
    fields: BTreeMap<i64, String>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    at: DateTime<Utc>,
    names: Names,
}

impl Names {
    /// A stage: its name and id. Without a pipeline, the first that has it.
    pub(crate) fn stage(&self, pipeline: Option<i64>, stage: &str) -> String {
        let id = stage.parse::<i64>().unwrap_or_default();
        let within = pipeline.and_then(|pipeline| self.stages.get(&pipeline)?.get(&id));
        let name = within.or_else(|| self.stages.values().find_map(|stages| stages.get(&id)));
        named(name, stage)
    }

    pub(crate) fn pipeline(&self, id: i64) -> String {
        named(self.pipelines.get(&id), &id.to_string())
    }

    pub(crate) fn user(&self, id: i64) -> String {
        named(self.users.get(&id), &id.to_string())
    }

    pub(crate) fn field(&self, id: &str) -> String {
        let known = id.parse().ok().and_then(|id: i64| self.fields.get(&id));
        named(known, id)
    }
}

impl Names {
    /// A field's own name, where it is known.
    pub(crate) fn name_of_field(&self, id: i64) -> Option<String> {
        self.fields.get(&id).cloned()
    }
}

fn named(name: Option<&String>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |name| format!("«{name}» ({id})"))
}

/// Asks the account. Users are left out where the token may not see them.
pub(crate) async fn ask(amo: &AmoConnection) -> Result<Names, CallError> {
    let calls = amo.client.calls(&NoRecord);
    let mut names = Names::default();
    for pipeline in calls.pipelines().await? {
        let stages = pipeline.statuses.into_iter().map(|stage| (stage.id, stage.name)).collect();
        names.stages.insert(pipeline.id, stages);
        names.pipelines.insert(pipeline.id, pipeline.name);
    }
    names.fields =
        calls.lead_fields().await?.into_iter().map(|field| (field.id, field.name)).collect();
    names.users = calls
        .users()
        .await
        .unwrap_or_default()
        .into_iter()
        .map(|user| (user.id, user.name))
        .collect();
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
        let fresh = {
            let kept = read(&mut db.read().await?, amo.name()).await?;
            kept.is_some_and(|kept| now - kept.at < AGE)
        };
        let goes = outbox::goes(&mut db.read().await?, amo.name(), now).await?;
        if fresh || !goes {
            continue;
        }
        match ask(amo).await {
            Ok(names) => keep(db, amo.name(), &names, now).await?,
            Err(error) => {
                let why = error.words();
                tracing::warn!(connection = amo.name(), why, "names of stages not read");
            }
        }
    }
    Ok(())
}

fn key(connection: &str) -> String {
    format!("names:{connection}")
}
