//! Carries a plan out, some rows per transaction.

use crate::catalogue::known::Whole;
use crate::catalogue::plan::Written;
use crate::catalogue::{Plan, Report};
use crate::db::{Db, Tx, execute};
use crate::{Dealer, Result, parts};

/// So many rows are written in one transaction: people who order wait for one of them at the most.
pub const ROWS: usize = 500;

/// Carries a compared plan out, transaction by transaction, and lets the search find what is new;
/// `told` hears how many rows are left.
///
/// # Errors
/// When the database fails; what was committed until then stays, and the next run does the rest.
pub async fn carry_out(
    db: &Db,
    d: &Dealer,
    mut plan: Plan,
    mut told: impl FnMut(usize) + Send,
) -> Result<Report> {
    while plan.left() > 0 {
        let mut tx = db.begin().await?;
        let left = plan.write(&mut tx, d, ROWS).await?;
        tx.commit().await?;
        told(left);
    }
    let report = plan.report().clone();
    // The search's index needs the memory more.
    drop(plan);
    parts::catch_up(db).await?;
    Ok(report)
}

impl Plan {
    /// Writes at most `rows` of what is left and answers how many are left then.
    /// Cost: per changed row one statement, two per code and model; per counted one, one.
    ///
    /// # Errors
    /// When the database fails; what was not committed is compared anew by the next run.
    pub async fn write(&mut self, tx: &mut Tx, d: &Dealer, rows: usize) -> Result<usize> {
        parts::take_turn(tx).await?;
        // In the order of the source: a part's number is its place in the catalogue.
        let changed = rows.min(self.written.len());
        for one in self.written.drain(..changed) {
            save(tx, d, &one).await?;
        }
        let counted = (rows - changed).min(self.counted.len());
        for id in self.counted.drain(..counted) {
            execute!(tx, "update parts set stock_at = $2 where id = $1", &id, d.clock.now())?;
        }
        Ok(self.left())
    }
}

async fn save(tx: &mut Tx, d: &Dealer, one: &Written) -> Result<()> {
    let Written { was, whole, counted } = one;
    save_part(tx, d, was.as_ref(), whole, *counted).await?;
    save_codes(tx, was.as_ref(), whole).await?;
    save_models(tx, was.as_ref(), whole).await?;
    save_links(tx, was.as_ref(), whole).await
}

/// A part keeps its number, and its place in the index while its words are the same.
async fn save_part(
    tx: &mut Tx,
    d: &Dealer,
    was: Option<&Whole>,
    whole: &Whole,
    counted: bool,
) -> Result<()> {
    let part = &whole.part;
    let now = d.clock.now();
    let same_words = was.is_some_and(|was| was.words() == whole.words());
    execute!(
        tx,
        "insert into parts (id, sku, name, price, stock, stock_at, lead_days, category, photo,
                            replaced_by, active, updated_at, indexed, source, outside_id, picture,
                            search_key, no)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '',
                 (select coalesce(max(no), 0) + 1 from parts))
         on conflict (id) do update
            set sku = excluded.sku, name = excluded.name, price = excluded.price,
                stock = excluded.stock, stock_at = coalesce(excluded.stock_at, parts.stock_at),
                lead_days = excluded.lead_days, category = excluded.category,
                photo = excluded.photo, replaced_by = excluded.replaced_by,
                active = excluded.active, updated_at = excluded.updated_at,
                source = excluded.source, outside_id = excluded.outside_id,
                picture = excluded.picture, indexed = parts.indexed and excluded.indexed",
        &part.id,
        &part.sku,
        &part.name,
        part.price,
        part.stock,
        part.stock.filter(|_| counted).map(|_| now),
        part.lead_days,
        &part.category,
        &part.photo,
        &part.replaced_by,
        part.active,
        now,
        same_words,
        &part.source,
        &part.outside_id,
        &part.picture
    )?;
    Ok(())
}

async fn save_codes(tx: &mut Tx, was: Option<&Whole>, whole: &Whole) -> Result<()> {
    if was.is_some_and(|was| was.codes == whole.codes) {
        return Ok(());
    }
    let id = &whole.part.id;
    if was.is_some() {
        execute!(tx, "delete from part_codes where part_id = $1", id)?;
    }
    for (key, code) in &whole.codes {
        execute!(
            tx,
            "insert into part_codes (part_id, code, code_key) values ($1, $2, $3)",
            id,
            code,
            key
        )?;
    }
    Ok(())
}

async fn save_models(tx: &mut Tx, was: Option<&Whole>, whole: &Whole) -> Result<()> {
    if was.is_some_and(|was| was.models == whole.models) {
        return Ok(());
    }
    let id = &whole.part.id;
    if was.is_some() {
        execute!(tx, "delete from part_models where part_id = $1", id)?;
    }
    for model in &whole.models {
        execute!(tx, "insert into part_models (part_id, model_id) values ($1, $2)", id, model)?;
    }
    Ok(())
}

async fn save_links(tx: &mut Tx, was: Option<&Whole>, whole: &Whole) -> Result<()> {
    let before = was.map(|was| was.links.as_slice()).unwrap_or_default();
    if before == whole.links {
        return Ok(());
    }
    let id = &whole.part.id;
    execute!(tx, "delete from part_links where part_id = $1", id)?;
    for link in &whole.links {
        execute!(
            tx,
            "insert into part_links (part_id, kind, sku, quantity) values ($1, $2, $3, $4)",
            id,
            &link.kind,
            &link.sku,
            link.quantity
        )?;
    }
    Ok(())
}
