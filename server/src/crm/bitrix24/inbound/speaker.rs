//! Bitrix24 as it is heard.

use chrono::NaiveDate;
use domain::approvals::rules::Entity;
use domain::inbox::InboundEvent;
use domain::ledger::Facet;
use domain::machines::Unsaid;
use domain::settings;
use serde_json::{Map, Value, json};

use crate::crm::NoRecord;
use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::access::PortalEvent;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::inbound::{hint, read};
use crate::crm::failure::reading;
use crate::crm::hear::facets::{NEXT, of_field};
use crate::crm::hear::{
    Changes, Hint, Product, Speaker, TheirDeal, TheirFirm, TheirPerson, internal, trouble,
};
use crate::crm::limiter::Urgency;
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

impl Speaker for BitrixAccount<'_> {
    async fn hints(&self, event: &InboundEvent) -> Result<Vec<Hint>, Trouble> {
        let Some(event) = PortalEvent::parse(&event.body) else {
            return Err(Trouble::Never("not an event".to_owned()));
        };
        self.bitrix.is_from_here(&event).await?;
        match hint::of(&event) {
            Some(hint) => Ok(vec![hint]),
            None => Err(Trouble::Never(format!("nothing in it that we follow: {}", event.name))),
        }
    }

    async fn their_deal(&self, id: &str) -> Result<Option<TheirDeal>, CallError> {
        let item = self.their(Kind::Deal, id).await?;
        Ok(item.map(|item| read::deal(&self.bitrix.config, Kind::Deal, &item)))
    }

    async fn their_lead(&self, id: &str) -> Result<Option<TheirDeal>, CallError> {
        let item = self.their(Kind::Lead, id).await?;
        Ok(item.map(|item| read::deal(&self.bitrix.config, Kind::Lead, &item)))
    }

    async fn became(&self, lead: &str) -> Result<Option<TheirDeal>, CallError> {
        let Ok(id) = lead.parse::<i64>() else { return Ok(None) };
        let made = self.calls.items(Kind::Deal, json!({ "=leadId": id })).await?;
        // A filter by a field that is not there is ignored: the hit must say so itself.
        let deal = made.iter().filter(|deal| deal.number("leadId") == Some(id));
        let deal = deal.min_by_key(|deal| deal.id());
        Ok(deal.map(|item| read::deal(&self.bitrix.config, Kind::Deal, item)))
    }

    fn wins(&self, stage: &str, _: Option<i64>) -> bool {
        read::is_success(stage)
    }

    async fn their_person(&self, id: &str) -> Result<Option<TheirPerson>, CallError> {
        Ok(self.their(Kind::Contact, id).await?.as_ref().map(read::person))
    }

    async fn their_firm(&self, id: &str) -> Result<Option<TheirFirm>, CallError> {
        Ok(self.their(Kind::Company, id).await?.as_ref().map(read::firm))
    }

    async fn day(&self, said: &str) -> Result<Option<NaiveDate>, CallError> {
        Ok(read::day(said))
    }

    /// Rows are written after the deal, so they are read when it is followed.
    async fn products(&self, deal: &TheirDeal) -> Result<Vec<Product>, CallError> {
        let params = json!({ "filter": { "=ownerType": "D", "=ownerId": deal.id } });
        let method = "crm.item.productrow.list";
        let rows = self.calls.all::<Item>(method, params, Some("productRows")).await;
        let rows = match rows {
            Ok(rows) => rows,
            // A portal without a catalogue has none.
            Err(CallError::Rejected { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let product = |row: &Item| {
            let name = row.text("productName");
            let id = row.number("productId").map(|id| id.to_string());
            let quantity = row.text("quantity").and_then(|pieces| pieces.parse::<f64>().ok());
            Some(Product {
                id: id.or(name.clone())?,
                list: None,
                name,
                quantity: pieces(quantity.unwrap_or(1.0)),
            })
        };
        Ok(rows.iter().filter_map(product).collect())
    }

    async fn words_of(&self, product: &Product) -> Result<Vec<String>, CallError> {
        // We ourselves write rows as the article and the name.
        let name = product.name.clone().unwrap_or_default();
        let first = name.split_whitespace().next().unwrap_or_default().to_owned();
        let mut words = vec![name, first];
        if let Ok(id) = product.id.parse::<i64>() {
            words.extend(self.codes_of(id).await?);
        }
        words.retain(|word| !word.is_empty());
        Ok(words)
    }

    async fn write_unsaid(&self, deal: &TheirDeal, unsaid: &Unsaid) -> Result<bool, Failure> {
        let config = &self.bitrix.config;
        let serial = config.field("serial").zip(unsaid.serial.clone());
        let next = config.field(NEXT).zip(unsaid.next_maintenance_on);
        let next = next
            .map(|(field, date)| (field, date.map(|date| date.to_string()).unwrap_or_default()));
        let says: Vec<(&str, String)> = serial.into_iter().chain(next).collect();
        let Some(id) = deal.id.parse().ok().filter(|_| !says.is_empty()) else {
            return Ok(false);
        };
        let noted: Vec<Facet> =
            says.iter().map(|(field, said)| (of_field(field), said.trim().to_owned())).collect();
        let fields = says.into_iter().map(|(field, said)| (field.to_owned(), Value::from(said)));
        self.change(Kind::Deal, id, fields.collect::<Map<_, _>>(), &noted).await?;
        Ok(true)
    }

    async fn ask(&self, entity: Entity, id: &str, deal: Option<&TheirDeal>) -> Result<(), Trouble> {
        self.ask_for(entity, id, deal).await
    }

    async fn asks_about_leads(&self) -> Result<bool, Trouble> {
        self.watches(Entity::Lead).await.map_err(internal)
    }

    async fn follow_task(&self, hint: &Hint) -> Result<(), Trouble> {
        self.follow_approval(hint).await
    }

    async fn changes(&self, since: i64) -> anyhow::Result<Changes> {
        self.fetch_kept().await?;
        self.changed(since).await
    }
}

impl BitrixAccount<'_> {
    async fn their(&self, kind: Kind, id: &str) -> Result<Option<Item>, CallError> {
        match id.parse() {
            Ok(id) => self.calls.item(kind, id).await,
            Err(_) => Ok(None),
        }
    }

    /// What the catalogue calls a product beside its name: its code, its code in other systems, its
    /// article. An access without a right to the catalogue does without.
    async fn codes_of(&self, product: i64) -> Result<Vec<String>, CallError> {
        let asked =
            self.calls.call::<Value>("catalog.product.get", &json!({ "id": product })).await;
        let told = match asked {
            Ok(told) => told,
            Err(CallError::Rejected { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let article = self.bitrix.config.catalogue.as_ref().and_then(|it| it.sku.as_deref());
        let names = article.into_iter().chain(["code", "xmlId"]);
        let said = |name: &str| {
            let value = &told["product"][name];
            value.as_str().or(value["value"].as_str()).map(str::to_owned)
        };
        Ok(names.filter_map(said).collect())
    }
}

impl BitrixConnection {
    /// One call that any portal answers, to see whether it does.
    pub(crate) async fn knock(&self) -> Result<(), Failure> {
        let calls = self.client.calls(&NoRecord).with_urgency(Urgency::Background);
        calls.call::<Value>("profile", &json!({})).await.map(drop).map_err(reading)
    }

    /// An event with our token from another portal was set up by mistake. The portal's own id decides
    /// where it is known, for a portal may be renamed; else its host does, and the id is kept.
    async fn is_from_here(&self, event: &PortalEvent) -> Result<(), Trouble> {
        let (member, host) = (event.auth("member_id"), event.auth("domain"));
        let known = self.member().await.map_err(internal)?;
        if let (Some(known), Some(member)) = (&known, member) {
            return match known == member {
                true => Ok(()),
                false => Err(from_elsewhere(host.unwrap_or(member))),
            };
        }
        let ours = self.client.door().host().await.map_err(trouble)?;
        match (ours, host) {
            // The application's token came together with its portal.
            (None, _) => Ok(()),
            (Some(ours), Some(host)) if ours.eq_ignore_ascii_case(host) => match member {
                Some(member) => self.remember(member).await.map_err(internal),
                None => Ok(()),
            },
            (_, host) => Err(from_elsewhere(host.unwrap_or("no portal"))),
        }
    }

    /// The portal's own id, once it is known.
    async fn member(&self) -> domain::Result<Option<String>> {
        if let Some(app) = &self.app
            && let Some(stored) = app.known().await
            && stored.member.is_some()
        {
            return Ok(stored.member);
        }
        settings::get(&mut self.db.read().await?, &self.member_key()).await
    }

    async fn remember(&self, member: &str) -> domain::Result<()> {
        let mut tx = self.db.begin().await?;
        settings::put(&mut tx, &self.member_key(), member).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Where the portal's id is kept between runs.
    fn member_key(&self) -> String {
        format!("bitrix24:member:{}", self.name())
    }
}

fn from_elsewhere(host: &str) -> Trouble {
    Trouble::Never(format!("it comes from another portal: {host}"))
}

/// Whole pieces; a part of one is one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a number that fits"
)]
fn pieces(quantity: f64) -> usize {
    quantity.clamp(1.0, 1e6) as usize
}
