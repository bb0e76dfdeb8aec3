//! Files that people of the portal hang on its deals and leads.

use serde_json::json;

use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::portal::Comment;
use crate::bitrix24::schema::Kind;
use crate::bitrix24::values::{Record, list};

impl Bitrix24 {
    /// Writes a comment with files, by name and content; its id.
    pub fn comment_by_hand(
        &self,
        (kind, id): (Kind, i64),
        said: &str,
        files: &[(&str, &[u8])],
    ) -> i64 {
        self.by_hand(|change| {
            let kept =
                |(name, content): &(&str, &[u8])| change.portal.keep_file(name, content.to_vec());
            let files = files.iter().map(kept).collect();
            let comment = change.portal.next("comment");
            let (author, at) = (change.caller.user, change.now);
            let written = Comment {
                id: comment,
                owner: (kind, id),
                text: said.to_owned(),
                files,
                author,
                at,
            };
            change.portal.comments.insert(comment, written);
            change.tell("ONCRMTIMELINECOMMENTADD".to_owned(), comment);
            comment
        })
    }

    /// Adds a file to a file field. False where the entity is not there.
    pub fn attach_by_hand(
        &self,
        (kind, id): (Kind, i64),
        field: &str,
        (name, content): (&str, &[u8]),
    ) -> bool {
        self.by_hand(|change| {
            let file = change.portal.keep_file(name, content.to_vec());
            let Some(record) = change.portal.record(kind, id) else { return false };
            let mut all = record.get(field).map(list).unwrap_or_default();
            all.push(file.into());
            change.edit(kind, id, Record::from_iter([(field.to_owned(), json!(all))])).is_ok()
        })
    }
}
