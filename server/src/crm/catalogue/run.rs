//! One run over one source: read, compared, written, and noted how far it came.

use chrono::{DateTime, TimeDelta, Utc};
use domain::catalogue::{self, Item, Plan, Report, Rules, Turn};
use domain::db::Db;
use domain::{Dealer, Error};
use futures_util::future::BoxFuture;

use crate::crm::catalogue::{Goods, Source, Stage, SyncOptions, Unread, Watcher};
use crate::crm::error::CallError;

/// A run asks a little further back than the last one began: what is written there at that moment
/// may not show at once.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// So long a run may say nothing; a process that died frees its turn by then.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// From this hour of the dealer's day on, once a day, everything is asked for.
const NIGHT: u32 = 3;

/// One run over one source.
pub(crate) struct Syncing<'a> {
    pub(crate) db: &'a Db,
    pub(crate) dealer: &'a Dealer,
    pub(crate) source: &'a dyn Source,
}

struct Hearing<'h> {
    db: &'h Db,
    dealer: &'h Dealer,
    source: &'h str,
    plan: Plan,
    turn: Option<&'h mut Turn>,
    expected: usize,
    heard: usize,
    watcher: Watcher<'h>,
}

impl Syncing<'_> {
    /// Runs when the last run is `every` ago and nobody else runs; `None` else.
    ///
    /// # Errors
    /// When the CRM or the database fails, or too much would be switched off. The reason is kept.
    pub(crate) async fn when_due(&self) -> anyhow::Result<Option<Report>> {
        let now = self.dealer.clock.now();
        let before = now - TimeDelta::from_std(self.source.settings().every)?;
        {
            // Most looks find nothing to do, and looking must not cost a transaction that writes.
            let mut reader = self.db.read().await?;
            let last = catalogue::run_of(&mut reader, self.source.name()).await?;
            if last.and_then(|run| run.ran_at).is_some_and(|at| at > before) {
                return Ok(None);
            }
        }
        let Some(turn) = self.take_turn(before).await? else { return Ok(None) };
        let options = SyncOptions { full: self.is_night_due(&turn), ..SyncOptions::default() };
        self.in_turn(turn, options, &mut |_| ()).await.map(Some)
    }

    /// Runs now, by a person's wish.
    ///
    /// # Errors
    /// As [`Syncing::when_due`]; and where another process runs.
    pub(crate) async fn now(
        &self,
        options: SyncOptions,
        watcher: Watcher<'_>,
    ) -> anyhow::Result<Report> {
        if options.dry_run {
            let last = {
                let mut reader = self.db.read().await?;
                catalogue::run_of(&mut reader, self.source.name()).await?
            };
            let since = last.and_then(|run| run.synced_to).filter(|_| !options.full);
            let (plan, _) = self.compared(since, None, options, watcher).await?;
            return Ok(plan.report().clone());
        }
        let turn = self.take_turn(self.dealer.clock.now()).await?;
        let Some(turn) = turn else { anyhow::bail!("another process synchronises it right now") };
        self.in_turn(turn, options, watcher).await
    }

    async fn take_turn(&self, before: DateTime<Utc>) -> anyhow::Result<Option<Turn>> {
        let now = self.dealer.clock.now();
        let mut tx = self.db.begin().await?;
        let turn = catalogue::take_turn(&mut tx, self.source.name(), before, LEASE, now).await?;
        tx.commit().await?;
        Ok(turn)
    }

    fn is_night_due(&self, turn: &Turn) -> bool {
        use chrono::Timelike as _;
        let local = |at: DateTime<Utc>| at.with_timezone(&self.dealer.zone);
        let now = local(self.dealer.clock.now());
        let last = turn.full_at.map(|at| local(at).date_naive());
        last.is_none_or(|last| last < now.date_naive() && now.hour() >= NIGHT)
    }

    /// Runs and ends the turn, whatever comes of it.
    async fn in_turn(
        &self,
        mut turn: Turn,
        options: SyncOptions,
        watcher: Watcher<'_>,
    ) -> anyhow::Result<Report> {
        let since = turn.synced_to.filter(|_| !options.full);
        let ran = async {
            let (plan, began) =
                self.compared(since, Some(&mut turn), options, &mut *watcher).await?;
            let told = |left| watcher(Stage::Write(left));
            let report = catalogue::carry_out(self.db, self.dealer, plan, told).await?;
            anyhow::Ok((report, began))
        };
        let ran = ran.await;
        let why = ran.as_ref().err().map(|error| format!("{error:#}"));
        let outcome = match (&ran, &why) {
            (Ok((report, began)), _) => Ok((report, *began, since.is_none())),
            (Err(_), why) => Err(why.as_deref().unwrap_or_default()),
        };
        let now = self.dealer.clock.now();
        let mut tx = self.db.begin().await?;
        catalogue::end_turn(&mut tx, self.source.name(), turn, outcome, now).await?;
        tx.commit().await?;
        ran.map(|(report, _)| report)
    }

    /// Reads the source and compares it; nothing is written but that the turn is kept.
    async fn compared(
        &self,
        since: Option<DateTime<Utc>>,
        turn: Option<&mut Turn>,
        options: SyncOptions,
        watcher: Watcher<'_>,
    ) -> anyhow::Result<(Plan, Option<DateTime<Utc>>)> {
        let settings = self.source.settings();
        let rules = Rules {
            source: Some(self.source.name().to_owned()),
            whole: since.is_none(),
            off_limit: (!options.force).then_some(settings.off_limit),
        };
        let plan = Plan::begin(&mut self.db.read().await?, rules).await?;
        let mut hearing = Hearing {
            db: self.db,
            dealer: self.dealer,
            source: self.source.name(),
            plan,
            turn,
            expected: 0,
            heard: 0,
            watcher,
        };
        let began = self.source.read(since.map(|since| since - OVERLAP), &mut hearing).await?;
        let mut plan = hearing.plan;
        finish(&mut plan, settings.off_limit)?;
        Ok((plan, began))
    }
}

/// Ends the comparison; too much to switch off is an error that says what to do.
///
/// # Errors
/// That one.
pub(crate) fn finish(plan: &mut Plan, limit: usize) -> anyhow::Result<()> {
    match plan.finish() {
        Err(Error::Conflict(_)) => anyhow::bail!(
            "{} of the goods would be switched off, more than {limit} %: nothing was written. \
             Look whether the source is whole, then run it with --force",
            plan.report().switched_off
        ),
        finished => Ok(finished?),
    }
}

impl Goods for Hearing<'_> {
    fn expect(&mut self, count: usize) {
        self.expected = count;
        (self.watcher)(Stage::Read(0, count));
    }

    fn hear<'a>(
        &'a mut self,
        goods: Vec<Result<Item, Unread>>,
    ) -> BoxFuture<'a, Result<(), CallError>> {
        Box::pin(async move {
            self.heard += goods.len();
            for good in goods {
                match good {
                    Ok(item) => self.plan.take(self.dealer, item),
                    Err(unread) => self.plan.refuse(unread.place, None, unread.fault),
                }
            }
            (self.watcher)(Stage::Read(self.heard, self.expected.max(self.heard)));
            self.keep_turn().await.map_err(|error| CallError::Local { words: error.to_string() })
        })
    }
}

impl Hearing<'_> {
    async fn keep_turn(&mut self) -> anyhow::Result<()> {
        let Some(turn) = self.turn.as_deref_mut() else { return Ok(()) };
        let now = self.dealer.clock.now();
        let mut tx = self.db.begin().await?;
        let kept = catalogue::keep_turn(&mut tx, self.source, turn, LEASE, now).await?;
        anyhow::ensure!(kept, "another process synchronises it by now");
        Ok(tx.commit().await?)
    }
}
