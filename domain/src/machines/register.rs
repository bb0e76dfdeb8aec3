//! A deal is won: the machine gets its passport, once, however often the CRM says so.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::approvals::{Kind, disputes};
use crate::db::{Tx, execute, fetch_optional};
use crate::ids::{ApprovalId, CompanyId, CustomerId, MachineId, ModelId};
use crate::machines::{add_timeline, deals};
use crate::people::Customer;
use crate::text::{Phone, clean, code_key};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Error, Result};

mod decided;
mod known;
mod near;
mod owner;

pub(crate) use decided::{correct, hand_over};
pub(super) use known::model_of;
pub use known::{by_serial, is_model};
use near::neighbours;
pub(super) use owner::first_company;
pub use owner::renew_invite;
use owner::{announce, ensure_owner, find_owner, owns};

/// A machine as a won deal describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// As on its plate.
    pub serial: String,
    /// The model's code or name.
    pub model: String,
    /// How it was equipped.
    pub configuration: Option<String>,
    /// When its next maintenance is due.
    pub next_maintenance_on: Option<NaiveDate>,
    /// The Telegram id of its owner.
    pub telegram_id: Option<i64>,
    /// The phone of its owner.
    pub phone: Option<Phone>,
    /// The owner's further phones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_phones: Vec<Phone>,
    /// The name of its owner, for a person nobody has met.
    pub customer_name: Option<String>,
    /// The name of the owner's company there.
    pub company: Option<String>,
    /// Which connection the deal is in.
    pub connection: String,
    /// The deal's id there.
    pub deal: String,
    /// The deal's name there.
    pub title: String,
}

impl Registration {
    /// Where the machine comes from, as its history keeps it: `amocrm:lead:123`.
    pub fn source(&self) -> String {
        format!("{}:lead:{}", self.connection, self.deal)
    }

    /// Every phone of its owner.
    fn phones(&self) -> impl Iterator<Item = &Phone> {
        self.phone.iter().chain(&self.further_phones)
    }
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The machine has a passport now.
    New(MachineId),
    /// It had one; what was missing was filled in.
    Known(MachineId),
    /// Nothing changed: a manager decides.
    Asked(ApprovalId),
}

#[derive(sqlx::FromRow)]
struct Holder {
    id: MachineId,
    customer_id: Option<CustomerId>,
    company_id: Option<CompanyId>,
}

impl Holder {
    fn whose(&self) -> (Option<&CustomerId>, Option<&CompanyId>) {
        (self.customer_id.as_ref(), self.company_id.as_ref())
    }

    fn is_free(&self) -> bool {
        self.customer_id.is_none() && self.company_id.is_none()
    }
}

/// Registers a machine of a won deal. The owner hears of it when it becomes theirs; for an owner
/// whom the bot has not met the managers get a one-time link. A serial that is another's, or lies
/// one edit from another machine's of the model, is asked of the managers.
///
/// # Errors
/// `Invalid` names `serial` or `model`: without them there is no passport.
pub async fn register(tx: &mut Tx, d: &Dealer, form: &Registration) -> Result<Registered> {
    let key = serial_key(form)?;
    if let Some(holder) = holder(tx, &key).await? {
        return meet(tx, d, form, holder).await;
    }
    let model = model_of(tx, &form.model).await?;
    let model = model.ok_or(Error::invalid("model", "error-import-model"))?;
    if let Some(like_it) = suspicious(tx, form, &model, &key).await? {
        let asked = disputes::open(tx, d, Kind::Typo, &like_it, form).await?;
        return Ok(Registered::Asked(asked));
    }
    register_as_it_is(tx, d, form).await
}

/// Registers a machine whatever serials lie near: «Это другой станок».
///
/// # Errors
/// As [`register`].
pub(crate) async fn register_as_it_is(
    tx: &mut Tx,
    d: &Dealer,
    form: &Registration,
) -> Result<Registered> {
    let key = serial_key(form)?;
    let model = model_of(tx, &form.model).await?;
    let model = model.ok_or(Error::invalid("model", "error-import-model"))?;
    let owner = ensure_owner(tx, form, d.clock.now()).await?;
    if let Some(id) = insert(tx, d, form, (&key, &model), owner.as_ref()).await? {
        deals::link(tx, form, &id, form.next_maintenance_on, d.clock.now()).await?;
        announce(tx, d, &id, owner.as_ref(), "").await?;
        return Ok(Registered::New(id));
    }
    // Another worker registered the serial meanwhile.
    let holder = holder(tx, &key).await?.ok_or(Error::NotFound)?;
    meet(tx, d, form, holder).await
}

fn serial_key(form: &Registration) -> Result<String> {
    let key = clean(&form.serial, 100).map(|serial| code_key(&serial)).unwrap_or_default();
    if key.is_empty() { Err(Error::invalid("serial", "error-required")) } else { Ok(key) }
}

async fn holder(tx: &mut Tx, serial_key: &str) -> Result<Option<Holder>> {
    Ok(fetch_optional!(
        tx,
        Holder,
        "select id, customer_id, company_id from machine_instances where serial_key = $1",
        serial_key
    )?)
}

/// A machine that may be meant by a serial nobody has. Machines of one deal differ, and so do two
/// that the same owner bought by a deal each: their numbers often follow one another.
async fn suspicious(
    tx: &mut Tx,
    form: &Registration,
    model: &ModelId,
    key: &str,
) -> Result<Option<MachineId>> {
    let owner = find_owner(tx, form).await?;
    for like_it in neighbours(tx, model, key).await? {
        let whose = (like_it.customer_id.as_ref(), like_it.company_id.as_ref());
        let same_owner = match &owner {
            Some(owner) => owns(tx, owner, whose).await?,
            None => whose == (None, None) && form.phone.is_none(),
        };
        let sold_here = like_it.sold_by == Some(form.source());
        let another_of_theirs = same_owner && like_it.sold_by.is_some();
        if !sold_here && !another_of_theirs {
            return Ok(Some(like_it.id));
        }
    }
    Ok(None)
}

/// The serial is known: fills what is missing, or finds that it is another's.
async fn meet(tx: &mut Tx, d: &Dealer, form: &Registration, held: Holder) -> Result<Registered> {
    let free = held.is_free();
    let owner = if free {
        ensure_owner(tx, form, d.clock.now()).await?
    } else {
        find_owner(tx, form).await?
    };
    let names_somebody = form.telegram_id.is_some() || form.phone.is_some();
    let same = match &owner {
        _ if free => true,
        Some(owner) => owns(tx, owner, held.whose()).await?,
        None => !names_somebody,
    };
    if !same {
        let asked = disputes::open(tx, d, Kind::Owner, &held.id, form).await?;
        return Ok(Registered::Asked(asked));
    }
    let company = match &owner {
        Some(owner) if free => first_company(tx, &owner.id).await?,
        _ => None,
    };
    fill(tx, d, form, &held.id, (owner.as_ref().filter(|_| free), company)).await?;
    deals::join(tx, d, form, &held.id).await?;
    if free {
        announce(tx, d, &held.id, owner.as_ref(), "").await?;
    }
    Ok(Registered::Known(held.id))
}

async fn fill(
    tx: &mut Tx,
    d: &Dealer,
    form: &Registration,
    id: &MachineId,
    (owner, company): (Option<&Customer>, Option<CompanyId>),
) -> Result<()> {
    execute!(
        tx,
        "update machine_instances
            set configuration = case when configuration = '' then $2 else configuration end,
                customer_id = coalesce(customer_id, $3),
                company_id = coalesce(company_id, $4),
                updated_at = $5
          where id = $1",
        id,
        configuration(form),
        owner.map(|owner| &owner.id),
        company.as_ref(),
        d.clock.now()
    )?;
    Ok(())
}

/// Makes the machine's row; `None` when the serial was taken meanwhile.
async fn insert(
    tx: &mut Tx,
    d: &Dealer,
    form: &Registration,
    (key, model): (&str, &ModelId),
    owner: Option<&Customer>,
) -> Result<Option<MachineId>> {
    let now = d.clock.now();
    let company = match owner {
        Some(owner) => first_company(tx, &owner.id).await?,
        None => None,
    };
    let id = MachineId::new(now);
    let inserted = execute!(
        tx,
        "insert into machine_instances (id, serial, serial_key, model_id, configuration,
                                        company_id, customer_id, next_maintenance_on,
                                        created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         on conflict (serial_key) do nothing",
        &id,
        clean(&form.serial, 100),
        key,
        model,
        configuration(form),
        company.as_ref(),
        owner.map(|owner| &owner.id),
        form.next_maintenance_on,
        now
    )?;
    if inserted == 0 {
        return Ok(None);
    }
    // What is kept for good is kept in the dealer's own language.
    let title = Texts::of(Lang::Ru).get("timeline-registered");
    add_timeline(tx, &id, now, "registered", title, Some(&form.source())).await?;
    Ok(Some(id))
}

fn configuration(form: &Registration) -> String {
    form.configuration.as_deref().and_then(|text| clean(text, 4000)).unwrap_or_default()
}
