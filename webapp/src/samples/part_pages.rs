//! The catalogue: found, suggested, one part.

use askama::Template as _;

use crate::{
    samples::{choice, choices, fact, machines, say},
    ui::Ui,
    views::{
        catalogue::{
            BoughtPage, CartBar, OtherPart, PartCell, PartControl, PartControlAnswer, PartPage,
            PartsPage, Suggestion,
        },
        parts::Link,
    },
};

/// One page's markup; `None` for an unknown name.
pub(crate) fn page(name: &str, ui: Ui) -> Result<Option<String>, askama::Error> {
    let markup = match name {
        "parts" => parts(ui, true).render(),
        "parts-suggested" => suggested(ui).render(),
        "parts-empty" => parts(ui, false).render(),
        "part" => part(ui).render(),
        "part-control" => PartControlAnswer { ui, control: control(ui, 2) }.render(),
        "bought" => bought(ui).render(),
        _ => return Ok(None),
    };
    markup.map(Some)
}

fn parts(ui: Ui, full: bool) -> PartsPage {
    let part = |name: String, sku: &str, price, stock: String, fits| PartCell {
        href: format!("/app/parts/{sku}"),
        name,
        sku: sku.to_owned(),
        price,
        stock,
        photo: None,
        fits,
        instead: String::new(),
    };
    let parts = vec![
        part(
            say(ui, "Шестерня Z=54", "Gear Z=54"),
            "16К20.02.114",
            Some(1_240_000),
            say(ui, "3 шт.", "3 pcs"),
            true,
        ),
        part(
            say(ui, "Винт поперечной подачи", "Cross-feed screw"),
            "16К20.04.070",
            None,
            say(ui, "2–3 недели", "2–3 weeks"),
            true,
        ),
        part(
            say(
                ui,
                "Подшипник 3182120, передняя опора шпинделя",
                "Bearing 3182120, front spindle support",
            ),
            "3182120",
            Some(865_050),
            say(ui, "12 шт.", "12 pcs"),
            false,
        ),
    ];
    PartsPage {
        ui,
        query: if full { "шест" } else { "zzz" }.to_owned(),
        found: ui.count("app-parts-found", 3),
        may_have_bought: true,
        machine: Some(choice("7", say(ui, "16К20 № 1234", "16К20 No. 1234"), true)),
        suggestions: Vec::new(),
        parts: if full { parts } else { Vec::new() },
        next: full.then(|| "/app/parts?page=2".to_owned()),
        cart: CartBar { count: 3, total: 3_720_000 },
    }
}

/// What stands below the words while somebody types.
fn suggested(ui: Ui) -> PartsPage {
    let one = |name: String, sku: &str, note: String| Suggestion {
        href: format!("/app/parts/{sku}"),
        name,
        sku: sku.to_owned(),
        note,
    };
    let newer = ui.with("app-part-instead", "sku", "16К20.02.114");
    let suggestions = vec![
        one(say(ui, "Шестерня Z=54", "Gear Z=54"), "16К20.02.114М", newer),
        one(say(ui, "Шестерня Z=27", "Gear Z=27"), "16К20.02.115", String::new()),
    ];
    PartsPage { suggestions, ..parts(ui, true) }
}

fn control(ui: Ui, in_cart: i64) -> PartControl {
    PartControl {
        part_id: "5".to_owned(),
        machines: choices(ui),
        quantity: 1,
        is_kept: in_cart > 0,
        in_cart,
    }
}

fn bought(ui: Ui) -> BoughtPage {
    BoughtPage {
        ui,
        machine: say(ui, "16К20 № 1234", "16К20 No. 1234"),
        machine_id: "7".to_owned(),
        parts: vec![other(
            say(ui, "Шестерня Z=54", "Gear Z=54"),
            "16К20.02.114",
            say(ui, "3 шт. · 2 октября", "3 pcs · 2 October"),
        )],
    }
}

fn other(name: String, sku: &str, note: String) -> OtherPart {
    let (href, sku) = ("#".to_owned(), sku.to_owned());
    OtherPart { href, name, sku, note, price: Some(980_000) }
}

fn part(ui: Ui) -> PartPage {
    PartPage {
        ui,
        name: say(ui, "Шестерня Z=54", "Gear Z=54"),
        sku: "16К20.02.114".to_owned(),
        price: Some(1_240_000),
        stock: say(ui, "3 шт. на складе сегодня", "3 in stock today"),
        codes: vec![fact(&say(ui, "Чертёж", "Drawing"), "16К20.02.114-01")],
        models: "16К20, 16К20П, 16К25".to_owned(),
        photo: None,
        has_machines: true,
        fits: machines(ui)[1..2].to_vec(),
        replaced_by: Some(Link { href: "#".to_owned(), title: "16К20.02.114М".to_owned() }),
        analogues: vec![other(
            say(ui, "Шестерня Z=54, аналог", "Gear Z=54, equivalent"),
            "Ш-54-2,5",
            say(ui, "в наличии 7 шт.", "7 in stock"),
        )],
        kit: vec![other(
            say(ui, "Кольцо стопорное", "Snap ring"),
            "КС-40",
            ui.count("app-stock-some", 2),
        )],
        kit_alone: None,
        control: Some(control(ui, 0)),
    }
}
