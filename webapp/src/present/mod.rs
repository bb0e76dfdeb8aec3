//! From what the domain answers to what a page shows: words, tones and addresses, no rules.

mod approvals;
mod cases;
mod decisions;
mod deliveries;
mod events;
mod goods;
mod leads;
mod machine;
mod maintenance;
mod orders;
mod paper;
mod park;
mod quotes;
mod service;
mod sources;
mod talk;
mod work;

pub(crate) use approvals::*;
pub(crate) use cases::*;
pub(crate) use decisions::*;
pub(crate) use deliveries::*;
pub(crate) use events::*;
pub(crate) use goods::*;
pub(crate) use leads::*;
pub(crate) use machine::*;
pub(crate) use maintenance::*;
pub(crate) use orders::*;
pub(crate) use paper::*;
pub(crate) use park::*;
pub(crate) use quotes::*;
pub(crate) use service::*;
pub(crate) use sources::*;
pub(crate) use talk::*;
pub(crate) use work::*;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::files::StoredFile;

use crate::auth::Caller;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Choice, Fact, FileLink};

/// The reader, their moment, and from how many days on a maintenance is worth a warning.
#[derive(Clone, Copy)]
pub(crate) struct Eye {
    pub(crate) ui: Ui,
    pub(crate) now: DateTime<Utc>,
    pub(crate) today: NaiveDate,
    zone: Tz,
    horizon: i64,
}

impl Eye {
    pub(crate) fn of(caller: &Caller) -> Eye {
        Eye::at(&caller.state, caller.ui)
    }

    /// For who is known by a link alone.
    pub(crate) fn at(state: &AppState, ui: Ui) -> Eye {
        let dealer = state.dealer();
        Eye {
            ui,
            now: state.now(),
            today: dealer.today(),
            zone: dealer.zone,
            horizon: dealer.ladder.steps.iter().copied().max().unwrap_or_default(),
        }
    }
}

/// A word of a closed list, such as a state: the prefix of its key and its name.
pub(crate) fn word(ui: Ui, prefix: &str, name: &str) -> String {
    ui.s(&format!("{prefix}{name}")).to_owned()
}

/// A row with a label; nothing when there is no value.
pub(crate) fn fact(ui: Ui, label: &str, value: Option<&str>) -> Option<Fact> {
    let value = value.filter(|value| !value.is_empty())?.to_owned();
    Some(Fact { label: ui.s(label).to_owned(), value, mono: false })
}

pub(crate) fn choice(value: &str, label: String, selected: bool) -> Choice {
    Choice { value: value.to_owned(), label, note: String::new(), selected }
}

/// The picture of a part or model, where it is one of ours.
pub(crate) fn photo(name: Option<&String>) -> Option<String> {
    let name = name?;
    is_photo_name(name).then(|| format!("/app/photos/{name}"))
}

/// Names of pictures are plain: no folder can be reached by one.
pub(crate) fn is_photo_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= 120 && !name.starts_with('.') && name.bytes().all(plain)
}

/// The files of a case: photos, and the rest.
pub(crate) fn files(caller: &Caller, files: &[StoredFile]) -> (Vec<FileLink>, Vec<FileLink>) {
    let (photos, others): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| file.content_type.starts_with("image/"));
    let link = |file: &&StoredFile| FileLink {
        href: caller.file_link(file.id.as_str()),
        name: file.name.clone(),
        note: size(caller.ui, file.size),
        extension: extension(&file.content_type).to_owned(),
    };
    (photos.iter().map(link).collect(), others.iter().map(link).collect())
}

/// A size as people say it: 640 KB, 12.4 MB.
pub(crate) fn size(ui: Ui, bytes: i64) -> String {
    let kilobytes = (bytes + 1023) / 1024;
    if kilobytes < 1024 {
        return format!("{}\u{a0}{}", kilobytes.max(1), ui.s("app-kb"));
    }
    let tenths = kilobytes * 10 / 1024;
    let comma = if ui.lang() == "ru" { ',' } else { '.' };
    format!("{}{comma}{}\u{a0}{}", tenths / 10, tenths % 10, ui.s("app-mb"))
}

/// What a kind of content is called on a file's icon.
pub(crate) fn extension(content_type: &str) -> &'static str {
    match content_type {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "text/plain" => "txt",
        "audio/ogg" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/wav" => "wav",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        kind if kind.contains("sheet") || kind.contains("excel") => "xls",
        _ => "doc",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_plain_names() {
        for name in ["gear.svg", "machine-16k20.svg", "A_1.png"] {
            assert!(is_photo_name(name), "{name}");
        }
        for name in ["", ".env", "../x.svg", "a/b.png", "https://x/y.png", "фото.png", "a b"] {
            assert!(!is_photo_name(name), "{name}");
        }
    }
}
