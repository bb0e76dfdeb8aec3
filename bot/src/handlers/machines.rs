//! The park, passports and documents in the chat.

use domain::ids::{FileId, MachineId};
use domain::machines::{self, Passport};
use domain::{Error, files};
use teloxide::requests::Requester;
use teloxide::types::{InputFile, MessageId};

use crate::caller::Caller;
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screens::machines as screens;

/// Shows the park, in place of `instead` where one is given.
pub(crate) async fn park(caller: &Caller, instead: Option<MessageId>) -> Result<(), Fault> {
    let customer = caller.customer()?;
    let machines = machines::shown_park(&mut caller.deps().read().await?, &customer.id).await?;
    caller.show(instead, &screens::park(&caller.voice, &machines)).await?;
    Ok(())
}

/// Shows a passport to those who may see it.
pub(crate) async fn passport(caller: &Caller, id: &MachineId) -> Result<Toast, Fault> {
    let passport = find(caller, id).await?;
    caller.say(&screens::passport(&caller.voice, &passport)).await?;
    Ok(None)
}

/// Lists the documents of a machine.
pub(crate) async fn documents(caller: &Caller, id: &MachineId) -> Result<Toast, Fault> {
    let passport = find(caller, id).await?;
    caller.say(&screens::documents(&caller.voice, &passport)).await?;
    Ok(None)
}

/// Sends a document to those who may see it.
pub(crate) async fn document(caller: &Caller, id: &FileId) -> Result<Toast, Fault> {
    let deps = caller.deps();
    let mut db = deps.read().await?;
    if !machines::may_see_file(&mut db, &caller.viewer, id).await? {
        return Err(Error::NotFound.into());
    }
    let file = files::find(&mut db, id).await?.ok_or(Error::NotFound)?;
    drop(db);
    let bytes = files::read(&deps.dealer.uploads, &file).await?;
    let upload = InputFile::memory(bytes).file_name(file.name);
    deps.bot.send_document(caller.chat, upload).await?;
    Ok(None)
}

/// The owner's people see their machines, staff see any.
async fn find(caller: &Caller, id: &MachineId) -> Result<Passport, Fault> {
    let mut db = caller.deps().read().await?;
    if caller.viewer.staff.is_some() {
        return Ok(machines::passport_for_staff(&mut db, id).await?);
    }
    Ok(machines::passport(&mut db, &caller.customer()?.id, id).await?)
}
