//! The quote of an order and what is written about its lines.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::orders::quotes::{self, Offer, OfferLine};
use domain::orders::thread::{self, Author, Written};
use domain::orders::{self, OrderLine};
use domain::{Error, Money};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present::{self, Shown};
use crate::reply::{Answer, page, see_other};
use crate::routes::orders::{BASE, find, reply};
use crate::state::AppState;
use crate::views::orders::{QuotePage, ThreadPage};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/orders/{number}/quote", get(form).post(send))
        .route("/app/orders/{number}/accept", post(accept))
        .route("/app/orders/{number}/lines/{position}", get(words).post(write))
}

/// Access: managers. Four queries.
async fn form(mut visit: Visit, Path(number): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    caller.viewer.manager()?;
    let (open, order, lines) = orders::for_desk(db, &number).await?;
    let history = orders::history(db, &order.id).await?;
    let shown = Shown { order: &order, lines: &lines, history: &history, open: Some(&open) };
    let form = present::quote_form(caller.ui, caller.state.dealer(), BASE, &shown);
    page(&QuotePage { form })
}

/// Access: managers. `revision`, `valid_until`, `comment`?, and for each line `price_N` (roubles),
/// `comment_N`?, where N is its position.
async fn send(caller: Caller, Path(number): Path<String>, form: Form) -> Answer {
    let manager = caller.viewer.manager()?;
    let mut tx = caller.begin().await?;
    let (_, order, lines) = orders::for_desk(&mut tx, &number).await?;
    let offer = offer(&form, &lines)?;
    quotes::send(&mut tx, caller.state.dealer(), manager, &order.id, &offer).await?;
    let (order, lines) = orders::load(&mut tx, &order.id).await?;
    commit(tx).await?;
    Ok(reply(&caller, &order, &lines))
}

/// What a manager filled in.
pub(crate) fn offer(form: &Form, lines: &[OrderLine]) -> Result<Offer, Error> {
    let line = |line: &OrderLine| {
        let price = form.text(&format!("price_{}", line.position));
        let price = price.and_then(Money::parse_roubles);
        Ok(OfferLine {
            position: line.position,
            price: price.ok_or(Error::invalid("price", "error-quote-price"))?,
            comment: form.owned(&format!("comment_{}", line.position)),
        })
    };
    Ok(Offer {
        revision: form.number("revision")?.unwrap_or(1),
        valid_until: form
            .date("valid_until")?
            .ok_or(Error::invalid("valid_until", "error-required"))?,
        comment: form.owned("comment"),
        lines: lines.iter().map(line).collect::<Result<_, Error>>()?,
    })
}

/// Access: customer (their orders). `revision`: the one that they saw.
async fn accept(caller: Caller, Path(number): Path<String>, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let mut tx = caller.begin().await?;
    // Whose order it is comes before what the form says.
    orders::by_number(&mut tx, customer, &number).await?;
    let revision = form.number("revision")?.ok_or(Error::invalid("revision", "error-required"))?;
    let dealer = caller.state.dealer();
    let order = quotes::accept(&mut tx, dealer, customer, &number, revision).await?;
    let (order, lines) = orders::load(&mut tx, &order.id).await?;
    commit(tx).await?;
    Ok(reply(&caller, &order, &lines))
}

/// Access: customer (their orders), managers. Four queries at most.
async fn words(mut visit: Visit, Path((number, position)): Path<(String, i64)>) -> Answer {
    let (caller, db) = visit.parts();
    let seen = find(db, &caller.viewer, &number).await?;
    let line = line_of(&seen.lines, position)?;
    let words = thread::list(db, &seen.order.id, position).await?;
    if caller.json {
        return Ok(Json(json!({ "messages": words })).into_response());
    }
    let read = (words.as_slice(), seen.open.is_some());
    page(&ThreadPage { thread: present::thread(caller.ui, BASE, &seen.order, line, read) })
}

pub(crate) fn line_of(lines: &[OrderLine], position: i64) -> Result<&OrderLine, Error> {
    lines.iter().find(|line| line.position == position).ok_or(Error::NotFound)
}

/// Access: customer (their orders), managers. `text`, `client_key`.
async fn write(
    caller: Caller,
    Path((number, position)): Path<(String, i64)>,
    form: Form,
) -> Answer {
    let mut tx = caller.begin().await?;
    let seen = find(&mut tx, &caller.viewer, &number).await?;
    let author = match &seen.open {
        Some(_) => Author::Staff(caller.viewer.manager()?),
        None => Author::Customer,
    };
    let (text, client_key) = (form.required("text")?, form.required("client_key")?);
    let written = Written { position, text, client_key };
    thread::write(&mut tx, caller.state.dealer(), &seen.order, author, &written).await?;
    let words = thread::list(&mut tx, &seen.order.id, position).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(json!({ "messages": words })).into_response());
    }
    Ok(see_other(&format!("{BASE}/{number}/lines/{position}")))
}
