//! What kind a file is, judged by its content.

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Every kind that may be kept.
const KINDS: [&str; 16] = [
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    DOCX,
    XLSX,
    "image/jpeg",
    "image/png",
    "image/gif",
    "text/plain",
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "video/mp4",
    "video/quicktime",
    "video/webm",
];

/// The content type when the content is of an allowed kind: PDF, DOC, DOCX, XLS, XLSX, JPG, PNG,
/// GIF, TXT. The name decides only between kinds that share a container (DOC and XLS).
pub(super) fn kind_of(name: &str, bytes: &[u8]) -> Option<&'static str> {
    const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let extension = name.rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase());
    let extension = extension.as_deref().unwrap_or_default();
    if bytes.starts_with(OLE) {
        return match extension {
            "doc" => Some("application/msword"),
            "xls" => Some("application/vnd.ms-excel"),
            _ => None,
        };
    }
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("application/pdf") => Some("application/pdf"),
        Some("image/jpeg") => Some("image/jpeg"),
        Some("image/png") => Some("image/png"),
        Some("image/gif") => Some("image/gif"),
        Some(DOCX) => Some(DOCX),
        Some(XLSX) => Some(XLSX),
        Some("application/zip") => match extension {
            "docx" if holds(bytes, b"word/") => Some(DOCX),
            "xlsx" if holds(bytes, b"xl/") => Some(XLSX),
            _ => None,
        },
        Some(_) => None,
        None => (extension == "txt" && is_text(bytes)).then_some("text/plain"),
    }
}

/// The content type of a recording or a film, by its first bytes: what Telegram and phones record.
fn media(bytes: &[u8]) -> Option<&'static str> {
    match infer::get(bytes).map(|kind| kind.mime_type())? {
        "audio/ogg" => Some("audio/ogg"),
        "audio/mpeg" => Some("audio/mpeg"),
        "audio/m4a" => Some("audio/mp4"),
        "audio/x-wav" => Some("audio/wav"),
        "video/mp4" | "video/x-m4v" => Some("video/mp4"),
        "video/quicktime" => Some("video/quicktime"),
        "video/webm" => Some("video/webm"),
        _ => None,
    }
}

/// The same, or a recording or a film.
pub(super) fn any_kind_of(name: &str, bytes: &[u8]) -> Option<&'static str> {
    kind_of(name, bytes).or_else(|| media(bytes))
}

/// A content type that was judged before and stored.
pub(super) fn content_type(stored: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| *kind == stored)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Text has no zero bytes and hardly any control characters, in UTF-8 and Windows-1251 alike.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b >= 0x20 || matches!(b, b'\n' | b'\r' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_called_a_picture_is_refused() {
        assert_eq!(kind_of("photo.jpg", b"\x7fELF\x02\x01\x01\0rest of a program"), None);
        assert_eq!(kind_of("photo.jpg", b"MZ\x90\0\x03rest"), None);
        assert_eq!(kind_of("page.txt", b"zero \0 byte"), None);
        assert_eq!(kind_of("a.html", b"<html><script>"), None);
    }

    #[test]
    fn allowed_kinds_are_known_by_content() {
        assert_eq!(kind_of("scan", b"%PDF-1.7 rest"), Some("application/pdf"));
        assert_eq!(kind_of("x.bin", b"\xFF\xD8\xFF\xE0rest of a photo"), Some("image/jpeg"));
        assert_eq!(kind_of("note.txt", "Шпиндель".as_bytes()), Some("text/plain"));
    }

    #[test]
    fn what_was_recorded_is_known_by_its_first_bytes_and_is_no_document() {
        let voice = b"OggS\0\x02rest of a voice message";
        let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isomrest";
        assert_eq!(any_kind_of("voice.oga", voice), Some("audio/ogg"));
        assert_eq!(any_kind_of("film", film), Some("video/mp4"));
        assert_eq!(kind_of("voice.oga", voice), None);
        assert_eq!(any_kind_of("voice.ogg", b"MZ\x90\0\x03rest"), None);
        assert_eq!(content_type("audio/ogg"), Some("audio/ogg"));
        assert_eq!(content_type("text/html"), None);
    }
}
