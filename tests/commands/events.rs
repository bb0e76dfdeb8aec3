//! What came in, on the command line.

use serde_json::Value;
use tests::Program;

use crate::{json, migrated};

/// What every webhook of the account ends with.
const OURS: &str = "account[id]=31000001&account[subdomain]=exampleshop";

/// A webhook as amoCRM sends it; the answer's status.
async fn webhook(program: &Program, body: &str) -> u16 {
    let url = format!("{}/webhook/amocrm?secret=story-secret", program.base);
    let form = "application/x-www-form-urlencoded";
    let sent = program.http.post(url).header("Content-Type", form).body(body.to_owned());
    sent.send().await.expect("an answer").status().as_u16()
}

/// The newest event of a source, once it stands in this state.
async fn eventually(program: &Program, state: &str) -> Value {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let list = ["events", "list", "--source", "amocrm", "--state", state, "--json"];
    loop {
        let listed = json(&program.ok(&list).await);
        if let Some(first) = listed.get(0) {
            return first.clone();
        }
        let all = program.ok(&["events", "list"]).await;
        assert!(std::time::Instant::now() < deadline, "never {state}:\n{all}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn an_event_that_was_not_understood_is_listed_shown_and_taken_up_again() {
    let program = migrated().await;
    let list = ["events", "list", "--source", "amocrm"];
    assert_eq!(program.ok(&list).await.trim(), "none");
    let mut serving = program.serve().await;
    let foreign = "leads[status][0][id]=12345&leads[status][0][status_id]=142&account[id]=999&account[subdomain]=foreign";
    assert_eq!(webhook(&program, foreign).await, 200);
    let failed = eventually(&program, "failed").await;
    let id = failed["id"].as_str().expect("an id");

    let listed = program.ok(&list).await;
    assert!(listed.contains(id) && listed.contains("failed"), "{listed}");
    let shown = program.ok(&["events", "show", id]).await;
    assert!(shown.contains("amocrm, failed") && shown.contains("account[id] = 999"), "{shown}");
    assert_eq!(json(&program.ok(&["events", "show", id, "--json"]).await)["id"], id);
    assert!(!program.ok(&["events", "dry-run", id]).await.trim().is_empty());

    serving.terminate().await;
    assert_eq!(program.ok(&["events", "retry", id]).await.trim(), "queued again");
    assert_eq!(program.ok(&["events", "retry", id]).await.trim(), "waits already");
    let waits = json(&program.ok(&["events", "list", "--state", "received", "--json"]).await);
    assert_eq!(waits[0]["id"], id);
    let shown = program.ok(&["events", "show", id]).await;
    assert!(shown.contains("received"), "{shown}");

    for (words, said) in [
        (&["events", "show", "no-such-event"][..], "mypark events list"),
        (&["events", "retry", "no-such-event"], "mypark events list"),
        (&["events", "dry-run", "no-such-event"], "mypark events list"),
        (&["events", "list", "--state", "lost"], "--state"),
    ] {
        let line = program.refused(words).await;
        assert!(line.contains(said), "{words:?}: {line}");
    }
}

#[tokio::test]
async fn pages_of_events_follow_each_other() {
    let program = migrated().await;
    let mut serving = program.serve().await;
    for deal in 1..=3 {
        let body = format!("leads[status][0][id]={deal}&leads[status][0][status_id]=143&{OURS}");
        assert_eq!(webhook(&program, &body).await, 200);
    }
    eventually(&program, "processed").await;
    serving.terminate().await;
    let all = json(&program.ok(&["events", "list", "--json"]).await);
    let newest = all[0]["id"].as_str().expect("an event");
    let rest = json(&program.ok(&["events", "list", "--before", newest, "--json"]).await);
    assert_eq!(rest.as_array().unwrap().len() + 1, all.as_array().unwrap().len());
    assert_eq!(rest[0], all[1]);
}
