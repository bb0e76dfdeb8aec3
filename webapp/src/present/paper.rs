//! A passport as it is printed.

use domain::machines::Passport;

use crate::paper::passport::{Part, PassportSheet};
use crate::present::{Eye, machine_name, passport_dates, passport_next, specification, warranty};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Fact;

/// So many of the last visits stand on paper.
const VISITS: usize = 8;

/// The page in the reader's words. What is most asked for stands first: what does not fit is left out at
/// the end.
pub(crate) fn passport_sheet(eye: &Eye, state: &AppState, passport: &Passport) -> PassportSheet {
    let ui = eye.ui;
    let (machine, model) = (&passport.machine, &passport.model);
    let seller = state.seller();
    let today = ui.with("app-paper-printed", "date", ui.calendar_date(eye.today));
    let phone = seller.phone.as_ref().map(|phone| phone.shown());
    PassportSheet {
        language: ui.lang(),
        kind: ui.s("app-passport").to_owned(),
        title: machine_name(ui, &model.name, &machine.serial),
        about: joined(&[&model.category, &model.maker]),
        place: joined(&[
            passport.company.as_deref().unwrap_or_default(),
            passport.site.as_deref().unwrap_or_default(),
        ]),
        address: state.plate_address(machine.id.as_str()),
        parts: parts(eye, passport),
        more: ui.with("app-paper-more", "count", "$count"),
        foot: joined(&[&seller.name, &phone.unwrap_or_default(), &today]),
    }
}

fn parts(eye: &Eye, passport: &Passport) -> Vec<Part> {
    let ui = eye.ui;
    let part = |title: &str, rows| Part { title: ui.s(title).to_owned(), rows };
    let mut dates = pairs(passport_dates(ui, passport));
    dates.push((ui.s("app-passport-verdict").to_owned(), warranty(eye, passport)));
    let configuration = passport.machine.configuration.clone();
    let configuration = (!configuration.is_empty()).then(|| (String::new(), configuration));
    vec![
        part("app-passport-dates", dates),
        part("app-passport-next", maintenance(eye, passport)),
        part("app-passport-configuration", configuration.into_iter().collect()),
        part("app-passport-specification", pairs(specification(ui, passport))),
        part("app-paper-visits", visits(ui, passport)),
    ]
}

fn maintenance(eye: &Eye, passport: &Passport) -> Vec<(String, String)> {
    let ui = eye.ui;
    let mut rows = Vec::new();
    match passport_next(eye, passport) {
        Some(next) => {
            rows.push((ui.s("app-paper-due").to_owned(), next.date));
            rows.extend(next.why.into_iter().map(|line| (String::new(), line)));
        }
        None => rows.push((String::new(), ui.s("app-passport-no-next").to_owned())),
    }
    if let Some(hours) = passport.machine.hours {
        let hours = ui.count("app-passport-hours-unit", hours);
        rows.push((ui.s("app-passport-hours").to_owned(), hours));
    }
    rows
}

fn visits(ui: Ui, passport: &Passport) -> Vec<(String, String)> {
    let visits = passport.timeline.iter().filter(|event| event.kind == "visit");
    visits.take(VISITS).map(|visit| (ui.day(visit.at), visit.title.clone())).collect()
}

fn pairs(facts: Vec<Fact>) -> Vec<(String, String)> {
    facts.into_iter().map(|fact| (fact.label, fact.value)).collect()
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}
