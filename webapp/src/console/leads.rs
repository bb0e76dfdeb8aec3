//! What people ask on the dealer's site: all of it, and one lead with everything that was sent.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use chrono::TimeDelta;
use domain::audit::{self, Act};
use domain::csv_text::line;
use domain::ids::StaffId;
use domain::leads::{self, Filter, LeadCase, OpenLead, State};
use domain::paging::Standing;
use domain::staff::{self, Staff};
use domain::text::Phone;
use serde_json::json;

use crate::console::audit::{ListPage, entry_event};
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::console::requests::crm_pages;
use crate::fault::Fault;
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::leads::lead_page;
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::leads::LeadPage;
use crate::views::parts::{Choice, Event, Link};

const BASE: &str = "/staff/leads";
/// Acts of the log that a lead's page shows.
const HISTORY: i64 = 50;

/// One lead.
#[derive(Template)]
#[template(path = "staff/lead.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) page: LeadPage,
    /// To whom it may be given; none where it has ended.
    pub(crate) managers: Vec<Choice>,
    /// What was done about it here.
    pub(crate) history: Vec<Event>,
    /// Its deals in the CRMs.
    pub(crate) deals: Vec<Link>,
    /// Where its deliveries are listed.
    pub(crate) deliveries: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/leads/export", get(export))
        .route("/staff/leads/{number}", get(show))
        .route("/staff/leads/{number}/take", post(take))
        .route("/staff/leads/{number}/give", post(give))
        .route("/staff/leads/{number}/release", post(release))
        .route("/staff/leads/{number}/convert", post(convert))
        .route("/staff/leads/{number}/reject", post(reject))
}

/// The filters of the list by their word in the address; no word is what is open.
const STATES: [(&str, Standing<State>); 7] = [
    ("", Standing::Open),
    ("new", Standing::In(State::New)),
    ("taken", Standing::In(State::Taken)),
    ("suspected", Standing::In(State::Suspected)),
    ("converted", Standing::In(State::Converted)),
    ("rejected", Standing::In(State::Rejected)),
    ("all", Standing::All),
];

/// How long ago they were first asked, by the word in the address.
const AGES: [(&str, i64, &str); 3] = [
    ("day", 1, "console-age-day"),
    ("week", 7, "console-age-week"),
    ("month", 30, "console-age-month"),
];

fn filter(clerk: &Clerk, asked: &Asked, limit: i64) -> Filter {
    let age = AGES.iter().find(|(word, ..)| Some(*word) == asked.get("age"));
    Filter {
        page: asked.filter("state", &STATES, limit),
        manager: asked.owned("manager").map(StaffId::from),
        source: asked.owned("source"),
        older_than: age.map(|(_, days, _)| clerk.state.now() - TimeDelta::days(*days)),
    }
}

/// Access: managers. Five queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let found = leads::page(db, &filter(clerk, &asked, PAGE)).await?;
    let people = staff::list(db).await?;
    let sources = leads::sources(db, clerk.state.now()).await?;
    let chip = |(word, which): &(&'static str, Standing<State>)| {
        let label = match which {
            Standing::Open => ui.s("console-open").to_owned(),
            Standing::All => ui.s("console-all").to_owned(),
            Standing::In(state) => present::lead_badge(ui, *state).text,
        };
        (*word, label)
    };
    let first = |key: &str| (String::new(), ui.s(key).to_owned());
    let managers = people.iter().filter(|one| one.is_manager());
    let managers = managers.map(|one| (one.id.to_string(), one.name.clone()));
    let sources = sources.into_iter().map(|source| (source.clone(), source));
    let ages = AGES.iter().map(|(word, _, key)| ((*word).to_owned(), ui.s(key).to_owned()));
    let choices = |key: &str, rest: Vec<(String, String)>| {
        std::iter::once(first(key)).chain(rest).collect::<Vec<_>>()
    };
    let heads = ["console-lead", "app-request-phone", "console-state", "console-form"];
    let list = List::of(ui, &asked, "console-leads")
        .search(ui, &asked, "q", "console-leads-search")
        .select(
            &asked,
            "manager",
            ui.s("app-request-manager"),
            choices("console-all-managers", managers.collect()),
        )
        .select(
            &asked,
            "source",
            ui.s("console-source"),
            choices("console-all-sources", sources.collect()),
        )
        .select(&asked, "age", ui.s("console-age"), choices("console-age-any", ages.collect()))
        .chips(&asked, "state", STATES.iter().map(chip).collect())
        .heads(ui, &[&heads[..], &["console-audit-when#"]].concat())
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/leads/export")
        .live("leads");
    let title = ui.s("console-nav-leads").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Leads), title, lead: String::new(), list })
}

fn row(ui: Ui, open: &OpenLead) -> Row {
    let lead = &open.lead;
    Row {
        href: format!("{BASE}/{}", lead.number),
        cells: vec![
            Cell::text(name(ui, open)).note(&lead.number),
            Cell::text(phone(open)),
            Cell::badge(present::lead_badge(ui, lead.state))
                .note(open.taken_by_name.as_deref().unwrap_or_default()),
            Cell::text(&lead.form),
            Cell::number(ui.when(lead.created_at)),
        ],
    }
}

/// Somebody who was forgotten has no name any more.
fn name(ui: Ui, open: &OpenLead) -> String {
    match open.lead.name.trim() {
        "" => ui.s("console-nameless").to_owned(),
        name => name.to_owned(),
    }
}

fn phone(open: &OpenLead) -> String {
    open.lead.phone.as_ref().map(Phone::shown).unwrap_or_default()
}

/// Access: managers.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    let clerk = look.into_clerk();
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-lead-number",
        "console-audit-when",
        "console-state",
        "console-lead",
        "app-request-phone",
        "console-email",
        "console-form",
        "app-request-manager",
    ];
    let first = filter(&clerk, &asked, csv::PIECE);
    Ok(csv::answer("leads.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.page.before = at;
            let mut db = state.db().read().await?;
            let found = leads::page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let lines = found.rows.iter().map(|one| {
                let lead = &one.lead;
                line([
                    &lead.number,
                    &lead.created_at.with_timezone(&zone).format("%F %T").to_string(),
                    &present::lead_badge(ui, lead.state).text,
                    &name(ui, one),
                    &phone(one),
                    lead.email.as_ref().map(|email| email.as_str()).unwrap_or_default(),
                    &lead.form,
                    one.taken_by_name.as_deref().unwrap_or_default(),
                ])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}

/// Access: managers. Six queries, and one per connection.
async fn show(mut look: Look, Path(number): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let case = leads::by_number(db, &number).await?;
    let ui = clerk.ui;
    let shown = lead_page(clerk, &case);
    let people = if shown.can_end { staff::list(db).await? } else { Vec::new() };
    let managers = people.iter().filter(|one| one.is_manager());
    let choice = |one: &Staff| {
        let selected = case.lead.taken_by.as_ref() == Some(&one.id);
        present::choice(one.id.as_str(), one.name.clone(), selected)
    };
    let of = audit::Filter {
        subject: Some(("lead".to_owned(), number.clone())),
        limit: HISTORY,
        ..audit::Filter::default()
    };
    let history = audit::page(db, &of).await?;
    let entity = leads::entity(&case.lead.id);
    page(&OnePage {
        frame: clerk.frame(Section::Leads),
        managers: managers.map(choice).collect(),
        history: history.rows.iter().map(|entry| entry_event(ui, entry)).collect(),
        deals: crm_pages(clerk, db, &entity).await?,
        deliveries: Asked::new("/staff/deliveries", &[]).href("q", &number),
        page: shown,
    })
}

/// Access: managers. The first one has it.
async fn take(clerk: Clerk, Path(number): Path<String>) -> Answer {
    let manager = clerk.viewer.manager()?;
    let (mut tx, case) = found(&clerk, &number).await?;
    leads::take(&mut tx, clerk.state.dealer(), manager, &case.lead.id).await?;
    settled(&clerk, tx, "lead-take", (&number, json!({}))).await
}

/// Access: managers. It is the `manager`'s from now on.
async fn give(clerk: Clerk, Path(number): Path<String>, form: Form) -> Answer {
    let manager = clerk.viewer.manager()?;
    let to = StaffId::from(form.required("manager")?);
    let (mut tx, case) = found(&clerk, &number).await?;
    leads::give(&mut tx, clerk.state.dealer(), manager, &case.lead.id, &to).await?;
    let name = staff::find(&mut tx, &to).await?.map(|to| to.name).unwrap_or_default();
    settled(&clerk, tx, "lead-give", (&number, json!({ "to": name }))).await
}

/// Access: managers. It is no robot's work.
async fn release(clerk: Clerk, Path(number): Path<String>) -> Answer {
    let manager = clerk.viewer.manager()?;
    let (mut tx, case) = found(&clerk, &number).await?;
    leads::release(&mut tx, clerk.state.dealer(), manager, &case.lead.id).await?;
    settled(&clerk, tx, "lead-release", (&number, json!({}))).await
}

/// Access: managers. It became a deal.
async fn convert(clerk: Clerk, Path(number): Path<String>) -> Answer {
    end(clerk, number, ("lead-convert", State::Converted)).await
}

/// Access: managers. Nothing comes of it.
async fn reject(clerk: Clerk, Path(number): Path<String>) -> Answer {
    end(clerk, number, ("lead-reject", State::Rejected)).await
}

async fn end(clerk: Clerk, number: String, (act, to): (&'static str, State)) -> Answer {
    let manager = clerk.viewer.manager()?;
    let (mut tx, case) = found(&clerk, &number).await?;
    leads::close(&mut tx, clerk.state.dealer(), manager, &case.lead.id, to).await?;
    settled(&clerk, tx, act, (&number, json!({}))).await
}

async fn found(clerk: &Clerk, number: &str) -> Result<(domain::db::Tx, LeadCase), Fault> {
    let mut tx = clerk.begin().await?;
    let case = leads::by_number(&mut tx, number).await?;
    Ok((tx, case))
}

async fn settled(
    clerk: &Clerk,
    tx: domain::db::Tx,
    act: &'static str,
    (number, details): (&str, serde_json::Value),
) -> Answer {
    clerk.done(tx, &Act { act, subject: "lead", subject_id: number, details }).await?;
    Ok(see_other(&format!("{BASE}/{number}")))
}
