//! The only place where leads and contacts come to be or change, so that every change leaves
//! its journal entry and its webhook.

use chrono::{DateTime, Utc};

use crate::amocrm::account::{Account, StageEvent};
use crate::amocrm::catalogue::{PIPELINE, STATUS_LOST, STATUS_NEW, STATUS_WON, USER_MANAGER};
use crate::amocrm::core::AmocrmOptions;
use crate::amocrm::data::{Contact, Element, Fields, Lead, LeadContact, Tag};
use crate::amocrm::drafts::{LeadDraft, PersonDraft, TagChanges, TagRef};
use crate::amocrm::fields::{self, FieldChanges};

/// Something that subscribers hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookEvent {
    LeadAdd(i64),
    LeadUpdate(i64),
    LeadStatus { lead: i64, old: i64 },
    ContactAdd(i64),
    ContactUpdate(i64),
    CompanyAdd(i64),
    CompanyUpdate(i64),
}

/// One change of the account, by one actor, at one moment.
pub(crate) struct Change<'a> {
    pub(crate) account: &'a mut Account,
    pub(crate) now: DateTime<Utc>,
    pub(crate) actor: i64,
    options: &'a AmocrmOptions,
    events: Vec<HookEvent>,
}

/// Ids begin where the requirements' account stood.
const FIRST_ID: i64 = 41_230_000;

impl<'a> Change<'a> {
    pub(crate) fn new(
        options: &'a AmocrmOptions,
        account: &'a mut Account,
        now: DateTime<Utc>,
        actor: i64,
    ) -> Self {
        account.last_id = account.last_id.max(FIRST_ID);
        Self { account, now, actor, options, events: Vec::new() }
    }

    pub(crate) fn into_events(self) -> Vec<HookEvent> {
        self.events
    }

    pub(crate) fn next_id(&mut self) -> i64 {
        self.account.last_id += 2;
        self.account.last_id
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.now.timestamp()
    }

    fn found_from(&self) -> DateTime<Utc> {
        self.now + self.options.search_lag
    }

    /// Makes a lead and gives its id.
    pub(crate) fn add_lead(&mut self, draft: &LeadDraft) -> i64 {
        let id = self.next_id();
        let at = draft.created_at.unwrap_or_else(|| self.seconds());
        let status_id = draft.status_id.unwrap_or(STATUS_NEW);
        let mut lead = Lead {
            id,
            name: draft.name.clone().unwrap_or_else(|| format!("Сделка #{id}")),
            price: draft.price.unwrap_or_default(),
            responsible_user_id: draft.responsible_user_id.unwrap_or(USER_MANAGER),
            status_id,
            pipeline_id: PIPELINE,
            created_by: draft.created_by.unwrap_or(self.actor),
            updated_by: draft.updated_by.unwrap_or(self.actor),
            created_at: at,
            updated_at: self.seconds(),
            closed_at: closed(status_id).then(|| self.seconds()),
            fields: Fields::new(),
            tags: Vec::new(),
            contacts: Vec::new(),
            company_id: draft.company,
            files: Vec::new(),
            catalog: Vec::new(),
            found_from: self.found_from(),
        };
        fields::apply(&mut lead.fields, &draft.fields);
        self.retag(&mut lead.tags, &draft.tags);
        for (contact, main) in &draft.contacts {
            link_contact(&mut lead, *contact, *main);
        }
        self.account.leads.insert(id, lead);
        self.events.push(HookEvent::LeadAdd(id));
        id
    }

    /// Makes a product and gives its id.
    pub(crate) fn add_element(&mut self, name: &str, changes: &FieldChanges) -> i64 {
        let id = self.next_id();
        let mut element = Element {
            id,
            name: name.to_owned(),
            fields: Fields::new(),
            created_at: self.seconds(),
            found_from: self.found_from(),
        };
        fields::apply(&mut element.fields, changes);
        self.account.elements.insert(id, element);
        id
    }

    /// Changes a lead; gives false where there is none.
    pub(crate) fn edit_lead(&mut self, id: i64, draft: &LeadDraft) -> bool {
        let Some(mut lead) = self.account.leads.remove(&id) else {
            return false;
        };
        let (old, fields) = (lead.status_id, lead.fields.clone());
        assign(&mut lead.name, draft.name.as_ref());
        assign(&mut lead.price, draft.price.as_ref());
        assign(&mut lead.responsible_user_id, draft.responsible_user_id.as_ref());
        assign(&mut lead.status_id, draft.status_id.as_ref());
        fields::apply(&mut lead.fields, &draft.fields);
        self.retag(&mut lead.tags, &draft.tags);
        lead.updated_by = draft.updated_by.unwrap_or(self.actor);
        lead.updated_at = self.seconds();
        if lead.status_id != old {
            lead.closed_at = closed(lead.status_id).then(|| self.seconds());
            self.journal(&lead, old, None);
            self.events.push(HookEvent::LeadStatus { lead: id, old });
        }
        for (field, _) in &draft.fields {
            if lead.fields.get(field) != fields.get(field) {
                self.journal(&lead, old, Some(*field));
            }
        }
        self.account.leads.insert(id, lead);
        self.events.push(HookEvent::LeadUpdate(id));
        true
    }

    /// Makes a contact (or a company) and gives its id.
    pub(crate) fn add_person(&mut self, entity: &str, draft: &PersonDraft) -> i64 {
        let id = self.next_id();
        let first_name = draft.first_name.clone().unwrap_or_default();
        let last_name = draft.last_name.clone().unwrap_or_default();
        let whole = format!("{first_name} {last_name}").trim().to_owned();
        let mut person = Contact {
            id,
            name: draft.name.clone().unwrap_or(whole),
            first_name,
            last_name,
            responsible_user_id: draft.responsible_user_id.unwrap_or(USER_MANAGER),
            created_by: draft.created_by.unwrap_or(self.actor),
            updated_by: draft.updated_by.unwrap_or(self.actor),
            created_at: draft.created_at.unwrap_or_else(|| self.seconds()),
            updated_at: self.seconds(),
            fields: Fields::new(),
            tags: Vec::new(),
            company_id: None,
            found_from: self.found_from(),
        };
        fields::apply(&mut person.fields, &draft.fields);
        self.retag(&mut person.tags, &draft.tags);
        let company = entity == "companies";
        let event = if company { HookEvent::CompanyAdd(id) } else { HookEvent::ContactAdd(id) };
        self.people(entity).insert(id, person);
        self.events.push(event);
        id
    }

    /// Changes a contact or company; gives false where there is none.
    pub(crate) fn edit_person(&mut self, entity: &str, id: i64, draft: &PersonDraft) -> bool {
        let Some(mut person) = self.people(entity).remove(&id) else {
            return false;
        };
        assign(&mut person.first_name, draft.first_name.as_ref());
        assign(&mut person.last_name, draft.last_name.as_ref());
        if draft.first_name.is_some() || draft.last_name.is_some() {
            person.name = format!("{} {}", person.first_name, person.last_name).trim().to_owned();
        }
        assign(&mut person.name, draft.name.as_ref());
        assign(&mut person.responsible_user_id, draft.responsible_user_id.as_ref());
        fields::apply(&mut person.fields, &draft.fields);
        self.retag(&mut person.tags, &draft.tags);
        person.updated_by = draft.updated_by.unwrap_or(self.actor);
        person.updated_at = self.seconds();
        self.people(entity).insert(id, person);
        let company = entity == "companies";
        let event =
            if company { HookEvent::CompanyUpdate(id) } else { HookEvent::ContactUpdate(id) };
        self.events.push(event);
        true
    }

    /// Contacts or companies, by their name in paths.
    pub(crate) fn people(&mut self, entity: &str) -> &mut std::collections::BTreeMap<i64, Contact> {
        if entity == "companies" { &mut self.account.companies } else { &mut self.account.contacts }
    }

    fn journal(&mut self, lead: &Lead, before: i64, field: Option<i64>) {
        let event = StageEvent {
            id: self.next_id(),
            lead: lead.id,
            by: lead.updated_by,
            at: self.seconds(),
            before,
            after: lead.status_id,
            field,
        };
        self.account.events.push(event);
    }

    fn retag(&mut self, tags: &mut Vec<Tag>, changes: &TagChanges) {
        if let Some(set) = &changes.set {
            tags.clear();
            set.iter().for_each(|tag| self.tag(tags, tag));
        }
        changes.add.iter().for_each(|tag| self.tag(tags, tag));
        tags.retain(|tag| !changes.delete.iter().any(|gone| same(tag, gone)));
    }

    fn tag(&mut self, tags: &mut Vec<Tag>, wanted: &TagRef) {
        if tags.iter().any(|tag| same(tag, wanted)) {
            return;
        }
        let account = &self.account;
        let known = account.leads.values().flat_map(|lead| &lead.tags);
        let known = known.chain(account.contacts.values().flat_map(|contact| &contact.tags));
        let found = known.into_iter().find(|tag| same(tag, wanted)).cloned();
        match (found, wanted) {
            (Some(tag), _) => tags.push(tag),
            (None, TagRef::Name(name)) => {
                let id = self.next_id();
                tags.push(Tag { id, name: name.clone() });
            }
            (None, TagRef::Id(_)) => {}
        }
    }
}

/// Puts a contact on a lead; a new main one takes the mark from the old.
pub(crate) fn link_contact(lead: &mut Lead, id: i64, main: bool) {
    lead.contacts.retain(|contact| contact.id != id);
    let is_main = main || lead.contacts.is_empty();
    if is_main {
        lead.contacts.iter_mut().for_each(|contact| contact.is_main = false);
    }
    lead.contacts.push(LeadContact { id, is_main });
}

fn closed(status: i64) -> bool {
    [STATUS_WON, STATUS_LOST].contains(&status)
}

fn assign<T: Clone>(target: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        target.clone_from(value);
    }
}

fn same(tag: &Tag, wanted: &TagRef) -> bool {
    match wanted {
        TagRef::Id(id) => tag.id == *id,
        TagRef::Name(name) => tag.name == *name,
    }
}
