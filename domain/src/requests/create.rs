//! The customer asks for service.

use chrono::Datelike;

use crate::db::{Tx, execute, fetch_optional};
use crate::files::{self, Accepted, MAX_FILES};
use crate::ids::{CustomerId, MachineId, RequestId};
use crate::outbox::{self, MAIL, Message};
use crate::requests::{Kind, ServiceRequest, tell_cards, words};
use crate::text::clean;
use crate::{Dealer, Error, Result, machines, numbers};

/// What a customer asks, as it came: checked inside.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Made by the form: the same key again is the same request.
    pub client_key: String,
    /// About which machine.
    pub machine_id: Option<MachineId>,
    /// What is asked.
    pub kind: Kind,
    /// Whether the machine stands still.
    pub machine_down: bool,
    /// In their words.
    pub text: String,
    /// Photos and documents, already on disk.
    pub files: Vec<Accepted>,
}

/// Keeps the request together with everything that it promises. `true` when it is new; the same
/// `client_key` answers the request that was made with it.
pub async fn create(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    form: &NewRequest,
) -> Result<(ServiceRequest, bool)> {
    keep(tx, d, customer, form, Right::Owner).await
}

/// As [`create`], for somebody who stands before the machine and may be nobody of its people.
pub(crate) async fn create_from_plate(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    form: &NewRequest,
) -> Result<(ServiceRequest, bool)> {
    keep(tx, d, customer, form, Right::Plate).await
}

/// By which right somebody asks about a machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Right {
    /// It is theirs.
    Owner,
    /// They have its plate before them.
    Plate,
}

async fn keep(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    form: &NewRequest,
    right: Right,
) -> Result<(ServiceRequest, bool)> {
    let key =
        clean(&form.client_key, 100).ok_or(Error::invalid("client_key", "error-client-key"))?;
    if let Some(made) = by_client_key(tx, customer, &key).await? {
        return Ok((made, false));
    }
    let text = words("text", &form.text, 4000)?;
    if form.files.len() > MAX_FILES {
        return Err(Error::invalid("files", "error-files-many"));
    }
    if let Some(machine) = &form.machine_id
        && right == Right::Owner
        && !machines::visible(tx, customer, machine).await?
    {
        return Err(Error::NotFound);
    }
    let inserted = insert(tx, d, customer, form, (&key, &text)).await?;
    let made = by_client_key(tx, customer, &key).await?.ok_or(Error::NotFound)?;
    if inserted {
        files::attach(tx, &format!("request:{}", made.id), &form.files, made.created_at).await?;
        promise(tx, d, &made.id).await?;
    }
    Ok((made, inserted))
}

async fn by_client_key(
    tx: &mut Tx,
    customer: &CustomerId,
    key: &str,
) -> Result<Option<ServiceRequest>> {
    Ok(fetch_optional!(
        tx,
        ServiceRequest,
        "select id, number, customer_id, machine_id, kind, machine_down, text, state, taken_by,
                created_at, updated_at, fixed_at
           from service_requests
          where customer_id = $1 and client_key = $2",
        customer,
        key
    )?)
}

async fn insert(
    tx: &mut Tx,
    d: &Dealer,
    customer: &CustomerId,
    form: &NewRequest,
    (key, text): (&str, &str),
) -> Result<bool> {
    let now = d.clock.now();
    let number = numbers::next(tx, "SRV", d.today().year()).await?;
    let inserted = execute!(
        tx,
        "insert into service_requests (id, number, customer_id, machine_id, kind, machine_down,
                                       text, state, client_key, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'new', $8, $9, $9)
         on conflict (customer_id, client_key) do nothing",
        RequestId::new(now),
        number,
        customer,
        form.machine_id.as_ref(),
        form.kind,
        form.machine_down,
        text,
        key,
        now
    )?;
    Ok(inserted == 1)
}

async fn promise(tx: &mut Tx, d: &Dealer, id: &RequestId) -> Result<()> {
    let now = d.clock.now();
    let entity = format!("request:{id}");
    for connection in &d.routes.requests {
        let message = Message::CrmRequest { request: id.clone() };
        let once = format!("{entity}:{connection}");
        outbox::enqueue(tx, now, connection, &entity, &message, &once).await?;
    }
    if d.routes.mail {
        let message = Message::MailRequest { request: id.clone() };
        outbox::enqueue(tx, now, MAIL, &entity, &message, &format!("{entity}:{MAIL}")).await?;
    }
    tell_cards(tx, d, id).await
}
