//! `mypark events`: what came in, raw, why it was not understood, and another try.

use anyhow::Context as _;
use domain::ids::EventId;
use domain::inbox::{self, EventFilter, State};
use domain::plan::DryRun as _;
use domain::sight::Sight;
use domain::texts::{Lang, Texts};
use domain::{Clock, Error};

use crate::commands::deliveries::planner;
use crate::commands::deliveries::print::{done, local};
use crate::commands::{one_line, open, out, out_json, table};
use crate::config::{Config, EventsCommand};

/// The most that a list shows.
const LIMIT: i64 = 200;

/// Runs `mypark events …`.
pub(crate) async fn events(config: &Config, command: EventsCommand) -> anyhow::Result<()> {
    match command {
        EventsCommand::List { state, source, before, json } => {
            let filter = EventFilter {
                state: state.as_deref().map(read_state).transpose()?,
                source,
                before: before.map(EventId::from),
                limit: LIMIT,
            };
            list(config, &filter, json).await
        }
        EventsCommand::Show { id, json } => show(config, &id.into(), json).await,
        EventsCommand::Retry { id } => retry(config, &id.into()).await,
        EventsCommand::DryRun { id } => dry_run(config, &id.into()).await,
    }
}

async fn list(config: &Config, filter: &EventFilter, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let page = inbox::events(&mut db.read().await?, filter, Sight::Whole).await?;
    if json {
        return out_json(&page.rows);
    }
    if page.rows.is_empty() {
        return out("none");
    }
    let row = |event: &inbox::EventSummary| {
        vec![
            event.id.to_string(),
            event.state.as_str().to_owned(),
            event.source.clone(),
            local(event.received_at, config.time_zone),
            event.error.as_deref().map(one_line).unwrap_or_default(),
        ]
    };
    out(&table(&page.rows.iter().map(row).collect::<Vec<_>>()))?;
    match page.next {
        Some(next) => out(&format!("more: --before {next}")),
        None => Ok(()),
    }
}

async fn show(config: &Config, id: &EventId, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let shown = inbox::inspect(&mut db.read().await?, id, Sight::Whole).await.map_err(unknown)?;
    if json {
        return out_json(&shown);
    }
    let (event, zone) = (&shown.event, config.time_zone);
    let mut lines = vec![
        format!("{} from {}, {}", event.id, event.source, event.state.as_str()),
        format!("came {}, taken up {} times", local(event.received_at, zone), event.attempts),
    ];
    lines.extend(event.error.as_deref().map(one_line));
    lines.extend(shown.acts.iter().map(|act| done(act, zone)));
    lines.push(String::new());
    lines.push(match event.pruned_at {
        Some(at) => format!("its body was dropped by age {}", local(at, zone)),
        None => shown.body,
    });
    out(&lines.join("\n"))
}

async fn retry(config: &Config, id: &EventId) -> anyhow::Result<()> {
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let queued = inbox::retry(&mut tx, id, None, Clock::system().now()).await;
    let queued = queued.map_err(|error| match error {
        Error::Conflict("pruned") => anyhow::anyhow!("its body was dropped by age"),
        Error::Conflict(_) => anyhow::anyhow!("it was processed: nothing to do again"),
        other => unknown(other),
    })?;
    tx.commit().await?;
    out(if queued { "queued again" } else { "waits already" })
}

async fn dry_run(config: &Config, id: &EventId) -> anyhow::Result<()> {
    let db = open(config).await?;
    let event = inbox::event(&mut db.read().await?, id).await.map_err(unknown)?;
    let planned = planner(config, &db).await?.event(&event).await?;
    out(&planned.lines(Texts::of(Lang::En)).join("\n"))
}

fn read_state(text: &str) -> anyhow::Result<State> {
    let words = State::ALL.map(State::as_str).join(", ");
    State::parse(text).with_context(|| format!("--state: «{text}» is not one of {words}"))
}

fn unknown(error: Error) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!("no such event; see `mypark events list`"),
        other => other.into(),
    }
}
