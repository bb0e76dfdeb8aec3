//! A live check that an administrator asks for: a lead is made and taken away again.

use crate::crm::Crms;
use crate::crm::crms::Crm;

/// Why there was no test lead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untested {
    /// There is no such connection.
    #[error("{0}")]
    Nobody(String),
    /// In the CRM's words.
    #[error("{0}")]
    Failed(String),
}

/// A lead that was made and taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestLead {
    /// In which connection.
    pub connection: String,
    /// What it was there, as the answer names its id: `amo_lead_id`, `bitrix24_lead_id`.
    pub is: &'static str,
    /// Its id there.
    pub id: i64,
}

impl Crms {
    /// Makes a test lead in the connection of this name and takes it away; without a name in the
    /// first amoCRM, else in the first portal.
    ///
    /// # Errors
    /// See [`Untested`].
    pub async fn test_lead(&self, name: Option<&str>) -> Result<TestLead, Untested> {
        let crm = self.asked(name).ok_or_else(|| self.nobody(name))?;
        let made = match crm {
            Crm::Amo(amo) => amo.test_lead().await.map(|id| ("amo_lead_id", id)),
            Crm::Bitrix24(portal) => portal.test_lead().await,
        };
        let (is, id) = made.map_err(Untested::Failed)?;
        Ok(TestLead { connection: crm.name().to_owned(), is, id })
    }

    fn asked(&self, name: Option<&str>) -> Option<&Crm> {
        match name {
            Some(name) => self.all.get(name),
            None => {
                let amo = self.all.values().find(|crm| matches!(crm, Crm::Amo(_)));
                amo.or_else(|| self.all.values().next())
            }
        }
    }

    fn nobody(&self, name: Option<&str>) -> Untested {
        let known: Vec<&str> = self.names().collect();
        Untested::Nobody(match name {
            Some(name) if !known.is_empty() => {
                format!("there is no connection «{name}»; there is {}", known.join(", "))
            }
            _ => "no CRM is configured".to_owned(),
        })
    }
}
