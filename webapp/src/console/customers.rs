//! Customers at the console: all of them, and one with what is theirs.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::audit::Act;
use domain::csv_text::line;
use domain::db::Executor;
use domain::ids::CustomerId;
use domain::people::{self, Customer, Listed, Which};
use domain::text::Phone;
use domain::{Error, machines, orders, requests};
use serde_json::json;

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::frame::{Frame, Section, at_console};
use crate::console::invites;
use crate::console::list::{Asked, Cell, List, PAGE, Row, Tab};
use crate::present::{self, Eye};
use crate::reply::{Answer, page};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, CaseCell, Fact, Link, MachineCell, Tone};

const BASE: &str = "/staff/customers";
/// An invite made here lives so many days.
pub(super) const INVITE_DAYS: i64 = 7;

/// One customer.
#[derive(Template)]
#[template(path = "staff/customer.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) badge: Badge,
    pub(crate) facts: Vec<Fact>,
    pub(crate) companies: Vec<Link>,
    pub(crate) machines: Vec<MachineCell>,
    pub(crate) orders: Vec<CaseCell>,
    pub(crate) requests: Vec<CaseCell>,
    /// The bot has not met them: a link may be made that joins them to what is theirs.
    pub(crate) can_invite: bool,
    /// The link that was just made; it is shown once.
    pub(crate) invite: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/customers/export", get(export))
        .route("/staff/customers/{id}", get(show))
        .route("/staff/customers/{id}/invite", post(invite))
}

/// The filters of the list by their word in the address; no word is all.
const REACH: [(&str, Which); 3] =
    [("", Which::All), ("unmet", Which::Unmet), ("unreachable", Which::Unreachable)];

/// Access: managers. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    if asked.get("q").is_some() {
        people::catch_up_briefly(look.state.db()).await?;
    }
    let (clerk, db) = look.parts();
    let ui = clerk.ui;
    let found = people::page(db, &asked.filter("reach", &REACH, PAGE)).await?;
    let chip = |(word, which): &(&'static str, Which)| {
        let key = match which {
            Which::All => "console-all",
            Which::Unmet => "console-customers-unmet",
            Which::Unreachable => "console-customers-unreachable",
        };
        (*word, ui.s(key).to_owned())
    };
    let heads = ["console-customer", "app-request-phone", "console-reach", "console-known#"];
    let list = List::of(ui, &asked, "console-customers")
        .search(ui, &asked, "q", "console-customers-search")
        .chips(&asked, "reach", REACH.iter().map(chip).collect())
        .heads(ui, &heads)
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/customers/export")
        .views(views(ui));
    let title = ui.s("console-nav-customers").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Customers), title, lead: String::new(), list })
}

/// The customers, and the invites of those who are not here yet.
fn views(ui: Ui) -> Vec<Tab> {
    vec![
        Tab::to(ui, BASE, "console-nav-customers", true),
        Tab::to(ui, "/staff/invites", "console-nav-invites", false),
    ]
}

fn row(ui: Ui, listed: &Listed) -> Row {
    let customer = &listed.customer;
    Row {
        href: format!("{BASE}/{}", customer.id),
        cells: vec![
            Cell::text(name(ui, customer)).note(listed.company.as_deref().unwrap_or_default()),
            Cell::text(phone(customer)),
            Cell::badge(reach(ui, customer)),
            Cell::number(ui.when(listed.created_at)),
        ],
    }
}

/// Somebody of whom only a phone is known has no name yet.
fn name(ui: Ui, customer: &Customer) -> String {
    match customer.name.trim() {
        "" => ui.s("console-nameless").to_owned(),
        name => name.to_owned(),
    }
}

fn phone(customer: &Customer) -> String {
    customer.phone.as_ref().map(Phone::shown).unwrap_or_default()
}

fn reach(ui: Ui, customer: &Customer) -> Badge {
    let (tone, key) = match (customer.telegram_id, customer.reachable) {
        (None, _) => (Tone::Plain, "console-reach-unmet"),
        (Some(_), false) => (Tone::Warning, "console-reach-unreachable"),
        (Some(_), true) => (Tone::Ok, "console-reach-met"),
    };
    Badge { tone, text: ui.s(key).to_owned() }
}

/// Access: managers.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    let clerk = look.into_clerk();
    people::catch_up_briefly(clerk.state.db()).await?;
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-customer",
        "app-request-phone",
        "console-email",
        "console-company",
        "console-reach",
        "console-known",
    ];
    let first = asked.filter("reach", &REACH, csv::PIECE);
    Ok(csv::answer("customers.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = people::page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let lines = found.rows.iter().map(|one| {
                let customer = &one.customer;
                line([
                    &name(ui, customer),
                    &phone(customer),
                    customer.email.as_deref().unwrap_or_default(),
                    one.company.as_deref().unwrap_or_default(),
                    &reach(ui, customer).text,
                    &one.created_at.with_timezone(&zone).format("%F %T").to_string(),
                ])
            });
            Ok((lines.collect(), found.next))
        }
    }))
}

/// Access: managers. Seven queries.
async fn show(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    one(clerk, db, CustomerId::from(id), String::new()).await
}

async fn one(clerk: &Clerk, db: &mut impl Executor, id: CustomerId, invite: String) -> Answer {
    let customer = people::find(db, &id).await?.ok_or(Error::NotFound)?;
    let companies = people::companies_of(db, &id).await?;
    let park = machines::park(db, &id).await?;
    let orders = orders::list(db, &id).await?;
    let requests = requests::list(db, &id).await?;
    let (ui, eye) = (clerk.ui, Eye::of(clerk));
    let companies = companies.iter().map(|(id, name, inn)| Link {
        href: format!("/staff/companies/{id}"),
        title: match inn {
            Some(inn) => ui.f(
                "console-company-inn",
                &[("name", name.as_str().into()), ("inn", inn.as_str().into())],
            ),
            None => name.clone(),
        },
    });
    let mono = |fact: Fact| Fact { mono: true, ..fact };
    let facts = [
        present::fact(ui, "app-request-phone", Some(&phone(&customer))).map(mono),
        present::fact(ui, "console-email", customer.email.as_deref()).map(mono),
    ];
    let said = |fact: &Fact| !fact.value.is_empty();
    let case = |cell: CaseCell| CaseCell { href: at_console(&cell.href), ..cell };
    let machine = |cell: MachineCell| MachineCell { href: at_console(&cell.href), ..cell };
    page(&OnePage {
        frame: clerk.frame(Section::Customers),
        id: id.to_string(),
        name: name(ui, &customer),
        badge: reach(ui, &customer),
        facts: facts.into_iter().flatten().filter(said).collect(),
        companies: companies.collect(),
        machines: park.iter().map(|one| machine(present::machine_cell(&eye, one))).collect(),
        orders: orders.iter().map(|one| case(present::order_cell(&eye, one))).collect(),
        requests: requests.iter().map(|one| case(present::request_cell(&eye, one))).collect(),
        can_invite: customer.telegram_id.is_none(),
        invite,
    })
}

/// Access: managers. A one-time link for somebody whom the bot has not met.
async fn invite(clerk: Clerk, Path(id): Path<String>) -> Answer {
    clerk.viewer.manager()?;
    let id = CustomerId::from(id);
    let mut tx = clerk.begin().await?;
    let customer = people::find(&mut tx, &id).await?.ok_or(Error::NotFound)?;
    if customer.telegram_id.is_some() {
        return Err(Error::Conflict("state").into());
    }
    let token = people::invite(&mut tx, &id, INVITE_DAYS, clerk.state.now()).await?;
    let details = json!({ "days": INVITE_DAYS });
    let subject_id = id.as_str();
    clerk
        .done(tx, &Act { act: "customer-invite", subject: "customer", subject_id, details })
        .await?;
    let link = invites::link(&clerk, &token);
    let mut db = clerk.state.db().read().await.map_err(Error::from)?;
    one(&clerk, &mut db, id, link).await
}
