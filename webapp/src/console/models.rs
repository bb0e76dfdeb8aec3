//! Models at the console: all of them, and one with its specification, documents, picture, parts.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::routing::{get, post};
use domain::audit::Act;
use domain::documents::{self, Owner};
use domain::ids::ModelId;
use domain::machines::{self, ListedModel, MachineModel};
use domain::paging::Filter;
use domain::{Error, files};
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::documents::{DocumentDesk, desk, one_file};
use crate::console::frame::{Frame, Section, at_console};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::parts::{Fact, Link, MachineCell};

const BASE: &str = "/staff/models";

/// One model.
#[derive(Template)]
#[template(path = "staff/model.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) photo: Option<String>,
    /// Code, maker, maintenance.
    pub(crate) facts: Vec<Fact>,
    pub(crate) specification: Vec<Fact>,
    pub(crate) desk: DocumentDesk,
    pub(crate) parts: Vec<Link>,
    /// How many more parts fit.
    pub(crate) more_parts: i64,
    pub(crate) machines: Vec<MachineCell>,
}

pub(super) fn router() -> Router<AppState> {
    let photo = Router::new()
        .route("/staff/models/{id}/photo", post(photo))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD));
    Router::new().route(BASE, get(list)).route("/staff/models/{id}", get(show)).merge(photo)
}

/// Access: managers. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let filter = Filter { which: (), words: asked.owned("q"), before: asked.before(), limit: PAGE };
    let found = machines::models_page(db, &filter).await?;
    let heads = ["console-model", "app-passport-maker", "console-category", "console-machines#"];
    let list = List::of(ui, &asked, "console-models")
        .search(ui, &asked, "q", "console-models-search")
        .heads(ui, &heads)
        .rows(&asked, found.rows.iter().map(row).collect(), found.next.as_deref());
    let title = ui.s("console-nav-models").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Models), title, lead: String::new(), list })
}

fn row(model: &ListedModel) -> Row {
    Row {
        href: format!("{BASE}/{}", model.id),
        cells: vec![
            Cell::text(&model.name).note(&model.code),
            Cell::text(&model.maker),
            Cell::text(&model.category),
            Cell::number(model.machines.to_string()),
        ],
    }
}

/// Access: managers. Seven queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let id = ModelId::from(id);
    let card = machines::model(db, &id).await?;
    let desk = desk(clerk, db, &Owner::Model(id.clone())).await?;
    let (ui, eye, model) = (clerk.ui, Eye::of(clerk), &card.model);
    let parts = card.parts.iter().map(|(id, sku, name)| Link {
        href: format!("/staff/parts/{id}"),
        title: format!("{sku} · {name}"),
    });
    let parts: Vec<Link> = parts.collect();
    let shown = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    let machine = |cell: MachineCell| MachineCell { href: at_console(&cell.href), ..cell };
    let pair = |(label, value): &(String, String)| Fact {
        label: label.clone(),
        value: value.clone(),
        mono: false,
    };
    page(&OnePage {
        frame: clerk.frame(Section::Models),
        id: id.to_string(),
        name: model.name.clone(),
        category: model.category.clone(),
        photo: present::photo(model.photo.as_ref()),
        facts: facts(ui, model),
        specification: model.specification.iter().map(pair).collect(),
        desk,
        more_parts: (card.parts_total - shown).max(0),
        parts,
        machines: card
            .machines
            .iter()
            .map(|one| machine(present::machine_cell(&eye, one)))
            .collect(),
    })
}

fn facts(ui: Ui, model: &MachineModel) -> Vec<Fact> {
    let rows = [
        present::fact(ui, "console-model-code", Some(&model.code))
            .map(|fact| Fact { mono: true, ..fact }),
        present::fact(ui, "app-passport-maker", Some(&model.maker)),
        present::fact(ui, "console-maintenance", Some(&present::maintenance_rule(ui, model))),
    ];
    rows.into_iter().flatten().collect()
}

/// Access: managers. `file` is the model's picture from now on, for everybody to see.
async fn photo(clerk: Clerk, Path(id): Path<String>, upload: Upload) -> Answer {
    clerk.viewer.manager()?;
    let id = ModelId::from(id);
    machines::model(&mut clerk.state.db().read().await.map_err(Error::from)?, &id).await?;
    let (_, file) = one_file(&clerk, upload).await?;
    let name = files::publish_picture(&clerk.state.dealer().uploads, &file).await?;
    let mut tx = clerk.begin().await?;
    documents::set_model_photo(&mut tx, &id, &name).await?;
    let subject_id = id.as_str();
    let details = json!({ "photo": name });
    clerk.done(tx, &Act { act: "model-photo", subject: "model", subject_id, details }).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}
