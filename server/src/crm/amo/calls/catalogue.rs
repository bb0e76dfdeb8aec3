//! Lists of products, and links between entities.

use reqwest::Method;
use serde_json::Value;

use crate::crm::amo::calls::client::AmoCalls;
use crate::crm::amo::calls::error::CallError;
use crate::crm::amo::calls::transport::Payload;
use crate::crm::amo::calls::write::{LinkTo, NewElement};
use crate::crm::amo::wire::{Catalogue, Element};

impl AmoCalls<'_> {
    /// The lists of the account.
    ///
    /// # Errors
    /// See [`CallError`]. 403 means that the token has no right to lists.
    pub async fn catalogues(&self) -> Result<Vec<Catalogue>, CallError> {
        self.pages("/api/v4/catalogs", &[("limit", "250")], "catalogs", 1).await
    }

    /// Elements that hold these words anywhere: hits are candidates, to be compared by the caller.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn search_elements(
        &self,
        catalogue: i64,
        words: &str,
    ) -> Result<Vec<Element>, CallError> {
        let path = format!("/api/v4/catalogs/{catalogue}/elements");
        self.pages(&path, &[("query", words), ("limit", "50")], "elements", 2).await
    }

    /// An element; `None` when there is no such one.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn element(&self, catalogue: i64, id: i64) -> Result<Option<Element>, CallError> {
        match self.get(&format!("/api/v4/catalogs/{catalogue}/elements/{id}"), &[]).await {
            Err(CallError::Rejected { status: 404, .. }) => Ok(None),
            answer => answer,
        }
    }

    /// Makes an element; its id.
    ///
    /// # Errors
    /// See [`CallError`]; the outcome may be unknown.
    pub async fn create_element(
        &self,
        catalogue: i64,
        element: NewElement,
    ) -> Result<i64, CallError> {
        let path = format!("/api/v4/catalogs/{catalogue}/elements");
        self.create(&path, "elements", element.body()).await
    }

    /// Links an entity (`leads`, `contacts`) to others.
    ///
    /// # Errors
    /// See [`CallError`]; the same link may be made again.
    pub async fn link(&self, entity: &str, id: i64, to: &[LinkTo]) -> Result<(), CallError> {
        let body: Vec<Value> = to.iter().map(LinkTo::body).collect();
        let url = self.client.at(&format!("/api/v4/{entity}/{id}/link"), &[]);
        self.send(Method::POST, url, Payload::Json(body.into())).await.map(|_| ())
    }
}
