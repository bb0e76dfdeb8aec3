//! Public numbers: `ORD-2026-000123`.

use crate::Result;
use crate::db::{Tx, fetch_one};

/// The next number of a series in a year. Gaps appear only when a transaction rolls back.
pub async fn next(tx: &mut Tx, series: &str, year: i32) -> Result<String> {
    let name = format!("{series}-{year}");
    let (value,) = fetch_one!(
        tx,
        (i64,),
        "insert into counters (name, value) values ($1, 1)
         on conflict (name) do update set value = counters.value + 1
         returning value",
        &name
    )?;
    Ok(format!("{name}-{value:06}"))
}
