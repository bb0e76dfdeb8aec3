//! The gallery: every part in every state, and every page on invented data, to be looked at.
//!
//! The sandbox serves it; the names in it are examples and belong to nobody.

use askama::Template;

use crate::{assets::Assets, samples, ui::Ui, views::parts};

/// Every part in every state.
#[derive(Template)]
#[template(path = "gallery.html")]
struct GalleryPage<'a> {
    ui: Ui,
    lang: &'static str,
    assets: &'a Assets,
    /// A page's own markup, or empty for the parts.
    page: String,
    tones: Vec<parts::Badge>,
    machines: Vec<parts::MachineCell>,
    cases: Vec<parts::CaseCell>,
    files: Vec<parts::FileLink>,
    facts: Vec<parts::Fact>,
    events: Vec<parts::Event>,
    steps: Vec<parts::Step>,
    choices: Vec<parts::Choice>,
    messages: Vec<parts::Message>,
    prices: [Option<i64>; 2],
}

/// The names of the sample pages that [`sample`] draws.
pub const SAMPLES: &[&str] = samples::NAMES;

/// The names of the console's sample pages, which [`sample`] draws as well.
pub const CONSOLE_SAMPLES: &[&str] = &samples::console_pages::NAMES;

/// Those of them that show one thing.
pub const CASE_SAMPLES: &[&str] = &samples::console_cases::NAMES;

/// The names of the sample pages that anybody may open, which [`sample`] draws as well.
pub const PUBLIC_SAMPLES: &[&str] = &samples::public_pages::NAMES;

/// The gallery of parts, as a whole document.
///
/// # Errors
/// Only what the template engine reports; the samples are complete.
pub fn gallery(ui: Ui, assets: &Assets) -> Result<String, askama::Error> {
    document(ui, assets, String::new())
}

/// One page on sample data, as a whole document; `None` for a name that is not in [`SAMPLES`].
///
/// # Errors
/// Only what the template engine reports.
pub fn sample(name: &str, ui: Ui, assets: &Assets) -> Result<Option<String>, askama::Error> {
    if let Some(document) = samples::console_pages::page(name, ui, assets)? {
        return Ok(Some(document));
    }
    if let Some(document) = samples::public_pages::page(name, ui, assets)? {
        return Ok(Some(document));
    }
    match samples::page(name, ui)? {
        Some(page) => document(ui, assets, page).map(Some),
        None => Ok(None),
    }
}

fn document(ui: Ui, assets: &Assets, page: String) -> Result<String, askama::Error> {
    GalleryPage {
        ui,
        lang: ui.lang(),
        assets,
        page,
        tones: samples::badges(ui),
        machines: samples::machines(ui),
        cases: samples::cases(ui),
        files: samples::files(ui),
        facts: samples::facts(ui),
        events: samples::events(ui),
        steps: samples::steps(ui),
        choices: samples::choices(ui),
        messages: samples::messages(ui),
        prices: [Some(1_240_000), None],
    }
    .render()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use chrono_tz::Tz;
    use domain::texts::Lang;

    use super::*;
    use crate::views::shell::ShellPage;

    /// Writes every page as a file, for a look in a browser: `GALLERY_DIR=… cargo test gallery`.
    #[test]
    fn every_sample_is_a_whole_document() {
        let assets = Assets {
            early: "early.js".to_owned(),
            script: "app.js".to_owned(),
            form: "form.js".to_owned(),
            style: "app.css".to_owned(),
            console_script: "console.js".to_owned(),
            worker: "worker.js".to_owned(),
            console_style: "console.css".to_owned(),
        };
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        for lang in [Lang::Ru, Lang::En] {
            let ui = Ui::new(lang, Tz::Europe__Moscow, now);
            let shell = ShellPage {
                ui,
                lang: ui.lang(),
                assets: &assets,
                both: [ui.in_language(Lang::Ru), ui.in_language(Lang::En)],
                bot_link: "https://t.me/bot",
            };
            let mut documents = vec![
                ("gallery", gallery(ui, &assets).unwrap()),
                ("shell", shell.render().unwrap()),
            ];
            for name in
                SAMPLES.iter().chain(CONSOLE_SAMPLES).chain(CASE_SAMPLES).chain(PUBLIC_SAMPLES)
            {
                documents.push((name, sample(name, ui, &assets).unwrap().unwrap()));
            }
            for (name, document) in documents {
                assert!(document.starts_with("<!DOCTYPE html>"), "{name}");
                assert!(!document.contains(" style=\""), "{name}: no inline styles under our CSP");
                if let Some(dir) = option_env!("GALLERY_DIR") {
                    let file = Path::new(dir).join(format!("{name}-{}.html", ui.lang()));
                    fs::write(file, document).unwrap();
                }
            }
        }
    }
}
