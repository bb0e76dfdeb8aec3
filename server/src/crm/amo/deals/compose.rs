//! What a delivery writes, composed without a call: deliveries send it, `deliveries dry-run` shows
//! it.

use chrono::{NaiveTime, TimeDelta};
use domain::Money;
use domain::machines::MachineSummary;
use domain::maintenance::{Kit, Occurrence};
use domain::orders::{Order, OrderLine};
use domain::people::Customer;
use domain::requests::RequestCase;
use domain::texts::{Lang, Texts};
use domain::words;

use crate::config::StageMap;
use crate::crm::amo::calls::fields::{FieldWrite, shortened};
use crate::crm::amo::calls::write::{NewLead, NewTask};
use crate::crm::amo::connection::AmoConnection;
use crate::crm::story;

impl AmoConnection {
    /// The deal of an order, without its contact.
    pub(crate) fn order_deal(
        &self,
        order: &Order,
        lines: &[OrderLine],
        customer: &Customer,
    ) -> NewLead {
        let texts = Texts::of(Lang::Ru);
        let mut serials: Vec<&str> =
            lines.iter().filter_map(|line| line.machine_serial.as_deref()).collect();
        serials.sort_unstable();
        serials.dedup();
        let model = match lines {
            [only] => only.sku.as_str(),
            _ => texts.get("crm-parts"),
        };
        NewLead {
            name: shortened(&story::order_title(texts, order, customer)),
            price: Some(order.total.whole_roubles()),
            fields: self.three_fields(&serials.join(", "), model, customer.telegram_id),
            ..self.new_lead(&self.config.order_stages, "placed", &order.number)
        }
    }

    /// The deal of a service request, without its contact.
    pub(crate) fn request_deal(&self, case: &RequestCase, customer: &Customer) -> NewLead {
        let (serial, model) = match &case.machine {
            Some((_, serial, model)) => (serial.as_str(), model.as_str()),
            None => ("", ""),
        };
        NewLead {
            name: shortened(&story::request_title(Texts::of(Lang::Ru), case)),
            fields: self.three_fields(serial, model, customer.telegram_id),
            ..self.new_lead(&self.config.request_stages, "new", &case.request.number)
        }
    }

    /// The manager's task about a due maintenance, hung on nobody.
    pub(crate) fn maintenance_task(
        &self,
        occurrence: &Occurrence,
        machine: &MachineSummary,
    ) -> NewTask {
        let today = self.dealer.today();
        let texts = Texts::of(Lang::Ru);
        let text = texts.format(
            "crm-maintenance-task",
            &[
                ("model", machine.model_name.as_str().into()),
                ("serial", machine.serial.as_str().into()),
                ("date", words::date(texts, occurrence.due_on, today).into()),
            ],
        );
        let day = match self.config.upsell.deadline_days {
            Some(days) => today + TimeDelta::days(i64::from(days)),
            None => occurrence.due_on.max(today + TimeDelta::days(1)),
        };
        let evening = day.and_time(NaiveTime::from_hms_opt(18, 0, 0).unwrap_or_default());
        let till = evening.and_local_timezone(self.dealer.zone).earliest();
        NewTask {
            task_type: self.config.upsell.task_type,
            text,
            complete_till: till.map_or(evening.and_utc().timestamp(), |till| till.timestamp()),
            entity: None,
            responsible_user_id: self.settings.responsible_user_id,
        }
    }

    /// The deal that offers the kit of a due maintenance, without its people.
    pub(crate) fn upsell_lead(
        &self,
        number: &str,
        machine: &MachineSummary,
        kit: Option<&Kit>,
    ) -> NewLead {
        let upsell = &self.config.upsell;
        let pipeline_id = upsell.pipeline.or(self.settings.pipeline_id);
        // A stage belongs to its pipeline: that of new orders means nothing in another one.
        let first = self.settings.status_id.filter(|_| upsell.pipeline.is_none());
        let model = &machine.model_name;
        NewLead {
            name: shortened(&story::upsell_title(Texts::of(Lang::Ru), number, machine)),
            price: kit.and_then(|kit| kit.total).map(Money::whole_roubles),
            pipeline_id,
            status_id: pipeline_id.and(upsell.stage.or(first)),
            responsible_user_id: self.settings.responsible_user_id,
            fields: self.three_fields(&machine.serial, model, None),
            tags: vec![number.to_owned()],
            ..NewLead::default()
        }
    }

    fn new_lead(&self, stages: &StageMap, first_state: &str, number: &str) -> NewLead {
        let mapped = stages.stage_of(first_state).and_then(|stage| stage.parse().ok());
        let status_id = self.settings.pipeline_id.and(mapped.or(self.settings.status_id));
        NewLead {
            pipeline_id: self.settings.pipeline_id,
            status_id,
            responsible_user_id: self.settings.responsible_user_id,
            tags: vec![number.to_owned()],
            ..NewLead::default()
        }
    }

    /// Serial number, model and Telegram id, as far as they are known and their fields configured.
    fn three_fields(&self, serial: &str, model: &str, telegram: Option<i64>) -> Vec<FieldWrite> {
        let telegram = telegram.map(|id| id.to_string()).unwrap_or_default();
        [("serial", serial), ("model", model), ("telegram_id", telegram.as_str())]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .filter_map(|(ours, text)| Some(FieldWrite::text(self.field(ours)?, text)))
            .collect()
    }
}
