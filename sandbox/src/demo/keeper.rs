//! Keeps the fakes' memory on disk, so that a demo goes on where it was stopped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::amocrm::Amocrm;
use crate::bitrix24::Bitrix24;
use crate::mailbox::Mailbox;
use crate::telegram::{Telegram, TelegramOptions};

/// How often what changed is written.
const EVERY: Duration = Duration::from_secs(1);

/// The folder of snapshots.
#[derive(Clone, Debug)]
pub struct Keeper {
    folder: PathBuf,
}

impl Keeper {
    /// Snapshots in `folder`, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(folder: &Path) -> anyhow::Result<Keeper> {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Keeper { folder: folder.to_owned() })
    }

    /// Whether nothing was kept yet.
    pub fn is_new(&self) -> bool {
        !self.folder.join("telegram.json").exists()
    }

    /// The Telegram of last time, or a new one.
    ///
    /// # Errors
    /// When the snapshot is of another version: `make demo-reset` clears it.
    pub fn telegram(&self, options: TelegramOptions) -> anyhow::Result<Telegram> {
        match self.read("telegram.json")? {
            Some(text) => {
                let kept = serde_json::from_str(&text).context("telegram.json")?;
                Telegram::from_json(options, &kept).context("telegram.json")
            }
            None => Ok(Telegram::new(options)),
        }
    }

    /// Gives the CRMs and the mailbox their memory back.
    ///
    /// # Errors
    /// As [`Keeper::telegram`].
    pub fn restore(
        &self,
        amo: &Amocrm,
        bitrix24: &Bitrix24,
        mailbox: &Mailbox,
    ) -> anyhow::Result<()> {
        if let Some(kept) = self.read("amocrm.json")? {
            amo.from_json(&kept).context("amocrm.json")?;
        }
        if let Some(kept) = self.read("bitrix24.json")? {
            bitrix24.from_json(&kept).context("bitrix24.json")?;
        }
        if let Some(kept) = self.read("mailbox.json")? {
            mailbox.from_json(&kept).context("mailbox.json")?;
        }
        Ok(())
    }

    /// Writes what changed until `stop`, and once more then.
    pub async fn keep(
        &self,
        telegram: &Telegram,
        amo: &Amocrm,
        bitrix24: &Bitrix24,
        mailbox: &Mailbox,
        stop: &CancellationToken,
    ) {
        let mut written = [const { String::new() }; 4];
        loop {
            let last = stop.is_cancelled();
            let now = [
                ("telegram.json", telegram.to_json().to_string()),
                ("amocrm.json", amo.to_json().unwrap_or_default()),
                ("bitrix24.json", bitrix24.to_json().unwrap_or_default()),
                ("mailbox.json", mailbox.to_json().unwrap_or_default()),
            ];
            for ((name, text), written) in now.into_iter().zip(&mut written) {
                if text != *written {
                    if let Err(error) = self.write(name, &text) {
                        tracing::warn!(error = format!("{error:#}"), name, "not kept");
                    }
                    *written = text;
                }
            }
            if last {
                return;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    fn read(&self, name: &str) -> anyhow::Result<Option<String>> {
        match std::fs::read_to_string(self.folder.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| name.to_owned()),
        }
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let partial = self.folder.join(format!("{name}.new"));
        std::fs::write(&partial, text)?;
        std::fs::rename(partial, self.folder.join(name))?;
        Ok(())
    }
}
