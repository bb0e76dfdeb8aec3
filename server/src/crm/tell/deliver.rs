//! What the outbox promises to a CRM, message by message.

use domain::ids::{OrderId, RequestId, WorkOrderId};
use domain::machines::Gap;
use domain::outbox::{Delivery, Message};
use domain::texts::{Lang, Texts};
use domain::{orders, people, requests, work_orders};

use crate::crm::story;
use crate::crm::tell::account::{Account, Bundle, Place, Telling};
use crate::crm::tell::compose;
use crate::crm::tell::deal::{self, Parties, deal_of};
use crate::crm::tell::feed;
use crate::crm::tell::firm::Firm;
use crate::crm::tell::memory::{local, rejected};
use crate::crm::tell::person::Who;
use crate::crm::tell::position::Position;
use crate::crm::tell::{lead, maintained, quote, stage, talk, upsell};
use crate::worker::policy::{Failure, Look};

/// Carries one message out. The text says what was adopted or left out.
pub(crate) async fn deliver<A: Account>(
    account: &A,
    delivery: &Delivery,
    message: &Message,
) -> Result<Option<String>, Failure> {
    let look = Look::of(delivery);
    match message {
        Message::CrmOrder { order } => self::order(account, order, look).await,
        Message::CrmRequest { request } => self::request(account, request, look).await,
        Message::CrmOrderState { order, state } => stage::order(account, order, *state).await,
        Message::CrmQuote { quote, accepted } => quote::told(account, quote, *accepted, look).await,
        Message::CrmRequestState { request, state } => {
            stage::request(account, request, *state).await
        }
        Message::CrmLead { lead } => lead::made(account, lead, look).await,
        Message::CrmLeadTouch { lead, touch } => lead::touched(account, lead, touch, look).await,
        Message::CrmLeadState { lead, state } => lead::moved(account, lead, *state).await,
        Message::CrmRequestNews { request, news } => talk::said(account, request, news, look).await,
        Message::CrmVisit { work_order } => visit(account, work_order, look).await,
        Message::CrmMaintenance { occurrence, step } => {
            upsell::maintenance(account, occurrence, *step, look).await
        }
        Message::CrmMaintenanceDone { occurrence } => {
            maintained::maintained(account, occurrence, look).await
        }
        Message::CrmMachine { machine, deal } => account.tell_machine(machine, deal).await,
        Message::CrmSaleNote { deal, gaps } => sale_note(account, deal, gaps, look).await,
        Message::CrmSaleLook { deal } => account.look_again(deal).await,
        Message::CrmApproval { approval } => account.tell_approval(approval, look).await,
        Message::CrmApprovalAnswer { approval, user, why, occasion } => {
            account.answer_approval(approval, (*user, why, occasion), look).await
        }
        Message::CrmApprovalFiles { approval } => account.approval_files(approval).await,
        Message::CrmSample { entity } => account.sample(*entity).await,
        // An account is looked at without a story (`crms/checkup.rs`).
        Message::CrmAccount
        | Message::Notice { .. }
        | Message::MailOrder { .. }
        | Message::MailRequest { .. }
        | Message::MailLead { .. }
        | Message::SiteLead { .. }
        | Message::MailStopped { .. }
        | Message::MailApproval { .. } => Err(rejected("not a message for a CRM")),
    }
}

async fn order<A: Account>(
    account: &A,
    id: &OrderId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let texts = Texts::of(Lang::Ru);
    let (order, lines, customer, firm) = {
        let mut reader = account.db().read().await.map_err(local)?;
        let (order, lines) = orders::load(&mut reader, id).await.map_err(local)?;
        let customer = people::find(&mut reader, &order.customer_id).await.map_err(local)?;
        let firm = Firm::of_order(&mut reader, texts, &order).await.map_err(local)?;
        (order, lines, customer.ok_or_else(|| local("the customer is gone"))?, firm)
    };
    let entity = format!("order:{id}");
    let telling = Telling { entity: &entity, look };
    let new = compose::order_deal(account.config(), &order, &lines, &customer);
    let who = Who::from(&customer);
    let parties = Parties { who: Some(&who), firm: firm.as_ref() };
    let (deal, adopted) = deal::deal(account, telling, &new, parties).await?;
    let text = story::positions_text(texts, &order, &lines);
    feed::note(account, telling, "note", Place::Deal(deal), &text).await?;
    let positions: Vec<Position<'_>> = lines.iter().map(Position::of_line).collect();
    let left_out = account.add_positions(telling, deal, &positions).await?;
    Ok(adopted.or(left_out))
}

async fn request<A: Account>(
    account: &A,
    id: &RequestId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (case, customer, firm) = {
        let mut reader = account.db().read().await.map_err(local)?;
        let case = requests::load(&mut reader, id).await.map_err(local)?;
        let customer = people::find(&mut reader, &case.request.customer_id).await;
        let firm = match &case.request.machine_id {
            Some(machine) => Firm::of_machine(&mut reader, machine).await.map_err(local)?,
            None => None,
        };
        (case, customer.map_err(local)?.ok_or_else(|| local("the customer is gone"))?, firm)
    };
    let entity = format!("request:{id}");
    let telling = Telling { entity: &entity, look };
    let new = compose::request_deal(account.config(), &case, &customer);
    let who = Who::from(&customer);
    let parties = Parties { who: Some(&who), firm: firm.as_ref() };
    let (deal, adopted) = deal::deal(account, telling, &new, parties).await?;
    let text = story::request_text(Texts::of(Lang::Ru), &case);
    feed::note(account, telling, "note", Place::Deal(deal), &text).await?;
    let number = &case.request.number;
    let left_out = files(account, telling, Place::Deal(deal), (&entity, number)).await?;
    Ok(adopted.or(left_out))
}

async fn visit<A: Account>(
    account: &A,
    id: &WorkOrderId,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (job, engineer) = {
        let mut reader = account.db().read().await.map_err(local)?;
        let job = work_orders::load(&mut reader, id).await.map_err(local)?;
        let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await;
        (job, engineer.map_err(local)?.map(|staff| staff.name).unwrap_or_default())
    };
    let entity = format!("request:{}", job.work_order.request_id);
    let telling = Telling { entity: &entity, look };
    let deal = deal_of(account, &entity).await?;
    if let Some(next) = job.work_order.next_maintenance_on {
        account.write_next(deal, next).await?;
    }
    let texts = Texts::of(Lang::Ru);
    let dealer = account.dealer();
    let text = story::visit_text(texts, &job, &engineer, dealer.zone, dealer.clock.now());
    feed::note(account, telling, &format!("visit:{id}"), Place::Deal(deal), &text).await?;
    let owner = format!("work_order:{id}");
    files(account, telling, Place::Deal(deal), (&owner, &job.request_number)).await
}

/// Hangs the files of `owner` (such as `request:…`) on a deal or lead, once; people know the case by
/// its `number`. The text says where they could not go.
pub(super) async fn files<A: Account>(
    account: &A,
    telling: Telling<'_>,
    place: Place,
    (owner, number): (&str, &str),
) -> Result<Option<String>, Failure> {
    let files = {
        let mut reader = account.db().read().await.map_err(local)?;
        domain::files::of(&mut reader, owner).await.map_err(local)?
    };
    let done = format!("files:{owner}");
    let memory = account.memory();
    if files.is_empty() || memory.linked(telling.entity, &done).await?.is_some() {
        return Ok(None);
    }
    let left_out = account.attach(telling, place, Bundle { owner, number, files: &files }).await?;
    memory.remember(telling.entity, &done, &files.len().to_string()).await?;
    Ok(left_out)
}

/// Carries `CrmSaleNote` out, in the words of the account: its names of the fields.
async fn sale_note<A: Account>(
    account: &A,
    deal: &str,
    gaps: &[Gap],
    look: Look,
) -> Result<Option<String>, Failure> {
    let Ok(id) = deal.parse() else {
        return Ok(Some("the deal was deleted there".to_owned()));
    };
    let names = account.field_names().await?;
    let text = story::gaps_text(Texts::of(Lang::Ru), gaps, |ours| names.get(ours).cloned());
    let entity = format!("sale:{deal}");
    let step = format!("gap:{}", domain::ids::token_hash(&text));
    feed::note(account, Telling { entity: &entity, look }, &step, Place::Deal(id), &text).await?;
    Ok(None)
}
