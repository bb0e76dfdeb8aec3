//! «Станок стоит» from a plate: a phone and a photo or a few words make a request like any other,
//! without an account.

use crate::db::{Tx, execute, fetch_optional};
use crate::files::Accepted;
use crate::ids::{CustomerId, MachineId};
use crate::people::{self, Customer};
use crate::requests::{self, Kind, NewRequest, ServiceRequest};
use crate::text::{Phone, clean};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Error, Result, machines};

/// The most photos that a stranger may send along.
pub const MAX_PHOTOS: usize = 3;

/// What somebody at the machine says, as it came: checked inside.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Made by the form: the same key again is the same request.
    pub client_key: String,
    /// How they call themselves; may be empty.
    pub name: String,
    /// Where to call.
    pub phone: String,
    /// What is wrong; may be empty where there is a photo.
    pub text: String,
    /// Whether they agreed to the use of their data.
    pub consent: bool,
    /// Photos, already on disk.
    pub photos: Vec<Accepted>,
}

/// Keeps the call together with everything that it promises. `true` when it is new.
///
/// The phone is nobody's proof: a request becomes a known person's only where they could have asked
/// for it themselves, else it is of somebody new, whose phone stands in its text.
///
/// # Errors
/// `Invalid` with the field that cannot be taken; `NotFound` where the machine is gone.
pub async fn call(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    call: &Call,
) -> Result<(ServiceRequest, bool)> {
    let now = d.clock.now();
    let (phone, form) = checked(call, machine)?;
    // Of two calls with one key the second sees what the first has made.
    let known = execute!(
        tx,
        "update machine_instances set updated_at = updated_at where id = $1",
        machine
    )?;
    if known == 0 {
        return Err(Error::NotFound);
    }
    if let Some(customer) = whose(tx, machine, &form.client_key).await? {
        return requests::create_from_plate(tx, d, &customer, &form).await;
    }
    let name = clean(&call.name, 200).unwrap_or_default();
    let caller = caller(tx, d, machine, (&phone, &name)).await?;
    people::note_consent(tx, &caller.id, people::Channel::Plate, now).await?;
    requests::create_from_plate(tx, d, &caller.id, &form).await
}

/// The call as a request, its words signed with who left them.
fn checked(call: &Call, machine: &MachineId) -> Result<(Phone, NewRequest)> {
    let key =
        clean(&call.client_key, 100).ok_or(Error::invalid("client_key", "error-client-key"))?;
    if call.phone.trim().is_empty() {
        return Err(Error::invalid("phone", "error-required"));
    }
    let phone = Phone::parse(&call.phone).ok_or(Error::invalid("phone", "error-phone"))?;
    if call.photos.len() > MAX_PHOTOS {
        return Err(Error::invalid("files", "error-photos-many"));
    }
    if call.photos.iter().any(|file| !file.content_type().starts_with("image/")) {
        return Err(Error::invalid("files", "error-photo-kind"));
    }
    let words = match call.text.trim() {
        "" if call.photos.is_empty() => return Err(Error::invalid("text", "error-plate-empty")),
        "" => String::new(),
        text => clean(text, 2000).ok_or(Error::invalid("text", "error-too-long"))?,
    };
    if !call.consent {
        return Err(Error::invalid("consent", "error-consent"));
    }
    let name = clean(&call.name, 200).unwrap_or_default();
    let texts = Texts::of(Lang::Ru);
    let (shown, who) = (phone.shown(), if name.is_empty() { "—" } else { name.as_str() });
    let args = [("name", who.into()), ("phone", shown.as_str().into())];
    let signed = texts.format("request-from-plate", &args);
    let text = if words.is_empty() { signed } else { format!("{words}\n\n{signed}") };
    let form = NewRequest {
        client_key: format!("plate:{key}"),
        machine_id: Some(machine.clone()),
        kind: Kind::Breakdown,
        machine_down: true,
        text,
        files: call.photos.clone(),
    };
    Ok((phone, form))
}

/// Whose request this key has made already for the machine.
async fn whose(tx: &mut Tx, machine: &MachineId, key: &str) -> Result<Option<CustomerId>> {
    let found = fetch_optional!(
        tx,
        (CustomerId,),
        "select customer_id from service_requests where machine_id = $1 and client_key = $2",
        machine,
        key
    )?;
    Ok(found.map(|(id,)| id))
}

/// Whose request it becomes.
async fn caller(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    (phone, name): (&Phone, &str),
) -> Result<Customer> {
    let now = d.clock.now();
    let known = people::ensure_by_phone(tx, phone, name, now).await?;
    let waits = known.telegram_id.is_none();
    if waits || machines::visible(tx, &known.id, machine).await? {
        return Ok(known);
    }
    people::unknown(tx, name, now).await
}
