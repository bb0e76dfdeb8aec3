//! Keeps every call of a delivery, before it is made and with its answer.

use std::sync::Mutex;

use anyhow::Context as _;
use domain::Clock;
use domain::db::Db;
use domain::outbox::{self, Delivery};
use futures_util::future::BoxFuture;

use crate::crm::{ReceivedAnswer, Recorder, SentRequest};

/// Writes the calls of one delivery into the database.
#[derive(Debug)]
pub struct DeliveryRecorder<'a> {
    db: &'a Db,
    clock: &'a Clock,
    delivery: &'a Delivery,
    /// Ids of the rows, by the number that the client gets.
    rows: Mutex<Vec<String>>,
}

impl<'a> DeliveryRecorder<'a> {
    /// For the attempt that `delivery` is in.
    pub fn new(db: &'a Db, clock: &'a Clock, delivery: &'a Delivery) -> Self {
        Self { db, clock, delivery, rows: Mutex::default() }
    }

    async fn begin(&self, request: &SentRequest) -> anyhow::Result<u64> {
        let mut tx = self.db.begin().await?;
        let body = request.body.as_deref().unwrap_or_default();
        let row = outbox::begin_exchange(
            &mut tx,
            self.delivery,
            &request.method,
            &request.url,
            body,
            self.clock.now(),
        )
        .await?;
        tx.commit().await?;
        let mut rows = self.rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        rows.push(row);
        Ok(rows.len() as u64 - 1)
    }

    async fn end(&self, exchange: u64, answer: &ReceivedAnswer) -> anyhow::Result<()> {
        let row = {
            let rows = self.rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let index = usize::try_from(exchange)?;
            rows.get(index).cloned().context("an exchange that was begun")?
        };
        let mut response = answer.body.clone();
        for (label, words) in [("", &answer.failure), ("X-Request-Id: ", &answer.request_id)] {
            if let Some(words) = words {
                response = format!("{response}\n{label}{words}");
            }
        }
        let mut tx = self.db.begin().await?;
        let status = answer.status.map(i64::from);
        outbox::end_exchange(&mut tx, &row, status, response.trim(), self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Recorder for DeliveryRecorder<'_> {
    fn before<'a>(&'a self, request: &'a SentRequest) -> BoxFuture<'a, anyhow::Result<u64>> {
        Box::pin(self.begin(request))
    }

    fn after<'a>(
        &'a self,
        exchange: u64,
        answer: &'a ReceivedAnswer,
    ) -> BoxFuture<'a, anyhow::Result<()>> {
        Box::pin(self.end(exchange, answer))
    }
}
