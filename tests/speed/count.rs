//! Counts the statements that sqlx logs.

use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// What sqlx calls its log of statements.
const TARGET: &str = "sqlx::query";

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

struct Counter;

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut opening = Opening(false);
        event.record(&mut opening);
        if !opening.0 {
            STATEMENTS.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Whether the statement only sets up a connection that was just opened, which is no page's cost.
struct Opening(bool);

impl Visit for Opening {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0 |= field.name() == "summary" && value.to_ascii_lowercase().starts_with("pragma");
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Counts from now on, for the whole process.
pub(crate) fn start() {
    let statements = |of: &Metadata<'_>| of.target() == TARGET;
    let layer = Counter.with_filter(filter_fn(statements)).with_filter(LevelFilter::DEBUG);
    tracing_subscriber::registry().with(layer).init();
}

/// Begins anew.
pub(crate) fn reset() {
    STATEMENTS.store(0, Ordering::SeqCst);
}

/// How many there were.
pub(crate) fn read() -> usize {
    STATEMENTS.load(Ordering::SeqCst)
}
