//! Carries a promised notice to its person: as a live card where the case has one, else as a
//! message. Who may see what is asked anew here: rights may have gone since the promise.

mod card;
mod cases;
mod orders;
mod prepared;
mod talk;

use domain::db::Reader;
use domain::ids::{CompanyId, CustomerId, LeadId, MachineId, OccurrenceId, RequestId, WorkOrderId};
use domain::machines::MachineSummary;
use domain::outbox::Notice;
use domain::viewer::Viewer;
use domain::{Error, cards, leads, machines, maintenance, people, requests, work_orders};

use crate::deliver::cases::about_approval;
pub use crate::deliver::prepared::{Prepared, prepare};
use crate::deps::BotDeps;
use crate::fault::SendError;
use crate::screen::Screen;
use crate::screens;
use crate::voice::Voice;

pub(crate) use card::{point_below, remember_card};
pub(crate) use orders::staff_order;

/// What a notice becomes: the key of the card that it is, if it is one, and what it shows.
type Composed = (Option<String>, Screen);

/// Delivers a notice to the person with the Telegram id `to`. A person who lost the right to see
/// it is told nothing, and that counts as done. A person out of reach is put on record.
///
/// # Errors
/// Why it did not reach them.
pub async fn deliver(deps: &BotDeps, to: i64, notice: &Notice) -> Result<(), SendError> {
    match prepare(deps, to, notice).await? {
        Some(prepared) => prepared.send(deps).await,
        None => Ok(()),
    }
}

async fn compose(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    notice: &Notice,
) -> Result<Composed, Error> {
    use screens::notices;
    match notice {
        Notice::OrderCard { order } | Notice::OrderQuote { order, .. } => {
            orders::card(db, voice, viewer, order).await
        }
        Notice::OrderWord { order, word } => orders::word(db, voice, viewer, (order, word)).await,
        Notice::QuoteAccepted { order } => orders::accepted(db, voice, viewer, order).await,
        Notice::RequestCard { request } => request_card(db, voice, viewer, request).await,
        Notice::StaffOrderCard { order } => orders::staff_card(db, voice, viewer, order).await,
        Notice::StaffRequestCard { request } => {
            staff_request_card(db, voice, viewer, request).await
        }
        Notice::StaffLeadCard { lead } => staff_lead_card(db, voice, viewer, lead).await,
        Notice::RequestNews { request, news } => {
            talk::news(db, voice, viewer, (request, news)).await
        }
        Notice::JobCard { work_order } => job_card(db, voice, viewer, work_order).await,
        Notice::MachineRegistered { machine } => {
            let machine = own_machine(db, viewer, machine).await?;
            Ok((None, notices::registered(voice, &machine)))
        }
        Notice::MaintenanceDue { occurrence, .. } => due(db, voice, viewer, occurrence).await,
        Notice::MaintenanceDone { occurrence } => {
            viewer.manager()?;
            let own = maintenance::own(db, occurrence).await?;
            Ok((None, screens::maintenance::done_by_customer(voice, &own)))
        }
        Notice::InviteReady { machine, token } => {
            viewer.manager()?;
            let machine = any_machine(db, machine).await?;
            Ok((None, notices::invite(voice, &machine, token)))
        }
        Notice::ApprovalCard { .. }
        | Notice::ApprovalAnswer { .. }
        | Notice::ApprovalNews { .. } => about_approval(db, voice, viewer, notice).await,
        Notice::DirectorOffer { company } | Notice::DirectorAnswer { company, .. } => {
            direction(db, voice, viewer, (company, notice)).await
        }
        Notice::SaleGaps { connection, deal } => {
            viewer.manager()?;
            let sale = machines::sale_gaps(db, connection, deal).await?.ok_or(Error::NotFound)?;
            let key = cards::sale_gaps(connection, deal);
            Ok((Some(key), screens::disputes::gaps(voice, &sale)))
        }
        Notice::Webhooks { .. }
        | Notice::Mapping { .. }
        | Notice::Catalogue { .. }
        | Notice::ConnectionWorks { .. }
        | Notice::AccessEnds { .. }
        | Notice::ConnectionPaused { .. } => {
            viewer.manager()?;
            let screen = about_connection(voice, notice).ok_or(Error::NotFound)?;
            Ok((None, screen))
        }
    }
}

/// What administrators hear of a connection; nothing for a notice about something else.
fn about_connection(voice: &Voice, notice: &Notice) -> Option<Screen> {
    use screens::notices;
    Some(match notice {
        Notice::Webhooks { connection, news } => notices::webhooks(voice, connection, news),
        Notice::Mapping { connection, defects } => notices::mapping(voice, connection, defects),
        Notice::Catalogue { connection, news } => notices::catalogue(voice, connection, news),
        Notice::ConnectionWorks { connection } => notices::works(voice, connection),
        Notice::AccessEnds { connection, on } => notices::access_ends(voice, connection, *on),
        Notice::ConnectionPaused { connection, reason } => {
            notices::paused(voice, connection, reason)
        }
        _ => return None,
    })
}

async fn request_card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &RequestId,
) -> Result<Composed, Error> {
    let case = requests::load(db, id).await?;
    if case.request.customer_id != viewer.customer()?.id {
        return Err(Error::NotFound);
    }
    Ok((Some(cards::request(id)), screens::requests::card(voice, &case)))
}

async fn staff_request_card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &RequestId,
) -> Result<Composed, Error> {
    viewer.manager()?;
    let case = requests::load(db, id).await?;
    let screen = screens::requests::staff_card(voice, &case);
    Ok((Some(cards::staff_request(id)), screen))
}

async fn staff_lead_card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &LeadId,
) -> Result<Composed, Error> {
    viewer.manager()?;
    let screen = screens::leads::staff_card(voice, &leads::load(db, id).await?);
    Ok((Some(leads::staff_card_key(id)), screen))
}

async fn job_card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &WorkOrderId,
) -> Result<Composed, Error> {
    let staff = viewer.staff()?;
    let key = Some(cards::job(id));
    // A manager sees every job; the card is of whoever goes.
    if let Some(number) = work_orders::passed_on(db, &staff.id, id).await? {
        return Ok((key, screens::jobs::passed_on(voice, &number)));
    }
    let job = work_orders::job(db, staff, id).await?;
    Ok((key, screens::jobs::card(voice, &job)))
}

async fn due(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &OccurrenceId,
) -> Result<Composed, Error> {
    let reminder = maintenance::reminder(db, &viewer.customer()?.id, id).await?;
    // What was answered while the reminder waited is no news.
    let waits = reminder.occurrence.state == maintenance::State::Open;
    let screen = waits.then(|| screens::maintenance::card(voice, &reminder));
    screen.map(|screen| (None, screen)).ok_or(Error::NotFound)
}

async fn direction(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    (id, notice): (&CompanyId, &Notice),
) -> Result<Composed, Error> {
    let people = people::colleagues(db, &viewer.customer()?.id, id).await?;
    let company = people::company(db, id).await?.ok_or(Error::NotFound)?;
    let offered = people.iter().any(|one| one.offered && Some(&one.customer_id) == me(viewer));
    let key = match notice {
        // What was answered or taken back while it waited is no news.
        Notice::DirectorOffer { .. } if !offered => return Err(Error::NotFound),
        Notice::DirectorOffer { .. } => "bot-direction-offered",
        Notice::DirectorAnswer { taken: true, .. } => "bot-direction-taken",
        _ => "bot-direction-declined",
    };
    Ok((None, screens::notices::direction(voice, key, &company)))
}

fn me(viewer: &Viewer) -> Option<&CustomerId> {
    viewer.customer.as_ref().map(|customer| &customer.id)
}

async fn own_machine(
    db: &mut Reader,
    viewer: &Viewer,
    id: &MachineId,
) -> Result<MachineSummary, Error> {
    if !machines::visible(db, &viewer.customer()?.id, id).await? {
        return Err(Error::NotFound);
    }
    any_machine(db, id).await
}

async fn any_machine(db: &mut Reader, id: &MachineId) -> Result<MachineSummary, Error> {
    machines::find(db, id).await?.ok_or(Error::NotFound)
}
