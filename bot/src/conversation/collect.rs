//! Words and files that a person sends one after another until they say that it is all.

use domain::files::{self, Accepted, MAX_FILE, MAX_FILES};
use domain::{Error, text};
use serde::{Deserialize, Serialize};
use teloxide::RequestError;
use teloxide::net::Download;
use teloxide::requests::Requester;
use teloxide::types::{FileId, FileMeta, Message};

use crate::caller::Caller;
use crate::fault::{Fault, api_text};

/// The most that may be written, in characters: what the domain takes.
const MAX_TEXT: usize = 4000;

/// What was collected so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Collected {
    /// Every message's words, one after another.
    pub(crate) text: String,
    /// Files that Telegram keeps until the end.
    pub(crate) files: Vec<Attachment>,
}

/// A file that Telegram keeps for us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    file_id: String,
    name: String,
}

/// What a message brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// Words, and perhaps a file with them.
    Words,
    /// A file without words.
    File,
    /// Nothing that can be kept: a sticker, a place.
    Nothing,
}

impl Collected {
    /// Takes what the message brings. A file is fetched and judged at once, so that a wrong one is
    /// refused while its sender still knows which it was.
    pub(crate) async fn take(&mut self, caller: &Caller, message: &Message) -> Result<Got, Fault> {
        let file = attachment(message, self.files.len() + 1)?;
        let words = message.text().or(message.caption());
        let words = words.and_then(|words| text::clean(words, usize::MAX));
        if let Some((_, size)) = &file {
            if self.files.len() >= MAX_FILES {
                return Err(Error::invalid("files", "error-files-many").into());
            }
            if size.is_some_and(|size| size > MAX_FILE) {
                return Err(Error::TooLarge(MAX_FILE).into());
            }
        }
        let joined = match (&words, self.text.is_empty()) {
            (Some(words), true) => Some(words.clone()),
            (Some(words), false) => Some(format!("{}\n{words}", self.text)),
            (None, _) => None,
        };
        if joined.as_ref().is_some_and(|joined| joined.chars().count() > MAX_TEXT) {
            return Err(Error::invalid("text", "error-too-long").into());
        }
        let has_file = file.is_some();
        if let Some((attachment, _)) = file {
            attachment.fetch(caller).await?;
            self.files.push(attachment);
        }
        if let Some(joined) = joined {
            self.text = joined;
        }
        Ok(match (words, has_file) {
            (Some(_), _) => Got::Words,
            (None, true) => Got::File,
            (None, false) => Got::Nothing,
        })
    }

    /// The files, checked and on disk.
    pub(crate) async fn fetch(&self, caller: &Caller) -> Result<Vec<Accepted>, Fault> {
        let mut accepted = Vec::with_capacity(self.files.len());
        for file in &self.files {
            accepted.push(file.fetch(caller).await?);
        }
        Ok(accepted)
    }
}

impl Attachment {
    /// Fetches the file from Telegram and judges it by content.
    async fn fetch(&self, caller: &Caller) -> Result<Accepted, Fault> {
        let deps = caller.deps();
        let file = match deps.bot.get_file(FileId(self.file_id.clone())).await {
            Ok(file) => file,
            // Beyond what Telegram hands out to bots at all.
            Err(RequestError::Api(error)) if api_text(&error).contains("file is too big") => {
                return Err(Error::TooLarge(MAX_FILE).into());
            }
            Err(error) => return Err(error.into()),
        };
        if known_size(&file.meta).is_some_and(|size| size > MAX_FILE) {
            return Err(Error::TooLarge(MAX_FILE).into());
        }
        let mut bytes = Vec::new();
        deps.bot.download_file(&file.path, &mut bytes).await?;
        Ok(files::accept_any(&deps.dealer.uploads, &self.name, &bytes).await?)
    }
}

/// The file of a message and its size, if both are there. `number` names a photo, which has no
/// name of its own.
fn attachment(
    message: &Message,
    number: usize,
) -> Result<Option<(Attachment, Option<u64>)>, Fault> {
    if let Some(document) = message.document() {
        let name = document.file_name.clone().unwrap_or_else(|| format!("file-{number}"));
        return Ok(Some(of(&document.file, name)));
    }
    if let Some(sizes) = message.photo() {
        let largest =
            sizes.iter().max_by_key(|size| u64::from(size.width) * u64::from(size.height));
        return Ok(largest.map(|size| of(&size.file, format!("photo-{number}.jpg"))));
    }
    if message.animation().is_some() {
        return Err(Error::UnsupportedFile("media".to_owned()).into());
    }
    let recorded = message
        .voice()
        .map(|voice| of(&voice.file, format!("voice-{number}.ogg")))
        .or_else(|| message.audio().map(|audio| of(&audio.file, format!("audio-{number}"))))
        .or_else(|| message.video().map(|video| of(&video.file, format!("video-{number}.mp4"))))
        .or_else(|| message.video_note().map(|note| of(&note.file, format!("video-{number}.mp4"))));
    Ok(recorded)
}

fn of(file: &FileMeta, name: String) -> (Attachment, Option<u64>) {
    (Attachment { file_id: file.id.0.clone(), name }, known_size(file))
}

/// The client library fills in the largest number where Telegram told no size.
fn known_size(file: &FileMeta) -> Option<u64> {
    (file.size != u32::MAX).then_some(u64::from(file.size))
}
