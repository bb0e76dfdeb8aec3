//! Orders at the console: all of them, and one.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::routing::{get, post};
use domain::audit::Act;
use domain::csv_text::line;
use domain::orders::{self, OpenOrder, State, Which};
use domain::text::Phone;
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::present::{self, Shown};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::orders::OrderView;

/// Where orders stand at the console.
pub(super) const BASE: &str = "/staff/orders";

/// One order.
#[derive(Template)]
#[template(path = "staff/order.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: OrderView,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/orders/export", get(export))
        .route("/staff/orders/{number}", get(show))
        .route("/staff/orders/{number}/take", post(take))
        .route("/staff/orders/{number}/files", post(attach))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
}

/// The filters of the list by their word in the address; no word is what is open.
const STATES: [(&str, Which); 6] = [
    ("", Which::Open),
    ("placed", Which::In(State::Placed)),
    ("confirmed", Which::In(State::Confirmed)),
    ("shipped", Which::In(State::Shipped)),
    ("completed", Which::In(State::Completed)),
    ("all", Which::All),
];

/// Access: managers. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let found = orders::page(db, &asked.filter("state", &STATES, PAGE)).await?;
    let chip = |(word, which): &(&'static str, Which)| {
        let label = match which {
            Which::Open => ui.s("console-open").to_owned(),
            Which::All => ui.s("console-all").to_owned(),
            Which::In(state) => present::order_badge(ui, *state).text,
        };
        (*word, label)
    };
    let heads = ["console-order", "console-customer", "console-state", "console-sum#"];
    let list = List::of(ui, &asked, "console-orders")
        .search(ui, &asked, "q", "console-orders-search")
        .chips(&asked, "state", STATES.iter().map(chip).collect())
        .heads(ui, &[&heads[..], &["console-audit-when#"]].concat())
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/orders/export")
        .live("orders");
    let title = ui.s("console-nav-orders").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Orders), title, lead: String::new(), list })
}

fn row(ui: Ui, open: &OpenOrder) -> Row {
    let company = present::company(open.company_name.as_deref(), &open.customer_name);
    Row {
        href: format!("{BASE}/{}", open.order.number),
        cells: vec![
            Cell::text(&open.order.number)
                .note(ui.count("console-positions", open.order.positions)),
            Cell::text(&open.customer_name).note(company.unwrap_or_default()),
            Cell::badge(present::order_badge(ui, open.order.state))
                .note(open.taken_by_name.as_deref().unwrap_or_default()),
            Cell::number(ui.money(open.order.total.as_kopecks())),
            Cell::number(ui.when(open.order.created_at)),
        ],
    }
}

/// Access: managers.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    let clerk = look.into_clerk();
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-order",
        "console-audit-when",
        "console-state",
        "console-customer",
        "app-request-phone",
        "app-request-company",
        "app-request-manager",
        "console-sum",
    ];
    let first = asked.filter("state", &STATES, csv::PIECE);
    Ok(csv::answer("orders.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = orders::page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let lines = found.rows.iter().map(|one| {
                line([
                    &one.order.number,
                    &one.order.created_at.with_timezone(&zone).format("%F %T").to_string(),
                    &present::order_badge(ui, one.order.state).text,
                    &one.customer_name,
                    &one.phone.as_ref().map(Phone::shown).unwrap_or_default(),
                    one.company_name.as_deref().unwrap_or_default(),
                    one.taken_by_name.as_deref().unwrap_or_default(),
                    &one.order.total.to_string(),
                ])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}

/// Access: managers. Five queries.
async fn show(mut look: Look, Path(number): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let (open, order, lines) = orders::for_desk(db, &number).await?;
    let history = orders::history(db, &order.id).await?;
    let shown = Shown { order: &order, lines: &lines, history: &history, open: Some(&open) };
    let shown = present::order_view(clerk, BASE, &shown);
    page(&OnePage { frame: clerk.frame(Section::Orders), page: shown })
}

/// Access: managers. The first one has it.
async fn take(clerk: Clerk, Path(number): Path<String>) -> Answer {
    let manager = clerk.viewer.manager()?;
    let mut tx = clerk.begin().await?;
    let open = orders::for_staff(&mut tx, &number).await?;
    orders::take(&mut tx, clerk.state.dealer(), manager, &open.order.id).await?;
    let act = Act { act: "order-take", subject: "order", subject_id: &number, details: json!({}) };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{number}")))
}

/// Access: managers. `files`: papers for the customer, such as an invoice.
async fn attach(clerk: Clerk, Path(number): Path<String>, upload: Upload) -> Answer {
    let manager = clerk.viewer.manager()?;
    let (_, files) = upload.accept_documents(&clerk.state.dealer().uploads).await?;
    let mut tx = clerk.begin().await?;
    let (_, order, _) = orders::for_desk(&mut tx, &number).await?;
    orders::attach(&mut tx, clerk.state.dealer(), manager, &order, &files).await?;
    let details = json!({ "files": files.len() });
    let act = Act { act: "order-files", subject: "order", subject_id: &number, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{number}")))
}
