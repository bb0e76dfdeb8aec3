//! The next maintenance as a deal says it, and as it stands here.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Tx, execute};
use crate::ids::MachineId;
use crate::machines::add_timeline;
use crate::machines::deals::{Link, changed_but_for, unsaid_is_said};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Result, words};

/// A date as a deal says it: when it was last changed, and whether we wrote it ourselves.
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub(super) on: Option<NaiveDate>,
    pub(super) at: DateTime<Utc>,
    pub(super) own: bool,
}

/// Both sides say the same date now.
pub(super) async fn agree(
    tx: &mut Tx,
    (connection, deal, machine): (&str, &str, &MachineId),
    date: Option<NaiveDate>,
) -> Result<()> {
    execute!(
        tx,
        "update machine_deals set agreed_date = $4
          where connection = $1 and deal = $2 and machine_id = $3",
        connection,
        deal,
        machine,
        date
    )?;
    Ok(())
}

/// Whose date counts. The one that moved since both agreed; where both did, the later change. An
/// emptied field moves nothing: nobody plans «never».
pub(super) async fn meet_date(tx: &mut Tx, d: &Dealer, link: &Link, told: Told) -> Result<()> {
    let Some(theirs) = told.on else { return Ok(()) };
    let place = (link.connection.as_str(), link.deal.as_str(), &link.machine_id);
    let ours = link.next_maintenance_on;
    if ours == Some(theirs) || link.agreed_date == Some(theirs) || told.own {
        return agree(tx, place, Some(theirs)).await;
    }
    let moved_here = link.here_at.filter(|_| ours != link.agreed_date);
    let word = |date| words::day(Texts::of(Lang::Ru), date, d.today());
    let ours_said = ours.map_or_else(|| "—".to_owned(), word);
    let dates = [("ours", ours_said.into()), ("theirs", word(theirs).into())];
    let key = match moved_here {
        None if ours.is_none() => "timeline-plan-set",
        None => "timeline-plan-moved",
        Some(here) if told.at.timestamp() >= here.timestamp() => "timeline-plan-theirs",
        Some(_) => "timeline-plan-ours",
    };
    let title = Texts::of(Lang::Ru).format(key, &dates);
    let reference =
        format!("{}:lead:{}:{theirs}:{}", link.connection, link.deal, told.at.timestamp());
    add_timeline(tx, &link.machine_id, d.clock.now(), "plan", &title, Some(&reference)).await?;
    agree(tx, place, Some(theirs)).await?;
    if key == "timeline-plan-ours" {
        return unsaid_is_said(tx, d, &link.machine_id, None).await;
    }
    execute!(
        tx,
        "update machine_instances set next_maintenance_on = $2, updated_at = $3 where id = $1",
        &link.machine_id,
        theirs,
        d.clock.now()
    )?;
    changed_but_for(tx, d, &link.machine_id, Some(link)).await
}
