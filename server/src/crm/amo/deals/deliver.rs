//! What the outbox promises to amoCRM, message by message.

use domain::ids::{OrderId, RequestId, WorkOrderId};
use domain::outbox::{Delivery, Message};
use domain::texts::{Lang, Texts};
use domain::{orders, people, requests, work_orders};

use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::connection::{AmoConnection, LEAD, Telling, local, reading};
use crate::crm::amo::deals::deal::Parties;
use crate::crm::amo::deals::firm::Firm;
use crate::crm::amo::deals::positions::Position;
use crate::crm::story;
use crate::worker::policy::{Failure, Look};

impl AmoConnection {
    /// Carries one message out. The text says what was adopted or left out.
    pub async fn deliver(
        &self,
        delivery: &Delivery,
        message: &Message,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let look = Look::of(delivery);
        match message {
            Message::CrmOrder { order } => self.order(order, look, calls).await,
            Message::CrmRequest { request } => self.request(request, look, calls).await,
            Message::CrmOrderState { order, state } => self.order_state(order, *state, calls).await,
            Message::CrmRequestState { request, state } => {
                self.request_state(request, *state, calls).await
            }
            Message::CrmVisit { work_order } => self.visit(work_order, look, calls).await,
            Message::CrmMaintenance { occurrence, step } => {
                self.maintenance(occurrence, *step, look, calls).await
            }
            Message::CrmMaintenanceDone { occurrence } => {
                self.maintained(occurrence, look, calls).await
            }
            Message::CrmMachine { machine, deal } => {
                self.machine_fields(machine, deal, calls).await
            }
            Message::CrmSaleNote { deal, gaps } => self.sale_note(deal, gaps, look, calls).await,
            Message::Notice { .. }
            | Message::MailOrder { .. }
            | Message::MailRequest { .. }
            | Message::MailStopped { .. } => Err(rejected("not a message for a CRM")),
        }
    }

    async fn order(
        &self,
        id: &OrderId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let texts = Texts::of(Lang::Ru);
        let (order, lines, customer, firm) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let (order, lines) = orders::load(&mut reader, id).await.map_err(local)?;
            let customer = people::find(&mut reader, &order.customer_id).await.map_err(local)?;
            let firm = Firm::of_order(&mut reader, texts, &order).await.map_err(local)?;
            (order, lines, customer.ok_or_else(|| local("the customer is gone"))?, firm)
        };
        let entity = format!("order:{id}");
        let telling = Telling { entity: &entity, look, calls };
        let new = self.order_deal(&order, &lines, &customer);
        let parties = Parties { customer: Some(&customer), firm: firm.as_ref() };
        let (lead, adopted) = self.deal(telling, &order.number, new, parties).await?;
        let text = story::positions_text(texts, &order, &lines);
        self.note(telling, "note", lead, &text).await?;
        let positions: Vec<Position<'_>> = lines.iter().map(Position::of_line).collect();
        let left_out = self.positions(telling, lead, &positions).await?;
        Ok(adopted.or(left_out))
    }

    async fn request(
        &self,
        id: &RequestId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let (case, customer, firm) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let case = requests::load(&mut reader, id).await.map_err(local)?;
            let customer = people::find(&mut reader, &case.request.customer_id).await;
            let firm = match &case.request.machine_id {
                Some(machine) => Firm::of_machine(&mut reader, machine).await.map_err(local)?,
                None => None,
            };
            (case, customer.map_err(local)?.ok_or_else(|| local("the customer is gone"))?, firm)
        };
        let entity = format!("request:{id}");
        let telling = Telling { entity: &entity, look, calls };
        let new = self.request_deal(&case, &customer);
        let parties = Parties { customer: Some(&customer), firm: firm.as_ref() };
        let (lead, adopted) = self.deal(telling, &case.request.number, new, parties).await?;
        let text = story::request_text(Texts::of(Lang::Ru), &case);
        self.note(telling, "note", lead, &text).await?;
        self.files(telling, &entity, lead).await?;
        Ok(adopted)
    }

    async fn visit(
        &self,
        id: &WorkOrderId,
        look: Look,
        calls: AmoCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        let (job, engineer) = {
            let mut reader = self.db.read().await.map_err(local)?;
            let job = work_orders::load(&mut reader, id).await.map_err(local)?;
            let engineer = domain::staff::find(&mut reader, &job.work_order.engineer_id).await;
            (job, engineer.map_err(local)?.map(|staff| staff.name).unwrap_or_default())
        };
        let entity = format!("request:{}", job.work_order.request_id);
        let telling = Telling { entity: &entity, look, calls };
        let lead = self.deal_of(&entity).await?;
        if let (Some(field), Some(next)) =
            (self.field("next_maintenance_on"), job.work_order.next_maintenance_on)
        {
            let zone = self.zone(calls).await.map_err(reading)?;
            let fields = vec![FieldWrite::date(field, next, zone)];
            self.write_fields(lead, fields, Some(next), calls).await?;
        }
        let texts = Texts::of(Lang::Ru);
        let now = self.dealer.clock.now();
        let text = story::visit_text(texts, &job, &engineer, self.dealer.zone, now);
        self.note(telling, &format!("visit:{id}"), lead, &text).await?;
        self.files(telling, &format!("work_order:{id}"), lead).await?;
        Ok(None)
    }

    /// The deal that an earlier delivery of this entity made; deliveries of one entity go in order.
    pub(crate) async fn deal_of(&self, entity: &str) -> Result<i64, Failure> {
        let lead = self.linked_id(entity, LEAD).await?;
        lead.ok_or_else(|| rejected("its deal was never made here: retry that delivery first"))
    }
}

pub(crate) fn rejected(why: &str) -> Failure {
    Failure::Rejected { why: why.to_owned() }
}
