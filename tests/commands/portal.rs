//! Bitrix24's events, as an operator sees to them.

use tests::Program;

use crate::migrated;

/// What the doctor says of the portal's events.
async fn events(program: &Program, words: &[&str]) -> String {
    let said = program.run(words).await.out;
    let line = said.lines().find(|line| line.contains("bitrix24 events"));
    line.unwrap_or_else(|| panic!("nothing of events: {said}")).to_owned()
}

#[tokio::test]
async fn the_doctor_finds_events_that_are_not_bound_and_binds_them() {
    let mut program = migrated().await;
    let portal = program.add_portal().await;
    let hook = format!("{}/webhook/bitrix24", program.base);
    let mut serving = program.serve().await;
    assert_eq!(portal.install(&hook).await, 200);
    serving.terminate().await;
    portal.forget_handlers();

    let ill = events(&program, &["doctor"]).await;
    assert!(ill.starts_with('✗') && ill.contains("--fix"), "{ill}");
    assert!(ill.contains("ONCRMDEALUPDATE"), "{ill}");
    assert!(portal.handlers().is_empty(), "a look changes nothing");
    let mended = events(&program, &["doctor", "--fix"]).await;
    assert!(mended.starts_with('✓') && mended.contains("just now"), "{mended}");
    assert!(portal.handlers().iter().all(|handler| handler.url == hook));
    assert_eq!(portal.handlers().len(), 8);
    let well = events(&program, &["doctor"]).await;
    assert!(well.starts_with('✓') && !well.contains("just now"), "{well}");
}

#[tokio::test]
async fn the_doctor_says_what_a_webhook_made_by_hand_needs() {
    let mut program = migrated().await;
    let portal = program.add_portal().await;
    program.set("BITRIX24_WEBHOOK_URL", &portal.webhook_url());
    for name in ["CLIENT_ID", "CLIENT_SECRET", "CALLBACK_URL", "PORTAL_URL"] {
        program.set(&format!("BITRIX24_{name}"), "");
    }
    let off = events(&program, &["doctor"]).await;
    assert!(off.contains("BITRIX24_APPLICATION_TOKEN") && off.contains("ONCRMLEADUPDATE"), "{off}");
    assert!(!off.contains("MOVETOCATEGORY"), "only applications are told of that: {off}");
    program.set("BITRIX24_APPLICATION_TOKEN", "outgoing-1");
    let on = events(&program, &["doctor"]).await;
    assert!(on.starts_with('✓') && on.contains("/webhook/bitrix24"), "{on}");
}
