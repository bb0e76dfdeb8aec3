//! One round of the reminder: run it as often as you like, nobody hears anything twice.

use chrono::{Days, NaiveDate};

use crate::db::{Db, Tx, execute, fetch_all, fetch_one};
use crate::ids::{CustomerId, MachineId, OccurrenceId};
use crate::maintenance::visit::{booked_since, nobody_comes};
use crate::maintenance::{State, asked, ladder, later};
use crate::outbox::{self, Message, Notice};
use crate::{Dealer, Result, notices};

/// How many machines share a transaction.
const BATCH: i64 = 200;

/// A place in the order of due dates.
type Place = (NaiveDate, MachineId);

#[derive(sqlx::FromRow)]
struct Due {
    machine_id: MachineId,
    due_on: NaiveDate,
    state: Option<State>,
}

#[derive(sqlx::FromRow)]
struct Recipient {
    occurrence_id: OccurrenceId,
    due_on: NaiveDate,
    customer_id: CustomerId,
    telegram_id: i64,
    last_step: Option<i64>,
    asked_for: Option<NaiveDate>,
}

/// Opens the maintenances that came within the ladder, promises each person the step that is due
/// and the CRM its task. Answers how many people are told. Nothing happens on a weekend: the steps
/// missed then, or while the product stood still, are caught up by the newest of them.
pub async fn tick(db: &Db, d: &Dealer) -> Result<usize> {
    let today = d.today();
    if !ladder::is_working(today) {
        return Ok(0);
    }
    let ahead = u64::try_from(ladder::reach(&d.ladder)).unwrap_or(0);
    let horizon = today + Days::new(ahead);
    let mut tx = db.begin().await?;
    supersede(&mut tx).await?;
    tx.commit().await?;
    let mut told = 0;
    let mut from: Place = (NaiveDate::default(), MachineId::from(""));
    loop {
        let mut tx = db.begin().await?;
        let due = due(&mut tx, &from, horizon).await?;
        let Some(last) = due.last() else { return Ok(told) };
        let to = (last.due_on, last.machine_id.clone());
        for machine in &due {
            if machine.state != Some(State::Open) && machine.state != Some(State::Done) {
                open(&mut tx, d, machine).await?;
            }
        }
        asked::promise(&mut tx, d, &from, &to).await?;
        for person in recipients(&mut tx, d, &from, &to).await? {
            told += usize::from(remind(&mut tx, d, &person).await?);
        }
        tx.commit().await?;
        from = to;
    }
}

/// Closes what stands for a date that its machine no longer has.
async fn supersede(tx: &mut Tx) -> Result<()> {
    execute!(
        tx,
        "update occurrences
            set state = 'superseded'
          where state = 'open'
            and not exists (select 1
                              from machine_instances m
                             where m.id = occurrences.machine_id
                               and m.next_maintenance_on = occurrences.due_on)"
    )?;
    Ok(())
}

async fn due(tx: &mut Tx, from: &Place, horizon: NaiveDate) -> Result<Vec<Due>> {
    Ok(fetch_all!(
        tx,
        Due,
        "select m.id as machine_id, m.next_maintenance_on as due_on, o.state
           from machine_instances m
           left join occurrences o on o.machine_id = m.id and o.due_on = m.next_maintenance_on
          where m.next_maintenance_on <= $3
            and (m.next_maintenance_on, m.id) > ($1, $2)
          order by m.next_maintenance_on, m.id
          limit $4",
        from.0,
        &from.1,
        horizon,
        BATCH
    )?)
}

/// Opens a maintenance, again if the date was moved away and back, and promises the CRM's task.
async fn open(tx: &mut Tx, d: &Dealer, due: &Due) -> Result<()> {
    let now = d.clock.now();
    execute!(
        tx,
        "insert into occurrences (id, machine_id, due_on, state, created_at)
         values ($1, $2, $3, 'open', $4)
         on conflict (machine_id, due_on) do update
            set state = 'open'
          where occurrences.state = 'superseded'",
        OccurrenceId::new(now),
        &due.machine_id,
        due.due_on,
        now
    )?;
    let (id,) = fetch_one!(
        tx,
        (OccurrenceId,),
        "select id from occurrences where machine_id = $1 and due_on = $2",
        &due.machine_id,
        due.due_on
    )?;
    let steps = &d.routes.reminder_steps;
    for connection in d.routes.reminders.iter().filter(|name| !steps.contains_key(*name)) {
        let message = Message::CrmMaintenance { occurrence: id.clone(), step: None };
        let entity = format!("occurrence:{id}");
        let once = format!("{entity}:{connection}");
        outbox::enqueue(tx, now, connection, &entity, &message, &once).await?;
    }
    Ok(())
}

/// The people of the open maintenances after one place and up to another, with the last step that
/// each was told and the day that they asked for: the machine's person and the active members of
/// its company. Nobody is among them while a visit is booked.
async fn recipients(tx: &mut Tx, d: &Dealer, from: &Place, to: &Place) -> Result<Vec<Recipient>> {
    Ok(fetch_all!(
        tx,
        Recipient,
        concat!(
            "select o.id as occurrence_id, o.due_on, c.id as customer_id, c.telegram_id,
                s.until_on as asked_for,
                (select min(r.step)
                   from reminders r
                  where r.occurrence_id = o.id and r.customer_id = c.id) as last_step
           from (select m.id as machine_id, m.next_maintenance_on as due_on, m.customer_id
                   from machine_instances m
                  where m.customer_id is not null
                    and (m.next_maintenance_on, m.id) > ($1, $2)
                    and (m.next_maintenance_on, m.id) <= ($3, $4)
                 union
                 select m.id, m.next_maintenance_on, member.customer_id
                   from machine_instances m
                   join memberships member on member.company_id = m.company_id
                  where member.state = 'active'
                    and (m.next_maintenance_on, m.id) > ($1, $2)
                    and (m.next_maintenance_on, m.id) <= ($3, $4)) who
           join occurrences o on o.machine_id = who.machine_id and o.due_on = who.due_on
           join customers c on c.id = who.customer_id
           left join snoozes s on s.occurrence_id = o.id and s.customer_id = c.id
          where o.state = 'open' and c.telegram_id is not null and c.reachable and ",
            nobody_comes!("$5", "$6"),
            " order by o.due_on, o.id, c.id"
        ),
        from.0,
        &from.1,
        to.0,
        &to.1,
        d.today(),
        booked_since(d.clock.now())
    )?)
}

/// Promises one person the step that is due. The row decides: whoever writes the step, or takes the
/// wish for a later day away, tells.
async fn remind(tx: &mut Tx, d: &Dealer, person: &Recipient) -> Result<bool> {
    let days = (person.due_on - d.today()).num_days();
    let Some(step) = ladder::current(&d.ladder, days) else { return Ok(false) };
    let occurrence = person.occurrence_id.clone();
    let once = match person.asked_for {
        Some(day) if day > d.today() => return Ok(false),
        // They asked to hear of it now, be the step new or told already.
        Some(day) => {
            if !later::wake(tx, &occurrence, &person.customer_id).await? {
                return Ok(false);
            }
            record(tx, d, person, step).await?;
            format!("maintenance:{occurrence}:{step}:asked-for:{day}")
        }
        None => {
            let told = person.last_step.is_some_and(|last| last <= step);
            if told || !record(tx, d, person, step).await? {
                return Ok(false);
            }
            format!("maintenance:{occurrence}:{step}")
        }
    };
    for skipped in ladder::skipped(&d.ladder, step, person.last_step) {
        record(tx, d, person, skipped).await?;
    }
    let notice = Notice::MaintenanceDue { occurrence, days };
    notices::to_customer(tx, d, person.telegram_id, notice, &once).await
}

async fn record(tx: &mut Tx, d: &Dealer, person: &Recipient, step: i64) -> Result<bool> {
    let inserted = execute!(
        tx,
        "insert into reminders (occurrence_id, customer_id, step, sent_at)
         values ($1, $2, $3, $4)
         on conflict (occurrence_id, customer_id, step) do nothing",
        &person.occurrence_id,
        &person.customer_id,
        step,
        d.clock.now()
    )?;
    Ok(inserted == 1)
}
