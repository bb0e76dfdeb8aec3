//! Three processes over one PostgreSQL are one product: however often one of them is killed, each
//! order is one deal, in order, at the rate of one, and trouble is told once.
//!
//! It runs where `TEST_DATABASE_URL` names a server. `REPLICA_ORDERS` says how many are ordered;
//! `KILL_SEED` throws other dice.

#[path = "../kill/dice.rs"]
mod dice;
mod shoppers;
mod verdict;

use std::time::{Duration, Instant};

use domain::db::Db;
use domain::outbox::{self, Delivery, Filter, State};
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{MANAGER, Program, Serving};

use crate::dice::Dice;
use crate::shoppers::SHOPPERS;

/// What amoCRM lets through; beyond it answers 429.
const THEIR_RATE: u32 = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_make_each_order_one_deal_at_the_rate_of_one_and_tell_trouble_once() {
    let program = dealer().await;
    if !program.database.is_postgres() {
        // SQLite has one process.
        return;
    }
    let mut dice = Dice::new(number("KILL_SEED").unwrap_or(20_261_122));
    let mut processes = Processes::start(&program).await;
    shoppers::meet(&program).await;

    let orders = number("REPLICA_ORDERS").unwrap_or(24);
    let each = usize::try_from(orders).expect("a number").div_ceil(SHOPPERS);
    let started = Instant::now();
    let shopping = tokio::spawn(shoppers::shop(&program, &processes.bases, "killed", each));
    let mut kills = 0;
    while !shopping.is_finished() || kills < 10 {
        // The moment is the story: there is nothing to wait for.
        tokio::time::sleep(dice.millis(700, 1_300)).await;
        processes.kill_one(&program, &mut dice).await;
        kills += 1;
    }
    let accepted = shopping.await.expect("every shopper has an answer for every order");
    processes.ready(&program).await;
    let db = Db::connect(&program.database.url).await.expect("the database");
    // Two calls an order and some for the contacts; what died in a process waits for its lease.
    let patience = Duration::from_secs(60) + Duration::from_millis(600 * orders);
    everything_is_delivered(&db, patience).await;
    let took = started.elapsed();
    verdict::one_deal_each(&program, &accepted);
    verdict::in_order(&db).await;
    let most = verdict::at_the_rate_of_one(&program);
    println!(
        "{} orders, {kills} kills, {took:.0?}; at most {most} calls in ten seconds",
        accepted.len()
    );

    trouble_is_told_once(&program, &processes, &db).await;
    db.close().await;
    for process in &mut processes.running {
        let (status, _) = process.terminate().await;
        assert!(status.success(), "{status}: {}", process.log_end());
    }
}

/// All three meet a revoked token at once; then it is mended.
async fn trouble_is_told_once(program: &Program, processes: &Processes, db: &Db) {
    let told = |words: &str| {
        let chat = program.telegram.chat(MANAGER);
        chat.iter().filter(|message| message.text.contains(words)).count()
    };
    program.amo.faults().set(vec![FaultPlan::all(FaultMode::Unauthorized)]);
    shoppers::shop(program, &processes.bases, "troubled", 1).await;
    let message = |m: &sandbox::telegram::ChatMessage| m.text.contains("401");
    let patience = Duration::from_secs(30);
    program.telegram.wait_for(MANAGER, message, patience).await.expect("to be told");
    // Some probes, each of which fails in one of the processes.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!((told("401"), told("снова работает")), (1, 0));
    program.amo.faults().clear();
    everything_is_delivered(db, Duration::from_secs(90)).await;
    assert_eq!((told("401"), told("снова работает")), (1, 1));
}

/// A dealer whose waits are short, so that the story ends in minutes, and whose rate is real.
async fn dealer() -> Program {
    let mut program = Program::prepare().await;
    for (name, value) in [
        ("CRM_TIMEOUT", "3s"),
        ("CRM_SEARCH_LAG", "2s"),
        ("RETRY_SCHEDULE", "2s,2s,2s,2s,4s,4s,4s,8s"),
        ("RETRY_429", "1s"),
        ("AMOCRM_CALLS_PER_SECOND", "5"),
        // Several processes cannot ask Telegram for updates side by side.
        ("TELEGRAM_MODE", "webhook"),
        ("LOG", "warn"),
    ] {
        program.set(name, value);
    }
    program.amo.set_rate(THEIR_RATE);
    std::fs::write(program.path("mypark.toml"), STAGES).expect("a file");
    program
}

const STAGES: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"

[connection.stages.order]
placed = "80953554"
cancelled = "143"
"#;

/// The processes of one dealer, each at its address.
struct Processes {
    bases: Vec<String>,
    running: Vec<Serving>,
}

impl Processes {
    /// The first one makes the tables.
    async fn start(program: &Program) -> Processes {
        let first = program.serve().await;
        let mut processes = Processes { bases: vec![program.base.clone()], running: vec![first] };
        for _ in 1..3 {
            let address = program.another_address();
            processes.running.push(program.launch_at(&address));
            processes.bases.push(format!("http://{address}"));
        }
        processes.ready(program).await;
        processes
    }

    async fn ready(&mut self, program: &Program) {
        for process in &mut self.running {
            process.ready(&program.http).await;
        }
    }

    async fn kill_one(&mut self, program: &Program, dice: &mut Dice) {
        let one = usize::try_from(dice.number() % 3).expect("a small number");
        self.running[one].kill().await;
        self.running[one] = program.launch_at(self.bases[one].trim_start_matches("http://"));
    }
}

async fn everything_is_delivered(db: &Db, patience: Duration) {
    let deadline = Instant::now() + patience;
    loop {
        let open = open(db).await;
        let dead = open.iter().find(|delivery| delivery.state == State::Dead);
        assert!(dead.is_none(), "given up: {dead:#?}");
        if open.is_empty() {
            return;
        }
        let (left, first) = (open.len(), open.last());
        assert!(Instant::now() < deadline, "{left} are not delivered, such as {first:#?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn open(db: &Db) -> Vec<Delivery> {
    let filter = Filter { open_only: true, limit: 10_000, ..Filter::default() };
    let mut reader = db.read().await.expect("a connection");
    outbox::list(&mut reader, &filter).await.expect("deliveries")
}

#[expect(clippy::disallowed_methods, reason = "the story's own switch, not the product's")]
fn number(name: &str) -> Option<u64> {
    let given = std::env::var(name).ok()?;
    Some(given.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
