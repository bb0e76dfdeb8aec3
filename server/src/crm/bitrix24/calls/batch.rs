//! Many commands in one call. The answer is 200 even where every one of them failed, so the errors
//! of each are read (settings/how-to-call-rest-api/batch).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::calls::client::BitrixCalls;
use crate::crm::bitrix24::calls::error::of_answer;
use crate::crm::bitrix24::calls::php;
use crate::crm::bitrix24::calls::wire::{self, Time};
use crate::crm::error::CallError;

/// The most commands of one call.
pub(crate) const MOST: usize = 50;

/// One command of a batch.
#[derive(Debug, Clone)]
pub struct Command {
    key: String,
    method: String,
    line: String,
}

/// What came of each command, by its key.
#[derive(Debug, Default)]
pub struct BatchAnswers {
    answers: BTreeMap<String, Result<Value, CallError>>,
}

#[derive(Debug, Default, Deserialize)]
struct Batch {
    #[serde(default, deserialize_with = "wire::map")]
    result: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "wire::map")]
    result_error: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "wire::map")]
    result_time: BTreeMap<String, Time>,
}

impl Command {
    /// Calls `method` with `params`; a later command may use its result as `$result[key][field]`.
    #[must_use]
    pub fn new(key: impl Into<String>, method: &str, params: &Value) -> Self {
        let line = format!("{method}?{}", php::query(params));
        Self { key: key.into(), method: method.to_owned(), line }
    }
}

impl BatchAnswers {
    /// What came of the command with this key. One that a failed command before it kept from
    /// running surely did nothing.
    ///
    /// # Errors
    /// The command's own error, or that of the call that it travelled in.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, CallError> {
        let skipped = || {
            let words = format!("«{key}» was not reached: a command before it failed");
            Err(CallError::Local { words })
        };
        let answer = self.answers.remove(key).unwrap_or_else(skipped)?;
        serde_json::from_value(answer).map_err(|_| CallError::Garbage)
    }

    /// The first error, with the key of its command.
    #[must_use]
    pub fn first_error(&self) -> Option<(&str, &CallError)> {
        self.answers.iter().find_map(|(key, answer)| Some((key.as_str(), answer.as_ref().err()?)))
    }
}

impl BitrixCalls<'_> {
    /// Runs independent commands, fifty in a call. Where a later call fails, its commands bear that
    /// error, and what came of the earlier ones is not lost.
    ///
    /// # Errors
    /// See [`CallError`]: the first call failed as a whole.
    pub async fn batch(&self, commands: &[Command]) -> Result<BatchAnswers, CallError> {
        let mut all = BatchAnswers::default();
        for (at, chunk) in commands.chunks(MOST).enumerate() {
            match self.run(chunk, false).await {
                Ok(answers) => all.answers.extend(answers.answers),
                Err(error) if at == 0 => return Err(error),
                Err(error) => {
                    let rest = commands[at * MOST..].iter();
                    // What was not sent any more surely did nothing.
                    let unsent = || CallError::Local { words: error.words() };
                    for (place, command) in rest.enumerate() {
                        let error = if place < MOST { error.clone() } else { unsent() };
                        all.answers.insert(command.key.clone(), Err(error));
                    }
                    break;
                }
            }
        }
        Ok(all)
    }

    /// Runs commands that build on each other, in order, up to the first that fails.
    ///
    /// # Errors
    /// See [`CallError`]: the call failed as a whole, or holds more than fifty commands.
    pub async fn chain(&self, commands: &[Command]) -> Result<BatchAnswers, CallError> {
        match commands.len() <= MOST {
            true => self.run(commands, true).await,
            false => {
                Err(CallError::Local { words: format!("more than {MOST} commands in a chain") })
            }
        }
    }

    async fn run(&self, commands: &[Command], halt: bool) -> Result<BatchAnswers, CallError> {
        if commands.is_empty() {
            return Ok(BatchAnswers::default());
        }
        let lines = commands.iter().map(|one| (one.key.clone(), Value::from(one.line.as_str())));
        let cmd: Map<String, Value> = lines.collect();
        let params = json!({ "halt": i32::from(halt), "cmd": cmd });
        let envelope = self.send("batch", &params).await?;
        let batch = match &envelope.result {
            Value::Array(items) if items.is_empty() => Batch::default(),
            _ => envelope.read()?,
        };
        let by_webhook = self.client.door().is_webhook();
        // Each command is counted to its own method.
        let method = |key: &str| commands.iter().find(|one| one.key == key).map(|one| &*one.method);
        for (key, time) in &batch.result_time {
            self.client.seen(method(key).unwrap_or_default(), Some(time));
        }
        let done = batch.result.into_iter().map(|(key, value)| (key, Ok(value)));
        let mut answers: BTreeMap<String, Result<Value, CallError>> = done.collect();
        for (key, error) in batch.result_error {
            // A command's error has no status of its own; its word decides.
            let error = match of_answer(400, &error, by_webhook) {
                CallError::Resting { after } => {
                    let after = self.client.rests(method(&key).unwrap_or_default(), after);
                    CallError::Resting { after }
                }
                error => error,
            };
            answers.insert(key, Err(error));
        }
        if !halt {
            // A command that nothing is said of may have run.
            for command in commands {
                answers.entry(command.key.clone()).or_insert(Err(CallError::Garbage));
            }
        }
        Ok(BatchAnswers { answers })
    }
}
