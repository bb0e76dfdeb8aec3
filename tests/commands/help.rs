//! `--help` is the manual, and nothing starts half-configured.

use tests::Program;

use crate::{json, migrated};

/// The environment of the contract, name by name.
const VARIABLES: &str = "
    AMOCRM_SUBDOMAIN AMOCRM_ACCESS_TOKEN AMOCRM_PIPELINE_ID AMOCRM_STATUS_ID
    AMOCRM_RESPONSIBLE_USER_ID AMOCRM_STATUS_SUCCESS AMOCRM_FIELD_SERIAL_ID AMOCRM_FIELD_MODEL_ID
    AMOCRM_FIELD_TELEGRAM_ID AMOCRM_FIELD_CONFIGURATION_ID AMOCRM_FIELD_NEXT_MAINTENANCE_ID
    AMOCRM_CLIENT_ID AMOCRM_CLIENT_SECRET AMOCRM_REDIRECT_URI AMOCRM_WEBHOOK_SECRET
    AMOCRM_BASE_URL BITRIX24_WEBHOOK_URL BITRIX24_RESPONSIBLE_USER_ID BITRIX24_CLIENT_ID
    BITRIX24_CLIENT_SECRET BITRIX24_CALLBACK_URL BITRIX24_APPLICATION_TOKEN BITRIX24_OAUTH_URL
    HUBSPOT_ACCESS_TOKEN HUBSPOT_CLIENT_SECRET HUBSPOT_BASE_URL LISTEN PUBLIC_URL DATABASE_URL
    TELEGRAM_BOT_TOKEN TELEGRAM_API_URL TELEGRAM_MODE TELEGRAM_WEBHOOK_SECRET SMTP_URL MAIL_FROM
    ORDERS_EMAIL SECRET_KEY RETRY_SCHEDULE RETRY_429 RECONCILE_EVERY REMINDERS_AT INIT_DATA_MAX_AGE
    UPLOADS_DIR SITE_ORIGINS SITE_SECRET SITE_WEBHOOK_URL TIME_ZONE LOG LOG_FORMAT";

#[tokio::test]
async fn the_help_names_every_command_and_every_variable() {
    let program = Program::prepare().await;
    let help = program.ok(&["--help"]).await;
    let words: Vec<&str> = help.split_whitespace().collect();
    let commands = "serve migrate doctor import staff deliveries token backup";
    for name in commands.split_whitespace().chain(VARIABLES.split_whitespace()) {
        assert!(words.contains(&name), "{name} is not in the help:\n{help}");
    }
    assert!(!help.contains("sandbox-long-lived-token"), "a secret is in the help");
}

#[tokio::test]
async fn a_wrong_value_or_half_a_pair_is_one_line_that_names_it() {
    let mut program = Program::prepare().await;
    let usual = program.variables.clone();
    for (name, value) in [
        ("LISTEN", "everywhere"),
        ("DATABASE_URL", "mysql://db"),
        ("SECRET_KEY", "short"),
        ("TELEGRAM_BOT_TOKEN", "no token"),
        ("TELEGRAM_MODE", "pigeon"),
        ("AMOCRM_PIPELINE_ID", "first"),
        ("RETRY_SCHEDULE", "soon"),
        ("TIME_ZONE", "Moscow"),
        ("REMINDERS_AT", "25:00"),
        ("LOG", "loud"),
        ("MAIL_FROM", ""),
        ("ORDERS_EMAIL", ""),
    ] {
        program.set(name, value);
        let line = program.refused(&["serve"]).await;
        assert!(line.starts_with(name), "{name}={value}: {line}");
        program.variables.clone_from(&usual);
    }
    let line = program.refused(&["serv"]).await;
    assert!(line.contains("--help"), "{line}");
}

#[tokio::test]
async fn a_database_that_was_never_migrated_is_refused_with_the_cure() {
    let program = Program::prepare().await;
    let line = program.refused(&["staff", "list"]).await;
    assert!(line.contains("mypark migrate"), "{line}");
    program.ok(&["migrate"]).await;
    program.ok(&["migrate"]).await;
    program.ok(&["staff", "list"]).await;
}

#[tokio::test]
async fn roles_are_granted_listed_and_taken_back() {
    let program = migrated().await;
    for (id, role, name) in [("11", "engineer", "Игорь"), ("12", "manager", "Мария")] {
        let words = ["staff", "add", "--telegram-id", id, "--role", role, "--name", name];
        program.ok(&words).await;
    }
    program
        .refused(&["staff", "add", "--telegram-id", "13", "--role", "king", "--name", "X"])
        .await;
    let listed = json(&program.ok(&["staff", "list", "--json"]).await);
    let rows: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["telegram_id"].as_i64(), row["role"].as_str(), row["name"].as_str()))
        .collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows.contains(&(Some(11), Some("engineer"), Some("Игорь"))), "{rows:?}");
    assert!(rows.contains(&(Some(12), Some("manager"), Some("Мария"))), "{rows:?}");
    program.ok(&["staff", "remove", "--telegram-id", "11"]).await;
    let line = program.refused(&["staff", "remove", "--telegram-id", "11"]).await;
    assert!(line.contains("11"), "{line}");
    assert!(!program.ok(&["staff", "list"]).await.contains("Игорь"));
}
