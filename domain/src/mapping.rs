//! Our states and fields beside the stages and fields of a CRM's account, as the console shows and
//! changes them. Who reads and checks them knows the CRMs; who shows them knows only this.

use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};

use crate::Result;
use crate::checkups::{Defect, Named};
use crate::connection_settings::{Changed, Edit};
use crate::db::{Executor, Tx, fetch_optional};
use crate::outbox::{self, Message};

/// The table of one connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Which version of the settings this is.
    pub version: i64,
    /// When the account was last seen; `None` before the first look, and then there is no choice.
    pub seen_at: Option<DateTime<Utc>>,
    /// What is mapped, in reading order.
    pub sections: Vec<Section>,
    /// The account's people.
    pub people: Vec<Person>,
}

/// Rows of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// `order`, `request`, `lead`: states and stages; `field`: fields.
    pub of: &'static str,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One state or field of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The setting's key, such as `stages.order.placed`.
    pub key: String,
    /// Our word for it, such as `placed`.
    pub ours: String,
    /// What the configuration says.
    pub written: Option<String>,
    /// What the console says instead.
    pub changed: Option<Changed>,
    /// What could be chosen, by the pipeline or entity that it is of.
    pub choices: Vec<Choices>,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
}

/// What could be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// The name of the pipeline; empty where there is but one.
    pub of: String,
    /// Stages or fields.
    pub all: Vec<Named>,
}

/// Somebody of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Their id there.
    pub id: String,
    /// Their name there.
    pub name: String,
    /// Who of the staff they are, where that is known.
    pub staff: Option<String>,
}

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq)]
pub enum Objection {
    /// The account lacks what was chosen, or wants something more.
    Defect(Defect),
    /// Two of our states on one stage could not be told apart on the way back.
    Twice {
        /// The stage.
        stage: String,
        /// The key of the other one.
        other: String,
    },
    /// There is no such setting, or no such thing could stand there.
    Senseless,
}

/// What is objected to, by key; a key may be empty.
pub type Objections = Vec<(String, Objection)>;

/// The answer of a [`Mapper`], later.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Knows what the keys of connections mean.
pub trait Mapper: std::fmt::Debug + Send + Sync {
    /// The table of a connection, from what is stored alone.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] where there is no such connection, or one without a table.
    fn table<'a>(&'a self, connection: &'a str) -> Asked<'a, Table>;

    /// What new values would make wrong that is not wrong today, judged by what the account was last
    /// seen to have.
    ///
    /// # Errors
    /// As [`Mapper::table`].
    fn objections<'a>(&'a self, connection: &'a str, edits: &'a [Edit]) -> Asked<'a, Objections>;
}

impl Row {
    /// What is in force.
    pub fn value(&self) -> Option<&str> {
        match &self.changed {
            Some(changed) => Some(changed.value.as_str()).filter(|value| !value.is_empty()),
            None => self.written.as_deref(),
        }
    }
}

impl Table {
    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections.iter().flat_map(|section| &section.rows)
    }

    /// What is to be changed so that `wished` stands, by key: a value that the configuration has anyway
    /// is the configuration's again. Keys that are not of the table are left out.
    pub fn edits<'a>(&self, wished: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Edit> {
        let edit = |(key, value): (&str, &str)| {
            let row = self.rows().find(|row| row.key == key)?;
            if row.value().unwrap_or_default() == value {
                return None;
            }
            let own = row.written.as_deref().unwrap_or_default() != value;
            Some((key.to_owned(), own.then(|| value.to_owned())))
        };
        wished.filter_map(edit).collect()
    }
}

/// Promises a look at the account: what it has, and whether it fits.
pub async fn look(tx: &mut Tx, connection: &str, now: DateTime<Utc>) -> Result<()> {
    let once = format!("account:{connection}:{}", now.timestamp_micros());
    let entity = format!("connection:{connection}");
    outbox::enqueue(tx, now, connection, &entity, &Message::CrmAccount, &once).await?;
    Ok(())
}

/// Whether a look at the account is promised and not yet done.
pub async fn is_looked_at(db: &mut impl Executor, connection: &str) -> Result<bool> {
    let entity = format!("connection:{connection}");
    let open = fetch_optional!(
        db,
        (String,),
        "select id from deliveries
          where connection = $1 and entity = $2 and kind = 'crm_account'
            and state in ('queued', 'running', 'waiting', 'unknown')
          limit 1",
        connection,
        &entity
    )?;
    Ok(open.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, written: Option<&str>, changed: Option<&str>) -> Row {
        let changed = changed.map(|value| Changed {
            key: key.to_owned(),
            value: value.to_owned(),
            who: "Олег".to_owned(),
            changed_at: DateTime::UNIX_EPOCH,
        });
        let written = written.map(str::to_owned);
        let (key, ours) = (key.to_owned(), key.to_owned());
        Row { key, ours, written, changed, choices: Vec::new(), defects: Vec::new() }
    }

    #[test]
    fn only_what_differs_is_changed_and_the_configurations_value_is_its_own_again() {
        let rows = vec![
            row("a", Some("1"), None),
            row("b", Some("2"), Some("3")),
            row("c", None, None),
            row("d", Some("4"), Some("")),
        ];
        let table = Table { sections: vec![Section { of: "order", rows }], ..Table::default() };
        let edits = |wished: &[(&str, &str)]| table.edits(wished.iter().copied());
        assert_eq!(edits(&[("a", "1"), ("b", "3"), ("c", ""), ("d", "")]), []);
        let changed = |key: &str, value: Option<&str>| (key.to_owned(), value.map(str::to_owned));
        assert_eq!(edits(&[("a", "")]), [changed("a", Some(""))]);
        assert_eq!(edits(&[("b", "2"), ("d", "4")]), [changed("b", None), changed("d", None)]);
        assert_eq!(edits(&[("c", "9"), ("x", "9")]), [changed("c", Some("9"))]);
    }
}
