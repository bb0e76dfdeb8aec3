//! Large files: the Drive names an address that takes them as they are, so that they need not travel
//! as base64 (`disk.folder.uploadfile` without content).

use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::crm::SentRequest;
use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::calls::client::BitrixCalls;
use crate::crm::bitrix24::calls::wire::{Said, sort};
use crate::crm::error::CallError;
use crate::crm::fault::AccessFault;
use crate::http::mask_url;

impl BitrixCalls<'_> {
    /// Puts a file into a folder of the Drive by an upload address; the new file's object. Of two
    /// files of one name the second gets another one.
    ///
    /// # Errors
    /// See [`CallError`]; the file may be there.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        folder: i64,
        name: &str,
        content: Bytes,
    ) -> Result<T, CallError> {
        let params = json!({ "id": folder, "generateUniqueName": true });
        let session: Value = self.call("disk.folder.uploadfile", &params).await?;
        // The documentation spells it in two ways.
        let named = session["uploadUrl"].as_str().or_else(|| session["UploadUrl"].as_str());
        let field = session["field"].as_str().unwrap_or("file").to_owned();
        self.upload_to(named.ok_or(CallError::Garbage)?, field, name, content).await
    }

    /// Sends a file to an address that the portal named.
    ///
    /// # Errors
    /// See [`CallError`]; nothing is sent to a host that is not the portal's.
    pub async fn upload_to<T: DeserializeOwned>(
        &self,
        url: &str,
        field: String,
        name: &str,
        content: Bytes,
    ) -> Result<T, CallError> {
        let url = Url::parse(url).map_err(|_| CallError::Garbage)?;
        let door = self.client.door();
        let portal = door.key().await?.base;
        let foreign = || CallError::NoAccess { fault: AccessFault::B24Moved };
        hosts::trusted(&url, &portal).ok_or_else(foreign)?;
        let sent = SentRequest {
            method: "POST".to_owned(),
            url: mask_url(&url),
            body: Some(format!("{name} ({} bytes)", content.len())),
        };
        let size = content.len() as u64;
        let part = Part::stream_with_length(content, size).file_name(name.to_owned());
        let request = self.client.http().post(url).multipart(Form::new().part(field, part));
        let by_webhook = door.is_webhook();
        match self.way().exchange(sent, request, |outcome| sort(outcome, by_webhook)).await? {
            Said::Answer(envelope) => envelope.read(),
            Said::Elsewhere(_) => Err(foreign()),
        }
    }
}
