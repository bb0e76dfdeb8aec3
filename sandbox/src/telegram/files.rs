//! Files that people and the bot exchange.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::telegram::state::State;

/// A stored file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    pub(crate) id: String,
    pub(crate) unique_id: String,
    pub(crate) path: String,
    pub(crate) name: Option<String>,
    pub(crate) mime: String,
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    pub(crate) bytes: bytes::Bytes,
    pub(crate) photo: bool,
}

impl StoredFile {
    /// The Bot API's `File`, `Document` and `PhotoSize` begin alike.
    fn common(&self) -> Value {
        json!({
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": self.bytes.len(),
        })
    }

    /// The Bot API's `Document`.
    pub(crate) fn document(&self) -> Value {
        let mut document = self.common();
        document["mime_type"] = json!(self.mime);
        if let Some(name) = &self.name {
            document["file_name"] = json!(name);
        }
        document
    }

    /// The Bot API's list of `PhotoSize`; here one size.
    pub(crate) fn photo_sizes(&self) -> Value {
        let (width, height) = dimensions(&self.bytes).unwrap_or((800, 600));
        let mut size = self.common();
        size["width"] = json!(width);
        size["height"] = json!(height);
        json!([size])
    }

    /// The Bot API's `File`, with the path for a download.
    pub(crate) fn file(&self) -> Value {
        let mut file = self.common();
        file["file_path"] = json!(self.path);
        file
    }
}

/// Keeps a file and gives it its ids. `name` is `None` for photos.
pub(crate) fn store(
    state: &mut State,
    bytes: bytes::Bytes,
    name: Option<String>,
    mime: String,
) -> StoredFile {
    let number = state.next_number();
    let photo = name.is_none();
    let extension = name
        .as_deref()
        .and_then(|name| name.rsplit_once('.'))
        .map_or_else(|| if photo { "jpg" } else { "bin" }, |(_, extension)| extension);
    let folder = if photo { "photos" } else { "documents" };
    let digest = Sha256::digest(&bytes);
    let file = StoredFile {
        id: format!("AgACAgIAAxkB{number:08}{}", URL_SAFE_NO_PAD.encode(&digest[..12])),
        unique_id: format!("AQAD{}", URL_SAFE_NO_PAD.encode(&digest[..8])),
        path: format!("{folder}/file_{number}.{extension}"),
        name,
        mime,
        bytes,
        photo,
    };
    state.files.insert(file.id.clone(), file.clone());
    file
}

/// Width and height of a PNG, GIF, JPEG or WebP (lossy, lossless, extended), read from its header.
pub(crate) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(u32::from(*bytes.get(at)?) << 8 | u32::from(*bytes.get(at + 1)?));
    let le16 = |at: usize| Some(u32::from(*bytes.get(at + 1)?) << 8 | u32::from(*bytes.get(at)?));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((be16(16)? << 16 | be16(18)?, be16(20)? << 16 | be16(22)?));
    }
    if bytes.starts_with(b"GIF8") {
        return Some((le16(6)?, le16(8)?));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        return match bytes.get(12..16)? {
            b"VP8X" => Some((le16(24)? + 1, le16(27)? + 1)),
            b"VP8 " => Some((le16(26)? & 0x3fff, le16(28)? & 0x3fff)),
            _ => Some(((le16(21)? & 0x3fff) + 1, (le16(22)? >> 6) + 1)),
        };
    }
    if !bytes.starts_with(b"\xff\xd8") {
        return None;
    }
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((be16(at + 7)?, be16(at + 5)?));
        }
        at += 2 + be16(at + 2)? as usize;
    }
}

fn write_bytes<S: Serializer>(bytes: &bytes::Bytes, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(bytes))
}

fn read_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<bytes::Bytes, D::Error> {
    let text = String::deserialize(from)?;
    STANDARD.decode(text).map(Into::into).map_err(serde::de::Error::custom)
}
