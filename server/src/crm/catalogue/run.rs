//! One run over one source: read, compared, written, and noted how far it came.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Dealer;
use domain::catalogue::{
    self, Ended, Item, Plan, ROWS, Report, Rules, Run, Stage, Step, TooManyOff, Turn,
};
use domain::db::{Db, Tx};
use futures_util::future::BoxFuture;

use crate::crm::catalogue::{Goods, Source, SyncOptions, Unread, Watcher};
use crate::crm::error::CallError;
use crate::crm::hear::failure_of;
use crate::worker::policy::Failure;

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
    of: &'h Syncing<'h>,
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
        // Most looks find nothing to do, and looking must not cost a transaction that writes.
        let again = |run: &Run| run.retry_at.is_some_and(|at| at <= now);
        let lately = |run: &Run| run.ran_at.is_some_and(|at| at > before) && !again(run);
        if self.last_run().await?.is_some_and(|run| lately(&run)) {
            return Ok(None);
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
            let since =
                self.last_run().await?.and_then(|run| run.synced_to).filter(|_| !options.full);
            let (plan, _) = self.compared(since, None, options, watcher).await?;
            return Ok(plan.report().clone());
        }
        let turn = self.take_turn(self.dealer.clock.now()).await?;
        let Some(turn) = turn else { anyhow::bail!("another process synchronises it right now") };
        self.in_turn(turn, options, watcher).await
    }

    async fn last_run(&self) -> anyhow::Result<Option<Run>> {
        Ok(catalogue::run_of(&mut self.db.read().await?, self.source.name()).await?)
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
            anyhow::Ok((self.write(plan, &mut turn, watcher).await?, began))
        };
        let ran = ran.await;
        let why = ran.as_ref().err().map(|error| format!("{error:#}")).unwrap_or_default();
        let ended = match &ran {
            Ok((report, began)) => {
                Ended::Well { report, synced_to: *began, whole: since.is_none() }
            }
            Err(error) => failed(error, &why),
        };
        let mut tx = self.db.begin().await?;
        catalogue::end_turn(&mut tx, self.dealer, self.source.name(), turn, ended).await?;
        tx.commit().await?;
        ran.map(|(report, _)| report)
    }

    /// Writes what was compared; each transaction keeps the turn, so a run that lost it writes no
    /// more. The search finds what is new afterwards.
    async fn write(
        &self,
        mut plan: Plan,
        turn: &mut Turn,
        watcher: Watcher<'_>,
    ) -> anyhow::Result<Report> {
        let total = plan.left();
        while plan.left() > 0 {
            let mut tx = self.db.begin().await?;
            let left = plan.write(&mut tx, self.dealer, ROWS).await?;
            let step = Step { stage: Stage::Write, done: total - left, total };
            self.keep_turn(tx, turn, step).await?;
            watcher(step);
        }
        let report = plan.report().clone();
        // The search's index needs the memory more.
        drop(plan);
        domain::parts::catch_up(self.db).await?;
        Ok(report)
    }

    /// Commits, if the turn is still ours.
    async fn keep_turn(&self, mut tx: Tx, turn: &mut Turn, step: Step) -> anyhow::Result<()> {
        let now = self.dealer.clock.now();
        let lease = (LEASE, now);
        let kept = catalogue::keep_turn(&mut tx, self.source.name(), turn, step, lease).await?;
        anyhow::ensure!(kept, "another process synchronises it by now");
        Ok(tx.commit().await?)
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
        let mut hearing = Hearing { of: self, plan, turn, expected: 0, heard: 0, watcher };
        let began = self.source.read(since.map(|since| since - OVERLAP), &mut hearing).await?;
        let mut plan = hearing.plan;
        plan.finish()?;
        Ok((plan, began))
    }
}

/// What a run that did not end well means for the next one.
fn failed<'w>(error: &anyhow::Error, why: &'w str) -> Ended<'w> {
    if let Some(refused) = error.downcast_ref::<TooManyOff>() {
        return Ended::Refused(*refused);
    }
    let failure = failure_of(error);
    let after = match &failure {
        Some(Failure::NotYet { after, .. }) => TimeDelta::from_std(*after).ok(),
        _ => None,
    };
    Ended::Failed { why, after, stopped: matches!(failure, Some(Failure::Stop { .. })) }
}

impl Goods for Hearing<'_> {
    fn expect(&mut self, count: usize) {
        self.expected = count;
        let step = self.step();
        (self.watcher)(step);
    }

    fn hear<'a>(
        &'a mut self,
        goods: Vec<Result<Item, Unread>>,
    ) -> BoxFuture<'a, Result<(), CallError>> {
        Box::pin(async move {
            self.heard += goods.len();
            for good in goods {
                match good {
                    Ok(item) => self.plan.take(self.of.dealer, item),
                    Err(unread) => self.plan.refuse(unread.place, None, unread.fault),
                }
            }
            let step = self.step();
            (self.watcher)(step);
            let Some(turn) = self.turn.as_deref_mut() else { return Ok(()) };
            let kept = async {
                let tx = self.of.db.begin().await?;
                self.of.keep_turn(tx, turn, step).await
            };
            kept.await.map_err(|error| CallError::Local { words: format!("{error:#}") })
        })
    }
}

impl Hearing<'_> {
    fn step(&self) -> Step {
        let total = self.expected.max(self.heard);
        Step { stage: Stage::Read, done: self.heard, total }
    }
}
