//! The connections: every one that is configured, and how each stands.

use askama::Template;
use axum::Router;
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::outbox::{self, Circuit, CircuitState, Connection};
use domain::watch::{self, Watch};

use crate::console::clerk::Look;
use crate::console::frame::{Frame, Section};
use crate::present;
use crate::reply::{Answer, page};
use crate::state::{AppState, Connected};
use crate::ui::Ui;
use crate::views::parts::{Badge, Fact, Tone};

/// Every connection.
#[derive(Template)]
#[template(path = "staff/connections.html")]
pub(crate) struct ConnectionsPage {
    pub(crate) frame: Frame,
    pub(crate) connections: Vec<ConnectionView>,
}

/// One connection.
pub(crate) struct ConnectionView {
    pub(crate) name: String,
    pub(crate) badge: Badge,
    pub(crate) facts: Vec<Fact>,
    /// What the configuration names and the account lacks.
    pub(crate) defects: Vec<String>,
    /// Its deliveries.
    pub(crate) href: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff/connections", get(list))
}

/// Access: managers. Six queries, each of a row per connection or of what is undelivered.
async fn list(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let now = clerk.state.now();
    let busy = outbox::connections(db, now).await?;
    let circuits = outbox::circuits(db).await?;
    let watches = watch::all(db).await?;
    let configured = clerk.state.connections();
    let known = |name: &str| configured.iter().any(|one| one.name == name);
    // What the configuration no longer names may still have a queue.
    let left: Vec<Connected> = busy
        .iter()
        .filter(|one| !known(&one.name))
        .map(|one| Connected {
            name: one.name.clone(),
            kind: "",
            takes: Vec::new(),
            site: String::new(),
        })
        .collect();
    let of = |one: &Connected| {
        let queue = busy.iter().find(|queue| queue.name == one.name);
        let circuit = circuits.iter().find(|circuit| circuit.name == one.name);
        let watch = watches.iter().find(|watch| watch.connection == one.name);
        view(clerk.ui, one, (queue, circuit, watch), now)
    };
    let connections = configured.iter().chain(&left).map(of).collect();
    page(&ConnectionsPage { frame: clerk.frame(Section::Connections), connections })
}

type Known<'a> = (Option<&'a Connection>, Option<&'a Circuit>, Option<&'a Watch>);

fn view(ui: Ui, one: &Connected, known: Known<'_>, now: DateTime<Utc>) -> ConnectionView {
    let (queue, circuit, watch) = known;
    let defects: Vec<String> = circuit
        .map(|circuit| circuit.defects.0.iter().map(|it| it.words(ui.texts().lang())).collect())
        .unwrap_or_default();
    let reason = circuit.and_then(|circuit| circuit.reason.as_deref());
    let takes: Vec<&str> = one.takes.iter().map(|what| ui.s(takes_key(what))).collect();
    let open = queue.map(|queue| queue.open).filter(|open| *open > 0);
    let dead = queue.map(|queue| queue.dead).filter(|dead| *dead > 0);
    let age = queue.and_then(|queue| queue.age(now)).map(|age| ui.span(age));
    let until = queue.and_then(|queue| queue.until).map(|until| ui.when(until));
    let heard = watch.and_then(|watch| watch.heard_at).map(|at| ui.when(at));
    let polled = watch.and_then(|watch| watch.polled_at).map(|at| ui.when(at));
    let silent = watch.and_then(|watch| watch.silent_since).map(|at| ui.when(at));
    let fact = |key, value: Option<&str>| present::fact(ui, key, value);
    let rows = [
        fact("console-connection-kind", Some(one.kind)),
        fact("console-connection-takes", Some(&takes.join(", "))),
        fact("console-connection-why", reason),
        fact("console-connection-until", until.as_deref()),
        fact("console-connection-open", open.map(|count| count.to_string()).as_deref()),
        fact("console-connection-age", age.as_deref()),
        fact("console-connection-dead", dead.map(|count| count.to_string()).as_deref()),
        fact("console-connection-heard", heard.as_deref()),
        fact("console-connection-polled", polled.as_deref()),
        fact("console-connection-silent", silent.as_deref()),
    ];
    ConnectionView {
        name: present::connection_name(ui, &one.name),
        badge: badge(ui, queue, !defects.is_empty(), silent.is_some()),
        facts: rows.into_iter().flatten().collect(),
        defects,
        href: format!("/staff/deliveries?connection={}", one.name),
    }
}

fn takes_key(what: &str) -> &'static str {
    match what {
        "leads" => "console-takes-leads",
        "orders" => "console-takes-orders",
        "requests" => "console-takes-requests",
        _ => "console-takes-reminders",
    }
}

fn badge(ui: Ui, queue: Option<&Connection>, unfit: bool, silent: bool) -> Badge {
    let standing = queue.map_or(CircuitState::Closed, |queue| queue.standing);
    let (tone, key) = match standing {
        CircuitState::Open => (Tone::Danger, "app-connection-stopped"),
        CircuitState::HalfOpen => (Tone::Warning, "app-connection-probed"),
        CircuitState::Closed if unfit => (Tone::Warning, "console-connection-unfit"),
        CircuitState::Closed if silent => (Tone::Warning, "console-connection-deaf"),
        CircuitState::Closed => (Tone::Ok, "app-connection-goes"),
    };
    Badge { tone, text: ui.s(key).to_owned() }
}
