//! Orders as managers have them before them: those that are open, and all of them page by page.

use serde::Serialize;

use crate::db::{Executor, fetch_all, fetch_optional};
use crate::ids::CompanyId;
use crate::orders::{Order, OrderLine, OrderSummary, State, lines};
use crate::paging::{self, Page, Standing};
use crate::text::Phone;
use crate::{Error, Result};

/// An order on the managers' desk.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct OpenOrder {
    /// The order.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub order: OrderSummary,
    /// Who ordered.
    pub customer_name: String,
    /// Where to call them.
    pub phone: Option<Phone>,
    /// For which company.
    pub company_name: Option<String>,
    /// The manager who took it.
    pub taken_by_name: Option<String>,
}

/// Which orders; a number or a customer's phone is searched.
pub type Filter = paging::Filter<Which>;

/// Where orders stand.
pub type Which = Standing<State>;

/// An [`OpenOrder`] is read by this query; the rest of it says which.
macro_rules! desk_orders {
    ($($rest:literal),+) => {
        concat!(
            "select o.id, o.number, o.state, o.total, o.created_at,
                    (select count(*) from order_lines l where l.order_id = o.id) as positions,
                    c.name as customer_name, c.phone, f.name as company_name, s.name as taken_by_name
               from orders o
               join customers c on c.id = o.customer_id
               left join companies f on f.id = o.company_id
               left join staff s on s.id = o.taken_by ",
            $($rest),+
        )
    };
}

/// Any order of this number as the managers' desk shows it, open or not.
pub async fn for_staff(db: &mut impl Executor, number: &str) -> Result<OpenOrder> {
    let order = fetch_optional!(db, OpenOrder, desk_orders!("where o.number = $1"), number)?;
    order.ok_or(Error::NotFound)
}

/// The newest orders of a company, at most `limit`.
pub async fn of_company(
    db: &mut impl Executor,
    company: &CompanyId,
    limit: i64,
) -> Result<Vec<OpenOrder>> {
    Ok(fetch_all!(
        db,
        OpenOrder,
        desk_orders!("where o.company_id = $1 order by o.id desc limit $2"),
        company,
        limit
    )?)
}

/// A row of the desk that holds the whole order.
#[derive(sqlx::FromRow)]
struct DeskRow {
    #[sqlx(flatten)]
    order: Order,
    customer_name: String,
    phone: Option<Phone>,
    company_name: Option<String>,
    taken_by_name: Option<String>,
}

/// Any order of this number with its lines, and as the managers' desk shows it. Two statements.
pub async fn for_desk(
    db: &mut impl Executor,
    number: &str,
) -> Result<(OpenOrder, Order, Vec<OrderLine>)> {
    let row = fetch_optional!(
        db,
        DeskRow,
        "select o.id, o.number, o.customer_id, o.company_id, o.state, o.total, o.delivery, o.address,
                o.inn, o.comment, o.contact, o.taken_by, o.created_at, o.updated_at,
                c.name as customer_name, c.phone, f.name as company_name, s.name as taken_by_name
           from orders o
           join customers c on c.id = o.customer_id
           left join companies f on f.id = o.company_id
           left join staff s on s.id = o.taken_by
          where o.number = $1",
        number
    )?
    .ok_or(Error::NotFound)?;
    let lines = lines(db, &row.order.id).await?;
    let order = row.order;
    let summary = OrderSummary {
        id: order.id.clone(),
        number: order.number.clone(),
        state: order.state,
        total: order.total,
        positions: i64::try_from(lines.len()).unwrap_or(i64::MAX),
        created_at: order.created_at,
    };
    let open = OpenOrder {
        order: summary,
        customer_name: row.customer_name,
        phone: row.phone,
        company_name: row.company_name,
        taken_by_name: row.taken_by_name,
    };
    Ok((open, order, lines))
}

/// The managers' desk: the oldest 200 orders that are not completed, cancelled or expired.
pub async fn open(db: &mut impl Executor) -> Result<Vec<OpenOrder>> {
    Ok(fetch_all!(
        db,
        OpenOrder,
        desk_orders!(
            "where o.state not in ('completed', 'cancelled', 'expired')
             order by o.id
             limit 200"
        )
    )?)
}

/// A page of them and the cursor of the next. One statement that an index serves, so a page costs
/// the same among ten and ten million.
pub async fn page(db: &mut impl Executor, filter: &Filter) -> Result<Page<OpenOrder>> {
    let phone = filter.words.as_deref().and_then(Phone::parse);
    let number = match &phone {
        Some(_) => None,
        None => filter.words.as_deref().map(|words| words.trim().to_uppercase()),
    };
    let rows = fetch_all!(
        db,
        OpenOrder,
        match (&phone, &number, filter.which) {
            (Some(_), _, _) => OF_PHONE,
            (None, Some(_), _) => OF_NUMBER,
            (None, None, Which::Open) => OPEN,
            (None, None, Which::All) => ALL,
            (None, None, Which::In(_)) => IN_STATE,
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        filter.which.state(),
        number,
        phone
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.order.id.to_string()))
}

/// `$3` to `$5` are there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        desk_orders!("where o.id < $1 and ", $where, " order by o.id desc limit $2")
    };
}

const ALL: &str = book!("coalesce($3, $4, $5) is null");
const OPEN: &str =
    book!("o.state not in ('completed', 'cancelled', 'expired') and coalesce($3, $4, $5) is null");
const IN_STATE: &str = book!("o.state = $3 and coalesce($4, $5) is null");
const OF_NUMBER: &str = book!("o.number = $4 and coalesce($3, $4, $5) is not null");
const OF_PHONE: &str = book!(
    "o.customer_id = (select id from customers where phone = $5)
     and coalesce($3, $4, $5) is not null"
);
