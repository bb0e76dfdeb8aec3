//! The mapping doctor: whether the account still has what the configuration names, lets us do what
//! we do, and wants nothing of a deal that we do not give. `doctor` prints it, the night keeps it.

mod fields;
mod people;
mod snapshot;
mod stages;

use domain::checkups::{Defect, Named};
use domain::{checkups, outbox};

use crate::config::{AmocrmSettings, ConnectionConfig};
use crate::crm::NoRecord;
use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::{AmoCalls, CallError};
use crate::crm::limiter::Urgency;

pub(crate) use crate::crm::amo::checkup::fields::KINDS;
pub(crate) use crate::crm::amo::checkup::snapshot::Snapshot;

/// What a look at an account found, by what it is about.
#[derive(Clone, Debug)]
pub(crate) struct Checkup {
    /// What the account said.
    pub(crate) snapshot: Snapshot,
    /// Of the pipeline of new deals and its stage.
    pub(crate) pipeline: Vec<Defect>,
    /// Of the stages of orders.
    pub(crate) orders: Vec<Defect>,
    /// Of the stages of service requests.
    pub(crate) requests: Vec<Defect>,
    /// Of the stages of site leads.
    pub(crate) leads: Vec<Defect>,
    /// Of the deals before a maintenance.
    pub(crate) upsell: Vec<Defect>,
    /// Of fields and lists.
    pub(crate) fields: Vec<Defect>,
    /// Of people.
    pub(crate) users: Vec<Defect>,
    /// Of what our access may do.
    pub(crate) rights: Vec<Defect>,
    /// Of what the account paid for.
    pub(crate) tariff: Vec<Defect>,
}

impl Checkup {
    /// Looks at an account. Reads only.
    ///
    /// # Errors
    /// When the account does not answer; a right that is missing is a finding.
    pub(crate) async fn of(
        connection: &ConnectionConfig,
        settings: &AmocrmSettings,
        calls: AmoCalls<'_>,
    ) -> Result<Checkup, CallError> {
        let snapshot = Snapshot::read(connection, settings, calls).await?;
        Ok(Checkup::compare(connection, settings, snapshot))
    }

    fn compare(
        connection: &ConnectionConfig,
        settings: &AmocrmSettings,
        snapshot: Snapshot,
    ) -> Checkup {
        let chosen = stages::chosen(settings.pipeline_id, &snapshot.pipelines);
        let pipeline = match &chosen {
            Err(defect) => vec![(**defect).clone()],
            Ok(pipeline) => stages::entry(settings, pipeline),
        };
        let chosen = chosen.ok();
        let mapped = |entity, map| {
            chosen.map(|pipeline| stages::mapped(entity, map, pipeline)).unwrap_or_default()
        };
        let upsell = stages::upsell(connection, chosen, &snapshot.pipelines);
        let reached = stages::reached(connection, settings, chosen);
        Checkup {
            pipeline,
            orders: mapped("order", &connection.order_stages),
            requests: mapped("request", &connection.request_stages),
            leads: mapped("lead", &connection.lead_stages),
            upsell,
            fields: fields::defects(connection, settings, &snapshot, &reached),
            users: people::users(settings, &snapshot),
            rights: people::rights(&snapshot),
            tariff: match snapshot.account.has_filters {
                true => Vec::new(),
                false => vec![Defect::NoFilters],
            },
            snapshot,
        }
    }

    /// Everything that was found.
    pub(crate) fn defects(&self) -> Vec<Defect> {
        let all = [
            &self.pipeline,
            &self.orders,
            &self.requests,
            &self.leads,
            &self.upsell,
            &self.fields,
            &self.users,
            &self.rights,
            &self.tariff,
        ];
        all.into_iter().flatten().cloned().collect()
    }
}

impl AmoConnection {
    /// The nightly look: once a night over all processes. A connection that is stopped is left in
    /// peace; one that does not answer is looked at the next night.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn nightly_checkup(&self) -> anyhow::Result<()> {
        let now = self.dealer.clock.now();
        if outbox::paused(&mut self.db.read().await?, self.name()).await?.is_some() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let ours = checkups::take(&mut tx, self.name(), self.dealer.today(), now).await?;
        tx.commit().await?;
        if !ours {
            return Ok(());
        }
        let calls = self.client.calls(&NoRecord).with_urgency(Urgency::Background);
        match Checkup::of(&self.config, &self.settings, calls).await {
            Ok(checkup) => {
                let mut tx = self.db.begin().await?;
                checkups::keep(&mut tx, self.name(), &checkup.defects(), now).await?;
                tx.commit().await?;
            }
            Err(error) => {
                let why = error.words();
                tracing::warn!(connection = self.name(), why, "the mapping was not checked");
            }
        }
        Ok(())
    }
}

fn named(id: i64, name: &str) -> Named {
    Named { id: id.to_string(), name: name.to_owned() }
}

#[cfg(test)]
mod tests;
