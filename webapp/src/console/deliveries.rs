//! Deliveries at the console: the same functions as the desk of the Mini App.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::audit::Act;
use domain::ids::DeliveryId;
use domain::outbox::{self, Filter, Listed, Retry};
use domain::plan::Plan;
use domain::sight::Sight;
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::deliveries::{dead_since, delivery_page, in_state, state_words};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::deliveries::{DeliveryPage, PlanPage};

const BASE: &str = "/staff/deliveries";

/// The list, with what may be done about all that died.
#[derive(Template)]
#[template(path = "staff/deliveries.html")]
pub(crate) struct DeliveriesPage {
    pub(crate) frame: Frame,
    pub(crate) list: List,
    /// Given up and may be tried again, where the reader may do that.
    pub(crate) dead: i64,
}

/// One delivery with everything that happened to it.
#[derive(Template)]
#[template(path = "staff/delivery.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: DeliveryPage,
}

/// What a delivery or an event would do.
#[derive(Template)]
#[template(path = "staff/plan.html")]
pub(crate) struct ConsolePlan {
    pub(crate) frame: Frame,
    pub(crate) page: PlanPage,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/deliveries/export", get(export))
        .route("/staff/deliveries/retry", post(retry_many))
        .route("/staff/deliveries/{id}", get(show))
        .route("/staff/deliveries/{id}/plan", get(plan))
        .route("/staff/deliveries/{id}/retry", post(retry))
        .route("/staff/deliveries/{id}/cancel", post(cancel))
}

fn filter(asked: &Asked, entity: Option<String>, limit: i64) -> Filter {
    let narrowed = Filter {
        connection: asked.owned("connection"),
        entity,
        before: asked.before().map(DeliveryId::from),
        limit,
        ..Filter::default()
    };
    in_state(narrowed, asked.get("state"))
}

/// Access: managers; phones and addresses are hinted at for all but administrators. Six queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    let sight = Sight::of(clerk.viewer.manager()?);
    let entity = match asked.get("q") {
        Some(words) => Some(outbox::entity_of(db, words).await?),
        None => None,
    };
    let connections = outbox::connections(db, clerk.state.now()).await?;
    let found = outbox::page(db, &filter(&asked, entity, PAGE), sight).await?;
    let ui = clerk.ui;
    let all = (String::new(), ui.s("console-all-connections").to_owned());
    let names =
        connections.iter().map(|one| (one.name.clone(), present::connection_name(ui, &one.name)));
    let names = std::iter::once(all).chain(names).collect();
    let next = found.next.as_ref().map(DeliveryId::as_str);
    let list = List::of(ui, &asked, "app-deliveries")
        .search(ui, &asked, "q", "app-deliveries-search")
        .select(&asked, "connection", ui.s("app-deliveries-connections"), names)
        .chips(&asked, "state", state_words(ui).into())
        .heads(ui, &["console-what", "app-delivery-to", "console-state", "console-since#"])
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), next)
        .export(&asked, "/staff/deliveries/export")
        .live("deliveries");
    let dead = connections.iter().map(|connection| connection.dead).sum();
    let dead = if clerk.staff.is_administrator() { dead } else { 0 };
    page(&DeliveriesPage { frame: clerk.frame(Section::Deliveries), list, dead })
}

fn row(ui: Ui, listed: &Listed) -> Row {
    let delivery = &listed.delivery;
    let open = delivery.state != outbox::State::Delivered;
    let error = delivery.last_error.as_deref().filter(|_| open).map(present::short);
    Row {
        href: format!("{BASE}/{}", delivery.id),
        cells: vec![
            Cell::text(present::delivery_title(ui, listed)).note(error.unwrap_or_default()),
            Cell::text(present::connection_name(ui, &delivery.connection)),
            Cell::badge(present::delivery_badge(ui, delivery.state)),
            Cell::number(ui.when(delivery.created_at)),
        ],
    }
}

/// Access: managers; what they may see of it.
async fn export(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    let sight = Sight::of(clerk.viewer.manager()?);
    let entity = match asked.get("q") {
        Some(words) => Some(outbox::entity_of(db, words).await?),
        None => None,
    };
    let clerk = look.into_clerk();
    let (state, texts) = (clerk.state.clone(), clerk.ui.texts());
    let first = filter(&asked, entity, csv::PIECE);
    let heads = outbox::export_columns(texts);
    Ok(csv::answer("deliveries.csv", &heads, move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at.map(DeliveryId::from);
            let mut db = state.db().read().await?;
            let found = outbox::page(&mut db, &filter, sight).await?;
            let rows = outbox::export_rows(&found.rows, texts, state.dealer().zone);
            Ok((rows, found.next.map(|next| next.to_string())))
        }
    }))
}

/// Access: managers. Six queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    let sight = Sight::of(clerk.viewer.manager()?);
    let shown = outbox::inspect(db, &id.into(), sight).await?;
    let frame = clerk.frame(Section::Deliveries);
    page(&OnePage { frame, page: delivery_page(clerk, &shown, BASE) })
}

/// Access: managers. What the delivery would do now, from what is stored: no CRM is called.
async fn plan(mut look: Look, Path(id): Path<String>) -> Answer {
    let sight = Sight::of(look.viewer.manager()?);
    let listed = outbox::listed(&mut look.db, &id.into()).await?;
    let clerk = look.into_clerk();
    let dry_run = clerk.state.dry_run().ok_or(Error::NotFound)?;
    let plan = sight.plan(dry_run.delivery(&listed.delivery).await?);
    let lead = present::delivery_title(clerk.ui, &listed);
    let parent = format!("{BASE}/{}", listed.delivery.id);
    answer_plan(&clerk, Section::Deliveries, &plan, (lead, parent))
}

/// A plan as a page below `parent`.
pub(super) fn answer_plan(
    clerk: &Clerk,
    section: Section,
    plan: &Plan,
    (lead, parent): (String, String),
) -> Answer {
    let steps = present::plan(clerk.ui, plan);
    let shown = PlanPage { ui: clerk.ui, parent, lead, steps };
    page(&ConsolePlan { frame: clerk.frame(section), page: shown })
}

/// Access: administrators. What may have worked is looked for before it is made again.
async fn retry(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let staff = clerk.viewer.administrator()?.id.clone();
    let id = DeliveryId::from(id);
    let mut tx = clerk.begin().await?;
    let which = Retry::One(id.clone());
    outbox::retry(&mut tx, &which, Some(&staff), clerk.state.now()).await?;
    let act = Act {
        act: "delivery-retry",
        subject: "delivery",
        subject_id: id.as_str(),
        details: json!({}),
    };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}

/// Access: administrators. Every dead one, or with `since` (a day) those that died from then on.
async fn retry_many(clerk: Clerk, form: Form) -> Answer {
    let staff = clerk.viewer.administrator()?.id.clone();
    let which = dead_since(&clerk, &form)?;
    let mut tx = clerk.begin().await?;
    let queued = outbox::retry(&mut tx, &which, Some(&staff), clerk.state.now()).await?;
    let details = json!({ "since": form.text("since"), "queued": queued });
    let act = Act { act: "delivery-retry-all", subject: "delivery", subject_id: "", details };
    clerk.done(tx, &act).await?;
    Ok(see_other("/staff/deliveries?state=open"))
}

/// Access: administrators.
async fn cancel(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    let staff = clerk.viewer.administrator()?.id.clone();
    let id = DeliveryId::from(id);
    let reason = form.required("reason")?;
    let mut tx = clerk.begin().await?;
    outbox::cancel(&mut tx, &id, reason, Some(&staff), clerk.state.now()).await?;
    let details = json!({ "reason": reason });
    let subject_id = id.as_str();
    let act = Act { act: "delivery-cancel", subject: "delivery", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
