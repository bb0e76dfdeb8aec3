//! What is told, composed without a call and without knowing to whom: deliveries send it, a dry run
//! shows it.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::leads::LeadCase;
use domain::machines::MachineSummary;
use domain::maintenance::{Kit, Occurrence};
use domain::orders::{Order, OrderLine};
use domain::people::Customer;
use domain::requests::RequestCase;
use domain::texts::{Lang, Texts};
use domain::{Dealer, Money, words};

use crate::config::ConnectionConfig;
use crate::crm::story;

/// What a deal is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An order of parts.
    Order,
    /// A service request.
    Request,
    /// A maintenance that draws near.
    Upsell,
    /// A request from the site.
    Lead,
}

/// A deal as we wish it, without its people.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deal {
    /// What it is made for.
    pub(crate) purpose: Purpose,
    /// Ours; by it the deal is found again.
    pub(crate) number: String,
    /// Its whole title, the number in it.
    pub(crate) title: String,
    /// What it comes to, where that is known.
    pub(crate) total: Option<Money>,
    /// The stage that the table of stages names for its first state.
    pub(crate) stage: Option<String>,
    /// Our fields and what stands in them.
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// A task as we wish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// What to do.
    pub(crate) text: String,
    /// Until when.
    pub(crate) till: DateTime<Utc>,
}

/// The deal of an order.
pub(crate) fn order_deal(
    config: &ConnectionConfig,
    order: &Order,
    lines: &[OrderLine],
    customer: &Customer,
) -> Deal {
    let texts = Texts::of(Lang::Ru);
    let mut serials: Vec<&str> =
        lines.iter().filter_map(|line| line.machine_serial.as_deref()).collect();
    serials.sort_unstable();
    serials.dedup();
    let model = match lines {
        [only] => only.sku.as_str(),
        _ => texts.get("crm-parts"),
    };
    Deal {
        purpose: Purpose::Order,
        number: order.number.clone(),
        title: story::order_title(texts, order, customer),
        total: Some(order.total),
        stage: config.order_stages.stage_of("placed").map(str::to_owned),
        fields: three_fields(&serials.join(", "), model, customer.telegram_id),
    }
}

/// The deal of a service request.
pub(crate) fn request_deal(
    config: &ConnectionConfig,
    case: &RequestCase,
    customer: &Customer,
) -> Deal {
    let (serial, model) = match &case.machine {
        Some((_, serial, model)) => (serial.as_str(), model.as_str()),
        None => ("", ""),
    };
    Deal {
        purpose: Purpose::Request,
        number: case.request.number.clone(),
        title: story::request_title(Texts::of(Lang::Ru), case),
        total: None,
        stage: config.request_stages.stage_of("new").map(str::to_owned),
        fields: three_fields(serial, model, customer.telegram_id),
    }
}

/// The deal of a site lead. Its tracking is that of the first form: what brought the person.
pub(crate) fn lead_deal(config: &ConnectionConfig, case: &LeadCase) -> Deal {
    let tracking = case.first().tracking.pairs();
    Deal {
        purpose: Purpose::Lead,
        number: case.lead.number.clone(),
        title: story::lead_deal_title(Texts::of(Lang::Ru), &case.lead),
        total: None,
        stage: config.lead_stages.stage_of("new").map(str::to_owned),
        fields: tracking.map(|(name, value)| (name, value.to_owned())).collect(),
    }
}

/// The deal that offers the kit of a due maintenance.
pub(crate) fn upsell_deal(number: &str, machine: &MachineSummary, kit: Option<&Kit>) -> Deal {
    Deal {
        purpose: Purpose::Upsell,
        number: number.to_owned(),
        title: story::upsell_title(Texts::of(Lang::Ru), number, machine),
        total: kit.and_then(|kit| kit.total),
        stage: None,
        fields: three_fields(&machine.serial, &machine.model_name, None),
    }
}

/// The manager's task about a due maintenance.
pub(crate) fn maintenance_task(
    config: &ConnectionConfig,
    dealer: &Dealer,
    occurrence: &Occurrence,
    machine: &MachineSummary,
) -> Task {
    let today = dealer.today();
    let texts = Texts::of(Lang::Ru);
    let text = texts.format(
        "crm-maintenance-task",
        &[
            ("model", machine.model_name.as_str().into()),
            ("serial", machine.serial.as_str().into()),
            ("date", words::date(texts, occurrence.due_on, today).into()),
        ],
    );
    let day = match config.upsell.deadline_days {
        Some(days) => today + TimeDelta::days(i64::from(days)),
        None => occurrence.due_on.max(today + TimeDelta::days(1)),
    };
    let evening = day.and_time(NaiveTime::from_hms_opt(18, 0, 0).unwrap_or_default());
    let till = evening.and_local_timezone(dealer.zone).earliest();
    Task { text, till: till.map_or(evening.and_utc(), |till| till.to_utc()) }
}

/// Serial number, model and Telegram id, as far as they are known.
fn three_fields(serial: &str, model: &str, telegram: Option<i64>) -> Vec<(&'static str, String)> {
    let telegram = telegram.map(|id| id.to_string()).unwrap_or_default();
    [("serial", serial.to_owned()), ("model", model.to_owned()), ("telegram_id", telegram)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect()
}
