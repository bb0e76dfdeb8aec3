//! A feed as UTF-8, whatever it declares: the encoding by its declaration, which is ASCII in every
//! encoding that feeds come in; UTF-8 without one.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};

/// A declaration stands in so many bytes.
const HEAD: usize = 200;
/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// Bytes of a file as UTF-8; what cannot be decoded becomes «\u{fffd}».
pub(super) struct Decoded<R> {
    file: R,
    decoder: Decoder,
    /// What was read and is not decoded yet.
    raw: Vec<u8>,
    /// What is decoded, and how much of it was taken.
    text: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Reads the declaration.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn begin(mut file: R) -> io::Result<Decoded<R>> {
        let mut raw = Vec::with_capacity(CHUNK);
        (&mut file).take(HEAD as u64).read_to_end(&mut raw)?;
        let decoder = declared(&raw).unwrap_or(UTF_8).new_decoder();
        Ok(Decoded { file, decoder, raw, text: Vec::new(), taken: 0, ended: false })
    }

    /// Decodes some more.
    fn fill(&mut self) -> io::Result<()> {
        if self.raw.is_empty() {
            let read = (&mut self.file).take(CHUNK as u64).read_to_end(&mut self.raw)?;
            self.ended = read == 0;
        }
        let room = self.decoder.max_utf8_buffer_length(self.raw.len());
        self.text.resize(room.unwrap_or(CHUNK * 3), 0);
        let (_, read, written, _) =
            self.decoder.decode_to_utf8(&self.raw, &mut self.text, self.ended);
        self.raw.drain(..read);
        self.text.truncate(written);
        self.taken = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.ended {
            self.fill()?;
        }
        let rest = &self.text[self.taken..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head);
    let (declaration, _) = head.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding=")?;
    Encoding::for_label(value.split(['"', '\'']).nth(1)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that gives three bytes at a time, so that letters break in two.
    struct Slow<'f>(&'f [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = into.len().min(3);
            (&mut self.0).take(count as u64).read(into)
        }
    }

    fn text(bytes: &[u8]) -> String {
        let mut text = String::new();
        Decoded::begin(Slow(bytes)).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn letters_come_whole_in_every_encoding() {
        let long = "Втулка ".repeat(5_000);
        let feed = format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?><n>{long}</n>");
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(&feed);
        assert_eq!(text(&bytes), feed);
        let feed = format!("<?xml version='1.0'?><n>{long}</n>");
        assert_eq!(text(feed.as_bytes()), feed);
        assert_eq!(text(format!("\u{feff}{feed}").as_bytes()), feed, "without the mark");
        assert_eq!(text(b""), "");
        assert_eq!(text(b"<n>\xff</n>"), "<n>\u{fffd}</n>");
    }
}
