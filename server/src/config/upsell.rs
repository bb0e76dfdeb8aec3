//! «Допродажа»: what becomes of a maintenance that draws near, in each connection.

use crate::config::connection::{ConnectionConfig, ConnectionKind};
use crate::config::file::UpsellEntry;
use crate::config::values;

/// `[connection.upsell]`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upsell {
    /// What is made.
    pub kind: UpsellKind,
    /// The steps of the reminders at which it is made, in days before the date; empty: once, as
    /// soon as the reminders begin.
    pub steps: Vec<i64>,
    /// The pipeline of such deals; without it, that of new deals.
    pub pipeline: Option<i64>,
    /// Their stage; without it and with a pipeline of their own, its first. In Bitrix24 it names its
    /// pipeline, as `C1:NEW` does.
    pub stage: Option<String>,
    /// The type of such tasks; 1 is a call.
    pub task_type: i64,
    /// How many days a task has; without it, until the maintenance is due.
    pub deadline_days: Option<u16>,
}

/// What is made of a maintenance that draws near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpsellKind {
    /// A task for the manager.
    Task,
    /// A deal with the kit of the maintenance as its positions.
    Deal,
    /// Nothing.
    None,
}

impl Upsell {
    /// The connection with the steps that it hears of by themselves, if it has any.
    pub(crate) fn steps_of(connection: &ConnectionConfig) -> Option<(String, Vec<i64>)> {
        let steps = &connection.upsell.steps;
        (!steps.is_empty()).then(|| (connection.name.clone(), steps.clone()))
    }

    pub(crate) fn read(crm: ConnectionKind, entry: &UpsellEntry) -> Result<Self, String> {
        let kind = match entry.kind.as_deref() {
            None | Some("task") => UpsellKind::Task,
            Some("deal") => UpsellKind::Deal,
            Some("none") => UpsellKind::None,
            Some(other) => return Err(format!("upsell: «{other}» is not task, deal or none")),
        };
        let id = |name: &str, word: &Option<crate::config::file::Word>| {
            let read = word.as_ref().map(|word| values::id(&word.0)).transpose();
            read.map_err(|why| format!("upsell: {name}: {why}"))
        };
        let upsell = Self {
            kind,
            steps: entry.steps.iter().map(|step| i64::from(*step)).collect(),
            pipeline: id("pipeline", &entry.pipeline)?,
            stage: entry.stage.as_ref().map(|word| word.0.clone()).filter(|it| !it.is_empty()),
            task_type: id("task_type", &entry.task_type)?.unwrap_or(1),
            deadline_days: entry.deadline_days,
        };
        if crm == ConnectionKind::Amocrm {
            id("stage", &entry.stage)?;
            if upsell.stage.is_some() && upsell.pipeline.is_none() {
                return Err("upsell: stage needs its pipeline".to_owned());
            }
        }
        Ok(upsell)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::file::{self, ConnectionEntry};

    use super::*;

    fn read(text: &str) -> Result<Upsell, String> {
        let file = "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\n[connection.upsell]\n";
        let mut parsed = file::parse("mypark.toml", &format!("{file}{text}")).unwrap();
        let entry: ConnectionEntry = parsed.connection.remove(0);
        Upsell::read(ConnectionKind::Amocrm, &entry.upsell)
    }

    #[test]
    fn it_is_a_task_unless_told_otherwise() {
        let task = read("").unwrap();
        assert_eq!((task.kind, task.task_type, task.steps.len()), (UpsellKind::Task, 1, 0));
        let deal = "kind = \"deal\"\nsteps = [30, 3]\npipeline = 5\nstage = \"7\"\n";
        let deal = read(deal).unwrap();
        assert_eq!((deal.kind, deal.steps.as_slice()), (UpsellKind::Deal, [30, 3].as_slice()));
        assert_eq!((deal.pipeline, deal.stage.as_deref()), (Some(5), Some("7")));
    }

    #[test]
    fn what_cannot_be_is_named() {
        assert_eq!(
            read("kind = \"call\"").unwrap_err(),
            "upsell: «call» is not task, deal or none"
        );
        assert_eq!(read("stage = 7").unwrap_err(), "upsell: stage needs its pipeline");
        assert!(read("task_type = \"x\"").unwrap_err().starts_with("upsell: task_type: "));
    }
}
