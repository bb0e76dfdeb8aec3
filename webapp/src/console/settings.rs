//! The reader's own settings: language, and where they are signed in.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::sign_in::{self, Session};

use crate::auth::commit;
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;

/// The reader's own settings.
#[derive(Template)]
#[template(path = "staff/settings.html")]
pub(crate) struct SettingsPage {
    pub(crate) frame: Frame,
    pub(crate) sessions: Vec<SessionRow>,
}

/// A browser that is signed in.
pub(crate) struct SessionRow {
    pub(crate) id: String,
    /// What the browser calls itself.
    pub(crate) browser: String,
    /// How and when, and when it was last seen.
    pub(crate) note: String,
    /// The one that asks.
    pub(crate) here: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/settings", get(show))
        .route("/staff/settings/sessions/{id}/end", post(end))
}

/// Access: staff. Three queries.
async fn show(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    let open = sign_in::sessions(db, &clerk.staff.id, clerk.state.now()).await?;
    let sessions = open.iter().map(|one| row(clerk.ui, one, &clerk.session.id)).collect();
    page(&SettingsPage { frame: clerk.frame(Section::Settings), sessions })
}

/// Access: staff, of their own.
async fn end(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let mut tx = clerk.begin().await?;
    let (own, now) = (&clerk.staff.id, clerk.state.now());
    if sign_in::end(&mut tx, own, Some(&id), own, now).await? == 0 {
        return Err(Error::NotFound.into());
    }
    commit(tx).await?;
    Ok(see_other("/staff/settings"))
}

/// A session in words.
pub(super) fn row(ui: Ui, session: &Session, here: &str) -> SessionRow {
    let way = ui.s(&format!("console-way-{}", session.way.as_str())).to_owned();
    let args = [
        ("way", way.into()),
        ("since", ui.when(session.created_at).into()),
        ("seen", ui.when(session.seen_at).into()),
    ];
    SessionRow {
        id: session.id.clone(),
        browser: browser(&session.user_agent),
        note: ui.f("console-session-note", &args),
        here: session.id == here,
    }
}

/// A browser by the words of its own that people know: «Firefox · Windows».
fn browser(user_agent: &str) -> String {
    const NAMES: [(&str, &str); 6] = [
        ("YaBrowser", "Yandex"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let known = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let said: Vec<&str> = [known(&NAMES), known(&SYSTEMS)].into_iter().flatten().collect();
    if said.is_empty() { user_agent.to_owned() } else { said.join(" · ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130 Safari/537 Edg/130";
        assert_eq!(browser(agent), "Edge · Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604";
        assert_eq!(browser(phone), "Safari · iPhone");
        assert_eq!(browser("curl/8"), "curl/8");
    }
}
