//! The customer's firm: one company there, by INN where the account keeps it, else by its exact
//! name.

use domain::db::Executor;
use domain::ids::MachineId;
use domain::orders::Order;
use domain::people::{self, Company};
use domain::text::{Inn, search_key};
use domain::texts::Texts;

use crate::crm::tell::account::Account;
use crate::worker::policy::Failure;

/// What a firm is remembered as.
pub(crate) const COMPANY: &str = "company";

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
    ) -> domain::Result<Option<Firm>> {
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
    ) -> domain::Result<Option<Firm>> {
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

/// The firm's company: remembered and still there, else found and verified, else made.
pub(crate) async fn company<A: Account>(account: &A, firm: &Firm) -> Result<i64, Failure> {
    let memory = account.memory();
    let _turn = memory.turn(&firm.entity).await;
    if let Some(id) = known(account, firm).await? {
        return Ok(id);
    }
    memory.begin_try(&firm.entity, COMPANY).await?;
    let made = account.make_company(firm).await?;
    memory.point(&firm.entity, COMPANY, made).await?;
    Ok(made)
}

/// The company that is there already; the oldest of several.
pub(crate) async fn known<A: Account>(account: &A, firm: &Firm) -> Result<Option<i64>, Failure> {
    let memory = account.memory();
    if let Some(id) = memory.linked_id(&firm.entity, COMPANY).await?
        && account.has_company(id).await?
    {
        return Ok(Some(id));
    }
    memory.no_fresh_try(&firm.entity, COMPANY).await?;
    let found = account.find_company(firm).await?;
    if let Some(id) = found {
        memory.point(&firm.entity, COMPANY, id).await?;
    }
    Ok(found)
}

impl Firm {
    /// Whether a company there is this firm by its name: the same but for case, quotes and spaces,
    /// and no INN that says otherwise.
    pub(crate) fn is_namesake(&self, name: &str, inn: Option<&str>) -> bool {
        let another = matches!((inn, &self.inn), (Some(theirs), Some(ours)) if theirs != ours);
        search_key(name) == search_key(&self.name) && !another
    }
}

fn is_payer(company: &Company, inn: Option<&Inn>) -> bool {
    match (&company.inn, inn) {
        (Some(ours), Some(named)) => ours == named,
        _ => true,
    }
}

/// What stands in the quotes: people write the quotes themselves in many ways, and the search is
/// for the very characters.
pub(crate) fn core_of(name: &str) -> &str {
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
