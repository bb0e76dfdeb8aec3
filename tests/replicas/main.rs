//! Three processes over one PostgreSQL are one product: however often one of them is killed, each
//! order is one deal, in order; together they keep the rate of one, tell trouble once and refresh a
//! token once.
//!
//! It runs where `TEST_DATABASE_URL` names a server. `REPLICA_ORDERS` says how many are ordered
//! while they are killed, else a thousand in a minute of kills; `KILL_SEED` throws other dice.

#![expect(clippy::print_stderr, reason = "the figures of a long run, for whoever reads its log")]

#[path = "../kill/dice.rs"]
mod dice;
mod processes;
mod refresh;
mod shoppers;
mod verdict;

use std::time::{Duration, Instant};

use domain::Clock;
use domain::db::Db;
use domain::outbox::{self, Delivery, Filter, State};
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{MANAGER, Program};

use crate::dice::Dice;
use crate::processes::Processes;
use crate::shoppers::{Accepted, SHOPPERS};

/// How many are ordered while processes are killed: a minute of kills.
const ORDERS: u64 = 1_000;
/// There is a kill for so many orders at least.
const ORDERS_A_KILL: u64 = 16;
/// What amoCRM lets through; beyond it answers 429.
const THEIR_RATE: u32 = 7;
/// So many orders show the rate: they are some twenty seconds of calls.
const ORDERS_AT_THE_RATE: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_are_one_product_whichever_of_them_is_killed() {
    let mut program = dealer().await;
    if !program.database.is_postgres() {
        // SQLite has one process.
        return;
    }
    let mut dice = Dice::new(number("KILL_SEED").unwrap_or(20_261_122));
    let mut processes = Processes::start(&program).await;
    shoppers::meet(&program).await;
    let db = Db::connect(&program.database.url).await.expect("the database");

    let orders = number("REPLICA_ORDERS").unwrap_or(ORDERS);
    let mut accepted = under_kills(&program, &mut processes, &mut dice, ("killed", orders)).await;
    told_to_the_crm(&db, Duration::from_secs(120)).await;
    verdict::one_deal_each(&program, &accepted);
    verdict::in_order(&db).await;
    processes.stop().await;

    at_the_real_rate(&mut program);
    let mut processes = Processes::start(&program).await;
    let since = Clock::system().now();
    let round = ("paced", ORDERS_AT_THE_RATE);
    accepted.extend(under_kills(&program, &mut processes, &mut dice, round).await);
    told_to_the_crm(&db, Duration::from_secs(120)).await;
    verdict::one_deal_each(&program, &accepted);
    verdict::at_the_rate_of_one(&program, since);

    shoppers::meet_the_manager(&program).await;
    trouble_is_told_once(&program, &processes, &db).await;
    db.close().await;
    processes.stop().await;
}

/// Everybody orders while one process after the other is killed, one a second.
async fn under_kills(
    program: &Program,
    processes: &mut Processes,
    dice: &mut Dice,
    (round, orders): (&'static str, u64),
) -> Vec<Accepted> {
    let each = usize::try_from(orders).expect("a number").div_ceil(SHOPPERS);
    let started = Instant::now();
    let shopping = tokio::spawn(shoppers::shop(program, &processes.bases, round, each));
    let mut kills = 0;
    while !shopping.is_finished() || kills < orders / ORDERS_A_KILL {
        // The moment is the story: there is nothing to wait for.
        tokio::time::sleep(dice.millis(700, 1_300)).await;
        processes.kill_one(program, dice).await;
        kills += 1;
    }
    let accepted = shopping.await.expect("every shopper has an answer for every order");
    processes.ready(program).await;
    eprintln!("{} orders {round}, {kills} kills, {:.0?}", accepted.len(), started.elapsed());
    accepted
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
    told_to_the_crm(db, Duration::from_secs(90)).await;
    let works = |m: &sandbox::telegram::ChatMessage| m.text.contains("снова работает");
    program.telegram.wait_for(MANAGER, works, patience).await.expect("to be told");
    assert_eq!((told("401"), told("снова работает")), (1, 1));
}

/// A dealer whose waits are short, and whose amoCRM lets everything through: a thousand orders at
/// the real rate would be ten minutes.
async fn dealer() -> Program {
    let mut program = Program::prepare().await;
    for (name, value) in [
        ("CRM_TIMEOUT", "3s"),
        ("CRM_SEARCH_LAG", "2s"),
        ("RETRY_SCHEDULE", "2s,2s,2s,2s,4s,4s,4s,8s"),
        ("RETRY_429", "1s"),
        ("AMOCRM_CALLS_PER_SECOND", "1000"),
        // Several processes cannot ask Telegram for updates side by side.
        ("TELEGRAM_MODE", "webhook"),
        ("LOG", "warn"),
    ] {
        program.set(name, value);
    }
    program.amo.set_rate(0);
    std::fs::write(program.path("mypark.toml"), STAGES).expect("a file");
    program
}

fn at_the_real_rate(program: &mut Program) {
    program.set("AMOCRM_CALLS_PER_SECOND", "5");
    program.amo.set_rate(THEIR_RATE);
}

const STAGES: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"

[connection.stages.order]
placed = "80953554"
cancelled = "143"
"#;

/// Waits until amoCRM knows everything. What people are told in chats goes at Telegram's own pace.
async fn told_to_the_crm(db: &Db, patience: Duration) {
    let started = Instant::now();
    loop {
        let mut reader = db.read().await.expect("a connection");
        let counts = outbox::counts(&mut reader).await.expect("figures");
        let open: Vec<_> = counts.iter().filter(|(connection, ..)| connection == "amo").collect();
        if open.is_empty() {
            eprintln!("all told {:.0?} later", started.elapsed());
            return;
        }
        let dead = open.iter().any(|(_, state, _)| *state == State::Dead);
        if dead || started.elapsed() > patience {
            panic!("{open:?} are not delivered, such as {:#?}", oldest(db).await);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn oldest(db: &Db) -> Vec<Delivery> {
    let connection = Some("amo".to_owned());
    let filter = Filter { open_only: true, connection, limit: 3, ..Filter::default() };
    let mut reader = db.read().await.expect("a connection");
    outbox::list(&mut reader, &filter).await.expect("deliveries")
}

#[expect(clippy::disallowed_methods, reason = "the story's own switch, not the product's")]
fn number(name: &str) -> Option<u64> {
    let given = std::env::var(name).ok()?;
    Some(given.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
