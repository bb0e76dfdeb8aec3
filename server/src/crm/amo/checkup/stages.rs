//! Pipelines that the configuration names, and the stages beside the mapped ones.

use domain::checkups::{Defect, Named};

use crate::config::{AmocrmSettings, ConnectionConfig, UpsellKind};
use crate::mapping::structure::Pipeline;

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
        let id = id?.to_string();
        (!pipeline.has(&id)).then(|| gone(setting.to_owned(), &id, pipeline))
    };
    named.into_iter().filter_map(gone).collect()
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
    match pipeline.has(stage) {
        true => Vec::new(),
        false => vec![gone("[connection.upsell] stage".to_owned(), stage, pipeline)],
    }
}

fn usable<'a>(
    setting: &str,
    id: i64,
    pipelines: &'a [Pipeline],
) -> Result<&'a Pipeline, Box<Defect>> {
    let (setting, there, id) = (setting.to_owned(), choices(pipelines), id.to_string());
    match pipelines.iter().find(|pipeline| pipeline.id == id) {
        Some(pipeline) if !pipeline.is_archive => Ok(pipeline),
        Some(archived) => {
            Err(Box::new(Defect::PipelineArchived { setting, pipeline: archived.named(), there }))
        }
        None => Err(Box::new(Defect::PipelineGone { setting, id, there })),
    }
}

fn choices(pipelines: &[Pipeline]) -> Vec<Named> {
    pipelines.iter().filter(|pipeline| !pipeline.is_archive).map(Pipeline::named).collect()
}

fn gone(setting: String, id: &str, pipeline: &Pipeline) -> Defect {
    Defect::StageGone {
        setting,
        id: id.to_owned(),
        pipeline: pipeline.name.clone(),
        there: pipeline.stages.clone(),
    }
}
