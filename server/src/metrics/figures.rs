//! What stands in the queues, read from the database when Prometheus asks. Written here rather than
//! kept in a recorder: a queue that has become empty must say so, and not its last figure.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use domain::db::Executor;
use domain::inbox::{self, Lag};
use domain::outbox::{self, Circuit, CircuitState, Queue, State};

/// The states that are figures: what was delivered is not counted, for it only grows.
const STATES: [State; 5] =
    [State::Queued, State::Running, State::Waiting, State::Unknown, State::Dead];

/// The queues at one moment.
#[derive(Clone, Debug)]
pub struct Figures {
    now: DateTime<Utc>,
    /// The connections that are configured, and those that have something waiting.
    connections: BTreeSet<String>,
    queues: Vec<Queue>,
    circuits: Vec<Circuit>,
    lags: Vec<Lag>,
}

impl Figures {
    /// Reads them: three statements, each answered by an index that holds nothing but what is open.
    pub async fn read(
        db: &mut impl Executor,
        configured: impl IntoIterator<Item = String>,
        now: DateTime<Utc>,
    ) -> domain::Result<Figures> {
        let queues = outbox::figures(db).await?;
        let circuits = outbox::circuits(db).await?;
        let lags = inbox::lags(db).await?;
        let mut connections: BTreeSet<String> = configured.into_iter().collect();
        connections.extend(queues.iter().map(|queue| queue.connection.clone()));
        connections.extend(circuits.iter().map(|circuit| circuit.name.clone()));
        Ok(Figures { now, connections, queues, circuits, lags })
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.depth(&mut text);
        self.age(&mut text);
        self.standing(&mut text);
        self.inbound(&mut text);
        text
    }

    fn depth(&self, text: &mut String) {
        head(
            text,
            "mypark_deliveries",
            "Deliveries that are open or dead, by connection and state.",
        );
        for connection in &self.connections {
            for state in STATES {
                let of = |queue: &&Queue| queue.connection == *connection && queue.state == state;
                let count = self.queues.iter().find(of).map_or(0, |queue| queue.count);
                let labels = [("connection", connection.as_str()), ("state", state.as_str())];
                line(text, "mypark_deliveries", &labels, count);
            }
        }
    }

    fn age(&self, text: &mut String) {
        let name = "mypark_delivery_oldest_seconds";
        head(text, name, "Age of the oldest open delivery; 0 where none is open.");
        for connection in &self.connections {
            let open = self.queues.iter().filter(|queue| queue.connection == *connection);
            let open = open.filter(|queue| queue.state != State::Dead);
            let oldest = open.filter_map(Queue::since).min();
            line(text, name, &[("connection", connection)], self.seconds(oldest));
        }
    }

    fn standing(&self, text: &mut String) {
        let name = "mypark_circuit";
        head(text, name, "Whether a connection goes: 0 it does, 1 one call probes it, 2 stopped.");
        for connection in &self.connections {
            let circuit = self.circuits.iter().find(|circuit| circuit.name == *connection);
            let state = circuit.map_or(CircuitState::Closed, |circuit| circuit.state(self.now));
            let figure = match state {
                CircuitState::Closed => 0,
                CircuitState::HalfOpen => 1,
                CircuitState::Open => 2,
            };
            line(text, name, &[("connection", connection)], figure);
        }
    }

    fn inbound(&self, text: &mut String) {
        let name = "mypark_inbound_waiting";
        head(text, name, "Inbound events that wait to be processed.");
        line(text, name, &[], self.lags.iter().map(|lag| lag.count).sum::<i64>());
        let name = "mypark_inbound_oldest_seconds";
        head(text, name, "Age of the oldest inbound event that waits; 0 where none does.");
        line(text, name, &[], self.seconds(self.lags.iter().filter_map(Lag::since).min()));
    }

    fn seconds(&self, since: Option<DateTime<Utc>>) -> i64 {
        since.map_or(0, |since| (self.now - since).max(TimeDelta::zero()).num_seconds())
    }
}

fn head(text: &mut String, name: &str, help: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
}

fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl Display) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(label, value)| {
            let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            format!("{label}=\"{value}\"")
        })
        .collect();
    let _ = match labels.is_empty() {
        true => writeln!(text, "{name} {value}"),
        false => writeln!(text, "{name}{{{}}} {value}", labels.join(",")),
    };
}
