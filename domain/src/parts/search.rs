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
}

/// The chosen machine `$2` seen by customer `$1`, or by staff, who are nobody's customer: no row
/// when none is chosen or it is another's.
macro_rules! with_scope {
    () => {
        concat!(
            "with scope as (select m.model_id
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

/// One walk of the list of one piece, in the dealer's order, as far as a page goes. `cross join`
/// holds SQLite to that order.
macro_rules! walk {
    ($place:literal, $piece:expr, $after:literal, $checks:expr) => {
        concat!(
            "select * from (select cast(",
            $place,
            " as bigint) as place, p.no
                              from part_grams g
                             cross join parts p
                             where g.gram = ",
            $piece,
            "                  and g.part_no > ",
            $after,
            "                  and p.no = g.part_no and ",
            $checks,
            "                  and ",
            is_offered!(),
            "                order by g.part_no
                             limit 21) walked"
        )
    };
}

/// Parts that match `q`, at most [`PAGE`] of them: an exact code first, then codes that begin
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
        (Some(query), _) => found(db, customer, machine, &after, &query).await?,
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
    Ok(PartPage { parts, next })
}

/// The whole catalogue.
async fn browsed(db: &mut impl Executor, after: &Cursor) -> Result<Vec<FoundRow>> {
    Ok(fetch_all!(
        db,
        FoundRow,
        concat!(
            "select ",
            part_columns!(),
            ",      cast(0 as bigint) as machines, cast(0 as bigint) as place
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
            " select (select count(*) from scope) as machines, found.*, cast(0 as bigint) as place
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

/// The places of the ranking one after the other. The words are only asked for when the codes leave
/// room on the page: else a query that is a code would walk past all parts that its codes have
/// found already. What a place above has found, a place below does not find again.
const FOUND: &str = concat!(
    with_scope!(),
    ",
      pieces (gram) as (values ($17), ($18), ($19), ($20), ($21), ($22), ($23), ($24)
                        union all
                        select '=' || model_id from scope),
      codes as materialized (
          select * from (select cast(0 as bigint) as place, p.no
                           from part_codes c
                           join parts p on p.id = c.part_id
                          where c.code_key = $6 and p.no > $3 and ",
    is_offered!(),
    "             order by p.no
                          limit 21) exact
          union all ",
    walk!(
        "1",
        "$7",
        "$4",
        "p.search_key like $8
         and not exists (select 1 from part_codes c where c.part_id = p.id and c.code_key = $6)"
    ),
    "),
      room (yes) as (select 1 from (select count(*) as parts from codes) full_so_far
                      where full_so_far.parts < 21),
      placed as (
          select place, no from codes
          union ",
    walk!("2", "(select $9 from room)", "$5", "p.search_key like $10 and p.search_key not like $8"),
    "     union ",
    walk!(
        "2",
        "(select c.gram
            from room
           cross join pieces c
            left join part_gram_counts n on n.gram = c.gram
           order by coalesce(n.parts, 0), c.gram
           limit 1)",
        "$5",
        "p.search_key like $11 and p.search_key like $12 and p.search_key like $13
         and p.search_key like $14 and p.search_key like $15 and p.search_key like $16
         and p.search_key not like $8"
    ),
    "     order by place, no
          limit 21)
     select (select count(*) from scope) as machines, placed.place, ",
    part_columns!(),
    " from (select 1 as one) anchor
      left join placed on true
      left join parts p on p.no = placed.no
     order by placed.place, placed.no"
);

async fn found(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    machine: Option<&MachineId>,
    after: &Cursor,
    query: &Query,
) -> Result<Vec<FoundRow>> {
    let [w1, w2, w3, w4, w5, w6] = &query.words;
    let [p1, p2, p3, p4, p5, p6, p7, p8] = &query.pieces;
    Ok(fetch_all!(
        db,
        FoundRow,
        FOUND,
        customer,
        machine,
        after.bound(0),
        after.bound(1),
        after.bound(2),
        &query.code,
        &query.code_start.piece,
        &query.code_start.like,
        &query.model_start.piece,
        &query.model_start.like,
        w1,
        w2,
        w3,
        w4,
        w5,
        w6,
        p1,
        p2,
        p3,
        p4,
        p5,
        p6,
        p7,
        p8
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
