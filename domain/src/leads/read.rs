//! Leads as people and workers read them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::files::StoredFile;
use crate::ids::{LeadId, TouchId};
use crate::leads::{Lead, LeadCase, State, Suspicion, Touch, Tracking, files_owner};
use crate::text::{Email, Phone};
use crate::{Error, Result};

/// A lead on the managers' desk.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct OpenLead {
    /// The lead.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub lead: Lead,
    /// The name of the manager who has it.
    pub taken_by_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct TouchRow {
    id: TouchId,
    name: String,
    phone: Option<Phone>,
    email: Option<Email>,
    message: Option<String>,
    page: Option<String>,
    referrer: Option<String>,
    #[sqlx(flatten)]
    tracking: Tracking,
    extra: String,
    suspicion: Option<Suspicion>,
    created_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    owner: String,
    #[sqlx(flatten)]
    file: StoredFile,
}

macro_rules! leads {
    ($rest:expr) => {
        concat!(
            "select l.id, l.number, l.token, l.form, l.name, nullif(l.phone, '') as phone, l.email,
                    l.state, l.taken_by, l.created_at, l.touched_at, l.updated_at,
                    manager.name as taken_by_name
               from leads l
               left join staff manager on manager.id = l.taken_by ",
            $rest
        )
    };
}

pub(super) use leads;

/// What the managers have before them: leads that have not ended, newest first; 200 at most.
pub async fn open(db: &mut impl Executor) -> Result<Vec<OpenLead>> {
    Ok(fetch_all!(
        db,
        OpenLead,
        leads!(
            "where l.state in ('suspected', 'new', 'taken')
             order by l.id desc
             limit 200"
        )
    )?)
}

/// Any lead by number, for managers. Three queries.
pub async fn by_number(db: &mut impl Executor, number: &str) -> Result<LeadCase> {
    let row = fetch_optional!(db, OpenLead, leads!("where l.number = $1"), number)?;
    complete(db, row).await
}

/// Any lead by id, for workers. Three queries.
pub async fn load(db: &mut impl Executor, id: &LeadId) -> Result<LeadCase> {
    let row = fetch_optional!(db, OpenLead, leads!("where l.id = $1"), id)?;
    complete(db, row).await
}

/// A lead without what was sent.
pub async fn by_id(db: &mut impl Executor, id: &LeadId) -> Result<Lead> {
    let row = fetch_optional!(db, OpenLead, leads!("where l.id = $1"), id)?;
    row.map(|row| row.lead).ok_or(Error::NotFound)
}

/// The lead whose token the site shows.
pub async fn by_token(db: &mut impl Executor, token: &str) -> Result<Lead> {
    let row = fetch_optional!(db, OpenLead, leads!("where l.token = $1"), token)?;
    row.map(|row| row.lead).ok_or(Error::NotFound)
}

async fn complete(db: &mut impl Executor, row: Option<OpenLead>) -> Result<LeadCase> {
    let OpenLead { lead, taken_by_name } = row.ok_or(Error::NotFound)?;
    let rows = fetch_all!(
        db,
        TouchRow,
        "select id, name, nullif(phone, '') as phone, email, message, page, referrer, utm_source, utm_medium,
                utm_campaign, utm_content, utm_term, yclid, gclid, roistat, ym_uid, extra,
                suspicion, created_at
           from lead_touches
          where lead_id = $1
          order by id",
        &lead.id
    )?;
    let mut files = sent(db, &lead.id).await?;
    let touch = |row: TouchRow| {
        Ok(Touch {
            files: files.remove(&files_owner(&row.id)).unwrap_or_default(),
            id: row.id,
            name: row.name,
            phone: row.phone,
            email: row.email,
            message: row.message,
            page: row.page,
            referrer: row.referrer,
            tracking: row.tracking,
            extra: serde_json::from_str(&row.extra)?,
            suspicion: row.suspicion,
            created_at: row.created_at,
        })
    };
    let touches = rows.into_iter().map(touch).collect::<Result<Vec<_>>>()?;
    if touches.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(LeadCase { lead, touches, taken_by_name })
}

async fn sent(db: &mut impl Executor, lead: &LeadId) -> Result<HashMap<String, Vec<StoredFile>>> {
    let rows = fetch_all!(
        db,
        FileRow,
        "select a.owner, f.id, f.name, f.content_type, f.size, f.sha256
           from lead_touches t
           join attachments a on a.owner = 'lead_touch:' || t.id
           join files f on f.id = a.file_id
          where t.lead_id = $1
          order by a.owner, a.position, f.id",
        lead
    )?;
    let mut files: HashMap<String, Vec<StoredFile>> = HashMap::new();
    for row in rows {
        files.entry(row.owner).or_default().push(row.file);
    }
    Ok(files)
}

impl OpenLead {
    /// Whether nobody has taken it though somebody should.
    pub fn waits(&self) -> bool {
        self.lead.state == State::New
            || (self.lead.state == State::Taken && self.lead.taken_by.is_none())
    }
}
