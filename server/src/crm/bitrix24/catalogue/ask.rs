//! Questions about goods: one by one, many in one call, and a list walked to its end. A catalogue is
//! some hundred calls, so what fails by itself and passes by itself is asked again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::crm::bitrix24::catalogue::FULL;
use crate::crm::bitrix24::catalogue::wire::{int, rows};
use crate::crm::bitrix24::{BatchAnswers, BitrixCalls, Command};
use crate::crm::error::CallError;

/// Pages in one call. It may have fifty, but the call must end within the portal's minute and our
/// own time-out, and nobody waits for a catalogue.
const MANY: usize = 20;

/// How long a question waits before it is asked again, each time.
const AGAIN: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];

/// A portal that is asked about its goods.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) calls: BitrixCalls<'a>,
}

/// How often one question may still be asked again.
struct Patience(std::slice::Iter<'static, Duration>);

/// A list: its method, where its rows stand in an answer, and what its ids are called.
#[derive(Clone, Copy)]
pub(crate) struct List {
    pub(crate) method: &'static str,
    pub(crate) container: &'static str,
    pub(crate) id: &'static str,
}

impl Ask<'_> {
    /// One question.
    pub(crate) async fn one(&self, method: &str, params: Value) -> Result<Value, CallError> {
        let mut patience = Patience::new();
        loop {
            match self.calls.call(method, &params).await {
                Err(error) => patience.wait(error).await?,
                answer => return answer,
            }
        }
    }

    /// Many questions in one call. One that is refused fails them all; one that failed by itself is
    /// asked again, alone.
    pub(crate) async fn many(&self, asked: Vec<(&str, Value)>) -> Result<Vec<Value>, CallError> {
        let command = |at: usize| {
            let (method, params) = &asked[at];
            Command::new(key(at), method, params)
        };
        let mut answers: Vec<Option<Value>> = vec![None; asked.len()];
        let mut patience = Patience::new();
        loop {
            let open: Vec<usize> = (0..answers.len()).filter(|at| answers[*at].is_none()).collect();
            if open.is_empty() {
                return Ok(answers.into_iter().flatten().collect());
            }
            let commands: Vec<Command> = open.iter().map(|at| command(*at)).collect();
            let mut told = self.batch(&commands).await?;
            let mut failed = None;
            for at in open {
                match told.take(&key(at)) {
                    Ok(answer) => answers[at] = Some(answer),
                    Err(error) if passes(&error) => failed = Some(error),
                    Err(error) => return Err(error),
                }
            }
            if let Some(error) = failed {
                patience.wait(error).await?;
            }
        }
    }

    /// Every row of a list as `read` makes it, by ascending ids. Pages of one call lean on each
    /// other (`$result[…]`, Bitrix24 REST, «Performance: huge data»), so a catalogue of twenty
    /// thousand takes twenty calls and not four hundred; what comes behind a page that is not full,
    /// or that failed, has asked for nonsense and is passed over.
    pub(crate) async fn walk<T>(
        &self,
        list: List,
        filter: &Value,
        select: &Value,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, CallError> {
        let (mut found, mut last, mut pages) = (Vec::new(), 0, 1);
        let mut patience = Patience::new();
        'calls: loop {
            let page = |at: usize| list.page(at, last, filter, select);
            let commands: Vec<Command> = (0..pages).map(page).collect();
            let mut told = self.batch(&commands).await?;
            for at in 0..pages {
                let answer: Value = match told.take(&key(at)) {
                    Ok(answer) => answer,
                    Err(error) => {
                        // The pages before it are read: it is asked again from where they end.
                        patience.wait(error).await?;
                        continue 'calls;
                    }
                };
                let rows = rows(&answer, list.container);
                for row in rows {
                    match int(row, list.id) {
                        Some(next) if next > last => last = next,
                        // A portal that does not heed the filter would be walked for ever.
                        _ => return Err(CallError::Garbage),
                    }
                }
                found.extend(rows.iter().filter_map(&read));
                if rows.len() < FULL {
                    return Ok(found);
                }
            }
            pages = (pages * 4).min(MANY);
        }
    }

    async fn batch(&self, commands: &[Command]) -> Result<BatchAnswers, CallError> {
        let mut patience = Patience::new();
        loop {
            match self.calls.batch(commands).await {
                Err(error) => patience.wait(error).await?,
                answers => return answers,
            }
        }
    }
}

impl List {
    /// One page of several in a call: the first begins behind `last`, each other behind the one
    /// before it.
    fn page(self, at: usize, last: i64, filter: &Value, select: &Value) -> Command {
        let List { method, container, id } = self;
        let mut filter = filter.clone();
        filter[format!(">{id}")] = match (at, container) {
            (0, _) => json!(last),
            (_, "") => json!(format!("$result[{}][{}][{id}]", key(at - 1), FULL - 1)),
            _ => json!(format!("$result[{}][{container}][{}][{id}]", key(at - 1), FULL - 1)),
        };
        let mut params = json!({"filter": filter, "order": {id: "ASC"}, "start": -1});
        if !select.is_null() {
            params["select"] = select.clone();
        }
        Command::new(key(at), method, &params)
    }
}

impl Patience {
    fn new() -> Patience {
        Patience(AGAIN.iter())
    }

    /// Waits before the question is asked again; the error where that is of no use.
    async fn wait(&mut self, error: CallError) -> Result<(), CallError> {
        match self.0.next() {
            Some(wait) if passes(&error) => {
                tokio::time::sleep(*wait).await;
                Ok(())
            }
            _ => Err(error),
        }
    }
}

/// Whether a question that failed so may be answered a moment later.
fn passes(error: &CallError) -> bool {
    matches!(
        error,
        CallError::ServerError { .. }
            | CallError::Network { .. }
            | CallError::Timeout
            | CallError::Garbage
    )
}

fn key(at: usize) -> String {
    format!("p{at}")
}
