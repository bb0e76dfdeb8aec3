//! Questions about goods: one by one, many in one call, and a list walked to its end.

use serde_json::{Value, json};

use crate::crm::bitrix24::catalogue::FULL;
use crate::crm::bitrix24::catalogue::wire::{int, rows};
use crate::crm::bitrix24::{BitrixCalls, Command};
use crate::crm::error::CallError;

/// Pages in one call. It may have fifty, but the call must end within the portal's minute and our
/// own time-out, and nobody waits for a catalogue.
const MANY: usize = 20;

/// A portal that is asked about its goods.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) calls: BitrixCalls<'a>,
}

impl Ask<'_> {
    /// One question.
    pub(crate) async fn one(&self, method: &str, params: Value) -> Result<Value, CallError> {
        self.calls.call(method, &params).await
    }

    /// Many questions in one call; one that is refused fails them all.
    pub(crate) async fn many(&self, commands: Vec<(&str, Value)>) -> Result<Vec<Value>, CallError> {
        let keyed = commands.iter().zip(0..);
        let keyed: Vec<Command> =
            keyed.map(|((method, params), at)| Command::new(key(at), method, params)).collect();
        let mut told = self.calls.batch(&keyed).await?;
        (0..keyed.len()).map(|at| told.take(&key(at))).collect()
    }

    /// Every row of a list, by ascending ids. Pages of one call lean on each other (`$result[…]`,
    /// Bitrix24 REST, «Performance: huge data»), so a catalogue of twenty thousand takes twenty
    /// calls and not four hundred; what comes behind a page that is not full has asked for nonsense and
    /// is passed over.
    pub(crate) async fn walk(
        &self,
        method: &str,
        container: &str,
        id: &str,
        filter: &Value,
        select: &Value,
    ) -> Result<Vec<Value>, CallError> {
        let inside = match container {
            "" => String::new(),
            name => format!("[{name}]"),
        };
        let (mut found, mut last, mut pages) = (Vec::new(), 0, 1);
        loop {
            let page = |at: usize| {
                let mut filter = filter.clone();
                filter[format!(">{id}")] = match at {
                    0 => json!(last),
                    _ => json!(format!("$result[{}]{inside}[{}][{id}]", key(at - 1), FULL - 1)),
                };
                let mut params = json!({"filter": filter, "order": {id: "ASC"}, "start": -1});
                if !select.is_null() {
                    params["select"] = select.clone();
                }
                Command::new(key(at), method, &params)
            };
            let commands: Vec<Command> = (0..pages).map(page).collect();
            let mut told = self.calls.batch(&commands).await?;
            for at in 0..pages {
                let answer: Value = told.take(&key(at))?;
                let rows = rows(&answer, container);
                for row in rows {
                    match int(row, id) {
                        Some(next) if next > last => last = next,
                        // A portal that does not heed the filter would be walked for ever.
                        _ => return Err(CallError::Garbage),
                    }
                }
                found.extend(rows.iter().cloned());
                if rows.len() < FULL {
                    return Ok(found);
                }
            }
            pages = (pages * 4).min(MANY);
        }
    }
}

fn key(at: usize) -> String {
    format!("p{at}")
}
