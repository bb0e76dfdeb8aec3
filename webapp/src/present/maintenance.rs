//! A due maintenance as its page shows it.

use domain::maintenance::{Later, Reminder};

use crate::present::{Eye, choice, machine_name, maintenance_note};
use crate::views::park::DuePage;
use crate::views::parts::Tone;

/// What is due, and what may be answered.
pub(crate) fn due(eye: &Eye, reminder: &Reminder) -> DuePage {
    let (ui, machine) = (eye.ui, &reminder.machine);
    let due_on = reminder.occurrence.due_on;
    let (level, tone) = maintenance_note(eye, Some(due_on)).unwrap_or((String::new(), Tone::Ok));
    let kit = reminder.kit.as_ref().map(|kit| match kit.total {
        Some(total) => ui.with("app-maintenance-kit", "sum", total.to_string()),
        None => ui.s("app-maintenance-kit-on-request").to_owned(),
    });
    let parts = reminder.kit.iter().flat_map(|kit| &kit.parts).map(|part| part.name.as_str());
    let later = Later::offered((due_on - eye.today).num_days()).iter().map(|later| {
        let (value, label) = match later {
            Later::ThreeDays => ("3", "app-maintenance-three-days"),
            Later::Week => ("7", "app-maintenance-week"),
            Later::Month => ("month", "app-maintenance-month"),
        };
        choice(value, ui.s(label).to_owned(), false)
    });
    DuePage {
        ui,
        id: machine.id.as_str().to_owned(),
        machine: machine_name(ui, &machine.model_name, &machine.serial),
        date: ui.calendar_date(due_on),
        level,
        tone,
        kit: kit.unwrap_or_default(),
        kit_parts: parts.collect::<Vec<_>>().join(", "),
        later: later.collect(),
    }
}
