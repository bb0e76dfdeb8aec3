//! A visitor of the site is forgotten.
//!
//! What stays is what the dealer counts by and what names nobody: number, form, state, times, which
//! manager had it, and the campaign (`utm_*`). Name, phone, e-mail, words, unknown fields, addresses
//! of pages, ids of clicks and visitors, and files go.

use crate::db::{Tx, execute, fetch_all};
use crate::ids::{LeadId, TouchId};
use crate::leads::{State, advance, by_id, entity, files_owner, staff_card_key};
use crate::outbox::Notice;
use crate::text::Phone;
use crate::{Dealer, Result, files, notices};

/// Erases the person of every lead that one of its forms was sent from this phone for. What is open
/// ends as rejected, for there is nobody to call; the CRMs hear of that, and cards lose the name.
pub(crate) async fn forget(tx: &mut Tx, d: &Dealer, phone: &Phone) -> Result<()> {
    let found = fetch_all!(
        tx,
        (LeadId,),
        "select distinct lead_id from lead_touches where phone = $1",
        phone
    )?;
    for (lead,) in found {
        erase(tx, d, &lead).await?;
    }
    // Which contact of a CRM they were, by their phone.
    execute!(tx, "delete from crm_links where entity = $1", format!("phone:{phone}"))?;
    Ok(())
}

async fn erase(tx: &mut Tx, d: &Dealer, id: &LeadId) -> Result<()> {
    let now = d.clock.now();
    // Nobody outside was told of what looked like a robot's work, so nobody is told of its end.
    execute!(
        tx,
        "update leads
            set name = '—', phone = '', email = null, updated_at = $2,
                state = case when state = 'suspected' then 'rejected' else state end
          where id = $1",
        id,
        now
    )?;
    execute!(
        tx,
        "update lead_touches
            set name = '—', phone = '', email = null, message = null, page = null,
                referrer = null, yclid = null, gclid = null, roistat = null, ym_uid = null,
                extra = '[]', client_key = null
          where lead_id = $1",
        id
    )?;
    execute!(tx, "delete from lead_people where lead_id = $1", id)?;
    let touches = fetch_all!(tx, (TouchId,), "select id from lead_touches where lead_id = $1", id)?;
    for (touch,) in touches {
        files::erase(tx, &files_owner(&touch), now).await?;
    }
    let state = by_id(tx, id).await?.state;
    if matches!(state, State::New | State::Taken) {
        advance(tx, d, id, State::Rejected, None).await?;
    }
    let shown =
        fetch_all!(tx, (i64,), "select chat_id from cards where entity = $1", staff_card_key(id))?;
    for (chat,) in shown {
        let notice = Notice::StaffLeadCard { lead: id.clone() };
        let once = format!("staff-{}:erased", entity(id));
        notices::to_staff(tx, d, chat, notice, &once).await?;
    }
    Ok(())
}
