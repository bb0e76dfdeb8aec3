//! A form arrives: its lead is found or made, and everything that it implies is promised.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

use crate::db::{Tx, execute, fetch_one, fetch_optional};
use crate::ids::{LeadId, TouchId};
use crate::leads::form::Checked;
use crate::leads::{Lead, NewLead, State, by_id, files_owner, line, states, tell};
use crate::{Dealer, Result, files, ids, numbers};

/// How long the same person with the same form is the same lead.
const ONE_LEAD: TimeDelta = TimeDelta::hours(24);

/// What became of a form.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its lead.
    pub lead: Lead,
    /// False when the same `client_key` was received before: nothing has changed then.
    pub fresh: bool,
}

/// Keeps a form together with everything that it promises. A person whose lead is open and no older
/// than a day touches it again; what looks like a robot's work is kept and promises nothing.
///
/// # Errors
/// [`Error::Invalid`] with the field that cannot be taken.
pub async fn receive(tx: &mut Tx, d: &Dealer, new: &NewLead) -> Result<Received> {
    let person = new.checked()?;
    let now = d.clock.now();
    let met = meet(tx, &new.form, &person, now).await?;
    if let Some(key) = &new.client_key
        && let Some(known) = by_client_key(tx, &new.form, key).await?
    {
        return Ok(Received { lead: known, fresh: false });
    }
    let known = match met {
        Some(id) => id,
        None => make(tx, d, new, &person).await?,
    };
    let touch = keep(tx, &known, new, &person, now).await?;
    belong(tx, &new.form, &person, &known).await?;
    let lead = touched(tx, &known, &person, now).await?;
    let lead = match (lead.state, new.suspicion) {
        (State::Suspected, None) => states::release_found(tx, d, lead).await?,
        (_, None) => {
            tell::touched(tx, d, &lead, &touch).await?;
            lead
        }
        (_, Some(_)) => lead,
    };
    Ok(Received { lead, fresh: true })
}

/// Finds the person's open lead of today, and holds the person until the transaction ends.
async fn meet(
    tx: &mut Tx,
    form: &str,
    person: &Checked,
    now: DateTime<Utc>,
) -> Result<Option<LeadId>> {
    let mut oldest: Option<LeadId> = None;
    for known_as in person.people() {
        let (id,) = fetch_one!(
            tx,
            (LeadId,),
            "insert into lead_people (form, person, lead_id) values ($1, $2, '')
             on conflict (form, person) do update set form = excluded.form
             returning lead_id",
            form,
            &known_as
        )?;
        let open = fetch_optional!(
            tx,
            (LeadId,),
            "select id from leads
              where id = $1 and created_at > $2 and state in ('suspected', 'new', 'taken')",
            &id,
            now - ONE_LEAD
        )?;
        oldest = oldest.into_iter().chain(open.map(|(id,)| id)).min();
    }
    Ok(oldest)
}

async fn by_client_key(tx: &mut Tx, form: &str, key: &str) -> Result<Option<Lead>> {
    let made = fetch_optional!(
        tx,
        (LeadId,),
        "select lead_id from lead_touches where form = $1 and client_key = $2",
        form,
        key
    )?;
    match made {
        Some((id,)) => by_id(tx, &id).await.map(Some),
        None => Ok(None),
    }
}

async fn make(tx: &mut Tx, d: &Dealer, new: &NewLead, person: &Checked) -> Result<LeadId> {
    let now = d.clock.now();
    let id = LeadId::new(now);
    let number = numbers::next(tx, "LEAD", d.today().year()).await?;
    let told = line::first(tx, d).await?;
    let state = if new.suspicion.is_some() { State::Suspected } else { State::New };
    execute!(
        tx,
        "insert into leads (id, number, token, form, name, phone, email, state, told, told_at,
                            created_at, touched_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $10)",
        &id,
        number,
        ids::new_token(),
        &new.form,
        &person.name,
        &person.phone,
        person.email.as_ref(),
        state,
        told,
        now
    )?;
    Ok(id)
}

async fn keep(
    tx: &mut Tx,
    lead: &LeadId,
    new: &NewLead,
    person: &Checked,
    now: DateTime<Utc>,
) -> Result<TouchId> {
    let (id, from) = (TouchId::new(now), &new.tracking);
    execute!(
        tx,
        "insert into lead_touches (id, lead_id, form, client_key, name, phone, email, message, page,
                                   referrer, utm_source, utm_medium, utm_campaign, utm_content,
                                   utm_term, yclid, gclid, roistat, ym_uid, extra, suspicion,
                                   created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                 $19, $20, $21, $22)",
        &id,
        lead,
        &new.form,
        new.client_key.as_deref(),
        &person.name,
        &person.phone,
        person.email.as_ref(),
        person.message.as_deref(),
        new.page.as_deref(),
        new.referrer.as_deref(),
        from.utm_source.as_deref(),
        from.utm_medium.as_deref(),
        from.utm_campaign.as_deref(),
        from.utm_content.as_deref(),
        from.utm_term.as_deref(),
        from.yclid.as_deref(),
        from.gclid.as_deref(),
        from.roistat.as_deref(),
        from.ym_uid.as_deref(),
        serde_json::to_string(&new.extra)?,
        new.suspicion,
        now
    )?;
    files::attach(tx, &files_owner(&id), &new.files, now).await?;
    Ok(id)
}

/// From now on all that the person is known by means this lead.
async fn belong(tx: &mut Tx, form: &str, person: &Checked, lead: &LeadId) -> Result<()> {
    for known_as in person.people() {
        execute!(
            tx,
            "update lead_people set lead_id = $3 where form = $1 and person = $2",
            form,
            &known_as,
            lead
        )?;
    }
    Ok(())
}

async fn touched(tx: &mut Tx, id: &LeadId, person: &Checked, now: DateTime<Utc>) -> Result<Lead> {
    execute!(
        tx,
        "update leads set touched_at = $2, email = coalesce(email, $3) where id = $1",
        id,
        now,
        person.email.as_ref()
    )?;
    by_id(tx, id).await
}
