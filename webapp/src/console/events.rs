//! What came in from outside, at the console.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::audit::Act;
use domain::ids::EventId;
use domain::inbox::{self, EventFilter, EventSummary, State};
use domain::sight::Sight;
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::deliveries::answer_plan;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::events::event_page;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::deliveries::EventPage;

const BASE: &str = "/staff/events";

/// One event, raw.
#[derive(Template)]
#[template(path = "staff/event.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: EventPage,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/events/{id}", get(show))
        .route("/staff/events/{id}/plan", get(plan))
        .route("/staff/events/{id}/retry", post(retry))
}

/// Access: managers; phones and addresses are hinted at for all but administrators. Four queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    let sight = Sight::of(clerk.viewer.manager()?);
    let filter = EventFilter {
        source: asked.owned("source"),
        state: asked.get("state").and_then(State::parse),
        before: asked.before().map(EventId::from),
        limit: PAGE,
    };
    let found = inbox::events(db, &filter, sight).await?;
    let ui = clerk.ui;
    let states = ["", "failed", "received", "processed"].map(|state| match state {
        "" => ("", ui.s("app-desk-all").to_owned()),
        state => (state, present::word(ui, "state-event-", state)),
    });
    let next = found.next.as_ref().map(EventId::as_str);
    let list = List::of(ui, &asked, "console-events")
        .chips(&asked, "state", states.into())
        .heads(ui, &["console-what", "console-state", "console-came#"])
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), next)
        .live("events");
    let title = ui.s("console-nav-events").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Events), title, lead: String::new(), list })
}

fn row(ui: Ui, event: &EventSummary) -> Row {
    let error = event.error.as_deref().map(present::short);
    Row {
        href: format!("{BASE}/{}", event.id),
        cells: vec![
            Cell::text(present::event_title(ui, &event.source)).note(error.unwrap_or_default()),
            Cell::badge(present::event_badge(ui, event.state)),
            Cell::number(ui.when(event.received_at)),
        ],
    }
}

/// Access: managers. Five queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    let sight = Sight::of(clerk.viewer.manager()?);
    let shown = inbox::inspect(db, &id.into(), sight).await?;
    let frame = clerk.frame(Section::Events);
    page(&OnePage { frame, page: event_page(clerk, &shown, BASE) })
}

/// Access: managers. What the event would change now, by its own words: no CRM is called.
async fn plan(mut look: Look, Path(id): Path<String>) -> Answer {
    let sight = Sight::of(look.viewer.manager()?);
    let event = inbox::event(&mut look.db, &id.into()).await?;
    let clerk = look.into_clerk();
    let dry_run = clerk.state.dry_run().ok_or(Error::NotFound)?;
    let plan = sight.plan(dry_run.event(&event).await?);
    let lead = present::event_title(clerk.ui, &event.source);
    answer_plan(&clerk, Section::Events, &plan, (lead, format!("{BASE}/{}", event.id)))
}

/// Access: administrators.
async fn retry(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let staff = clerk.viewer.administrator()?.id.clone();
    let id = EventId::from(id);
    let mut tx = clerk.begin().await?;
    inbox::retry(&mut tx, &id, Some(&staff), clerk.state.now()).await?;
    let subject_id = id.as_str();
    let act = Act { act: "event-retry", subject: "event", subject_id, details: json!({}) };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
