//! A deal is won: the machine gets its passport, once, however often the CRM says so.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Tx, execute, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId, MachineId, ModelId};
use crate::machines::add_timeline;
use crate::outbox::{self, Notice};
use crate::people::{self, Customer};
use crate::text::{Phone, clean, code_key, search_key};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Error, Result, staff};

/// For how many days the link to a waiting passport is good.
const INVITE_DAYS: i64 = 14;

/// A machine as a won deal describes it.
#[derive(Clone, Debug)]
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
    /// The name of its owner, for a person nobody has met.
    pub customer_name: Option<String>,
    /// Where this comes from, such as `amocrm:lead:123`.
    pub source: String,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The machine has a passport now.
    New(MachineId),
    /// It had one; what was missing was filled in.
    Known(MachineId),
    /// The serial belongs to another: nothing changed, the managers are told.
    Disputed {
        /// The machine that has the serial.
        machine: MachineId,
    },
}

#[derive(sqlx::FromRow)]
struct Holder {
    id: MachineId,
    customer_id: Option<CustomerId>,
    company_id: Option<CompanyId>,
}

/// Registers the machine of a won deal. The owner hears of it when it becomes theirs; for an owner
/// whom the bot has not met the managers get a one-time link.
pub async fn register(tx: &mut Tx, d: &Dealer, form: &Registration) -> Result<Registered> {
    let serial = clean(&form.serial, 100).ok_or(Error::invalid("serial", "error-required"))?;
    let key = code_key(&serial);
    if key.is_empty() {
        return Err(Error::invalid("serial", "error-required"));
    }
    if let Some(holder) = holder(tx, &key).await? {
        return meet(tx, d, form, holder).await;
    }
    let owner = ensure_owner(tx, form, d.clock.now()).await?;
    if let Some(id) = insert(tx, d, form, (&serial, &key), owner.as_ref()).await? {
        announce(tx, d, &id, owner.as_ref()).await?;
        return Ok(Registered::New(id));
    }
    // Another worker registered the serial meanwhile.
    let holder = holder(tx, &key).await?.ok_or(Error::NotFound)?;
    meet(tx, d, form, holder).await
}

async fn holder(tx: &mut Tx, serial_key: &str) -> Result<Option<Holder>> {
    Ok(fetch_optional!(
        tx,
        Holder,
        "select id, customer_id, company_id from machine_instances where serial_key = $1",
        serial_key
    )?)
}

/// The serial is known: fills what is missing, or finds that it is another's.
async fn meet(tx: &mut Tx, d: &Dealer, form: &Registration, held: Holder) -> Result<Registered> {
    let free = held.customer_id.is_none() && held.company_id.is_none();
    let owner = if free {
        ensure_owner(tx, form, d.clock.now()).await?
    } else {
        find_owner(tx, form).await?
    };
    let names_somebody = form.telegram_id.is_some() || form.phone.is_some();
    let same = match &owner {
        _ if free => true,
        Some(owner) => owns(tx, owner, &held).await?,
        None => !names_somebody,
    };
    if !same {
        for manager in staff::managers(tx).await? {
            let notice =
                Notice::SerialDisputed { machine: held.id.clone(), source: form.source.clone() };
            let once = format!("serial-disputed:{}:{}", held.id, form.source);
            outbox::notify(tx, d.clock.now(), manager, notice, &once).await?;
        }
        return Ok(Registered::Disputed { machine: held.id });
    }
    let company = match &owner {
        Some(owner) if free => first_company(tx, &owner.id).await?,
        _ => None,
    };
    fill(tx, d, form, &held.id, (owner.as_ref().filter(|_| free), company)).await?;
    if free {
        announce(tx, d, &held.id, owner.as_ref()).await?;
    }
    Ok(Registered::Known(held.id))
}

async fn owns(tx: &mut Tx, owner: &Customer, held: &Holder) -> Result<bool> {
    if held.customer_id.as_ref() == Some(&owner.id) {
        return Ok(true);
    }
    let companies = people::companies_of(tx, &owner.id).await?;
    Ok(companies.iter().any(|(id, _, _)| Some(id) == held.company_id.as_ref()))
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
                next_maintenance_on = coalesce(next_maintenance_on, $3),
                customer_id = coalesce(customer_id, $4),
                company_id = coalesce(company_id, $5),
                updated_at = $6
          where id = $1",
        id,
        configuration(form),
        form.next_maintenance_on,
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
    (serial, key): (&str, &str),
    owner: Option<&Customer>,
) -> Result<Option<MachineId>> {
    let now = d.clock.now();
    let model = ensure_model(tx, &form.model, now).await?;
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
        serial,
        key,
        &model,
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
    add_timeline(tx, &id, now, "registered", title, Some(&form.source)).await?;
    Ok(Some(id))
}

fn configuration(form: &Registration) -> String {
    form.configuration.as_deref().and_then(|text| clean(text, 4000)).unwrap_or_default()
}

/// Who the deal says it is: by Telegram id, else by phone.
async fn find_owner(tx: &mut Tx, form: &Registration) -> Result<Option<Customer>> {
    if let Some(telegram_id) = form.telegram_id
        && let Some(customer) = people::by_telegram(tx, telegram_id).await?
    {
        return Ok(Some(customer));
    }
    match &form.phone {
        Some(phone) => people::by_phone(tx, phone).await,
        None => Ok(None),
    }
}

/// The same, made if only the phone is known.
async fn ensure_owner(
    tx: &mut Tx,
    form: &Registration,
    now: DateTime<Utc>,
) -> Result<Option<Customer>> {
    if let Some(customer) = find_owner(tx, form).await? {
        return Ok(Some(customer));
    }
    let Some(phone) = &form.phone else { return Ok(None) };
    let name = form.customer_name.as_deref().and_then(|name| clean(name, 200));
    let name = name.unwrap_or_default();
    Ok(Some(people::ensure_by_phone(tx, phone, &name, now).await?))
}

async fn first_company(tx: &mut Tx, customer: &CustomerId) -> Result<Option<CompanyId>> {
    let companies = people::companies_of(tx, customer).await?;
    Ok(companies.into_iter().next().map(|(id, _, _)| id))
}

/// The model with this code or name. An unknown one is made from the text, so that no won deal is
/// lost for a word that the catalogue spells differently.
async fn ensure_model(tx: &mut Tx, text: &str, now: DateTime<Utc>) -> Result<ModelId> {
    let name = clean(text, 200).unwrap_or_default();
    let key = code_key(&name);
    let key = if key.is_empty() { "UNKNOWN".to_owned() } else { key };
    if let Some((id,)) =
        fetch_optional!(tx, (ModelId,), "select id from machine_models where code_key = $1", &key)?
    {
        return Ok(id);
    }
    // Names have no folded column of their own; a dealer has some hundred models, deals are rare.
    let models = fetch_all!(tx, (ModelId, String), "select id, name from machine_models")?;
    if let Some((id, _)) = models.into_iter().find(|(_, known)| code_key(known) == key) {
        return Ok(id);
    }
    let slug = search_key(&name).replace(' ', "-");
    let known_by = [name.as_str(), "—"].into_iter().find(|text| !text.is_empty());
    let id = ModelId::new(now);
    execute!(
        tx,
        "insert into machine_models (id, code, code_key, name, specification, search_key)
         values ($1, $2, $3, $4, '[]', $5)",
        &id,
        if slug.is_empty() { "unknown" } else { slug.as_str() },
        &key,
        known_by,
        search_key(&name)
    )?;
    Ok(id)
}

/// Tells the owner, or asks the managers to pass a link on. Called once per machine: when it
/// becomes somebody's.
async fn announce(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    owner: Option<&Customer>,
) -> Result<()> {
    let Some(owner) = owner else { return Ok(()) };
    let now = d.clock.now();
    if let Some(chat) = owner.telegram_id {
        let notice = Notice::MachineRegistered { machine: machine.clone() };
        outbox::notify(tx, now, chat, notice, &format!("registered:{machine}")).await?;
        return Ok(());
    }
    let token = people::invite(tx, &owner.id, INVITE_DAYS, now).await?;
    for manager in staff::managers(tx).await? {
        let notice = Notice::InviteReady { machine: machine.clone(), token: token.clone() };
        outbox::notify(tx, now, manager, notice, &format!("invite:{machine}")).await?;
    }
    Ok(())
}
