//! Names are found by how their words begin: «петр» finds «Иван Петров». The beginnings are rows, made
//! when somebody searches, of the names that have changed since: whoever writes a name need not know.

use std::collections::BTreeSet;

use crate::Result;
use crate::db::{Db, Tx, execute, fetch_all, fetch_optional};
use crate::text::search_key;

/// What names belong to, as the rows say it.
pub(crate) const CUSTOMER: &str = "customer";
pub(crate) const COMPANY: &str = "company";
/// The shortest and the longest beginning that is kept, in letters.
const SHORTEST: usize = 2;
const LONGEST: usize = 12;
/// Names of a batch: a transaction each, so that whoever orders waits for one at most.
const BATCH: i64 = 200;
/// Batches of a kind that somebody waits for.
const BRIEFLY: usize = 5;

/// The beginnings that a search asks for, of its first two words; none where it has no word.
pub(crate) fn wanted(words: &str) -> Option<(String, Option<String>)> {
    let key = search_key(words);
    let mut starts = key.split(' ').filter(|word| word.chars().count() >= SHORTEST).map(cut);
    Some((starts.next()?, starts.next()))
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// All beginnings of the words of a name.
fn starts(name: &str) -> BTreeSet<String> {
    let key = search_key(name);
    let of_word = |word: &str| {
        let letters: Vec<char> = word.chars().take(LONGEST).collect();
        (SHORTEST..=letters.len()).map(move |long| letters[..long].iter().collect::<String>())
    };
    key.split(' ').flat_map(of_word).collect()
}

/// What names are kept of, which of them want their beginnings made, and how that is noted.
const KINDS: [(&str, &str, &str); 2] = [
    (CUSTOMER, STALE_CUSTOMERS, "update customers set starts_of = $2 where id = $1"),
    (COMPANY, STALE_COMPANIES, "update companies set starts_of = $2 where id = $1"),
];

/// Makes the beginnings of the names that are new or have changed, at the start and at night. Safe to
/// call from several processes; one probe of an index each when there is nothing to do.
pub async fn catch_up(db: &Db) -> Result<()> {
    for kind in KINDS {
        while batch(db, kind).await? {}
    }
    Ok(())
}

/// The same for who waits for a search: a thousand names at most, so that those of a large import are
/// found a little later and nobody waits for them.
pub async fn catch_up_briefly(db: &Db) -> Result<()> {
    for kind in KINDS {
        for _ in 0..BRIEFLY {
            if !batch(db, kind).await? {
                break;
            }
        }
    }
    Ok(())
}

/// The next names of a kind; whether there may be more.
async fn batch(
    db: &Db,
    (kind, stale, settled): (&str, &'static str, &'static str),
) -> Result<bool> {
    // Whoever only searches waits for no writer.
    if fetch_optional!(&mut db.read().await?, (String, String), stale, 1_i64)?.is_none() {
        return Ok(false);
    }
    let mut tx = db.begin().await?;
    let names = fetch_all!(&mut tx, (String, String), stale, BATCH)?;
    for (id, name) in &names {
        renew(&mut tx, kind, id, name).await?;
        execute!(&mut tx, settled, id, name)?;
    }
    tx.commit().await?;
    Ok(names.len() == usize::try_from(BATCH).unwrap_or(usize::MAX))
}

const STALE_CUSTOMERS: &str = "select id, name from customers
      where starts_of is null or starts_of <> name order by id limit $1";
const STALE_COMPANIES: &str = "select id, name from companies
      where starts_of is null or starts_of <> name order by id limit $1";

async fn renew(tx: &mut Tx, kind: &str, id: &str, name: &str) -> Result<()> {
    forget(tx, kind, id).await?;
    for start in starts(name) {
        execute!(
            tx,
            "insert into name_starts (kind, start, id) values ($1, $2, $3)
             on conflict (kind, start, id) do nothing",
            kind,
            start,
            id
        )?;
    }
    Ok(())
}

/// Nothing finds this name any more.
pub(crate) async fn forget(tx: &mut Tx, kind: &str, id: &str) -> Result<()> {
    execute!(tx, "delete from name_starts where kind = $1 and id = $2", kind, id)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginnings() {
        let made = starts("Иван Пётр-ов");
        for start in ["ив", "иван", "петр", "ов"] {
            assert!(made.contains(start), "{start}: {made:?}");
        }
        assert!(!made.contains("и") && !made.contains("етр"), "{made:?}");
        assert_eq!(wanted(" ПЁТР  Ив"), Some(("петр".to_owned(), Some("ив".to_owned()))));
        assert_eq!(wanted("—"), None);
        let long = starts("Электромашиностроительный");
        assert!(long.contains(&wanted("электромашиностроит").unwrap().0));
    }
}
