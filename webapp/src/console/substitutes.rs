//! Who decides for an absent colleague: people arrange it for themselves, administrators for anybody.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::approvals::substitutes::{self, Absence};
use domain::audit::Act;
use domain::ids::StaffId;
use domain::staff::{self, Staff};
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Choice;

const BASE: &str = "/staff/substitutes";

/// The absences that have not passed, and the form for one more.
#[derive(Template)]
#[template(path = "staff/substitutes.html")]
pub(crate) struct SubstitutesPage {
    pub(crate) frame: Frame,
    pub(crate) absences: Vec<AbsenceView>,
    /// Whose absence may be written down; empty where it can be the reader's alone.
    pub(crate) absent: Vec<Choice>,
    pub(crate) substitutes: Vec<Choice>,
    /// The first day that may be chosen.
    pub(crate) today: String,
}

/// One absence.
pub(crate) struct AbsenceView {
    pub(crate) id: String,
    /// Who is absent, and who decides.
    pub(crate) title: String,
    /// From when to when.
    pub(crate) note: String,
    /// Whether the reader may end it.
    pub(crate) removable: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(show).post(add))
        .route("/staff/substitutes/{id}/remove", post(remove))
}

/// Access: staff, what concerns them; administrators everybody's. Four queries.
async fn show(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    let own = &clerk.staff.id;
    let anybodys = clerk.staff.is_administrator();
    let absences = substitutes::list(db, clerk.state.dealer()).await?;
    let people = staff::list(db).await?;
    let concerns = |one: &&Absence| anybodys || one.staff_id == *own || one.substitute_id == *own;
    let shown = absences.iter().filter(concerns);
    let choice =
        |one: &Staff, selected| present::choice(one.id.as_str(), one.name.clone(), selected);
    let absent = people.iter().filter(|_| anybodys).map(|one| choice(one, one.id == *own));
    let others = people.iter().filter(|one| anybodys || one.id != *own);
    page(&SubstitutesPage {
        frame: clerk.frame(Section::Settings),
        absences: shown.map(|one| view(clerk.ui, one, anybodys || one.staff_id == *own)).collect(),
        absent: absent.collect(),
        substitutes: others.map(|one| choice(one, false)).collect(),
        today: clerk.state.dealer().today().to_string(),
    })
}

fn view(ui: Ui, one: &Absence, removable: bool) -> AbsenceView {
    let names =
        [("name", one.name.as_str().into()), ("substitute", one.substitute.as_str().into())];
    let days = [("from", ui.date(one.from_on).into()), ("to", ui.date(one.to_on).into())];
    AbsenceView {
        id: one.id.clone(),
        title: ui.f("console-substitute-who", &names),
        note: ui.f("console-substitute-days", &days),
        removable,
    }
}

/// Access: staff, for themselves; administrators for anybody.
async fn add(clerk: Clerk, form: Form) -> Answer {
    let absent = form.owned("absent").map_or_else(|| clerk.staff.id.clone(), StaffId::from);
    let substitute = StaffId::from(form.required("substitute")?);
    let from_on = form.date("from_on")?.ok_or(Error::invalid("from_on", "error-required"))?;
    let to_on = form.date("to_on")?.ok_or(Error::invalid("to_on", "error-required"))?;
    let mut tx = clerk.begin().await?;
    let who = (&absent, &substitute);
    let d = clerk.state.dealer();
    substitutes::add(&mut tx, d, &clerk.staff, who, (from_on, to_on)).await?;
    let details = json!({ "substitute": substitute, "from": from_on, "to": to_on });
    let subject_id = absent.as_str();
    let act = Act { act: "substitute-add", subject: "staff", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(BASE))
}

/// Access: staff, their own; administrators anybody's.
async fn remove(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let mut tx = clerk.begin().await?;
    let absent = substitutes::remove(&mut tx, &clerk.staff, &id).await?;
    let subject_id = absent.as_str();
    let details = json!({});
    let act = Act { act: "substitute-remove", subject: "staff", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(BASE))
}
