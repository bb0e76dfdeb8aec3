//! The mapping doctor, as far as both CRMs share it: whether an account has the stages and fields that
//! stand for ours, and wants nothing at our stages that we do not fill.

use domain::checkups::{Defect, Named};

use crate::config::{ConnectionConfig, ConnectionKind, CrmSettings, MAPPED, Mapped, Takes};
use crate::crm::bitrix24::deals::compose::category_of;
use crate::crm::tell::lead::LEAD;
use crate::mapping::kinds::{self, Kind};
use crate::mapping::structure::{Field, LEADS, Pipeline, Structure};

/// What is wrong, by the key of the setting; without one where no single setting is.
pub(crate) type Found = (String, Defect);

/// The key of a state's stage.
pub(crate) fn stage_key(mapped: Mapped, state: &str) -> String {
    format!("stages.{}.{state}", mapped.name)
}

/// The key of a field.
pub(crate) fn field_key(ours: &str) -> String {
    format!("fields.{ours}")
}

/// Everything.
pub(crate) fn all(config: &ConnectionConfig, there: &Structure) -> Vec<Found> {
    let stages = MAPPED.into_iter().flat_map(|mapped| stages(config, there, mapped));
    stages.chain(fields(config, there)).collect()
}

/// Stages of one kind that the account lacks.
pub(crate) fn stages(config: &ConnectionConfig, there: &Structure, mapped: Mapped) -> Vec<Found> {
    let Some(map) = config.stages(mapped.what) else { return Vec::new() };
    let found = map.pairs().filter_map(|(state, stage)| {
        let pipeline = pipeline_of(config, there, mapped.what, stage);
        if pipeline.is_some_and(|one| one.has(stage)) {
            return None;
        }
        // Where no pipeline can be told, that is said by itself; a portal's stage names its own.
        let (name, choices) = match (pipeline, config.kind()) {
            (Some(pipeline), _) => (pipeline.name.clone(), pipeline.stages.clone()),
            (None, ConnectionKind::Bitrix24) => (category_of(stage).to_string(), Vec::new()),
            (None, _) => return None,
        };
        let defect = Defect::StageGone {
            setting: format!("[connection.stages.{}] {state}", mapped.name),
            id: stage.to_owned(),
            pipeline: name,
            there: choices,
        };
        Some((stage_key(mapped, state), defect))
    });
    found.collect()
}

/// Fields that are not there or cannot hold what we write, and those that are wanted at our stages.
pub(crate) fn fields(config: &ConnectionConfig, there: &Structure) -> Vec<Found> {
    let ours = kinds::of(config.kind()).filter_map(|kind| {
        let id = config.field(kind.ours)?;
        Some((field_key(kind.ours), unfit(kind, id, there)?))
    });
    let filled = |field: &&Field| {
        let ours = |kind: &Kind| kind.of == LEADS && config.field(kind.ours) == Some(&field.id);
        !kinds::of(config.kind()).any(ours)
    };
    let reached = reached(config, there);
    let wanted = there.fields.iter().filter(|field| field.of == LEADS).filter(filled);
    let wanted = wanted.filter_map(|field| Some((String::new(), required(field, &reached)?)));
    ours.chain(wanted).collect()
}

/// The pipelines whose stages may stand for states of this kind.
pub(crate) fn pipelines<'a>(
    config: &'a ConnectionConfig,
    there: &'a Structure,
    what: Takes,
) -> impl Iterator<Item = &'a Pipeline> {
    let amo = match &config.settings {
        CrmSettings::Amocrm(_) => Some(entry(config, there)),
        CrmSettings::Bitrix24(_) | CrmSettings::Hubspot(_) => None,
    };
    there.pipelines.iter().filter(move |one| match amo {
        Some(entry) => entry == Some(*one),
        None => (one.id == LEAD) == (what == Takes::Leads),
    })
}

/// The pipeline that new deals of amoCRM go to, if it can be used.
fn entry<'a>(config: &ConnectionConfig, there: &'a Structure) -> Option<&'a Pipeline> {
    let CrmSettings::Amocrm(settings) = &config.settings else { return None };
    let mut usable = there.pipelines.iter().filter(|one| !one.is_archive);
    match settings.pipeline_id {
        Some(id) => usable.find(|one| one.id == id.to_string()),
        None => usable.find(|one| one.is_main),
    }
}

fn pipeline_of<'a>(
    config: &ConnectionConfig,
    there: &'a Structure,
    what: Takes,
    stage: &str,
) -> Option<&'a Pipeline> {
    match config.kind() {
        ConnectionKind::Bitrix24 if what == Takes::Leads => there.pipeline(LEAD),
        ConnectionKind::Bitrix24 => there.pipeline(&category_of(stage).to_string()),
        ConnectionKind::Amocrm | ConnectionKind::Hubspot => entry(config, there),
    }
}

/// The stages that we move deals to: pipeline and stage.
fn reached(config: &ConnectionConfig, there: &Structure) -> Vec<(String, Named)> {
    let Some(pipeline) = entry(config, there) else { return Vec::new() };
    let CrmSettings::Amocrm(settings) = &config.settings else { return Vec::new() };
    let first = settings.status_id.map(|id| id.to_string());
    let mapped = MAPPED.iter().filter_map(|mapped| config.stages(mapped.what));
    let mapped = mapped.flat_map(|map| map.pairs().map(|(_, stage)| stage.to_owned()));
    let ours: Vec<String> = first.into_iter().chain(mapped).collect();
    let stages = pipeline.stages.iter().filter(|stage| ours.contains(&stage.id));
    stages.map(|stage| (pipeline.id.clone(), stage.clone())).collect()
}

fn unfit(kind: &Kind, id: &str, there: &Structure) -> Option<Defect> {
    let (setting, ours) = (kind.setting.to_owned(), kind.ours.to_owned());
    let Some(field) = there.fields.iter().find(|field| field.of == kind.of && field.id == id)
    else {
        let (id, entity) = (id.to_owned(), kind.of.to_owned());
        return Some(Defect::FieldGone { setting, ours, id, entity });
    };
    (!kind.holds.contains(&field.kind.as_str())).then(|| Defect::FieldKind {
        setting,
        ours,
        field: Named { id: field.id.clone(), name: field.name.clone() },
        kind: field.kind.clone(),
        wanted: kind.holds.iter().map(|kind| (*kind).to_owned()).collect(),
    })
}

fn required(field: &Field, reached: &[(String, Named)]) -> Option<Defect> {
    let wants = |(pipeline, stage): &&(String, Named)| {
        field.required.iter().any(|(of, one)| of == pipeline && *one == stage.id)
    };
    let stages: Vec<Named> = reached.iter().filter(wants).map(|(_, stage)| stage.clone()).collect();
    let field = Named { id: field.id.clone(), name: field.name.clone() };
    (!stages.is_empty()).then_some(Defect::FieldRequired { field, stages })
}
