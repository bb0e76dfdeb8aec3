//! amoCRM as it is heard.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::inbox::InboundEvent;
use domain::machines::Unsaid;
use domain::settings;

use crate::crm::amo::CallError;
use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::connection::{AmoConnection, reading};
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::inbound::webhook::{self, AmoHook};
use crate::crm::amo::inbound::{facets, hint};
use crate::crm::amo::wire::{FieldValue, Lead};
use crate::crm::hear::facets::{FOLLOWED, NEXT};
use crate::crm::hear::{
    Changes, Hint, Product, SaidField, Speaker, TheirDeal, TheirFirm, TheirPerson, internal,
};
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

impl Speaker for AmoAccount<'_> {
    async fn hints(&self, event: &InboundEvent) -> Result<Vec<Hint>, Trouble> {
        let hook =
            webhook::parse(&event.body).map_err(|error| Trouble::Never(error.to_string()))?;
        if hook.events.is_empty() {
            let seen = hook.unknown.join(", ");
            return Err(Trouble::Never(format!("nothing in it that we know; it holds: {seen}")));
        }
        self.amo.is_from_here(&hook).await?;
        Ok(hook.events.iter().filter_map(hint::of).collect())
    }

    async fn their_deal(&self, id: &str) -> Result<Option<TheirDeal>, CallError> {
        let Ok(id) = id.parse() else { return Ok(None) };
        let lead = self.calls.lead(id).await?;
        Ok(lead.filter(|lead| !lead.is_deleted).map(|lead| self.amo.deal(&lead)))
    }

    fn wins(&self, stage: &str, pipeline: Option<i64>) -> bool {
        self.amo.wins(stage.parse().ok(), pipeline)
    }

    async fn their_person(&self, id: &str) -> Result<Option<TheirPerson>, CallError> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(self.calls.contact(id).await?.as_ref().map(facets::person))
    }

    async fn their_firm(&self, id: &str) -> Result<Option<TheirFirm>, CallError> {
        let Ok(id) = id.parse() else { return Ok(None) };
        let firm = self.calls.company(id).await?.map(|company| TheirFirm {
            id: company.id.to_string(),
            at: company.updated_at.unwrap_or_default(),
            name: company.name,
        });
        Ok(firm)
    }

    async fn day(&self, said: &str) -> Result<Option<NaiveDate>, CallError> {
        let zone = self.amo.zone(self.calls).await?;
        Ok(FieldValue::day(said, zone))
    }

    async fn products(&self, deal: &TheirDeal) -> Result<Vec<Product>, CallError> {
        Ok(deal.products.clone())
    }

    async fn words_of(&self, product: &Product) -> Result<Vec<String>, CallError> {
        let list = product.list.as_ref().and_then(|list| list.parse().ok());
        let (Some(list), Ok(id)) = (list, product.id.parse()) else { return Ok(Vec::new()) };
        let element = self.calls.element(list, id).await?;
        Ok(element.and_then(|element| element.sku()).into_iter().collect())
    }

    async fn write_unsaid(&self, deal: &TheirDeal, unsaid: &Unsaid) -> Result<bool, Failure> {
        let mut fields = Vec::new();
        if let (Some(field), Some(serial)) = (self.amo.field("serial"), &unsaid.serial) {
            fields.push(FieldWrite::text(field, serial));
        }
        if let (Some(field), Some(date)) = (self.amo.field(NEXT), unsaid.next_maintenance_on) {
            let zone = self.amo.zone(self.calls).await.map_err(reading)?;
            fields.push(match date {
                Some(date) => FieldWrite::date(field, date, zone),
                None => FieldWrite::clear(field),
            });
        }
        let Some(lead) = deal.id.parse().ok().filter(|_| !fields.is_empty()) else {
            return Ok(false);
        };
        self.write_fields(lead, fields).await?;
        Ok(true)
    }

    async fn changes(&self, since: i64) -> anyhow::Result<Changes> {
        self.changed(since).await
    }

    /// Keeps the account's id: webhooks of another account are refused by it.
    async fn introduce(&self) -> anyhow::Result<()> {
        let id = self.amo.account(self.calls).await?.id;
        let mut tx = self.amo.db.begin().await?;
        settings::put(&mut tx, &self.amo.account_key(), &id.to_string()).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl AmoConnection {
    /// A webhook with our secret from another account was set up by mistake, or is a forgery. The
    /// id decides where both are known; an account may be renamed, then its subdomain changes.
    pub(crate) async fn is_from_here(&self, hook: &AmoHook) -> Result<(), Trouble> {
        let known = {
            let mut reader = self.db.read().await.map_err(internal)?;
            settings::get(&mut reader, &self.account_key()).await.map_err(internal)?
        };
        let known: Option<i64> = known.and_then(|id| id.parse().ok());
        let ours = match (known, hook.account_id, &hook.subdomain) {
            (Some(known), Some(id), _) => known == id,
            (_, _, Some(name)) => name.eq_ignore_ascii_case(&self.settings.subdomain),
            _ => false,
        };
        if ours {
            return Ok(());
        }
        let from = hook.subdomain.clone().or(hook.account_id.map(|id| id.to_string()));
        let from = from.unwrap_or_else(|| "no account".to_owned());
        Err(Trouble::Never(format!("it comes from {from}, not from {}", self.settings.subdomain)))
    }

    /// Where the account's id is kept between runs.
    fn account_key(&self) -> String {
        format!("amocrm:account:{}", self.name())
    }

    /// Whether a stage is the one of success, and of the pipeline that counts, where one is told.
    pub(super) fn wins(&self, stage: Option<i64>, pipeline: Option<i64>) -> bool {
        let own = self.settings.pipeline_id;
        let here = own.is_none_or(|own| pipeline.is_none_or(|pipeline| pipeline == own));
        here && stage == Some(self.settings.status_success)
    }

    /// A deal as everybody understands it.
    fn deal(&self, lead: &Lead) -> TheirDeal {
        let known = |id: Option<i64>| id.map(|id| id.to_string());
        let field = |ours: &&'static str| {
            let theirs = self.field(ours)?;
            let said = lead.text(theirs);
            Some(SaidField { ours, theirs: theirs.to_string(), said })
        };
        let products = lead.embedded.catalog_elements.iter().map(|element| Product {
            id: element.id.to_string(),
            list: known(element.catalogue()),
            name: None,
            quantity: element.quantity(),
        });
        TheirDeal {
            id: lead.id.to_string(),
            title: lead.name.clone(),
            stage: known(lead.status_id).unwrap_or_default(),
            pipeline: known(lead.pipeline_id).unwrap_or_default(),
            won: self.wins(lead.status_id, lead.pipeline_id),
            at: lead.updated_at.unwrap_or_default(),
            contact: known(lead.main_contact()),
            company: known(lead.embedded.companies.first().map(|company| company.id)),
            fields: FOLLOWED.iter().filter_map(field).collect(),
            products: products.collect(),
            told: BTreeMap::new(),
        }
    }
}
