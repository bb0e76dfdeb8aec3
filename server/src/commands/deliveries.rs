//! `mypark deliveries`: what was sent where, what waits and why, and another try.

pub(super) mod print;

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::db::Db;
use domain::ids::DeliveryId;
use domain::outbox::{self, Filter, Inspected, Retry, State};
use domain::plan::DryRun as _;
use domain::sight::Sight;
use domain::texts::{Lang, Texts};
use domain::{Clock, Error};

use crate::build::{dealer, known_bot};
use crate::commands::deliveries::print::{row, standing, story};
use crate::commands::{open, out, out_json, table};
use crate::config::{Config, DeliveriesCommand, RetryArgs};
use crate::crm::Crms;
use crate::http;
use crate::plan::Planner;
use crate::worker::policy::Policy;

/// The most that a list shows; narrower lists are made with `--state` and `--connection`.
const LIMIT: i64 = 200;
/// Deliveries of one piece of a CSV.
const PIECE: i64 = 1000;

/// Runs `mypark deliveries …`.
pub(crate) async fn deliveries(config: &Config, command: DeliveriesCommand) -> anyhow::Result<()> {
    match command {
        DeliveriesCommand::List { state, connection, entity, before, json, csv } => {
            let db = open(config).await?;
            let entity = match entity {
                Some(words) => Some(outbox::entity_of(&mut db.read().await?, &words).await?),
                None => None,
            };
            let filter = Filter {
                state: state.as_deref().map(read_state).transpose()?,
                connection,
                entity,
                before: before.map(DeliveryId::from),
                limit: LIMIT,
                ..Filter::default()
            };
            if csv {
                export(&db, filter, config.time_zone).await
            } else {
                list(&db, &filter, json, config).await
            }
        }
        DeliveriesCommand::Connections { json } => connections(config, json).await,
        DeliveriesCommand::Show { id, json } => show(config, id, json).await,
        DeliveriesCommand::Retry(which) => retry(config, which).await,
        DeliveriesCommand::Cancel { id, reason } => cancel(config, id, &reason).await,
        DeliveriesCommand::DryRun { id } => dry_run(config, id).await,
    }
}

async fn list(db: &Db, filter: &Filter, json: bool, config: &Config) -> anyhow::Result<()> {
    let page = outbox::page(&mut db.read().await?, filter, Sight::Whole).await?;
    if json {
        return out_json(&page.rows);
    }
    if page.rows.is_empty() {
        return out("none");
    }
    let rows: Vec<Vec<String>> =
        page.rows.iter().map(|listed| row(listed, config.time_zone)).collect();
    out(&table(&rows))?;
    match page.next {
        Some(next) => out(&format!("more: --before {next}")),
        None => Ok(()),
    }
}

/// Page by page, so that a long history never stands in memory.
async fn export(db: &Db, mut filter: Filter, zone: Tz) -> anyhow::Result<()> {
    let texts = Texts::of(Lang::En);
    let mut text = outbox::export_head(texts);
    filter.limit = PIECE;
    loop {
        let page = outbox::page(&mut db.read().await?, &filter, Sight::Whole).await?;
        text.push_str(&outbox::export_rows(&page.rows, texts, zone));
        out(text.trim_end())?;
        text.clear();
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return Ok(()),
        }
    }
}

async fn connections(config: &Config, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let now = Clock::system().now();
    let found = outbox::connections(&mut db.read().await?, now).await?;
    if json {
        return out_json(&found);
    }
    if found.is_empty() {
        return out("none");
    }
    let zone = config.time_zone;
    let rows: Vec<Vec<String>> = found.iter().map(|one| standing(one, zone)).collect();
    out(&table(&rows))
}

async fn show(config: &Config, id: String, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let id = DeliveryId::from(id);
    let shown = outbox::inspect(&mut db.read().await?, &id, Sight::Whole).await.map_err(unknown)?;
    if !json {
        return out(&story(&shown, config.time_zone));
    }
    let Inspected { listed, attempts, exchanges, acts } = shown;
    out_json(&serde_json::json!({
        "delivery": listed, "attempts": attempts, "exchanges": exchanges, "acts": acts,
    }))
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
            state.as_str()
        );
    }
    let count = outbox::retry(&mut tx, &which, None, Clock::system().now()).await?;
    tx.commit().await?;
    out(&format!("queued again: {count}"))
}

async fn cancel(config: &Config, id: String, reason: &str) -> anyhow::Result<()> {
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let now = Clock::system().now();
    let cancelled = outbox::cancel(&mut tx, &id.into(), reason, None, now).await;
    let cancelled = cancelled.map_err(|error| match error {
        Error::Conflict(state) => {
            anyhow::anyhow!("this delivery is {state}: it cannot be called off any more")
        }
        Error::Invalid(_) => anyhow::anyhow!("--reason: say why, in up to 500 characters"),
        other => unknown(other),
    })?;
    tx.commit().await?;
    out(if cancelled { "cancelled" } else { "dead already; nothing changed" })
}

async fn dry_run(config: &Config, id: String) -> anyhow::Result<()> {
    let db = open(config).await?;
    let shown = outbox::show(&mut db.read().await?, &DeliveryId::from(id)).await;
    let (delivery, ..) = shown.map_err(unknown)?;
    let planned = planner(config, &db).await?.delivery(&delivery).await?;
    let state = delivery.state.as_str();
    out(&format!("{} to {}, {state}", delivery.kind, delivery.connection))?;
    out(&planned.lines(Texts::of(Lang::En)).join("\n"))
}

/// A planner that may read the CRMs.
pub(super) async fn planner(config: &Config, db: &Db) -> anyhow::Result<Planner> {
    let dealer = Arc::new(dealer(config, Clock::system()));
    let http = http::client(config.retry.call_timeout)?;
    let (policy, key) = (Policy::of(&config.retry), config.secret_key.as_ref());
    let crms = Crms::new(&config.connections, &http, db, &dealer, &policy, key);
    let bot = known_bot(config, db, &dealer).await?;
    Ok(Planner::live(Arc::new(crms), db.clone()).speaking(bot))
}

fn unknown(error: Error) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!("no such delivery; see `mypark deliveries list`"),
        other => other.into(),
    }
}

fn read_state(text: &str) -> anyhow::Result<State> {
    let words = State::ALL.map(State::as_str).join(", ");
    State::parse(text).with_context(|| format!("--state: «{text}» is not one of {words}"))
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
}
