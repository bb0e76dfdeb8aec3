//! A deal in which machines are sold: what it says of them, what it lacks, and what becomes of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::approvals::disputes;
use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::machines::register::model_of;
use crate::machines::{Registration, deals, register};
use crate::outbox::{self, Message, Notice};
use crate::text::{Phone, code_key};
use crate::{Dealer, Error, Result, notices, staff};

mod again;
mod lines;
mod rehearse;

pub use again::{has_open_gaps, models_changed};
pub use lines::{SoldMachine, sold_machines};
pub use rehearse::{MachineNow, Rehearsed, WouldAsk, rehearse_sale};

/// A deal of theirs, as it is now.
#[derive(Clone, Debug)]
pub struct Sale {
    /// Which connection it is in.
    pub connection: String,
    /// Its id there.
    pub deal: String,
    /// Its name there.
    pub title: String,
    /// Whether it is won: then its machines get their passports.
    pub won: bool,
    /// When it last changed, by their clock.
    pub at: DateTime<Utc>,
    /// The machines in it; see [`sold_machines`].
    pub machines: Vec<SoldMachine>,
    /// When the next maintenance of them is due.
    pub next_maintenance_on: Option<NaiveDate>,
    /// Whether that date is what we wrote there ourselves.
    pub own_date: bool,
    /// The Telegram id of their owner.
    pub telegram_id: Option<i64>,
    /// The phones of their owner, the one they go by first.
    pub phones: Vec<Phone>,
    /// The name of their owner.
    pub customer_name: Option<String>,
    /// The name of the owner's company.
    pub company: Option<String>,
}

/// What a deal lacks for a passport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gap", rename_all = "snake_case")]
pub enum Gap {
    /// A machine has no serial number.
    Serial {
        /// Which machine of the deal, from 1.
        line: usize,
        /// Its model, where the deal says it.
        model: Option<String>,
    },
    /// A machine has no model.
    Model {
        /// Which machine of the deal, from 1.
        line: usize,
        /// Its serial number, where the deal says it.
        serial: Option<String>,
    },
    /// The catalogue knows no such model.
    UnknownModel {
        /// As the deal says it.
        model: String,
    },
    /// Two machines of the deal have one serial number.
    SerialTwice {
        /// As the deal says it.
        serial: String,
    },
    /// A manager decided that the serial number is wrong.
    Refused {
        /// As the deal says it.
        serial: String,
    },
}

/// What a won deal lacks, for the managers' card and the note in the deal.
#[derive(Clone, Debug, PartialEq)]
pub struct SaleGaps {
    /// Which connection the deal is in.
    pub connection: String,
    /// Its id there.
    pub deal: String,
    /// Its name there.
    pub title: String,
    /// Who buys.
    pub customer: String,
    /// What is to be filled in.
    pub gaps: Vec<Gap>,
    /// Whether it still is.
    pub open: bool,
}

/// Follows a deal: the fields of machines that it sold before; once it is won, the passports of the
/// others. A deal that lacks something registers nothing at all until it is filled in, and says so
/// once per cause. The same deal again changes nothing.
pub async fn follow_sale(tx: &mut Tx, d: &Dealer, sale: &Sale) -> Result<()> {
    let known = deals::of(tx, &sale.connection, &sale.deal).await?;
    let key = |serial: Option<&str>| serial.map(code_key).unwrap_or_default();
    let (mut links, mut fresh) = (known.clone(), Vec::new());
    for machine in &sale.machines {
        let told = key(machine.serial.as_deref());
        match links.iter().position(|link| code_key(&link.agreed_serial) == told) {
            Some(at) => deals::follow(tx, d, sale, &links.remove(at), machine).await?,
            None => fresh.push(machine),
        }
    }
    // One machine that nothing matches, and one that the deal no longer names: it was corrected.
    if let ([link], [machine]) = (links.as_slice(), fresh.as_slice()) {
        deals::follow(tx, d, sale, link, machine).await?;
        let corrected = deals::of(tx, &sale.connection, &sale.deal).await?;
        let told = key(machine.serial.as_deref());
        if told.is_empty() || corrected.iter().any(|link| code_key(&link.agreed_serial) == told) {
            fresh.clear();
        }
    }
    let forms: Vec<Registration> = fresh.iter().map(|machine| sale.form(machine)).collect();
    let waits = if sale.won { forms.as_slice() } else { &[] };
    disputes::withdraw_others(tx, d, (&sale.connection, &sale.deal), waits).await?;
    if !sale.won {
        return Ok(());
    }
    let gaps = gaps(tx, sale, &fresh).await?;
    tell_gaps(tx, d, sale, &gaps).await?;
    if gaps.is_empty() {
        for form in &forms {
            register(tx, d, form).await?;
        }
    }
    Ok(())
}

impl Sale {
    fn form(&self, machine: &SoldMachine) -> Registration {
        Registration {
            serial: machine.serial.clone().unwrap_or_default(),
            model: machine.model.clone().unwrap_or_default(),
            configuration: machine.configuration.clone(),
            next_maintenance_on: self.next_maintenance_on,
            telegram_id: self.telegram_id,
            phone: self.phones.first().cloned(),
            further_phones: self.phones.iter().skip(1).cloned().collect(),
            customer_name: self.customer_name.clone(),
            company: self.company.clone(),
            connection: self.connection.clone(),
            deal: self.deal.clone(),
            title: self.title.clone(),
        }
    }
}

/// What the deal lacks: for its new machines everything that a passport needs, for all of them
/// models that the catalogue knows.
async fn gaps(tx: &mut Tx, sale: &Sale, fresh: &[&SoldMachine]) -> Result<Vec<Gap>> {
    let mut gaps = Vec::new();
    for (at, machine) in sale.machines.iter().enumerate() {
        let line = at + 1;
        let is_fresh = fresh.iter().any(|one| std::ptr::eq(*one, machine));
        let key = machine.serial.as_deref().map(code_key).unwrap_or_default();
        if is_fresh && key.is_empty() {
            gaps.push(Gap::Serial { line, model: machine.model.clone() });
        }
        let before = &sale.machines[..at];
        let twice = |one: &SoldMachine| one.serial.as_deref().map(code_key).as_ref() == Some(&key);
        if !key.is_empty() && before.iter().any(twice) {
            gaps.push(Gap::SerialTwice { serial: machine.serial.clone().unwrap_or_default() });
        }
        match &machine.model {
            Some(model) if model_of(tx, model).await?.is_none() => {
                let gap = Gap::UnknownModel { model: model.clone() };
                if !gaps.contains(&gap) {
                    gaps.push(gap);
                }
            }
            None if is_fresh => gaps.push(Gap::Model { line, serial: machine.serial.clone() }),
            _ => {}
        }
    }
    Ok(gaps)
}

/// A manager refused a serial of the deal: it is to be corrected there.
pub(crate) async fn refused(tx: &mut Tx, d: &Dealer, form: &Registration) -> Result<()> {
    let gap = Gap::Refused { serial: form.serial.clone() };
    note(tx, d, (&form.connection, &form.deal), &[gap]).await
}

/// Keeps what is lacking and tells it, or that it was filled in; nothing where nothing changed.
async fn tell_gaps(tx: &mut Tx, d: &Dealer, sale: &Sale, gaps: &[Gap]) -> Result<()> {
    let place = (sale.connection.as_str(), sale.deal.as_str());
    let known = sale_gaps(tx, place.0, place.1).await?;
    let news = match &known {
        Some(known) if gaps.is_empty() => known.open,
        Some(known) => !known.open || known.gaps != gaps,
        None => !gaps.is_empty(),
    };
    if !news {
        return Ok(());
    }
    let now = d.clock.now();
    // What was lacking stays readable on the card when it is filled in.
    let listed = if gaps.is_empty() { None } else { Some(serde_json::to_string(gaps)?) };
    let customer = sale.customer_name.clone().or(sale.company.clone()).unwrap_or_default();
    execute!(
        tx,
        "insert into sale_gaps (connection, deal, title, customer, gaps, open, changed_at)
         values ($1, $2, $3, $4, coalesce($5, '[]'), $6, $7)
         on conflict (connection, deal) do update
            set title = excluded.title, customer = excluded.customer,
                gaps = coalesce($5, sale_gaps.gaps), open = excluded.open,
                changed_at = excluded.changed_at",
        place.0,
        place.1,
        &sale.title,
        customer,
        listed,
        !gaps.is_empty(),
        now
    )?;
    if !gaps.is_empty() {
        note(tx, d, place, gaps).await?;
    }
    let state = format!("{}:{}:{}", place.0, place.1, crate::ids::new_id(now));
    for manager in staff::managers(tx).await? {
        let (connection, deal) = (sale.connection.clone(), sale.deal.clone());
        let notice = Notice::SaleGaps { connection, deal };
        notices::to_staff(tx, d, manager, notice, &format!("sale-gaps:{state}")).await?;
    }
    Ok(())
}

/// The deal gets a note, once per cause.
async fn note(tx: &mut Tx, d: &Dealer, place: (&str, &str), gaps: &[Gap]) -> Result<()> {
    let cause = crate::ids::token_hash(&serde_json::to_string(gaps)?);
    let message = Message::CrmSaleNote { deal: place.1.to_owned(), gaps: gaps.to_vec() };
    let entity = format!("sale:{}", place.1);
    let once = format!("{entity}:{}:{cause}", place.0);
    outbox::enqueue(tx, d.clock.now(), place.0, &entity, &message, &once).await?;
    Ok(())
}

/// What a won deal lacks, or lacked, if anything ever.
pub async fn sale_gaps(
    db: &mut impl Executor,
    connection: &str,
    deal: &str,
) -> Result<Option<SaleGaps>> {
    let row = fetch_optional!(
        db,
        (String, String, String, bool),
        "select title, customer, gaps, open from sale_gaps where connection = $1 and deal = $2",
        connection,
        deal
    )?;
    let Some((title, customer, gaps, open)) = row else { return Ok(None) };
    Ok(Some(SaleGaps {
        connection: connection.to_owned(),
        deal: deal.to_owned(),
        title,
        customer,
        gaps: serde_json::from_str(&gaps).map_err(Error::Data)?,
        open,
    }))
}
