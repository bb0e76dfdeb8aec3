//! Nothing accepted is lost, and everything is done once: the product is killed again and again
//! while customers order and amoCRM fails in every way that it can.
//!
//! It runs on a SQLite file, and on PostgreSQL when `TEST_DATABASE_URL` names a server. The dice
//! are fixed; `KILL_SEED` throws others.

mod chaos;
mod dice;
mod shoppers;
mod verdict;

use std::time::{Duration, Instant};

use domain::db::Db;
use domain::outbox::{self, Delivery, Filter, State};
use tests::{Program, Serving};

use crate::dice::Dice;
use crate::shoppers::{ORDERS, SHOPPERS};

const SEED: u64 = 20_261_121;

/// How long the deliveries may take once amoCRM is well again.
const RECOVERY: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_makes_each_accepted_order_one_deal() {
    let seed = seed();
    let _told = TellSeed(seed);
    let mut dice = Dice::new(seed);
    let program = dealer().await;
    let mut serving = program.serve().await;
    tests::open_shop(&program, SHOPPERS).await;

    let started = Instant::now();
    program.amo.faults().set(chaos::faults(&mut dice));
    let shopping = tokio::spawn(shoppers::shop(&program, &mut dice));
    let kills = chaos::kill_again_and_again(&program, &mut serving, &mut dice).await;
    serving.ready(&program.http).await;
    let accepted = shopping.await.expect("every shopper has a number for every order");
    let chaos = started.elapsed();
    let (fired, calls) = (program.amo.faults().fired(), program.amo.calls().len());
    program.amo.faults().clear();

    let db = Db::connect(&program.database.url).await.expect("the database");
    everything_is_delivered(&db, &serving).await;
    println!(
        "seed {seed}: {} orders, {kills} kills in {chaos:.1?}, {fired} faults in {calls} calls; \
         all delivered {:.1?} later",
        accepted.len(),
        started.elapsed() - chaos
    );
    assert_eq!(accepted.len(), SHOPPERS * ORDERS);
    assert!(fired > 100, "amoCRM was too well: {fired} faults");
    verdict::one_deal_each(&program, &db, &accepted).await;
    db.close().await;
    let (status, _) = serving.terminate().await;
    assert!(status.success(), "{status}: {}", serving.log_end());
}

/// A dealer whose waits are short, so that the story ends in minutes.
async fn dealer() -> Program {
    let mut program = Program::prepare().await;
    for (name, value) in [
        ("CRM_TIMEOUT", "1s"),
        ("CRM_SEARCH_LAG", "2s"),
        // Beyond the last wait they double: a slow disk must not make one of them a minute.
        ("RETRY_SCHEDULE", "1s,2s,2s,2s,4s,4s,4s,8s"),
        ("RETRY_429", "1s"),
        ("AMOCRM_CALLS_PER_SECOND", "200"),
        ("LOG", "warn"),
    ] {
        program.set(name, value);
    }
    program
}

async fn everything_is_delivered(db: &Db, serving: &Serving) {
    let deadline = Instant::now() + RECOVERY;
    loop {
        let open = open(db).await;
        let dead = open.iter().find(|delivery| delivery.state == State::Dead);
        assert!(dead.is_none(), "given up: {dead:#?}\n{}", serving.log_end());
        if open.is_empty() {
            return;
        }
        let (left, first) = (open.len(), open.first());
        assert!(
            Instant::now() < deadline,
            "{left} are not delivered, such as {first:#?}\n{}",
            serving.log_end()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn open(db: &Db) -> Vec<Delivery> {
    let filter = Filter { open_only: true, limit: 1000, ..Filter::default() };
    let mut reader = db.read().await.expect("a connection");
    outbox::list(&mut reader, &filter).await.expect("deliveries")
}

#[expect(clippy::disallowed_methods, reason = "the story's own switch, not the product's")]
fn seed() -> u64 {
    let given = std::env::var("KILL_SEED").ok();
    given.map_or(SEED, |text| text.parse().expect("KILL_SEED is a number"))
}

/// Says at a failure which dice were thrown.
struct TellSeed(u64);

impl Drop for TellSeed {
    #[expect(clippy::print_stderr, reason = "read by whoever has to repeat the failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the dice of this run: KILL_SEED={}", self.0);
        }
    }
}
