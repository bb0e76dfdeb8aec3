//! Companies at the console: all of them, and one with its people, machines and orders.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use chrono::TimeDelta;
use domain::audit::Act;
use domain::csv_text::line;
use domain::db::{Executor, Tx};
use domain::ids::CompanyId;
use domain::paging::Filter;
use domain::people::{
    self, Inviter, ListedCompany, Member, MemberRole, MembershipState, NewInvite,
};
use domain::text::{Phone, clean};
use domain::{Error, machines, orders};
use serde_json::{Value, json};

use crate::console::audit::ListPage;
use crate::console::clerk::{Clerk, Look};
use crate::console::csv;
use crate::console::customers::INVITE_DAYS;
use crate::console::frame::{Frame, Section, at_console};
use crate::console::invites::{self, InviteView};
use crate::console::list::{Asked, Cell, List, PAGE, Row};
use crate::input::Form;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::routes::company::{role_word, typed_role};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, CaseCell, Choice, Fact, MachineCell, Tone};

const BASE: &str = "/staff/companies";
/// Machines, orders and invites that a company's page shows; the lists have the rest.
const SHOWN: i64 = 20;
/// The longest note of an invite, in characters.
const NOTE_LIMIT: usize = 120;

/// One company.
#[derive(Template)]
#[template(path = "staff/company.html")]
pub(crate) struct OnePage {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) members: Vec<MemberView>,
    pub(crate) machines: Vec<MachineCell>,
    /// More machines than are shown.
    pub(crate) more_machines: bool,
    pub(crate) orders: Vec<CaseCell>,
    pub(crate) invites: Vec<InviteView>,
    pub(crate) roles: Vec<Choice>,
    /// The link that was just made; it is shown once.
    pub(crate) invite: String,
}

/// Somebody of the company.
pub(crate) struct MemberView {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) role: String,
    pub(crate) roles: Vec<Choice>,
    /// Says that the membership does not count; none where it does.
    pub(crate) badge: Option<Badge>,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list))
        .route("/staff/companies/export", get(export))
        .route("/staff/companies/{id}", get(show))
        .route("/staff/companies/{id}/invite", post(invite))
        .route("/staff/companies/{id}/members/{member}/role", post(role))
        .route("/staff/companies/{id}/members/{member}/remove", post(remove))
}

fn filter(asked: &Asked, limit: i64) -> Filter<()> {
    Filter { which: (), words: asked.owned("q"), before: asked.before(), limit }
}

/// Access: managers. Three queries, and what changed names ask.
async fn list(mut look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    if asked.get("q").is_some() {
        people::catch_up_briefly(look.state.db()).await?;
    }
    let (clerk, db) = look.parts();
    let ui = clerk.ui;
    let found = people::companies_page(db, &filter(&asked, PAGE)).await?;
    let heads = ["console-company", "app-checkout-inn", "console-members#", "console-machines#"];
    let list = List::of(ui, &asked, "console-companies")
        .search(ui, &asked, "q", "console-companies-search")
        .heads(ui, &[&heads[..], &["console-known#"]].concat())
        .rows(&asked, found.rows.iter().map(|one| row(ui, one)).collect(), found.next.as_deref())
        .export(&asked, "/staff/companies/export");
    let title = ui.s("console-nav-companies").to_owned();
    page(&ListPage { frame: clerk.frame(Section::Companies), title, lead: String::new(), list })
}

fn row(ui: Ui, listed: &ListedCompany) -> Row {
    let company = &listed.company;
    Row {
        href: format!("{BASE}/{}", company.id),
        cells: vec![
            Cell::text(&company.name),
            Cell::text(company.inn.as_ref().map(|inn| inn.as_str()).unwrap_or_default()),
            Cell::number(listed.members.to_string()),
            Cell::number(listed.machines.to_string()),
            Cell::number(ui.when(listed.created_at)),
        ],
    }
}

/// Access: managers.
async fn export(look: Look, asked: Asked) -> Answer {
    look.viewer.manager()?;
    let clerk = look.into_clerk();
    people::catch_up_briefly(clerk.state.db()).await?;
    let (state, ui) = (clerk.state.clone(), clerk.ui);
    let heads = [
        "console-company",
        "app-checkout-inn",
        "console-members",
        "console-machines",
        "console-known",
    ];
    let first = filter(&asked, csv::PIECE);
    Ok(csv::answer("companies.csv", &heads.map(|key| ui.s(key)), move |at| {
        let (state, mut filter) = (state.clone(), first.clone());
        async move {
            filter.before = at;
            let mut db = state.db().read().await?;
            let found = people::companies_page(&mut db, &filter).await?;
            let zone = state.dealer().zone;
            let lines = found.rows.iter().map(|one| {
                line([
                    &one.company.name,
                    one.company.inn.as_ref().map(|inn| inn.as_str()).unwrap_or_default(),
                    &one.members.to_string(),
                    &one.machines.to_string(),
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
    one(clerk, db, CompanyId::from(id), String::new()).await
}

async fn one(clerk: &Clerk, db: &mut impl Executor, id: CompanyId, invite: String) -> Answer {
    let company = people::company(db, &id).await?.ok_or(Error::NotFound)?;
    let members = people::members(db, &id).await?;
    let park = machines::of_company(db, &id, SHOWN).await?;
    let orders = orders::of_company(db, &id, SHOWN).await?;
    let asked = Filter { limit: SHOWN, ..Filter::default() };
    let invites = people::invites(db, &asked, Some(&id)).await?;
    let (ui, eye) = (clerk.ui, Eye::of(clerk));
    let inn = company.inn.as_ref().map(|inn| inn.as_str());
    let facts =
        [present::fact(ui, "app-checkout-inn", inn).map(|fact| Fact { mono: true, ..fact })];
    let machine = |cell: MachineCell| MachineCell { href: at_console(&cell.href), ..cell };
    let case = |cell: CaseCell| CaseCell { href: at_console(&cell.href), ..cell };
    page(&OnePage {
        frame: clerk.frame(Section::Companies),
        id: id.to_string(),
        name: company.name,
        facts: facts.into_iter().flatten().collect(),
        members: members.iter().map(|one| member(ui, one)).collect(),
        machines: park.rows.iter().map(|one| machine(present::machine_cell(&eye, one))).collect(),
        more_machines: park.next.is_some(),
        orders: orders.iter().map(|one| case(present::open_order_cell(&eye, one))).collect(),
        invites: invites.rows.iter().map(|one| invites::view(clerk, one)).collect(),
        roles: roles(ui, Some(MemberRole::Mechanic)),
        invite,
    })
}

fn member(ui: Ui, one: &Member) -> MemberView {
    let badge = match one.state {
        MembershipState::Active => None,
        MembershipState::Pending => Some((Tone::Warning, "console-member-pending")),
        MembershipState::Refused => Some((Tone::Plain, "console-member-refused")),
    };
    MemberView {
        id: one.id.clone(),
        href: format!("/staff/customers/{}", one.customer_id),
        name: match one.name.trim() {
            "" => ui.s("console-nameless").to_owned(),
            name => name.to_owned(),
        },
        phone: one.phone.as_ref().map(Phone::shown).unwrap_or_default(),
        role: role_word(ui, one.role),
        roles: roles(ui, Some(one.role)),
        badge: badge.map(|(tone, key)| Badge { tone, text: ui.s(key).to_owned() }),
    }
}

fn roles(ui: Ui, now: Option<MemberRole>) -> Vec<Choice> {
    let choice =
        |role| present::choice(MemberRole::as_str(role), role_word(ui, role), now == Some(role));
    MemberRole::ALL.map(choice).into()
}

/// Access: managers. A one-time link into the company, as `role`, for whom `note` names.
async fn invite(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    let manager = clerk.viewer.manager()?;
    let (id, role) = (CompanyId::from(id), typed_role(&form)?);
    let note = form.required("note")?;
    let note = clean(note, NOTE_LIMIT).ok_or(Error::invalid("note", "error-too-long"))?;
    let mut tx = clerk.begin().await?;
    people::company(&mut tx, &id).await?.ok_or(Error::NotFound)?;
    let now = clerk.state.now();
    let by = Inviter::Staff(&manager.id);
    let new = NewInvite { company: &id, role, order_limit: None, note: &note, by };
    let until = now + TimeDelta::days(INVITE_DAYS);
    let token = people::invite_member(&mut tx, &new, until, now).await?;
    let details = json!({ "role": role.as_str(), "to": note, "days": INVITE_DAYS });
    done(&clerk, tx, "company-invite", (&id, details)).await?;
    let link = invites::link(&clerk, &token);
    let mut db = clerk.state.db().read().await.map_err(Error::from)?;
    one(&clerk, &mut db, id, link).await
}

/// Access: managers. An active member is `role` from now on.
async fn role(clerk: Clerk, Path((id, member)): Path<(String, String)>, form: Form) -> Answer {
    clerk.viewer.manager()?;
    let (id, role) = (CompanyId::from(id), typed_role(&form)?);
    let mut tx = clerk.begin().await?;
    let who = people::set_member_role(&mut tx, &id, &member, role).await?;
    let details = json!({ "role": role.as_str(), "customer": who });
    done(&clerk, tx, "member-role", (&id, details)).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}

/// Access: managers. An active member belongs to it no more.
async fn remove(clerk: Clerk, Path((id, member)): Path<(String, String)>) -> Answer {
    clerk.viewer.manager()?;
    let id = CompanyId::from(id);
    let mut tx = clerk.begin().await?;
    let who = people::remove_member(&mut tx, &id, &member).await?;
    done(&clerk, tx, "member-remove", (&id, json!({ "customer": who }))).await?;
    Ok(see_other(&format!("{BASE}/{id}")))
}

async fn done(
    clerk: &Clerk,
    tx: Tx,
    act: &'static str,
    (id, details): (&CompanyId, Value),
) -> Result<(), crate::fault::Fault> {
    clerk.done(tx, &Act { act, subject: "company", subject_id: id.as_str(), details }).await
}
