//! A customer registers a machine that the dealer did not sell them: a manager looks at the photo of its
//! plate and decides; then it has its passport.

use crate::approvals::own::{Own, ask_own};
use crate::approvals::{self, Kind};
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::files::{self, Accepted};
use crate::ids::{ApprovalId, CompanyId, CustomerId, MachineId, ModelId, new_id};
use crate::machines::register::{by_serial, first_company, model_of};
use crate::machines::{add_timeline, models_changed};
use crate::people::Customer;
use crate::text::{clean, code_key, search_key};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Error, Result, plates};

/// The most photos of one claim.
const MAX_PHOTOS: usize = 3;

/// What a customer says of their machine, as it came: checked inside.
#[derive(Clone, Debug, Default)]
pub struct NewClaim {
    /// As on its plate.
    pub serial: String,
    /// A model of the catalogue.
    pub model: Option<ModelId>,
    /// What the model is called, where the catalogue has it not.
    pub other_model: String,
    /// In their words; may be empty.
    pub words: String,
    /// Photos of its plate, already on disk.
    pub photos: Vec<Accepted>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// A manager is asked.
    Asked,
    /// The serial is known: access to that machine is asked for.
    AccessAsked,
}

#[derive(sqlx::FromRow)]
struct Claim {
    customer_id: CustomerId,
    company_id: Option<CompanyId>,
    serial: String,
    model_id: Option<ModelId>,
    model: String,
}

/// The models to choose from: id and name.
///
/// # Errors
/// When the database fails.
pub async fn models(db: &mut impl Executor) -> Result<Vec<(ModelId, String)>> {
    Ok(fetch_all!(
        db,
        (ModelId, String),
        "select id, name from machine_models order by name limit 1000"
    )?)
}

/// Asks for the machine's passport. The same serial again is the same wish.
///
/// # Errors
/// `Invalid` with the field that cannot be taken; a conflict `member` for a machine that they see.
pub async fn claim(
    tx: &mut Tx,
    d: &Dealer,
    customer: &Customer,
    new: &NewClaim,
) -> Result<Claimed> {
    let begun = d.clock.now();
    let serial = clean(&new.serial, 100).filter(|serial| !code_key(serial).is_empty());
    let serial = serial.ok_or(Error::invalid("serial", "error-required"))?;
    let words = clean(&new.words, 500).unwrap_or_default();
    let model = known_model(tx, new).await?;
    photos(&new.photos)?;
    if let Some(machine) = by_serial(tx, &serial).await? {
        plates::ask_access(tx, d, customer, &machine, &words).await?;
        return Ok(Claimed::AccessAsked);
    }
    let subject = keep(tx, d, &customer.id, &serial, &model).await?;
    let phone = customer.phone.as_ref().map(|phone| phone.shown());
    let lines: Vec<String> = phone.into_iter().chain([words]).filter(|l| !l.is_empty()).collect();
    let own = Own {
        kind: Kind::MachineClaim,
        subject,
        title: format!("{} № {serial}", model.1),
        words: lines.join("\n"),
        asker: customer.name.clone(),
        amount: None,
    };
    let approval = ask_own(tx, d, &own).await?;
    // What is open already is shown with the photos that it was asked with.
    if approvals::find(tx, &approval).await?.asked_at >= begun {
        attach(tx, d, &approval, &new.photos).await?;
    }
    Ok(Claimed::Asked)
}

fn photos(photos: &[Accepted]) -> Result<()> {
    let photo = |file: &Accepted| file.content_type().starts_with("image/");
    if photos.is_empty() || !photos.iter().all(photo) {
        return Err(Error::invalid("files", "error-claim-photo"));
    }
    if photos.len() > MAX_PHOTOS {
        return Err(Error::invalid("files", "error-photos-many"));
    }
    Ok(())
}

/// Writes the wish down; answers its id.
async fn keep(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    serial: &str,
    (model, named): &(Option<ModelId>, String),
) -> Result<String> {
    let (now, key) = (d.clock.now(), code_key(serial));
    let company = first_company(tx, customer).await?;
    execute!(
        tx,
        "insert into machine_claims (id, customer_id, company_id, serial, serial_key, model_id,
                                     model, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8)
         on conflict (customer_id, serial_key) do update
            set serial = excluded.serial, model_id = excluded.model_id, model = excluded.model,
                company_id = excluded.company_id, state = 'pending'",
        new_id(now),
        customer,
        company,
        serial,
        &key,
        model,
        named,
        now
    )?;
    let found = fetch_optional!(
        tx,
        (String,),
        "select id from machine_claims where customer_id = $1 and serial_key = $2",
        customer,
        &key
    )?;
    found.map(|(id,)| id).ok_or(Error::NotFound)
}

/// The photos stand on the card; those of an earlier wish go.
async fn attach(tx: &mut Tx, d: &Dealer, approval: &ApprovalId, photos: &[Accepted]) -> Result<()> {
    let owner = approvals::files_owner(approval);
    execute!(tx, "delete from attachments where owner = $1", &owner)?;
    files::attach(tx, &owner, photos, d.clock.now()).await
}

/// The model that is meant, and its name: one of the catalogue's, be it only by how it is called.
async fn known_model(tx: &mut Tx, new: &NewClaim) -> Result<(Option<ModelId>, String)> {
    if let Some(id) = &new.model {
        let found =
            fetch_optional!(tx, (String,), "select name from machine_models where id = $1", id)?;
        let (name,) = found.ok_or(Error::invalid("model", "error-choice"))?;
        return Ok((Some(id.clone()), name));
    }
    let named = clean(&new.other_model, 100).filter(|name| !code_key(name).is_empty());
    let named = named.ok_or(Error::invalid("other_model", "error-required"))?;
    Ok((model_of(tx, &named).await?, named))
}

/// Who asked.
pub(crate) async fn claimant(
    db: &mut impl Executor,
    subject: Option<&str>,
) -> Result<Option<CustomerId>> {
    let row = fetch_optional!(
        db,
        (CustomerId,),
        "select customer_id from machine_claims where id = $1",
        subject
    )?;
    Ok(row.map(|(id,)| id))
}

/// Makes the passport that was asked for, or notes that it was refused.
pub(crate) async fn settle_claim(
    tx: &mut Tx,
    d: &Dealer,
    subject: &str,
    agreed: bool,
) -> Result<()> {
    let settled = fetch_optional!(
        tx,
        Claim,
        "update machine_claims set state = $2 where id = $1 and state = 'pending'
      returning customer_id, company_id, serial, model_id, model",
        subject,
        if agreed { "active" } else { "refused" }
    )?;
    let Some(claim) = settled.filter(|_| agreed) else { return Ok(()) };
    let model = match claim.model_id.clone() {
        Some(model) => model,
        None => make_model(tx, d, &claim.model).await?,
    };
    let now = d.clock.now();
    let id = MachineId::new(now);
    let made = execute!(
        tx,
        "insert into machine_instances (id, serial, serial_key, model_id, company_id, customer_id,
                                        created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict (serial_key) do nothing",
        &id,
        &claim.serial,
        code_key(&claim.serial),
        &model,
        &claim.company_id,
        &claim.customer_id,
        now
    )?;
    if made == 0 {
        // It came from elsewhere while the manager looked: whoever asked may see it.
        let known = by_serial(tx, &claim.serial).await?.ok_or(Error::NotFound)?;
        return plates::let_in(tx, &claim.customer_id, &known, now).await;
    }
    let title = Texts::of(Lang::Ru).get("timeline-claimed");
    add_timeline(tx, &id, now, "registered", title, Some(&format!("claim:{subject}"))).await
}

/// A model that the catalogue had not: no more than its name is known.
async fn make_model(tx: &mut Tx, d: &Dealer, name: &str) -> Result<ModelId> {
    if let Some(known) = model_of(tx, name).await? {
        return Ok(known);
    }
    let (id, key) = (ModelId::new(d.clock.now()), code_key(name));
    execute!(
        tx,
        "insert into machine_models (id, code, code_key, name, specification, search_key)
         values ($1, $2, $3, $4, '[]', $5)
         on conflict (code_key) do nothing",
        &id,
        key.to_lowercase(),
        &key,
        name,
        search_key(name)
    )?;
    models_changed(tx, d).await?;
    model_of(tx, name).await?.ok_or(Error::NotFound)
}
