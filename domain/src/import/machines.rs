//! Machines from a file, with their companies, sites and people.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::catalogue::{Change, Place};
use crate::db::{Tx, execute, fetch_all, fetch_optional};
use crate::ids::{CompanyId, CustomerId, MachineId, ModelId, SiteId};
use crate::import::Report;
use crate::import::sheet::{Row, Sheet};
use crate::people::{self, MemberRole};
use crate::text::{Inn, Phone, code_key};
use crate::{Dealer, Error, Result};

const COLUMNS: [&str; 13] = [
    "serial",
    "model",
    "company",
    "inn",
    "site",
    "phone",
    "telegram_id",
    "made_on",
    "shipped_on",
    "commissioned_on",
    "warranty_until",
    "next_maintenance_on",
    "configuration",
];

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct MachineRow {
    id: MachineId,
    serial: String,
    model_id: ModelId,
    configuration: String,
    company_id: Option<CompanyId>,
    site_id: Option<SiteId>,
    customer_id: Option<CustomerId>,
    made_on: Option<NaiveDate>,
    shipped_on: Option<NaiveDate>,
    commissioned_on: Option<NaiveDate>,
    warranty_until: Option<NaiveDate>,
    next_maintenance_on: Option<NaiveDate>,
}

/// Whose the machine is, as the row says it.
struct Owner {
    company: Option<String>,
    inn: Option<Inn>,
    site: Option<String>,
    phone: Option<Phone>,
    telegram_id: Option<i64>,
}

/// Takes the machines of a CSV file; their models must be there before. A machine is known by its
/// serial. With a company it is the company's, and the person of the row becomes a director there;
/// without one it is the person's own.
/// Cost: about ten statements per line.
pub async fn machines(tx: &mut Tx, d: &Dealer, bytes: &[u8]) -> Result<Report> {
    let sheet = Sheet::read(bytes, &COLUMNS, &["serial", "model"])?;
    let models = models(tx).await?;
    let mut seen = HashSet::new();
    let mut report = Report::default();
    for (line, row) in sheet.rows() {
        let outcome = take(tx, d, &row, &models, &mut seen).await;
        report.note(Place::Line(line), outcome)?;
    }
    Ok(report)
}

/// Ids by the key of the code and of the name; a code wins over another model's name.
async fn models(tx: &mut Tx) -> Result<HashMap<String, ModelId>> {
    let rows =
        fetch_all!(tx, (ModelId, String, String), "select id, code_key, name from machine_models")?;
    let names = rows.iter().map(|(id, _, name)| (code_key(name), id.clone()));
    let codes = rows.iter().map(|(id, key, _)| (key.clone(), id.clone()));
    Ok(names.chain(codes).collect())
}

async fn take(
    tx: &mut Tx,
    d: &Dealer,
    row: &Row<'_>,
    models: &HashMap<String, ModelId>,
    seen: &mut HashSet<String>,
) -> Result<Change> {
    row.check()?;
    let serial = row.required("serial")?;
    let key = code_key(&serial);
    if key.is_empty() {
        return Err(Error::invalid("serial", "error-required"));
    }
    let model = models.get(&code_key(&row.required("model")?)).cloned();
    let model = model.ok_or(Error::invalid("model", "error-import-model"))?;
    let owner = Owner::read(row)?;
    let was = by_key(tx, &key).await?;
    let mut machine = merge(row, d, was.as_ref(), serial, model)?;
    if !seen.insert(key.clone()) {
        return Err(Error::invalid("serial", "error-import-twice"));
    }
    if let Some(owner) = owner {
        settle_owner(tx, d, &owner, &mut machine).await?;
    }
    if was.as_ref() == Some(&machine) {
        return Ok(Change::Unchanged);
    }
    save(tx, d, &key, &machine).await?;
    Ok(if was.is_some() { Change::Changed } else { Change::Created })
}

impl Owner {
    /// `None` when the row says nothing of an owner: what is stored stays.
    fn read(row: &Row<'_>) -> Result<Option<Owner>> {
        let text =
            |column| Ok::<_, Error>(row.text(column)?.filter(|text: &String| !text.is_empty()));
        let owner = Owner {
            company: text("company")?,
            inn: row.parsed("inn", "error-inn", Inn::parse)?.flatten(),
            site: text("site")?,
            phone: row.parsed("phone", "error-phone", Phone::parse)?.flatten(),
            telegram_id: row
                .parsed("telegram_id", "error-number", |text| {
                    text.parse().ok().filter(|id| *id > 0)
                })?
                .flatten(),
        };
        if owner.company.is_none() && (owner.site.is_some() || owner.inn.is_some()) {
            return Err(Error::invalid("company", "error-required"));
        }
        let named = owner.company.is_some() || owner.phone.is_some() || owner.telegram_id.is_some();
        Ok(named.then_some(owner))
    }
}

async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<MachineRow>> {
    Ok(fetch_optional!(
        tx,
        MachineRow,
        "select id, serial, model_id, configuration, company_id, site_id, customer_id, made_on,
                shipped_on, commissioned_on, warranty_until, next_maintenance_on
           from machine_instances where serial_key = $1",
        key
    )?)
}

/// The machine's own data: the row's where it has the column, else what is stored.
fn merge(
    row: &Row<'_>,
    d: &Dealer,
    was: Option<&MachineRow>,
    serial: String,
    model: ModelId,
) -> Result<MachineRow> {
    let date = |column, old: fn(&MachineRow) -> Option<NaiveDate>| {
        Ok::<_, Error>(row.date(column)?.unwrap_or_else(|| was.and_then(old)))
    };
    Ok(MachineRow {
        id: was.map_or_else(|| MachineId::new(d.clock.now()), |machine| machine.id.clone()),
        serial,
        model_id: model,
        configuration: row.text("configuration")?.unwrap_or_else(|| {
            was.map(|machine| machine.configuration.clone()).unwrap_or_default()
        }),
        company_id: was.and_then(|machine| machine.company_id.clone()),
        site_id: was.and_then(|machine| machine.site_id.clone()),
        customer_id: was.and_then(|machine| machine.customer_id.clone()),
        made_on: date("made_on", |machine| machine.made_on)?,
        shipped_on: date("shipped_on", |machine| machine.shipped_on)?,
        commissioned_on: date("commissioned_on", |machine| machine.commissioned_on)?,
        warranty_until: date("warranty_until", |machine| machine.warranty_until)?,
        next_maintenance_on: date("next_maintenance_on", |machine| machine.next_maintenance_on)?,
    })
}

async fn settle_owner(
    tx: &mut Tx,
    d: &Dealer,
    owner: &Owner,
    machine: &mut MachineRow,
) -> Result<()> {
    let now = d.clock.now();
    // The person comes first: a refused one must leave no company behind.
    let person = person(tx, d, owner).await?;
    let Some(name) = &owner.company else {
        machine.customer_id = person;
        return Ok(());
    };
    let company = people::ensure_company(tx, name, owner.inn.as_ref(), now).await?;
    if let Some(person) = &person {
        people::join(tx, person, &company, MemberRole::Director, now).await?;
    }
    machine.site_id = match &owner.site {
        Some(site) => Some(people::ensure_site(tx, &company, site, now).await?),
        None => machine.site_id.take().filter(|_| machine.company_id.as_ref() == Some(&company)),
    };
    machine.company_id = Some(company);
    Ok(())
}

/// The person of the row: whom the bot knows by this Telegram id, else the one with this phone,
/// who gets the Telegram id if they have none.
async fn person(tx: &mut Tx, d: &Dealer, owner: &Owner) -> Result<Option<CustomerId>> {
    if let Some(telegram_id) = owner.telegram_id
        && let Some(known) = people::by_telegram(tx, telegram_id).await?
    {
        return Ok(Some(known.id));
    }
    let Some(phone) = &owner.phone else {
        return match owner.telegram_id {
            Some(_) => Err(Error::invalid("phone", "error-required")),
            None => Ok(None),
        };
    };
    if owner.telegram_id.is_some()
        && people::by_phone(tx, phone).await?.is_some_and(|known| known.telegram_id.is_some())
    {
        return Err(Error::invalid("telegram_id", "error-phone-taken"));
    }
    let customer = people::ensure_by_phone(tx, phone, "", d.clock.now()).await?;
    if let Some(telegram_id) = owner.telegram_id {
        execute!(
            tx,
            "update customers set telegram_id = $2, updated_at = $3
              where id = $1 and telegram_id is null",
            &customer.id,
            telegram_id,
            d.clock.now()
        )?;
    }
    Ok(Some(customer.id))
}

async fn save(tx: &mut Tx, d: &Dealer, key: &str, machine: &MachineRow) -> Result<()> {
    execute!(
        tx,
        "insert into machine_instances
                (id, serial, serial_key, model_id, configuration, company_id, site_id, customer_id,
                 made_on, shipped_on, commissioned_on, warranty_until, next_maintenance_on,
                 created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
         on conflict (id) do update
            set serial = excluded.serial, model_id = excluded.model_id,
                configuration = excluded.configuration, company_id = excluded.company_id,
                site_id = excluded.site_id, customer_id = excluded.customer_id,
                made_on = excluded.made_on, shipped_on = excluded.shipped_on,
                commissioned_on = excluded.commissioned_on,
                warranty_until = excluded.warranty_until,
                next_maintenance_on = excluded.next_maintenance_on,
                updated_at = excluded.updated_at",
        &machine.id,
        &machine.serial,
        key,
        &machine.model_id,
        &machine.configuration,
        &machine.company_id,
        &machine.site_id,
        &machine.customer_id,
        machine.made_on,
        machine.shipped_on,
        machine.commissioned_on,
        machine.warranty_until,
        machine.next_maintenance_on,
        d.clock.now()
    )?;
    Ok(())
}
