//! Serial, model and configuration as the deal says them.

use crate::db::{Tx, execute};
use crate::ids::{MachineId, ModelId};
use crate::machines::add_timeline;
use crate::machines::deals::Link;
use crate::machines::register::{by_serial, model_of};
use crate::machines::sales::{Sale, SoldMachine};
use crate::text::{clean, code_key};
use crate::texts::{Lang, Texts};
use crate::{Dealer, Result};

/// Serial, model and configuration: nothing here changes them by hand, so what was changed there
/// counts. A serial that another machine has is not taken over.
pub(super) async fn follow(
    tx: &mut Tx,
    d: &Dealer,
    sale: &Sale,
    link: &Link,
    told: &SoldMachine,
) -> Result<()> {
    let serial = told.serial.clone().unwrap_or_else(|| link.agreed_serial.clone());
    let model = told.model.clone().unwrap_or_else(|| link.agreed_model.clone());
    let configuration = told.configuration.clone().or(link.agreed_configuration.clone());
    let mut changes: Vec<(&str, String, String)> = Vec::new();
    let renamed = code_key(&serial) != code_key(&link.agreed_serial)
        && by_serial(tx, &serial).await?.is_none();
    if renamed {
        changes.push(("timeline-serial-corrected", link.serial.clone(), serial.clone()));
    }
    let other_model = match code_key(&model) == code_key(&link.agreed_model) {
        true => None,
        false => model_of(tx, &model).await?,
    };
    if other_model.is_some() {
        changes.push(("timeline-model-corrected", link.agreed_model.clone(), model.clone()));
    }
    let equipped = configuration.as_deref().and_then(|text| clean(text, 4000));
    let refitted = configuration != link.agreed_configuration
        && equipped.as_ref().is_some_and(|text| *text != link.configuration);
    if refitted {
        changes.push(("timeline-configuration-changed", String::new(), String::new()));
    }
    if renamed || other_model.is_some() || refitted {
        let serial = renamed.then_some(serial.as_str());
        let configuration = equipped.as_deref().filter(|_| refitted);
        correct(tx, d, &link.machine_id, (serial, other_model.as_ref(), configuration)).await?;
    }
    execute!(
        tx,
        "update machine_deals
            set agreed_serial = $4, agreed_model = $5, agreed_configuration = $6
          where connection = $1 and deal = $2 and machine_id = $3",
        &link.connection,
        &link.deal,
        &link.machine_id,
        if renamed { &serial } else { &link.agreed_serial },
        if other_model.is_some() { &model } else { &link.agreed_model },
        configuration.as_deref()
    )?;
    for (key, was, now) in changes {
        let title = Texts::of(Lang::Ru).format(key, &[("was", was.into()), ("now", now.into())]);
        let place = format!("{}:lead:{}:{}", link.connection, link.deal, sale.at.timestamp());
        let reference = format!("{place}:{key}");
        let at = d.clock.now();
        add_timeline(tx, &link.machine_id, at, "corrected", &title, Some(&reference)).await?;
    }
    Ok(())
}

/// Writes what was corrected into the machine; what is none stays as it is.
async fn correct(
    tx: &mut Tx,
    d: &Dealer,
    machine: &MachineId,
    (serial, model, configuration): (Option<&str>, Option<&ModelId>, Option<&str>),
) -> Result<()> {
    execute!(
        tx,
        "update machine_instances
            set serial = coalesce($2, serial), serial_key = coalesce($3, serial_key),
                model_id = coalesce($4, model_id), configuration = coalesce($5, configuration),
                updated_at = $6
          where id = $1",
        machine,
        serial,
        serial.map(code_key),
        model,
        configuration,
        d.clock.now()
    )?;
    Ok(())
}
