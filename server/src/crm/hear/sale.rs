//! A deal of the managers' own in which machines are sold: what its fields say is followed, what it
//! lacks is noted in it, what was changed here is written into it.

use chrono::{DateTime, NaiveDate};
use domain::db::Tx;
use domain::ids::MachineId;
use domain::ledger::{self, Facet};
use domain::machines::{self, Rehearsed, Sale, Unsaid, sold_machines};

use crate::crm::error::CallError;
use crate::crm::failure::reading;
use crate::crm::hear::echo::their;
use crate::crm::hear::facets::{self, NEXT};
use crate::crm::hear::follow::{internal, trouble};
use crate::crm::hear::speaker::{Product, Speaker, TheirDeal};
use crate::crm::tell::local;
use crate::worker::inbox::Trouble;
use crate::worker::policy::Failure;

/// Why nothing was done.
const GONE: &str = "the deal was deleted there";

/// A deal with what of it was read beside it.
struct Read<'a> {
    deal: &'a TheirDeal,
    products: Vec<Product>,
    /// When the next maintenance is due, by its field.
    next: Option<NaiveDate>,
}

/// Follows a deal that is none of our orders or requests: once it is won, and ever after.
pub(super) async fn follow<S: Speaker>(
    account: &S,
    deal: &TheirDeal,
    again: bool,
) -> Result<(), Trouble> {
    let known = {
        let mut reader = account.db().read().await.map_err(internal)?;
        let name = &account.config().name;
        machines::is_followed(&mut reader, name, &deal.id).await.map_err(internal)?
    };
    if !known && !deal.won {
        return Ok(());
    }
    let read = read(account, deal).await.map_err(trouble)?;
    if !again && !has_news(account, &read).await? {
        return Ok(());
    }
    let sale = sale(account, &read).await.map_err(trouble)?;
    let mut tx = account.db().begin().await.map_err(internal)?;
    let (sale, late) = looked_at(account, &mut tx, &read, sale).await.map_err(internal)?;
    if late && !again {
        return Ok(());
    }
    machines::follow_sale(&mut tx, account.dealer(), &sale).await.map_err(internal)?;
    tx.commit().await.map_err(internal)
}

/// Carries `CrmSaleLook` out: what the deal waited for is known by now.
pub(crate) async fn look_again<S: Speaker>(
    account: &S,
    deal: &str,
) -> Result<Option<String>, Failure> {
    let Some(deal) = account.their_deal(deal).await.map_err(reading)? else {
        return Ok(Some(GONE.to_owned()));
    };
    caught_up(account, &deal).await?.commit().await.map_err(local)?;
    Ok(None)
}

/// Carries `CrmMachine` out: reads the deal first, for what was changed there meanwhile may be later
/// than our word.
pub(crate) async fn tell_machine<S: Speaker>(
    account: &S,
    machine: &MachineId,
    deal: &str,
) -> Result<Option<String>, Failure> {
    let Some(deal) = account.their_deal(deal).await.map_err(reading)? else {
        return Ok(Some(GONE.to_owned()));
    };
    let name = &account.config().name;
    let unsaid = {
        let mut tx = caught_up(account, &deal).await?;
        let unsaid = machines::unsaid(&mut tx, name, &deal.id, machine).await;
        tx.commit().await.map_err(local)?;
        unsaid.map_err(local)?
    };
    if unsaid == Unsaid::default() || !account.write_unsaid(&deal, &unsaid).await? {
        return Ok(Some("nothing: the deal says so already".to_owned()));
    }
    let mut tx = account.db().begin().await.map_err(local)?;
    machines::said(&mut tx, name, &deal.id, machine, &unsaid).await.map_err(local)?;
    tx.commit().await.map_err(local)?;
    Ok(None)
}

/// What following a deal would come to; nothing of it happens. `told`: by its own words alone, and
/// the date that they say, without a call. `None`: nothing would follow from it.
pub(crate) async fn rehearse<S: Speaker>(
    account: &S,
    deal: &TheirDeal,
    told: Option<Option<NaiveDate>>,
) -> Result<Option<Rehearsed>, CallError> {
    let local = |error: domain::Error| CallError::Local { words: error.to_string() };
    let followed = async {
        let mut reader = account.db().read().await?;
        machines::is_followed(&mut reader, &account.config().name, &deal.id).await
    };
    if !deal.won && !followed.await.map_err(local)? {
        return Ok(None);
    }
    let read = match told {
        Some(next) => Read { deal, products: deal.products.clone(), next },
        None => read(account, deal).await?,
    };
    let sale = sale(account, &read).await?;
    let rehearsed = async {
        let mut tx = account.db().begin().await?;
        let (sale, late) = looked_at(account, &mut tx, &read, sale).await?;
        match late {
            true => Ok(Rehearsed::default()),
            false => machines::rehearse_sale(tx, account.dealer(), &sale).await,
        }
    };
    rehearsed.await.map(Some).map_err(local)
}

/// What belongs to a deal and has to be asked for.
async fn read<'a, S: Speaker>(account: &S, deal: &'a TheirDeal) -> Result<Read<'a>, CallError> {
    let next = match deal.said(NEXT) {
        Some(said) => account.day(said).await?,
        None => None,
    };
    Ok(Read { deal, products: account.products(deal).await?, next })
}

/// Whether a deal says anything that we neither wrote nor followed; what its contact and company say
/// is asked only then. A deal that waits to be filled in is always followed: what it waits for may
/// have come to be here.
async fn has_news<S: Speaker>(account: &S, read: &Read<'_>) -> Result<bool, Trouble> {
    let (deal, now) = (read.deal, account.dealer().clock.now());
    let mut tx = account.db().begin().await.map_err(internal)?;
    let their = their(account, S::DEAL, &deal.id);
    let look = ledger::look(&mut tx, their, deal.at, &read.says(), now).await.map_err(internal)?;
    let name = &account.config().name;
    let waits = machines::has_open_gaps(&mut tx, name, &deal.id).await.map_err(internal)?;
    if look.is_late() {
        return Ok(false);
    }
    if look.has_news() || waits {
        // Not committed: it is seen when it is followed.
        return Ok(true);
    }
    tx.commit().await.map_err(internal)?;
    Ok(false)
}

/// What the deal says, with its contact and company.
async fn sale<S: Speaker>(account: &S, read: &Read<'_>) -> Result<Sale, CallError> {
    let deal = read.deal;
    let contact = match &deal.contact {
        Some(id) => account.their_person(id).await?,
        None => None,
    };
    let company = match &deal.company {
        Some(id) => account.their_firm(id).await?,
        None => None,
    };
    let bought = match deal.said("model") {
        Some(_) => Vec::new(),
        None => models_bought(account, &read.products).await?,
    };
    let filled = |name: String| Some(name).filter(|name| !name.trim().is_empty());
    let (serial, model) = (deal.said("serial"), deal.said("model"));
    Ok(Sale {
        connection: account.config().name.clone(),
        deal: deal.id.clone(),
        title: deal.title.clone(),
        won: deal.won,
        at: DateTime::from_timestamp(deal.at, 0).unwrap_or_default(),
        machines: sold_machines(serial, model, deal.said("configuration"), &bought),
        next_maintenance_on: read.next,
        own_date: false,
        telegram_id: deal.said("telegram_id").and_then(|id| id.parse().ok()),
        phones: contact.as_ref().map(|contact| contact.phones.clone()).unwrap_or_default(),
        customer_name: contact.and_then(|contact| filled(contact.name)),
        company: company.and_then(|company| filled(company.name)),
    })
}

/// The models among the products of a deal, and how many of each.
async fn models_bought<S: Speaker>(
    account: &S,
    products: &[Product],
) -> Result<Vec<(String, usize)>, CallError> {
    let mut bought = Vec::new();
    for product in products {
        for word in account.words_of(product).await? {
            let known = async {
                let mut reader = account.db().read().await?;
                machines::is_model(&mut reader, &word).await
            };
            if known.await.map_err(|error| CallError::Local { words: error.to_string() })? {
                bought.push((word, product.quantity));
                break;
            }
        }
    }
    Ok(bought)
}

/// Remembers what the deal says, in the transaction that follows it: whether the date in it is our
/// own word, and whether something newer was followed before.
async fn looked_at<S: Speaker>(
    account: &S,
    tx: &mut Tx,
    read: &Read<'_>,
    mut sale: Sale,
) -> domain::Result<(Sale, bool)> {
    let (deal, now) = (read.deal, account.dealer().clock.now());
    let their = their(account, S::DEAL, &deal.id);
    let look = ledger::look(tx, their, deal.at, &read.says(), now).await?;
    let own = |field| look.is_ours(&facets::of_field(field));
    sale.own_date = deal.field(NEXT).is_some_and(|field| own(&field.theirs));
    Ok((sale, look.is_late()))
}

/// Follows what a deal says now, whatever was seen of it; what else is to be done goes into the same
/// transaction.
async fn caught_up<S: Speaker>(account: &S, deal: &TheirDeal) -> Result<Tx, Failure> {
    let read = read(account, deal).await.map_err(reading)?;
    let sale = sale(account, &read).await.map_err(reading)?;
    let mut tx = account.db().begin().await.map_err(local)?;
    let (sale, _) = looked_at(account, &mut tx, &read, sale).await.map_err(local)?;
    machines::follow_sale(&mut tx, account.dealer(), &sale).await.map_err(local)?;
    Ok(tx)
}

impl Read<'_> {
    /// What of a deal of the managers' own we follow.
    fn says(&self) -> Vec<Facet> {
        let deal = self.deal;
        let known = |id: &Option<String>| id.clone().unwrap_or_default();
        let products: Vec<String> =
            self.products.iter().map(|it| format!("({}, {})", it.id, it.quantity)).collect();
        let mut says = vec![
            // Not the stage of a deal of ours: a site lead is both, and followed as each.
            ("sale".to_owned(), deal.stage.clone()),
            ("pipeline".to_owned(), deal.pipeline.clone()),
            ("contact".to_owned(), known(&deal.contact)),
            ("company".to_owned(), known(&deal.company)),
            ("products".to_owned(), format!("[{}]", products.join(", "))),
        ];
        for field in &deal.fields {
            let said = match field.ours {
                NEXT => self.next.map(|date| date.to_string()),
                _ => field.said.clone(),
            };
            says.push((facets::of_field(&field.theirs), said.unwrap_or_default()));
        }
        says
    }
}
