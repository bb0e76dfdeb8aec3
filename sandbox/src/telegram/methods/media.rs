//! Photos, documents and albums of the bot.

use serde_json::{Value, json};

use crate::telegram::entities::Formatted;
use crate::telegram::error::ApiError;
use crate::telegram::files::{self, StoredFile};
use crate::telegram::methods::Call;

const LARGEST_PHOTO: usize = 10 << 20;
const LARGEST_FILE: usize = 50 << 20;

impl Call<'_> {
    /// `sendPhoto` and `sendDocument`.
    pub(super) fn send_file(&mut self, kind: &str) -> Result<Value, ApiError> {
        let person = self.recipient()?;
        let caption = self.formatted_caption()?;
        let mut message = self.new_message(person)?;
        let given = self.params.text(kind).map(str::to_owned);
        let file = self.file(kind, given.as_deref())?;
        message.set(kind, content(kind, &file));
        message.set_formatted("caption", &caption);
        Ok(self.deliver(person, message))
    }

    pub(super) fn send_media_group(&mut self) -> Result<Value, ApiError> {
        let person = self.recipient()?;
        let items = self.params.get("media").and_then(Value::as_array).cloned().unwrap_or_default();
        if !(2..=10).contains(&items.len()) {
            return Err(ApiError::bad("group send media must include 2-10 items"));
        }
        let kinds: Vec<&str> =
            items.iter().map(|item| item["type"].as_str().unwrap_or("")).collect();
        if !kinds.iter().all(|kind| *kind == kinds[0] && matches!(*kind, "photo" | "document")) {
            return Err(ApiError::bad("document can't be mixed with other media types"));
        }
        let group = self.state.next_number().to_string();
        let mut sent = Vec::new();
        for (item, kind) in items.iter().zip(&kinds) {
            let caption = Formatted::parse(
                item["caption"].as_str().unwrap_or_default(),
                item["parse_mode"].as_str(),
                item.get("caption_entities"),
            )?;
            if caption.length() > 1024 {
                return Err(ApiError::bad("message caption is too long"));
            }
            let mut message = self.new_message(person)?;
            let file = self.file(kind, item["media"].as_str())?;
            message.set(kind, content(kind, &file));
            message.set("media_group_id", json!(group));
            message.set_formatted("caption", &caption);
            sent.push(message);
        }
        // All or nothing: only a group without a fault enters the chat.
        Ok(sent.into_iter().map(|message| self.deliver(person, message)).collect())
    }

    /// An uploaded file, or one known by its id.
    fn file(&mut self, kind: &str, given: Option<&str>) -> Result<StoredFile, ApiError> {
        let Some(upload) = self.params.upload(kind, given).cloned() else {
            let id =
                given.ok_or_else(|| ApiError::bad(format!("there is no {kind} in the request")))?;
            return match self.state.files.get(id) {
                Some(file) if file.photo == (kind == "photo") => Ok(file.clone()),
                Some(_) => Err(ApiError::bad(format!("can't use file of this type as {kind}"))),
                None if id.starts_with("http") => {
                    Err(ApiError::bad("failed to get HTTP URL content"))
                }
                None => Err(ApiError::bad(
                    "wrong remote file identifier specified: Wrong character in the string",
                )),
            };
        };
        let (largest, photo) = match kind {
            "photo" => (LARGEST_PHOTO, true),
            _ => (LARGEST_FILE, false),
        };
        if upload.bytes.len() > largest {
            return Err(ApiError::new(413, "Request Entity Too Large"));
        }
        if upload.bytes.is_empty() {
            return Err(ApiError::bad("file must be non-empty"));
        }
        if photo && files::dimensions(&upload.bytes).is_none() {
            return Err(ApiError::bad("IMAGE_PROCESS_FAILED"));
        }
        let name = (!photo).then_some(upload.name);
        Ok(files::store(self.state, upload.bytes, name, upload.mime))
    }
}

fn content(kind: &str, file: &StoredFile) -> Value {
    if kind == "photo" { file.photo_sizes() } else { file.document() }
}
