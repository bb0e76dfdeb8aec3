//! A deal of the managers' own in which machines are sold: what its fields say is followed, what it
//! lacks is noted in it, what was changed here is written into it.

use chrono::DateTime;
use domain::db::Tx;
use domain::ids::MachineId;
use domain::ledger;
use domain::machines::{self, Sale, Unsaid, sold_machines};

use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::connection::{AmoConnection, LEAD, local, reading};
use crate::crm::amo::inbound::facets::{self, NEXT};
use crate::crm::amo::inbound::follow::{internal, trouble};
use crate::crm::amo::wire::{Contact, Lead};
use crate::crm::amo::{AmoCalls, CallError};
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// Why nothing was done.
const GONE: &str = "the deal was deleted there";

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
        if !again && !self.has_news(lead, calls).await? {
            return Ok(());
        }
        let sale = self.sale(lead, calls).await.map_err(trouble)?;
        let zone = self.zone(calls).await.map_err(trouble)?;
        let mut tx = self.db.begin().await.map_err(internal)?;
        let sale = self.looked_at(&mut tx, lead, zone, sale).await.map_err(internal)?;
        let (sale, late) = sale;
        if late && !again {
            return Ok(());
        }
        machines::follow_sale(&mut tx, &self.dealer, &sale).await.map_err(internal)?;
        tx.commit().await.map_err(internal)
    }

    /// Whether a deal says anything that we neither wrote nor followed; what its contact and company
    /// say is asked only then. A deal that waits to be filled in is always followed: what it waits
    /// for may have come to be here.
    async fn has_news(&self, lead: &Lead, calls: AmoCalls<'_>) -> Result<bool, Trouble> {
        let zone = self.zone(calls).await.map_err(trouble)?;
        let (id, now) = (lead.id.to_string(), self.dealer.clock.now());
        let (at, says) = (lead.updated_at.unwrap_or_default(), self.sale_facets(lead, zone));
        let mut tx = self.db.begin().await.map_err(internal)?;
        let look = ledger::look(&mut tx, self.their(LEAD, &id), at, &says, now).await;
        let look = look.map_err(internal)?;
        let waits = machines::has_open_gaps(&mut tx, self.name(), &id).await.map_err(internal)?;
        if look.is_late() {
            return Ok(false);
        }
        if look.has_news() || waits {
            // Not committed: it is seen when it is followed.
            return Ok(true);
        }
        tx.commit().await.map_err(internal)?;
        Ok(false)
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
            phones: contact.as_ref().map(facets::phones_of).unwrap_or_default(),
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

    /// Remembers what the deal says, in the transaction that follows it: whether the date in it is
    /// our own word, and whether something newer was followed before.
    async fn looked_at(
        &self,
        tx: &mut Tx,
        lead: &Lead,
        zone: chrono_tz::Tz,
        mut sale: Sale,
    ) -> domain::Result<(Sale, bool)> {
        let (at, now) = (sale.at.timestamp(), self.dealer.clock.now());
        let says = self.sale_facets(lead, zone);
        let look = ledger::look(tx, self.their(LEAD, &sale.deal), at, &says, now).await?;
        sale.own_date =
            self.field(NEXT).is_some_and(|field| look.is_ours(&facets::of_field(field)));
        Ok((sale, look.is_late()))
    }

    /// A deal by which something was sold; `None` where it is gone.
    async fn sold_by(&self, deal: &str, calls: AmoCalls<'_>) -> Result<Option<Lead>, Failure> {
        let Ok(id) = deal.parse() else { return Ok(None) };
        let lead = calls.lead(id).await.map_err(reading)?;
        Ok(lead.filter(|lead| !lead.is_deleted))
    }

    /// Follows what a deal says now, whatever was seen of it; what else is to be done goes into the
    /// same transaction.
    async fn caught_up(&self, lead: &Lead, calls: AmoCalls<'_>) -> Result<Tx, Failure> {
        let sale = self.sale(lead, calls).await.map_err(reading)?;
        let zone = self.zone(calls).await.map_err(reading)?;
        let mut tx = self.db.begin().await.map_err(local)?;
        let (sale, _) = self.looked_at(&mut tx, lead, zone, sale).await.map_err(local)?;
        machines::follow_sale(&mut tx, &self.dealer, &sale).await.map_err(local)?;
        Ok(tx)
    }

    /// Carries `CrmSaleLook` out: what the deal waited for is known by now.
    pub(crate) async fn sale_look(
        &self,
        deal: &str,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let Some(lead) = self.sold_by(deal, calls).await? else { return Ok(Some(GONE.to_owned())) };
        self.caught_up(&lead, calls).await?.commit().await.map_err(local)?;
        Ok(None)
    }

    /// Carries `CrmMachine` out: reads the deal first, for what was changed there meanwhile may be
    /// later than our word.
    pub(crate) async fn machine_fields(
        &self,
        machine: &MachineId,
        deal: &str,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let Some(lead) = self.sold_by(deal, calls).await? else { return Ok(Some(GONE.to_owned())) };
        let unsaid = {
            let mut tx = self.caught_up(&lead, calls).await?;
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
        self.write_fields(lead.id, fields, calls).await?;
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
}
