//! The commands of the delivery desk: what went out and what came in.

use clap::{Args, Subcommand};

/// `mypark deliveries`.
#[derive(Debug, Subcommand)]
pub enum DeliveriesCommand {
    /// Deliveries, newest first
    List {
        /// queued, running, waiting, unknown, delivered or dead
        #[arg(long)]
        state: Option<String>,
        /// Name of a connection
        #[arg(long)]
        connection: Option<String>,
        /// Number of an order or request, or an entity like order:…
        #[arg(long)]
        entity: Option<String>,
        /// Only what was promised before this delivery: the next page
        #[arg(long)]
        before: Option<String>,
        /// As JSON
        #[arg(long, conflicts_with = "csv")]
        json: bool,
        /// As CSV, the whole list
        #[arg(long)]
        csv: bool,
    },
    /// Connections: what waits for each, which is stopped and why
    Connections {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// One delivery with every attempt, its request and answer
    Show {
        /// The delivery
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Queue again
    Retry(RetryArgs),
    /// Call one off for good
    Cancel {
        /// The delivery
        id: String,
        /// Why, for whoever asks later
        #[arg(long)]
        reason: String,
    },
    /// What a delivery would do under today's mapping, field by field
    DryRun {
        /// The delivery
        id: String,
    },
}

/// `mypark events`.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Events, newest first
    List {
        /// received, processing, processed or failed
        #[arg(long)]
        state: Option<String>,
        /// telegram, or the name of a connection
        #[arg(long)]
        source: Option<String>,
        /// Only what came before this event: the next page
        #[arg(long)]
        before: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// One event as it came, and why it failed
    Show {
        /// The event
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Process again
    Retry {
        /// The event
        id: String,
    },
    /// What an event would change under today's mapping, field by field
    DryRun {
        /// The event
        id: String,
    },
}

/// Which deliveries to queue again: exactly one way of naming them.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct RetryArgs {
    /// One delivery
    pub id: Option<String>,
    /// Every dead one
    #[arg(long)]
    pub dead: bool,
    /// Every dead one since a time, RFC 3339 or YYYY-MM-DD
    #[arg(long)]
    pub since: Option<String>,
}
