//! How a source of parts stands, in a line.

use chrono::{DateTime, Utc};
use domain::catalogue::{Run, Stage, Step};

use crate::present::{connection_name, short};
use crate::ui::Ui;
use crate::views::deliveries::DeskCell;
use crate::views::parts::Tone;

/// A source: what is under way, else what went wrong, else when it was last asked.
pub(crate) fn source_cell(ui: Ui, run: &Run, now: DateTime<Utc>) -> DeskCell {
    let (tone, said) = standing(ui, run, now);
    let pictures =
        (run.pictures_left > 0).then(|| ui.count("app-catalogue-pictures", run.pictures_left));
    let said: Vec<String> = said.into_iter().chain(pictures).collect();
    DeskCell {
        href: "/app/parts".to_owned(),
        title: ui.with("app-catalogue", "source", connection_name(ui, &run.source)),
        note: said.join(" · "),
        tone,
        value: String::new(),
    }
}

fn standing(ui: Ui, run: &Run, now: DateTime<Utc>) -> (Tone, Vec<String>) {
    if let Some(Step { stage, done, total }) = run.under_way(now) {
        let key = match stage {
            Stage::Read => "app-catalogue-read",
            Stage::Write => "app-catalogue-written",
        };
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX).into();
        let args = [("done", count(done)), ("total", count(total))];
        return (Tone::Plain, vec![ui.f(key, &args)]);
    }
    if let (Some(off), Some(of)) = (run.refused_off, run.refused_of) {
        let args = [("off", off.into()), ("of", of.into())];
        return (Tone::Danger, vec![ui.f("app-catalogue-refused", &args)]);
    }
    let synced = match run.synced_at {
        Some(at) => ui.with("app-catalogue-synced", "time", ui.when(at)),
        None => ui.s("app-catalogue-never").to_owned(),
    };
    match &run.error {
        Some(why) => (Tone::Warning, vec![synced, short(why).into_owned()]),
        None => (Tone::Ok, vec![synced]),
    }
}
