//! Beside a product that serves: the doctor, the token, the backup, a second start.

use domain::db::Db;
use tests::Program;

use crate::{import, migrated};

#[tokio::test]
async fn the_doctor_is_content_with_a_healthy_dealer_and_names_the_cure_for_a_sick_one() {
    let mut program = migrated().await;
    let hook = format!("{}/webhook/amocrm?secret=story-secret", program.base);
    subscribe(&program, &hook).await;
    let mut serving = program.serve().await;
    let well = program.run(&["doctor"]).await;
    assert_eq!(well.code, Some(0), "{}{}", well.out, well.err);
    for what in ["database", "Telegram", "amocrm", "mail"] {
        assert!(
            well.out.lines().any(|line| line.starts_with(&format!("✓ {what}"))),
            "{what}: {}",
            well.out
        );
    }
    program.set("AMOCRM_ACCESS_TOKEN", "another-token");
    let sick = program.run(&["doctor"]).await;
    assert_eq!(sick.code, Some(1), "{}", sick.out);
    let line = sick.out.lines().find(|line| line.starts_with('✗')).expect("a line that failed");
    assert!(line.contains("401") && line.contains("AMOCRM_ACCESS_TOKEN"), "{line}");
    assert!(!sick.out.contains("another-token"), "a secret is shown");
    assert_eq!(sick.err.lines().count(), 1, "{}", sick.err);
    serving.terminate().await;
}

#[tokio::test]
async fn the_test_lead_is_made_for_the_bearer_of_a_token_alone() {
    let program = migrated().await;
    let minted = program.ok(&["token", "--name", "проверка", "--expires", "90d"]).await;
    let token = minted.lines().next().expect("the token on its own line");
    let mut serving = program.serve().await;
    let ask = |token: &str| {
        let request = program.http.get(format!("{}/ingest/test-crm", program.base));
        request.header("Authorization", format!("Bearer {token}")).send()
    };
    let none = program.http.get(format!("{}/ingest/test-crm", program.base)).send().await.unwrap();
    assert_eq!(none.status(), 401);
    assert_eq!(ask("guess").await.unwrap().status(), 401);
    assert!(program.amo.leads().is_empty());
    let made = ask(token).await.unwrap();
    assert_eq!(made.status(), 200);
    let made: serde_json::Value = made.json().await.unwrap();
    assert_eq!(made["status"], "success");
    let lead = program.amo.lead(made["amo_lead_id"].as_i64().expect("an id"));
    assert!(lead.is_some(), "the lead is there: {made}");
    serving.terminate().await;
}

#[tokio::test]
async fn a_backup_of_a_serving_product_opens_and_holds_the_rows() {
    let program = migrated().await;
    if program.database.is_postgres() {
        // PostgreSQL has its own tools; the command says so.
        program.refused(&["backup", "copy.db"]).await;
        return;
    }
    let mut serving = program.serve().await;
    let table = "sku;name;price\nA-1;Вал;100\nA-2;Шкив;200\n";
    import(&program, "parts", table.as_bytes(), false).await;
    program.ok(&["backup", "copy.db"]).await;
    let line = program.refused(&["backup", "copy.db"]).await;
    assert!(line.contains("exists"), "{line}");
    let copy =
        Db::connect(&format!("sqlite://{}", program.path("copy.db").display())).await.unwrap();
    assert!(copy.is_migrated().await.unwrap());
    let mut reader = copy.read().await.unwrap();
    let rows = domain::fetch_all!(&mut reader, (String,), "select sku from parts order by sku");
    assert_eq!(rows.unwrap(), [("A-1".to_owned(),), ("A-2".to_owned(),)]);
    drop(reader);
    copy.close().await;
    serving.terminate().await;
}

#[tokio::test]
async fn a_second_start_on_a_taken_address_is_one_line() {
    let mut program = migrated().await;
    program.set("LOG", "error");
    let mut serving = program.serve().await;
    let line = program.refused(&["serve"]).await;
    assert!(line.starts_with("LISTEN: ") && line.contains("taken"), "{line}");
    let (status, _) = serving.terminate().await;
    assert!(status.success());
}

/// As an administrator does it in amoМаркет.
async fn subscribe(program: &Program, destination: &str) {
    let body = serde_json::json!({
        "destination": destination, "settings": ["status_lead", "update_contact"],
    });
    let url = format!("{}/api/v4/webhooks", program.variables["AMOCRM_BASE_URL"]);
    let token = &program.variables["AMOCRM_ACCESS_TOKEN"];
    let made = program.http.post(url).bearer_auth(token).json(&body).send().await;
    let made = made.expect("amoCRM answers");
    assert!(made.status().is_success(), "{}", made.status());
}
