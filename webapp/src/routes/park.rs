//! «Мой парк».

use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Json};
use axum::routing::get;
use domain::people::{self, Choice};
use domain::{approvals, cart, machines, orders, requests};
use serde::Deserialize;
use serde_json::json;

use crate::auth::Visit;
use crate::json;
use crate::present::{self, Eye};
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::park::{ParkPage, Tiles};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/app/park", get(park)).route("/app/park/tiles", get(tiles))
}

/// With so many machines one looks for one.
const SEARCHED: usize = 4;

/// What is looked for.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    /// Behind which machine the page begins.
    after: Option<String>,
}

impl Asked {
    fn next(&self, after: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        format!("/app/park?{}", query.append_pair("after", after).finish())
    }
}

/// Access: customer. A page at a time, as data the whole park. Four queries.
async fn park(mut visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let (caller, db) = visit.parts();
    let machines = machines::shown_park(db, &caller.viewer.customer()?.id).await?;
    let choices = people::choices(db, &caller.viewer.customer()?.id).await?;
    let can_search = machines.len() >= SEARCHED;
    let machines = present::matching(machines, &asked.q);
    if caller.json {
        let machines: Vec<_> = machines.iter().map(json::machine).collect();
        return Ok(Json(json!({ "machines": machines })).into_response());
    }
    let decisions = approvals::waiting_for_director(db, &caller.viewer.customer()?.id).await?;
    let part = present::park(&Eye::of(caller), &machines, asked.after.as_deref());
    page(&ParkPage {
        ui: caller.ui,
        next: part.next.as_deref().map(|next| asked.next(next)),
        looks: looks(caller.ui, &choices),
        query: asked.q,
        can_search,
        cart_count: 0,
        open_orders: 0,
        open_requests: 0,
        decisions: decisions.len(),
        attention: part.attention,
        sites: part.sites,
    })
}

fn looks(ui: Ui, choices: &[Choice]) -> String {
    match choices.iter().find(|one| one.chosen) {
        _ if choices.len() < 2 => String::new(),
        Some(one) => one.name.clone(),
        None => ui.s("app-company-all").to_owned(),
    }
}

/// Access: customer. What is open, for the ways on from the park. Four queries.
async fn tiles(mut visit: Visit) -> Answer {
    let (caller, db) = visit.parts();
    let customer = &caller.viewer.customer()?.id;
    let cart_count = cart::count(db, customer).await?;
    let orders = orders::shown(db, customer).await?;
    let requests = requests::shown(db, customer).await?;
    let orders = orders.iter().filter(|order| !order.state.is_final());
    let requests = requests.iter().filter(|request| !present::is_over(request.state));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (open_orders, open_requests) = (count(orders.count()), count(requests.count()));
    if caller.json {
        let counts =
            json!({ "cart": cart_count, "orders": open_orders, "requests": open_requests });
        return Ok(Json(counts).into_response());
    }
    page(&Tiles { ui: caller.ui, cart_count, open_orders, open_requests })
}
