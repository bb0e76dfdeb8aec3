//! `mypark deliveries`: what was sent where, what waits and why, and another try.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::ids::DeliveryId;
use domain::outbox::{self, Attempt, Delivery, Exchange, Filter, Retry, State};
use domain::{Clock, Error};
use serde::Serialize;

use crate::build::dealer;
use crate::commands::{one_line, open, out, out_json, plan, table};
use crate::config::{Config, DeliveriesCommand, RetryArgs};
use crate::crm::Crms;
use crate::http;
use crate::worker::policy::Policy;

/// The most that a list shows; narrower lists are made with `--state` and `--connection`.
const LIMIT: i64 = 200;

/// Every state, in the words of the command line.
const STATES: [State; 6] =
    [State::Queued, State::Running, State::Waiting, State::Unknown, State::Delivered, State::Dead];

/// Runs `mypark deliveries …`.
pub(crate) async fn deliveries(config: &Config, command: DeliveriesCommand) -> anyhow::Result<()> {
    match command {
        DeliveriesCommand::List { state, connection, json } => {
            list(config, state.as_deref(), connection, json).await
        }
        DeliveriesCommand::Show { id, json } => show(config, id, json).await,
        DeliveriesCommand::Retry(which) => retry(config, which).await,
        DeliveriesCommand::DryRun { id } => dry_run(config, id).await,
    }
}

async fn list(
    config: &Config,
    state: Option<&str>,
    connection: Option<String>,
    json: bool,
) -> anyhow::Result<()> {
    let state = state.map(read_state).transpose()?;
    let db = open(config).await?;
    let filter = Filter { state, connection, limit: LIMIT, ..Filter::default() };
    let found = outbox::list(&mut db.read().await?, &filter).await?;
    if json {
        return out_json(&found);
    }
    if found.is_empty() {
        return out("none");
    }
    let rows: Vec<Vec<String>> =
        found.iter().map(|delivery| row(delivery, config.time_zone)).collect();
    out(&table(&rows))?;
    match i64::try_from(found.len()) == Ok(LIMIT) {
        true => out(&format!("the newest {LIMIT}; --state and --connection narrow the list")),
        false => Ok(()),
    }
}

async fn show(config: &Config, id: String, json: bool) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Shown {
        delivery: Delivery,
        attempts: Vec<Attempt>,
        exchanges: Vec<Exchange>,
    }
    let db = open(config).await?;
    let shown = outbox::show(&mut db.read().await?, &DeliveryId::from(id)).await;
    let (delivery, attempts, exchanges) = shown.map_err(unknown)?;
    match json {
        true => out_json(&Shown { delivery, attempts, exchanges }),
        false => out(&story(&delivery, &attempts, &exchanges, config.time_zone)),
    }
}

async fn retry(config: &Config, which: RetryArgs) -> anyhow::Result<()> {
    let which = match (which.id, which.since) {
        (Some(id), _) => Retry::One(id.into()),
        (None, Some(since)) => Retry::Since(read_time(&since, config.time_zone)?),
        (None, None) => Retry::Dead,
    };
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    if let Retry::One(id) = &which {
        let state = outbox::show(&mut tx, id).await.map_err(unknown)?.0.state;
        anyhow::ensure!(
            matches!(state, State::Dead | State::Waiting | State::Unknown),
            "this delivery is {}, so there is nothing to try again",
            word(state)
        );
    }
    let count = outbox::retry(&mut tx, &which, Clock::system().now()).await?;
    tx.commit().await?;
    out(&format!("queued again: {count}"))
}

async fn dry_run(config: &Config, id: String) -> anyhow::Result<()> {
    let db = open(config).await?;
    let shown = outbox::show(&mut db.read().await?, &DeliveryId::from(id)).await;
    let (delivery, ..) = shown.map_err(unknown)?;
    let dealer = Arc::new(dealer(config, Clock::system()));
    let http = http::client(config.retry.call_timeout)?;
    let grace = Policy::of(&config.retry).grace;
    let crms = Crms::new(&config.connections, &http, &db, &dealer, grace);
    let planned = Box::pin(plan::plan(&delivery, &crms, &db)).await?;
    out(&format!("{} to {}, {}", delivery.kind, delivery.connection, word(delivery.state)))?;
    out(&planned)
}

fn unknown(error: Error) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!("no such delivery; see `mypark deliveries list`"),
        other => other.into(),
    }
}

fn read_state(text: &str) -> anyhow::Result<State> {
    let known = STATES.into_iter().find(|state| word(*state) == text);
    let words = STATES.map(word).join(", ");
    known.with_context(|| format!("--state: «{text}» is not one of {words}"))
}

fn read_time(text: &str, zone: Tz) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let midnight = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .and_then(|day| day.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest());
    let known = "a day like 2026-11-20 or a time like 2026-11-20T09:00:00Z";
    let wrong = || format!("--since: «{text}» is not {known}");
    Ok(midnight.with_context(wrong)?.to_utc())
}

fn row(delivery: &Delivery, zone: Tz) -> Vec<String> {
    vec![
        delivery.id.to_string(),
        word(delivery.state).to_owned(),
        delivery.connection.clone(),
        delivery.kind.clone(),
        format!("tries {}", delivery.attempts),
        local(delivery.updated_at, zone),
        delivery.last_error.as_deref().map(one_line).unwrap_or_default(),
    ]
}

/// A delivery with all that was tried, in the order in which it was.
fn story(delivery: &Delivery, attempts: &[Attempt], exchanges: &[Exchange], zone: Tz) -> String {
    let mut lines = vec![
        format!("{} {} to {}", delivery.id, delivery.kind, delivery.connection),
        format!("{}, due {}", word(delivery.state), local(delivery.run_at, zone)),
        format!("promised {} about {}", local(delivery.created_at, zone), delivery.entity),
        one_line(&delivery.payload),
    ];
    if delivery.outcome_unknown {
        lines.push("an earlier try may have worked: it is looked for before it is made".to_owned());
    }
    for attempt in attempts {
        let outcome = attempt.outcome.as_deref().unwrap_or("not ended");
        let detail = attempt.detail.as_deref().map(one_line).unwrap_or_default();
        let began = local(attempt.started_at, zone);
        lines.push(String::new());
        lines.push(
            format!("try {} {began} {outcome} {detail}", attempt.number).trim_end().to_owned(),
        );
        let of_it = exchanges.iter().filter(|exchange| exchange.attempt == attempt.number);
        lines.extend(of_it.flat_map(call));
    }
    lines.join("\n")
}

fn call(exchange: &Exchange) -> [String; 3] {
    let status = exchange.status.map_or_else(|| "no status".to_owned(), |code| code.to_string());
    let answer = exchange.response.as_deref().map_or_else(|| "no answer".to_owned(), one_line);
    [
        format!("  {} {}", exchange.method, one_line(&exchange.url)),
        format!("    > {}", one_line(&exchange.request)),
        format!("    < {status} {answer}"),
    ]
}

fn local(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%F %T").to_string()
}

fn word(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Running => "running",
        State::Waiting => "waiting",
        State::Unknown => "unknown",
        State::Delivered => "delivered",
        State::Dead => "dead",
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Moscow;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_the_dealers_midnight() {
        assert_eq!(read_time("2026-11-20", Moscow).unwrap(), at("2026-11-19T21:00:00Z"));
        assert_eq!(
            read_time("2026-11-20T09:00:00+03:00", Moscow).unwrap(),
            at("2026-11-20T06:00:00Z")
        );
        assert!(read_time("yesterday", Moscow).unwrap_err().to_string().contains("2026-11-20"));
    }

    #[test]
    fn states_are_named_as_on_the_command_line() {
        assert_eq!(read_state("dead").unwrap(), State::Dead);
        let refused = read_state("lost").unwrap_err().to_string();
        assert!(
            refused.contains("queued, running, waiting, unknown, delivered, dead"),
            "{refused}"
        );
    }

    #[test]
    fn a_delivery_is_told_try_by_try() {
        let time = at("2026-11-20T06:00:00Z");
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
        };
        let expected = "\
            d1 crm_order to amo\n\
            unknown, due 2026-11-20 09:00:00\n\
            promised 2026-11-20 09:00:00 about order:o1\n\
            {\"kind\":\"crm_order\"}\n\
            an earlier try may have worked: it is looked for before it is made\n\
            \n\
            try 1 2026-11-20 09:00:00 not ended\n  \
              POST https://shop.example.com/api/v4/leads\n    \
                > [{}]\n    \
                < no status no answer";
        assert_eq!(story(&delivery, &[attempt], &[exchange], Moscow), expected);
        assert_eq!(row(&delivery, Moscow)[6], "no answer in time");
    }
}
