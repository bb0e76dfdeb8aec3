//! The deal by which a machine was sold hears what was changed here.

use domain::ids::MachineId;
use domain::machines;
use serde_json::{Map, Value};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::failure::reading;
use crate::crm::tell::local;
use crate::worker::policy::Failure;

impl BitrixAccount<'_> {
    /// Carries `CrmMachine` out: serial and next maintenance, where they differ from what the deal
    /// was told.
    pub(super) async fn machine_fields(
        &self,
        machine: &MachineId,
        deal: &str,
    ) -> Result<Option<String>, Failure> {
        let gone = || Ok(Some("the deal was deleted there".to_owned()));
        let Ok(id) = deal.parse() else { return gone() };
        if self.calls.item(Kind::Deal, id).await.map_err(reading)?.is_none() {
            return gone();
        }
        let (db, name) = (&self.bitrix.db, self.bitrix.name());
        let unsaid = {
            let mut tx = db.begin().await.map_err(local)?;
            machines::unsaid(&mut tx, name, deal, machine).await.map_err(local)?
        };
        let (mut fields, mut noted) = (Map::new(), Vec::new());
        if let (Some(field), Some(serial)) = (self.bitrix.config.field("serial"), &unsaid.serial) {
            fields.insert(field.to_owned(), serial.as_str().into());
        }
        if let (Some(field), Some(date)) =
            (self.bitrix.config.field("next_maintenance_on"), unsaid.next_maintenance_on)
        {
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            noted.push((format!("field:{field}"), date.clone()));
            fields.insert(field.to_owned(), Value::from(date));
        }
        if fields.is_empty() {
            return Ok(Some("nothing: the deal says so already".to_owned()));
        }
        self.change(Kind::Deal, id, fields, &noted).await?;
        let mut tx = db.begin().await.map_err(local)?;
        machines::said(&mut tx, name, deal, machine, &unsaid).await.map_err(local)?;
        tx.commit().await.map_err(local)?;
        Ok(None)
    }
}
