//! The sample page of a mapping: a value of the file, one of the console, one that does not fit.

use crate::console::frame::Frame;
use crate::console::mapping::{Group, MappingPage, PartView, RowView};
use crate::present;
use crate::samples::say;
use crate::ui::Ui;

pub(super) fn mapping(ui: Ui, frame: Frame) -> MappingPage {
    let stages = [
        ("80953554", say(ui, "Новая заявка", "New")),
        ("80953558", say(ui, "В работе", "In work")),
        ("142", say(ui, "Успешно реализовано", "Won")),
    ];
    let groups = |value: &str| {
        let nothing = present::choice("", ui.s("console-mapping-nothing").to_owned(), false);
        let all = stages
            .iter()
            .map(|(id, name)| present::choice(id, format!("{name} ({id})"), *id == value));
        vec![Group { of: String::new(), choices: [nothing].into_iter().chain(all).collect() }]
    };
    let row = |state: &str, value: &str| RowView {
        key: format!("stages.order.{state}"),
        label: ui.s(&format!("state-order-{state}")).to_owned(),
        groups: groups(value),
        source: ui.s("console-mapping-written").to_owned(),
        changed: false,
        problems: Vec::new(),
    };
    let changed = ui.f(
        "console-mapping-changed",
        &[
            ("who", say(ui, "Ольга Образцова", "Olga Sample").into()),
            ("when", say(ui, "сегодня в 9:12", "today at 9:12").into()),
            ("file", "80953554".into()),
        ],
    );
    let twice = ui.f(
        "console-mapping-twice",
        &[("stage", "142".into()), ("other", ui.s("state-order-completed").into())],
    );
    let rows = vec![
        row("placed", "80953554"),
        RowView { changed: true, source: changed, ..row("confirmed", "80953558") },
        RowView { problems: vec![twice], ..row("shipped", "142") },
        row("completed", "142"),
    ];
    MappingPage {
        frame,
        name: "amocrm".to_owned(),
        version: 1,
        seen: ui.with("console-mapping-seen", "when", say(ui, "сегодня в 3:00", "today at 3:00")),
        known: true,
        looking: false,
        problems: Vec::new(),
        parts: vec![PartView { title: ui.s("console-mapping-order").to_owned(), rows }],
        people: vec![(
            say(ui, "Мария Образцова", "Maria Sample"),
            ui.s("console-mapping-nobody").to_owned(),
        )],
    }
}
