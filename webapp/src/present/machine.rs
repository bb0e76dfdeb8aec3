//! Machines as people see them.

use chrono::NaiveDate;
use domain::machines::{
    DocumentRow, MachineModel, MachineState, MachineSummary, Passport, TimelineEvent,
};

use crate::auth::Caller;
use crate::present::{Eye, extension, fact, photo, size, word};
use crate::ui::Ui;
use crate::views::park::{NextMaintenance, PassportPage, PlateView, SiteMachines};
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

/// The park in two: what wants attention, and the rest by site.
pub(crate) fn park(
    eye: &Eye,
    machines: &[MachineSummary],
) -> (Vec<MachineCell>, Vec<SiteMachines>) {
    let mut attention = Vec::new();
    let mut sites: Vec<SiteMachines> = Vec::new();
    for machine in machines {
        let cell = machine_cell(eye, machine);
        if cell.tone != Tone::Ok {
            attention.push((machine.next_maintenance_on, cell));
            continue;
        }
        let place = machine.site.as_deref().or(machine.company.as_deref());
        let name = place.unwrap_or(eye.ui.s("app-no-site"));
        match sites.iter_mut().find(|site| site.name == name) {
            Some(site) => site.machines.push(cell),
            None => sites.push(SiteMachines { name: name.to_owned(), machines: vec![cell] }),
        }
    }
    attention.sort_by_key(|(due, cell)| match cell.tone {
        Tone::Down => (0, *due),
        Tone::Danger => (1, *due),
        _ => (2, *due),
    });
    (attention.into_iter().map(|(_, cell)| cell).collect(), sites)
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
        next: next(&eye, passport),
        hours: machine.hours.map(|hours| hours.to_string()).unwrap_or_default(),
        dates: dates(ui, passport),
        configuration: machine.configuration.clone(),
        specification: specification(ui, passport),
        documents: passport.documents.iter().map(|row| document(caller, row)).collect(),
        timeline: passport.timeline.iter().map(|event| timeline(ui, event)).collect(),
        plate: plate(caller.state.bot_link(), machine.id.as_str()),
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

fn next(eye: &Eye, passport: &Passport) -> Option<NextMaintenance> {
    let ui = eye.ui;
    let date = passport.machine.next_maintenance_on?;
    let (level, tone) = maintenance_note(eye, Some(date)).unwrap_or((String::new(), Tone::Ok));
    let why = maintenance_rule(ui, &passport.model);
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

fn dates(ui: Ui, passport: &Passport) -> Vec<Fact> {
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

fn specification(ui: Ui, passport: &Passport) -> Vec<Fact> {
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
        _ => event.title.clone(),
    };
    Event { at: ui.day(event.at), title }
}

/// The address that a machine's plate bears: it opens the passport for the machine's own people.
pub(crate) fn plate_url(bot_link: &str, id: &str) -> String {
    format!("{bot_link}?startapp=m_{id}")
}

fn plate(bot_link: &str, id: &str) -> PlateView {
    let picture = format!("/app/machines/{id}/plate.svg");
    PlateView { url: plate_url(bot_link, id), picture }
}
