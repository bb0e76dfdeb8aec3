//! What an address asks of a list: its filters, and which page of it.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::paging::Filter;

use crate::fault::Fault;

/// What an address asks of a list: its path, and the pairs of its query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    path: String,
    pairs: BTreeMap<String, String>,
}

impl Asked {
    /// As if the address were `path` with these pairs.
    pub(crate) fn new(path: &str, pairs: &[(&str, &str)]) -> Asked {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Asked { path: path.to_owned(), pairs: pairs.collect() }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The value of a filter; none where it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The same, to be kept.
    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// The cursor of the page: the key of the last row of the one before.
    pub(crate) fn before(&self) -> Option<String> {
        self.owned("before")
    }

    /// The address of the same list, its first page, with one filter changed; an empty value takes
    /// it away.
    pub(crate) fn href(&self, name: &str, value: &str) -> String {
        self.at(&self.path, name, value)
    }

    /// The same filters at another path, such as the one of the CSV.
    pub(crate) fn at(&self, path: &str, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept = self.pairs.iter().filter(|(key, _)| *key != name && *key != "before");
        for (key, value) in kept.filter(|(_, value)| !value.trim().is_empty()) {
            query.append_pair(key, value);
        }
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// What the list is narrowed to: by the word of `name` among those of `chips`, else by the first of
    /// them; by what is searched as `q`.
    pub(crate) fn filter<W: Copy>(&self, name: &str, chips: &[(&str, W)], limit: i64) -> Filter<W> {
        let word = self.get(name).unwrap_or_default();
        let (_, which) = chips.iter().find(|(one, _)| *one == word).unwrap_or(&chips[0]);
        Filter { which: *which, words: self.owned("q"), before: self.before(), limit }
    }

    /// The filters that a search form must carry along beside its own field.
    pub(super) fn beside(&self, own: &[&str]) -> Vec<(String, String)> {
        let kept = |(key, value): &(&String, &String)| {
            !own.contains(&key.as_str()) && *key != "before" && !value.trim().is_empty()
        };
        let pairs = self.pairs.iter().filter(kept);
        pairs.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path = parts.uri.path().to_owned();
        let pairs = Query::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let Query(pairs) = pairs.map_err(|_| Fault::Malformed.into_response())?;
        Ok(Asked { path, pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_filters_and_begins_anew() {
        let pairs = [("state", "dead"), ("q", "ООО & Ко"), ("before", "0192"), ("empty", " ")];
        let asked = Asked::new("/staff/deliveries", &pairs);
        assert_eq!(asked.get("empty"), None);
        let other = asked.href("state", "open");
        let words = "%D0%9E%D0%9E%D0%9E+%26+%D0%9A%D0%BE";
        assert_eq!(other, format!("/staff/deliveries?q={words}&state=open"));
        assert_eq!(asked.href("q", ""), "/staff/deliveries?state=dead");
        assert_eq!(asked.at("/x.csv", "q", ""), "/x.csv?state=dead");
        assert_eq!(Asked::new("/a", &[]).href("state", ""), "/a");
    }
}
