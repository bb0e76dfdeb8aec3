//! What the console changed, over what the configuration says.

use std::collections::BTreeMap;

use domain::connection_settings::{self, Changed, Edit};
use domain::db::Executor;

use crate::config::{ConnectionConfig, MAPPED};
use crate::mapping::check::{field_key, stage_key};
use crate::mapping::kinds;

/// A connection as it is in force: of each key the console's word, where it has one. Where that takes
/// the stage of another state, the other loses it.
pub(crate) fn in_force<'a>(
    written: &ConnectionConfig,
    changes: impl Iterator<Item = (&'a str, &'a str)>,
) -> ConnectionConfig {
    let changes: BTreeMap<&str, &str> = changes.collect();
    let mut config = written.clone();
    for mapped in MAPPED {
        let own: BTreeMap<&str, &str> = mapped
            .states
            .iter()
            .filter_map(|state| {
                changes.get(stage_key(mapped, state).as_str()).map(|stage| (*state, *stage))
            })
            .collect();
        if let Some(map) = config.stages_mut(mapped.what) {
            *map = map.with(&own);
        }
    }
    for kind in kinds::of(written.kind()) {
        match changes.get(field_key(kind.ours).as_str()).copied() {
            Some("") => drop(config.fields.remove(kind.ours)),
            Some(theirs) => drop(config.fields.insert(kind.ours.to_owned(), theirs.to_owned())),
            None => {}
        }
    }
    config
}

/// The pairs of what stands in the database.
pub(crate) fn pairs(changes: &[Changed]) -> impl Iterator<Item = (&str, &str)> {
    changes.iter().map(|one| (one.key.as_str(), one.value.as_str()))
}

/// What would stand there after an edit.
pub(crate) fn edited<'a>(
    changes: &'a [Changed],
    edits: &'a [Edit],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let kept = pairs(changes).filter(|(key, _)| !edits.iter().any(|(edited, _)| edited == key));
    kept.chain(edits.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?))))
}

/// A connection as the database has it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn stored(
    db: &mut impl Executor,
    written: &ConnectionConfig,
) -> domain::Result<ConnectionConfig> {
    let changes = connection_settings::changes(db, &written.name).await?;
    Ok(in_force(written, pairs(&changes)))
}
