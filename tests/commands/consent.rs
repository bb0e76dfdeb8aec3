//! amoCRM by consent, as an operator connects it: the doctor's address, the page, the doctor again.

use domain::texts::Lang;
use server::crm::fault::AccessFault;
use tests::Program;

use crate::migrated;

async fn by_consent() -> Program {
    let mut program = migrated().await;
    for (name, value) in [
        ("AMOCRM_ACCESS_TOKEN", ""),
        ("AMOCRM_CLIENT_ID", "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10"),
        ("AMOCRM_CLIENT_SECRET", "sandbox-client-secret"),
        ("AMOCRM_REDIRECT_URI", "https://connector.example.com/oauth/amocrm/callback"),
    ] {
        program.set(name, value);
    }
    program
}

fn line<'a>(out: &'a str, start: &str) -> &'a str {
    let found = out.lines().find(|line| line.starts_with(start));
    found.unwrap_or_else(|| panic!("no «{start}»: {out}"))
}

#[tokio::test]
async fn the_doctor_prints_the_address_and_is_content_once_it_was_opened() {
    let program = by_consent().await;
    let mut serving = program.serve().await;
    let before = program.run(&["doctor"]).await;
    assert_eq!(before.code, Some(1), "{}", before.out);
    assert!(line(&before.out, "✗ amocrm access").contains("has not allowed access"));
    let (_, address) = line(&before.out, "! amocrm consent").split_once("open ").unwrap();
    let there = &program.variables["AMOCRM_BASE_URL"];
    assert!(address.starts_with(&format!("{there}/oauth?client_id=")), "{address}");
    assert!(address.contains("mode=popup") && address.contains("state="), "{address}");
    let redirect = program.amo.consent(address, true).expect("a known integration");
    let (_, query) = redirect.split_once('?').unwrap();
    let page = program.http.get(format!("{}/webhook/amocrm?{query}", program.base));
    let page = page.send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Доступ получен"));
    let after = program.run(&["doctor"]).await;
    assert!(line(&after.out, "✓ amocrm access").contains("valid until"), "{}", after.out);
    assert!(line(&after.out, "✓ amocrm account").contains("exampleshop"), "{}", after.out);
    for secret in program.amo.issued_tokens().iter().map(String::as_str) {
        assert!(!after.out.contains(secret) && !serving.log_end().contains(secret));
    }
    assert!(!serving.log_end().contains("sandbox-client-secret"));
    serving.terminate().await;
}

#[tokio::test]
async fn a_half_configured_consent_stops_the_start_with_one_line() {
    let mut program = by_consent().await;
    program.set("AMOCRM_CLIENT_SECRET", "");
    let line = program.refused(&["serve"]).await;
    assert!(line.starts_with("AMOCRM_CLIENT_SECRET: "), "{line}");
    program.set("AMOCRM_CLIENT_SECRET", "sandbox-client-secret");
    program.set("SECRET_KEY", "");
    let line = program.refused(&["serve"]).await;
    assert!(line.starts_with("SECRET_KEY: "), "{line}");
}

/// An administrator's desk, once somebody is one.
async fn desk_of_administrator(program: &Program) -> tests::MiniApp {
    let id = tests::MANAGER.to_string();
    let add = ["staff", "add", "--telegram-id", &id, "--role", "administrator", "--name", "Олег"];
    program.ok(&add).await;
    program.mini_app(tests::MANAGER)
}

/// Waits until the desk's list of troubles says all of this.
async fn eventually(desk: &tests::MiniApp, list: &str, words: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let told = desk.get("/app/desk/troubles").await.ok();
        if told[list][0]["reason"].as_str().is_some_and(|reason| reason.contains(words)) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "never «{words}»: {told:#}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn allow(program: &Program) {
    let doctor = program.run(&["doctor"]).await;
    let (_, address) =
        line(&doctor.out, "! amocrm consent").split_once("open ").expect("an address");
    let redirect = program.amo.consent(address, true).expect("a known integration");
    let (_, query) = redirect.split_once('?').expect("a query");
    let page = program.http.get(format!("{}/webhook/amocrm?{query}", program.base));
    assert_eq!(page.send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn each_typical_error_has_cause_and_cure_in_the_doctor_on_the_desk_and_in_the_log() {
    for (set, fault) in [
        (Some(("AMOCRM_CLIENT_SECRET", "another-secret")), AccessFault::IncorrectClient),
        (
            Some(("AMOCRM_REDIRECT_URI", "https://park.example.com/webhook/amocrm")),
            AccessFault::RedirectMismatch,
        ),
        (None, AccessFault::Revoked),
    ] {
        let mut program = by_consent().await;
        program.set("RECONCILE_EVERY", "1s");
        let desk = desk_of_administrator(&program).await;
        let mut serving = program.serve().await;
        allow(&program).await;
        serving.terminate().await;
        match set {
            Some((name, value)) => program.set(name, value),
            None => program.amo.revoke_access(true),
        }
        program.amo.expire_access_tokens();
        let mut serving = program.serve().await;
        eventually(&desk, "paused", &fault.words(Lang::Ru)).await;
        let page = desk.page("/app/desk/troubles").await;
        let cure = fault.cure(Lang::Ru).replace('\'', "&#39;");
        assert!(page.contains(&cure), "cut short: {page}");
        let logged = serving.log_end();
        assert!(logged.contains(&fault.words(Lang::En)), "{fault:?}: {logged}");
        let doctor = program.run(&["doctor"]).await;
        assert_eq!(doctor.code, Some(1), "{}", doctor.out);
        assert!(doctor.out.contains(&fault.words(Lang::En)), "{fault:?}: {}", doctor.out);
        serving.terminate().await;
    }
}

#[tokio::test]
async fn a_code_that_cannot_be_read_is_told_in_the_doctor_on_the_desk_and_in_the_log() {
    let program = by_consent().await;
    let desk = desk_of_administrator(&program).await;
    let mut serving = program.serve().await;
    let doctor = program.run(&["doctor"]).await;
    let (_, address) = line(&doctor.out, "! amocrm consent").split_once("open ").unwrap();
    let redirect = program.amo.consent(address, true).expect("a known integration");
    let (_, query) = redirect.split_once('?').unwrap();
    let garbled = query.replace("code=def", "code=abc");
    let page = program.http.get(format!("{}/webhook/amocrm?{garbled}", program.base));
    let page = page.send().await.unwrap();
    assert_eq!(page.status(), 400);
    let fault = AccessFault::CodeUnreadable;
    eventually(&desk, "consents", &fault.words(Lang::Ru)).await;
    let doctor = program.run(&["doctor"]).await;
    let told = line(&doctor.out, "✗ amocrm last consent");
    assert!(told.contains(&fault.words(Lang::Ru)), "{told}");
    let logged = serving.log_end();
    assert!(logged.contains(&fault.words(Lang::En)), "{logged}");
    allow(&program).await;
    let doctor = program.run(&["doctor"]).await;
    assert!(!doctor.out.contains("last consent"), "{}", doctor.out);
    assert!(desk.get("/app/desk/troubles").await.ok()["consents"][0].is_null());
    serving.terminate().await;
}
