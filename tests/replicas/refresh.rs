//! Three processes share one pair of tokens: whoever meets its end, it is refreshed once.

use std::time::Duration;

use domain::db::Db;
use tests::Program;

use crate::processes::Processes;
use crate::{dealer, shoppers, told_to_the_crm, verdict};

const REDIRECT: &str = "https://connector.example.com/oauth/amocrm/callback";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_that_meet_an_expired_token_refresh_it_once() {
    let mut program = dealer().await;
    if !program.database.is_postgres() {
        // SQLite has one process.
        return;
    }
    for (name, value) in [
        ("AMOCRM_ACCESS_TOKEN", ""),
        ("AMOCRM_CLIENT_ID", "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10"),
        ("AMOCRM_CLIENT_SECRET", "sandbox-client-secret"),
        ("AMOCRM_REDIRECT_URI", REDIRECT),
    ] {
        program.set(name, value);
    }
    let mut processes = Processes::start(&program).await;
    shoppers::meet(&program).await;
    consent(&program).await;
    let db = Db::connect(&program.database.url).await.expect("the database");
    let mut accepted = Vec::new();
    for (day, round) in ["first", "second", "third"].into_iter().enumerate() {
        // All of them learn of it by a 401, in the middle of their deliveries.
        program.amo.expire_access_tokens();
        accepted.extend(shoppers::shop(&program, &processes.bases, round, 2).await);
        told_to_the_crm(&db, Duration::from_secs(90)).await;
        assert_eq!(token_calls(&program), 2 + day, "one exchange, and one refresh a day");
    }
    verdict::one_deal_each(&program, &accepted);
    db.close().await;
    processes.stop().await;
}

/// An administrator opens the address that `doctor` prints, and allows it.
async fn consent(program: &Program) {
    let doctor = program.run(&["doctor"]).await;
    let line = doctor.out.lines().find(|line| line.starts_with("! amo consent"));
    let (_, address) = line.and_then(|line| line.split_once("open ")).expect("an address");
    let back = program.amo.consent(address, true).expect("a known integration");
    let (_, query) = back.split_once('?').expect("a query");
    let url = format!("{}/webhook/amocrm?{query}", program.base);
    let page = program.http.get(url).send().await.expect("an answer").text().await.expect("a page");
    assert!(page.contains("Доступ получен"), "{page}");
}

fn token_calls(program: &Program) -> usize {
    let calls = program.amo.calls();
    calls.iter().filter(|call| call.path.starts_with("/oauth2/access_token")).count()
}
