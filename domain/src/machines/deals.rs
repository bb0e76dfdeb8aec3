//! A machine and the deal by which it was sold. What was last agreed is kept: whoever differs from
//! it has changed since.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{MachineId, new_id};
use crate::machines::sales::{Sale, SoldMachine};
use crate::machines::{Registration, registered_from};
use crate::outbox::{self, Message};
use crate::text::code_key;
use crate::{Dealer, Result};

mod dates;
mod texts;

use dates::{Told, agree, meet_date};

/// A machine in a deal, and what both sides said last.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Link {
    connection: String,
    deal: String,
    pub(super) machine_id: MachineId,
    pub(super) agreed_serial: String,
    pub(super) agreed_model: String,
    agreed_configuration: Option<String>,
    agreed_date: Option<NaiveDate>,
    here_at: Option<DateTime<Utc>>,
    serial: String,
    configuration: String,
    next_maintenance_on: Option<NaiveDate>,
}

/// What a deal does not say yet, because it was changed here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsaid {
    /// The serial as it is on the plate.
    pub serial: Option<String>,
    /// The next maintenance; the inner `None` empties the field.
    pub next_maintenance_on: Option<Option<NaiveDate>>,
}

macro_rules! links {
    ($condition:literal) => {
        concat!(
            "select x.connection, x.deal, x.machine_id, x.agreed_serial, x.agreed_model,
                    x.agreed_configuration, x.agreed_date, x.here_at, m.serial, m.configuration,
                    m.next_maintenance_on
               from machine_deals x
               join machine_instances m on m.id = x.machine_id
              where ",
            $condition
        )
    };
}

/// Whether a deal is followed, be it won or not: a machine was sold by it, or managers are asked
/// about one.
pub async fn is_followed(db: &mut impl Executor, connection: &str, deal: &str) -> Result<bool> {
    let row = fetch_optional!(
        db,
        (MachineId,),
        "select machine_id from machine_deals where connection = $1 and deal = $2
         union all
         select machine_id from approvals
          where connection = $1 and entity = 'deal' and entity_id = $2 and state = 'open'
            and machine_id is not null
          limit 1",
        connection,
        deal
    )?;
    Ok(row.is_some())
}

/// The machines of a deal, the oldest first.
pub(super) async fn of(db: &mut impl Executor, connection: &str, deal: &str) -> Result<Vec<Link>> {
    Ok(fetch_all!(
        db,
        Link,
        links!("x.connection = $1 and x.deal = $2 order by x.linked_at, x.machine_id"),
        connection,
        deal
    )?)
}

/// Remembers that the machine was sold by the deal; `agreed` is the date that both sides have.
pub(super) async fn link(
    tx: &mut Tx,
    form: &Registration,
    machine: &MachineId,
    agreed: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into machine_deals (connection, deal, machine_id, agreed_serial, agreed_model,
                                    agreed_configuration, agreed_date, linked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (connection, deal, machine_id) do nothing",
        &form.connection,
        &form.deal,
        machine,
        &form.serial,
        &form.model,
        form.configuration.as_deref(),
        agreed,
        now
    )?;
    Ok(())
}

/// A machine that was known before is sold by this deal, which brings its date along. A deal that
/// made the passport before anybody kept such links brings nothing new.
pub(super) async fn join(
    tx: &mut Tx,
    d: &Dealer,
    form: &Registration,
    machine: &MachineId,
) -> Result<()> {
    let now = d.clock.now();
    let old = registered_from(tx, machine).await? == Some(form.source());
    let agreed = form.next_maintenance_on.filter(|_| old);
    link(tx, form, machine, agreed, now).await?;
    let known = of(tx, &form.connection, &form.deal).await?;
    if let Some(link) = known.iter().find(|link| link.machine_id == *machine) {
        let told = Told { on: form.next_maintenance_on, at: now, own: false };
        meet_date(tx, d, link, told).await?;
    }
    unsaid_is_said(tx, d, machine, None).await
}

/// The plan of a machine was changed here, in the same transaction: each deal that sold it is told.
pub(crate) async fn plan_changed(tx: &mut Tx, d: &Dealer, machine: &MachineId) -> Result<()> {
    changed_but_for(tx, d, machine, None).await
}

async fn changed_but_for(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    told_by: Option<&Link>,
) -> Result<()> {
    let (connection, deal) =
        told_by.map_or(("", ""), |link| (link.connection.as_str(), link.deal.as_str()));
    execute!(
        tx,
        "update machine_deals set here_at = $4
          where machine_id = $1 and not (connection = $2 and deal = $3)",
        machine,
        connection,
        deal,
        d.clock.now()
    )?;
    unsaid_is_said(tx, d, machine, told_by).await
}

/// Promises to tell the deals of a machine what they do not say.
async fn unsaid_is_said(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    but: Option<&Link>,
) -> Result<()> {
    let now = d.clock.now();
    let known = fetch_all!(tx, Link, links!("x.machine_id = $1"), machine)?;
    for link in known {
        let is_teller =
            but.is_some_and(|but| (&but.connection, &but.deal) == (&link.connection, &link.deal));
        if is_teller || unsaid_of(&link) == Unsaid::default() {
            continue;
        }
        let message = Message::CrmMachine { machine: machine.clone(), deal: link.deal.clone() };
        let entity = format!("machine:{machine}");
        // Each occasion is told; of those that still wait, one is enough.
        let once = format!("{entity}:{}", new_id(now));
        outbox::enqueue(tx, now, &link.connection, &entity, &message, &once).await?;
    }
    Ok(())
}

fn unsaid_of(link: &Link) -> Unsaid {
    let serial_differs = code_key(&link.serial) != code_key(&link.agreed_serial);
    let date_differs = link.next_maintenance_on != link.agreed_date && link.here_at.is_some();
    Unsaid {
        serial: serial_differs.then(|| link.serial.clone()),
        next_maintenance_on: date_differs.then_some(link.next_maintenance_on),
    }
}

/// What the deal is still to be told of a machine. A deal with several machines has one field for
/// all of them, so it is told nothing.
pub async fn unsaid(
    db: &mut impl Executor,
    connection: &str,
    deal: &str,
    machine: &MachineId,
) -> Result<Unsaid> {
    match of(db, connection, deal).await?.as_slice() {
        [only] if only.machine_id == *machine => Ok(unsaid_of(only)),
        _ => Ok(Unsaid::default()),
    }
}

/// The deal says so now.
pub async fn said(
    tx: &mut Tx,
    connection: &str,
    deal: &str,
    machine: &MachineId,
    said: &Unsaid,
) -> Result<()> {
    if let Some(serial) = &said.serial {
        execute!(
            tx,
            "update machine_deals set agreed_serial = $4
              where connection = $1 and deal = $2 and machine_id = $3",
            connection,
            deal,
            machine,
            serial
        )?;
    }
    if let Some(date) = said.next_maintenance_on {
        agree(tx, (connection, deal, machine), date).await?;
    }
    Ok(())
}

/// Follows the fields of a machine that the deal has sold before.
pub(super) async fn follow(
    tx: &mut Tx,
    d: &Dealer,
    sale: &Sale,
    link: &Link,
    told: &SoldMachine,
) -> Result<()> {
    let date = Told { on: sale.next_maintenance_on, at: sale.at, own: sale.own_date };
    meet_date(tx, d, link, date).await?;
    texts::follow(tx, d, sale, link, told).await
}
