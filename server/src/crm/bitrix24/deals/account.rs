//! Bitrix24 as the stories told to it need it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::approvals::rules::Entity;
use domain::db::Db;
use domain::ids::{ApprovalId, MachineId};
use domain::leads::LeadCase;
use domain::{Dealer, Money};
use serde_json::{Map, Value, json};

use crate::config::ConnectionConfig;
use crate::crm::bitrix24::BitrixCalls;
use crate::crm::bitrix24::calls::error::is_missing;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::compose::{TITLE, roubles, shortened};
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::bitrix24::deals::moves::labels;
use crate::crm::bitrix24::inbound::read::{self, is_won, person};
use crate::crm::failure::{creating, reading};
use crate::crm::hear::echo::know_phones;
use crate::crm::hear::facets::{NEXT, of_company, of_contact, of_field, of_person, of_stage};
use crate::crm::hear::{self, met};
use crate::crm::tell::compose::{Deal, Task};
use crate::crm::tell::firm::{COMPANY, Firm};
use crate::crm::tell::person::{CONTACT, Who};
use crate::crm::tell::{Account, Bundle, Found, Memory, Place, Position, Telling};
use crate::worker::policy::{Failure, Look};

/// A portal of Bitrix24 during one delivery.
#[derive(Clone, Copy)]
pub(crate) struct BitrixAccount<'a> {
    /// Which one.
    pub(crate) bitrix: &'a BitrixConnection,
    /// Through which its calls go.
    pub(crate) calls: BitrixCalls<'a>,
}

impl Account for BitrixAccount<'_> {
    const DEAL: &'static str = Kind::Deal.name();

    const TEXT_LIMIT: Option<usize> = Some(TITLE);

    type Contact = Item;

    fn config(&self) -> &ConnectionConfig {
        &self.bitrix.config
    }

    fn memory(&self) -> &Memory {
        &self.bitrix.memory
    }

    fn db(&self) -> &Db {
        &self.bitrix.db
    }

    fn dealer(&self) -> &Arc<Dealer> {
        &self.bitrix.dealer
    }

    async fn find_deal(&self, number: &str) -> Result<Option<i64>, Failure> {
        self.find_ours(Kind::Deal, number).await
    }

    async fn make_deal(
        &self,
        deal: &Deal,
        contact: Option<i64>,
        company: Option<i64>,
    ) -> Result<i64, Failure> {
        let mut fields = self.bitrix.new_deal(deal);
        if let Some(contact) = contact {
            fields.insert("contactIds".to_owned(), json!([contact]));
        }
        if let Some(company) = company {
            fields.insert("companyId".to_owned(), company.into());
        }
        let made = self.calls.add_item(Kind::Deal, fields.into()).await.map_err(creating)?;
        let stage: Vec<_> = made.text("stageId").map(of_stage).into_iter().collect();
        met(self, Self::DEAL, made.id(), 0, &stage).await?;
        Ok(made.id())
    }

    async fn has_leads(&self) -> Result<bool, Failure> {
        self.works_with_leads().await
    }

    async fn find_lead(&self, number: &str) -> Result<Option<i64>, Failure> {
        self.find_ours(Kind::Lead, number).await
    }

    async fn make_lead(&self, case: &LeadCase) -> Result<i64, Failure> {
        self.add_lead(case).await
    }

    async fn move_lead(&self, lead: i64, stage: &str) -> Result<Option<String>, Failure> {
        let there = self.calls.item(Kind::Lead, lead).await.map_err(reading)?;
        match there.is_some_and(|lead| is_won(&lead)) {
            true => Ok(Some("it was converted there, and its deal goes on".to_owned())),
            false => self.move_item(Kind::Lead, lead, stage).await,
        }
    }

    async fn move_deal(&self, deal: i64, stage: &str) -> Result<Option<String>, Failure> {
        self.move_item(Kind::Deal, deal, stage).await
    }

    async fn write_next(&self, deal: i64, next: NaiveDate) -> Result<(), Failure> {
        let Some(field) = self.bitrix.config.field(NEXT) else { return Ok(()) };
        let date = next.to_string();
        let noted = [(of_field(field), date.clone())];
        let fields = Map::from_iter([(field.to_owned(), Value::from(date))]);
        self.change(Kind::Deal, deal, fields, &noted).await
    }

    async fn write_total(&self, deal: i64, total: Money) -> Result<(), Failure> {
        // Else the portal would put the sum of the product rows there again.
        let fields = Map::from_iter([
            ("opportunity".to_owned(), roubles(total)),
            ("isManualOpportunity".to_owned(), "Y".into()),
        ]);
        self.change(Kind::Deal, deal, fields, &[]).await
    }

    async fn contact(&self, id: i64) -> Result<Option<Found<Item>>, Failure> {
        Ok(self.calls.item(Kind::Contact, id).await.map_err(reading)?.map(found))
    }

    async fn find_contact(&self, who: &Who) -> Result<Option<Found<Item>>, Failure> {
        let Some(contact) = self.search_contact(who).await? else { return Ok(None) };
        // What it says by now was there before we had to do with it.
        let there = person(&contact);
        met(self, CONTACT, contact.id(), there.at, &of_contact(&there)).await?;
        know_phones(self, who, &there.phones).await?;
        Ok(Some(found(contact)))
    }

    async fn make_contact(&self, who: &Who) -> Result<i64, Failure> {
        let fields = self.bitrix.new_contact(who);
        let made = self.calls.add_item(Kind::Contact, fields.into()).await.map_err(creating)?;
        let says = of_person(who, &shortened(&who.name));
        met(self, CONTACT, made.id(), 0, &says).await?;
        Ok(made.id())
    }

    async fn top_up(&self, contact: &Item, who: &Who) -> Result<(), Failure> {
        self.add_missing(contact, who).await
    }

    async fn employ(&self, contact: i64, company: i64) -> Result<(), Failure> {
        let fields = json!({ "companyIds": [company] });
        self.calls.update_item(Kind::Contact, contact, fields).await.map_err(reading).map(|_| ())
    }

    async fn has_company(&self, id: i64) -> Result<bool, Failure> {
        Ok(self.calls.item(Kind::Company, id).await.map_err(reading)?.is_some())
    }

    async fn find_company(&self, firm: &Firm) -> Result<Option<i64>, Failure> {
        let Some(company) = self.search_company(firm).await? else { return Ok(None) };
        // Under whatever name it is known there: that is theirs, and ours here is ours.
        let there = read::firm(&company);
        met(self, COMPANY, company.id(), there.at, &of_company(&there.name)).await?;
        Ok(Some(company.id()))
    }

    async fn make_company(&self, firm: &Firm) -> Result<i64, Failure> {
        let fields = self.bitrix.new_company(firm);
        let made = self.calls.add_item(Kind::Company, fields.into()).await.map_err(creating)?;
        met(self, COMPANY, made.id(), 0, &of_company(&shortened(&firm.name))).await?;
        Ok(made.id())
    }

    async fn notes(&self, place: Place) -> Result<Vec<(i64, String)>, Failure> {
        self.calls.comments(kind_of(place)).await.map_err(reading)
    }

    async fn add_note(&self, place: Place, text: &str) -> Result<i64, Failure> {
        self.calls.add_comment(kind_of(place), text, &[]).await.map_err(creating)
    }

    async fn attach(
        &self,
        telling: Telling<'_>,
        place: Place,
        bundle: Bundle<'_>,
    ) -> Result<Option<String>, Failure> {
        self.attach_files(telling, place, bundle).await
    }

    async fn add_positions(
        &self,
        telling: Telling<'_>,
        deal: i64,
        positions: &[Position<'_>],
    ) -> Result<Option<String>, Failure> {
        self.set_rows(telling, deal, positions).await
    }

    async fn find_task(&self, task: &Task, others: &[i64]) -> Result<Option<i64>, Failure> {
        let open = self.calls.open_tasks(&task.text).await.map_err(reading)?;
        Ok(open.into_iter().filter(|id| !others.contains(id)).min())
    }

    async fn make_task(&self, task: &Task, contact: Option<i64>) -> Result<i64, Failure> {
        let responsible = match self.bitrix.settings.responsible_user_id {
            Some(user) => user,
            None => self.ourselves().await?,
        };
        let bound: Vec<String> = contact.iter().map(|contact| format!("C_{contact}")).collect();
        let fields = json!({
            "TITLE": task.text,
            "RESPONSIBLE_ID": responsible,
            "DEADLINE": task.till.with_timezone(&self.bitrix.dealer.zone).to_rfc3339(),
            "UF_CRM_TASK": bound,
        });
        self.calls.add_task(fields).await.map_err(creating)
    }

    async fn close_task(&self, task: i64, result: &str) -> Result<(), Failure> {
        match self.calls.complete_task(task, result).await {
            Err(error) if !is_missing(&error) => Err(reading(error)),
            _ => Ok(()),
        }
    }

    async fn tell_machine(
        &self,
        machine: &MachineId,
        deal: &str,
    ) -> Result<Option<String>, Failure> {
        hear::tell_machine(self, machine, deal).await
    }

    async fn look_again(&self, deal: &str) -> Result<Option<String>, Failure> {
        hear::look_again(self, deal).await
    }

    async fn tell_approval(
        &self,
        approval: &ApprovalId,
        look: Look,
    ) -> Result<Option<String>, Failure> {
        self.tell(approval, look).await
    }

    async fn answer_approval(
        &self,
        approval: &ApprovalId,
        told: (i64, &str, &str),
        look: Look,
    ) -> Result<Option<String>, Failure> {
        self.answer(approval, told, look).await
    }

    async fn approval_files(&self, approval: &ApprovalId) -> Result<Option<String>, Failure> {
        self.fetch_files(approval).await
    }

    async fn sample(&self, entity: Entity) -> Result<Option<String>, Failure> {
        self.read_sample(entity).await
    }

    async fn field_names(&self) -> Result<BTreeMap<String, String>, Failure> {
        let known = labels(&self.calls.item_fields(Kind::Deal).await.map_err(reading)?);
        let ours = self.bitrix.config.fields.iter();
        Ok(ours
            .filter_map(|(ours, theirs)| Some((ours.clone(), known.get(theirs)?.clone())))
            .collect())
    }
}

/// Whose timeline it is.
pub(super) fn kind_of(place: Place) -> (Kind, i64) {
    match place {
        Place::Deal(id) => (Kind::Deal, id),
        Place::Lead(id) => (Kind::Lead, id),
        Place::Contact(id) => (Kind::Contact, id),
    }
}

fn found(contact: Item) -> Found<Item> {
    let employed = contact.number("companyId").is_some() || !contact.ids("companyIds").is_empty();
    Found { id: contact.id(), employed, contact }
}
