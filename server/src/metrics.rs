//! Figures for Prometheus: requests by route, and what stands in the queues when asked.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::outbox::State;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

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

    /// In the text format of Prometheus, with the queues as they stand now.
    pub fn render(&self, deliveries: &[(String, State, i64)], inbound: i64) -> String {
        for (connection, state, count) in deliveries {
            let state = format!("{state:?}").to_lowercase();
            let labels = [("connection", connection.clone()), ("state", state)];
            metrics::gauge!("mypark_deliveries", &labels).set(as_figure(*count));
        }
        metrics::gauge!("mypark_inbound_waiting").set(as_figure(inbound));
        self.0.render()
    }
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

#[expect(clippy::cast_precision_loss, reason = "a queue of 2^53 rows is another problem")]
fn as_figure(count: i64) -> f64 {
    count as f64
}
