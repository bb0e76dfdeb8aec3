//! Who comes into the console: what proves it once, and the sessions that it opens.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;

use crate::audit::{self, Act};
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{StaffId, new_id, new_token, token_hash};
use crate::staff::{self, Staff};
use crate::{Error, Result};

/// How long a code of the bot works.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(5);
/// How long a session lasts however busy it is.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// After so long without a page a session is over.
pub const IDLE: TimeDelta = TimeDelta::days(3);
/// A session's last page is noted to this precision: not every page shall write.
const NOTED: TimeDelta = TimeDelta::minutes(5);
/// The most of a browser's name that is kept, in characters.
const USER_AGENT: usize = 200;

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Way {
    /// A code that the bot gave them.
    Code,
    /// Telegram's signature.
    Telegram,
    /// A portal of Bitrix24.
    Bitrix24,
}

impl Way {
    /// Its name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Code => "code",
            Way::Telegram => "telegram",
            Way::Bitrix24 => "bitrix24",
        }
    }
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Session {
    /// Its id, which opens nothing.
    pub id: String,
    /// Whose it is.
    pub staff_id: StaffId,
    /// Their Telegram id.
    pub telegram_id: i64,
    /// How it was opened.
    pub way: Way,
    /// What the browser calls itself.
    pub user_agent: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When its last page was asked for, within some minutes.
    pub seen_at: DateTime<Utc>,
}

/// Gives a member of staff a code of nine digits that signs in once within [`CODE_LIFE`]; it ends
/// the one before.
pub async fn issue_code(tx: &mut Tx, staff: &Staff, now: DateTime<Utc>) -> Result<String> {
    execute!(tx, "delete from sign_in_proofs where expires_at <= $1", now - CODE_LIFE)?;
    execute!(
        tx,
        "update sign_in_proofs set used_at = $2 where staff_id = $1 and used_at is null",
        &staff.id,
        now
    )?;
    let code = random_digits();
    execute!(
        tx,
        "insert into sign_in_proofs (proof_hash, staff_id, expires_at) values ($1, $2, $3)",
        token_hash(&code),
        &staff.id,
        now + CODE_LIFE
    )?;
    Ok(code)
}

/// Uses a code up; whose it is. One conditional update: of two that come together one gets in.
///
/// # Errors
/// [`Error::Invalid`] where it is none of ours, was used, is too old, or its bearer has left.
pub async fn use_code(tx: &mut Tx, code: &str, now: DateTime<Utc>) -> Result<Staff> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let row = fetch_optional!(
        tx,
        (StaffId,),
        "update sign_in_proofs set used_at = $2
          where proof_hash = $1 and used_at is null and expires_at > $2
      returning staff_id",
        token_hash(&digits),
        now
    )?;
    let wrong = || Error::invalid("code", "error-sign-in-code");
    let (id,) = row.ok_or_else(wrong)?;
    staff::find(tx, &id).await?.filter(|staff| staff.active).ok_or_else(wrong)
}

/// Takes a proof that somebody else made, such as Telegram's signature, once.
///
/// # Errors
/// [`Error::Conflict`] `spent` where it came before.
pub async fn use_proof(
    tx: &mut Tx,
    proof: &str,
    staff: &Staff,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let taken = execute!(
        tx,
        "insert into sign_in_proofs (proof_hash, staff_id, expires_at, used_at)
         values ($1, $2, $3, $4) on conflict (proof_hash) do nothing",
        token_hash(proof),
        &staff.id,
        expires_at,
        now
    )?;
    if taken == 1 { Ok(()) } else { Err(Error::Conflict("spent")) }
}

/// Opens a session; the answer is its token, which is kept by the browser alone.
pub async fn open(
    tx: &mut Tx,
    staff: &Staff,
    way: Way,
    user_agent: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    let (id, token) = (new_id(now), new_token());
    let user_agent: String = user_agent.chars().take(USER_AGENT).collect();
    execute!(
        tx,
        "insert into staff_sessions
            (id, token_hash, staff_id, way, user_agent, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $6, $7)",
        &id,
        token_hash(&token),
        &staff.id,
        way,
        user_agent,
        now,
        now + SESSION_LIFE
    )?;
    let details = json!({ "way": way });
    let act = Act { act: "sign-in", subject: "session", subject_id: &id, details };
    audit::record(tx, &staff.id, &act, now).await?;
    Ok(token)
}

/// The session that a token opens, while it lasts and its bearer is staff. Looked up by its hash,
/// so the time it takes tells nothing about another's.
pub async fn session(
    db: &mut impl Executor,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Session>> {
    Ok(fetch_optional!(
        db,
        Session,
        "select o.id, o.staff_id, s.telegram_id, o.way, o.user_agent, o.created_at, o.seen_at
           from staff_sessions o join staff s on s.id = o.staff_id and s.active
          where o.token_hash = $1 and o.ended_at is null and o.expires_at > $2 and o.seen_at > $3",
        token_hash(token),
        now,
        now - IDLE
    )?)
}

/// Whether a session's last page should be noted again; see [`note_seen`].
pub fn is_stale(session: &Session, now: DateTime<Utc>) -> bool {
    now - session.seen_at >= NOTED
}

/// Notes that a session was used just now.
pub async fn note_seen(tx: &mut Tx, session: &Session, now: DateTime<Utc>) -> Result<()> {
    execute!(tx, "update staff_sessions set seen_at = $2 where id = $1", &session.id, now)?;
    Ok(())
}

/// The open sessions of a member of staff, newest first; a person has a handful.
pub async fn sessions(
    db: &mut impl Executor,
    staff: &StaffId,
    now: DateTime<Utc>,
) -> Result<Vec<Session>> {
    Ok(fetch_all!(
        db,
        Session,
        "select o.id, o.staff_id, s.telegram_id, o.way, o.user_agent, o.created_at, o.seen_at
           from staff_sessions o join staff s on s.id = o.staff_id
          where o.staff_id = $1 and o.ended_at is null and o.expires_at > $2 and o.seen_at > $3
          order by o.id desc",
        staff,
        now,
        now - IDLE
    )?)
}

/// Ends one session of a member of staff, or with none named all of them; `by` did it. Answers how
/// many there were.
pub async fn end(
    tx: &mut Tx,
    of: &StaffId,
    session: Option<&str>,
    by: &StaffId,
    now: DateTime<Utc>,
) -> Result<u64> {
    let ended = execute!(
        tx,
        "update staff_sessions set ended_at = $3
          where staff_id = $1 and ended_at is null and ($2 is null or id = $2)",
        of,
        session,
        now
    )?;
    if ended > 0 {
        let (act, subject, subject_id) = match session {
            Some(id) => ("sign-out", "session", id),
            None => ("sign-out-everywhere", "staff", of.as_str()),
        };
        let details = json!({ "sessions": ended });
        audit::record(tx, by, &Act { act, subject, subject_id, details }, now).await?;
    }
    Ok(ended)
}

/// Nine digits that nobody guesses within [`CODE_LIFE`] at the pace that the door allows.
fn random_digits() -> String {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).expect("the system has a random source");
    format!("{:09}", u64::from_be_bytes(bytes) % 1_000_000_000)
}
