//! All customers as the managers' list shows them: newest first, page by page.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::paging::{self, Page};
use crate::people::{Customer, names};
use crate::text::{Email, Inn, Phone};

/// A customer of the list.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Listed {
    /// Who.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub customer: Customer,
    /// The company that they were first put into.
    pub company: Option<String>,
    /// Since when they are known.
    pub created_at: DateTime<Utc>,
}

/// Which customers; a phone, an e-mail or the INN of their company is searched, anything else among
/// their names and those of their companies ([`super::catch_up_briefly`] comes first).
pub type Filter = paging::Filter<Which>;

/// How far the bot can reach somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Whoever it is.
    #[default]
    All,
    /// The bot has not met them yet: a deal or an import named them.
    Unmet,
    /// They blocked the bot.
    Unreachable,
}

/// A page of customers and the cursor of the next. One statement that an index serves.
pub async fn page(db: &mut impl Executor, filter: &Filter) -> Result<Page<Listed>> {
    let words = filter.words.as_deref();
    let phone = words.and_then(Phone::parse);
    let inn = words.and_then(Inn::parse);
    let email = words.and_then(Email::parse);
    let (first, second) = match (&phone, &inn, &email, words.and_then(names::wanted)) {
        (None, None, None, Some((first, second))) => (Some(first), second),
        _ => (None, None),
    };
    let rows = fetch_all!(
        db,
        Listed,
        match (words, filter.which) {
            (Some(_), _) => OF_WORDS,
            (None, Which::All) => ALL,
            (None, Which::Unmet) => UNMET,
            (None, Which::Unreachable) => UNREACHABLE,
        },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        phone,
        inn,
        email,
        first,
        second
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.customer.id.to_string()))
}

/// `$3` to `$7` are there in every variant, so that both engines take the same arguments.
macro_rules! book {
    ($where:literal) => {
        concat!(
            "select c.id, c.telegram_id, c.phone, c.name, c.email, c.language, c.reachable,
                    c.created_at,
                    (select f.name
                       from memberships m
                       join companies f on f.id = m.company_id
                      where m.customer_id = c.id and m.state = 'active'
                      order by m.id
                      limit 1) as company
               from customers c
              where c.id < $1 and ",
            $where,
            " order by c.id desc limit $2"
        )
    };
}

const ALL: &str = book!("coalesce($3, $4, $5, $6, $7) is null");
const UNMET: &str = book!("c.telegram_id is null and coalesce($3, $4, $5, $6, $7) is null");
const UNREACHABLE: &str = book!("c.reachable = false and coalesce($3, $4, $5, $6, $7) is null");
const OF_WORDS: &str = book!(
    "c.id in (select id from customers where phone = $3
              union
              select m.customer_id from memberships m
                join companies f on f.id = m.company_id where f.inn = $4
              union
              select id from customers where email = $5
              union
              select s.id from name_starts s
               where s.kind = 'customer' and s.start = $6
                 and ($7 is null or exists (select 1 from name_starts t
                                             where t.kind = 'customer' and t.start = $7
                                               and t.id = s.id))
              union
              select m.customer_id from name_starts s
                join memberships m on m.company_id = s.id and m.state = 'active'
               where s.kind = 'company' and s.start = $6
                 and ($7 is null or exists (select 1 from name_starts t
                                             where t.kind = 'company' and t.start = $7
                                               and t.id = s.id)))"
);
