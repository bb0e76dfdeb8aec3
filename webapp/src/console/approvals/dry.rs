//! The dry run of a rule: which of the account's newest deals or leads it would have caught. The rule
//! stands in the address as its form says it, so it need not be saved, and the page may be fetched again
//! when the deals have come.

use axum::Router;
use axum::extract::RawQuery;
use axum::routing::get;
use domain::Error;
use domain::approvals::rules::{self, Entity, Rule};
use domain::approvals::sample::{self, Sample, Sampled};
use domain::db::Reader;
use domain::staff;

use crate::auth::commit;
use crate::console::approvals::rules::{BASE, RulesPage, form};
use crate::console::approvals::show::is_web;
use crate::console::approvals::typed::read;
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::Section;
use crate::console::list::{Asked, Cell, List, Row};
use crate::input::Form;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;

const TRY: &str = "/staff/approvals/rules/try";
/// The CRM whose deals rules watch, as [`crate::Connected`] calls it.
pub(super) const WATCHED: &str = "Bitrix24";
/// What of the form is no part of the rule.
const ANEW: &str = "anew";

/// What a rule would have caught.
pub(crate) struct DryView {
    /// How many of how many; or that they are being read.
    pub(crate) lead: String,
    /// From where and when; empty before they were read.
    pub(crate) note: String,
    /// That the last reading failed; empty where it did not.
    pub(crate) failed: String,
    /// Whether there is anything to show.
    pub(crate) read: bool,
    pub(crate) list: List,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route(TRY, get(show).post(ask))
}

/// Access: administrators. Has the deals read where they were not lately, and leads to what the rule
/// makes of them.
async fn ask(clerk: Clerk, form: Form) -> Answer {
    clerk.viewer.administrator()?;
    let rule = read(&clerk, &form)?;
    if is_watched(&clerk, &rule) {
        let mut tx = clerk.begin().await?;
        let of = (rule.connection.as_str(), rule.entity);
        sample::ask(&mut tx, clerk.state.dealer(), of, form.flag(ANEW)).await?;
        commit(tx).await?;
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let pairs = form.into_pairs();
    let said = pairs.iter().filter(|(name, value)| name != ANEW && !value.trim().is_empty());
    for (name, value) in said {
        query.append_pair(name, value);
    }
    Ok(see_other(&format!("{TRY}?{}", query.finish())))
}

/// Access: administrators. Five queries.
async fn show(mut look: Look, RawQuery(query): RawQuery) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let typed = Form::of_query(query.as_deref().unwrap_or_default())?;
    let rule = read(clerk, &typed)?;
    let id = typed.owned("id").unwrap_or_default();
    let action = if id.is_empty() { BASE.to_owned() } else { format!("{BASE}/{id}") };
    let dry = dry(clerk, db, &rule).await?;
    let active = id.is_empty() || typed.flag("active");
    let people = staff::list(db).await?;
    let form = form(clerk, &people, Some((&rule, active)), (id, action)).await;
    let frame = clerk.frame(Section::Approvals);
    page(&RulesPage { frame, rules: Vec::new(), form, dry: Some(dry) })
}

fn is_watched(clerk: &Clerk, rule: &Rule) -> bool {
    let mut all = clerk.state.connections().iter();
    all.any(|one| one.name == rule.connection && one.kind == WATCHED)
}

async fn dry(clerk: &Clerk, db: &mut Reader, rule: &Rule) -> Result<DryView, Error> {
    let (ui, name) = (clerk.ui, rule.connection.as_str());
    let nothing = |key: &str| DryView {
        lead: ui.with(key, "name", name),
        note: String::new(),
        failed: String::new(),
        read: false,
        list: List::default(),
    };
    if !is_watched(clerk, rule) {
        return Ok(nothing("console-dry-nothing"));
    }
    let Some(sample) = sample::of(db, name, rule.entity).await? else {
        return Ok(nothing("console-dry-waits"));
    };
    let failed = failed(ui, &sample);
    let Some(read_at) = sample.read_at else {
        return Ok(DryView { failed, ..nothing("console-dry-waits") });
    };
    let before = before(clerk, db, rule).await?;
    let caught: Vec<&Sampled> =
        sample.deals.iter().filter(|one| rule.catches(&one.facts)).collect();
    let counts = [("caught", caught.len().into()), ("count", sample.deals.len().into())];
    let lead = match rule.entity {
        Entity::Deal => ui.f("console-dry-deals", &counts),
        Entity::Lead => ui.f("console-dry-leads", &counts),
    };
    let note = if sample.is_awaited() { "console-dry-reading" } else { "console-dry-age" };
    let note = ui.f(note, &[("name", name.into()), ("at", ui.when(read_at).into())]);
    let list = list(ui, caught.iter().map(|one| row(ui, one, &before)).collect());
    Ok(DryView { lead, note, failed, read: true, list })
}

fn failed(ui: Ui, sample: &Sample) -> String {
    if sample.has_failed() { ui.s("console-dry-failed").to_owned() } else { String::new() }
}

/// The rules in force that are asked before this one: of two that fit, the first counts.
async fn before(clerk: &Clerk, db: &mut Reader, rule: &Rule) -> Result<Vec<Rule>, Error> {
    let all = rules::load(db, clerk.state.dealer()).await?;
    Ok(all.iter().take_while(|one| one.name != rule.name).cloned().collect())
}

/// The deals that are caught.
pub(crate) fn list(ui: Ui, rows: Vec<Row>) -> List {
    let asked = Asked::default();
    let heads = [
        "console-dry-what",
        "console-approval-sum#",
        "console-approval-stage",
        "console-dry-pipeline",
        "console-dry-responsible",
    ];
    List::of(ui, &asked, "console-dry").heads(ui, &heads).rows(&asked, rows, None)
}

fn row(ui: Ui, one: &Sampled, before: &[Rule]) -> Row {
    let facts = &one.facts;
    let first = before.iter().find(|rule| rule.catches(facts));
    let first = first.map(|rule| ui.with("console-dry-before", "name", &rule.name));
    let title = if facts.title.is_empty() { &facts.id } else { &facts.title };
    let sum = facts.amount.map(|sum| ui.money(sum.as_kopecks()));
    Row {
        href: facts.url.clone().filter(|url| is_web(url)).unwrap_or_default(),
        cells: vec![
            Cell::text(title).note(first.unwrap_or_default()),
            Cell::number(sum.unwrap_or_default()),
            Cell::text(&one.stage),
            Cell::text(&one.pipeline),
            Cell::text(&one.responsible),
        ],
    }
}
