//! What we ask ourselves, of the dealer's managers or a company's director, and what follows from their
//! answer: who belongs to a company, an order that is called off late, or is above a member's limit. A further kind needs its [`Kind`], an asker like those
//! here and its line in [`follow`].

use crate::approvals::ask::{self, Ask};
use crate::approvals::rules::{Approver, Policy};
use crate::approvals::{Approval, Kind, State, approvals};
use crate::db::{Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{ApprovalId, CompanyId, CustomerId, OrderId};
use crate::money::Money;
use crate::orders::Order;
use crate::outbox::Notice;
use crate::people::{self, Customer, MemberRole};
use crate::staff::{Role, Staff};
use crate::text::clean;
use crate::{Dealer, Error, Result, machines, notices, orders, plates};

/// The most that a manager may write to it, in characters.
const MAX_WORDS: usize = 1000;

/// Something of our own that somebody must decide.
#[derive(Clone, Debug)]
pub struct Own {
    /// What is asked.
    pub kind: Kind,
    /// The id of what it is about: asked once while it is open.
    pub subject: String,
    /// What it is about, in a line.
    pub title: String,
    /// In the words of who asks; may be empty.
    pub words: String,
    /// Who asks, by name.
    pub asker: String,
    /// The sum, where it has one.
    pub amount: Option<Money>,
}

/// Asks the managers, any one of whom decides. What is open is not asked twice; what was decided may be
/// asked anew.
///
/// # Errors
/// When the database fails.
pub async fn ask_own(tx: &mut Tx, d: &Dealer, own: &Own) -> Result<ApprovalId> {
    ask_of(tx, d, own, (&[Approver::Role(Role::Manager)], None)).await
}

/// The same of these approvers, for a member of staff who then does not decide.
async fn ask_of(
    tx: &mut Tx,
    d: &Dealer,
    own: &Own,
    (approvers, by): (&[Approver], Option<&Staff>),
) -> Result<ApprovalId> {
    let ask = Ask {
        kind: own.kind,
        once: format!("{}:{}", own.kind.as_str(), own.subject),
        title: own.title.clone(),
        words: own.words.clone(),
        amount: own.amount,
        deal: None,
        facts: None,
        rule_name: None,
        approvers: approvers.to_vec(),
        policy: Policy::any_one(),
        requester_name: own.asker.clone(),
        requester_staff: by.map(|by| by.id.clone()),
        requester_user: None,
        subject: Some(own.subject.clone()),
    };
    ask::once_open(tx, d, &ask).await
}

/// A customer wants to belong to a company: until a manager agrees they see nothing of it.
///
/// # Errors
/// A conflict `member` for who belongs to it already.
pub async fn ask_to_join(
    tx: &mut Tx,
    d: &Dealer,
    customer: &Customer,
    company: &CompanyId,
    role: MemberRole,
) -> Result<ApprovalId> {
    let found = people::company(tx, company).await?.ok_or(Error::NotFound)?;
    let subject = people::ask_membership(tx, &customer.id, company, role, d.clock.now()).await?;
    let phone = customer.phone.as_ref().map(|phone| phone.shown()).unwrap_or_default();
    let own = Own {
        kind: Kind::Membership,
        subject,
        title: format!("{} → {}", customer.name, found.name),
        words: phone,
        asker: customer.name.clone(),
        amount: None,
    };
    ask_own(tx, d, &own).await
}

/// A customer wants to call off an order that was confirmed already: it goes on until a manager agrees.
///
/// # Errors
/// A conflict `state` for an order that may be called off without asking, is under way, or is over.
pub async fn ask_to_cancel(
    tx: &mut Tx,
    d: &Dealer,
    customer: &Customer,
    number: &str,
) -> Result<ApprovalId> {
    let (order, _) = orders::by_number(tx, &customer.id, number).await?;
    let own = late_cancel(&order, &customer.name, "")?;
    ask_own(tx, d, &own).await
}

/// A manager passes a customer's wish on to call off an order that was confirmed already: a colleague
/// decides.
///
/// # Errors
/// `Forbidden` for those who are no managers, `NotFound`, and as [`ask_to_cancel`].
pub async fn ask_to_cancel_for(
    tx: &mut Tx,
    d: &Dealer,
    by: &Staff,
    number: &str,
    words: &str,
) -> Result<ApprovalId> {
    if !by.is_manager() {
        return Err(Error::Forbidden);
    }
    let words = match words.trim() {
        "" => String::new(),
        words => clean(words, MAX_WORDS).ok_or(Error::invalid("words", "error-too-long"))?,
    };
    let open = orders::for_staff(tx, number).await?;
    let (order, _) = orders::load(tx, &open.order.id).await?;
    let own = late_cancel(&order, &by.name, &words)?;
    ask_of(tx, d, &own, (&[Approver::Role(Role::Manager)], Some(by))).await
}

fn late_cancel(order: &Order, asker: &str, words: &str) -> Result<Own> {
    if order.state != orders::State::Confirmed {
        return Err(Error::Conflict("state"));
    }
    Ok(Own {
        kind: Kind::LateCancel,
        subject: order.id.to_string(),
        title: order.number.clone(),
        words: words.to_owned(),
        asker: asker.to_owned(),
        amount: Some(order.total),
    })
}

/// An order is above what its member may order alone: a director of their company decides, or the
/// managers where the bot reaches none.
pub(crate) async fn ask_order_limit(
    tx: &mut Tx,
    d: &Dealer,
    order: &Order,
    company: &CompanyId,
) -> Result<ApprovalId> {
    let customer = people::find(tx, &order.customer_id).await?.ok_or(Error::NotFound)?;
    let own = Own {
        kind: Kind::OrderLimit,
        subject: order.id.to_string(),
        title: order.number.clone(),
        words: String::new(),
        asker: customer.name,
        amount: Some(order.total),
    };
    let directed = people::has_director(tx, company, &order.customer_id).await?;
    let managers = [Approver::Role(Role::Manager)];
    let approvers = if directed { &managers[..0] } else { &managers[..] };
    ask_of(tx, d, &own, (approvers, None)).await
}

/// An order waits for its director no more: it was called off, or the dealer has moved it on.
pub(crate) async fn limit_is_past(tx: &mut Tx, d: &Dealer, order: &OrderId) -> Result<()> {
    let once = format!("{}:{order}", Kind::OrderLimit.as_str());
    let open =
        fetch_optional!(tx, Approval, approvals!("where once = $1 and state = 'open'"), once)?;
    match open {
        Some(case) => ask::withdraw(tx, d, &case).await,
        None => Ok(()),
    }
}

/// The lock of a case: of two answers the second sees what the first has done. That of the order which it
/// is about comes before it, as it does for whoever changes the order: so neither waits for the other.
pub(super) async fn lock(tx: &mut Tx, d: &Dealer, id: &ApprovalId) -> Result<()> {
    execute!(
        tx,
        "update orders set comment = comment
          where id = (select subject from approvals
                       where id = $1 and kind in ('late_cancel', 'order_limit', 'discount'))",
        id
    )?;
    execute!(tx, "update approvals set updated_at = $2 where id = $1", id, d.clock.now())?;
    Ok(())
}

/// Whose wish it was, where it was a customer's.
///
/// # Errors
/// When the database fails.
pub async fn customer_of(
    db: &mut impl Executor,
    approval: &Approval,
) -> Result<Option<CustomerId>> {
    let sql = match approval.kind {
        Kind::Membership => "select customer_id from memberships where id = $1",
        Kind::LateCancel | Kind::OrderLimit => "select customer_id from orders where id = $1",
        Kind::PlateAccess => return plates::asker(db, approval.subject.as_deref()).await,
        Kind::MachineClaim => return machines::claimant(db, approval.subject.as_deref()).await,
        // The customer hears of the quote and not of what was asked about it.
        Kind::Deal | Kind::Hand | Kind::Owner | Kind::Typo | Kind::Discount => return Ok(None),
    };
    let row = fetch_optional!(db, (CustomerId,), sql, &approval.subject)?;
    Ok(row.map(|(id,)| id))
}

/// Erases a customer from what they asked for; what is still open of it is asked no more.
pub(crate) async fn forget(tx: &mut Tx, d: &Dealer, customer: &CustomerId) -> Result<()> {
    let cases = fetch_all!(
        tx,
        Approval,
        approvals!(
            "where once in (select 'membership:' || id from memberships where customer_id = $1
                             union all
                            select 'plate_access:' || id from memberships where customer_id = $1
                             union all
                            select 'plate_access:' || id from machine_guests where customer_id = $1
                             union all
                            select 'machine_claim:' || id from machine_claims where customer_id = $1
                             union all
                            select 'late_cancel:' || id from orders where customer_id = $1
                             union all
                            select 'order_limit:' || id from orders where customer_id = $1
                             union all
                            select 'discount:' || id from orders where customer_id = $1)"
        ),
        customer
    )?;
    for case in cases {
        execute!(
            tx,
            "update approvals
                set requester_name = '', words = '',
                    title = case when kind in ('membership', 'plate_access') then ''
                                 else title end
              where id = $1",
            &case.id
        )?;
        if case.state == State::Open {
            ask::withdraw(tx, d, &case).await?;
        }
    }
    Ok(())
}

/// Does what a decided case says, and tells the customer. What a CRM does about its deal is the business
/// of its delivery.
pub(super) async fn follow(tx: &mut Tx, d: &Dealer, approval: &Approval) -> Result<()> {
    let yes = approval.state == State::Approved;
    let subject = approval.subject.as_deref().unwrap_or_default();
    match approval.kind {
        Kind::Deal | Kind::Hand | Kind::Owner | Kind::Typo => return Ok(()),
        Kind::Discount if yes => {
            return orders::quotes::granted(tx, d, &OrderId::from(subject)).await;
        }
        Kind::Discount => return Ok(()),
        Kind::Membership => people::settle_membership(tx, subject, yes).await?,
        Kind::LateCancel if yes => {
            let order = OrderId::from(subject);
            orders::advance(tx, d, &order, orders::State::Cancelled, None).await?;
        }
        Kind::LateCancel => {}
        Kind::OrderLimit => {
            let to = if yes { orders::State::Confirmed } else { orders::State::Cancelled };
            orders::advance(tx, d, &OrderId::from(subject), to, None).await?;
        }
        Kind::PlateAccess => plates::settle(tx, subject, yes).await?,
        Kind::MachineClaim => machines::settle_claim(tx, d, subject, yes).await?,
    }
    let Some(customer) = customer_of(tx, approval).await? else { return Ok(()) };
    let customer = people::find(tx, &customer).await?.filter(|customer| customer.reachable);
    if let Some(chat) = customer.and_then(|customer| customer.telegram_id) {
        let notice = Notice::ApprovalAnswer { approval: approval.id.clone() };
        let once = format!("approval:{}:{}:answer", approval.id, approval.version);
        notices::to_customer(tx, d, chat, notice, &once).await?;
    }
    Ok(())
}
