//! Consents that were asked for and have not come back: a state each, kept as its hash.

use chrono::{DateTime, TimeDelta, Utc};

use crate::credentials::{Client, CredentialsError, Result, Seal, place};
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::ids::{new_token, token_hash};

/// How long an address that asks for consent works.
pub const CONSENT_LIFE: TimeDelta = TimeDelta::minutes(30);

/// A consent that was asked for.
#[derive(Clone, Debug)]
pub struct Consent {
    /// For which connection.
    pub connection: String,
    /// The integration that the button made meanwhile.
    pub client: Option<Client>,
}

/// Begins to ask for a consent; the state travels to the CRM and back and works once, for
/// [`CONSENT_LIFE`].
pub async fn ask(tx: &mut Tx, connection: &str, now: DateTime<Utc>) -> Result<String> {
    execute!(tx, "delete from crm_consents where expires_at <= $1", now)?;
    let state = new_token();
    execute!(
        tx,
        "insert into crm_consents (state_hash, connection, expires_at) values ($1, $2, $3)",
        token_hash(&state),
        connection,
        now + CONSENT_LIFE
    )?;
    Ok(state)
}

/// The connection that a state was made for. Looked up by its hash, so the time it takes tells
/// nothing about another's.
pub async fn asked(
    db: &mut impl Executor,
    state: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let row = fetch_optional!(
        db,
        (String,),
        "select connection from crm_consents where state_hash = $1 and expires_at > $2",
        token_hash(state),
        now
    )?;
    Ok(row.map(|(connection,)| connection))
}

/// Keeps the integration that the button made for a state. `false`: the state is none of ours.
pub async fn introduce(
    tx: &mut Tx,
    seal: &Seal,
    state: &str,
    client: &Client,
    now: DateTime<Utc>,
) -> Result<bool> {
    let hash = token_hash(state);
    let sealed = seal.seal(&place("consent", &hash), &client.secret);
    let kept = execute!(
        tx,
        "update crm_consents set client_id = $2, client_secret = $3
          where state_hash = $1 and expires_at > $4 and client_id is null",
        hash,
        &client.id,
        sealed,
        now
    )?;
    Ok(kept == 1)
}

/// Uses a state up; `None` where it is none of ours, too old, or was used.
pub async fn take(
    tx: &mut Tx,
    seal: &Seal,
    state: &str,
    now: DateTime<Utc>,
) -> Result<Option<Consent>> {
    let hash = token_hash(state);
    let row = fetch_optional!(
        tx,
        (String, Option<String>, Option<Vec<u8>>),
        "delete from crm_consents where state_hash = $1 and expires_at > $2
      returning connection, client_id, client_secret",
        &hash,
        now
    )?;
    let Some((connection, id, sealed)) = row else { return Ok(None) };
    let open = |sealed: Vec<u8>| {
        seal.open(&place("consent", &hash), &sealed).ok_or(CredentialsError::WrongKey)
    };
    let secret = sealed.map(open).transpose()?;
    let client = id.zip(secret).map(|(id, secret)| Client { id, secret });
    Ok(Some(Consent { connection, client }))
}

/// Keeps why a consent that somebody gave came to nothing, so that more than the page in front of
/// them says it, until one succeeds. A pair that works needs no consent, and nothing is kept.
pub async fn failed(tx: &mut Tx, connection: &str, words: &str, now: DateTime<Utc>) -> Result<()> {
    execute!(
        tx,
        "insert into connections (name, consent_fault, consent_failed_at, updated_at)
         select $1, $2, $3, $3
          where not exists (select 1 from crm_tokens where connection = $1 and broken is null)
         on conflict (name) do update
            set consent_fault = excluded.consent_fault,
                consent_failed_at = excluded.consent_failed_at",
        connection,
        words,
        now
    )?;
    Ok(())
}

pub(super) async fn succeeded(tx: &mut Tx, connection: &str) -> Result<()> {
    execute!(
        tx,
        "update connections set consent_fault = null, consent_failed_at = null
          where name = $1 and consent_fault is not null",
        connection
    )?;
    Ok(())
}
