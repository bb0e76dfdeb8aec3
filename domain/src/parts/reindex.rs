//! Keeps what the search reads in step with the catalogue. Whoever writes a part leaves it
//! `indexed = false`; [`index`] at the end of the transaction makes its key and pieces, of all such
//! parts at once, because sorted rows go into an index many times faster than scattered ones.

use std::collections::BTreeMap;

use crate::Result;
use crate::db::{Db, Executor, Tx, execute, fetch_all, fetch_optional};
use crate::ids::{ModelId, PartId};
use crate::parts::index::part_search_key;

#[derive(Default)]
struct Words {
    name: String,
    category: String,
    codes: Vec<String>,
    models: Vec<String>,
}

/// Indexes what a database from before this index holds, and what was filled in past the import.
/// Cost: one probe when there is nothing to do, which is always but once.
pub async fn catch_up(db: &Db) -> Result<()> {
    if !is_due(&mut db.read().await?).await? {
        return Ok(());
    }
    tracing::info!("indexing the catalogue for the search");
    let mut tx = db.begin().await?;
    index(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// A model has another code or name: its parts are found by other words.
pub(crate) async fn model_changed(tx: &mut Tx, model: &ModelId) -> Result<()> {
    execute!(
        tx,
        "update parts
            set indexed = false
          where id in (select part_id from part_models where model_id = $1)",
        model
    )?;
    Ok(())
}

/// Makes the keys and pieces of the parts that want it.
/// Cost: nothing when there are none. Else three statements that read those parts, one per part,
/// and six that pass over all pieces, some hundred per part of the catalogue.
pub(crate) async fn index(tx: &mut Tx) -> Result<()> {
    if is_due(tx).await? {
        write_keys(tx).await?;
        write_pieces(tx).await?;
    }
    Ok(())
}

async fn is_due(db: &mut impl Executor) -> Result<bool> {
    let due = fetch_optional!(db, (i64,), "select no from parts where not indexed limit 1")?;
    Ok(due.is_some())
}

async fn write_keys(tx: &mut Tx) -> Result<()> {
    let mut parts: BTreeMap<PartId, Words> = BTreeMap::new();
    let rows = fetch_all!(
        tx,
        (PartId, String, String),
        "select id, name, category from parts where not indexed"
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
          where not p.indexed
          order by c.part_id, c.code_key"
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
          where not p.indexed
          order by pm.part_id, pm.model_id"
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

async fn write_pieces(tx: &mut Tx) -> Result<()> {
    execute!(
        tx,
        "insert into part_places (place)
         with recursive
             longest (place) as (select max(length(search_key)) from parts where not indexed),
             next (place) as (select coalesce(max(place), 0) + 1 from part_places
                              union all
                              select place + 1 from next
                               where place < (select place from longest))
         select place from next where place <= (select place from longest)
         on conflict do nothing"
    )?;
    execute!(
        tx,
        "delete from part_grams where part_no in (select no from parts where not indexed)"
    )?;
    execute!(tx, CUT)?;
    execute!(tx, "delete from part_gram_counts")?;
    execute!(
        tx,
        "insert into part_gram_counts (gram, parts)
         select gram, count(*)
           from part_grams
          where length(gram) <= 3 or gram like '=%'
          group by gram
         on conflict (gram) do update set parts = excluded.parts"
    )?;
    execute!(tx, "update parts set indexed = true where not indexed")?;
    Ok(())
}

/// The pieces that the module `index` describes. A second process that starts at the same moment
/// makes the same ones.
const CUT: &str = "insert into part_grams (gram, part_no)
    with
        tails (tail, part_no) as (
            select substr(p.search_key, place, 8), p.no
              from parts p
             cross join part_places
             where not p.indexed and place < length(p.search_key)),
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
             where not p.indexed)
    select distinct gram, part_no
      from pieces
     where gram not like '_% %' and gram not like '_%|%' and gram not like '_%#%'
     order by gram, part_no
    on conflict do nothing";
