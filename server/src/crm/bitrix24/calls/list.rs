//! Lists, page by page: by id from where the last page ended, without the counting that slows the
//! portal down (settings/performance/huge-data).

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::crm::bitrix24::calls::client::BitrixCalls;
use crate::crm::error::CallError;

/// The size of a page, fixed there.
const PAGE: usize = 50;

/// A list that is read page by page; only one page is in memory.
pub struct Pages<'a> {
    calls: BitrixCalls<'a>,
    method: String,
    params: Value,
    /// The member of `result` that holds the rows; none where it is the list itself.
    container: Option<&'static str>,
    /// What the rows call their id.
    id: &'static str,
    last: Option<i64>,
    ended: bool,
}

impl<'a> BitrixCalls<'a> {
    /// A list by `method`. The old family (`crm.deal.list`) answers with rows that bear `ID`, the new
    /// one (`crm.item.list`) with rows that bear `id` in a member of the result: its name is
    /// `container`. Order and start of `params` are ours; a filter and a selection, which must hold
    /// the id, are the caller's.
    #[must_use]
    pub fn pages(self, method: &str, params: Value, container: Option<&'static str>) -> Pages<'a> {
        let id = if container.is_some() { "id" } else { "ID" };
        let method = method.to_owned();
        Pages { calls: self, method, params, container, id, last: None, ended: false }
    }

    /// The same, read to its end.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn all<T: DeserializeOwned>(
        self,
        method: &str,
        params: Value,
        container: Option<&'static str>,
    ) -> Result<Vec<T>, CallError> {
        let mut pages = self.pages(method, params, container);
        let mut all = Vec::new();
        while let Some(rows) = pages.next().await? {
            all.extend(rows);
        }
        Ok(all)
    }
}

impl Pages<'_> {
    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// See [`CallError`]. The same page may be asked for again.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, CallError> {
        if self.ended {
            return Ok(None);
        }
        let mut params = self.params.clone();
        params["order"] = json!({ self.id: "ASC" });
        params["start"] = json!(-1);
        if let Some(last) = self.last {
            params["filter"][format!(">{}", self.id)] = last.into();
        }
        let envelope = self.calls.send(&self.method, &params).await?;
        let rows = self.rows(envelope.result)?;
        let last = rows.last().map(|row| number(&row[self.id]).ok_or(CallError::Garbage));
        let last = last.transpose()?;
        // A portal that does not keep to the order would be read in circles.
        if last.is_some() && last <= self.last {
            return Err(CallError::Garbage);
        }
        self.ended = rows.len() < PAGE;
        self.last = last.or(self.last);
        let read = rows.into_iter().map(serde_json::from_value).collect::<Result<Vec<T>, _>>();
        let read = read.map_err(|_| CallError::Garbage)?;
        Ok((!read.is_empty()).then_some(read))
    }

    fn rows(&self, mut result: Value) -> Result<Vec<Value>, CallError> {
        let rows = match self.container {
            // An empty result is written as a list also where it is a map.
            Some(name) if result.is_object() => result[name].take(),
            _ => result,
        };
        match rows {
            Value::Array(rows) => Ok(rows),
            Value::Null => Ok(Vec::new()),
            _ => Err(CallError::Garbage),
        }
    }
}

/// The old family writes numbers as texts.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
