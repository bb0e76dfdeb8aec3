//! An approval that a manager asks for by hand.

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use domain::approvals::hand::{self, ByHand};
use domain::approvals::rules::{Entity, Need};
use domain::audit::Act;
use domain::money::Money;
use domain::staff;
use domain::{Error, ids};
use serde_json::json;

use crate::console::approvals::seats::{self, Bench, Seat, needs};
use crate::console::approvals::typed::{minutes, parsed};
use crate::console::approvals::{BASE, dry};
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::parts::Choice;

const NEW: &str = "/staff/approvals/new";
/// The longest id of a deal that a CRM has.
const ID_DIGITS: usize = 18;

/// The form.
#[derive(Template)]
#[template(path = "staff/approval_new.html")]
pub(crate) struct NewApprovalPage {
    pub(crate) frame: Frame,
    /// Makes a double click one case.
    pub(crate) client_key: String,
    pub(crate) seats: Vec<Seat>,
    pub(crate) needs: Vec<Choice>,
    /// The portals whose deal it may be about.
    pub(crate) connections: Vec<Choice>,
    pub(crate) entities: Vec<Choice>,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route(NEW, get(form).post(ask).layer(DefaultBodyLimit::max(MAX_UPLOAD)))
}

/// Access: managers. Three queries.
async fn form(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let people = staff::list(db).await?;
    let portals = clerk.state.connections().iter().filter(|one| one.kind == dry::WATCHED);
    let portals = portals.map(|one| present::choice(&one.name, one.name.clone(), false));
    let ui = clerk.ui;
    page(&NewApprovalPage {
        frame: clerk.frame(Section::Approvals),
        client_key: ids::new_token(),
        seats: Bench::new(ui, &people).deciding(&[]),
        needs: needs(ui, Need::All),
        connections: portals.collect(),
        entities: entities(ui),
    })
}

pub(crate) fn entities(ui: Ui) -> Vec<Choice> {
    let entity = |one: Entity| {
        let label = ui.s(&format!("console-hand-{}", one.as_str())).to_owned();
        present::choice(one.as_str(), label, one == Entity::Deal)
    };
    [Entity::Deal, Entity::Lead].map(entity).into()
}

/// Access: managers. The same form again is the same case.
async fn ask(clerk: Clerk, upload: Upload) -> Answer {
    let by = clerk.viewer.manager()?;
    let d = clerk.state.dealer();
    let (form, files) = upload.accept(&d.uploads).await?;
    let case = ByHand {
        client_key: form.required("client_key")?.to_owned(),
        title: form.required("title")?.to_owned(),
        words: form.owned("words").unwrap_or_default(),
        amount: amount(&form)?,
        approvers: seats::deciding(&form)?,
        need: parsed::<Need>(form.text("need").unwrap_or("all"), "need")?,
        deadline: minutes(&form, "deadline")?,
        deal: deal(&clerk, &form)?,
    };
    let mut tx = clerk.begin().await?;
    let id = hand::ask(&mut tx, d, by, &case, &files).await?;
    let details = json!({ "title": case.title, "files": files.len() });
    let act = Act { act: "approval-ask", subject: "approval", subject_id: id.as_str(), details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}

fn amount(form: &Form) -> Result<Option<Money>, Error> {
    let Some(text) = form.text("amount") else { return Ok(None) };
    Money::parse_roubles(text).map(Some).ok_or(Error::invalid("amount", "error-number"))
}

/// The deal or lead, by its number or by the address of its card.
fn deal(clerk: &Clerk, form: &Form) -> Result<Option<(String, Entity, String)>, Error> {
    let Some(word) = form.text("deal") else { return Ok(None) };
    let wrong = || Error::invalid("deal", "error-deal");
    let id = match word.split_once("/details/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None => word,
    };
    let number = (1..=ID_DIGITS).contains(&id.len()) && id.bytes().all(|one| one.is_ascii_digit());
    let entity = match (word.contains("/lead/details/"), form.text("entity")) {
        (true, _) => Entity::Lead,
        (false, said) => said.map_or(Some(Entity::Deal), Entity::parse).ok_or_else(wrong)?,
    };
    let connection = form.required("connection")?;
    let mut portals = clerk.state.connections().iter();
    let known = portals.any(|one| one.name == connection && one.kind == dry::WATCHED);
    match (number, known) {
        (true, true) => Ok(Some((connection.to_owned(), entity, id.to_owned()))),
        (false, _) => Err(wrong()),
        (_, false) => Err(Error::invalid("connection", "error-choice")),
    }
}
