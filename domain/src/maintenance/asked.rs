//! Connections that hear of a due maintenance at steps of their own, and not once.

use chrono::NaiveDate;

use crate::db::{Tx, fetch_all};
use crate::ids::{MachineId, OccurrenceId};
use crate::maintenance::visit::{booked_since, nobody_comes};
use crate::outbox::{self, Message};
use crate::{Dealer, Result};

/// Promises those connections the step that the open maintenances after one place in the order of
/// due dates and up to another have reached. What is promised already is promised once; of several
/// steps that were missed, the newest is. A booked visit is in the CRM by itself.
pub(super) async fn promise(
    tx: &mut Tx,
    d: &Dealer,
    from: &(NaiveDate, MachineId),
    to: &(NaiveDate, MachineId),
) -> Result<()> {
    if d.routes.reminder_steps.is_empty() {
        return Ok(());
    }
    let due = fetch_all!(
        tx,
        (OccurrenceId, NaiveDate),
        concat!(
            "select o.id, o.due_on
           from machine_instances m
           join occurrences o on o.machine_id = m.id and o.due_on = m.next_maintenance_on
          where o.state = 'open'
            and (m.next_maintenance_on, m.id) > ($1, $2)
            and (m.next_maintenance_on, m.id) <= ($3, $4)
            and ",
            nobody_comes!("$5", "$6"),
            " order by o.due_on, o.id"
        ),
        from.0,
        &from.1,
        to.0,
        &to.1,
        d.today(),
        booked_since(d.clock.now())
    )?;
    let now = d.clock.now();
    for (occurrence, due_on) in due {
        let days = (due_on - d.today()).num_days();
        for (connection, steps) in &d.routes.reminder_steps {
            let reached = steps.iter().copied().filter(|step| *step >= days).min();
            let Some(step) = reached else { continue };
            let entity = format!("occurrence:{occurrence}");
            let once = format!("{entity}:{connection}:{step}");
            let occurrence = occurrence.clone();
            let message = Message::CrmMaintenance { occurrence, step: Some(step) };
            outbox::enqueue(tx, now, connection, &entity, &message, &once).await?;
        }
    }
    Ok(())
}
