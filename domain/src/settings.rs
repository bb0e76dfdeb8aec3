//! Small facts that the workers keep between runs, such as how far a poll has come.

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};

/// The value under a name.
pub async fn get(db: &mut impl Executor, name: &str) -> Result<Option<String>> {
    let row = fetch_optional!(db, (String,), "select value from settings where name = $1", name)?;
    Ok(row.map(|(value,)| value))
}

/// Sets the value under a name.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    execute!(
        tx,
        "insert into settings (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value",
        name,
        value
    )?;
    Ok(())
}
