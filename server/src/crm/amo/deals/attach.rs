//! Files of a case: uploaded part by part, looked at, then hung on the deal together.
//!
//! Every part that arrived is on disk, so a crash repeats one part and not a file; a file that was
//! uploaded and not hung on anything is seen by nobody.

use chrono::TimeDelta;
use domain::files::StoredFile;
use domain::uploads::{self, Upload};

use crate::crm::amo::CallError;
use crate::crm::amo::calls::drive::{NewFile, Sent};
use crate::crm::amo::connection::reading;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::tell::{Account as _, local, rejected};
use crate::worker::policy::Failure;

/// amoCRM keeps an upload open for 24 hours; an older one is begun anew.
const SESSION: TimeDelta = TimeDelta::hours(23);

impl AmoAccount<'_> {
    /// Hangs the files of a case on a deal. Each that is there is remembered under `entity`.
    pub(super) async fn attach_files(
        &self,
        entity: &str,
        lead: i64,
        files: &[StoredFile],
    ) -> Result<(), Failure> {
        let account = self.amo.account(self.calls).await.map_err(reading)?;
        let drive = account.drive_url.as_deref();
        let drive = drive.ok_or_else(|| rejected("the account has no drive for files"))?;
        let memory = self.memory();
        let mut uuids = Vec::with_capacity(files.len());
        for file in files {
            let step = format!("file:{}", file.id);
            if let Some(uuid) = memory.linked(entity, &step).await? {
                uuids.push(uuid);
                continue;
            }
            let uuid = self.upload(file, drive).await?;
            memory.remember(entity, &step, &uuid).await?;
            uuids.push(uuid);
        }
        self.hang(lead, &uuids).await
    }

    /// Uploads a file, going on where an earlier try ended; its id there.
    async fn upload(&self, file: &StoredFile, drive: &str) -> Result<String, Failure> {
        let bytes: bytes::Bytes =
            domain::files::read(&self.amo.dealer.uploads, file).await.map_err(local)?.into();
        let size = i64::try_from(bytes.len()).map_err(local)?;
        let mut begun = self.begun_upload(file.id.as_str()).await?;
        let mut upload = match begun.take().filter(|upload| upload.sent < size) {
            Some(upload) => upload,
            None => self.open_upload(file, size, drive).await?,
        };
        let mut reopened = false;
        loop {
            let from = usize::try_from(upload.sent).map_err(local)?;
            let to = usize::try_from(upload.sent + upload.part_size).map_err(local)?;
            let part = bytes.slice(from..to.min(bytes.len()));
            match self.calls.send_part(&upload.next_url, part).await {
                Ok(Sent::Part { next_url }) => {
                    upload = Upload { next_url, sent: upload.sent + upload.part_size, ..upload };
                    self.keep_upload(file.id.as_str(), &upload).await?;
                }
                Ok(Sent::Whole { uuid }) => {
                    self.end_upload(file.id.as_str()).await?;
                    self.look_at(file, size, drive, &uuid).await?;
                    return Ok(uuid);
                }
                // The session is gone, or the part arrived and its answer did not: begin anew.
                Err(CallError::Rejected { .. }) if !reopened => {
                    reopened = true;
                    upload = self.open_upload(file, size, drive).await?;
                }
                Err(error) => return Err(reading(error)),
            }
        }
    }

    async fn open_upload(
        &self,
        file: &StoredFile,
        size: i64,
        drive: &str,
    ) -> Result<Upload, Failure> {
        let new = NewFile { name: &file.name, content_type: &file.content_type, size };
        let session = self.calls.open_upload(drive, new).await.map_err(reading)?;
        let upload = Upload {
            next_url: session.upload_url,
            part_size: session.part_size,
            sent: 0,
            begun_at: self.amo.dealer.clock.now(),
        };
        self.keep_upload(file.id.as_str(), &upload).await?;
        Ok(upload)
    }

    /// Reads back what the drive keeps. A token that may not read files must trust the answer.
    async fn look_at(
        &self,
        file: &StoredFile,
        size: i64,
        drive: &str,
        uuid: &str,
    ) -> Result<(), Failure> {
        match self.calls.stored_size(drive, uuid).await {
            Ok(Some(kept)) if kept != size => {
                let why = format!("the drive keeps {kept} of {size} bytes of «{}»", file.name);
                Err(Failure::Later { why })
            }
            Ok(_) | Err(CallError::Rejected { .. }) => Ok(()),
            Err(error) => Err(reading(error)),
        }
    }

    /// Hangs the files on the deal and looks whether they are there: the answer, 202, promises it
    /// only.
    async fn hang(&self, lead: i64, uuids: &[String]) -> Result<(), Failure> {
        let missing = self.not_hung(lead, uuids).await?;
        if missing.is_empty() {
            return Ok(());
        }
        self.calls.attach_files(lead, &missing).await.map_err(reading)?;
        match self.not_hung(lead, uuids).await?.len() {
            0 => Ok(()),
            count => Err(Failure::NotYet {
                after: self.memory().grace(),
                why: format!("{count} files do not hang on the deal yet"),
            }),
        }
    }

    async fn not_hung(&self, lead: i64, uuids: &[String]) -> Result<Vec<String>, Failure> {
        let hung = self.calls.files_of(lead).await.map_err(reading)?;
        let hangs = |uuid: &String| hung.iter().any(|file| file.file_uuid == *uuid);
        Ok(uuids.iter().filter(|uuid| !hangs(uuid)).cloned().collect())
    }

    async fn begun_upload(&self, file: &str) -> Result<Option<Upload>, Failure> {
        let since = self.amo.dealer.clock.now() - SESSION;
        let mut reader = self.amo.db.read().await.map_err(local)?;
        uploads::find(&mut reader, self.amo.name(), file, since).await.map_err(local)
    }

    async fn keep_upload(&self, file: &str, upload: &Upload) -> Result<(), Failure> {
        let mut tx = self.amo.db.begin().await.map_err(local)?;
        uploads::put(&mut tx, self.amo.name(), file, upload).await.map_err(local)?;
        tx.commit().await.map_err(local)
    }

    async fn end_upload(&self, file: &str) -> Result<(), Failure> {
        let mut tx = self.amo.db.begin().await.map_err(local)?;
        uploads::end(&mut tx, self.amo.name(), file).await.map_err(local)?;
        tx.commit().await.map_err(local)
    }
}
