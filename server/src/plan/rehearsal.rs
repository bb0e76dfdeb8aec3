//! What an event would change here, found by doing it in a transaction that is never committed: so
//! the plan cannot say anything else than what would be done.

use chrono::NaiveDate;
use domain::db::Executor;
use domain::machines::{MachineNow, Rehearsed, WouldAsk};
use domain::people::{self, Customer};
use domain::plan::Step;
use domain::texts::{Lang, Texts};
use domain::{Result, leads, orders, requests};

use crate::config::StageMap;
use crate::crm::hear::facets::NEXT;
use crate::crm::hear::{self, Hint, TheirDeal, TheirFirm, TheirPerson};
use crate::crm::story;
use crate::crm::tell::firm::COMPANY;
use crate::crm::tell::person::CONTACT;
use crate::plan::Seen;
use crate::plan::draft::Draft;

/// Something of ours that a stage moves.
struct Standing<'a> {
    /// What moving it is called.
    what: &'static str,
    number: String,
    state: &'static str,
    stages: &'a StageMap,
}

impl<A: Draft> Seen<'_, A> {
    /// Our order, request or lead, moved by the table of stages.
    pub(super) async fn moved(
        &self,
        hint: &Hint,
        entity: &str,
        (stage, there): (&str, &str),
    ) -> Result<Step> {
        let mut tx = self.account.db().begin().await?;
        let Some(was) = self.standing(&mut tx, entity).await? else {
            return Ok(Step::new("ignored", entity));
        };
        hear::advance(self.account, &mut tx, &hint.kind, entity, stage).await?;
        let is = self.standing(&mut tx, entity).await?.map_or(was.state, |is| is.state);
        // Not committed.
        drop(tx);
        let step = |what| Step::new(what, was.number.clone()).with("stage", there);
        Ok(match was.stages.state_of(stage) {
            _ if is != was.state => step(was.what).from_to("state", Some(was.state.to_owned()), is),
            None => step("stage-unmapped"),
            Some(state) if state == was.state => step("no-change"),
            Some(state) => step("cannot-move").from_to("state", Some(was.state.to_owned()), state),
        })
    }

    async fn standing(&self, db: &mut impl Executor, entity: &str) -> Result<Option<Standing<'_>>> {
        let config = self.account.config();
        Ok(Some(match entity.split_once(':') {
            Some(("order", id)) => {
                let order = orders::load(db, &id.into()).await?.0;
                let (number, state) = (order.number, order.state.as_str());
                Standing { what: "move-order", number, state, stages: &config.order_stages }
            }
            Some(("request", id)) => {
                let request = requests::load(db, &id.into()).await?.request;
                let (number, state) = (request.number, request.state.as_str());
                Standing { what: "move-request", number, state, stages: &config.request_stages }
            }
            Some(("lead", id)) => {
                let lead = leads::by_id(db, &id.into()).await?;
                let (number, state) = (lead.number, lead.state.as_str());
                Standing { what: "move-lead", number, state, stages: &config.lead_stages }
            }
            _ => return Ok(None),
        }))
    }

    /// The machines of a deal of the managers' own; `told`: by its own words alone, and the day that
    /// they say. `None`: nothing follows from it.
    pub(super) async fn sold(
        &self,
        deal: &TheirDeal,
        told: Option<Option<NaiveDate>>,
    ) -> Result<Option<Vec<Step>>> {
        let rehearsed = match hear::rehearse(self.account, deal, told).await {
            Ok(Some(rehearsed)) => rehearsed,
            Ok(None) => return Ok(None),
            // What belongs to it could not be read.
            Err(_) => return Ok(Some(vec![Step::new("register-when-read", &deal.id)])),
        };
        let Rehearsed { machines, asked, gaps, gaps_known } = rehearsed;
        let mut steps: Vec<Step> =
            machines.iter().map(|(was, is)| machine(&deal.id, was.as_ref(), is)).collect();
        steps.extend(asked.iter().map(|ask| question(&deal.id, ask)));
        if !gaps.is_empty() {
            let field = |ours: &str| self.account.config().field(ours);
            let name = |ours: &str| self.names.name_of_field(field(ours)?);
            let text = story::gaps_text(Texts::of(Lang::Ru), &gaps, name);
            let what = if gaps_known { "still-lacking" } else { "ask-to-fill" };
            steps.push(Step { text, ..Step::new(what, &deal.id) });
        }
        if steps.is_empty() {
            steps.push(Step::new("sale-known", &deal.id));
        }
        Ok(Some(steps))
    }

    /// A customer of ours behind a contact of theirs.
    pub(super) async fn contact(
        &self,
        hint: &Hint,
        told: Option<&TheirPerson>,
    ) -> Result<Vec<Step>> {
        let ours = self.entities(CONTACT, &hint.id).await?;
        let customer = ours.iter().find_map(|entity| entity.strip_prefix("customer:"));
        let Some(customer) = customer else {
            return Ok(vec![Step::new("stranger", &hint.id)]);
        };
        let read = match self.live {
            true => self.account.their_person(&hint.id).await.ok().flatten(),
            false => None,
        };
        let Some(person) = read.as_ref().or(told) else {
            return Ok(vec![Step::new("contact-when-read", &hint.id)]);
        };
        let mut tx = self.account.db().begin().await?;
        let was = people::find(&mut tx, &customer.into()).await?;
        hear::change_customers(self.account, &mut tx, person, (ours.as_slice(), true)).await?;
        let is = people::find(&mut tx, &customer.into()).await?;
        // Not committed.
        drop(tx);
        let (Some(was), Some(is)) = (was, is) else {
            return Ok(vec![Step::new("stranger", &hint.id)]);
        };
        let phone = |one: &Customer| one.phone.as_ref().map(ToString::to_string);
        let step = Step::new("update-customer", &hint.id);
        let step = change(step, "customer", Some(was.name.clone()), Some(is.name.clone()));
        let step = change(step, "phone", phone(&was), phone(&is));
        let step = change(step, "email", was.email, is.email);
        Ok(vec![match step.fields.is_empty() {
            true => Step::new("customer-same", was.name),
            false => step,
        }])
    }

    /// A company of ours behind one of theirs: its name comes over.
    pub(super) async fn company(&self, hint: &Hint, told: Option<&TheirFirm>) -> Result<Vec<Step>> {
        let ours = self.entities(COMPANY, &hint.id).await?;
        let company = ours.iter().find_map(|entity| entity.strip_prefix("company:"));
        let Some(company) = company else {
            return Ok(vec![Step::new("foreign-company", &hint.id)]);
        };
        let read = match self.live {
            true => self.account.their_firm(&hint.id).await.ok().flatten(),
            false => None,
        };
        let Some(firm) = read.as_ref().or(told) else {
            return Ok(vec![Step::new("company-when-read", &hint.id)]);
        };
        let mut tx = self.account.db().begin().await?;
        let was = people::company(&mut tx, &company.into()).await?.map(|company| company.name);
        hear::change_company(self.account, &mut tx, firm, (ours.as_slice(), true)).await?;
        let is = people::company(&mut tx, &company.into()).await?.map(|company| company.name);
        // Not committed.
        drop(tx);
        let step = change(Step::new("update-company", &hint.id), "company", was.clone(), is);
        Ok(vec![match step.fields.is_empty() {
            true => Step::new("company-same", was.unwrap_or_default()),
            false => step,
        }])
    }
}

/// A field, where it changes.
fn change(step: Step, name: &str, was: Option<String>, is: Option<String>) -> Step {
    let filled = |value: Option<String>| value.filter(|value| !value.is_empty());
    let (was, is) = (filled(was), filled(is));
    match was == is {
        true => step,
        false => step.from_to(name, was, is.unwrap_or_else(|| "—".to_owned())),
    }
}

/// A machine that gets its passport, or what of one changes.
fn machine(deal: &str, was: Option<&MachineNow>, is: &MachineNow) -> Step {
    let mut step = match was {
        Some(was) => Step::new("update-machine", deal).with("machine", &was.serial),
        None => Step::new("register", deal),
    };
    type Value = fn(&MachineNow) -> String;
    let values: [(&str, Value); 6] = [
        ("serial", |machine| machine.serial.clone()),
        ("model", |machine| machine.model.clone()),
        ("configuration", |machine| machine.configuration.clone()),
        (NEXT, |machine| machine.next_maintenance_on.map(|on| on.to_string()).unwrap_or_default()),
        ("company", |machine| machine.company.clone()),
        ("customer", |machine| machine.customer.clone()),
    ];
    for (name, value) in values {
        step = change(step, name, was.map(value), Some(value(is)));
    }
    step
}

/// A serial that is another's, or lies a slip away from another machine's.
fn question(deal: &str, ask: &WouldAsk) -> Step {
    Step::new("ask-manager", deal)
        .with("serial", &ask.serial)
        .with("machine", &ask.known)
        .with("owner", &ask.owner)
}
