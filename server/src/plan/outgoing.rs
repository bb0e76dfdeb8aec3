//! Ours to theirs: what a delivery would write, field by field.

use domain::ids::{OrderId, RequestId, WorkOrderId};
use domain::outbox::Message;
use domain::plan::{Change, Said, Step};
use domain::texts::{Lang, Texts};
use domain::{Result, approvals, leads, orders, people, requests, work_orders};

use crate::config::StageMap;
use crate::crm::hear::TheirDeal;
use crate::crm::hear::facets::NEXT;
use crate::crm::story;
use crate::crm::tell::Position;
use crate::crm::tell::compose::{self, Deal};
use crate::crm::tell::deal::{Parties, WHOLE, whole};
use crate::crm::tell::firm::{COMPANY, Firm};
use crate::crm::tell::lead::LEAD;
use crate::crm::tell::person::{CONTACT, Who};
use crate::plan::draft::Draft;
use crate::plan::{Seen, gone};

impl<A: Draft> Seen<'_, A> {
    /// The steps of a message.
    pub(super) async fn delivery(&self, message: &Message) -> Result<Vec<Step>> {
        let config = self.account.config();
        match message {
            Message::CrmOrder { order } => self.order(order).await,
            Message::CrmRequest { request } => self.request(request).await,
            Message::CrmOrderState { order, state } => {
                let current =
                    orders::load(&mut self.account.db().read().await?, order).await?.0.state;
                let moved = (current.as_str(), state.as_str());
                self.push(&format!("order:{order}"), moved, &config.order_stages).await
            }
            Message::CrmQuote { quote, accepted } => self.quote(quote, *accepted).await,
            Message::CrmRequestState { request, state } => {
                let case = requests::load(&mut self.account.db().read().await?, request).await?;
                let moved = (case.request.state.as_str(), state.as_str());
                self.push(&format!("request:{request}"), moved, &config.request_stages).await
            }
            Message::CrmLead { lead } => self.lead_made(lead).await,
            Message::CrmLeadTouch { lead, touch } => self.lead_touched(lead, touch).await,
            Message::CrmLeadState { lead, state } => {
                let current = leads::by_id(&mut self.account.db().read().await?, lead).await?.state;
                let moved = (current.as_str(), state.as_str());
                self.push(&leads::entity(lead), moved, &config.lead_stages).await
            }
            Message::CrmRequestNews { request, news } => self.said(request, news).await,
            Message::CrmVisit { work_order } => self.visit(work_order).await,
            Message::CrmMaintenance { occurrence, step } => {
                self.maintenance(occurrence, *step).await
            }
            Message::CrmMaintenanceDone { occurrence } => self.maintained(occurrence).await,
            Message::CrmMachine { machine, deal } => self.machine(machine, deal).await,
            Message::CrmSaleNote { deal, gaps } => self.sale_note(deal, gaps).await,
            Message::CrmSaleLook { deal } => self.sale_look(deal).await,
            Message::CrmApproval { approval } => self.approval(approval).await,
            Message::CrmApprovalAnswer { approval, user, why, .. } => {
                self.approval_answer(approval, *user, why).await
            }
            // Nothing there changes by these.
            Message::CrmApprovalFiles { approval } => {
                let case = approvals::load(&mut self.account.db().read().await?, approval).await?;
                Ok(vec![Step::new("read-files", case.approval.entity_id.unwrap_or_default())])
            }
            Message::CrmAccount => Ok(vec![Step::new("look-at-account", config.name.clone())]),
            Message::CrmSample { .. } => Ok(vec![Step::new("read-sample", config.name.clone())]),
            // These go to no CRM; `own.rs` knows them.
            Message::Notice { .. }
            | Message::MailOrder { .. }
            | Message::MailRequest { .. }
            | Message::MailLead { .. }
            | Message::MailStopped { .. }
            | Message::MailApproval { .. }
            | Message::SiteLead { .. } => Ok(Vec::new()),
        }
    }

    async fn order(&self, id: &OrderId) -> Result<Vec<Step>> {
        let texts = Texts::of(Lang::Ru);
        let (order, lines, customer, firm) = {
            let mut reader = self.account.db().read().await?;
            let (order, lines) = orders::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &order.customer_id).await?;
            let firm = Firm::of_order(&mut reader, texts, &order).await?;
            (order, lines, customer.ok_or_else(gone)?, firm)
        };
        let deal = compose::order_deal(self.account.config(), &order, &lines, &customer);
        let (entity, who) = (format!("order:{id}"), Who::from(&customer));
        let parties = Parties { who: Some(&who), firm: firm.as_ref() };
        let mut steps = self.deal(&entity, &deal, parties).await?;
        let note = story::positions_text(texts, &order, &lines);
        steps.push(self.note(&entity, "note", &note).await?);
        let positions: Vec<Position<'_>> = lines.iter().map(Position::of_line).collect();
        steps.extend(self.products(&entity, &positions).await?);
        Ok(steps)
    }

    async fn request(&self, id: &RequestId) -> Result<Vec<Step>> {
        let (case, customer, firm) = {
            let mut reader = self.account.db().read().await?;
            let case = requests::load(&mut reader, id).await?;
            let customer = people::find(&mut reader, &case.request.customer_id).await?;
            let firm = match &case.request.machine_id {
                Some(machine) => Firm::of_machine(&mut reader, machine).await?,
                None => None,
            };
            (case, customer.ok_or_else(gone)?, firm)
        };
        let deal = compose::request_deal(self.account.config(), &case, &customer);
        let (entity, who) = (format!("request:{id}"), Who::from(&customer));
        let parties = Parties { who: Some(&who), firm: firm.as_ref() };
        let mut steps = self.deal(&entity, &deal, parties).await?;
        let note = story::request_text(Texts::of(Lang::Ru), &case);
        steps.push(self.note(&entity, "note", &note).await?);
        steps.extend(files(case.files.iter().map(|file| file.name.as_str())));
        Ok(steps)
    }

    /// A stage that is pushed; where the CRM may be read, with the stage that it has.
    async fn push(
        &self,
        entity: &str,
        (current, state): (&str, &str),
        map: &StageMap,
    ) -> Result<Vec<Step>> {
        if current != state {
            return Ok(vec![Step::new("superseded", current)]);
        }
        let Some(stage) = map.stage_of(state) else {
            return Ok(vec![Step::new("unmapped", state)]);
        };
        // A converted lead has a deal as well, which goes its own way.
        let (kind, id) = match self.linked(entity, LEAD).await? {
            Some(lead) => (LEAD, Some(lead)),
            None => (A::DEAL, self.linked(entity, A::DEAL).await?),
        };
        let Some(id) = id else { return Ok(vec![Step::new("no-deal", "")]) };
        let now = self.read(kind, &id).await;
        let pipeline = |deal: &TheirDeal| Some(deal.pipeline.clone()).filter(|it| !it.is_empty());
        let was = now.as_ref().map(|deal| self.stage(kind, pipeline(deal), &deal.stage));
        let there = self.stage(kind, None, stage);
        if now.is_some_and(|deal| deal.stage == stage) {
            return Ok(vec![Step::new("stands", id).with("stage", there)]);
        }
        Ok(vec![Step::new("move-deal", id).from_to("stage", was, there)])
    }

    async fn visit(&self, id: &WorkOrderId) -> Result<Vec<Step>> {
        let (job, engineer) = {
            let mut reader = self.account.db().read().await?;
            let job = work_orders::load(&mut reader, id).await?;
            let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await?;
            (job, engineer.map(|staff| staff.name).unwrap_or_default())
        };
        let entity = format!("request:{}", job.work_order.request_id);
        let Some(deal) = self.linked(&entity, A::DEAL).await? else {
            return Ok(vec![Step::new("no-deal", "")]);
        };
        let next = job.work_order.next_maintenance_on.map(|next| (NEXT, next.to_string()));
        let mut steps: Vec<Step> = self.write_deal(deal, next).into_iter().collect();
        let dealer = self.account.dealer();
        let texts = Texts::of(Lang::Ru);
        let note = story::visit_text(texts, &job, &engineer, dealer.zone, dealer.clock.now());
        steps.push(self.note(&entity, &format!("visit:{id}"), &note).await?);
        steps.extend(files(job.report_files.iter().map(|file| file.name.as_str())));
        Ok(steps)
    }

    /// The company, the contact and the deal, field by field, and what did not fit into them; or that
    /// they are there already.
    pub(super) async fn deal(
        &self,
        entity: &str,
        deal: &Deal,
        Parties { who, firm }: Parties<'_>,
    ) -> Result<Vec<Step>> {
        if let Some(id) = self.linked(entity, A::DEAL).await? {
            return Ok(vec![Step::new("deal-there", id)]);
        }
        let mut steps = Vec::new();
        if let Some(firm) = firm {
            steps.push(self.firm(firm).await?);
        }
        let mut step = Step::new("make-deal", "");
        if let Some(who) = who {
            step = self.contact_of(who, step).await?;
        }
        step.fields.extend(self.account.new_deal(deal, self.names));
        steps.push(step);
        if let Some(whole) = whole::<A>(self.account.config(), deal, firm) {
            steps.push(self.note(entity, WHOLE, &whole).await?);
        }
        Ok(steps)
    }

    async fn contact_of(&self, who: &Who, step: Step) -> Result<Step> {
        let known = self.linked(&who.entity, CONTACT).await?;
        Ok(match (known, &who.phone) {
            (Some(id), _) => step.with("contact", format!("{} ({id})", who.name)),
            (None, Some(phone)) => step.with("contact-by-phone", format!("{}, {phone}", who.name)),
            (None, None) => step.with("contact-new", &who.name),
        })
    }

    async fn firm(&self, firm: &Firm) -> Result<Step> {
        let step = match self.linked(&firm.entity, COMPANY).await? {
            Some(id) => Step::new("company-there", id),
            None => Step::new("find-company", ""),
        };
        let inn = firm.inn.clone().unwrap_or_default();
        Ok(step.with("company", &firm.name).with("inn", inn))
    }

    /// The positions that are not products of the deal yet.
    pub(super) async fn products(
        &self,
        entity: &str,
        positions: &[Position<'_>],
    ) -> Result<Option<Step>> {
        let Some((mut step, remembered)) = self.account.as_products() else { return Ok(None) };
        for position in Position::merged(positions) {
            if self.linked(entity, &remembered(&position)).await?.is_none() {
                let Position { sku, name, quantity, price, .. } = position;
                let price = price.map(|price| format!(", {price}")).unwrap_or_default();
                step = step.with("product", format!("{sku} — {name} × {quantity}{price}"));
            }
        }
        Ok((!step.fields.is_empty()).then_some(step))
    }

    /// Values of ours into the fields of a deal that are configured for them.
    pub(super) fn write_deal(
        &self,
        deal: impl Into<String>,
        values: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Option<Step> {
        let mut step = Step::new("write-deal", deal);
        for (ours, value) in values {
            if let Some(theirs) = self.account.config().field(ours) {
                let theirs = Some(self.names.field(theirs));
                step.fields.push(Change { theirs, ..Change::new(ours, Said::Words(value)) });
            }
        }
        (!step.fields.is_empty()).then_some(step)
    }

    pub(super) async fn note(&self, entity: &str, kind: &str, text: &str) -> Result<Step> {
        Ok(match self.linked(entity, kind).await? {
            Some(id) => Step::new("note-there", id),
            None => Step { text: text.to_owned(), ..Step::new("write-note", "") },
        })
    }
}

pub(super) fn files<'a>(names: impl Iterator<Item = &'a str>) -> Option<Step> {
    let step = names.fold(Step::new("attach", ""), |step, name| step.with("file", name));
    (!step.fields.is_empty()).then_some(step)
}
