//! Bearer tokens for the administrator's HTTP routes: printed once, kept as a hash.

use chrono::{DateTime, Utc};

use crate::Result;
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{new_id, new_token, token_hash};

/// Makes a token; the answer is the only time it is seen.
pub async fn mint(
    tx: &mut Tx,
    name: &str,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = new_token();
    execute!(
        tx,
        "insert into api_tokens (id, name, token_hash, expires_at, created_at)
         values ($1, $2, $3, $4, $5)",
        new_id(now),
        name,
        token_hash(&token),
        expires_at,
        now
    )?;
    Ok(token)
}

/// Whether a token was minted here and has not expired. Looked up by its hash, so the time it
/// takes tells nothing about another's.
pub async fn is_valid(db: &mut impl Executor, token: &str, now: DateTime<Utc>) -> Result<bool> {
    let row = fetch_optional!(
        db,
        (i64,),
        "select count(*) from api_tokens
          where token_hash = $1 and (expires_at is null or expires_at > $2)",
        token_hash(token),
        now
    )?;
    Ok(row.is_some_and(|(count,)| count > 0))
}
