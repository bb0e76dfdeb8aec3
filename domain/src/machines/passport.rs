//! The digital passport: everything about one machine on one page.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::{CustomerId, FileId, MachineId, ModelId};
use crate::machines::scope::machine_is_of;
use crate::machines::{Machine, MachineState};
use crate::{Error, Result};

/// A model of machines.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct MachineModel {
    /// Its id.
    #[sqlx(rename = "model_id")]
    pub id: ModelId,
    /// Its code, a slug.
    pub code: String,
    /// As people call it.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// What kind of machine it is.
    pub category: String,
    /// Its picture, an address.
    pub photo: Option<String>,
    /// Months between two maintenances.
    pub maintenance_months: Option<i64>,
    /// Running hours between two maintenances.
    pub maintenance_hours: Option<i64>,
    /// What it can: names and values with units, in the maker's order.
    #[sqlx(skip)]
    pub specification: Vec<(String, String)>,
}

/// A document of a machine or its model, to be downloaded.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct DocumentRow {
    /// Its id.
    pub id: String,
    /// The file behind it.
    pub file_id: FileId,
    /// `passport`, `manual`, `wiring`, `hydraulics`, `act`, `certificate`, `invoice`.
    pub kind: String,
    /// As people call it.
    pub title: String,
    /// `ru`, `en`.
    pub language: String,
    /// Which edition.
    pub revision: String,
    /// By content.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
}

/// Something that happened to a machine.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct TimelineEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// `commissioned`, `registered`, `visit`, `order`, …
    pub kind: String,
    /// What, in a line.
    pub title: String,
}

/// The view of a machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Passport {
    /// The machine.
    pub machine: Machine,
    /// Its model.
    pub model: MachineModel,
    /// Where it stands.
    pub site: Option<String>,
    /// Whose it is.
    pub company: Option<String>,
    /// Whether it runs.
    pub state: MachineState,
    /// Since when it stands still.
    pub down_since: Option<DateTime<Utc>>,
    /// What can be downloaded: its own documents, then the model's.
    pub documents: Vec<DocumentRow>,
    /// What happened, the newest 50 first.
    pub timeline: Vec<TimelineEvent>,
}

#[derive(sqlx::FromRow)]
struct PassportRow {
    #[sqlx(flatten)]
    machine: Machine,
    #[sqlx(flatten)]
    model: MachineModel,
    specification_json: String,
    site: Option<String>,
    company: Option<String>,
    down_since: Option<DateTime<Utc>>,
    owned_since: Option<DateTime<Utc>>,
}

macro_rules! passports {
    ($condition:expr) => {
        concat!(
            "select m.id as machine_id, m.serial, m.model_id, m.configuration, m.company_id,
                    m.site_id, m.customer_id, m.made_on, m.shipped_on, m.commissioned_on,
                    m.warranty_until, m.hours, m.next_maintenance_on,
                    model.code, model.name, model.maker, model.category, model.photo,
                    model.maintenance_months, model.maintenance_hours,
                    model.specification as specification_json,
                    site.name as site, company.name as company, m.owned_since,
                    (select min(r.created_at)
                       from service_requests r
                      where r.machine_id = m.id and r.machine_down
                        and r.state not in ('done', 'closed', 'cancelled')) as down_since
               from machine_instances m
               join machine_models model on model.id = m.model_id
               left join sites site on site.id = m.site_id
               left join companies company on company.id = m.company_id
              where m.id = $1",
            $condition
        )
    };
}

/// The passport of one of the customer's machines; another's is [`Error::NotFound`].
pub async fn passport(
    db: &mut impl Executor,
    customer: &CustomerId,
    id: &MachineId,
) -> Result<Passport> {
    let row = fetch_optional!(
        db,
        PassportRow,
        passports!(concat!(" and ", machine_is_of!("$2"))),
        id,
        customer
    )?;
    let since = row.as_ref().and_then(|row| row.owned_since);
    complete(db, row, since).await
}

/// The passport of any machine, for staff.
pub async fn passport_for_staff(db: &mut impl Executor, id: &MachineId) -> Result<Passport> {
    let row = fetch_optional!(db, PassportRow, passports!(""), id)?;
    complete(db, row, None).await
}

/// What a former owner bought and paid before `since` is left out: how the machine was cared for
/// stays its history.
async fn complete(
    db: &mut impl Executor,
    row: Option<PassportRow>,
    since: Option<DateTime<Utc>>,
) -> Result<Passport> {
    let row = row.ok_or(Error::NotFound)?;
    let mut model = row.model;
    model.specification = specification(&row.specification_json)?;
    let documents = documents(db, &row.machine.id, &model.id, since).await?;
    let timeline = fetch_all!(
        db,
        TimelineEvent,
        "select at, kind, title
           from timeline_events
          where machine_id = $1 and (kind <> 'order' or $2 is null or at >= $2)
          order by at desc, id desc
          limit 50",
        &row.machine.id,
        since
    )?;
    Ok(Passport {
        state: if row.down_since.is_some() { MachineState::Down } else { MachineState::Working },
        machine: row.machine,
        model,
        site: row.site,
        company: row.company,
        down_since: row.down_since,
        documents,
        timeline,
    })
}

async fn documents(
    db: &mut impl Executor,
    machine: &MachineId,
    model: &ModelId,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<DocumentRow>> {
    Ok(fetch_all!(
        db,
        DocumentRow,
        "select d.id, d.file_id, d.kind, d.title, d.language, d.revision, f.content_type, f.size
           from (select id, file_id, kind, title, language, revision, 0 as place
                   from documents
                  where machine_id = $1 and withdrawn_at is null
                    and (kind <> 'invoice' or $3 is null or created_at >= $3)
                 union all
                 select id, file_id, kind, title, language, revision, 1 as place
                   from documents where model_id = $2 and withdrawn_at is null) d
           join files f on f.id = d.file_id
          order by d.place, d.kind, d.title, d.id",
        machine,
        model,
        since
    )?)
}

/// A specification is kept as a list of pairs; an object is understood too.
pub(super) fn specification(json: &str) -> Result<Vec<(String, String)>> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Pairs(Vec<(String, String)>),
        Object(std::collections::BTreeMap<String, String>),
    }
    if json.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match serde_json::from_str(json)? {
        Kept::Pairs(pairs) => pairs,
        Kept::Object(object) => object.into_iter().collect(),
    })
}
