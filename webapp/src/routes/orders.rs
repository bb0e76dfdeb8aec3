//! Orders.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use domain::db::Executor;
use domain::orders::{self, OpenOrder, Order, OrderLine};
use domain::{Error, Viewer};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::json;
use crate::present::{self, Eye, Shown};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::views::orders::{OrderPage, OrdersPage};

/// Where orders stand in the Mini App.
pub(super) const BASE: &str = "/app/orders";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/orders", get(list))
        .route("/app/orders/{number}", get(show))
        .route("/app/orders/{number}/take", post(take))
        .route("/app/orders/{number}/repeat", post(repeat))
        .route("/app/orders/{number}/cancel", post(cancel))
}

/// Access: customer. Two queries.
async fn list(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let orders = orders::shown(db, &caller.viewer.customer()?.id).await?;
    if caller.json {
        return Ok(Json(json!({ "orders": orders })).into_response());
    }
    let eye = Eye::of(caller);
    let (past, active): (Vec<_>, Vec<_>) = orders.iter().partition(|order| order.state.is_final());
    let cells = |orders: &[&_]| orders.iter().map(|o| present::order_cell(&eye, o)).collect();
    page(&OrdersPage { ui: caller.ui, active: cells(&active), past: cells(&past) })
}

/// An order as this person may see it.
pub(super) struct Seen {
    pub(super) order: Order,
    pub(super) lines: Vec<OrderLine>,
    /// On the managers' desk.
    pub(super) open: Option<OpenOrder>,
}

/// Access: customer (their orders), managers (orders on the desk). Four queries at most.
async fn show(mut visit: Visit, Path(number): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let seen = find(db, &caller.viewer, &number).await?;
    let history = orders::history(db, &seen.order.id).await?;
    if caller.json {
        let mut order = json::order(&seen.order, &seen.lines);
        order["quote"] = json!(history.quote);
        order["history"] = json!(history.events);
        return Ok(Json(json!({ "order": order })).into_response());
    }
    let Seen { order, lines, open } = &seen;
    let shown = Shown { order, lines, history: &history, open: open.as_ref() };
    page(&OrderPage { page: present::order_view(caller, BASE, &shown) })
}

pub(super) async fn find(
    db: &mut impl Executor,
    viewer: &Viewer,
    number: &str,
) -> Result<Seen, Fault> {
    if let Some(customer) = &viewer.customer {
        match orders::by_number(db, &customer.id, number).await {
            Err(Error::NotFound) if viewer.staff.is_some() => {}
            found => {
                let (order, lines) = found?;
                return Ok(Seen { order, lines, open: None });
            }
        }
    }
    viewer.manager()?;
    let (open, order, lines) = orders::for_desk(db, number).await?;
    Ok(Seen { order, lines, open: Some(open) })
}

/// Access: managers. The first one has it.
async fn take(caller: Caller, Path(number): Path<String>) -> Answer {
    let manager = caller.viewer.manager()?;
    let mut tx = caller.begin().await?;
    let open = orders::for_staff(&mut tx, &number).await?;
    let order = orders::take(&mut tx, caller.state.dealer(), manager, &open.order.id).await?;
    let (order, lines) = orders::load(&mut tx, &order.id).await?;
    commit(tx).await?;
    Ok(reply(&caller, &order, &lines))
}

/// Access: customer (their orders). The lines go into the cart.
async fn repeat(caller: Caller, Path(number): Path<String>) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let mut tx = caller.begin().await?;
    orders::repeat(&mut tx, caller.state.dealer(), customer, &number).await?;
    let cart = domain::cart::get(&mut tx, customer).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(cart).into_response());
    }
    Ok(see_other("/app/cart"))
}

/// Access: customer (their orders), until it is confirmed.
async fn cancel(caller: Caller, Path(number): Path<String>) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let mut tx = caller.begin().await?;
    orders::cancel(&mut tx, caller.state.dealer(), customer, &number).await?;
    let (order, lines) = orders::by_number(&mut tx, customer, &number).await?;
    commit(tx).await?;
    Ok(reply(&caller, &order, &lines))
}

pub(super) fn reply(caller: &Caller, order: &Order, lines: &[OrderLine]) -> Response {
    if caller.json {
        return answer(order, lines);
    }
    see_other(&format!("/app/orders/{}", order.number))
}

fn answer(order: &Order, lines: &[OrderLine]) -> Response {
    Json(json!({ "order": json::order(order, lines) })).into_response()
}
