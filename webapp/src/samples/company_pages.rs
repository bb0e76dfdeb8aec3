//! The companies of a customer, and one of them with its people.

use crate::{
    routes::company::roles,
    samples::{badge, choice, say},
    ui::Ui,
    views::{
        company::{ColleagueCell, ColleaguesPage, CompanyPage, InviteCell, MembershipCell},
        parts::Tone,
    },
};

/// Where the reader belongs, one company looked at.
pub(crate) fn company(ui: Ui) -> CompanyPage {
    let cell = |name: String, note: &str, tone, state: &str| MembershipCell {
        href: String::new(),
        name,
        note: note.to_owned(),
        badge: badge(tone, ui.s(state).to_owned()),
    };
    let limit = ui.with("app-company-limit", "sum", "300 000 ₽");
    let note = format!("{} · {limit}", ui.s("member-buyer"));
    let memberships = vec![
        cell(say(ui, "ООО «Вектор»", "Vector LLC"), &note, Tone::Ok, "membership-active"),
        cell(
            say(ui, "Новый завод", "New Plant"),
            ui.s("member-mechanic"),
            Tone::Warning,
            "membership-pending",
        ),
    ];
    let looks = vec![
        choice("", ui.s("app-company-all").to_owned(), false),
        choice("1", say(ui, "ООО «Вектор»", "Vector LLC"), true),
    ];
    CompanyPage { ui, decisions: 2, memberships, looks, roles: roles(ui) }
}

/// A company as its director sees it, with a link that was just made; or as who is offered it.
pub(crate) fn colleagues(ui: Ui, directs: bool) -> ColleaguesPage {
    let person = |name: String, role: &str| ColleagueCell { name, note: ui.s(role).to_owned() };
    let invite = InviteCell {
        id: "1".to_owned(),
        name: say(ui, "Ольга, снабжение", "Olga, purchasing"),
        note: format!(
            "{} · {}",
            ui.s("member-buyer"),
            ui.with("app-company-until", "when", "29.11")
        ),
    };
    let link = "https://t.me/bot?start=i_7K3M9QXT".to_owned();
    ColleaguesPage {
        ui,
        id: "1".to_owned(),
        name: say(ui, "ООО «Вектор»", "Vector LLC"),
        offered: !directs,
        people: vec![
            person(say(ui, "Анна Петрова", "Anna Petrova"), "member-director"),
            person(say(ui, "Иван Образцов", "Ivan Sample"), "member-mechanic"),
        ],
        directs,
        invites: vec![invite],
        link: if directs { link } else { String::new() },
        share: "https://t.me/share/url".to_owned(),
        roles: roles(ui),
        heirs: vec![choice("2", say(ui, "Иван Образцов", "Ivan Sample"), false)],
    }
}
