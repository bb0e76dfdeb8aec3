//! Pages that anybody may open: the public face of a plate, an answer by link, what a form of the site
//! leads to. Whole documents.

use askama::Template as _;
use domain::approvals::Outcome;
use domain::text::FieldFault;

use crate::assets::Assets;
use crate::samples::{fact, say};
use crate::ui::Ui;
use crate::views::approvals::ApprovePage;
use crate::views::leads::SentPage;
use crate::views::plates::{CallForm, PlatePage};

/// Their names.
pub(crate) const NAMES: [&str; 9] = [
    "plate-public",
    "plate-public-wrong",
    "plate-public-made",
    "plate-public-blank",
    "plate-public-unknown",
    "approve",
    "approve-over",
    "sent",
    "sent-refused",
];

/// One of them; `None` for an unknown name.
pub(crate) fn page(name: &str, ui: Ui, assets: &Assets) -> Result<Option<String>, askama::Error> {
    let face = face(ui, assets);
    let document = match name {
        "plate-public" => face.render(),
        "plate-public-wrong" => wrong(face).render(),
        "plate-public-made" => {
            PlatePage { number: Some("SRV-2026-000045".to_owned()), form: None, ..face }.render()
        }
        "plate-public-blank" => nothing(face, "app-plate-blank", true).render(),
        "plate-public-unknown" => nothing(face, "app-plate-unknown", false).render(),
        "approve" => approve(ui, assets, true).render(),
        "approve-over" => approve(ui, assets, false).render(),
        "sent" => sent(ui, Some("LEAD-2026-000031")).render(),
        "sent-refused" => sent(ui, None).render(),
        _ => return Ok(None),
    };
    document.map(Some)
}

/// What a stranger sees behind a plate.
fn face(ui: Ui, assets: &Assets) -> PlatePage<'_> {
    PlatePage {
        ui,
        lang: ui.lang(),
        assets,
        title: "16К20".to_owned(),
        about: say(
            ui,
            "Токарно-винторезный станок · Красный пролетарий",
            "Screw-cutting lathe · Krasny Proletary",
        ),
        photo: None,
        blank: false,
        unknown: false,
        seller: say(ui, "Станкодилер", "Machine dealer"),
        phone: Some(("+74951234567".to_owned(), "+7\u{a0}495\u{a0}123-45-67".to_owned())),
        telegram: "https://t.me/bot?startapp=p_7K3M9QXT".to_owned(),
        number: None,
        note: String::new(),
        form: Some(CallForm {
            action: "/p/7K3M9QXT".to_owned(),
            client_key: "0".to_owned(),
            opened: "0".to_owned(),
            name: String::new(),
            phone: String::new(),
            text: String::new(),
            consent: false,
            wrong: None,
        }),
    }
}

/// A call that cannot be taken so.
fn wrong(face: PlatePage<'_>) -> PlatePage<'_> {
    let form = face.form.map(|form| CallForm {
        phone: "8 900".to_owned(),
        text: say(face.ui, "Не включается шпиндель", "The spindle does not start"),
        consent: true,
        wrong: Some(FieldFault { field: "phone", problem: "error-phone" }),
        ..form
    });
    PlatePage { form, ..face }
}

/// A plate without a machine, or an address that no plate has.
fn nothing<'a>(face: PlatePage<'a>, title: &str, blank: bool) -> PlatePage<'a> {
    let title = face.ui.s(title).to_owned();
    PlatePage { title, about: String::new(), blank, unknown: !blank, form: None, ..face }
}

/// A case behind a link of a letter, before and after.
fn approve(ui: Ui, assets: &Assets, open: bool) -> ApprovePage<'_> {
    ApprovePage {
        ui,
        lang: ui.lang(),
        assets,
        title: say(ui, "Станок для цеха № 3", "Machine for shop 3"),
        kind: say(ui, "Сделка Bitrix24", "Bitrix24 deal"),
        note: if open {
            String::new()
        } else {
            say(ui, "Согласовала Ольга", "Approved by Olga")
        },
        words: say(ui, "Скидка 7 %, отгрузка в декабре", "7% off, shipped in December"),
        facts: vec![
            fact(&say(ui, "Сумма", "Amount"), "600\u{a0}000\u{a0}₽"),
            fact(&say(ui, "Ответственный", "Responsible"), &say(ui, "Ольга", "Olga")),
        ],
        open,
        action: "/approve/0".to_owned(),
        answers: Outcome::ALL
            .map(|one| (one.as_str(), ui.s(one.label()).to_owned(), one == Outcome::Reject)),
    }
}

fn sent(ui: Ui, number: Option<&'static str>) -> SentPage<'static> {
    let taken = number.is_some();
    SentPage {
        ui,
        title: ui.texts().get(if taken { "app-sent-title" } else { "app-problem-invalid-title" }),
        text: ui.s(if taken { "app-sent-text" } else { "error-phone" }).to_owned(),
        number,
        back: Some("https://dealer.example/lathes"),
    }
}
