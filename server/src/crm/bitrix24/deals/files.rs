//! Files of a case: to the Drive, where people look for documents; into the file field of the
//! mapping; and as comments, which need no right but that to the CRM.
//!
//! A file of a wrong shape gives no error and is no file, so each is looked at afterwards. A right
//! that lacks costs its place, never the delivery.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::files::StoredFile;
use domain::texts::{Lang, Texts};
use serde_json::{Map, json};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::deals::account::{BitrixAccount, kind_of};
use crate::crm::bitrix24::deals::disk::DiskFile;
use crate::crm::bitrix24::deals::items::{Item, Kind, whole};
use crate::crm::failure::{creating, reading};
use crate::crm::fault::AccessFault;
use crate::crm::tell::feed::NOTES;
use crate::crm::tell::{Account as _, Bundle, Place, Telling, local};
use crate::worker::policy::{Failure, Look};

/// Larger ones go to the Drive by an address of their own.
const LARGE: usize = 4 * 1024 * 1024;

/// The files of one comment together: a call has sixty seconds.
const COMMENT_SIZE: i64 = 12 * 1024 * 1024;

/// Our field for files.
const FIELD: &str = "files";

impl BitrixAccount<'_> {
    /// Puts the files of a case where they belong, each once. The text says where they could not go.
    pub(super) async fn attach_files(
        &self,
        telling: Telling<'_>,
        place: Place,
        bundle: Bundle<'_>,
    ) -> Result<Option<String>, Failure> {
        let mut left_out = Vec::new();
        left_out.extend(self.keep_on_drive(telling, bundle).await?);
        left_out.extend(self.fill_field(telling.entity, place, bundle).await?);
        self.comment_with(telling, place, bundle).await?;
        Ok((!left_out.is_empty()).then(|| left_out.join("; ")))
    }

    async fn keep_on_drive(
        &self,
        Telling { entity, look }: Telling<'_>,
        bundle: Bundle<'_>,
    ) -> Result<Option<String>, Failure> {
        let memory = self.memory();
        for file in bundle.files {
            let step = format!("disk:{}", file.id);
            if memory.linked(entity, &step).await?.is_some() {
                continue;
            }
            let Some(folder) = self.folder().await? else {
                return Ok(Some("not on the Drive: it is not open to us".to_owned()));
            };
            let name = format!("{} {}", bundle.number, file.name);
            let mut there = Vec::new();
            if look.wanted() {
                // Two photos may bear one name: that of another step is not this one.
                let others = memory.steps_of(entity, &["disk:"]).await?;
                there = self.calls.in_folder(folder, &name).await.map_err(reading)?;
                there.retain(|id| !others.contains(&id.to_string()));
            }
            let id = match there.into_iter().min() {
                Some(id) => id,
                None => self.upload(folder, &name, file).await?,
            };
            memory.remember(entity, &step, &id.to_string()).await?;
        }
        Ok(None)
    }

    async fn upload(&self, folder: i64, name: &str, file: &StoredFile) -> Result<i64, Failure> {
        let bytes = self.bytes(file).await?;
        let size = bytes.len();
        let kept: DiskFile = if size > LARGE {
            self.calls.upload(folder, name, bytes.into()).await.map_err(creating)?
        } else {
            let params = json!({
                "id": folder,
                "data": { "NAME": name },
                "fileContent": [name, STANDARD.encode(&bytes)],
                "generateUniqueName": true,
            });
            self.calls.call("disk.folder.uploadfile", &params).await.map_err(creating)?
        };
        let stored = whole(&kept.size).unwrap_or_default();
        if i64::try_from(size).ok() != Some(stored) {
            let why = format!("the Drive keeps {stored} of {size} bytes of «{name}»");
            return Err(Failure::Later { why });
        }
        whole(&kept.id).ok_or_else(|| local("the Drive told no id"))
    }

    /// Our folder on the Drive that everybody shares; `None` where the Drive is closed to us.
    async fn folder(&self) -> Result<Option<i64>, Failure> {
        let find = async || {
            let found = self.calls.our_folder(Texts::of(Lang::Ru).get("crm-disk-folder")).await;
            match found {
                Ok(folder) => Ok(folder),
                Err(error) if is_closed(&error) => Ok(None),
                Err(error) => Err(reading(error)),
            }
        };
        self.bitrix.folder.get_or_try_init(find).await.copied()
    }

    /// Into the file field, where one is mapped: beside the files that it holds already.
    async fn fill_field(
        &self,
        entity: &str,
        place: Place,
        bundle: Bundle<'_>,
    ) -> Result<Option<String>, Failure> {
        let Some(field) = self.bitrix.config.field(FIELD) else { return Ok(None) };
        let memory = self.memory();
        let (done, before) =
            (format!("field:{}", bundle.owner), format!("field-before:{}", bundle.owner));
        if memory.linked(entity, &done).await?.is_some() {
            return Ok(None);
        }
        let (kind, id) = kind_of(place);
        let Some(several) = self.calls.file_field(kind, field).await.map_err(reading)? else {
            return Ok(Some(format!("{field} is no field for files")));
        };
        let held = self.held(kind, id, field).await?;
        memory.remember(entity, &before, &held.len().to_string()).await?;
        let was = memory.linked_id(entity, &before).await?.unwrap_or_default();
        if !several && was > 0 {
            return Ok(Some(format!("{field} holds a file already")));
        }
        let new = if several { bundle.files.len() } else { 1 };
        let there = usize::try_from(was).unwrap_or_default() + new;
        // What an earlier try has put there is not put there again.
        if held.len() < there {
            let mut files = Vec::new();
            for file in bundle.files.iter().take(new) {
                files.push(json!([file.name, STANDARD.encode(self.bytes(file).await?)]));
            }
            // What is not listed is deleted.
            let kept = held.iter().map(|id| json!({ "id": id }));
            let value = match several {
                true => kept.chain(files).collect(),
                false => files.pop().unwrap_or_default(),
            };
            let fields = Map::from_iter([(field.to_owned(), value)]);
            self.calls.update_item(kind, id, fields.into()).await.map_err(creating)?;
            let kept = self.held(kind, id, field).await?.len();
            if kept < there {
                return Ok(Some(format!("{field} kept {kept} of {there} files")));
            }
        }
        memory.remember(entity, &done, &new.to_string()).await?;
        Ok(None)
    }

    async fn held(&self, kind: Kind, id: i64, field: &str) -> Result<Vec<i64>, Failure> {
        let item = self.calls.item(kind, id).await.map_err(reading)?;
        Ok(item.as_ref().map(|item: &Item| item.files(field)).unwrap_or_default())
    }

    /// As comments, as many files in each as a call carries.
    async fn comment_with(
        &self,
        Telling { entity, look }: Telling<'_>,
        place: Place,
        bundle: Bundle<'_>,
    ) -> Result<(), Failure> {
        let memory = self.memory();
        for (at, files) in parcels(bundle.files).iter().enumerate() {
            let step = format!("files-note:{}:{}", bundle.owner, at + 1);
            let seen = format!("files-seen:{}:{}", bundle.owner, at + 1);
            if memory.linked(entity, &seen).await?.is_some() {
                continue;
            }
            let id = match memory.linked_id(entity, &step).await? {
                Some(id) => id,
                None => self.one_comment((entity, look), &step, place, (bundle, files)).await?,
            };
            let kept = self.calls.comment_files(id).await.map_err(reading)?;
            if kept < files.len() {
                let why = format!("comment {id} kept {kept} of {} files", files.len());
                return Err(Failure::Rejected { why });
            }
            memory.remember(entity, &seen, &kept.to_string()).await?;
        }
        Ok(())
    }

    /// The comment with these files: found where an earlier try may have made it, else made. It is
    /// remembered before it is looked at: a look that fails must not make a second one.
    async fn one_comment(
        &self,
        (entity, look): (&str, Look),
        step: &str,
        place: Place,
        (bundle, files): (Bundle<'_>, &[&StoredFile]),
    ) -> Result<i64, Failure> {
        let memory = self.memory();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let args = [("number", bundle.number.into()), ("names", names.join(", ").into())];
        let text = Texts::of(Lang::Ru).format("crm-files-of", &args);
        let mut there = None;
        if look.wanted() {
            let others = memory.steps_of(entity, NOTES).await?;
            let notes = self.notes(place).await?;
            let free = notes.iter().filter(|(id, _)| !others.contains(&id.to_string()));
            there = free.filter(|(_, said)| *said == text).map(|(id, _)| *id).min();
        }
        let id = match there {
            Some(id) => id,
            None => {
                let mut sent = Vec::new();
                for file in files {
                    sent.push((file.name.clone(), STANDARD.encode(self.bytes(file).await?)));
                }
                let added = self.calls.add_comment(kind_of(place), &text, &sent).await;
                added.map_err(creating)?
            }
        };
        memory.remember(entity, step, &id.to_string()).await?;
        Ok(id)
    }

    async fn bytes(&self, file: &StoredFile) -> Result<Vec<u8>, Failure> {
        domain::files::read(&self.bitrix.dealer.uploads, file).await.map_err(local)
    }
}

/// The files in parcels that a call carries, in their order.
fn parcels(files: &[StoredFile]) -> Vec<Vec<&StoredFile>> {
    let mut all: Vec<Vec<&StoredFile>> = Vec::new();
    let mut room = 0;
    for file in files {
        match all.last_mut().filter(|_| file.size <= room) {
            Some(parcel) => parcel.push(file),
            None => {
                all.push(vec![file]);
                room = COMMENT_SIZE;
            }
        }
        room -= file.size;
    }
    all
}

/// Whether the Drive is closed to us: that right lacks, others may not.
fn is_closed(error: &CallError) -> bool {
    match error {
        CallError::NoAccess { fault } => {
            matches!(fault, AccessFault::B24Scope | AccessFault::B24Denied)
        }
        CallError::Rejected { code, .. } => code.as_deref() == Some("ACCESS_DENIED"),
        _ => false,
    }
}
