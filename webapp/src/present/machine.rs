//! Machines as people see them.

use chrono::{Months, NaiveDate};
use domain::machines::{
    DocumentRow, MachineModel, MachineState, MachineSummary, Passport, TimelineEvent,
};

use crate::auth::Caller;
use crate::present::{Eye, extension, fact, photo, size, word};
use crate::ui::Ui;
use crate::views::park::{NextMaintenance, PassportPage, PlateView};
use crate::views::parts::{Badge, Event, Fact, FileLink, MachineCell, Tone};

/// «16К20 № 1234».
pub(crate) fn machine_name(ui: Ui, model: &str, serial: &str) -> String {
    format!("{model} {}", ui.serial(serial))
}

/// A machine as a cell, with the one thing worth saying about it.
pub(crate) fn machine_cell(eye: &Eye, machine: &MachineSummary) -> MachineCell {
    let (note, tone) = match machine.down_since {
        Some(since) if machine.state == MachineState::Down => {
            (eye.ui.with("app-machine-stands", "time", eye.ui.span(eye.now - since)), Tone::Down)
        }
        _ => maintenance_note(eye, machine.next_maintenance_on)
            .unwrap_or_else(|| (eye.ui.s("state-machine-working").to_owned(), Tone::Ok)),
    };
    MachineCell {
        href: format!("/app/machines/{}", machine.id),
        model: machine.model_name.clone(),
        serial: machine.serial.clone(),
        note,
        tone,
    }
}

/// When maintenance is near or past: what to say and how loud.
pub(super) fn maintenance_note(eye: &Eye, due: Option<NaiveDate>) -> Option<(String, Tone)> {
    let days = (due? - eye.today).num_days();
    match days {
        ..0 => Some((eye.ui.count("app-machine-overdue", -days), Tone::Danger)),
        0 => Some((eye.ui.s("app-machine-due-today").to_owned(), Tone::Warning)),
        _ if days <= eye.horizon => Some((eye.ui.count("app-machine-due-in", days), Tone::Warning)),
        _ => None,
    }
}

/// The passport's page.
pub(crate) fn passport(caller: &Caller, passport: &Passport) -> PassportPage {
    let eye = Eye::of(caller);
    let ui = eye.ui;
    let machine = &passport.machine;
    let place = [passport.company.as_deref(), passport.site.as_deref()];
    PassportPage {
        ui,
        id: machine.id.to_string(),
        model: passport.model.name.clone(),
        serial: machine.serial.clone(),
        name: passport.model.category.clone(),
        site: place.into_iter().flatten().collect::<Vec<_>>().join(", "),
        photo: photo(passport.model.photo.as_ref()),
        badges: badges(&eye, passport),
        stands: match passport.down_since {
            Some(since) => ui.with("app-request-clock", "time", ui.span(eye.now - since)),
            None => String::new(),
        },
        next: passport_next(&eye, passport),
        hours: machine.hours.map(|hours| hours.to_string()).unwrap_or_default(),
        dates: passport_dates(ui, passport),
        warranty: warranty(&eye, passport),
        pdf: pdf(caller, passport),
        configuration: machine.configuration.clone(),
        specification: specification(ui, passport),
        documents: passport.documents.iter().map(|row| document(caller, row)).collect(),
        timeline: passport.timeline.iter().map(|event| timeline(ui, event)).collect(),
        plate: plate(caller, machine.id.as_str()),
        can_note_hours: caller.viewer.customer.is_some(),
    }
}

fn badges(eye: &Eye, passport: &Passport) -> Vec<Badge> {
    let ui = eye.ui;
    let state = match passport.state {
        MachineState::Working => (Tone::Ok, "state-machine-working"),
        MachineState::Down => (Tone::Down, "state-machine-down"),
    };
    let mut badges = vec![Badge { tone: state.0, text: ui.s(state.1).to_owned() }];
    if let Some(until) = passport.machine.warranty_until
        && until >= eye.today
    {
        let text = ui.with("app-passport-warranty-until", "date", ui.calendar_date(until));
        badges.push(Badge { tone: Tone::Plain, text });
    }
    badges
}

/// When the machine is due, and why then.
pub(crate) fn passport_next(eye: &Eye, passport: &Passport) -> Option<NextMaintenance> {
    let ui = eye.ui;
    let date = passport.machine.next_maintenance_on?;
    let (level, tone) = maintenance_note(eye, Some(date)).unwrap_or((String::new(), Tone::Ok));
    let rule = maintenance_rule(ui, &passport.model);
    let rule = Some(rule).filter(|rule| !rule.is_empty());
    let why = rule.into_iter().chain([counted_from(eye, passport, date)]).collect();
    let is_due = tone != Tone::Ok;
    Some(NextMaintenance { date: ui.calendar_date(date), level, why, tone, is_due })
}

/// When a model wants maintenance; empty where nothing says so.
pub(crate) fn maintenance_rule(ui: Ui, model: &MachineModel) -> String {
    let months = model.maintenance_months.filter(|months| *months > 0);
    let hours = model.maintenance_hours.filter(|hours| *hours > 0);
    match (months, hours) {
        (Some(months), Some(hours)) => {
            ui.f("app-passport-rule-both", &[("months", months.into()), ("hours", hours.into())])
        }
        (Some(months), None) => ui.count("app-passport-rule-months", months),
        (None, Some(hours)) => ui.count("app-passport-rule-hours", hours),
        (None, None) => String::new(),
    }
}

/// What the date was counted from, as far as the history tells it: the last maintenance, or the day on
/// which the machine was put to work. What fits neither was set by a person.
fn counted_from(eye: &Eye, passport: &Passport, due: NaiveDate) -> String {
    let ui = eye.ui;
    let months = passport.model.maintenance_months.and_then(|months| u32::try_from(months).ok());
    let months = months.filter(|months| *months > 0).map(Months::new);
    let leads =
        |from: NaiveDate| months.and_then(|months| from.checked_add_months(months)) == Some(due);
    let day = |event: &TimelineEvent| event.at.with_timezone(&eye.zone).date_naive();
    let serviced =
        |event: &&TimelineEvent| matches!(event.kind.as_str(), "visit" | "own_maintenance");
    let visits = passport.timeline.iter().filter(serviced).map(day);
    if let Some(last) = visits.filter(|on| leads(*on)).max() {
        return ui.with("app-passport-since-visit", "date", ui.calendar_date(last));
    }
    match passport.machine.commissioned_on.filter(|on| leads(*on)) {
        Some(on) => ui.with("app-passport-since-start", "date", ui.calendar_date(on)),
        None => ui.s("app-passport-since-dealer").to_owned(),
    }
}

/// Whether the warranty holds, in words.
pub(crate) fn warranty(eye: &Eye, passport: &Passport) -> String {
    let ui = eye.ui;
    let Some(until) = passport.machine.warranty_until else {
        return ui.s("app-warranty-unknown").to_owned();
    };
    let date = ui.calendar_date(until);
    match (until - eye.today).num_days() {
        ..0 => ui.with("app-warranty-over", "date", date),
        days => {
            ui.f("app-warranty-holds", &[("date", date.as_str().into()), ("count", days.into())])
        }
    }
}

/// The passport as a file.
fn pdf(caller: &Caller, passport: &Passport) -> FileLink {
    let (ui, machine) = (caller.ui, &passport.machine);
    FileLink {
        href: caller.state.paper_link(machine.id.as_str(), caller.viewer.telegram_id),
        name: machine_name(ui, &passport.model.name, &machine.serial),
        note: ui.s("app-passport-pdf").to_owned(),
        extension: "pdf".to_owned(),
    }
}

/// The four dates, as far as they are known.
pub(crate) fn passport_dates(ui: Ui, passport: &Passport) -> Vec<Fact> {
    let machine = &passport.machine;
    let dates = [
        ("app-passport-made", machine.made_on),
        ("app-passport-shipped", machine.shipped_on),
        ("app-passport-commissioned", machine.commissioned_on),
        ("app-passport-warranty", machine.warranty_until),
    ];
    let row =
        |(label, date): (&str, Option<NaiveDate>)| fact(ui, label, Some(&ui.calendar_date(date?)));
    dates.into_iter().filter_map(row).collect()
}

/// What the machine can, its maker and its serial.
pub(crate) fn specification(ui: Ui, passport: &Passport) -> Vec<Fact> {
    let mut facts: Vec<Fact> = passport
        .model
        .specification
        .iter()
        .map(|(label, value)| Fact { label: label.clone(), value: value.clone(), mono: false })
        .collect();
    facts.extend(fact(ui, "app-passport-maker", Some(&passport.model.maker)));
    let serial = fact(ui, "app-passport-serial", Some(&passport.machine.serial));
    facts.extend(serial.map(|fact| Fact { mono: true, ..fact }));
    facts
}

fn document(caller: &Caller, row: &DocumentRow) -> FileLink {
    let ui = caller.ui;
    let kind = word(ui, "app-document-", &row.kind);
    let revision = (!row.revision.is_empty())
        .then(|| ui.with("app-document-revision", "revision", &row.revision));
    let language = (row.language != ui.lang()).then(|| row.language.to_uppercase());
    let mut note = vec![size(ui, row.size)];
    note.extend(revision);
    note.extend(language);
    FileLink {
        href: caller.file_link(row.file_id.as_str()),
        name: if row.title.is_empty() { kind } else { row.title.clone() },
        note: note.join(" · "),
        extension: extension(&row.content_type).to_owned(),
    }
}

pub(crate) fn timeline(ui: Ui, event: &TimelineEvent) -> Event {
    let title = match event.kind.as_str() {
        // An order is kept by its number alone.
        "order" if event.title.starts_with("ORD-") => {
            ui.with("app-order-title", "number", &event.title)
        }
        "hours" => match event.title.parse::<i64>() {
            Ok(hours) => ui.count("app-event-hours", hours),
            Err(_) => event.title.clone(),
        },
        "plate" => ui.with("app-plate-bound", "code", &event.title),
        _ => event.title.clone(),
    };
    Event { at: ui.day(event.at), title }
}

/// The machine's own plate: it opens the passport for the machine's people.
fn plate(caller: &Caller, id: &str) -> PlateView {
    let picture = format!("/app/machines/{id}/plate.svg");
    PlateView { url: caller.state.plate_address(id), picture }
}
