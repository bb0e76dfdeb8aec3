//! Who hears of a lead: CRMs, the orders address, the managers whose turn it is, the site.

use crate::db::Tx;
use crate::ids::TouchId;
use crate::leads::{Lead, entity, line};
use crate::outbox::{self, MAIL, Message, Notice, SITE};
use crate::{Dealer, Result, notices};

/// Promises what follows from a form. The first one makes the lead in each CRM, later ones tell it
/// that the person wrote again.
pub(super) async fn touched(tx: &mut Tx, d: &Dealer, lead: &Lead, touch: &TouchId) -> Result<()> {
    let (now, case) = (d.clock.now(), entity(&lead.id));
    for connection in &d.routes.leads {
        let made = Message::CrmLead { lead: lead.id.clone() };
        let once = format!("{case}:{connection}");
        if outbox::enqueue(tx, now, connection, &case, &made, &once).await? {
            continue;
        }
        let again = Message::CrmLeadTouch { lead: lead.id.clone(), touch: touch.clone() };
        let once = format!("{case}:{touch}:{connection}");
        outbox::enqueue(tx, now, connection, &case, &again, &once).await?;
    }
    if d.routes.mail {
        let copy = Message::MailLead { lead: lead.id.clone(), touch: touch.clone() };
        outbox::enqueue(tx, now, MAIL, &case, &copy, &format!("{case}:{touch}:{MAIL}")).await?;
    }
    cards(tx, d, lead, touch.as_str()).await
}

/// Promises a fresh card to each manager whose turn it is or was. `occasion` tells this change from
/// others.
pub(super) async fn cards(tx: &mut Tx, d: &Dealer, lead: &Lead, occasion: &str) -> Result<()> {
    let once = format!("staff-{}:{occasion}", entity(&lead.id));
    for chat in line::hearing(tx, d, &lead.id).await? {
        let notice = Notice::StaffLeadCard { lead: lead.id.clone() };
        notices::to_staff(tx, d, chat, notice, &once).await?;
    }
    Ok(())
}

/// Promises a new state to everybody who keeps one: CRMs ([`crate::dealer::Routes`]), site, cards.
pub(super) async fn moved(
    tx: &mut Tx,
    d: &Dealer,
    lead: &Lead,
    from_crm: Option<&str>,
) -> Result<()> {
    let (now, case, state) = (d.clock.now(), entity(&lead.id), lead.state);
    let occasion = format!("{}:{}", state.as_str(), lead.updated_at.timestamp_micros());
    for connection in d.routes.hearing(&d.routes.leads, from_crm) {
        let message = Message::CrmLeadState { lead: lead.id.clone(), state };
        let once = format!("{case}:{connection}:{occasion}");
        outbox::enqueue(tx, now, connection, &case, &message, &once).await?;
    }
    if d.routes.site {
        let message = Message::SiteLead { lead: lead.id.clone(), state, at: lead.updated_at };
        outbox::enqueue(tx, now, SITE, &case, &message, &format!("{case}:{SITE}:{occasion}"))
            .await?;
    }
    cards(tx, d, lead, &occasion).await
}
