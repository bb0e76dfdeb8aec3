//! Figures for Prometheus: requests, attempts and waits as this process counts them. What stands in
//! the queues when asked is in [`figures`].

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::outbox::{Delivery, Outcome};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

mod figures;

pub use figures::Figures;

/// Each so many requests their times are counted into the buckets.
const UPKEEP: u32 = 4096;

/// The recorder of this process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The one recorder, installed at first use.
    ///
    /// # Errors
    /// When another recorder was installed before.
    pub fn install() -> anyhow::Result<Metrics> {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        if let Some(handle) = HANDLE.get() {
            return Ok(Metrics(handle.clone()));
        }
        let recorder = PrometheusBuilder::new()
            .set_buckets(&[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0])?
            .build_recorder();
        let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
        // Two servers of one test process may come here together: the first recorder stays.
        let _ = metrics::set_global_recorder(recorder);
        Ok(Metrics(handle))
    }

    /// Counts an answered request. `route` is the pattern, never the address with its ids.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        static ANSWERED: AtomicU32 = AtomicU32::new(0);
        let labels = [
            ("method", known(method)),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        metrics::histogram!("mypark_http_seconds", &labels).record(took.as_secs_f64());
        // Times wait in memory, one by one, until somebody reads the figures; nobody may.
        if ANSWERED.fetch_add(1, Ordering::Relaxed) % UPKEEP == UPKEEP - 1 {
            self.0.run_upkeep();
        }
    }

    /// In the text format of Prometheus: what this process counted, and `figures`, which are the
    /// same in every process.
    pub fn render(&self, figures: &Figures) -> String {
        format!("{}\n{}", self.0.render(), figures.text())
    }
}

/// Counts an attempt of a delivery by what it came to.
pub(crate) fn attempted(delivery: &Delivery, outcome: &Outcome) {
    let outcome = match outcome {
        Outcome::Delivered(_) => "delivered",
        Outcome::Retry { .. } => "again",
        Outcome::Failed { .. } => "failed",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Absent { .. } => "looked",
        Outcome::Dead { .. } => "dead",
    };
    let labels = [("connection", delivery.connection.clone()), ("outcome", outcome.to_owned())];
    metrics::counter!("mypark_attempts_total", &labels).increment(1);
}

/// Counts a call of a CRM that waited for its turn under the account's rate, and for how long.
pub(crate) fn waited(took: Duration) {
    // A turn that is free at once is no wait, though it takes a moment to ask.
    if took >= Duration::from_millis(20) {
        metrics::counter!("mypark_rate_waits_total").increment(1);
    }
    metrics::counter!("mypark_rate_waited_milliseconds_total")
        .increment(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

/// A client may name any method; a series for each would have no end.
fn known(method: &str) -> String {
    const METHODS: [&str; 6] = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"];
    if METHODS.contains(&method) { method.to_owned() } else { "other".to_owned() }
}
