//! What following a deal would change: it is followed, and taken back.

use chrono::NaiveDate;

use crate::db::{Executor, Tx, fetch_all};
use crate::ids::{ApprovalId, MachineId};
use crate::machines::register::Registration;
use crate::machines::sales::{Gap, Sale, follow_sale, sale_gaps};
use crate::text::code_key;
use crate::{Dealer, Error, Result};

/// A machine as it is at some moment.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct MachineNow {
    /// Which one.
    pub id: MachineId,
    /// Its serial number.
    pub serial: String,
    /// The name of its model.
    pub model: String,
    /// Its configuration.
    pub configuration: String,
    /// When its next maintenance is due.
    pub next_maintenance_on: Option<NaiveDate>,
    /// The name of the company that has it; empty where none does.
    pub company: String,
    /// The name of the person who has it; empty where nobody does.
    pub customer: String,
}

/// A question that managers would be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldAsk {
    /// The serial that the deal says.
    pub serial: String,
    /// The serial of the machine that is there already.
    pub known: String,
    /// Who has that one; empty where nobody does.
    pub owner: String,
}

/// What following a deal would come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsed {
    /// The machines that it would make or change: as they are now, if they are, and as they would be.
    pub machines: Vec<(Option<MachineNow>, MachineNow)>,
    /// What it would ask the managers.
    pub asked: Vec<WouldAsk>,
    /// What the deal lacks.
    pub gaps: Vec<Gap>,
    /// Whether that was said before, and is not said again.
    pub gaps_known: bool,
}

/// Follows a deal in a transaction that is not committed, so that nothing of it happens, and says
/// what would have.
pub async fn rehearse_sale(mut tx: Tx, d: &Dealer, sale: &Sale) -> Result<Rehearsed> {
    let place = (sale.connection.as_str(), sale.deal.as_str());
    let before = machines_of(&mut tx, sale).await?;
    let open_before = open_cases(&mut tx, place).await?;
    let known = sale_gaps(&mut tx, place.0, place.1).await?;
    follow_sale(&mut tx, d, sale).await?;
    let after = machines_of(&mut tx, sale).await?;
    let mut rehearsed = Rehearsed::default();
    for machine in after {
        let was = before.iter().find(|before| before.id == machine.id).cloned();
        if was.as_ref() != Some(&machine) {
            rehearsed.machines.push((was, machine));
        }
    }
    for (id, claim, known, owner) in open_cases(&mut tx, place).await? {
        if !open_before.iter().any(|(before, ..)| *before == id) {
            let claim: Registration = serde_json::from_str(&claim).map_err(Error::Data)?;
            rehearsed.asked.push(WouldAsk { serial: claim.serial, known, owner });
        }
    }
    if let Some(lacking) = sale_gaps(&mut tx, place.0, place.1).await?.filter(|gaps| gaps.open) {
        rehearsed.gaps_known = known.is_some_and(|it| it.open && it.gaps == lacking.gaps);
        rehearsed.gaps = lacking.gaps;
    }
    Ok(rehearsed)
}

macro_rules! machines {
    ($condition:literal) => {
        concat!(
            "select m.id, m.serial, d.name as model, m.configuration, m.next_maintenance_on,
                    coalesce(c.name, '') as company, coalesce(p.name, '') as customer
               from machine_instances m
               join machine_models d on d.id = m.model_id
               left join companies c on c.id = m.company_id
               left join customers p on p.id = m.customer_id
              where ",
            $condition
        )
    };
}

/// The machines that a deal sold, or names.
async fn machines_of(db: &mut impl Executor, sale: &Sale) -> Result<Vec<MachineNow>> {
    let mut machines = fetch_all!(
        db,
        MachineNow,
        machines!(
            "m.id in (select machine_id from machine_deals where connection = $1 and deal = $2)
             order by m.id"
        ),
        &sale.connection,
        &sale.deal
    )?;
    for serial in sale.machines.iter().filter_map(|machine| machine.serial.as_deref()) {
        let named = fetch_all!(db, MachineNow, machines!("m.serial_key = $1"), code_key(serial))?;
        for machine in named {
            if !machines.iter().any(|known| known.id == machine.id) {
                machines.push(machine);
            }
        }
    }
    Ok(machines)
}

/// An open case: its id, what the deal claims, the serial that is there and who has it.
type Case = (ApprovalId, String, String, String);

async fn open_cases(db: &mut impl Executor, (connection, deal): (&str, &str)) -> Result<Vec<Case>> {
    Ok(fetch_all!(
        db,
        Case,
        "select a.id, a.claim, m.serial, coalesce(c.name, p.name, '')
           from approvals a
           join machine_instances m on m.id = a.machine_id
           left join companies c on c.id = m.company_id
           left join customers p on p.id = m.customer_id
          where a.connection = $1 and a.entity = 'deal' and a.entity_id = $2 and a.state = 'open'
            and a.kind in ('owner', 'typo')
          order by a.id",
        connection,
        deal
    )?)
}
