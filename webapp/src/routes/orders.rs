//! Orders.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use domain::db::Executor;
use domain::orders::{self, OpenOrder, Order, OrderLine, State};
use domain::text::Phone;
use domain::{Error, Viewer};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::json;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::orders::{OrderPage, OrdersPage};
use crate::views::parts::Fact;

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
    let orders = orders::list(db, &caller.viewer.customer()?.id).await?;
    if caller.json {
        return Ok(Json(json!({ "orders": orders })).into_response());
    }
    let eye = Eye::of(caller);
    let (past, active): (Vec<_>, Vec<_>) = orders.iter().partition(|order| order.state.is_final());
    let cells = |orders: &[&_]| orders.iter().map(|o| present::order_cell(&eye, o)).collect();
    page(&OrdersPage { ui: caller.ui, active: cells(&active), past: cells(&past) })
}

/// An order as this person may see it.
struct Seen {
    order: Order,
    lines: Vec<OrderLine>,
    /// On the managers' desk.
    open: Option<OpenOrder>,
}

/// Access: customer (their orders), managers (orders on the desk). Four queries at most.
async fn show(mut visit: Visit, Path(number): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    let seen = find(db, &caller.viewer, &number).await?;
    if caller.json {
        return Ok(answer(&seen.order, &seen.lines));
    }
    page(&order_page(caller.ui, &seen.order, &seen.lines, seen.open.as_ref()))
}

/// The page of an order: as managers see it where it is `open` to them, else its customer's.
pub(crate) fn order_page(
    ui: Ui,
    order: &Order,
    lines: &[OrderLine],
    open: Option<&OpenOrder>,
) -> OrderPage {
    let own = open.is_none();
    OrderPage {
        ui,
        parent: if own { "/app/orders" } else { "/app/desk" },
        number: order.number.clone(),
        placed_at: ui.when(order.created_at),
        badge: present::order_badge(ui, order.state),
        note: match order.state {
            State::Placed if own => ui.s("app-order-placed-note").to_owned(),
            _ => String::new(),
        },
        steps: present::order_steps(ui, order.state),
        lines: lines.iter().map(|line| present::order_line(ui, line)).collect(),
        total: order.total.as_kopecks(),
        delivery: present::order_delivery(ui, order),
        contact: open.map(|open| contact(ui, open)).unwrap_or_default(),
        can_take: !own && order.taken_by.is_none() && !order.state.is_final(),
        can_cancel: own && order.state == State::Placed,
        can_repeat: own,
    }
}

fn contact(ui: Ui, open: &OpenOrder) -> Vec<Fact> {
    let phone = open.phone.as_ref().map(Phone::shown);
    let rows = [
        present::fact(ui, "app-request-customer", Some(&open.customer_name)),
        present::fact(ui, "app-request-phone", phone.as_deref())
            .map(|fact| Fact { mono: true, ..fact }),
        present::fact(
            ui,
            "app-request-company",
            present::company(open.company_name.as_deref(), &open.customer_name),
        ),
        present::fact(ui, "app-request-manager", open.taken_by_name.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

async fn find(db: &mut impl Executor, viewer: &Viewer, number: &str) -> Result<Seen, Fault> {
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
    let open = orders::for_staff(db, number).await?;
    let (order, lines) = orders::load(db, &open.order.id).await?;
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

/// Access: customer (their orders), while nobody has answered.
async fn cancel(caller: Caller, Path(number): Path<String>) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let mut tx = caller.begin().await?;
    orders::cancel(&mut tx, caller.state.dealer(), customer, &number).await?;
    let (order, lines) = orders::by_number(&mut tx, customer, &number).await?;
    commit(tx).await?;
    Ok(reply(&caller, &order, &lines))
}

fn reply(caller: &Caller, order: &Order, lines: &[OrderLine]) -> Response {
    if caller.json {
        return answer(order, lines);
    }
    see_other(&format!("/app/orders/{}", order.number))
}

fn answer(order: &Order, lines: &[OrderLine]) -> Response {
    Json(json!({ "order": json::order(order, lines) })).into_response()
}
