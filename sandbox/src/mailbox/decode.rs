//! Reads a mail: encoded words, base64, quoted-printable, multipart.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};

/// What a person reads of a mail.
pub(crate) struct ReadMail {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) attachments: Vec<String>,
}

/// Reads a raw mail whose line ends are `\n`.
pub(crate) fn read(raw: &str) -> ReadMail {
    let part = Part::parse(raw);
    let mut mail = ReadMail {
        subject: words(&part.header("subject")),
        text: String::new(),
        attachments: Vec::new(),
    };
    walk(&part, &mut mail);
    mail
}

/// Headers and body of a mail or of one of its parts.
struct Part<'a> {
    headers: Vec<(String, String)>,
    body: &'a str,
}

impl<'a> Part<'a> {
    fn parse(raw: &'a str) -> Self {
        let (head, body) = raw.split_once("\n\n").unwrap_or((raw, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = headers.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self { headers, body }
    }

    fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn text(&self) -> String {
        let encoding = self.header("content-transfer-encoding").to_ascii_lowercase();
        let bytes = match encoding.as_str() {
            "base64" => unbase64(self.body),
            "quoted-printable" => quoted(&self.body.replace("=\n", ""), false),
            _ => self.body.as_bytes().to_vec(),
        };
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim_end().to_owned()
    }
}

fn walk(part: &Part<'_>, mail: &mut ReadMail) {
    let kind = part.header("content-type");
    if let Some(boundary) = parameter(&kind, "boundary") {
        let delimiter = format!("--{boundary}");
        let pieces = part.body.split(delimiter.as_str()).skip(1);
        for piece in pieces.take_while(|piece| !piece.starts_with("--")) {
            walk(&Part::parse(piece.trim_start_matches('\n')), mail);
        }
        return;
    }
    let disposition = part.header("content-disposition");
    let name = parameter(&disposition, "filename").or_else(|| parameter(&kind, "name"));
    if disposition.to_ascii_lowercase().starts_with("attachment") {
        mail.attachments.push(words(&name.unwrap_or_default()));
        return;
    }
    let plain = kind.is_empty() || kind.to_ascii_lowercase().starts_with("text/plain");
    if mail.text.is_empty() || (plain && mail.text.starts_with('<')) {
        mail.text = part.text();
    }
}

/// A parameter of a header: `boundary="…"`, or percent-encoded and in one or more pieces,
/// `filename*0*=UTF-8''…; filename*1*=…`.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut encoded = String::new();
    for piece in header.split(';').skip(1) {
        let Some((key, value)) = piece.trim().split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        let key = key.trim().to_ascii_lowercase();
        if key == name {
            return Some(value.to_owned());
        }
        if key.strip_prefix(name).is_some_and(|rest| rest.starts_with('*')) {
            encoded.push_str(value.rsplit("''").next().unwrap_or(value));
        }
    }
    let bytes = quoted(&encoded.replace('%', "="), false);
    (!encoded.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// A header with encoded words: `=?utf-8?b?…?=`.
fn words(header: &str) -> String {
    let mut out = String::new();
    let mut rest = header;
    let mut after_word = false;
    while let Some((before, tail)) = rest.split_once("=?") {
        let mut fields = tail.splitn(3, '?');
        let (_charset, kind, coded) = (fields.next(), fields.next(), fields.next());
        let Some((coded, after)) = coded.and_then(|coded| coded.split_once("?=")) else {
            break;
        };
        // Space between two encoded words belongs to neither.
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        let bytes = match kind.map(str::to_ascii_lowercase).as_deref() {
            Some("b") => unbase64(coded),
            _ => quoted(coded, true),
        };
        out.push_str(&String::from_utf8_lossy(&bytes));
        rest = after;
        after_word = true;
    }
    out.push_str(rest);
    out
}

fn unbase64(text: &str) -> Vec<u8> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let packed: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    engine.decode(&packed).or_else(|_| STANDARD.decode(&packed)).unwrap_or_default()
}

/// Quoted-printable; in headers an underscore is a space.
fn quoted(text: &str, header: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let coded = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, coded) {
            (b'=', Some(coded)) => {
                out.push(coded);
                at += 3;
                continue;
            }
            (b'_', _) if header => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
        at += 1;
    }
    out
}
