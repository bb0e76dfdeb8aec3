//! What an account calls its pipelines, stages, people and fields, so that a plan can say
//! «Подтверждён» instead of a number.

use crate::mapping::structure::Structure;

/// Names by id, and stages by their pipeline: «won» is in each of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Structure);

impl Names {
    /// Of what is known of an account.
    pub(crate) fn of(there: Structure) -> Names {
        Names(there)
    }

    /// A stage: its name and id. Without its pipeline, the first that has it.
    pub(crate) fn stage(&self, pipeline: Option<&str>, id: &str) -> String {
        let within = pipeline.and_then(|pipeline| self.0.pipeline(pipeline));
        let all = within.into_iter().chain(&self.0.pipelines);
        let mut stages = all.flat_map(|pipeline| &pipeline.stages);
        named(stages.find(|stage| stage.id == id).map(|stage| &stage.name), id)
    }

    pub(crate) fn pipeline(&self, id: &str) -> String {
        named(self.0.pipeline(id).map(|pipeline| &pipeline.name), id)
    }

    pub(crate) fn user(&self, id: &str) -> String {
        named(self.0.people.iter().find(|one| one.id == id).map(|one| &one.name), id)
    }

    pub(crate) fn field(&self, id: &str) -> String {
        named(self.known(id), id)
    }

    /// A stage's own name, else its id.
    pub(crate) fn name_of_stage(&self, pipeline: &str, id: &str) -> String {
        let stages = self.0.pipeline(pipeline).map(|pipeline| &pipeline.stages);
        let stage = stages.and_then(|stages| stages.iter().find(|stage| stage.id == id));
        stage.map_or_else(|| id.to_owned(), |stage| stage.name.clone())
    }

    /// A pipeline's own name, else its id.
    pub(crate) fn name_of_pipeline(&self, id: &str) -> String {
        self.0.pipeline(id).map_or_else(|| id.to_owned(), |pipeline| pipeline.name.clone())
    }

    /// A field's own name, where it is known.
    pub(crate) fn name_of_field(&self, id: &str) -> Option<String> {
        self.known(id).cloned()
    }

    fn known(&self, id: &str) -> Option<&String> {
        self.0.fields.iter().find(|field| field.id == id).map(|field| &field.name)
    }
}

fn named(name: Option<&String>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |name| format!("«{name}» ({id})"))
}
