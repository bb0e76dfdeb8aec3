//! The calls of amoCRM that we make, one method each.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::crm::amo::calls::error::CallError;
use crate::crm::amo::calls::transport::Payload;
use crate::crm::amo::calls::write::{ComplexLead, LeadPatch, NewLead, NewTask};
use crate::crm::amo::wire::{
    self, Account, Complex, FieldDefinition, Lead, Pipeline, Subscription, Task, User, Written,
};

pub use crate::crm::amo::calls::transport::AmoCalls;

/// Pages of a list; nothing that we list is longer, and a full scan gets an account blocked.
const PAGES: u32 = 20;

/// Pages of 250 people.
const USER_PAGES: u32 = 4;

/// Pages of a search by text: beyond them the words were too common to mean anything.
pub(crate) const SEARCH_PAGES: u32 = 4;

impl AmoCalls<'_> {
    /// The account: its zone, where files go.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn account(&self) -> Result<Account, CallError> {
        let with =
            [("with", "datetime_settings,drive_url,is_api_filter_enabled,task_types,version")];
        self.get("/api/v4/account", &with).await?.ok_or(CallError::Garbage)
    }

    /// Every pipeline with its stages.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn pipelines(&self) -> Result<Vec<Pipeline>, CallError> {
        self.pages("/api/v4/leads/pipelines", &[], "pipelines", 1).await
    }

    /// Every field of deals.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn lead_fields(&self) -> Result<Vec<FieldDefinition>, CallError> {
        self.fields_of("leads").await
    }

    /// Every field of `leads`, `contacts` or `companies`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn fields_of(&self, entity: &str) -> Result<Vec<FieldDefinition>, CallError> {
        let path = format!("/api/v4/{entity}/custom_fields");
        self.pages(&path, &[("limit", "50")], "custom_fields", PAGES).await
    }

    /// The people of the account.
    ///
    /// # Errors
    /// See [`CallError`]. 403 where our access is not an administrator's.
    pub async fn users(&self) -> Result<Vec<User>, CallError> {
        self.pages("/api/v4/users", &[("limit", "250")], "users", USER_PAGES).await
    }

    /// Makes a deal; its id.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub async fn create_lead(&self, lead: NewLead) -> Result<i64, CallError> {
        self.create("/api/v4/leads", "leads", lead.body()).await
    }

    /// Makes a deal with its contact and company in one call. The answer is a bare list, joined by
    /// our `request_id`: its order is not promised.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub async fn create_complex(&self, complex: ComplexLead) -> Result<Complex, CallError> {
        let request = complex.request_id.clone();
        let url = self.client.at("/api/v4/leads/complex", &[]);
        let body = Payload::Json(json!([complex.body()]));
        let answer = self.send(Method::POST, url, body).await?.ok_or(CallError::Garbage)?;
        let made: Vec<Complex> = parse(answer)?;
        made.into_iter().find(|one| one.request_id.contains(&request)).ok_or(CallError::Garbage)
    }

    /// Changes a deal; their time of the change, Unix seconds, where the answer tells it.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown, but the same change may be made again.
    pub async fn update_lead(&self, id: i64, patch: LeadPatch) -> Result<Option<i64>, CallError> {
        self.patch(&format!("/api/v4/leads/{id}"), patch.body()).await
    }

    /// One deal with its contacts; `None` where there is none.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn lead(&self, id: i64) -> Result<Option<Lead>, CallError> {
        self.get(
            &format!("/api/v4/leads/{id}"),
            &[("with", "contacts,loss_reason,catalog_elements")],
        )
        .await
    }

    /// Deals that hold these words anywhere: hits are candidates, to be compared by the caller.
    /// What was made less than some seconds ago may not be found yet.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn search_leads(&self, words: &str) -> Result<Vec<Lead>, CallError> {
        let query = [("query", words), ("limit", "50"), ("with", "contacts")];
        self.pages("/api/v4/leads", &query, "leads", SEARCH_PAGES).await
    }

    /// Makes a task; its id.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub async fn add_task(&self, task: NewTask) -> Result<i64, CallError> {
        self.create("/api/v4/tasks", "tasks", task.body()).await
    }

    /// Tasks of a deal, done or not.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn tasks_of(&self, lead: i64) -> Result<Vec<Task>, CallError> {
        let id = lead.to_string();
        let filter =
            [("filter[entity_type]", "leads"), ("filter[entity_id]", &*id), ("limit", "250")];
        self.pages("/api/v4/tasks", &filter, "tasks", PAGES).await
    }

    /// Webhooks of the account.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn webhooks(&self) -> Result<Vec<Subscription>, CallError> {
        self.pages("/api/v4/webhooks", &[], "webhooks", 1).await
    }

    /// Asks for events at this address; where it is known already, its list of events is replaced.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn subscribe(
        &self,
        destination: &str,
        events: &[&str],
    ) -> Result<Subscription, CallError> {
        let body = json!({ "destination": destination, "settings": events });
        let url = self.client.at("/api/v4/webhooks", &[]);
        let answer = self.send(Method::POST, url, Payload::Json(body)).await?;
        parse(answer.ok_or(CallError::Garbage)?)
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, CallError> {
        let url = self.client.at(path, query);
        self.send(Method::GET, url, Payload::Empty).await?.map(parse).transpose()
    }

    pub(crate) async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        key: &str,
        most: u32,
    ) -> Result<Vec<T>, CallError> {
        let mut all = Vec::new();
        for number in 1..=most {
            let (items, more) = self.page(path, query, key, number).await?;
            all.extend(items);
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// One page and whether another follows. The address of the next one is made here: the one in
    /// the answer may name a host inside amoCRM.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        key: &str,
        number: u32,
    ) -> Result<(Vec<T>, bool), CallError> {
        let number = number.to_string();
        let query = [query, &[("page", number.as_str())]].concat();
        let Some(page) = self.get::<Value>(path, &query).await? else {
            return Ok((Vec::new(), false));
        };
        let items = wire::list(&page, key).map_err(|_| CallError::Garbage)?;
        Ok((items, wire::has_next(&page)))
    }

    pub(crate) async fn create(
        &self,
        path: &str,
        key: &str,
        item: Value,
    ) -> Result<i64, CallError> {
        let url = self.client.at(path, &[]);
        let body = Payload::Json(json!([item]));
        let answer = self.send(Method::POST, url, body).await?.ok_or(CallError::Garbage)?;
        let written: Vec<Written> = wire::list(&answer, key).map_err(|_| CallError::Garbage)?;
        written.first().map(|written| written.id).ok_or(CallError::Garbage)
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Result<Option<i64>, CallError> {
        let url = self.client.at(path, &[]);
        // One entity answers with itself, a batch with a list: that it is JSON is enough.
        let answer = self.send(Method::PATCH, url, Payload::Json(body)).await?;
        let answer = answer.filter(Value::is_object).ok_or(CallError::Garbage)?;
        Ok(wire::as_number(&answer["updated_at"]))
    }
}

pub(crate) fn parse<T: DeserializeOwned>(value: Value) -> Result<T, CallError> {
    serde_json::from_value(value).map_err(|_| CallError::Garbage)
}
