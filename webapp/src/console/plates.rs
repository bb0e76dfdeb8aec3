//! Plates: blank ones are made in batches and printed in sheets; what they are on since.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use domain::Error;
use domain::audit::Act;
use domain::plates::{self, Batch, Code, Printed};
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, Row};
use crate::fault::Fault;
use crate::input::Form;
use crate::paper::sheet::{self, PlateText};
use crate::reply::{Answer, page, see_other};
use crate::routes::files::save;
use crate::state::AppState;
use crate::ui::Ui;

const BASE: &str = "/staff/plates";

/// The batches, and the form for one more.
#[derive(Template)]
#[template(path = "staff/plates.html")]
pub(crate) struct PlatesPage {
    pub(crate) frame: Frame,
    pub(crate) list: List,
    /// How many fill a sheet.
    pub(crate) per_sheet: usize,
    pub(crate) most: usize,
    /// Where they lead for ever; empty while the product has no address.
    pub(crate) address: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list).post(make))
        .route("/staff/plates/{batch}", get(show))
        .route("/staff/plates/{batch}/sheet", get(print))
}

/// Access: managers. Two queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let batches = plates::batches(db).await?;
    let heads = ["console-plates-batch", "console-plates-count#", "console-plates-bound#"];
    let list = List::of(ui, &asked, "console-plates")
        .heads(ui, &heads)
        .rows(&asked, batches.iter().map(|one| batch_row(ui, one)).collect(), None)
        .live("audit");
    let address = match clerk.state.public_url() {
        Some(url) => format!("{url}/p/…"),
        None => String::new(),
    };
    page(&PlatesPage {
        frame: clerk.frame(Section::Plates),
        list,
        per_sheet: sheet::PER_SHEET,
        most: plates::MAX_BATCH,
        address,
    })
}

fn batch_row(ui: Ui, batch: &Batch) -> Row {
    Row {
        href: format!("{BASE}/{}", batch.batch),
        cells: vec![
            Cell::text(ui.when(batch.made_at)).note(&batch.batch),
            Cell::number(batch.plates.to_string()),
            Cell::number(batch.bound.to_string()),
        ],
    }
}

/// Access: managers. `count` blank plates.
async fn make(clerk: Clerk, form: Form) -> Answer {
    clerk.viewer.manager()?;
    if clerk.state.public_url().is_none() {
        return Err(Error::invalid("count", "error-plates-address").into());
    }
    let count = form.number("count")?.ok_or(Error::invalid("count", "error-required"))?;
    let count = usize::try_from(count).unwrap_or_default();
    let mut tx = clerk.begin().await?;
    let (batch, _) = plates::make(&mut tx, count, clerk.state.now()).await?;
    let act = Act {
        act: "plates-make",
        subject: "plates",
        subject_id: &batch,
        details: json!({ "count": count }),
    };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("{BASE}/{batch}")))
}

/// Access: managers. Two queries.
async fn show(mut look: Look, Path(batch): Path<String>, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let known = plates::list(db, Some(&batch)).await?;
    if known.is_empty() {
        return Err(Error::NotFound.into());
    }
    let heads = ["console-plates-code", "console-plates-machine", "console-plates-seen#"];
    let mut list = List::of(ui, &asked, "console-plates").heads(ui, &heads).rows(
        &asked,
        known.iter().map(|one| plate_row(ui, one)).collect(),
        None,
    );
    list.paper = Some(format!("{BASE}/{batch}/sheet"));
    let title = ui.with("console-plates-title", "batch", &batch);
    page(&ListPage { frame: clerk.frame(Section::Plates), title, lead: String::new(), list })
}

fn plate_row(ui: Ui, plate: &Printed) -> Row {
    let machine = match (&plate.model, &plate.serial) {
        (Some(model), Some(serial)) => format!("{model} {}", ui.serial(serial)),
        _ => ui.s("console-plates-blank").to_owned(),
    };
    let seen = plate.seen_at.map(|at| ui.when(at)).unwrap_or_default();
    let code = Code::parse(&plate.code).map_or_else(String::new, |code| code.shown());
    Row {
        href: format!("/p/{}", plate.code),
        cells: vec![Cell::text(code), Cell::text(machine), Cell::number(seen)],
    }
}

/// Access: managers. The sheets as one PDF, to be printed as they are and cut.
async fn print(look: Look, Path(batch): Path<String>) -> Answer {
    look.viewer.manager()?;
    let (state, ui) = (look.state.clone(), look.ui);
    let codes = {
        let mut db = state.db().read().await.map_err(Error::from)?;
        plates::of_batch(&mut db, &batch).await?
    };
    if codes.is_empty() {
        return Err(Error::NotFound.into());
    }
    let seller = state.seller();
    let phone = seller.phone.as_ref().map(|phone| phone.shown()).unwrap_or_default();
    let plate = |code: &String| PlateText {
        address: state.plate_address(code),
        code: Code::parse(code).map_or_else(|| code.clone(), |code| code.shown()),
        seller: seller.name.clone(),
        phone: phone.clone(),
        hint: ui.s("plate-hint").to_owned(),
    };
    let plates: Vec<PlateText> = codes.iter().map(plate).collect();
    let drawing = tokio::task::spawn_blocking(move || sheet::pdf(&plates));
    let drawn = drawing.await.map_err(|error| Fault::Template(error.to_string()))?;
    let drawn = drawn.map_err(|error| Fault::Template(error.to_string()))?;
    Ok(save(&format!("plates-{batch}.pdf"), "application/pdf", drawn))
}
