//! Files: uploaded to the account's drive in parts, then hung on a deal.

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::crm::amo::calls::client::AmoCalls;
use crate::crm::amo::calls::error::CallError;
use crate::crm::amo::calls::transport::Payload;
use crate::crm::amo::wire::{self, AttachedFile};

/// What the drive says if it does not say how large a part may be.
const PART_SIZE: i64 = 512 * 1024;

/// A file to be uploaded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewFile<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its media type.
    pub(crate) content_type: &'a str,
    /// Its bytes.
    pub(crate) size: i64,
}

/// An upload that the drive agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Where the first part goes.
    pub(crate) upload_url: String,
    /// The most bytes of one part.
    pub(crate) part_size: i64,
}

/// What came of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is there, and the next one goes elsewhere.
    Part {
        /// Where to.
        next_url: String,
    },
    /// It was the last one.
    Whole {
        /// The id of the file.
        uuid: String,
    },
}

impl AmoCalls<'_> {
    /// Begins an upload to the drive at `drive_url` (of [`AmoCalls::account`]).
    ///
    /// # Errors
    /// See [`CallError`]. 403 means that the token has no right to files.
    pub(crate) async fn open_upload(
        &self,
        drive_url: &str,
        file: NewFile<'_>,
    ) -> Result<Session, CallError> {
        let mut url = address(drive_url)?;
        url.set_path("/v1.0/sessions");
        let body = json!({
            "file_name": file.name,
            "file_size": file.size,
            "content_type": file.content_type,
        });
        let session = self.send(Method::POST, url, Payload::Json(body)).await?;
        let session = session.ok_or(CallError::Garbage)?;
        let part_size = wire::as_number(&session["max_part_size"]).unwrap_or(PART_SIZE);
        let upload_url = session["upload_url"].as_str().ok_or(CallError::Garbage)?.to_owned();
        match part_size > 0 {
            true => Ok(Session { upload_url, part_size }),
            false => Err(CallError::Garbage),
        }
    }

    /// Sends one part. 404 means that the drive forgot the upload.
    ///
    /// # Errors
    /// See [`CallError`]; the part may have arrived.
    pub(crate) async fn send_part(&self, url: &str, part: Bytes) -> Result<Sent, CallError> {
        let answer = self.send(Method::POST, address(url)?, Payload::Bytes(part)).await?;
        let answer = answer.ok_or(CallError::Garbage)?;
        if let Some(uuid) = answer["uuid"].as_str() {
            return Ok(Sent::Whole { uuid: uuid.to_owned() });
        }
        let next_url = answer["next_url"].as_str().ok_or(CallError::Garbage)?.to_owned();
        Ok(Sent::Part { next_url })
    }

    /// How many bytes of a file the drive keeps; `None` where it does not say.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(crate) async fn stored_size(
        &self,
        drive_url: &str,
        uuid: &str,
    ) -> Result<Option<i64>, CallError> {
        let mut url = address(drive_url)?;
        url.set_path(&format!("/v1.0/files/{uuid}"));
        let file = self.send(Method::GET, url, Payload::Empty).await?;
        Ok(file.as_ref().and_then(|file| wire::as_number(&file["size"])))
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
