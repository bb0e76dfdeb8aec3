//! What follows from a manager's decision about a machine that is known.

use crate::db::{Tx, execute, fetch_optional};
use crate::ids::MachineId;
use crate::machines::register::owner::{announce, ensure_owner, first_company};
use crate::machines::register::{Holder, Registration, meet};
use crate::machines::{add_timeline, deals};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Error, Result};

/// «Передать новому владельцу»: the machine is the deal's customer's from now on. What the former
/// owner paid stays theirs alone.
///
/// # Errors
/// A conflict `no_new_owner` when the deal names nobody.
pub(crate) async fn hand_over(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    form: &Registration,
) -> Result<()> {
    let now = d.clock.now();
    let owner = ensure_owner(tx, form, now).await?.ok_or(Error::Conflict("no_new_owner"))?;
    let company = first_company(tx, &owner.id).await?;
    execute!(
        tx,
        "update machine_instances
            set customer_id = $2, company_id = $3, site_id = null, owned_since = $4, updated_at = $4
          where id = $1",
        machine,
        &owner.id,
        company.as_ref(),
        now
    )?;
    // Whom the former owner let see it sees it no more.
    execute!(tx, "delete from machine_guests where machine_id = $1", machine)?;
    let title = Texts::of(Lang::Ru).get("timeline-handed-over");
    let occasion = format!(":{}", form.source());
    add_timeline(tx, machine, now, "handed_over", title, Some(&form.source())).await?;
    deals::join(tx, d, form, machine).await?;
    announce(tx, d, machine, Some(&owner), &occasion).await
}

/// «Это тот же станок: опечатка»: the deal means this machine. Its field is corrected there; whose
/// the machine is may still be asked.
pub(crate) async fn correct(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    form: &Registration,
) -> Result<()> {
    let held = fetch_optional!(
        tx,
        Holder,
        "select id, customer_id, company_id from machine_instances where id = $1",
        machine
    )?;
    meet(tx, d, form, held.ok_or(Error::NotFound)?).await.map(drop)
}
