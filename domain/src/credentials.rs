//! Access to CRMs that people grant by consent: a pair of tokens for each connection, sealed, and
//! refreshed by one process at a time.
//!
//! A pair is committed before anybody uses it. Its `version` is the fence: who was refused with an
//! old version reads again, and a refresh settles only over the version that it began with.

mod consent;
mod seal;
mod standing;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::outbox;

pub use consent::{CONSENT_LIFE, Consent, ask, asked, failed, introduce, take};
pub use seal::{Seal, is_signed};
pub use standing::{Standing, standings};

/// What can keep stored credentials from being used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// They were sealed with another `SECRET_KEY`.
    #[error("SECRET_KEY is not the one that the tokens were sealed with")]
    WrongKey,
    /// The database failed.
    #[error(transparent)]
    Domain(#[from] crate::Error),
}

impl From<sqlx::Error> for CredentialsError {
    fn from(error: sqlx::Error) -> Self {
        Self::Domain(error.into())
    }
}

type Result<T> = std::result::Result<T, CredentialsError>;

/// An integration as the CRM knows it.
#[derive(Clone, Debug)]
pub struct Client {
    /// Public id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

/// What a consent or a refresh gives.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Opens the API.
    pub access: SecretString,
    /// Gets the next pair, once.
    pub refresh: SecretString,
    /// From then on `access` opens nothing.
    pub expires_at: DateTime<Utc>,
}

/// What stands for a connection.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The integration that a button made; `None` where the configuration names it.
    pub client: Option<Client>,
    /// The tokens.
    pub pair: Pair,
    /// Scheme and host of the account.
    pub base_url: String,
    /// The account's id, where the token told it.
    pub account_id: Option<i64>,
    /// The account's id where it is a text: Bitrix24's `member_id`.
    pub member: Option<String>,
    /// What the CRM's events bear to prove themselves, where it came with the access.
    pub event_token: Option<SecretString>,
    /// Grows with each pair.
    pub version: i64,
    /// When the pair came.
    pub refreshed_at: DateTime<Utc>,
    /// Why only a person can mend it, as a stable word.
    pub broken: Option<String>,
}

/// A consent that was given.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The integration, where a button made it.
    pub client: Option<Client>,
    /// The tokens.
    pub pair: Pair,
    /// Scheme and host of the account.
    pub base_url: String,
    /// The account's id, where the token told it.
    pub account_id: Option<i64>,
    /// The account's id where it is a text.
    pub member: Option<String>,
    /// What its events bear; `None` leaves the one that is known.
    pub event_token: Option<SecretString>,
}

#[derive(sqlx::FromRow)]
struct Row {
    client_id: Option<String>,
    client_secret: Option<Vec<u8>>,
    access_token: Vec<u8>,
    refresh_token: Vec<u8>,
    expires_at: DateTime<Utc>,
    base_url: String,
    account_id: Option<i64>,
    member: Option<String>,
    event_token: Option<Vec<u8>>,
    version: i64,
    refreshed_at: DateTime<Utc>,
    broken: Option<String>,
}

/// The credentials of a connection; `None` before the first consent.
pub async fn find(
    db: &mut impl Executor,
    seal: &Seal,
    connection: &str,
) -> Result<Option<Credentials>> {
    let row = fetch_optional!(
        db,
        Row,
        "select client_id, client_secret, access_token, refresh_token, expires_at, base_url,
                account_id, member, event_token, version, refreshed_at, broken
           from crm_tokens
          where connection = $1",
        connection
    )?;
    let Some(row) = row else { return Ok(None) };
    let open = |what: &str, sealed: &[u8]| {
        seal.open(&place(connection, what), sealed).ok_or(CredentialsError::WrongKey)
    };
    let secret = row.client_secret.as_deref().map(|sealed| open("client", sealed)).transpose()?;
    let client = row.client_id.zip(secret).map(|(id, secret)| Client { id, secret });
    let pair = Pair {
        access: open("access", &row.access_token)?,
        refresh: open("refresh", &row.refresh_token)?,
        expires_at: row.expires_at,
    };
    let event_token = row.event_token.as_deref().map(|sealed| open("event", sealed)).transpose()?;
    Ok(Some(Credentials {
        client,
        pair,
        base_url: row.base_url,
        account_id: row.account_id,
        member: row.member,
        event_token,
        version: row.version,
        refreshed_at: row.refreshed_at,
        broken: row.broken,
    }))
}

/// Keeps what a consent gave, in the place of whatever was there, and lets the connection go on.
pub async fn grant(
    tx: &mut Tx,
    seal: &Seal,
    connection: &str,
    granted: &Grant,
    now: DateTime<Utc>,
) -> Result<()> {
    let sealed = |what: &str, secret: &SecretString| seal.seal(&place(connection, what), secret);
    execute!(
        tx,
        "insert into crm_tokens (connection, client_id, client_secret, access_token, refresh_token,
                                 expires_at, base_url, account_id, member, event_token, version,
                                 refreshed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)
         on conflict (connection) do update
            set client_id = excluded.client_id, client_secret = excluded.client_secret,
                access_token = excluded.access_token, refresh_token = excluded.refresh_token,
                expires_at = excluded.expires_at, base_url = excluded.base_url,
                account_id = excluded.account_id, member = excluded.member,
                event_token = coalesce(excluded.event_token, crm_tokens.event_token),
                version = crm_tokens.version + 1,
                refreshed_at = excluded.refreshed_at, refreshing_until = null, broken = null",
        connection,
        granted.client.as_ref().map(|client| client.id.clone()),
        granted.client.as_ref().map(|client| sealed("client", &client.secret)),
        sealed("access", &granted.pair.access),
        sealed("refresh", &granted.pair.refresh),
        granted.pair.expires_at,
        &granted.base_url,
        granted.account_id,
        granted.member.clone(),
        granted.event_token.as_ref().map(|token| sealed("event", token)),
        now
    )?;
    consent::succeeded(tx, connection).await?;
    outbox::resume(tx, connection, now).await?;
    Ok(())
}

/// Takes the right to refresh the pair of this version until a time. `false`: another process has
/// it, or there is a newer pair already.
pub async fn begin_refresh(
    tx: &mut Tx,
    connection: &str,
    version: i64,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let taken = execute!(
        tx,
        "update crm_tokens set refreshing_until = $3
          where connection = $1 and version = $2
            and (refreshing_until is null or refreshing_until <= $4)",
        connection,
        version,
        until,
        now
    )?;
    Ok(taken == 1)
}

/// Keeps the pair that the refresh of `version` gave. `false`: there is a newer one, nothing was
/// changed.
pub async fn refreshed(
    tx: &mut Tx,
    seal: &Seal,
    connection: &str,
    version: i64,
    (pair, base_url): (&Pair, &str),
    now: DateTime<Utc>,
) -> Result<bool> {
    let kept = execute!(
        tx,
        "update crm_tokens
            set access_token = $3, refresh_token = $4, expires_at = $5, base_url = $6,
                version = version + 1, refreshed_at = $7, refreshing_until = null, broken = null
          where connection = $1 and version = $2",
        connection,
        version,
        seal.seal(&place(connection, "access"), &pair.access),
        seal.seal(&place(connection, "refresh"), &pair.refresh),
        pair.expires_at,
        base_url,
        now
    )?;
    Ok(kept == 1)
}

/// Keeps where the account stands now; the pair stays as it is.
pub async fn moved(tx: &mut Tx, connection: &str, base_url: &str) -> Result<()> {
    execute!(
        tx,
        "update crm_tokens set base_url = $2 where connection = $1",
        connection,
        base_url
    )?;
    Ok(())
}

/// Gives the right to refresh back: it failed, and may pass later.
pub async fn give_up_refresh(tx: &mut Tx, connection: &str, version: i64) -> Result<()> {
    execute!(
        tx,
        "update crm_tokens set refreshing_until = null where connection = $1 and version = $2",
        connection,
        version
    )?;
    Ok(())
}

/// Says that the pair of this version is of no use any more and only a person can mend it. `false`:
/// there is a newer one, nothing was changed.
pub async fn break_off(tx: &mut Tx, connection: &str, version: i64, why: &str) -> Result<bool> {
    let broken = execute!(
        tx,
        "update crm_tokens set broken = $3, refreshing_until = null
          where connection = $1 and version = $2",
        connection,
        version,
        why
    )?;
    Ok(broken == 1)
}

fn place(owner: &str, what: &str) -> String {
    format!("{owner}:{what}")
}
