//! The cart.

use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::cart::{Cart, Described};
use domain::db::Tx;
use domain::ids::{MachineId, PartId};
use domain::{Error, cart, machines, parts};
use serde::Deserialize;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::views::cart::{CartLinePage, CartPage};
use crate::views::catalogue::PartControlAnswer;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/cart", get(show))
        .route("/app/cart/items", post(set))
        .route("/app/cart/line", get(line).post(describe))
        .route("/app/cart/confirm", post(confirm))
        .route("/app/cart/kit", post(kit))
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
        changes: present::cart_changes(caller.ui, &cart),
        seen: cart.mark(),
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
    match form.text("view") {
        Some("cart") => {
            cart::set_quantity(&mut tx, dealer, customer, &part, machine.as_ref(), quantity)
                .await?;
        }
        _ => cart::set(&mut tx, dealer, customer, &part, machine.as_ref(), quantity).await?,
    }
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

#[derive(Deserialize)]
struct Of {
    #[serde(default)]
    part: String,
    machine: Option<String>,
}

/// Access: customer. Three queries.
async fn line(mut visit: Visit, Query(of): Query<Of>) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let machine = of.machine.as_deref().filter(|id| !id.is_empty());
    let cart = cart::get(db, customer).await?;
    let lies = |line: &&cart::CartLine| {
        line.part_id.as_str() == of.part
            && line.machine_id.as_ref().map(MachineId::as_str) == machine
    };
    let line = cart.lines.iter().find(lies).ok_or(Error::NotFound)?;
    let park = machines::park(db, customer).await?;
    let ui = caller.ui;
    let choice = |one: &machines::MachineSummary| {
        let name = present::machine_name(ui, &one.model_name, &one.serial);
        present::choice(one.id.as_str(), name, Some(one.id.as_str()) == machine)
    };
    page(&CartLinePage {
        ui,
        name: line.name.clone(),
        sku: line.sku.clone(),
        part_id: of.part.clone(),
        machine_id: machine.unwrap_or_default().to_owned(),
        machines: park.iter().map(choice).collect(),
        note: line.note.clone(),
    })
}

/// Access: customer. Of the line of `part_id` and `machine_id`?: `for_machine`? and `note`?.
async fn describe(caller: Caller, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let part = PartId::from(form.required("part_id")?);
    let machine = form.text("machine_id").map(MachineId::from);
    let to = form.text("for_machine").map(MachineId::from);
    let said = Described { machine: to.as_ref(), note: form.text("note") };
    let mut tx = caller.begin().await?;
    cart::describe(&mut tx, customer, &part, machine.as_ref(), &said).await?;
    answered(&caller, tx, "/app/cart").await
}

/// Access: customer. `seen`: the mark of the cart whose changes they have read.
async fn confirm(caller: Caller, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let mut tx = caller.begin().await?;
    cart::confirm(&mut tx, customer, form.required("seen")?).await?;
    answered(&caller, tx, "/app/checkout").await
}

/// Access: customer. `part_id` of a kit, `machine_id`?: what lies in it, piece by piece.
async fn kit(caller: Caller, form: Form) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let kit = PartId::from(form.required("part_id")?);
    let machine = form.text("machine_id").map(MachineId::from);
    let dealer = caller.state.dealer();
    let mut tx = caller.begin().await?;
    parts::links::order_pieces(&mut tx, dealer, customer, &kit, machine.as_ref()).await?;
    answered(&caller, tx, "/app/cart").await
}

/// The cart for a program; for a person the page that goes on.
async fn answered(caller: &Caller, mut tx: Tx, to: &str) -> Answer {
    let cart = cart::get(&mut tx, &caller.viewer.customer()?.id).await?;
    commit(tx).await?;
    if caller.json {
        return Ok(Json(cart).into_response());
    }
    Ok(see_other(to))
}
