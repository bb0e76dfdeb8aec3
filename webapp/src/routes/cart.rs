//! The cart.

use axum::Router;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::cart::Cart;
use domain::ids::{MachineId, PartId};
use domain::{Error, cart, parts};

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::views::cart::CartPage;
use crate::views::catalogue::PartControlAnswer;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/cart", get(show)).route("/app/cart/items", post(set))
}

/// Access: customer. Two queries.
async fn show(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let cart = cart::get(db, &caller.viewer.customer()?.id).await?;
    if caller.json {
        return Ok(Json(cart).into_response());
    }
    page(&CartPage {
        ui: caller.ui,
        groups: present::cart_groups(caller.ui, &cart),
        total: cart.total.as_kopecks(),
        on_request: on_request(&cart),
    })
}

fn on_request(cart: &Cart) -> i64 {
    let unpriced = cart.lines.iter().filter(|line| line.active && line.price.is_none());
    i64::try_from(unpriced.count()).unwrap_or(i64::MAX)
}

/// Access: customer. `part_id`, `quantity` (0 removes), `machine_id`?; `view=part` asks for the
/// part's control again rather than for the cart.
async fn set(caller: Caller, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let part = PartId::from(form.required("part_id")?);
    let machine = form.text("machine_id").map(MachineId::from);
    let quantity = form.number("quantity")?.ok_or(Error::invalid("quantity", "error-required"))?;
    let dealer = caller.state.dealer();
    let mut tx = caller.begin().await?;
    cart::set(&mut tx, dealer, customer, &part, machine.as_ref(), quantity).await?;
    if caller.json {
        let cart = cart::get(&mut tx, customer).await?;
        commit(tx).await?;
        return Ok(Json(cart).into_response());
    }
    if form.text("view") != Some("part") {
        commit(tx).await?;
        return Ok(see_other("/app/cart"));
    }
    let card = parts::card(&mut tx, Some(customer), &part).await?;
    commit(tx).await?;
    let machine = machine.as_ref().map(MachineId::as_str);
    let control = present::part_control(caller.ui, &card, machine);
    page(&PartControlAnswer { ui: caller.ui, control })
}
