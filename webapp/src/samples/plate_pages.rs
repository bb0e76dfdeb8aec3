//! Passports and plates, machines that are added, readings that are doubted, the reader's own.

use askama::Template as _;
use domain::notices::Kind;

use crate::{
    routes::notifications,
    samples::{badge, cases, choice, events, fact, facts, files, say},
    ui::Ui,
    views::{
        me::{MePage, NotificationsPage},
        park::{ClaimPage, HoursPage, NextMaintenance, PassportPage, PlateView},
        parts::{FileLink, Tone},
        plates::PlateAppPage,
    },
};

/// One page's markup; `None` for an unknown name.
pub(crate) fn page(name: &str, ui: Ui) -> Result<Option<String>, askama::Error> {
    let markup = match name {
        "claim" => claim(ui, false).render(),
        "claim-sent" => claim(ui, true).render(),
        "hours-doubt" => hours_doubt(ui).render(),
        "me" => me(ui).render(),
        "notifications" => notifications(ui).render(),
        "passport" => passport(ui).render(),
        "plate" => plate(ui, true, false).render(),
        "plate-done" => plate(ui, false, true).render(),
        "plate-blank" => plate(ui, false, false).render(),
        "plate-engineer" => blank_plate(ui).render(),
        _ => return Ok(None),
    };
    markup.map(Some)
}

/// A machine that is added, before and after.
fn claim(ui: Ui, asked: bool) -> ClaimPage {
    let models = vec![choice("16k20", "16К20".to_owned(), false)];
    ClaimPage { ui, models, asked, access: false }
}

/// A plate in the Mini App, of a machine that is another's.
fn plate(ui: Ui, can_ask: bool, asked: bool) -> PlateAppPage {
    let known = can_ask || asked;
    let blank = ui.s("app-plate-blank").to_owned();
    PlateAppPage {
        ui,
        code: "7K3M9QXT".to_owned(),
        shown: "7K3M-9QXT".to_owned(),
        title: if known { "16К20".to_owned() } else { blank },
        about: if known {
            say(ui, "Красный пролетарий", "Krasny Proletary")
        } else {
            String::new()
        },
        photo: None,
        public: "/p/7K3M9QXT".to_owned(),
        asked,
        can_ask,
        jobs: Vec::new(),
    }
}

fn blank_plate(ui: Ui) -> PlateAppPage {
    PlateAppPage { jobs: cases(ui)[..1].to_vec(), ..plate(ui, false, false) }
}

/// A reading that is asked about once more.
fn hours_doubt(ui: Ui) -> HoursPage {
    let doubt = ui.s("error-hours-fast").to_owned();
    HoursPage { ui, id: "7".to_owned(), hours: 18_400, doubt }
}

/// The reader's own.
fn me(ui: Ui) -> MePage {
    let date = say(ui, "14 июня", "14 June");
    let agreed = [
        ("version", "2026-11".into()),
        ("date", date.as_str().into()),
        ("way", ui.s("app-consent-by-bot").into()),
    ];
    MePage {
        ui,
        known: vec![
            fact(ui.s("app-me-name"), &say(ui, "Иван Образцов", "Ivan Sample")),
            fact(ui.s("app-me-phone"), "+7\u{a0}900\u{a0}111-22-33"),
        ],
        consent: ui.f("app-me-agreed", &agreed),
        due: true,
    }
}

/// What the reader wants to hear, one kind of it switched off.
fn notifications(ui: Ui) -> NotificationsPage {
    let choice = |kind| notifications::choice(ui, kind, kind != Kind::Machines);
    NotificationsPage {
        ui,
        parent: "/app/me",
        kinds: Kind::ALL.map(choice).into(),
        quiet_from: "22:00".to_owned(),
        quiet_to: "07:30".to_owned(),
        staff: true,
    }
}

fn passport(ui: Ui) -> PassportPage {
    PassportPage {
        ui,
        id: "7".to_owned(),
        model: "16К20".to_owned(),
        serial: "1234".to_owned(),
        name: say(ui, "Токарно-винторезный станок", "Screw-cutting lathe"),
        site: say(ui, "ООО «Пример», цех 2, Тула", "Example Ltd, shop 2, Tula"),
        photo: None,
        badges: vec![
            badge(Tone::Ok, say(ui, "в работе", "running")),
            badge(Tone::Plain, say(ui, "гарантия до 1 июня 2027", "warranty until 1 June 2027")),
        ],
        stands: String::new(),
        next: Some(NextMaintenance {
            date: say(ui, "14 декабря", "14 December"),
            level: say(ui, "ТО-1 · 500 ч", "Level 1 · 500 h"),
            why: vec![
                say(
                    ui,
                    "Каждые 6 месяцев или 500 часов, что раньше.",
                    "Every 6 months or 500 hours, whichever comes first.",
                ),
                ui.with("app-passport-since-visit", "date", say(ui, "14 июня", "14 June")),
            ],
            tone: Tone::Warning,
            is_due: true,
        }),
        hours: "1840".to_owned(),
        dates: vec![
            fact(ui.s("app-passport-made"), &say(ui, "3 марта 2025", "3 March 2025")),
            fact(ui.s("app-passport-shipped"), &say(ui, "12 мая 2025", "12 May 2025")),
            fact(ui.s("app-passport-commissioned"), &say(ui, "1 июня 2025", "1 June 2025")),
            fact(ui.s("app-passport-warranty"), &say(ui, "1 июня 2027", "1 June 2027")),
        ],
        warranty: ui.f(
            "app-warranty-holds",
            &[
                ("date", say(ui, "1 июня 2027", "1 June 2027").as_str().into()),
                ("count", 190.into()),
            ],
        ),
        pdf: FileLink {
            href: "#".to_owned(),
            name: say(ui, "16К20 № 1234", "16К20 No. 1234"),
            note: ui.s("app-passport-pdf").to_owned(),
            extension: "pdf".to_owned(),
        },
        configuration: say(ui, "РМЦ 1000, УЦИ, патрон 250 мм", "1000 mm, DRO, 250 mm chuck"),
        specification: facts(ui),
        documents: files(ui),
        timeline: events(ui),
        plate: PlateView {
            url: "https://park.example/p/0199e7b4".to_owned(),
            picture: format!("/app/machines/{}/plate.svg", "0".repeat(32)),
        },
        can_note_hours: true,
    }
}
