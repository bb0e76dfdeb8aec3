//! The catalogue, page by page.

use chrono::{DateTime, Utc};

use crate::db::{Executor, fetch_all};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::machines::scope::machine_is_of;
use crate::parts::index::{Cursor, Query};
use crate::parts::{Park, Part, PartPage};
use crate::{Error, Money, Result};

/// How many parts a page of the catalogue holds.
pub const PAGE: usize = 20;
/// How many parts are suggested while somebody types.
pub const SUGGESTED: usize = 8;

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
    no: Option<i64>,
    instead_of: Option<String>,
}

/// The chosen machine `$2` seen by customer `$1`, or by staff, who are nobody's customer: no row
/// when none is chosen or it is another's.
macro_rules! with_scope {
    () => {
        concat!(
            "with recursive scope as (select m.model_id
                              from machine_instances m
                             where m.id = $2 and ($1 is null or ",
            machine_is_of!("$1"),
            "))"
        )
    };
}

/// What a row tells of the part `p`.
macro_rules! part_columns {
    () => {
        "p.id, p.sku, p.name, p.price, p.stock, p.stock_at, p.lead_days, p.category, p.photo,
         p.replaced_by, p.no"
    };
}

/// The part is sold, and fits the chosen machine if there is one.
macro_rules! is_offered {
    () => {
        "p.active
         and ($2 is null or exists (select 1
                                      from part_models pm
                                     where pm.part_id = p.id
                                       and pm.model_id = (select model_id from scope)))"
    };
}

mod ranking;

/// Parts that match `q`, at most [`PAGE`] of them: what took the place of a part with exactly this
/// code, however long the chain, and says so; an exact code, then codes that begin
/// so, then models that begin so and names; all words of `q` must match. Each place is in the
/// dealer's order, which is that of the first import, and so is the catalogue without a query. With
/// a machine, only what fits its model. `page` is the `next` of the page before.
///
/// One statement. Browsing walks an index. A query walks the parts of its rarest piece: as far as a
/// page goes when most of them match, all of them when few do.
/// A machine that the viewer may not see is [`Error::NotFound`].
pub async fn search(
    db: &mut impl Executor,
    park: Park<'_>,
    q: &str,
    machine: Option<&MachineId>,
    page: Option<&str>,
) -> Result<PartPage> {
    let after = page.map(Cursor::parse).transpose()?.unwrap_or_default();
    let customer = match park {
        Park::Of(customer) => Some(customer),
        Park::Any => None,
    };
    let rows = match (Query::new(q), machine) {
        (Some(query), _) => ranking::found(db, customer, machine, &after, &query).await?,
        (None, Some(machine)) => fitting(db, customer, machine, &after).await?,
        (None, None) => browsed(db, &after).await?,
    };
    if machine.is_some() && rows.first().is_none_or(|row| row.machines == 0) {
        return Err(Error::NotFound);
    }
    let mut ends = Vec::with_capacity(rows.len());
    let mut parts: Vec<Part> = Vec::with_capacity(rows.len());
    for row in rows {
        let end = Cursor { place: row.place.unwrap_or_default(), no: row.no.unwrap_or_default() };
        if let Some(part) = part_of(row, machine.is_some()) {
            ends.push(end);
            parts.push(part);
        }
    }
    let more = parts.len() > PAGE;
    parts.truncate(PAGE);
    let next = more.then(|| ends[PAGE - 1].to_string());
    // Who asks for an old article wants the part that is made now.
    parts.sort_by_key(|part| part.instead_of.is_none());
    Ok(PartPage { parts, next })
}

/// What whoever types `q` may mean, at most [`SUGGESTED`] parts: the first of [`search`], by the same
/// statement. Nothing to look for is nothing to suggest, and asks nobody.
pub async fn suggest(
    db: &mut impl Executor,
    park: Park<'_>,
    q: &str,
    machine: Option<&MachineId>,
) -> Result<Vec<Part>> {
    if Query::new(q).is_none() {
        return Ok(Vec::new());
    }
    let mut parts = search(db, park, q, machine, None).await?.parts;
    parts.truncate(SUGGESTED);
    Ok(parts)
}

/// The whole catalogue.
async fn browsed(db: &mut impl Executor, after: &Cursor) -> Result<Vec<FoundRow>> {
    Ok(fetch_all!(
        db,
        FoundRow,
        concat!(
            "select ",
            part_columns!(),
            ",      cast(0 as bigint) as machines, cast(0 as bigint) as place,
                cast(null as text) as instead_of
               from parts p
              where p.active and p.no > $1
              order by p.no
              limit 21"
        ),
        after.bound(0)
    )?)
}

/// What fits the machine.
async fn fitting(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    machine: &MachineId,
    after: &Cursor,
) -> Result<Vec<FoundRow>> {
    Ok(fetch_all!(
        db,
        FoundRow,
        concat!(
            with_scope!(),
            " select (select count(*) from scope) as machines, found.*, cast(0 as bigint) as place,
                    cast(null as text) as instead_of
               from (select 1 as one) anchor
               left join (select ",
            part_columns!(),
            "               from part_grams g
                           cross join parts p
                           where g.gram = (select '=' || model_id from scope)
                             and g.part_no > $3 and p.no = g.part_no and p.active
                           order by g.part_no
                           limit 21) found on true
              order by found.no"
        ),
        customer,
        machine,
        after.bound(0)
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
        instead_of: row.instead_of,
    })
}
