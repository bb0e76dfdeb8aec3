//! The quote of an order and what is written about its lines, at the console.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use domain::audit::Act;
use domain::orders::thread::{self, Author, Written};
use domain::orders::{self, quotes};
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::orders::BASE;
use crate::input::Form;
use crate::present::{self, Shown};
use crate::reply::{Answer, page, see_other};
use crate::routes::quotes::{line_of, offer};
use crate::state::AppState;
use crate::views::orders::{QuoteForm, Thread};

/// The form of a quote.
#[derive(Template)]
#[template(path = "staff/quote.html")]
pub(crate) struct QuotePage {
    pub(crate) frame: Frame,
    pub(crate) form: QuoteForm,
}

/// What was written about a line.
#[derive(Template)]
#[template(path = "staff/order_thread.html")]
pub(crate) struct ThreadPage {
    pub(crate) frame: Frame,
    pub(crate) thread: Thread,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/orders/{number}/quote", get(form).post(send))
        .route("/staff/orders/{number}/lines/{position}", get(words).post(write))
}

/// Access: managers. Five queries.
async fn form(mut look: Look, Path(number): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let (open, order, lines) = orders::for_desk(db, &number).await?;
    let history = orders::history(db, &order.id).await?;
    let shown = Shown { order: &order, lines: &lines, history: &history, open: Some(&open) };
    let form = present::quote_form(clerk.ui, clerk.state.dealer(), BASE, &shown);
    page(&QuotePage { frame: clerk.frame(Section::Orders), form })
}

/// Access: managers. What the Mini App's form takes.
async fn send(clerk: Clerk, Path(number): Path<String>, form: Form) -> Answer {
    let manager = clerk.viewer.manager()?;
    let mut tx = clerk.begin().await?;
    let (_, order, lines) = orders::for_desk(&mut tx, &number).await?;
    let offer = offer(&form, &lines)?;
    let sent = quotes::send(&mut tx, clerk.state.dealer(), manager, &order.id, &offer).await?;
    let (revision, total) = (sent.quote.revision, sent.quote.total.to_string());
    let details = json!({ "revision": revision, "total": total, "waits": sent.waits });
    let act = Act { act: "order-quote", subject: "order", subject_id: &number, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{number}")))
}

/// Access: managers. Five queries.
async fn words(mut look: Look, Path((number, position)): Path<(String, i64)>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let (_, order, lines) = orders::for_desk(db, &number).await?;
    let line = line_of(&lines, position)?;
    let words = thread::list(db, &order.id, position).await?;
    let thread = present::thread(clerk.ui, BASE, &order, line, (&words, true));
    page(&ThreadPage { frame: clerk.frame(Section::Orders), thread })
}

/// Access: managers. `text`, `client_key`.
async fn write(clerk: Clerk, Path((number, position)): Path<(String, i64)>, form: Form) -> Answer {
    let manager = clerk.viewer.manager()?;
    let mut tx = clerk.begin().await?;
    let (_, order, _) = orders::for_desk(&mut tx, &number).await?;
    let (text, client_key) = (form.required("text")?, form.required("client_key")?);
    let written = Written { position, text, client_key };
    let author = Author::Staff(manager);
    thread::write(&mut tx, clerk.state.dealer(), &order, author, &written).await?;
    let details = json!({ "position": position });
    let act = Act { act: "order-word", subject: "order", subject_id: &number, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{number}/lines/{position}")))
}
