//! The dealer's people: who may do what, and where they are signed in.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::ids::StaffId;
use domain::staff::{self, Role, Staff};
use domain::{Error, sign_in, staff_changes, text};

use crate::auth::commit;
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section, role_word};
use crate::console::list::{Asked, Cell, List, Row};
use crate::console::settings::{self, SessionRow};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Choice;

const BASE: &str = "/staff/people";
/// The longest name that is kept, in characters.
const NAME_LIMIT: usize = 100;

/// Everybody, and the form for one more.
#[derive(Template)]
#[template(path = "staff/people.html")]
pub(crate) struct PeoplePage {
    pub(crate) frame: Frame,
    pub(crate) list: List,
    pub(crate) roles: Vec<Choice>,
}

/// One of them.
#[derive(Template)]
#[template(path = "staff/person.html")]
pub(crate) struct PersonPage {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) telegram_id: i64,
    pub(crate) name: String,
    pub(crate) roles: Vec<Choice>,
    pub(crate) sessions: Vec<SessionRow>,
    /// The reader themselves.
    pub(crate) own: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list).post(grant))
        .route("/staff/people/{id}", get(show))
        .route("/staff/people/{id}/remove", post(remove))
        .route("/staff/people/{id}/sign-out", post(sign_out))
}

/// Access: administrators. Three queries: a dealer has some dozens of people.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let ui = clerk.ui;
    let people = staff::list(db).await?;
    let list = List::of(ui, &asked, "console-people")
        .heads(ui, &["console-people-name", "console-people-role", "console-people-telegram#"])
        .rows(&asked, people.iter().map(|one| row(ui, one)).collect(), None)
        .live("audit");
    page(&PeoplePage { frame: clerk.frame(Section::Staff), list, roles: roles(ui, None) })
}

fn row(ui: Ui, person: &Staff) -> Row {
    Row {
        href: format!("{BASE}/{}", person.id),
        cells: vec![
            Cell::text(&person.name),
            Cell::text(role_word(ui, person.role)),
            Cell::number(person.telegram_id.to_string()),
        ],
    }
}

pub(crate) fn roles(ui: Ui, now: Option<Role>) -> Vec<Choice> {
    [
        (Role::Engineer, "engineer"),
        (Role::Manager, "manager"),
        (Role::Administrator, "administrator"),
    ]
    .map(|(role, name)| present::choice(name, role_word(ui, role), now == Some(role)))
    .into()
}

fn role(form: &Form) -> Result<Role, Error> {
    match form.required("role")? {
        "engineer" => Ok(Role::Engineer),
        "manager" => Ok(Role::Manager),
        "administrator" => Ok(Role::Administrator),
        _ => Err(Error::invalid("role", "error-choice")),
    }
}

/// Access: administrators. Somebody new, or another role or name for one of them.
async fn grant(clerk: Clerk, form: Form) -> Answer {
    let by = clerk.viewer.administrator()?;
    let telegram_id = form.number("telegram_id")?;
    let telegram_id = telegram_id.ok_or(Error::invalid("telegram_id", "error-required"))?;
    let name = text::clean(form.required("name")?, NAME_LIMIT);
    let name = name.ok_or(Error::invalid("name", "error-required"))?;
    let what = (telegram_id, role(&form)?, name.as_str());
    let mut tx = clerk.begin().await?;
    let granted = staff_changes::grant(&mut tx, by, what, clerk.state.now()).await?;
    commit(tx).await?;
    Ok(see_other(&format!("{BASE}/{}", granted.id)))
}

/// Access: administrators. Four queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let person = staff::find(db, &StaffId::from(id)).await?.filter(|person| person.active);
    let person = person.ok_or(Error::NotFound)?;
    let open = sign_in::sessions(db, &person.id, clerk.state.now()).await?;
    let ui = clerk.ui;
    page(&PersonPage {
        frame: clerk.frame(Section::Staff),
        id: person.id.to_string(),
        telegram_id: person.telegram_id,
        roles: roles(ui, Some(person.role)),
        sessions: open.iter().map(|one| settings::row(ui, one, &clerk.session.id)).collect(),
        own: person.id == clerk.staff.id,
        name: person.name,
    })
}

/// Access: administrators.
async fn remove(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let by = clerk.viewer.administrator()?;
    let mut tx = clerk.begin().await?;
    staff_changes::revoke(&mut tx, by, &StaffId::from(id), clerk.state.now()).await?;
    commit(tx).await?;
    Ok(see_other(BASE))
}

/// Access: administrators. Ends every session of theirs.
async fn sign_out(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let by = clerk.viewer.administrator()?;
    let id = StaffId::from(id);
    let mut tx = clerk.begin().await?;
    sign_in::end(&mut tx, &id, None, &by.id, clerk.state.now()).await?;
    commit(tx).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
