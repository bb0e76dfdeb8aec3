//! Where values come from: the process's environment, `.env`, and the file; and how they are taken
//! out one by one, so that an error names its variable.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use crate::config::ConfigError;
use crate::config::variables::{GROUPS, Values};

/// Takes typed values out of the variables.
pub(crate) struct Source<'a> {
    values: &'a Values,
}

impl<'a> Source<'a> {
    pub(crate) fn new(values: &'a Values) -> Self {
        Self { values }
    }

    /// The value or its default; for variables that have one.
    pub(crate) fn required<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        parse(self.values.or_default(name)).map_err(|problem| ConfigError::new(name, problem))
    }

    /// The value, or nothing where it was not given.
    pub(crate) fn optional<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let given = self.values.given(name).map(parse).transpose();
        given.map_err(|problem| ConfigError::new(name, problem))
    }

    /// Whether all of these are set; an error where only some are.
    pub(crate) fn all_or_none(&self, names: &[&str]) -> Result<bool, ConfigError> {
        let Some(set) = names.iter().find(|name| self.values.given(name).is_some()) else {
            return Ok(false);
        };
        self.need_all(names, set).map(|()| true)
    }

    /// Refuses where one of these is not set though `because` needs it.
    pub(crate) fn need_all(&self, names: &[&str], because: &str) -> Result<(), ConfigError> {
        match names.iter().find(|name| self.values.given(name).is_none()) {
            None => Ok(()),
            Some(name) => {
                Err(ConfigError::new(name, format!("is not set, but {because} needs it")))
            }
        }
    }
}

/// The variables of the table, from `.env` and the process; the process wins.
pub(crate) fn environment() -> Result<BTreeMap<String, String>, ConfigError> {
    let mut found = dot_env()?;
    for variable in GROUPS.iter().flat_map(|group| group.variables) {
        if let Some(value) = std::env::var_os(variable.name) {
            let value = value
                .into_string()
                .map_err(|_| ConfigError::new(variable.name, "is not UTF-8 text"))?;
            found.insert(variable.name.to_owned(), value);
        }
    }
    Ok(found)
}

/// The text of the file. It may be absent, unless its path was given.
pub(crate) fn file_text(values: &Values) -> Result<Option<String>, ConfigError> {
    let path = values.or_default("MYPARK_CONFIG");
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => match values.given("MYPARK_CONFIG") {
            None => Ok(None),
            Some(_) => Err(ConfigError::new("MYPARK_CONFIG", format!("there is no file «{path}»"))),
        },
        Err(error) => Err(ConfigError::new(path, format!("cannot be read: {error}"))),
    }
}

fn dot_env() -> Result<BTreeMap<String, String>, ConfigError> {
    // The words of the parser repeat the faulty line, which may hold a secret.
    let wrong = |error: dotenvy::Error| match error {
        dotenvy::Error::Io(error) => ConfigError::new(".env", format!("cannot be read: {error}")),
        _ => {
            ConfigError::new(".env", "has a line that is not NAME=value; quote values with spaces")
        }
    };
    match dotenvy::from_filename_iter(".env") {
        Ok(lines) => lines.collect::<Result<_, _>>().map_err(wrong),
        Err(error) if error.not_found() => Ok(BTreeMap::new()),
        Err(error) => Err(wrong(error)),
    }
}
