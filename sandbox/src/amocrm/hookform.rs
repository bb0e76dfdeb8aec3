//! The form bodies of webhooks: PHP bracket keys, every leaf a string.

use serde_json::Value;

use crate::amocrm::account::Account;
use crate::amocrm::catalogue::{FieldDef, FieldKind, fields_of};
use crate::amocrm::change::HookEvent;
use crate::amocrm::core::AmocrmOptions;
use crate::amocrm::data::{Contact, Fields, Lead};
use crate::amocrm::shapes::leads_of;

/// The name under which an event is subscribed to.
pub(crate) fn setting(event: HookEvent) -> &'static str {
    match event {
        HookEvent::LeadAdd(_) => "add_lead",
        HookEvent::LeadUpdate(_) => "update_lead",
        HookEvent::LeadStatus { .. } => "status_lead",
        HookEvent::ContactAdd(_) => "add_contact",
        HookEvent::ContactUpdate(_) => "update_contact",
        HookEvent::CompanyAdd(_) => "add_company",
        HookEvent::CompanyUpdate(_) => "update_company",
    }
}

/// The whole body; `None` where the entity is gone already.
pub(crate) fn body(event: HookEvent, account: &Account, options: &AmocrmOptions) -> Option<String> {
    let mut form = Form::default();
    let action = setting(event).split('_').next()?;
    match event {
        HookEvent::LeadAdd(id) | HookEvent::LeadUpdate(id) => {
            form.lead(action, account.leads.get(&id)?, None, options);
        }
        HookEvent::LeadStatus { lead, old } => {
            form.lead(action, account.leads.get(&lead)?, Some(old), options);
        }
        HookEvent::ContactAdd(id) | HookEvent::ContactUpdate(id) => {
            form.person(action, "contacts", account.contacts.get(&id)?, account, options);
        }
        HookEvent::CompanyAdd(id) | HookEvent::CompanyUpdate(id) => {
            form.person(action, "companies", account.companies.get(&id)?, account, options);
        }
    }
    form.add("account[subdomain]", &options.subdomain);
    form.add("account[id]", &options.account_id);
    form.add("account[_links][self]", &format!("https://{}.amocrm.ru", options.subdomain));
    Some(form.body.finish())
}

/// What the digital pipeline of `stage` tells of a deal that has come there: no more than the move.
pub(crate) fn pipeline_body(
    event: HookEvent,
    stage: i64,
    account: &Account,
    options: &AmocrmOptions,
) -> Option<String> {
    let HookEvent::LeadStatus { lead, old } = event else { return None };
    let lead = account.leads.get(&lead).filter(|lead| lead.status_id == stage)?;
    let mut form = Form::default();
    form.add("leads[status][0][id]", &lead.id);
    form.add("leads[status][0][status_id]", &lead.status_id);
    form.add("leads[status][0][pipeline_id]", &lead.pipeline_id);
    form.add("leads[status][0][old_status_id]", &old);
    form.add("leads[status][0][old_pipeline_id]", &lead.pipeline_id);
    form.add("account[id]", &options.account_id);
    form.add("account[subdomain]", &options.subdomain);
    Some(form.body.finish())
}

struct Form {
    body: form_urlencoded::Serializer<'static, String>,
}

impl Default for Form {
    fn default() -> Self {
        Self { body: form_urlencoded::Serializer::new(String::new()) }
    }
}

impl Form {
    fn add<T: ToString>(&mut self, key: &str, value: &T) {
        self.body.append_pair(key, &value.to_string());
    }

    fn lead(&mut self, action: &str, lead: &Lead, old: Option<i64>, options: &AmocrmOptions) {
        let root = format!("leads[{action}][0]");
        self.add(&format!("{root}[id]"), &lead.id);
        self.add(&format!("{root}[name]"), &lead.name);
        self.add(&format!("{root}[status_id]"), &lead.status_id);
        if let Some(old) = old {
            self.add(&format!("{root}[old_status_id]"), &old);
        }
        self.add(&format!("{root}[price]"), &lead.price);
        self.add(&format!("{root}[responsible_user_id]"), &lead.responsible_user_id);
        self.add(&format!("{root}[last_modified]"), &lead.updated_at);
        self.add(&format!("{root}[modified_user_id]"), &lead.updated_by);
        self.add(&format!("{root}[created_user_id]"), &lead.created_by);
        self.add(&format!("{root}[date_create]"), &lead.created_at);
        self.add(&format!("{root}[pipeline_id]"), &lead.pipeline_id);
        self.add(&format!("{root}[account_id]"), &options.account_id);
        for (at, tag) in lead.tags.iter().enumerate() {
            self.add(&format!("{root}[tags][{at}][id]"), &tag.id);
            self.add(&format!("{root}[tags][{at}][name]"), &tag.name);
        }
        self.fields(&root, fields_of("leads"), &lead.fields);
        self.add(&format!("{root}[created_at]"), &lead.created_at);
        self.add(&format!("{root}[updated_at]"), &lead.updated_at);
    }

    /// Contacts, and under the same key companies, told apart by `type`.
    fn person(
        &mut self,
        action: &str,
        entity: &str,
        person: &Contact,
        account: &Account,
        options: &AmocrmOptions,
    ) {
        let root = format!("contacts[{action}][0]");
        self.add(&format!("{root}[id]"), &person.id);
        self.add(&format!("{root}[name]"), &person.name);
        self.add(&format!("{root}[responsible_user_id]"), &person.responsible_user_id);
        self.add(&format!("{root}[date_create]"), &person.created_at);
        self.add(&format!("{root}[last_modified]"), &person.updated_at);
        self.add(&format!("{root}[created_user_id]"), &person.created_by);
        self.add(&format!("{root}[modified_user_id]"), &person.updated_by);
        let company = person.company_id.and_then(|id| account.companies.get(&id));
        if let Some(company) = company {
            self.add(&format!("{root}[company_name]"), &company.name);
            self.add(&format!("{root}[linked_company_id]"), &company.id);
        }
        self.add(&format!("{root}[account_id]"), &options.account_id);
        self.fields(&root, fields_of(entity), &person.fields);
        for lead in leads_of(account, entity, person.id) {
            self.add(&format!("{root}[linked_leads_id][{0}][ID]", lead.id), &lead.id);
        }
        self.add(&format!("{root}[created_at]"), &person.created_at);
        self.add(&format!("{root}[updated_at]"), &person.updated_at);
        let kind = if entity == "companies" { "company" } else { "contact" };
        self.add(&format!("{root}[type]"), &kind);
    }

    fn fields(&mut self, root: &str, defs: &[FieldDef], fields: &Fields) {
        let filled = defs.iter().filter_map(|def| Some((def, fields.get(&def.id)?)));
        for (at, (def, items)) in filled.enumerate() {
            let root = format!("{root}[custom_fields][{at}]");
            self.add(&format!("{root}[id]"), &def.id);
            self.add(&format!("{root}[name]"), &def.name);
            for (at, item) in items.iter().enumerate() {
                let value = match &item.value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                // Dates come bare, without `[value]`.
                if def.kind == FieldKind::Date {
                    self.add(&format!("{root}[values][{at}]"), &value);
                    continue;
                }
                self.add(&format!("{root}[values][{at}][value]"), &value);
                if let Some(id) = item.enum_id {
                    self.add(&format!("{root}[values][{at}][enum]"), &id);
                }
            }
            if let Some(code) = def.code {
                self.add(&format!("{root}[code]"), &code);
            }
        }
    }
}
