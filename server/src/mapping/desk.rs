//! The table of the console: what the configuration says, what the console says, what there is to choose.

use std::sync::Arc;

use domain::Error;
use domain::checkups::Named;
use domain::connection_settings::{self, Changed, Edit};
use domain::db::Db;
use domain::mapping::{Asked, Choices, Mapper, Objection, Objections, Person, Row, Section, Table};
use domain::{portal_users, staff};

use crate::config::{ConnectionConfig, ConnectionKind, MAPPED, Mapped, values};
use crate::crm::Crms;
use crate::mapping::apply::{edited, in_force, pairs};
use crate::mapping::check::{self, Found, field_key, stage_key};
use crate::mapping::kinds::{self, Kind};
use crate::mapping::structure::{Structure, is_own};

/// Knows the tables of every connection.
#[derive(Debug)]
pub(crate) struct Mappings {
    crms: Arc<Crms>,
    db: Db,
}

impl Mappings {
    /// Of these CRMs.
    pub(crate) fn new(crms: Arc<Crms>, db: Db) -> Mappings {
        Mappings { crms, db }
    }

    fn written(&self, connection: &str) -> domain::Result<&ConnectionConfig> {
        self.crms.written(connection).ok_or(Error::NotFound)
    }

    async fn read(&self, connection: &str) -> domain::Result<Table> {
        let written = self.written(connection)?;
        let mut db = self.db.read().await?;
        // First: what is changed meanwhile is then refused, and not overlooked.
        let version = connection_settings::version(&mut db, connection).await?;
        let changes = connection_settings::changes(&mut db, connection).await?;
        let seen = Structure::seen(&mut db, connection).await?;
        let seen_at = seen.as_ref().map(|(_, at)| *at);
        let there = seen.map(|(there, _)| there).unwrap_or_default();
        let found = match seen_at {
            Some(_) => check::all(&in_force(written, pairs(&changes)), &there),
            None => Vec::new(),
        };
        let known = portal_users::all(&mut db, connection).await?;
        let all = if known.is_empty() { Vec::new() } else { staff::list(&mut db).await? };
        let staff_of = |id: &str| {
            let known = known.iter().find(|one| one.portal_user.to_string() == id)?;
            all.iter().find(|one| one.id == known.staff_id).map(|one| one.name.clone())
        };
        let people = there.people.iter().filter(|one| one.works).map(|one| Person {
            id: one.id.clone(),
            name: one.name.clone(),
            staff: staff_of(&one.id),
        });
        let view = View { written, there: &there, changes: &changes, found: &found };
        Ok(Table { version, seen_at, sections: view.sections(), people: people.collect() })
    }

    async fn judge(&self, connection: &str, edits: &[Edit]) -> domain::Result<Objections> {
        let written = self.written(connection)?;
        let mut db = self.db.read().await?;
        let changes = connection_settings::changes(&mut db, connection).await?;
        let seen = Structure::seen(&mut db, connection).await?;
        let mut objections: Objections = edits
            .iter()
            .filter(|(key, value)| !has_sense(written, key, value.as_deref().unwrap_or_default()))
            .map(|(key, _)| (key.clone(), Objection::Senseless))
            .collect();
        if objections.is_empty() {
            let wished: Vec<_> = edited(&changes, edits).collect();
            objections = twice(written, &wished, edits);
        }
        if let (true, Some((there, _))) = (objections.is_empty(), seen) {
            let before = check::all(&in_force(written, pairs(&changes)), &there);
            let after = check::all(&in_force(written, edited(&changes, edits)), &there);
            let new = after.into_iter().filter(|found| !before.contains(found));
            objections = new.map(|(key, defect)| (key, Objection::Defect(defect))).collect();
        }
        Ok(objections)
    }
}

impl Mapper for Mappings {
    fn table<'a>(&'a self, connection: &'a str) -> Asked<'a, Table> {
        Box::pin(self.read(connection))
    }

    fn objections<'a>(&'a self, connection: &'a str, edits: &'a [Edit]) -> Asked<'a, Objections> {
        Box::pin(self.judge(connection, edits))
    }
}

/// What a table is made of.
struct View<'a> {
    written: &'a ConnectionConfig,
    there: &'a Structure,
    changes: &'a [Changed],
    found: &'a [Found],
}

impl View<'_> {
    fn sections(&self) -> Vec<Section> {
        let taken = MAPPED.into_iter().filter(|mapped| self.written.takes(mapped.what));
        let stages = taken.map(|mapped| {
            let rows = mapped.states.iter().map(|state| self.state(mapped, state)).collect();
            Section { of: mapped.name, rows }
        });
        let fields = kinds::of(self.written.kind()).map(|kind| self.field(kind)).collect();
        stages.chain([Section { of: "field", rows: fields }]).collect()
    }

    fn state(&self, mapped: Mapped, state: &str) -> Row {
        let written = self.written.stages(mapped.what).and_then(|map| map.stage_of(state));
        let pipelines: Vec<_> = check::pipelines(self.written, self.there, mapped.what).collect();
        let many = pipelines.len() > 1;
        let choices = pipelines.into_iter().map(|one| Choices {
            of: if many { one.name.clone() } else { String::new() },
            all: one.stages.clone(),
        });
        self.row(stage_key(mapped, state), state, written, choices.collect())
    }

    fn field(&self, kind: &Kind) -> Row {
        let portal = self.written.kind() == ConnectionKind::Bitrix24;
        let fits = self.there.fields.iter().filter(|field| {
            field.of == kind.of
                && kind.holds.contains(&field.kind.as_str())
                && (!portal || is_own(&field.id))
        });
        let all = fits.map(|one| Named { id: one.id.clone(), name: one.name.clone() }).collect();
        let choices = vec![Choices { of: String::new(), all }];
        self.row(field_key(kind.ours), kind.ours, self.written.field(kind.ours), choices)
    }

    fn row(&self, key: String, ours: &str, written: Option<&str>, choices: Vec<Choices>) -> Row {
        let changed = self.changes.iter().find(|one| one.key == key).cloned();
        let defects = self.found.iter().filter(|(of, _)| *of == key);
        let defects = defects.map(|(_, defect)| defect.clone()).collect();
        let (ours, written) = (ours.to_owned(), written.map(str::to_owned));
        Row { key, ours, written, changed, choices, defects }
    }
}

/// Whether there is such a setting, and such a value may stand there.
fn has_sense(written: &ConnectionConfig, key: &str, value: &str) -> bool {
    let of_state = MAPPED.into_iter().any(|mapped| {
        written.takes(mapped.what)
            && mapped.states.iter().any(|state| stage_key(mapped, state) == key)
    });
    let of_field = kinds::of(written.kind()).any(|kind| field_key(kind.ours) == key);
    let fits = match written.kind() {
        ConnectionKind::Amocrm => values::id(value).is_ok(),
        ConnectionKind::Bitrix24 if of_field => values::bitrix24_field(value).is_ok(),
        ConnectionKind::Bitrix24 => values::bitrix24_stage(value).is_ok(),
        ConnectionKind::Hubspot => false,
    };
    (of_state || of_field) && (value.is_empty() || fits)
}

/// Stages that would stand for two states, by the keys that are edited.
fn twice(written: &ConnectionConfig, wished: &[(&str, &str)], edits: &[Edit]) -> Objections {
    let mut found = Objections::new();
    for mapped in MAPPED {
        let Some(map) = written.stages(mapped.what) else { continue };
        let stages: Vec<(String, String)> = mapped
            .states
            .iter()
            .filter_map(|state| {
                let key = stage_key(mapped, state);
                let own = wished.iter().find(|(wished, _)| *wished == key);
                let stage = own.map_or_else(|| map.stage_of(state), |(_, stage)| Some(*stage))?;
                (!stage.is_empty()).then(|| (key, stage.to_owned()))
            })
            .collect();
        for (key, stage) in &stages {
            let other = stages.iter().find(|(other, one)| one == stage && other != key);
            if let Some((other, _)) = other
                && edits.iter().any(|(edited, _)| edited == key)
            {
                let objection = Objection::Twice { stage: stage.clone(), other: other.clone() };
                found.push((key.clone(), objection));
            }
        }
    }
    found
}
