//! The catalogue, page by page.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::machines::scope::machine_is_of;
use crate::parts::Part;
use crate::parts::index::{Cursor, Query};
use crate::{Error, Money, Result};

/// How many parts a page of the catalogue holds.
pub const PAGE: usize = 20;

/// One page of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartPage {
    /// At most [`PAGE`] parts.
    pub parts: Vec<Part>,
    /// What to ask the next page with; `None` on the last one.
    pub next: Option<String>,
}

/// A row of a page; all of it is absent when the page is empty.
#[derive(sqlx::FromRow)]
struct FoundRow {
    machines: i64,
    id: Option<PartId>,
    sku: Option<String>,
    name: Option<String>,
    price: Option<Money>,
    stock: Option<i64>,
    stock_at: Option<DateTime<Utc>>,
    lead_days: Option<i64>,
    category: Option<String>,
    photo: Option<String>,
    replaced_by: Option<String>,
    place: Option<i64>,
}

/// The chosen machine `$2` seen by customer `$1`: no row when none is chosen or it is another's.
macro_rules! with_scope {
    () => {
        concat!(
            "with scope as (select m.model_id from machine_instances m where m.id = $2 and ",
            machine_is_of!("$1"),
            ") "
        )
    };
}

macro_rules! fits_scope {
    () => {
        "($2 is null or exists (select 1
                                  from part_models pm
                                  join scope on scope.model_id = pm.model_id
                                 where pm.part_id = p.id))"
    };
}

/// Parts that match `q`, at most [`PAGE`] of them: an exact code first, then codes that begin
/// so, then names and models; all words of `q` must match. With a machine, only what fits its
/// model. `page` is the `next` of the page before.
///
/// One statement. Browsing walks an index; a query reads the active parts once.
/// A machine that the customer may not see is [`Error::NotFound`].
pub async fn search(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    q: &str,
    machine: Option<&MachineId>,
    page: Option<&str>,
) -> Result<PartPage> {
    let after = page.map(Cursor::parse).transpose()?.unwrap_or_default();
    let rows = match Query::new(q) {
        Some(query) => found(db, customer, machine, &after, &query).await?,
        None => browsed(db, customer, machine, &after).await?,
    };
    if machine.is_some() && rows.first().is_none_or(|row| row.machines == 0) {
        return Err(Error::NotFound);
    }
    let mut places = Vec::with_capacity(rows.len());
    let mut parts: Vec<Part> = Vec::with_capacity(rows.len());
    for row in rows {
        let place = row.place.unwrap_or_default();
        if let Some(part) = part_of(row, machine.is_some()) {
            places.push(place);
            parts.push(part);
        }
    }
    let more = parts.len() > PAGE;
    parts.truncate(PAGE);
    let next = (more && parts.len() == PAGE)
        .then(|| Cursor::after(places[PAGE - 1], &parts[PAGE - 1].id).to_string());
    Ok(PartPage { parts, next })
}

async fn browsed(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    machine: Option<&MachineId>,
    after: &Cursor,
) -> Result<Vec<FoundRow>> {
    Ok(fetch_all!(
        db,
        FoundRow,
        concat!(
            with_scope!(),
            "select (select count(*) from scope) as machines, found.*, cast(0 as bigint) as place
               from (select 1 as one) anchor
               left join (select p.id, p.sku, p.name, p.price, p.stock, p.stock_at, p.lead_days,
                                 p.category, p.photo, p.replaced_by
                            from parts p
                           where p.active
                             and (p.name, p.id)
                                 > (coalesce((select name from parts where id = $3), ''), $3)
                             and ",
            fits_scope!(),
            "              order by p.name, p.id
                           limit 21) found on true
              order by found.name, found.id"
        ),
        customer,
        machine,
        &after.id
    )?)
}

async fn found(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    machine: Option<&MachineId>,
    after: &Cursor,
    query: &Query,
) -> Result<Vec<FoundRow>> {
    let [w1, w2, w3, w4, w5, w6] = &query.words;
    Ok(fetch_all!(
        db,
        FoundRow,
        concat!(
            with_scope!(),
            "select (select count(*) from scope) as machines, found.*
               from (select 1 as one) anchor
               left join (select *
                            from (select p.id, p.sku, p.name, p.price, p.stock, p.stock_at,
                                         p.lead_days, p.category, p.photo, p.replaced_by,
                                         cast(case when p.search_key like $5 then 0
                                                   when p.search_key like $6 then 1
                                                   else 2 end as bigint) as place
                                    from parts p
                                   where p.active
                                     and (p.search_key like $6
                                          or p.search_key like $7
                                          or (    (p.search_key like $8 or p.search_key like $9)
                                              and (p.search_key like $10 or p.search_key like $11)
                                              and (p.search_key like $12 or p.search_key like $13)
                                              and (p.search_key like $14 or p.search_key like $15)
                                              and (p.search_key like $16 or p.search_key like $17)
                                              and (p.search_key like $18 or p.search_key like $19)))
                                     and ",
            fits_scope!(),
            "                    ) placed
                           where (placed.place, placed.name, placed.id)
                                 > ($3, coalesce((select name from parts where id = $4), ''), $4)
                           order by placed.place, placed.name, placed.id
                           limit 21) found on true
              order by found.place, found.name, found.id"
        ),
        customer,
        machine,
        after.place,
        &after.id,
        &query.code,
        &query.code_start,
        &query.model_start,
        &w1.text,
        &w1.code,
        &w2.text,
        &w2.code,
        &w3.text,
        &w3.code,
        &w4.text,
        &w4.code,
        &w5.text,
        &w5.code,
        &w6.text,
        &w6.code
    )?)
}

fn part_of(row: FoundRow, fits: bool) -> Option<Part> {
    Some(Part {
        id: row.id?,
        sku: row.sku?,
        name: row.name?,
        price: row.price,
        stock: row.stock,
        stock_at: row.stock_at,
        lead_days: row.lead_days,
        category: row.category?,
        photo: row.photo,
        replaced_by: row.replaced_by,
        fits,
    })
}
