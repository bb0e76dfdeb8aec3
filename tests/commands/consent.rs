//! amoCRM by consent, as an operator connects it: the doctor's address, the page, the doctor again.

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
