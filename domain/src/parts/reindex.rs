//! Keeps what the search reads in step with the catalogue. Whoever writes a part leaves it
//! `indexed = false`; [`catch_up`], after the commit, makes keys and pieces of all such parts, in
//! batches: sorted rows go into an index many times faster than scattered ones, and whoever orders
//! meanwhile waits for one batch at most. Until its batch comes, a part is found by its old words.

use std::collections::BTreeMap;

use std::time::Duration;

use crate::Result;
use crate::db::{Db, Executor, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::ids::{ModelId, PartId};
use crate::parts::index::part_search_key;
use crate::settings;

/// How many parts a batch holds: some hundred pieces each, a quarter of a second.
const BATCH: i64 = 500;
/// Between two batches: another process that waits for SQLite's lock looks again and again, and
/// must find it open.
const BREATH: Duration = Duration::from_millis(100);
/// Whoever writes the catalogue holds this row until the commit: two imports, or an import and the
/// index, would meet in PostgreSQL on the same parts in opposite order. SQLite has one writer.
const TURN: &str = "catalogue:turn";

#[derive(Default)]
struct Words {
    name: String,
    category: String,
    codes: Vec<String>,
    models: Vec<String>,
}

/// Makes the keys and pieces of the parts that want it, such as those of an import; what a kill
/// left undone is done by the next call. Safe to call from several processes.
///
/// Cost: one probe when there is nothing to do. Else linear in those parts, a transaction for each
/// batch, which holds three statements that read it, one per part, and five that move its pieces,
/// some hundred per part.
pub async fn catch_up(db: &Db) -> Result<()> {
    if !is_due(&mut db.read().await?).await? {
        return Ok(());
    }
    tracing::info!("indexing the catalogue for the search");
    while index_batch(db, BATCH).await? {
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}

/// Waits until nobody else writes the catalogue, and keeps others from it until the commit.
pub(crate) async fn take_turn(tx: &mut Tx) -> Result<()> {
    settings::put(tx, TURN, "").await
}

/// A model has another code or name: its parts are found by other words.
pub(crate) async fn model_changed(tx: &mut Tx, model: &ModelId) -> Result<()> {
    take_turn(tx).await?;
    execute!(
        tx,
        "update parts
            set indexed = false
          where id in (select part_id from part_models where model_id = $1)",
        model
    )?;
    Ok(())
}

/// Indexes the next `most` parts; whether some were left over.
pub(super) async fn index_batch(db: &Db, most: i64) -> Result<bool> {
    let mut tx = db.begin().await?;
    take_turn(&mut tx).await?;
    let (last, parts): (Option<i64>, i64) = fetch_one!(
        &mut tx,
        (Option<i64>, i64),
        "select max(no), count(*)
           from (select no from parts where not indexed order by no limit $1) batch",
        most
    )?;
    let Some(last) = last else { return Ok(false) };
    write_keys(&mut tx, last).await?;
    write_pieces(&mut tx, last).await?;
    tx.commit().await?;
    Ok(parts == most)
}

async fn is_due(db: &mut impl Executor) -> Result<bool> {
    let due = fetch_optional!(db, (i64,), "select no from parts where not indexed limit 1")?;
    Ok(due.is_some())
}

/// `last` is the number of the last part of the batch.
async fn write_keys(tx: &mut Tx, last: i64) -> Result<()> {
    let mut parts: BTreeMap<PartId, Words> = BTreeMap::new();
    let rows = fetch_all!(
        tx,
        (PartId, String, String),
        "select id, name, category from parts where not indexed and no <= $1",
        last
    )?;
    for (id, name, category) in rows {
        parts.insert(id, Words { name, category, ..Words::default() });
    }
    let codes = fetch_all!(
        tx,
        (PartId, String),
        "select c.part_id, c.code
           from parts p
           join part_codes c on c.part_id = p.id
          where not p.indexed and p.no <= $1
          order by c.part_id, c.code_key",
        last
    )?;
    for (id, code) in codes {
        parts.entry(id).or_default().codes.push(code);
    }
    let models = fetch_all!(
        tx,
        (PartId, String, String),
        "select pm.part_id, m.code, m.name
           from parts p
           join part_models pm on pm.part_id = p.id
           join machine_models m on m.id = pm.model_id
          where not p.indexed and p.no <= $1
          order by pm.part_id, pm.model_id",
        last
    )?;
    for (id, code, name) in models {
        parts.entry(id).or_default().models.extend([code, name]);
    }
    for (id, words) in parts {
        let key = part_search_key(&words.name, &words.category, &words.codes, &words.models);
        execute!(tx, "update parts set search_key = $2 where id = $1", &id, key)?;
    }
    Ok(())
}

/// Adds the pieces of the batch up to $1 to the counts, as `$parts` each.
macro_rules! counted {
    ($parts:literal) => {
        concat!(
            "insert into part_gram_counts (gram, parts)
             select gram, ",
            $parts,
            " from part_grams
              where part_no in (select no from parts where not indexed and no <= $1)
                and (length(gram) <= 3 or gram like '=%')
              group by gram
             on conflict (gram) do update set parts = part_gram_counts.parts + excluded.parts"
        )
    };
}

async fn write_pieces(tx: &mut Tx, last: i64) -> Result<()> {
    execute!(
        tx,
        "insert into part_places (place)
         with recursive
             longest (place) as (select max(length(search_key))
                                   from parts
                                  where not indexed and no <= $1),
             next (place) as (select coalesce(max(place), 0) + 1 from part_places
                              union all
                              select place + 1 from next
                               where place < (select place from longest))
         select place from next where place <= (select place from longest)
         on conflict do nothing",
        last
    )?;
    execute!(tx, counted!("-count(*)"), last)?;
    execute!(
        tx,
        "delete from part_grams
          where part_no in (select no from parts where not indexed and no <= $1)",
        last
    )?;
    execute!(tx, CUT, last)?;
    execute!(tx, counted!("count(*)"), last)?;
    execute!(tx, "update parts set indexed = true where not indexed and no <= $1", last)?;
    Ok(())
}

/// The pieces that the module `index` describes, of the batch up to part $1.
const CUT: &str = "insert into part_grams (gram, part_no)
    with
        tails (tail, part_no) as (
            select substr(p.search_key, place, 8), p.no
              from parts p
             cross join part_places
             where not p.indexed and p.no <= $1 and place < length(p.search_key)),
        pieces (gram, part_no) as (
            select substr(tail, 1, 3), part_no from tails where length(tail) >= 3
            union all
            select substr(tail, 1, 2), part_no from tails
             where tail like ' %' or tail like '|%' or tail like '#%'
            union all
            select substr(tail, 1, 5), part_no from tails
             where length(tail) >= 5 and (tail like '|%' or tail like '#%')
            union all
            select tail, part_no from tails
             where length(tail) = 8 and (tail like '|%' or tail like '#%')
            union all
            select '=' || pm.model_id, p.no
              from parts p
              join part_models pm on pm.part_id = p.id
             where not p.indexed and p.no <= $1)
    select distinct gram, part_no
      from pieces
     where gram not like '_% %' and gram not like '_%|%' and gram not like '_%#%'
     order by gram, part_no
    on conflict do nothing";
