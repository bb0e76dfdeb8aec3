//! What a CRM's people read of ours: titles, notes, mail copies. In the dealer's language, Russian.

mod gaps;
mod leads;
mod quotes;
mod talk;

pub use gaps::gaps_text;
pub use leads::{lead_deal_title, lead_title, touch_text, touch_title};
pub use quotes::quote_text;
pub use talk::talk_text;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::machines::MachineSummary;
use domain::maintenance::{Kit, Occurrence, OwnMaintenance};
use domain::orders::{Order, OrderLine};
use domain::people::Customer;
use domain::requests::RequestCase;
use domain::texts::Texts;
use domain::words;
use domain::work_orders::Job;

/// The title of an order's deal. The number stands in it so that the deal can be looked for.
pub fn order_title(texts: &Texts, order: &Order, customer: &Customer) -> String {
    let args =
        [("number", order.number.as_str().into()), ("customer", customer.name.as_str().into())];
    texts.format("crm-order-title", &args)
}

/// The title of a request's deal.
pub fn request_title(texts: &Texts, case: &RequestCase) -> String {
    let number = ("number", case.request.number.as_str().into());
    match machine_text(texts, case) {
        Some(machine) => texts.format("crm-request-title", &[number, ("machine", machine.into())]),
        None => {
            let customer = ("customer", case.customer_name.as_str().into());
            texts.format("crm-request-title-no-machine", &[number, customer])
        }
    }
}

/// Who ordered.
pub fn customer_text(texts: &Texts, customer: &Customer) -> String {
    let mut lines = vec![texts.format("crm-customer", &[("name", customer.name.as_str().into())])];
    if let Some(phone) = &customer.phone {
        lines.push(texts.format("crm-phone", &[("phone", phone.as_str().into())]));
    }
    if let Some(email) = &customer.email {
        lines.push(texts.format("crm-email", &[("email", email.as_str().into())]));
    }
    lines.join("\n")
}

/// What did not fit into the fields of a deal, whole: our names of the texts, and the texts. By its
/// first line the note is found again.
pub fn whole_text(texts: &Texts, number: &str, cut: &[(&str, &str)]) -> String {
    let mut text = vec![texts.format("crm-whole", &[("number", number.into())])];
    text.extend(cut.iter().map(|(ours, whole)| {
        let key = format!("plan-field-{ours}");
        let field = ("field", texts.get(&key).into());
        texts.format("crm-whole-field", &[field, ("text", (*whole).into())])
    }));
    text.join("\n")
}

/// The first line of the note of positions: by it the note is found again.
pub fn positions_title(texts: &Texts, number: &str) -> String {
    texts.format("crm-positions", &[("number", number.into())])
}

/// The note with all positions: article, name, price, quantity, sum; then how it travels.
pub fn positions_text(texts: &Texts, order: &Order, lines: &[OrderLine]) -> String {
    let mut text = vec![positions_title(texts, &order.number)];
    text.extend(lines.iter().enumerate().map(|(at, line)| position_text(texts, at + 1, line)));
    let partly = lines.iter().any(|line| line.price.is_none());
    let total = if partly { "crm-total-partly" } else { "crm-total" };
    text.push(texts.format(total, &[("total", order.total.to_string().into())]));
    let way = format!("delivery-{}", order.delivery.as_str());
    text.push(texts.format("crm-delivery", &[("way", texts.get(&way).into())]));
    if !order.address.is_empty() {
        text.push(texts.format("crm-address", &[("address", order.address.as_str().into())]));
    }
    if !order.contact.is_empty() {
        text.push(texts.format("crm-contact", &[("contact", order.contact.as_str().into())]));
    }
    if let Some(inn) = &order.inn {
        text.push(texts.format("crm-inn", &[("inn", inn.as_str().into())]));
    }
    if !order.comment.is_empty() {
        text.push(texts.format("crm-comment", &[("comment", order.comment.as_str().into())]));
    }
    text.join("\n")
}

/// A request in full.
pub fn request_text(texts: &Texts, case: &RequestCase) -> String {
    let request = &case.request;
    let kind = format!("kind-{}", request.kind.as_str());
    let kind = texts.get(&kind);
    let mut text = vec![texts.format(
        "crm-request",
        &[("number", request.number.as_str().into()), ("kind", kind.into())],
    )];
    if let Some((_, serial, model)) = &case.machine {
        let args = [("model", model.as_str().into()), ("serial", serial.as_str().into())];
        text.push(texts.format("crm-machine", &args));
    }
    if request.machine_down {
        text.push(texts.get("machine-down").to_owned());
    }
    text.push(texts.format("crm-customer", &[("name", case.customer_name.as_str().into())]));
    if let Some(phone) = &case.phone {
        text.push(texts.format("crm-phone", &[("phone", phone.as_str().into())]));
    }
    if let Some(company) = &case.company {
        text.push(texts.format("crm-company", &[("company", company.as_str().into())]));
    }
    text.push(String::new());
    text.push(request.text.clone());
    text.join("\n")
}

/// What the engineer did. The first line is what the note is found by.
pub fn visit_text(
    texts: &Texts,
    job: &Job,
    engineer: &str,
    zone: Tz,
    now: DateTime<Utc>,
) -> String {
    let mut text = vec![visit_title(texts, &job.request_number)];
    text.push(texts.format("crm-visit-engineer", &[("engineer", engineer.into())]));
    text.push(job.work_order.report.clone());
    if let Some(hours) = job.work_order.hours {
        text.push(texts.format("crm-visit-hours", &[("hours", hours.into())]));
    }
    if let Some(next) = job.work_order.next_maintenance_on {
        let today = now.with_timezone(&zone).date_naive();
        let date = words::date(texts, next, today);
        text.push(texts.format("crm-visit-next", &[("date", date.into())]));
    }
    text.join("\n")
}

/// What the customer's own people did. The first lines are alike for one machine; the whole text is
/// what the note is found by.
pub fn own_maintenance_text(texts: &Texts, own: &OwnMaintenance, today: NaiveDate) -> String {
    let (machine, told) = (&own.machine, &own.told);
    let args = [
        ("model", machine.model_name.as_str().into()),
        ("serial", machine.serial.as_str().into()),
        ("date", words::day(texts, own.occurrence.due_on, today).into()),
    ];
    let mut text = vec![texts.format("crm-own-maintenance", &args)];
    text.push(texts.format("crm-customer", &[("name", told.customer_name.as_str().into())]));
    if !told.note.is_empty() {
        text.push(told.note.clone());
    }
    if let Some(hours) = told.hours {
        text.push(texts.format("crm-visit-hours", &[("hours", hours.into())]));
    }
    if let Some(next) = told.next_maintenance_on {
        let date = words::day(texts, next, today);
        text.push(texts.format("crm-visit-next", &[("date", date.into())]));
    }
    if !own.files.is_empty() {
        text.push(texts.format("crm-own-files", &[("count", own.files.len().into())]));
    }
    text.join("\n")
}

/// The first line of [`visit_text`].
pub fn visit_title(texts: &Texts, number: &str) -> String {
    texts.format("crm-visit", &[("number", number.into())])
}

/// The number of a deal about a due maintenance: serial and date name it, and the step where each
/// step is a deal of its own.
pub fn upsell_number(
    occurrence: &Occurrence,
    machine: &MachineSummary,
    step: Option<i64>,
) -> String {
    let step = step.map(|step| step.to_string()).unwrap_or_default();
    format!("ТО{step}-{}-{}", machine.serial, occurrence.due_on)
}

/// The title of a deal about a due maintenance.
pub fn upsell_title(texts: &Texts, number: &str, machine: &MachineSummary) -> String {
    let args = [("number", number.into()), ("model", machine.model_name.as_str().into())];
    texts.format("crm-upsell-title", &args)
}

/// What is offered for a due maintenance: the machine, the date, the kit with its prices.
pub fn upsell_text(
    texts: &Texts,
    number: &str,
    (occurrence, machine): (&Occurrence, &MachineSummary),
    kit: Option<&Kit>,
    today: NaiveDate,
) -> String {
    let mut text = vec![texts.format("crm-upsell", &[("number", number.into())])];
    let model = ("model", machine.model_name.as_str().into());
    text.push(texts.format("crm-machine", &[model, ("serial", machine.serial.as_str().into())]));
    let date = words::date(texts, occurrence.due_on, today);
    text.push(texts.format("crm-upsell-date", &[("date", date.into())]));
    let Some(kit) = kit else {
        text.push(texts.get("crm-upsell-no-kit").to_owned());
        return text.join("\n");
    };
    for (at, part) in kit.parts.iter().enumerate() {
        let line = OrderLine {
            position: 0,
            part_id: part.id.clone(),
            sku: part.sku.clone(),
            name: part.name.clone(),
            price: part.price,
            quantity: part.quantity,
            machine_id: None,
            machine_serial: None,
            machine_model: None,
            quoted: None,
            quote_comment: None,
            note: String::new(),
            messages: 0,
        };
        text.push(position_text(texts, at + 1, &line));
    }
    if let Some(total) = kit.total {
        text.push(texts.format("crm-total", &[("total", total.to_string().into())]));
    }
    text.join("\n")
}

fn position_text(texts: &Texts, index: usize, line: &OrderLine) -> String {
    let mut args = vec![
        ("index", index.into()),
        ("sku", line.sku.as_str().into()),
        ("name", line.name.as_str().into()),
        ("quantity", line.quantity.into()),
    ];
    let mut text = match line.price {
        Some(price) => {
            args.push(("price", price.to_string().into()));
            args.push(("sum", price.times(line.quantity).to_string().into()));
            texts.format("crm-position", &args)
        }
        None => texts.format("crm-position-on-request", &args),
    };
    if let (Some(model), Some(serial)) = (&line.machine_model, &line.machine_serial) {
        let args = [("model", model.as_str().into()), ("serial", serial.as_str().into())];
        let machine = texts.format("for-machine", &args);
        let machine = texts.format("crm-position-machine", &[("machine", machine.into())]);
        text = format!("{text} ({machine})");
    }
    if !line.note.is_empty() {
        text = format!("{text}\n   {}", line.note);
    }
    text
}

fn machine_text(texts: &Texts, case: &RequestCase) -> Option<String> {
    let (_, serial, model) = case.machine.as_ref()?;
    let args = [("model", model.as_str().into()), ("serial", serial.as_str().into())];
    Some(texts.format("for-machine", &args))
}
