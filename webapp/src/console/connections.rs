//! The connections: every one that is configured, and how each stands: circuit, access, what was heard and
//! when, what the doctor found and when.

use askama::Template;
use axum::Router;
use axum::routing::get;
use chrono::{DateTime, Utc};
use domain::connection_settings;
use domain::credentials::{self, Standing};
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
    /// Since when; empty where there is nothing.
    pub(crate) since: String,
    /// Its deliveries.
    pub(crate) href: String,
    /// Its mapping; empty for whoever may not change it.
    pub(crate) mapping: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/staff/connections", get(list))
}

/// Access: managers. Eight queries, each of a row per connection or of what is undelivered.
async fn list(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let now = clerk.state.now();
    let busy = outbox::connections(db, now).await?;
    let circuits = outbox::circuits(db).await?;
    let watches = watch::all(db).await?;
    let tokens = credentials::standings(db).await?;
    let seen = connection_settings::all_seen(db).await?;
    let configured = clerk.state.connections();
    let known = |name: &str| configured.iter().any(|one| one.name == name);
    // What the configuration no longer names may still have a queue.
    let left: Vec<Connected> = busy
        .iter()
        .filter(|one| !known(&one.name))
        .map(|one| Connected { name: one.name.clone(), ..Connected::default() })
        .collect();
    let of = |one: &Connected| {
        let queue = busy.iter().find(|queue| queue.name == one.name);
        let circuit = circuits.iter().find(|circuit| circuit.name == one.name);
        let watch = watches.iter().find(|watch| watch.connection == one.name);
        let token = tokens.iter().find(|token| token.connection == one.name);
        let seen_at = seen.iter().find(|(name, _)| *name == one.name).map(|(_, at)| *at);
        let known = Known { queue, circuit, watch, token, seen_at };
        let mut view = view(clerk.ui, one, &known, now);
        if !one.kind.is_empty() && clerk.viewer.administrator().is_ok() {
            view.mapping = format!("/staff/connections/{}/mapping", one.name);
        }
        view
    };
    let connections = configured.iter().chain(&left).map(of).collect();
    page(&ConnectionsPage { frame: clerk.frame(Section::Connections), connections })
}

/// What the database knows of a connection.
struct Known<'a> {
    queue: Option<&'a Connection>,
    circuit: Option<&'a Circuit>,
    watch: Option<&'a Watch>,
    token: Option<&'a Standing>,
    seen_at: Option<DateTime<Utc>>,
}

fn view(ui: Ui, one: &Connected, known: &Known<'_>, now: DateTime<Utc>) -> ConnectionView {
    let Known { queue, circuit, watch, .. } = *known;
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
    let heard_of = watch.and_then(|watch| watch.subscription.as_deref());
    let heard_of = heard_of.map(|word| ui.s(subscription_key(word)));
    let seen = known.seen_at.map(|at| ui.when(at));
    let rows = [
        fact("console-connection-kind", Some(one.kind)),
        fact("console-connection-takes", Some(&takes.join(", "))),
        fact("console-connection-why", reason),
        fact("console-connection-until", until.as_deref()),
        fact("console-connection-open", open.map(|count| count.to_string()).as_deref()),
        fact("console-connection-age", age.as_deref()),
        fact("console-connection-dead", dead.map(|count| count.to_string()).as_deref()),
        fact("console-connection-subscription", heard_of),
        fact("console-connection-heard", heard.as_deref()),
        fact("console-connection-polled", polled.as_deref()),
        fact("console-connection-silent", silent.as_deref()),
        fact("console-connection-seen", seen.as_deref()),
    ];
    let rows = rows.into_iter().chain(access(ui, one, known.token));
    ConnectionView {
        name: present::connection_name(ui, &one.name),
        badge: badge(ui, queue, !defects.is_empty(), silent.is_some()),
        facts: rows.flatten().collect(),
        since: circuit.and_then(|one| one.defects_since).map(|at| ui.when(at)).unwrap_or_default(),
        defects,
        href: format!("/staff/deliveries?connection={}", one.name),
        mapping: String::new(),
    }
}

/// How we get in, until when, and how often we may call.
fn access(ui: Ui, one: &Connected, token: Option<&Standing>) -> Vec<Option<Fact>> {
    let way = (!one.way.is_empty()).then(|| ui.s(way_key(one.way)));
    let refreshed = token.map(|token| ui.when(token.refreshed_at));
    let until = token.map(|token| token.expires_at).filter(|_| one.way == "consent");
    let until = until.or(one.token_until).map(|at| ui.when(at));
    let broken = token
        .and_then(|token| token.broken.as_ref())
        .map(|_| ui.s("console-connection-broken-yes"));
    let rate = (one.rate > 0).then(|| one.rate.to_string());
    vec![
        present::fact(ui, "console-connection-way", way),
        present::fact(ui, "console-connection-refreshed", refreshed.as_deref()),
        present::fact(ui, "console-connection-token", until.as_deref()),
        present::fact(ui, "console-connection-broken", broken),
        present::fact(ui, "console-connection-rate", rate.as_deref()),
    ]
}

fn way_key(way: &str) -> &'static str {
    match way {
        "webhook" => "console-way-webhook",
        "token" => "console-way-token",
        _ => "console-way-consent",
    }
}

fn subscription_key(word: &str) -> &'static str {
    match word {
        "good" => "console-subscription-good",
        "absent" => "console-subscription-absent",
        "disabled" => "console-subscription-disabled",
        _ => "console-subscription-refused",
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
