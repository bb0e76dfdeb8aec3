//! Deliveries as a terminal shows them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::outbox::{
    Act, ActKind, Attempt, CircuitState, Connection, Exchange, Inspected, Listed,
};

use crate::commands::one_line;

/// A line of the list.
pub(crate) fn row(listed: &Listed, zone: Tz) -> Vec<String> {
    let delivery = &listed.delivery;
    vec![
        delivery.id.to_string(),
        delivery.state.as_str().to_owned(),
        delivery.connection.clone(),
        delivery.kind.clone(),
        listed.subject.clone().unwrap_or_default(),
        format!("tries {}", delivery.attempts),
        local(delivery.updated_at, zone),
        delivery.last_error.as_deref().map(one_line).unwrap_or_default(),
    ]
}

/// A line about a connection.
pub(crate) fn standing(connection: &Connection, zone: Tz) -> Vec<String> {
    let state = match connection.standing {
        CircuitState::Closed => "goes",
        CircuitState::Open => "stopped",
        CircuitState::HalfOpen => "probed",
    };
    let said = |word: &str, time: Option<DateTime<Utc>>| {
        time.map(|time| format!("{word} {}", local(time, zone))).unwrap_or_default()
    };
    vec![
        connection.name.clone(),
        state.to_owned(),
        format!("open {}", connection.open),
        format!("dead {}", connection.dead),
        said("oldest", connection.oldest),
        said("since", connection.since),
        said("until", connection.until),
        connection.reason.as_deref().map(one_line).unwrap_or_default(),
    ]
}

/// A delivery with all that was tried, in the order in which it was.
pub(crate) fn story(shown: &Inspected, zone: Tz) -> String {
    let Inspected { listed: Listed { delivery, subject }, attempts, exchanges, acts } = shown;
    let about = subject.as_ref().unwrap_or(&delivery.entity);
    let mut lines = vec![
        format!("{} {} to {}", delivery.id, delivery.kind, delivery.connection),
        format!("{}, due {}", delivery.state.as_str(), local(delivery.run_at, zone)),
        format!("promised {} about {about}", local(delivery.created_at, zone)),
        one_line(&delivery.payload),
    ];
    if delivery.outcome_unknown {
        lines.push("an earlier try may have worked: it is looked for before it is made".to_owned());
    }
    for attempt in attempts {
        lines.push(String::new());
        lines.push(tried(attempt, zone));
        let of_it = exchanges.iter().filter(|exchange| exchange.attempt == attempt.number);
        lines.extend(of_it.flat_map(call));
    }
    if !acts.is_empty() {
        lines.push(String::new());
        lines.extend(acts.iter().map(|act| done(act, zone)));
    }
    lines.join("\n")
}

fn tried(attempt: &Attempt, zone: Tz) -> String {
    let outcome = attempt.outcome.as_deref().unwrap_or("not ended");
    let detail = attempt.detail.as_deref().map(one_line).unwrap_or_default();
    let began = local(attempt.started_at, zone);
    format!("try {} {began} {outcome} {detail}", attempt.number).trim_end().to_owned()
}

/// What a person did.
pub(crate) fn done(act: &Act, zone: Tz) -> String {
    let what = match act.act {
        ActKind::Retry => "queued again",
        ActKind::Cancel => "cancelled",
    };
    let who = act.who.as_deref().unwrap_or("a command");
    let why = act.reason.as_deref().map(|why| format!(": {}", one_line(why))).unwrap_or_default();
    format!("{} {what} by {who}{why}", local(act.at, zone))
}

fn call(exchange: &Exchange) -> [String; 3] {
    let status = exchange.status.map_or_else(|| "no status".to_owned(), |code| code.to_string());
    let (request, answer) = match (exchange.pruned_at, exchange.response.as_deref()) {
        (Some(_), _) => ("dropped by age".to_owned(), "dropped by age".to_owned()),
        (None, answer) => {
            (one_line(&exchange.request), answer.map_or_else(|| "no answer".to_owned(), one_line))
        }
    };
    [
        format!("  {} {}", exchange.method, one_line(&exchange.url)),
        format!("    > {request}"),
        format!("    < {status} {answer}"),
    ]
}

/// A time as the dealer's clocks show it.
pub(crate) fn local(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%F %T").to_string()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Moscow;
    use domain::outbox::{Delivery, State};

    use super::*;

    #[test]
    fn a_delivery_is_told_try_by_try() {
        let time: DateTime<Utc> = "2026-11-20T06:00:00Z".parse().unwrap();
        let delivery = Delivery {
            id: "d1".into(),
            connection: "amo".to_owned(),
            entity: "order:o1".to_owned(),
            kind: "crm_order".to_owned(),
            payload: "{\"kind\":\"crm_order\"}".to_owned(),
            state: State::Unknown,
            outcome_unknown: true,
            run_at: time,
            attempts: 1,
            failures: 1,
            looks: 0,
            probe: false,
            last_error: Some("no answer\nin time".to_owned()),
            created_at: time,
            updated_at: time,
        };
        let attempt =
            Attempt { number: 1, started_at: time, finished_at: None, outcome: None, detail: None };
        let exchange = Exchange {
            attempt: 1,
            method: "POST".to_owned(),
            url: "https://shop.example.com/api/v4/leads".to_owned(),
            request: "[{}]".to_owned(),
            status: None,
            response: None,
            started_at: time,
            finished_at: None,
            pruned_at: None,
        };
        let listed = Listed { delivery, subject: Some("ORD-2026-000001".to_owned()) };
        let act = Act {
            at: time,
            act: ActKind::Cancel,
            who: None,
            reason: Some("двойной\nзаказ".to_owned()),
        };
        let shown = Inspected {
            listed: listed.clone(),
            attempts: vec![attempt],
            exchanges: vec![exchange],
            acts: vec![act],
        };
        let expected = "\
            d1 crm_order to amo\n\
            unknown, due 2026-11-20 09:00:00\n\
            promised 2026-11-20 09:00:00 about ORD-2026-000001\n\
            {\"kind\":\"crm_order\"}\n\
            an earlier try may have worked: it is looked for before it is made\n\
            \n\
            try 1 2026-11-20 09:00:00 not ended\n  \
              POST https://shop.example.com/api/v4/leads\n    \
                > [{}]\n    \
                < no status no answer\n\
            \n\
            2026-11-20 09:00:00 cancelled by a command: двойной заказ";
        assert_eq!(story(&shown, Moscow), expected);
        assert_eq!(row(&listed, Moscow)[7], "no answer in time");
    }
}
