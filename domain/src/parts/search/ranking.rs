//! What a query finds, place by place, in one statement.

use crate::Result;
use crate::db::{Executor, fetch_all};
use crate::ids::{CustomerId, MachineId};
use crate::machines::scope::machine_is_of;
use crate::parts::index::{Cursor, Query};
use crate::parts::search::FoundRow;

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

/// The places of the ranking one after the other. The words are only asked for when the codes leave
/// room on the page: else a query that is a code would walk past all parts that its codes have
/// found already. What a place above has found, a place below does not find again.
const FOUND: &str = concat!(
    with_scope!(),
    ",
      pieces (gram) as (values ($17), ($18), ($19), ($20), ($21), ($22), ($23), ($24)
                        union all
                        select '=' || model_id from scope),
      asked (part_id) as (select part_id from part_codes where code_key = $6),
      successors (sku, hops) as (
          select o.replaced_by, 1 from asked join parts o on o.id = asked.part_id
           where o.replaced_by is not null
          union
          select o.replaced_by, s.hops + 1 from successors s join parts o on o.sku = s.sku
           where o.replaced_by is not null and s.hops < 5),
      codes as materialized (
          select * from (select cast(0 as bigint) as place, p.no
                           from successors s
                           join parts p on p.sku = s.sku
                          where p.no > $3 and ",
    is_offered!(),
    "             order by p.no
                          limit 21) newer
          union
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
         and not exists (select 1 from part_codes c where c.part_id = p.id and c.code_key = $6)
         and p.sku not in (select sku from successors)"
    ),
    "),
      room (yes) as (select 1 from (select count(*) as parts from codes) full_so_far
                      where full_so_far.parts < 21),
      placed as (
          select place, no from codes
          union ",
    walk!(
        "2",
        "(select $9 from room)",
        "$5",
        "p.search_key like $10 and p.search_key not like $8
         and p.sku not in (select sku from successors)"
    ),
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
         and p.search_key not like $8 and p.sku not in (select sku from successors)"
    ),
    "     order by place, no
          limit 21)
     select (select count(*) from scope) as machines, placed.place, ",
    part_columns!(),
    ",     case when p.sku in (select sku from successors)
                 then (select min(o.sku)
                         from asked
                         join parts o on o.id = asked.part_id
                        where o.replaced_by is not null)
             end as instead_of
      from (select 1 as one) anchor
      left join placed on true
      left join parts p on p.no = placed.no
     order by placed.place, placed.no"
);

pub(super) async fn found(
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
