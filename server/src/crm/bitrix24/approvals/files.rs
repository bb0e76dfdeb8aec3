//! What hangs on a deal or lead that is asked about: fetched within limits, for the card to send it.
//! What is too large, or of a kind that nobody here opens, is named, and opens in the portal.

use domain::approvals::rules::Entity;
use domain::approvals::{self, Hung, State};
use domain::files::{self, Accepted, MAX_FILE, MAX_FILES};
use domain::ids::ApprovalId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::facts::kind_of;
use crate::crm::bitrix24::approvals::tasks::permitted;
use crate::crm::bitrix24::approvals::tell::entity_of;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::{Kind, whole};
use crate::crm::failure::reading;
use crate::crm::tell::{Account as _, local};
use crate::worker::policy::Failure;

/// A file that was taken; of another the name stands in its place.
const TAKEN: &str = "";

/// What a file without a name is called; its content says the rest.
const NAMELESS: &str = "file";

/// A file there.
struct There {
    /// Of the portal.
    id: i64,
    /// Empty where only the file itself tells it.
    name: String,
    /// In bytes, where it is told.
    size: Option<u64>,
    /// Of the portal's own.
    link: String,
}

/// A comment of a timeline with its files (`crm.timeline.comment.list`).
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Comment {
    /// By their ids; an empty list where there are none.
    #[serde(default)]
    files: Value,
}

impl BitrixAccount<'_> {
    /// Carries `CrmApprovalFiles` out: each file comes once. The text says how many only have a name.
    pub(in crate::crm::bitrix24) async fn fetch_files(
        &self,
        id: &ApprovalId,
    ) -> Result<Option<String>, Failure> {
        let approval = {
            let mut reader = self.db().read().await.map_err(local)?;
            approvals::find(&mut reader, id).await.map_err(local)?
        };
        let their = approval.entity_id.as_ref().and_then(|id| id.parse().ok());
        let Some((entity, their)) = approval.entity.zip(their) else { return Ok(None) };
        if approval.state != State::Open {
            return Ok(Some("nothing: it is no longer asked".to_owned()));
        }
        let (mut fetched, mut left) = (Vec::new(), Vec::new());
        let all = self.files_there(entity, their).await.map_err(reading)?;
        for (place, file) in all.iter().enumerate() {
            let known = self.memory().linked(&entity_of(id), &step(file)).await?;
            let size = file.size.and_then(|size| i64::try_from(size).ok());
            match known.as_deref() {
                Some(TAKEN) => {}
                Some(name) => left.push(Hung { name: name.to_owned(), size }),
                None if place >= MAX_FILES || file.size.is_some_and(|size| size > MAX_FILE) => {
                    left.push(Hung { name: file.name.clone(), size });
                }
                None => match self.fetched(file).await? {
                    Ok(taken) => fetched.push((file, taken)),
                    Err(name) => {
                        self.memory().remember(&entity_of(id), &step(file), &name).await?;
                        left.push(Hung { name, size });
                    }
                },
            }
        }
        left.retain(|file| !file.name.is_empty());
        self.hang(id, &fetched, &left).await?;
        Ok((!left.is_empty()).then(|| format!("{} are named only", left.len())))
    }

    /// Keeps what came with the case, then remembers that it did: twice it is hung once.
    async fn hang(
        &self,
        id: &ApprovalId,
        fetched: &[(&There, Accepted)],
        left: &[Hung],
    ) -> Result<(), Failure> {
        let taken: Vec<Accepted> = fetched.iter().map(|(_, taken)| taken.clone()).collect();
        let keep = async {
            let mut tx = self.db().begin().await?;
            approvals::hang(&mut tx, self.dealer(), id, &taken, left).await?;
            tx.commit().await?;
            Ok(())
        };
        let kept: domain::Result<()> = keep.await;
        kept.map_err(local)?;
        for (file, _) in fetched {
            self.memory().remember(&entity_of(id), &step(file), TAKEN).await?;
        }
        Ok(())
    }

    /// A file on disk; its name where it is none that we take.
    async fn fetched(&self, file: &There) -> Result<Result<Accepted, String>, Failure> {
        #[expect(clippy::cast_possible_truncation, reason = "ten megabytes fit any usize")]
        let most = MAX_FILE as usize;
        let (said, bytes) = match self.calls.download_named(&file.link, most).await {
            Ok(file) => file,
            // Larger than we take, or gone; what is named is at least seen.
            Err(CallError::Rejected { .. } | CallError::Garbage) => {
                return Ok(Err(file.name.clone()));
            }
            Err(error) => return Err(reading(error)),
        };
        let name = [said.unwrap_or_default(), file.name.clone(), NAMELESS.to_owned()];
        let name = name.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
        match files::accept(&self.dealer().uploads, &name, &bytes).await {
            Ok(taken) => Ok(Ok(taken)),
            Err(domain::Error::UnsupportedFile(name)) => Ok(Err(name)),
            Err(error) => Err(local(error)),
        }
    }

    /// Those of its fields, then those of the newest comments.
    async fn files_there(&self, entity: Entity, id: i64) -> Result<Vec<There>, CallError> {
        let kind = kind_of(entity);
        let Some(item) = self.calls.item(kind, id).await? else { return Ok(Vec::new()) };
        let mut all: Vec<There> = item.members().flat_map(|(_, value)| of_field(value)).collect();
        let comments = permitted(self.calls.comments_with_files((kind, id)).await)?;
        for comment in comments.unwrap_or_default() {
            all.extend(comment);
        }
        all.dedup_by_key(|file| file.id);
        Ok(all)
    }
}

impl crate::crm::bitrix24::BitrixCalls<'_> {
    /// The files of the newest comments in a timeline.
    async fn comments_with_files(
        &self,
        (kind, id): (Kind, i64),
    ) -> Result<Vec<Vec<There>>, CallError> {
        let params = json!({
            "filter": { "ENTITY_ID": id, "ENTITY_TYPE": kind.name() },
            "order": { "ID": "DESC" },
            "select": ["ID", "FILES"],
        });
        let comments: Vec<Comment> = self.call("crm.timeline.comment.list", &params).await?;
        Ok(comments.iter().map(|comment| of_comment(&comment.files)).collect())
    }
}

/// The files of a file field, one or several; any other value is none.
fn of_field(value: &Value) -> Vec<There> {
    let one = |value: &Value| {
        let link = value.get("urlMachine")?.as_str()?.to_owned();
        Some(There { id: whole(&value["id"])?, name: String::new(), size: None, link })
    };
    match value {
        Value::Array(all) => all.iter().filter_map(one).collect(),
        value => one(value).into_iter().collect(),
    }
}

fn of_comment(files: &Value) -> Vec<There> {
    let one = |file: &Value| {
        let link = file.get("urlDownload")?.as_str()?.to_owned();
        let name = file["name"].as_str().unwrap_or_default().to_owned();
        let size = whole(&file["size"]).and_then(|size| u64::try_from(size).ok());
        Some(There { id: whole(&file["id"])?, name, size, link })
    };
    match files {
        Value::Object(files) => Map::values(files).filter_map(one).collect(),
        Value::Array(files) => files.iter().filter_map(one).collect(),
        _ => Vec::new(),
    }
}

fn step(file: &There) -> String {
    format!("file:{}", file.id)
}
