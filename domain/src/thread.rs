//! Threads: what customer and dealer write to each other about a case, one after another. Who may
//! write and who hears of it is for the case to say ([`crate::requests::write`]).

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::files::{self, Accepted, MAX_FILES, StoredFile};
use crate::ids::{FileId, StaffId, WordId};
use crate::text::clean;
use crate::{Error, Result};

/// The longest message, in characters.
pub const LONGEST: usize = 4000;
/// The most messages of one thread that are shown: the newest.
const SHOWN: i64 = 500;

/// One message of a thread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Word {
    /// Its id.
    pub id: WordId,
    /// The member of staff who wrote it; `None`: the customer did.
    pub staff_name: Option<String>,
    /// What it says; may be empty where files say it.
    pub text: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// When somebody of the other side first saw it.
    pub seen_at: Option<DateTime<Utc>>,
    /// Photos and documents, in the order of sending.
    pub files: Vec<StoredFile>,
}

/// A message to be, as it came: checked inside.
#[derive(Clone, Debug)]
pub struct NewWord {
    /// Made by the form or the chat: the same key again is the same message.
    pub client_key: String,
    /// The words.
    pub text: String,
    /// Photos and documents, already on disk.
    pub files: Vec<Accepted>,
}

/// How far a reader has a thread: so many messages, of which the last is this one. Opaque outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    count: usize,
    last: String,
}

impl Mark {
    /// Behind the messages that [`list`] answered.
    pub fn of(words: &[Word]) -> Mark {
        let last = words.last().map(|word| word.id.to_string()).unwrap_or_default();
        Mark { count: words.len(), last }
    }

    /// Reads what [`Mark::to_string`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Mark> {
        let (count, last) = text.split_once('.')?;
        Some(Mark { count: count.parse().ok()?, last: last.to_owned() })
    }

    /// The messages behind the mark. `None` where that is not all that is new to the reader: of two
    /// who write at once the later may be known first, and a long thread loses its beginning.
    pub fn since<'w>(&self, words: &'w [Word]) -> Option<&'w [Word]> {
        let known = words.partition_point(|word| word.id.as_str() <= self.last.as_str());
        (known > 0 && known == self.count).then(|| &words[known..])
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.count, self.last)
    }
}

/// Which side of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whose case it is.
    Customer,
    /// The dealer's people.
    Dealer,
}

#[derive(sqlx::FromRow)]
struct WordRow {
    id: WordId,
    staff_name: Option<String>,
    text: String,
    written_at: DateTime<Utc>,
    seen_at: Option<DateTime<Utc>>,
    file_id: Option<FileId>,
    file_name: Option<String>,
    content_type: Option<String>,
    size: Option<i64>,
    sha256: Option<String>,
}

/// Messages with their files, a row per file; the rest of it says which.
macro_rules! words {
    ($from:literal, $order:literal) => {
        concat!(
            "select w.id, s.name as staff_name, w.text, w.written_at, w.seen_at,
                    f.id as file_id, f.name as file_name, f.content_type, f.size, f.sha256
               from ",
            $from,
            " left join staff s on s.id = w.staff_id
              left join attachments a on a.owner = 'word:' || w.id
              left join files f on f.id = a.file_id ",
            $order
        )
    };
}

/// Writes a message into the thread of `subject`, such as `request:…`; `staff` is `None` for the
/// customer. `None` where the same key wrote it before.
pub(crate) async fn write(
    tx: &mut Tx,
    subject: &str,
    staff: Option<&StaffId>,
    new: &NewWord,
    now: DateTime<Utc>,
) -> Result<Option<WordId>> {
    let key =
        clean(&new.client_key, 100).ok_or(Error::invalid("client_key", "error-client-key"))?;
    let text = match clean(&new.text, usize::MAX) {
        Some(text) if text.chars().count() > LONGEST => {
            return Err(Error::invalid("text", "error-too-long"));
        }
        None if new.files.is_empty() => return Err(Error::invalid("text", "error-required")),
        text => text.unwrap_or_default(),
    };
    if new.files.len() > MAX_FILES {
        return Err(Error::invalid("files", "error-files-many"));
    }
    let id = WordId::new(now);
    let written = execute!(
        tx,
        "insert into words (id, subject, staff_id, text, client_key, written_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (subject, client_key) do nothing",
        &id,
        subject,
        staff,
        text,
        key,
        now
    )?;
    if written == 0 {
        return Ok(None);
    }
    files::attach(tx, &owner(&id), &new.files, now).await?;
    Ok(Some(id))
}

/// The thread of a case, oldest first; the newest 500 messages. One statement.
pub async fn list(db: &mut impl Executor, subject: &str) -> Result<Vec<Word>> {
    let rows = fetch_all!(
        db,
        WordRow,
        words!(
            "(select * from words where subject = $1 order by id desc limit $2) w",
            "order by w.id, a.position, f.id"
        ),
        subject,
        SHOWN
    )?;
    Ok(gathered(rows))
}

/// Behind which message a thread ends now. One statement that reads the index alone: for whoever has
/// the thread open and asks again and again.
pub async fn end(db: &mut impl Executor, subject: &str) -> Result<Mark> {
    let (count, last) = fetch_one!(
        db,
        (i64, Option<String>),
        "select count(*), max(id)
           from (select id from words where subject = $1 order by id desc limit $2) shown",
        subject,
        SHOWN
    )?;
    let count = usize::try_from(count).unwrap_or_default();
    Ok(Mark { count, last: last.unwrap_or_default() })
}

/// One message.
pub async fn find(db: &mut impl Executor, id: &WordId) -> Result<Word> {
    let rows = fetch_all!(
        db,
        WordRow,
        words!("words w", "where w.id = $1 order by a.position, f.id"),
        id
    )?;
    gathered(rows).pop().ok_or(Error::NotFound)
}

/// What a message is about, such as `request:…`.
pub async fn subject_of(db: &mut impl Executor, id: &WordId) -> Result<Option<String>> {
    let row = fetch_optional!(db, (String,), "select subject from words where id = $1", id)?;
    Ok(row.map(|(subject,)| subject))
}

/// The side has what the other wrote before it.
pub(crate) async fn seen(tx: &mut Tx, subject: &str, by: Side, now: DateTime<Utc>) -> Result<()> {
    execute!(
        tx,
        match by {
            Side::Customer => {
                "update words set seen_at = $2
                  where subject = $1 and seen_at is null and staff_id is not null"
            }
            Side::Dealer => {
                "update words set seen_at = $2
                  where subject = $1 and seen_at is null and staff_id is null"
            }
        },
        subject,
        now
    )?;
    Ok(())
}

/// Which message in a chat a word is, and whose files it has.
pub fn owner(id: &WordId) -> String {
    format!("word:{id}")
}

impl WordRow {
    fn file(&self) -> Option<StoredFile> {
        Some(StoredFile {
            id: self.file_id.clone()?,
            name: self.file_name.clone()?,
            content_type: self.content_type.clone()?,
            size: self.size?,
            sha256: self.sha256.clone()?,
        })
    }
}

fn gathered(rows: Vec<WordRow>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for row in rows {
        let file = row.file();
        match words.last_mut() {
            Some(last) if last.id == row.id => last.files.extend(file),
            _ => words.push(Word {
                id: row.id,
                staff_name: row.staff_name,
                text: row.text,
                written_at: row.written_at,
                seen_at: row.seen_at,
                files: file.into_iter().collect(),
            }),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(ids: &[&str]) -> Vec<Word> {
        let word = |id: &&str| Word {
            id: WordId::from(*id),
            staff_name: None,
            text: String::new(),
            written_at: DateTime::UNIX_EPOCH,
            seen_at: None,
            files: Vec::new(),
        };
        ids.iter().map(word).collect()
    }

    #[test]
    fn what_is_new_is_told_alone_where_that_is_all_that_is_new() {
        let known = Mark::of(&words(&["b", "d"]));
        assert_eq!(Mark::parse(&known.to_string()), Some(known.clone()));
        assert_eq!(known.since(&words(&["b", "d", "e"])), Some(words(&["e"]).as_slice()));
        assert_eq!(known.since(&words(&["b", "c", "d", "e"])), None, "another was slower to come");
        assert_eq!(known.since(&words(&["d", "e"])), None, "a long thread loses its beginning");
        assert_eq!(Mark::of(&[]).since(&words(&["a"])), None, "«nothing yet» stands there");
        for text in ["", "x", "1", "-1.a", "a.1"] {
            assert_eq!(Mark::parse(text), None, "{text}");
        }
    }
}
