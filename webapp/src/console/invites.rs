//! Invites at the console: whom each is for, what became of it, and one that is taken back.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::audit::Act;
use domain::people::{self, Invite, InviteState, InvitesWhich};
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, List, PAGE};
use crate::input::Form;
use crate::reply::{Answer, page, see_other};
use crate::routes::company::{limit, role_word};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, Tone};

const BASE: &str = "/staff/invites";

/// All invites.
#[derive(Template)]
#[template(path = "staff/invites.html")]
pub(crate) struct InvitesPage {
    pub(crate) frame: Frame,
    /// Filters and pages; its rows are `invites`.
    pub(crate) list: List,
    pub(crate) invites: Vec<InviteView>,
}

/// One of them.
pub(crate) struct InviteView {
    pub(crate) id: String,
    /// For whom.
    pub(crate) who: String,
    /// The page of what it opens.
    pub(crate) href: String,
    /// What it opens.
    pub(crate) what: String,
    /// Who made it, and until when it works.
    pub(crate) note: String,
    pub(crate) badge: Badge,
    /// It can still be taken back.
    pub(crate) open: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route(BASE, get(list)).route("/staff/invites/{id}/revoke", post(revoke))
}

/// The filters of the list by their word in the address.
const WHICH: [(&str, InvitesWhich); 2] = [("", InvitesWhich::Waiting), ("all", InvitesWhich::All)];

/// Access: managers. Three queries.
async fn list(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let ui = clerk.ui;
    let filter = asked.filter("state", &WHICH, PAGE);
    let found = people::invites(db, &filter, None).await?;
    let chips = vec![
        ("", ui.s("console-invites-waiting").to_owned()),
        ("all", ui.s("console-all").to_owned()),
    ];
    let list = List::of(ui, &asked, "console-invites").chips(&asked, "state", chips).rows(
        &asked,
        Vec::new(),
        found.next.as_deref(),
    );
    let invites = found.rows.iter().map(|one| view(clerk, one)).collect();
    page(&InvitesPage { frame: clerk.frame(Section::Customers), list, invites })
}

/// The link that bears a token: into the chat, where the bot accepts it.
pub(super) fn link(clerk: &Clerk, token: &str) -> String {
    format!("{}?start=i_{token}", clerk.state.bot_link())
}

pub(super) fn view(clerk: &Clerk, invite: &Invite) -> InviteView {
    let (ui, now) = (clerk.ui, clerk.state.now());
    let state = invite.state(now);
    let role = invite.role.map(|role| role_word(ui, role));
    let bound = invite.order_limit.map(|most| limit(ui, most.as_kopecks()));
    let what = [invite.company_name.clone(), role, bound];
    let what: Vec<String> = what.into_iter().flatten().collect();
    let named = [invite.note.as_str(), invite.customer_name.as_deref().unwrap_or_default()];
    let who = named.into_iter().find(|name| !name.trim().is_empty());
    let until = match invite.used_at {
        Some(at) => ui.with("console-invite-used", "when", ui.when(at)),
        None => ui.with("console-invite-until", "when", ui.when(invite.expires_at)),
    };
    let note = [invite.made_by.clone(), Some(until)];
    InviteView {
        id: invite.id.clone(),
        who: who.unwrap_or(ui.s("console-nameless")).to_owned(),
        href: match (&invite.company_id, &invite.customer_id) {
            (Some(company), _) => format!("/staff/companies/{company}"),
            (None, Some(customer)) => format!("/staff/customers/{customer}"),
            (None, None) => String::new(),
        },
        what: match what.is_empty() {
            true => ui.s("console-invite-own").to_owned(),
            false => what.join(" · "),
        },
        note: note.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        badge: badge(ui, state),
        open: state == InviteState::Open,
    }
}

fn badge(ui: Ui, state: InviteState) -> Badge {
    let (tone, key) = match state {
        InviteState::Open => (Tone::Warning, "console-invite-open"),
        InviteState::Used => (Tone::Ok, "console-invite-done"),
        InviteState::Revoked => (Tone::Plain, "console-invite-revoked"),
        InviteState::Expired => (Tone::Plain, "console-invite-expired"),
    };
    Badge { tone, text: ui.s(key).to_owned() }
}

/// Access: managers. The link opens nothing from now on.
async fn revoke(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    clerk.viewer.manager()?;
    let mut tx = clerk.begin().await?;
    people::revoke_invite(&mut tx, &id, clerk.state.now()).await?;
    let act = Act { act: "invite-revoke", subject: "invite", subject_id: &id, details: json!({}) };
    clerk.done(tx, &act).await?;
    Ok(match form.text("company") {
        Some(company) if company.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            see_other(&format!("/staff/companies/{company}"))
        }
        _ => see_other(BASE),
    })
}
