//! amoCRM as the stories told to it need it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::db::Db;
use domain::ids::MachineId;
use domain::{Dealer, Money};

use crate::config::ConnectionConfig;
use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::fields::{FieldWrite, TEXT_LIMIT, shortened};
use crate::crm::amo::calls::write::{LeadPatch, LinkTo, NewLead, Stage, TaskEntity};
use crate::crm::amo::connection::{AmoConnection, CONTACT, LEAD, creating, reading};
use crate::crm::amo::deals::deal::ours;
use crate::crm::amo::inbound::facets;
use crate::crm::amo::wire::Contact;
use crate::crm::hear::echo::know_phones;
use crate::crm::hear::facets::{NEXT, of_company, of_contact, of_person};
use crate::crm::hear::{self, met};
use crate::crm::tell::compose::{Deal, Task};
use crate::crm::tell::deal::Parties;
use crate::crm::tell::firm::{COMPANY, Firm};
use crate::crm::tell::person::Who;
use crate::crm::tell::{Account, Bundle, Found, Memory, Place, Position, Telling, rejected};
use crate::worker::policy::Failure;

/// An account of amoCRM during one delivery.
#[derive(Clone, Copy)]
pub(crate) struct AmoAccount<'a> {
    /// Which one.
    pub(crate) amo: &'a AmoConnection,
    /// Through which its calls go.
    pub(crate) calls: AmoCalls<'a>,
}

impl Account for AmoAccount<'_> {
    const DEAL: &'static str = LEAD;

    const TEXT_LIMIT: Option<usize> = Some(TEXT_LIMIT);

    type Contact = Contact;

    fn config(&self) -> &ConnectionConfig {
        &self.amo.config
    }

    fn memory(&self) -> &Memory {
        &self.amo.memory
    }

    fn db(&self) -> &Db {
        &self.amo.db
    }

    fn dealer(&self) -> &Arc<Dealer> {
        &self.amo.dealer
    }

    async fn find_deal(&self, number: &str) -> Result<Option<i64>, Failure> {
        let hits = self.calls.search_leads(number).await.map_err(reading)?;
        Ok(ours(&hits, number).map(|lead| lead.id))
    }

    async fn make_deal(
        &self,
        deal: &Deal,
        contact: Option<i64>,
        company: Option<i64>,
    ) -> Result<i64, Failure> {
        let contacts = contact.into_iter().collect();
        let lead = NewLead { contacts, company, ..self.amo.new_lead(deal) };
        let says = facets::of_new_lead(&lead);
        let made = self.calls.create_lead(lead).await.map_err(creating)?;
        met(self, LEAD, made, 0, &says).await?;
        Ok(made)
    }

    async fn make_together(
        &self,
        telling: Telling<'_>,
        deal: &Deal,
        parties: Parties<'_>,
    ) -> Result<Option<(i64, Option<String>)>, Failure> {
        match self.amo.settings.duplicate_control {
            true => self.complex_deal(telling, deal, parties).await.map(Some),
            false => Ok(None),
        }
    }

    async fn move_deal(&self, deal: i64, stage: &str) -> Result<Option<String>, Failure> {
        let Ok(status_id) = stage.parse() else {
            return Err(rejected("the stage of this state is no number"));
        };
        let there = self.calls.lead(deal).await.map_err(reading)?;
        let there = there.ok_or_else(|| rejected("the deal was deleted in amoCRM"))?;
        // The ids of won and lost are the same in every pipeline, so the pipeline goes with them.
        let Some(pipeline_id) = there.pipeline_id.or(self.amo.settings.pipeline_id) else {
            return Err(rejected("the deal has no pipeline"));
        };
        if there.status_id == Some(status_id) {
            return Ok(Some("the deal stands there already".to_owned()));
        }
        let stage = Some(Stage { pipeline_id, status_id });
        let patch = LeadPatch { stage, ..LeadPatch::default() };
        self.change_lead(deal, patch).await?;
        Ok(None)
    }

    async fn write_next(&self, deal: i64, next: NaiveDate) -> Result<(), Failure> {
        let Some(field) = self.amo.field(NEXT) else { return Ok(()) };
        let zone = self.amo.zone(self.calls).await.map_err(reading)?;
        let fields = vec![FieldWrite::date(field, next, zone)];
        self.write_fields(deal, fields).await
    }

    async fn write_total(&self, deal: i64, total: Money) -> Result<(), Failure> {
        let patch = LeadPatch { price: Some(total.whole_roubles()), ..LeadPatch::default() };
        self.change_lead(deal, patch).await
    }

    async fn contact(&self, id: i64) -> Result<Option<Found<Contact>>, Failure> {
        let contact = self.calls.contact(id).await.map_err(reading)?;
        Ok(contact.filter(|contact| !contact.is_deleted).map(found))
    }

    async fn find_contact(&self, who: &Who) -> Result<Option<Found<Contact>>, Failure> {
        let Some(contact) = self.search_contact(who).await? else { return Ok(None) };
        // What it says by now was there before we had to do with it.
        let person = facets::person(&contact);
        met(self, CONTACT, contact.id, person.at, &of_contact(&person)).await?;
        know_phones(self, who, &person.phones).await?;
        Ok(Some(found(contact)))
    }

    async fn make_contact(&self, who: &Who) -> Result<i64, Failure> {
        let made = self.calls.create_contact(self.amo.new_contact(who)).await;
        let made = made.map_err(creating)?;
        met(self, CONTACT, made, 0, &of_person(who, &who.name)).await?;
        Ok(made)
    }

    async fn top_up(&self, contact: &Contact, who: &Who) -> Result<(), Failure> {
        self.add_missing(contact, who).await
    }

    async fn employ(&self, contact: i64, company: i64) -> Result<(), Failure> {
        let link = LinkTo::company(company);
        self.calls.link("contacts", contact, &[link]).await.map_err(reading)
    }

    async fn has_company(&self, id: i64) -> Result<bool, Failure> {
        let company = self.calls.company(id).await.map_err(reading)?;
        Ok(company.is_some_and(|company| !company.is_deleted))
    }

    async fn find_company(&self, firm: &Firm) -> Result<Option<i64>, Failure> {
        self.search_company(firm).await
    }

    async fn make_company(&self, firm: &Firm) -> Result<i64, Failure> {
        let made = self.calls.create_company(self.amo.new_company(firm)).await;
        let made = made.map_err(creating)?;
        met(self, COMPANY, made, 0, &of_company(&shortened(&firm.name))).await?;
        Ok(made)
    }

    async fn notes(&self, place: Place) -> Result<Vec<(i64, String)>, Failure> {
        let notes = self.calls.notes_at(place).await.map_err(reading)?;
        Ok(notes.into_iter().map(|note| (note.id, note.text().to_owned())).collect())
    }

    async fn add_note(&self, place: Place, text: &str) -> Result<i64, Failure> {
        // The digital pipeline must not take our note for a manager's act.
        self.calls.add_note_at(place, text, false).await.map_err(creating)
    }

    async fn attach(
        &self,
        telling: Telling<'_>,
        place: Place,
        bundle: Bundle<'_>,
    ) -> Result<Option<String>, Failure> {
        let (Place::Deal(id) | Place::Lead(id)) = place else {
            return Err(rejected("files hang on deals here"));
        };
        self.attach_files(telling.entity, id, bundle.files).await.map(|()| None)
    }

    async fn add_positions(
        &self,
        telling: Telling<'_>,
        deal: i64,
        positions: &[Position<'_>],
    ) -> Result<Option<String>, Failure> {
        self.link_positions(telling.entity, deal, positions).await
    }

    async fn find_task(&self, task: &Task, others: &[i64]) -> Result<Option<i64>, Failure> {
        let tasks = self.calls.newest_tasks().await.map_err(reading)?;
        let free = tasks.iter().filter(|task| !others.contains(&task.id));
        Ok(free.filter(|there| there.text == task.text).map(|task| task.id).min())
    }

    async fn make_task(&self, task: &Task, contact: Option<i64>) -> Result<i64, Failure> {
        let mut new = self.amo.new_task(task);
        new.entity = contact.map(TaskEntity::Contact);
        self.calls.add_task(new).await.map_err(creating)
    }

    async fn close_task(&self, task: i64, result: &str) -> Result<(), Failure> {
        self.calls.complete_task(task, result).await.map_err(reading)
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

    async fn field_names(&self) -> Result<BTreeMap<String, String>, Failure> {
        let definitions = self.calls.lead_fields().await.map_err(reading)?;
        let name = |ours: &String| {
            let id = self.amo.field(ours)?;
            let known = definitions.iter().find(|field| field.id == id)?;
            Some((ours.clone(), known.name.clone()))
        };
        Ok(self.amo.config.fields.keys().filter_map(name).collect())
    }
}

fn found(contact: Contact) -> Found<Contact> {
    Found { id: contact.id, employed: !contact.embedded.companies.is_empty(), contact }
}
