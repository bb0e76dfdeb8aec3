//! Pipelines and stages that the configuration names.

use domain::checkups::{Defect, Named};

use crate::config::{AmocrmSettings, ConnectionConfig, StageMap, UpsellKind};
use crate::crm::amo::checkup::named;
use crate::crm::amo::wire::Pipeline;

const PIPELINE: &str = "AMOCRM_PIPELINE_ID";

/// The pipeline that new deals go to, or what is wrong with it.
pub(super) fn chosen(
    configured: Option<i64>,
    pipelines: &[Pipeline],
) -> Result<&Pipeline, Box<Defect>> {
    match configured {
        Some(id) => usable(PIPELINE, id, pipelines),
        None => pipelines.iter().find(|one| one.is_main && !one.is_archive).ok_or_else(|| {
            Box::new(Defect::PipelineUnchosen {
                setting: PIPELINE.to_owned(),
                there: choices(pipelines),
            })
        }),
    }
}

/// The stage of new deals, and the one that means «won».
pub(super) fn entry(settings: &AmocrmSettings, pipeline: &Pipeline) -> Vec<Defect> {
    let named = [
        ("AMOCRM_STATUS_ID", settings.status_id),
        ("AMOCRM_STATUS_SUCCESS", Some(settings.status_success)),
    ];
    let gone = |(setting, id): (&str, Option<i64>)| {
        let id = id?;
        (!has(pipeline, &id.to_string()))
            .then(|| gone(setting.to_owned(), &id.to_string(), pipeline))
    };
    named.into_iter().filter_map(gone).collect()
}

/// The mapped stages of orders, requests or leads.
pub(super) fn mapped(entity: &str, map: &StageMap, pipeline: &Pipeline) -> Vec<Defect> {
    map.pairs()
        .filter(|(_, stage)| !has(pipeline, stage))
        .map(|(state, stage)| {
            gone(format!("[connection.stages.{entity}] {state}"), stage, pipeline)
        })
        .collect()
}

/// The pipeline and stage of deals before a maintenance.
pub(super) fn upsell(
    connection: &ConnectionConfig,
    chosen: Option<&Pipeline>,
    pipelines: &[Pipeline],
) -> Vec<Defect> {
    let upsell = &connection.upsell;
    if upsell.kind != UpsellKind::Deal {
        return Vec::new();
    }
    let own = match upsell.pipeline {
        Some(id) => match usable("[connection.upsell] pipeline", id, pipelines) {
            Ok(pipeline) => Some(pipeline),
            Err(defect) => return vec![*defect],
        },
        None => chosen,
    };
    let (Some(pipeline), Some(stage)) = (own, &upsell.stage) else { return Vec::new() };
    match has(pipeline, stage) {
        true => Vec::new(),
        false => vec![gone("[connection.upsell] stage".to_owned(), stage, pipeline)],
    }
}

/// The stages that we move deals to: pipeline and stage.
pub(super) fn reached(
    connection: &ConnectionConfig,
    settings: &AmocrmSettings,
    chosen: Option<&Pipeline>,
) -> Vec<(i64, Named)> {
    let Some(pipeline) = chosen else { return Vec::new() };
    let entry = settings.status_id.map(|id| id.to_string());
    let maps = [&connection.order_stages, &connection.request_stages, &connection.lead_stages];
    let mapped = maps.into_iter().flat_map(StageMap::pairs).map(|(_, stage)| stage.to_owned());
    let ours: Vec<String> = entry.into_iter().chain(mapped).collect();
    let stages = pipeline.statuses.iter().filter(|stage| ours.contains(&stage.id.to_string()));
    stages.map(|stage| (pipeline.id, named(stage.id, &stage.name))).collect()
}

fn usable<'a>(
    setting: &str,
    id: i64,
    pipelines: &'a [Pipeline],
) -> Result<&'a Pipeline, Box<Defect>> {
    let (setting, there) = (setting.to_owned(), choices(pipelines));
    match pipelines.iter().find(|pipeline| pipeline.id == id) {
        Some(pipeline) if !pipeline.is_archive => Ok(pipeline),
        Some(archived) => {
            let pipeline = named(archived.id, &archived.name);
            Err(Box::new(Defect::PipelineArchived { setting, pipeline, there }))
        }
        None => Err(Box::new(Defect::PipelineGone { setting, id: id.to_string(), there })),
    }
}

fn choices(pipelines: &[Pipeline]) -> Vec<Named> {
    let usable = pipelines.iter().filter(|pipeline| !pipeline.is_archive);
    usable.map(|pipeline| named(pipeline.id, &pipeline.name)).collect()
}

fn has(pipeline: &Pipeline, stage: &str) -> bool {
    pipeline.statuses.iter().any(|status| status.id.to_string() == stage)
}

fn gone(setting: String, id: &str, pipeline: &Pipeline) -> Defect {
    Defect::StageGone {
        setting,
        id: id.to_owned(),
        pipeline: pipeline.name.clone(),
        there: pipeline.statuses.iter().map(|stage| named(stage.id, &stage.name)).collect(),
    }
}
