//! Deliveries, events and connections as people see them.

use std::borrow::Cow;

use domain::checkups::Defect;
use domain::outbox::{
    self, Act, ActKind, Attempt, Circuit, CircuitState, Connection, Exchange, Inspected, Listed,
    State,
};
use domain::plan::{Plan, Step};

use crate::present::{fact, word};
use crate::ui::Ui;
use crate::views::deliveries::{Call, DeskCell, PlanField, PlanStep, Try};
use crate::views::parts::{Badge, Event, Fact, Tone};

/// The most of a body that a page shows, in characters; the command shows it whole.
const BODY: usize = 32_000;

/// A connection as people call it.
pub(crate) fn connection_name(ui: Ui, name: &str) -> String {
    match name {
        outbox::TELEGRAM => "Telegram".to_owned(),
        outbox::MAIL => ui.s("app-desk-mail").to_owned(),
        other => other.to_owned(),
    }
}

/// What a delivery is about: «сделка по заказу ORD-2026-000123».
pub(crate) fn delivery_title(ui: Ui, listed: &Listed) -> String {
    let what = word(ui, "app-delivery-", &listed.delivery.kind);
    let mut letters = what.chars();
    let what: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => what,
    };
    match &listed.subject {
        Some(number) => format!("{what} {number}"),
        None => what,
    }
}

/// A delivery's state in a word or two.
pub(crate) fn delivery_badge(ui: Ui, state: State) -> Badge {
    let tone = match state {
        State::Delivered => Tone::Ok,
        State::Queued | State::Running => Tone::Plain,
        State::Waiting | State::Unknown => Tone::Warning,
        State::Dead => Tone::Danger,
    };
    Badge { tone, text: word(ui, "state-delivery-", state.as_str()) }
}

/// A delivery of a list: where to, how it stands, since when, why.
pub(crate) fn delivery_cell(ui: Ui, listed: &Listed) -> DeskCell {
    let delivery = &listed.delivery;
    let badge = delivery_badge(ui, delivery.state);
    let since = ui.when(delivery.created_at);
    let open = delivery.state != State::Delivered;
    let error = delivery.last_error.as_deref().filter(|_| open).map(short);
    let said = [connection_name(ui, &delivery.connection), badge.text, since];
    let said: Vec<Cow<'_, str>> = said.into_iter().map(Cow::Owned).chain(error).collect();
    DeskCell {
        href: format!("/app/desk/deliveries/{}", delivery.id),
        title: delivery_title(ui, listed),
        note: said.join(" · "),
        tone: badge.tone,
        value: String::new(),
    }
}

/// A connection with what waits for it; a stopped one says since when, why and what comes next.
pub(crate) fn connection_cell(ui: Ui, connection: &Connection) -> DeskCell {
    let (tone, state) = match connection.standing {
        CircuitState::Closed if connection.dead > 0 => (Tone::Warning, "app-connection-goes"),
        CircuitState::Closed => (Tone::Ok, "app-connection-goes"),
        CircuitState::HalfOpen => (Tone::Warning, "app-connection-probed"),
        CircuitState::Open => (Tone::Danger, "app-connection-stopped"),
    };
    let mut said = vec![ui.s(state).to_owned()];
    if let Some(since) = connection.since {
        said[0] = format!("{}, {}", said[0], ui.when(since));
    }
    said.extend(connection.reason.as_deref().map(|why| whole(why).into_owned()));
    if let Some(until) = connection.until {
        let key = match connection.standing {
            CircuitState::Closed => "app-connection-rests",
            _ => "app-connection-next",
        };
        said.push(ui.with(key, "time", ui.when(until)));
    }
    if let Some(oldest) = connection.oldest {
        said.push(ui.with("app-connection-oldest", "since", ui.when(oldest)));
    }
    if connection.dead > 0 {
        said.push(ui.count("app-connection-dead", connection.dead));
    }
    let waits = if connection.open > 0 {
        ui.count("app-connection-waits", connection.open)
    } else {
        String::new()
    };
    DeskCell {
        href: format!("/app/desk/deliveries?connection={}", connection.name),
        title: connection_name(ui, &connection.name),
        note: said.join(" · "),
        tone,
        value: waits,
    }
}

/// A stopped connection among the troubles of the desk.
pub(crate) fn stopped_cell(ui: Ui, circuit: &Circuit) -> Option<DeskCell> {
    let reason = circuit.reason.as_deref()?;
    let since = circuit.opened_at.map(|at| ui.when(at));
    let said: Vec<Cow<'_, str>> =
        since.map(Cow::Owned).into_iter().chain([whole(reason)]).collect();
    let name = connection_name(ui, &circuit.name);
    Some(DeskCell {
        href: format!("/app/desk/deliveries?connection={}", circuit.name),
        title: ui.with("app-desk-paused", "connection", name),
        note: said.join(" · "),
        tone: Tone::Danger,
        value: String::new(),
    })
}

/// A consent that came to nothing, among the troubles of the desk.
pub(crate) fn consent_cell(ui: Ui, circuit: &Circuit) -> Option<DeskCell> {
    let (why, at) = (circuit.consent_fault.as_deref()?, circuit.consent_failed_at?);
    let name = connection_name(ui, &circuit.name);
    Some(DeskCell {
        href: format!("/app/desk/deliveries?connection={}", circuit.name),
        title: ui.with("app-desk-consent", "connection", name),
        note: format!("{} · {}", ui.when(at), whole(why)),
        tone: Tone::Danger,
        value: String::new(),
    })
}

/// What a connection's account lacks, among the troubles of the desk.
pub(crate) fn mapping_cells(ui: Ui, circuit: &Circuit) -> Vec<DeskCell> {
    let name = connection_name(ui, &circuit.name);
    let cell = |defect: &Defect| DeskCell {
        href: format!("/app/desk/deliveries?connection={}", circuit.name),
        title: ui.with("app-desk-mapping", "connection", &name),
        note: defect.words(ui.texts().lang()),
        tone: Tone::Warning,
        value: String::new(),
    };
    circuit.defects.0.iter().map(cell).collect()
}

/// The facts of a delivery.
pub(crate) fn delivery_facts(ui: Ui, shown: &Inspected) -> Vec<Fact> {
    let Listed { delivery, .. } = &shown.listed;
    let waits = matches!(delivery.state, State::Queued | State::Waiting | State::Unknown);
    let next = waits.then(|| ui.when(delivery.run_at));
    let tries = (delivery.attempts > 0).then(|| delivery.attempts.to_string());
    let unknown = delivery.outcome_unknown.then(|| ui.s("app-delivery-unknown"));
    let rows = [
        fact(ui, "app-delivery-to", Some(&connection_name(ui, &delivery.connection))),
        fact(ui, "app-delivery-promised", Some(&ui.when(delivery.created_at))),
        fact(ui, "app-delivery-changed", Some(&ui.when(delivery.updated_at))),
        fact(ui, "app-delivery-next", next.as_deref()),
        fact(ui, "app-delivery-tries", tries.as_deref()),
        fact(ui, "app-delivery-outcome", unknown),
        fact(ui, "app-delivery-entity", Some(&delivery.entity)).map(mono),
        fact(ui, "app-delivery-id", Some(delivery.id.as_str())).map(mono),
    ];
    rows.into_iter().flatten().collect()
}

/// A code: in a monospace face, copied by a tap.
pub(crate) fn mono(fact: Fact) -> Fact {
    Fact { mono: true, ..fact }
}

/// The tries of a delivery with their calls, the last first: it is the one that is looked for.
pub(crate) fn tries(ui: Ui, shown: &Inspected) -> Vec<Try> {
    let of = |attempt: &Attempt| {
        let calls = shown.exchanges.iter().filter(|call| call.attempt == attempt.number);
        let state = attempt.outcome.as_deref().and_then(State::parse);
        let badge = state.map(|state| delivery_badge(ui, state));
        let outcome = badge.as_ref().map_or(ui.s("app-try-open"), |badge| badge.text.as_str());
        let said = [Some(outcome), attempt.detail.as_deref()];
        Try {
            title: ui.f(
                "app-try",
                &[("number", attempt.number.into()), ("time", ui.when(attempt.started_at).into())],
            ),
            note: said.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            tone: badge.map_or(Tone::Warning, |badge| badge.tone),
            calls: calls.map(|call| self::call(ui, call)).collect(),
        }
    };
    shown.attempts.iter().rev().map(of).collect()
}

fn call(ui: Ui, call: &Exchange) -> Call {
    let well = call.status.is_some_and(|status| status < 400);
    let took = call.finished_at.map(|at| (at - call.started_at).num_milliseconds());
    let status = call.status.map(|status| status.to_string());
    let status = status.unwrap_or_else(|| match call.response {
        Some(_) => String::new(),
        None => ui.s("app-call-no-answer").to_owned(),
    });
    let took = took.map(|millis| ui.count("app-call-took", millis)).unwrap_or_default();
    let said: Vec<&str> =
        [status.as_str(), took.as_str()].into_iter().filter(|words| !words.is_empty()).collect();
    Call {
        title: format!("{} {}", call.method, path(&call.url)),
        url: call.url.clone(),
        note: said.join(" · "),
        tone: if well || call.status.is_none() && call.response.is_some() {
            Tone::Plain
        } else {
            Tone::Warning
        },
        request: cut(ui, &call.request),
        response: cut(ui, call.response.as_deref().unwrap_or_default()),
        dropped: call.pruned_at.is_some(),
    }
}

/// The path of an address: the host is the same in every call of a connection.
fn path(url: &str) -> &str {
    let Some((_, after)) = url.split_once("://") else { return url };
    let path = after.find('/').map_or(after, |at| &after[at..]);
    path.split('?').next().unwrap_or(path)
}

/// A body as far as a page shows it.
pub(crate) fn cut(ui: Ui, body: &str) -> String {
    match body.char_indices().nth(BODY) {
        Some((end, _)) => format!("{}\n{}", &body[..end], ui.s("app-body-cut")),
        None => body.to_owned(),
    }
}

/// The first line or so of a long reason.
pub(crate) fn short(words: &str) -> Cow<'_, str> {
    shortened(words, 160)
}

/// Why a connection is stopped: what to do about it stands at the end of it.
fn whole(words: &str) -> Cow<'_, str> {
    shortened(words, 500)
}

fn shortened(words: &str, at: usize) -> Cow<'_, str> {
    match words.char_indices().nth(at) {
        Some((end, _)) => Cow::Owned(format!("{}…", words[..end].trim_end())),
        None => Cow::Borrowed(words),
    }
}

/// What people did.
pub(crate) fn acts(ui: Ui, acts: &[Act]) -> Vec<Event> {
    let said = |act: &Act| {
        let who = act.who.as_deref().unwrap_or(ui.s("app-act-command"));
        let key = match act.act {
            ActKind::Retry => "app-act-retry",
            ActKind::Cancel => "app-act-cancel",
        };
        let what = ui.with(key, "who", who);
        let reason = act.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        Event { at: ui.when(act.at), title: format!("{what}{reason}") }
    };
    acts.iter().rev().map(said).collect()
}

/// The steps of a plan.
pub(crate) fn plan(ui: Ui, plan: &Plan) -> Vec<PlanStep> {
    let texts = ui.texts();
    let step = |step: &Step| PlanStep {
        title: step.title(texts),
        fields: step
            .fields
            .iter()
            .map(|change| PlanField {
                label: change.label(texts),
                was: change
                    .was
                    .as_deref()
                    .map(|was| ui.with("plan-was", "was", was))
                    .unwrap_or_default(),
                value: change.words(texts).to_owned(),
            })
            .collect(),
        text: step.text.clone(),
    };
    plan.steps.iter().map(step).collect()
}
