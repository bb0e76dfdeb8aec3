//! What happened to an order, and the quote that counts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::db::{Executor, Tx, execute, fetch_all};
use crate::files::{self, Accepted, StoredFile};
use crate::ids::{FileId, OrderId, QuoteId, new_id};
use crate::orders::quotes::{Held, HeldRow, Quote};
use crate::orders::{Order, states};
use crate::outbox::Notice;
use crate::staff::Staff;
use crate::{Dealer, Error, Money, Result};

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// The state that it reached; `document` for a paper.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The revision of the quote that was sent then.
    pub revision: Option<i64>,
    /// The paper that was put there then.
    #[serde(skip)]
    pub file: Option<StoredFile>,
}

/// What happened to an order, oldest first, and its newest quote.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct History {
    /// Its events.
    pub events: Vec<Event>,
    /// The revision that counts, if a manager has sent one.
    pub quote: Option<Quote>,
    /// The next revision where it waits for a decision, or came back from it: for managers alone.
    #[serde(skip)]
    pub held: Option<Held>,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    at: DateTime<Utc>,
    id: Option<QuoteId>,
    revision: Option<i64>,
    valid_until: Option<NaiveDate>,
    comment: Option<String>,
    total: Option<Money>,
    made_by: Option<String>,
    made_at: Option<DateTime<Utc>>,
    accepted_at: Option<DateTime<Utc>>,
    file_id: Option<FileId>,
    file_name: Option<String>,
    content_type: Option<String>,
    size: Option<i64>,
    sha256: Option<String>,
    held_revision: Option<i64>,
    #[sqlx(flatten)]
    held: HeldRow,
}

impl Row {
    fn file(&mut self) -> Option<StoredFile> {
        Some(StoredFile {
            id: self.file_id.take()?,
            name: self.file_name.take()?,
            content_type: self.content_type.take()?,
            size: self.size?,
            sha256: self.sha256.take()?,
        })
    }
}

/// The history of an order. One statement.
pub async fn history(db: &mut impl Executor, order: &OrderId) -> Result<History> {
    let rows = fetch_all!(
        db,
        Row,
        "select e.kind, e.at, q.id, q.revision, q.valid_until, q.comment, q.total,
                s.name as made_by, q.made_at, q.accepted_at,
                f.id as file_id, f.name as file_name, f.content_type, f.size, f.sha256,
                h.revision as held_revision, h.offer as held_offer, h.listed, h.offered,
                a.id as approval_id, a.state as approval_state, a.reason as approval_reason
           from order_events e
           left join quotes q on q.id = e.quote_id
           left join staff s on s.id = q.made_by
           left join files f on f.id = e.file_id
           left join quote_drafts h on h.order_id = e.order_id
           left join approvals a on h.order_id is not null and a.once = 'discount:' || h.order_id
          where e.order_id = $1
          order by e.id",
        order
    )?;
    let mut history = History::default();
    let mut draft = None;
    for mut row in rows {
        let file = row.file();
        draft = row.held_revision.map(|revision| (revision, row.held));
        history.events.push(Event { kind: row.kind, at: row.at, revision: row.revision, file });
        if let (Some(id), Some(revision), Some(valid_until), Some(total), Some(made_at)) =
            (row.id, row.revision, row.valid_until, row.total, row.made_at)
        {
            history.quote = Some(Quote {
                id,
                revision,
                valid_until,
                comment: row.comment.unwrap_or_default(),
                total,
                made_by: row.made_by.unwrap_or_default(),
                made_at,
                accepted_at: row.accepted_at,
            });
        }
    }
    let last = history.quote.as_ref().map_or(0, |quote| quote.revision);
    if let Some((_, draft)) = draft.filter(|(revision, _)| *revision > last) {
        history.held = draft.held()?;
    }
    Ok(history)
}

/// A manager puts papers to an order, such as an invoice; the customer's card is shown again, and the
/// page has them.
pub async fn attach(
    tx: &mut Tx,
    d: &Dealer,
    staff: &Staff,
    order: &Order,
    papers: &[Accepted],
) -> Result<()> {
    if !staff.is_manager() {
        return Err(Error::Forbidden);
    }
    if papers.is_empty() {
        return Err(Error::invalid("files", "error-required"));
    }
    let now = d.clock.now();
    for paper in papers {
        let file = files::add(tx, paper, now).await?;
        execute!(
            tx,
            "insert into order_events (id, order_id, kind, file_id, at)
             values ($1, $2, 'document', $3, $4)",
            new_id(now),
            &order.id,
            &file,
            now
        )?;
        let notice = Notice::OrderCard { order: order.id.clone() };
        states::tell_customer(tx, d, order, notice, &format!("document:{file}")).await?;
    }
    Ok(())
}

/// Writes down what happened; `quote` is the one that was sent.
pub(super) async fn note(
    tx: &mut Tx,
    order: &OrderId,
    kind: &str,
    quote: Option<&QuoteId>,
    at: DateTime<Utc>,
) -> Result<()> {
    execute!(
        tx,
        "insert into order_events (id, order_id, kind, quote_id, at) values ($1, $2, $3, $4, $5)",
        new_id(at),
        order,
        kind,
        quote,
        at
    )?;
    Ok(())
}
