//! A deal of the managers' own in which machines are sold: what its fields say is followed, what it
//! lacks is noted in it, what was changed here is written into it.

use chrono::{DateTime, NaiveDate};
use domain::ids::MachineId;
use domain::ledger::{self, Sight};
use domain::machines::{self, Sale, Unsaid, sold_machines};
use domain::text::Phone;

use crate::crm::amo::calls::fields::{self, FieldWrite};
use crate::crm::amo::calls::write::LeadPatch;
use crate::crm::amo::connection::{AmoConnection, LEAD, local, reading};
use crate::crm::amo::inbound::follow::{internal, trouble};
use crate::crm::amo::wire::{Contact, Lead};
use crate::crm::amo::{AmoCalls, CallError};
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// Our name of the field that holds the next maintenance.
const NEXT: &str = "next_maintenance_on";

impl AmoConnection {
    /// Follows a deal that is none of our orders or requests: once it is won, and ever after.
    pub(crate) async fn follow_sale(
        &self,
        lead: &Lead,
        again: bool,
        calls: AmoCalls<'_>,
    ) -> Result<(), Trouble> {
        let id = lead.id.to_string();
        let known = {
            let mut reader = self.db.read().await.map_err(internal)?;
            machines::is_followed(&mut reader, self.name(), &id).await.map_err(internal)?
        };
        if !known && !self.is_won(lead) {
            return Ok(());
        }
        let sale = self.sale(lead, calls).await.map_err(trouble)?;
        let mut tx = self.db.begin().await.map_err(internal)?;
        let at = lead.updated_at.unwrap_or_default();
        let sight = ledger::see(&mut tx, self.their(LEAD, &id), at, &format!("{sale:?}")).await;
        if sight.map_err(internal)? == Sight::Late && !again {
            return Ok(());
        }
        let sale = self.told_by_us(&mut tx, sale).await.map_err(internal)?;
        machines::follow_sale(&mut tx, &self.dealer, &sale).await.map_err(internal)?;
        tx.commit().await.map_err(internal)
    }

    fn is_won(&self, lead: &Lead) -> bool {
        let here = self.settings.pipeline_id.is_none_or(|id| lead.pipeline_id == Some(id));
        here && lead.status_id == Some(self.settings.status_success)
    }

    /// What the deal says, with its contact and company.
    async fn sale(&self, lead: &Lead, calls: AmoCalls<'_>) -> Result<Sale, CallError> {
        let contact = match lead.main_contact() {
            Some(id) => calls.contact(id).await?,
            None => None,
        };
        let company = match lead.embedded.companies.first() {
            Some(company) => {
                let path = format!("/api/v4/companies/{}", company.id);
                calls.get::<Contact>(&path, &[]).await?
            }
            None => None,
        };
        let zone = self.zone(calls).await?;
        let text = |ours: &str| self.field(ours).and_then(|field| lead.text(field));
        let (serial, model) = (text("serial"), text("model"));
        let configuration = text("configuration");
        let bought = match model {
            Some(_) => Vec::new(),
            None => self.models_bought(lead, calls).await?,
        };
        let filled = |name: String| Some(name).filter(|name| !name.trim().is_empty());
        Ok(Sale {
            connection: self.name().to_owned(),
            deal: lead.id.to_string(),
            title: lead.name.clone(),
            won: self.is_won(lead),
            at: DateTime::from_timestamp(lead.updated_at.unwrap_or_default(), 0)
                .unwrap_or_default(),
            machines: sold_machines(
                serial.as_deref(),
                model.as_deref(),
                configuration.as_deref(),
                &bought,
            ),
            next_maintenance_on: self.field(NEXT).and_then(|field| lead.date(field, zone)),
            own_date: false,
            telegram_id: text("telegram_id").and_then(|id| id.parse().ok()),
            phone: contact.as_ref().and_then(first_phone),
            customer_name: contact.and_then(|contact| filled(contact.name)),
            company: company.and_then(|company| filled(company.name)),
        })
    }

    /// The models among the products of a deal, by their articles, and how many of each.
    async fn models_bought(
        &self,
        lead: &Lead,
        calls: AmoCalls<'_>,
    ) -> Result<Vec<(String, usize)>, CallError> {
        let mut bought = Vec::new();
        for linked in &lead.embedded.catalog_elements {
            let Some(catalogue) = linked.catalogue() else { continue };
            let Some(sku) = calls.element(catalogue, linked.id).await?.and_then(|it| it.sku())
            else {
                continue;
            };
            let known = async {
                let mut reader = self.db.read().await?;
                machines::is_model(&mut reader, &sku).await
            };
            if known.await.map_err(|error| CallError::Local { words: error.to_string() })? {
                bought.push((sku, linked.quantity()));
            }
        }
        Ok(bought)
    }

    /// Whether the date in the deal is our own word.
    async fn told_by_us(&self, tx: &mut domain::db::Tx, mut sale: Sale) -> domain::Result<Sale> {
        if let (Some(field), Some(date)) = (self.field(NEXT), sale.next_maintenance_on) {
            let (their, at) = (self.their(LEAD, &sale.deal), Some(sale.at.timestamp()));
            let (facet, now) = (facet(field), self.dealer.clock.now());
            sale.own_date = ledger::is_echo(tx, their, &facet, &date.to_string(), at, now).await?;
        }
        Ok(sale)
    }

    /// Carries `CrmMachine` out: reads the deal first, for what was changed there meanwhile may be
    /// later than our word.
    pub(crate) async fn machine_fields(
        &self,
        machine: &MachineId,
        deal: &str,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let gone = || Ok(Some("the deal was deleted there".to_owned()));
        let Ok(id) = deal.parse() else { return gone() };
        let Some(lead) = calls.lead(id).await.map_err(reading)? else { return gone() };
        if lead.is_deleted {
            return gone();
        }
        let sale = self.sale(&lead, calls).await.map_err(reading)?;
        let unsaid = {
            let mut tx = self.db.begin().await.map_err(local)?;
            let sale = self.told_by_us(&mut tx, sale).await.map_err(local)?;
            machines::follow_sale(&mut tx, &self.dealer, &sale).await.map_err(local)?;
            let unsaid = machines::unsaid(&mut tx, self.name(), deal, machine).await;
            tx.commit().await.map_err(local)?;
            unsaid.map_err(local)?
        };
        let zone = self.zone(calls).await.map_err(reading)?;
        let mut fields = Vec::new();
        if let (Some(field), Some(serial)) = (self.field("serial"), &unsaid.serial) {
            fields.push(FieldWrite::text(field, serial));
        }
        if let (Some(field), Some(date)) = (self.field(NEXT), unsaid.next_maintenance_on) {
            fields.push(match date {
                Some(date) => FieldWrite::date(field, date, zone),
                None => FieldWrite::clear(field),
            });
        }
        if fields.is_empty() {
            return Ok(Some("nothing: the deal says so already".to_owned()));
        }
        self.write_fields(id, fields, unsaid.next_maintenance_on.flatten(), calls).await?;
        self.is_said(machine, deal, &unsaid).await?;
        Ok(None)
    }

    async fn is_said(
        &self,
        machine: &MachineId,
        deal: &str,
        unsaid: &Unsaid,
    ) -> Result<(), Failure> {
        let mut tx = self.db.begin().await.map_err(local)?;
        machines::said(&mut tx, self.name(), deal, machine, unsaid).await.map_err(local)?;
        tx.commit().await.map_err(local)
    }

    /// Writes fields of a deal; a date among them is noted, so that its echo is known.
    pub(crate) async fn write_fields(
        &self,
        lead: i64,
        fields: Vec<FieldWrite>,
        date: Option<NaiveDate>,
        calls: AmoCalls<'_>,
    ) -> Result<(), Failure> {
        let noted: Vec<(String, String)> = match (self.field(NEXT), date) {
            (Some(field), Some(date)) => vec![(facet(field), date.to_string())],
            _ => Vec::new(),
        };
        self.writing(LEAD, lead, &noted).await?;
        let patch = LeadPatch { fields, ..LeadPatch::default() };
        let at = calls.update_lead(lead, patch).await.map_err(reading)?;
        self.written(LEAD, lead, at).await
    }
}

/// What the ledger calls a field.
fn facet(field: i64) -> String {
    format!("field:{field}")
}

fn first_phone(contact: &Contact) -> Option<Phone> {
    fields::phones(contact).iter().find_map(|phone| Phone::parse(phone))
}
