//! `mypark backup`: a consistent copy of the database while the product runs.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;

use crate::build::open_database;
use crate::commands::out;
use crate::config::Config;

/// Copies the database to `file`, which must not exist.
pub(crate) async fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    let path = file.to_str().context("the name of the copy must be UTF-8 text")?;
    let db = open_database(config).await?;
    // An older schema is worth a copy as well: the one before an update is the most precious.
    let known = db.is_migrated().await;
    known.map_err(|_| anyhow::anyhow!("DATABASE_URL: there is no database of mypark to copy"))?;
    claim(file)?;
    if let Err(error) = copy(&db, file, path).await {
        // What is half a copy must not be taken for one.
        let _ = std::fs::remove_file(file);
        return Err(error);
    }
    let size = std::fs::metadata(file)?.len();
    out(&format!(
        "copied the database to {path}, {size} bytes\n\
         uploaded files lie in {}: copy that folder too, and keep .env (SECRET_KEY) elsewhere",
        config.uploads_dir.display()
    ))
}

/// Makes the file, empty and for its owner alone: the copy holds names and phones of people.
fn claim(file: &Path) -> anyhow::Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            anyhow::bail!("{} exists: give a name that does not", file.display())
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be made", file.display())),
    }
}

async fn copy(db: &domain::db::Db, file: &Path, path: &str) -> anyhow::Result<()> {
    db.backup(path).await.context("the database was not copied")?;
    // A copy that a power cut would take away is none.
    std::fs::File::open(file)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_is_refused_and_left_alone() {
        let file = std::env::temp_dir().join(format!("mypark-backup-{}", std::process::id()));
        claim(&file).unwrap();
        std::fs::write(&file, "precious").unwrap();
        let refused = claim(&file).unwrap_err().to_string();
        assert!(refused.contains("exists"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
        std::fs::remove_file(&file).unwrap();
    }
}
