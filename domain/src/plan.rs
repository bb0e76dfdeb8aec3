//! What a delivery or a stored event would change, field by field, before anything is touched.
//!
//! Who makes a plan knows the CRMs; who shows one (a page, a command) knows only this.

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;

use crate::Result;
use crate::inbox::StoredEvent;
use crate::outbox::Delivery;
use crate::texts::Texts;

/// Steps in their order. None: nothing would happen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// What would be done, one after the other.
    pub steps: Vec<Step>,
}

/// One thing that would be done, or why it would not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Step {
    /// What: its words are the text `plan-…` of this name.
    pub what: &'static str,
    /// To which: an id or number; empty for something new.
    pub which: String,
    /// The fields, in reading order.
    pub fields: Vec<Change>,
    /// A text of several lines that would be written, such as a note.
    pub text: String,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Our name of it: its words are the text `plan-field-…` of this name.
    pub name: String,
    /// Theirs: name or id, where the field has one.
    pub theirs: Option<String>,
    /// What stands there now, where that is known.
    pub was: Option<String>,
    /// What would stand there.
    pub value: Said,
}

/// A value, in words of its own or in ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// As it is.
    Words(String),
    /// The text of this key, such as «the pipeline's first stage».
    Key(&'static str),
}

impl Step {
    /// A step without fields.
    pub fn new(what: &'static str, which: impl Into<String>) -> Step {
        Step { what, which: which.into(), ..Step::default() }
    }

    /// With a field more; what is empty is left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Step {
        let value = value.into();
        if !value.is_empty() {
            self.fields.push(Change::new(name, Said::Words(value)));
        }
        self
    }

    /// With a field that changes from what it was.
    #[must_use]
    pub fn from_to(mut self, name: &str, was: Option<String>, value: impl Into<String>) -> Step {
        self.fields.push(Change { was, ..Change::new(name, Said::Words(value.into())) });
        self
    }

    /// Its headline.
    pub fn title(&self, texts: &Texts) -> String {
        texts.format(&format!("plan-{}", self.what), &[("which", self.which.as_str().into())])
    }
}

impl Change {
    /// A field of ours only.
    pub fn new(name: &str, value: Said) -> Change {
        Change { name: name.to_owned(), theirs: None, was: None, value }
    }

    /// Its label: our word, and theirs where it has one.
    pub fn label(&self, texts: &Texts) -> String {
        let key = format!("plan-field-{}", self.name);
        let ours = if texts.has(&key) { texts.get(&key) } else { self.name.as_str() };
        match &self.theirs {
            Some(theirs) => format!("{ours} → {theirs}"),
            None => ours.to_owned(),
        }
    }

    /// What would stand there.
    pub fn words<'a>(&'a self, texts: &'a Texts) -> &'a str {
        match &self.value {
            Said::Words(words) => words,
            Said::Key(key) => texts.get(key),
        }
    }
}

impl Plan {
    /// The plan as plain lines, for a terminal.
    pub fn lines(&self, texts: &Texts) -> Vec<String> {
        if self.steps.is_empty() {
            return vec![texts.get("plan-nothing").to_owned()];
        }
        let mut lines = Vec::new();
        for step in &self.steps {
            lines.push(step.title(texts));
            for change in &step.fields {
                let was = change.was.as_ref().map(|was| format!(" ({was})")).unwrap_or_default();
                lines.push(format!("  {}: {}{was}", change.label(texts), change.words(texts)));
            }
            lines.extend(step.text.lines().map(|line| format!("    {line}").trim_end().to_owned()));
        }
        lines
    }
}

/// A plan on its way.
pub type Planning<'a> = Pin<Box<dyn Future<Output = Result<Plan>> + Send + 'a>>;

/// Makes plans from what is stored alone: a person waits, so no CRM is called.
pub trait DryRun: Send + Sync {
    /// What the delivery would do now.
    fn delivery<'a>(&'a self, delivery: &'a Delivery) -> Planning<'a>;
    /// What the event would change if it were processed now.
    fn event<'a>(&'a self, event: &'a StoredEvent) -> Planning<'a>;
}
