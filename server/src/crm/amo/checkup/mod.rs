//! The mapping doctor: whether the account still has what the configuration names, lets us do what
//! we do, and wants nothing of a deal that we do not give. `doctor` prints it, the night keeps it.

mod people;
mod snapshot;
mod stages;

use domain::checkups::{Defect, Named};

use crate::config::{AmocrmSettings, ConnectionConfig, MAPPED, Products, Takes};
use crate::crm::amo::{AmoCalls, CallError};
use crate::mapping::check::{self, Found};
use crate::mapping::structure::Structure;

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
        let there = Structure::of_amo(&snapshot);
        let chosen = stages::chosen(settings.pipeline_id, &there.pipelines);
        let pipeline = match &chosen {
            Err(defect) => vec![(**defect).clone()],
            Ok(pipeline) => stages::entry(settings, pipeline),
        };
        let chosen = chosen.ok();
        let mapped = |what: Takes| {
            let mapped = MAPPED.into_iter().filter(|mapped| mapped.what == what);
            bare(mapped.flat_map(|mapped| check::stages(connection, &there, mapped)))
        };
        let upsell = stages::upsell(connection, chosen, &there.pipelines);
        let mut fields = bare(check::fields(connection, &there).into_iter());
        fields.extend(list(settings, &snapshot));
        Checkup {
            pipeline,
            orders: mapped(Takes::Orders),
            requests: mapped(Takes::Requests),
            leads: mapped(Takes::Leads),
            upsell,
            fields,
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

fn bare(found: impl Iterator<Item = Found>) -> Vec<Defect> {
    found.map(|(_, defect)| defect).collect()
}

/// The list of products that the configuration names.
fn list(settings: &AmocrmSettings, snapshot: &Snapshot) -> Option<Defect> {
    let Products::List(id) = settings.products else { return None };
    let there = snapshot.lists.iter().any(|list| list.id == id);
    let seen = !snapshot.hidden.contains(&"catalogs");
    (seen && !there).then(|| Defect::ListGone { id: id.to_string() })
}

fn named(id: i64, name: &str) -> Named {
    Named { id: id.to_string(), name: name.to_owned() }
}

#[cfg(test)]
mod tests;
