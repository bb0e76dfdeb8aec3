//! The customer's firm: one company there, by INN where the account keeps it, else by its exact
//! name.

use domain::Result;
use domain::db::Executor;
use domain::ids::MachineId;
use domain::orders::Order;
use domain::people::{self, Company};
use domain::text::{Inn, search_key};
use domain::texts::Texts;

use crate::crm::amo::AmoCalls;
use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::calls::write::NewContact;
use crate::crm::amo::connection::{AmoConnection, COMPANY, creating, reading};
use crate::crm::amo::wire::Contact;
use crate::worker::policy::Failure;

/// A firm as its company there is made or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Firm {
    /// Ours: `company:…`, or `inn:…` of a payer whom we know by nothing else.
    pub(crate) entity: String,
    /// Its name.
    pub(crate) name: String,
    /// Its INN, as far as known.
    pub(crate) inn: Option<String>,
}

impl Firm {
    /// Who pays for an order: the customer's company, unless the order names another's INN.
    pub(crate) async fn of_order(
        db: &mut impl Executor,
        texts: &Texts,
        order: &Order,
    ) -> Result<Option<Firm>> {
        let company = match &order.company_id {
            Some(id) => people::company(db, id).await?,
            None => None,
        };
        Ok(match (company, &order.inn) {
            (Some(company), inn) if is_payer(&company, inn.as_ref()) => {
                let inn = company.inn.clone().or_else(|| inn.clone());
                Some(Firm { inn: inn.map(|inn| inn.as_str().to_owned()), ..company.into() })
            }
            (_, Some(inn)) => Some(Firm {
                entity: format!("inn:{}", inn.as_str()),
                name: texts.format("crm-company-by-inn", &[("inn", inn.as_str().into())]),
                inn: Some(inn.as_str().to_owned()),
            }),
            (_, None) => None,
        })
    }

    /// Whose machine it is.
    pub(crate) async fn of_machine(
        db: &mut impl Executor,
        machine: &MachineId,
    ) -> Result<Option<Firm>> {
        Ok(people::company_of_machine(db, machine).await?.map(Firm::from))
    }
}

impl From<Company> for Firm {
    fn from(company: Company) -> Firm {
        Firm {
            entity: format!("company:{}", company.id),
            name: company.name,
            inn: company.inn.map(|inn| inn.as_str().to_owned()),
        }
    }
}

impl AmoConnection {
    /// The firm's company: remembered and still there, else found and verified, else made.
    pub(crate) async fn company(&self, firm: &Firm, calls: AmoCalls<'_>) -> Result<i64, Failure> {
        let _turn = self.turns.of(&firm.entity).await;
        if let Some(id) = self.known_company(firm, calls).await? {
            return Ok(id);
        }
        self.begin_try(&firm.entity, COMPANY).await?;
        let made = calls.create_company(self.new_company(firm)).await.map_err(creating)?;
        self.point(&firm.entity, COMPANY, made).await?;
        Ok(made)
    }

    /// The company that is there already; the oldest of several.
    pub(crate) async fn known_company(
        &self,
        firm: &Firm,
        calls: AmoCalls<'_>,
    ) -> Result<Option<i64>, Failure> {
        if let Some(id) = self.linked_id(&firm.entity, COMPANY).await? {
            let company = calls.company(id).await.map_err(reading)?;
            if company.is_some_and(|company| !company.is_deleted) {
                return Ok(Some(id));
            }
        }
        self.no_fresh_try(&firm.entity, COMPANY).await?;
        let field = self.field("inn");
        let mut found = None;
        if let (Some(field), Some(inn)) = (field, &firm.inn) {
            let hits = calls.search_companies(inn).await.map_err(reading)?;
            found = oldest(hits.iter().filter(|hit| hit.text(field).as_ref() == Some(inn)));
        }
        if found.is_none() {
            let hits = calls.search_companies(core_of(&firm.name)).await.map_err(reading)?;
            found = oldest(hits.iter().filter(|hit| is_namesake(hit, firm, field)));
        }
        if let Some(id) = found {
            self.point(&firm.entity, COMPANY, id).await?;
        }
        Ok(found)
    }

    pub(crate) fn new_company(&self, firm: &Firm) -> NewContact {
        let inn = self.field("inn").zip(firm.inn.as_deref());
        NewContact {
            name: firm.name.clone(),
            responsible_user_id: self.settings.responsible_user_id,
            fields: inn.map(|(field, inn)| FieldWrite::text(field, inn)).into_iter().collect(),
            tags: Vec::new(),
        }
    }
}

fn is_payer(company: &Company, inn: Option<&Inn>) -> bool {
    match (&company.inn, inn) {
        (Some(ours), Some(named)) => ours == named,
        _ => true,
    }
}

fn oldest<'a>(hits: impl Iterator<Item = &'a Contact>) -> Option<i64> {
    hits.filter(|hit| !hit.is_deleted).map(|hit| hit.id).min()
}

/// The same name but for case, quotes and spaces, and no INN that says otherwise.
fn is_namesake(hit: &Contact, firm: &Firm, inn: Option<i64>) -> bool {
    let theirs = inn.and_then(|field| hit.text(field));
    let another = matches!((&theirs, &firm.inn), (Some(theirs), Some(ours)) if theirs != ours);
    search_key(&hit.name) == search_key(&firm.name) && !another
}

/// What stands in the quotes: people write the quotes themselves in many ways, and the search is
/// for the very characters.
fn core_of(name: &str) -> &str {
    let quote = |sign: char| matches!(sign, '«' | '»' | '"' | '“' | '”' | '„' | '\'');
    let parts = name.split(quote).map(str::trim);
    parts.max_by_key(|part| part.chars().count()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_do_not_hide_a_firm() {
        assert_eq!(core_of("ООО «Тульский цех»"), "Тульский цех");
        assert_eq!(core_of("ООО \"Тульский цех\""), "Тульский цех");
        assert_eq!(core_of("Иванов И. И."), "Иванов И. И.");
    }
}
