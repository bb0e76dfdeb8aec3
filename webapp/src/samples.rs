//! Invented data for the gallery: machines, orders and people that belong to nobody.

mod case_pages;
mod company_pages;
mod console_boards;
pub(crate) mod console_cases;
pub(crate) mod console_pages;
mod decision_pages;
mod desk_pages;
mod mapping_page;
mod order_pages;
mod pages;
mod part_pages;
mod plate_pages;
pub(crate) mod public_pages;

use crate::{
    ui::Ui,
    views::parts::{
        Badge, CaseCell, Choice, Event, Fact, FileLink, MachineCell, Message, Step, StepState, Tone,
    },
};

pub(crate) use pages::{NAMES, page};

/// The Russian or the English of a sample.
pub(crate) fn say(ui: Ui, ru: &str, en: &str) -> String {
    if ui.lang() == "ru" { ru } else { en }.to_owned()
}

pub(crate) fn badge(tone: Tone, text: String) -> Badge {
    Badge { tone, text }
}

pub(crate) fn badges(ui: Ui) -> Vec<Badge> {
    vec![
        badge(Tone::Plain, say(ui, "ТО-1", "Level 1")),
        badge(Tone::Ok, say(ui, "в работе", "running")),
        badge(Tone::Warning, say(ui, "ТО через 12 дней", "due in 12 days")),
        badge(Tone::Danger, say(ui, "ТО просрочено", "overdue")),
        badge(Tone::Down, say(ui, "стоит 3 ч", "down for 3 h")),
    ]
}

fn machine(model: &str, serial: &str, note: String, tone: Tone) -> MachineCell {
    let href = format!("/app/machines/{serial}");
    MachineCell { href, model: model.to_owned(), serial: serial.to_owned(), note, tone }
}

pub(crate) fn machines(ui: Ui) -> Vec<MachineCell> {
    vec![
        machine("1М63Б", "0457", say(ui, "стоит 3 ч", "down for 3 h"), Tone::Down),
        machine("16К20", "1234", say(ui, "ТО через 12 дней", "due in 12 days"), Tone::Warning),
        machine("РТ755Ф3", "88", say(ui, "в работе", "running"), Tone::Ok),
        machine("2Н135", "310", say(ui, "в работе", "running"), Tone::Ok),
    ]
}

pub(crate) fn cases(ui: Ui) -> Vec<CaseCell> {
    let case = |number: &str, note: String, badge: Badge, clock: String, total| CaseCell {
        href: format!("/app/requests/{number}"),
        number: number.to_owned(),
        note,
        badge,
        clock,
        total,
    };
    vec![
        case(
            "SRV-2026-000045",
            say(ui, "1М63Б № 0457 · поломка · Тула", "1М63Б No. 0457 · breakdown · Tula"),
            badge(Tone::Warning, say(ui, "новая", "new")),
            say(ui, "стоит 3 ч 12 мин", "down 3 h 12 min"),
            None,
        ),
        case(
            "ORD-2026-000123",
            say(ui, "3 позиции · сегодня в 9:12", "3 lines · today at 9:12"),
            badge(Tone::Ok, say(ui, "подтверждён", "confirmed")),
            String::new(),
            Some(3_720_000),
        ),
        case(
            "ORD-2026-000098",
            say(ui, "1 позиция · 2 октября", "1 line · 2 October"),
            badge(Tone::Plain, say(ui, "завершён", "completed")),
            String::new(),
            Some(118_050),
        ),
    ]
}

pub(crate) fn files(ui: Ui) -> Vec<FileLink> {
    let file = |name: String, note: String| FileLink {
        href: "#".to_owned(),
        name,
        note,
        extension: "pdf".to_owned(),
    };
    vec![
        file(say(ui, "Руководство по эксплуатации", "Operating manual"), "12,4 МБ".to_owned()),
        file(say(ui, "Схема электрическая", "Wiring diagram"), say(ui, "ред. 3", "rev. 3")),
    ]
}

pub(crate) fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: value.to_owned(), mono: false }
}

pub(crate) fn facts(ui: Ui) -> Vec<Fact> {
    vec![
        fact(&say(ui, "РМЦ", "Between centres"), "1000 мм"),
        fact(&say(ui, "Диаметр над станиной", "Swing over bed"), "400 мм"),
        fact(&say(ui, "Мощность главного привода", "Main drive power"), "11 кВт"),
        Fact {
            mono: true, ..fact(&say(ui, "Заводской номер", "Serial number"), "1234")
        },
    ]
}

pub(crate) fn events(ui: Ui) -> Vec<Event> {
    let event = |at: String, title: String| Event { at, title };
    vec![
        event(
            say(ui, "12 ноября", "12 November"),
            say(ui, "Заменён подшипник шпинделя", "Spindle bearing replaced"),
        ),
        event(
            say(ui, "2 октября", "2 October"),
            say(ui, "Заказ ORD-2026-000098", "Order ORD-2026-000098"),
        ),
        event(say(ui, "14 июня", "14 June"), say(ui, "ТО-1", "Maintenance, level 1")),
        event(
            say(ui, "1 июня 2025", "1 June 2025"),
            say(ui, "Введён в эксплуатацию", "Commissioned"),
        ),
    ]
}

pub(crate) fn steps(ui: Ui) -> Vec<Step> {
    let labels = [
        (say(ui, "принята", "new"), StepState::Done),
        (say(ui, "взята", "taken"), StepState::Done),
        (say(ui, "едет", "on the way"), StepState::Now),
        (say(ui, "в работе", "at work"), StepState::Ahead),
        (say(ui, "готово", "done"), StepState::Ahead),
    ];
    labels.into_iter().map(|(label, state)| Step { label, state }).collect()
}

pub(crate) fn choice(value: &str, label: String, selected: bool) -> Choice {
    Choice { value: value.to_owned(), label, note: String::new(), selected }
}

pub(crate) fn choices(ui: Ui) -> Vec<Choice> {
    vec![
        choice("1", say(ui, "16К20 № 1234", "16К20 No. 1234"), true),
        choice("2", say(ui, "1М63Б № 0457", "1М63Б No. 0457"), false),
    ]
}

pub(crate) fn messages(ui: Ui) -> Vec<Message> {
    vec![
        Message {
            who: say(ui, "Ольга, менеджер", "Olga, manager"),
            own: false,
            at: "9:20".to_owned(),
            text: say(ui, "Какой код ошибки на экране?", "Which alarm code is on the screen?"),
            photos: Vec::new(),
            files: Vec::new(),
        },
        Message {
            who: say(ui, "вы", "you"),
            own: true,
            at: "9:24".to_owned(),
            text: "E-41 <b>&</b> 🌈".to_owned(),
            photos: Vec::new(),
            files: files(ui)[..1].to_vec(),
        },
    ]
}
