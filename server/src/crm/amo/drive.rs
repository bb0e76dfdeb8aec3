//! Files: uploaded to the account's drive in parts, then hung on a deal.

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::crm::amo::client::AmoCalls;
use crate::crm::amo::error::CallError;
use crate::crm::amo::transport::Payload;
use crate::crm::amo::wire::{self, AttachedFile};

/// What the drive says if it does not say how large a part may be.
const PART_SIZE: i64 = 512 * 1024;

impl AmoCalls<'_> {
    /// Uploads a file to the drive at `drive_url` (of [`AmoCalls::account`]); its id there. A file
    /// that nobody attaches is seen by nobody, so after a failure it is simply uploaded again.
    ///
    /// # Errors
    /// See [`CallError`]. 403 means that the token has no right to files.
    pub async fn upload(
        &self,
        drive_url: &str,
        file_name: &str,
        content_type: &str,
        bytes: Bytes,
    ) -> Result<String, CallError> {
        let mut url = address(drive_url)?;
        url.set_path("/v1.0/sessions");
        let body = json!({
            "file_name": file_name,
            "file_size": bytes.len(),
            "content_type": content_type,
        });
        let session = self.send(Method::POST, url, Payload::Json(body)).await?;
        let session = session.ok_or(CallError::Garbage)?;
        let most = wire::as_number(&session["max_part_size"]).unwrap_or(PART_SIZE);
        let most = usize::try_from(most).ok().filter(|size| *size > 0).ok_or(CallError::Garbage)?;
        let mut next = address_in(&session, "upload_url")?;
        let mut rest = bytes;
        loop {
            let part = rest.split_to(most.min(rest.len()));
            let answer = self.send(Method::POST, next, Payload::Bytes(part)).await?;
            let answer = answer.ok_or(CallError::Garbage)?;
            if rest.is_empty() {
                let uuid = answer["uuid"].as_str().ok_or(CallError::Garbage)?;
                return Ok(uuid.to_owned());
            }
            next = address_in(&answer, "next_url")?;
        }
    }

    /// Hangs uploaded files on a deal. Files that hang there already stay.
    ///
    /// # Errors
    /// See [`CallError`]; the same files may be hung again.
    pub async fn attach_files(&self, lead: i64, uuids: &[String]) -> Result<(), CallError> {
        let files: Vec<Value> = uuids.iter().map(|uuid| json!({ "file_uuid": uuid })).collect();
        let url = self.client.at(&format!("/api/v4/leads/{lead}/files"), &[]);
        self.send(Method::PUT, url, Payload::Json(files.into())).await.map(|_| ())
    }

    /// Files that hang on a deal.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn files_of(&self, lead: i64) -> Result<Vec<AttachedFile>, CallError> {
        let path = format!("/api/v4/leads/{lead}/files");
        self.pages(&path, &[("limit", "250")], "files", 1).await
    }
}

fn address(text: &str) -> Result<Url, CallError> {
    Url::parse(text).map_err(|_| CallError::Garbage)
}

fn address_in(answer: &Value, key: &str) -> Result<Url, CallError> {
    address(answer[key].as_str().ok_or(CallError::Garbage)?)
}
