//! Who hears of a case: everybody who is asked, by a card; who asked for it; the CRM.

use crate::approvals::{Approval, State, buttons, directors, find};
use crate::db::{Executor, Tx, fetch_all, fetch_optional};
use crate::ids::{ApprovalId, StaffId, new_id};
use crate::outbox::{self, ApprovalNews, MAIL, Message, Notice};
use crate::{Dealer, Result, notices};

/// The occasion of the first letter about a version.
const ASKED: &str = "asked";

/// Which message is a person's card of a case, as [`crate::cards`] knows it.
pub fn card_key(id: &ApprovalId) -> String {
    format!("approval:{id}")
}

/// What must stay in order about a deal in its CRM.
pub fn lane(approval: &Approval) -> Option<(String, String)> {
    let (connection, entity) = (approval.connection.clone()?, approval.entity?);
    Some((connection, format!("{}:{}", entity.as_str(), approval.entity_id.as_ref()?)))
}

/// Promises fresh cards to all, and the CRM a look at the case as it then is.
pub(super) async fn all(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    let now = d.clock.now();
    let occasion = new_id(now);
    for (staff, _) in asked(tx, d, &approval.id).await? {
        buttons::mint(tx, d, approval, &staff).await?;
    }
    for chat in chats(tx, d, &approval.id).await? {
        let notice = Notice::ApprovalCard { approval: approval.id.clone() };
        notices::to_staff(tx, d, chat, notice, &format!("approval:{occasion}")).await?;
    }
    for director in directors(tx, approval).await? {
        let notice = Notice::ApprovalCard { approval: approval.id.clone() };
        let once = format!("approval:{occasion}");
        notices::to_customer(tx, d, director.telegram_id, notice, &once).await?;
    }
    by_mail(tx, d, approval, ASKED).await?;
    if let Some((connection, lane)) = lane(approval) {
        let message = Message::CrmApproval { approval: approval.id.clone() };
        let once = format!("approval:{}:{occasion}", approval.id);
        outbox::enqueue(tx, now, &connection, &lane, &message, &once).await?;
    }
    Ok(())
}

/// Whoever is asked hears that it has changed: an edited card alone makes no sound.
pub(super) async fn reopened(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    news(tx, d, approval, ApprovalNews::Reopened).await
}

/// Those who are to decide for all hear so.
pub(super) async fn above(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    let chats = fetch_all!(
        tx,
        (i64,),
        "select s.telegram_id
           from approval_deciders x
           join staff s on s.id = x.staff_id
          where x.approval_id = $1 and x.turn = 0 and s.active and s.reachable",
        &approval.id
    )?;
    let news = ApprovalNews::Escalated;
    let once = format!("approval:{}:{}:{}", approval.id, approval.version, news.as_str());
    for (chat,) in chats {
        let notice = Notice::ApprovalNews { approval: approval.id.clone(), news };
        notices::to_staff(tx, d, chat, notice, &once).await?;
    }
    Ok(())
}

/// Promises a message to everybody who is asked now.
pub(super) async fn news(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    news: ApprovalNews,
) -> Result<()> {
    let once = format!("approval:{}:{}:{}", approval.id, approval.version, news.as_str());
    for (_, chat) in asked(tx, d, &approval.id).await? {
        let notice = Notice::ApprovalNews { approval: approval.id.clone(), news };
        notices::to_staff(tx, d, chat, notice, &once).await?;
    }
    by_mail(tx, d, approval, news.as_str()).await
}

/// Whoever is asked and out of Telegram's reach gets a link by e-mail, where there is one.
async fn by_mail(tx: &mut Tx, d: &Dealer, approval: &Approval, occasion: &str) -> Result<()> {
    if !d.routes.mail {
        return Ok(());
    }
    let people = fetch_all!(
        tx,
        (StaffId,),
        "select distinct s.id
           from approval_deciders x
           join staff s on s.id = x.staff_id
          where x.approval_id = $1 and x.state = 'asked' and s.active and not s.reachable
            and s.email is not null",
        &approval.id
    )?;
    for (staff,) in people {
        let once = format!("approval:{}:{}:{staff}:{occasion}", approval.id, approval.version);
        let message = Message::MailApproval { approval: approval.id.clone(), staff };
        let case = card_key(&approval.id);
        outbox::enqueue(tx, d.clock.now(), MAIL, &case, &message, &once).await?;
    }
    Ok(())
}

/// Whoever asked hears how it ended, where they are one of our staff.
pub(super) async fn asker(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    let Some(staff) = &approval.requester_staff else { return Ok(()) };
    let chat = fetch_optional!(
        tx,
        (i64,),
        "select telegram_id from staff where id = $1 and active and reachable",
        staff
    )?;
    let Some((chat,)) = chat else { return Ok(()) };
    let state = approval.state.as_str();
    let once = format!("approval:{}:{}:{state}", approval.id, approval.version);
    let news = if approval.state == State::Expired {
        ApprovalNews::Expired
    } else {
        ApprovalNews::Decided
    };
    let notice = Notice::ApprovalNews { approval: approval.id.clone(), news };
    notices::to_staff(tx, d, chat, notice, &once).await?;
    Ok(())
}

/// A colleague who begins to stand in gets the cards that wait for the absent one.
pub(super) async fn stand_ins(tx: &mut Tx, d: &Dealer, absent: &StaffId) -> Result<()> {
    let cases = fetch_all!(
        tx,
        (ApprovalId,),
        "select approval_id from approval_deciders where staff_id = $1 and state = 'asked'",
        absent
    )?;
    for (id,) in cases {
        let approval = find(tx, &id).await?;
        cards(tx, d, &approval, |_| true).await?;
    }
    Ok(())
}

/// Whoever is in reach again gets the cards of what they are asked, whoever no longer is a letter; the
/// letter of a version goes out once.
pub(crate) async fn reach_changed(tx: &mut Tx, d: &Dealer, telegram_id: i64) -> Result<()> {
    let cases = fetch_all!(
        tx,
        (ApprovalId,),
        "select distinct x.approval_id
           from approval_deciders x
           join staff s on s.id = x.staff_id
          where s.telegram_id = $1 and x.state = 'asked'",
        telegram_id
    )?;
    for (id,) in cases {
        let approval = find(tx, &id).await?;
        cards(tx, d, &approval, |chat| chat == telegram_id).await?;
        by_mail(tx, d, &approval, ASKED).await?;
    }
    Ok(())
}

/// Promises a card to those who are asked now and whose chat is wanted.
pub(super) async fn cards(
    tx: &mut Tx,
    d: &Dealer,
    approval: &Approval,
    wanted: impl Fn(i64) -> bool,
) -> Result<()> {
    let now = d.clock.now();
    let occasion = new_id(now);
    for (staff, chat) in asked(tx, d, &approval.id).await? {
        if wanted(chat) {
            buttons::mint(tx, d, approval, &staff).await?;
            let notice = Notice::ApprovalCard { approval: approval.id.clone() };
            notices::to_staff(tx, d, chat, notice, &format!("approval:{occasion}")).await?;
        }
    }
    Ok(())
}

/// The chats of those who are asked now, and of those who stand in for them today.
async fn asked(db: &mut impl Executor, d: &Dealer, id: &ApprovalId) -> Result<Vec<(StaffId, i64)>> {
    Ok(fetch_all!(
        db,
        (StaffId, i64),
        "select s.id, s.telegram_id
           from approval_deciders x
           join staff s on s.id = x.staff_id
          where x.approval_id = $1 and x.state = 'asked' and s.active and s.reachable
          union
         select i.id, i.telegram_id
           from approval_deciders x
           join staff_substitutes u on u.staff_id = x.staff_id
                                   and u.from_on <= $2 and u.to_on >= $2
           join staff i on i.id = u.substitute_id
          where x.approval_id = $1 and x.state = 'asked' and i.active and i.reachable",
        id,
        d.today()
    )?)
}

/// The chats that have, or are to have, a card of the case.
async fn chats(db: &mut impl Executor, d: &Dealer, id: &ApprovalId) -> Result<Vec<i64>> {
    let mut chats: Vec<i64> = asked(db, d, id).await?.into_iter().map(|(_, chat)| chat).collect();
    let shown = fetch_all!(
        db,
        (i64,),
        "select chat_id from cards where entity = $1
          union
         select s.telegram_id
           from approval_deciders x
           join staff s on s.id = x.staff_id
          where x.approval_id = $2 and x.asked_at is not null and s.active and s.reachable",
        card_key(id),
        id
    )?;
    chats.extend(shown.into_iter().map(|(chat,)| chat));
    chats.sort_unstable();
    chats.dedup();
    Ok(chats)
}
