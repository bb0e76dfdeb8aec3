//! The dealer's whole catalogue out of the portal, as the operator synchronises it.

use crate::migrated;

/// As many goods as a large dealer has.
const GOODS: usize = 20_000;

/// What synchronising them may hold at most, in MiB.
const MEMORY: f64 = 200.0;

/// Pages of the portal that a run may ask for: it asks in batches of fifty pages of fifty goods.
const CALLS: usize = 100;

/// The goods of the portal, and the rest of it nowhere.
const FILE: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"

[[connection]]
name = "b24"
kind = "bitrix24"
takes = []

[connection.catalogue]
sku = "property258"
"#;

#[tokio::test]
async fn twenty_thousand_goods_are_synchronised_twice_and_the_second_run_changes_nothing() {
    let mut program = migrated().await;
    let portal = program.add_portal().await;
    program.set("BITRIX24_WEBHOOK_URL", &portal.webhook_url());
    program.set("BITRIX24_CALLS_PER_SECOND", "1000");
    program.set("BITRIX24_CALLS_AT_ONCE", "1000");
    std::fs::write(program.path("mypark.toml"), FILE).unwrap();
    portal.stock(GOODS);

    let mut calls = 0;
    for told in [
        format!("b24: created {GOODS}, changed 0, unchanged 0, refused 0"),
        format!("b24: created 0, changed 0, unchanged {GOODS}, refused 0"),
    ] {
        let (ran, peak) = program.measured(&["catalogue", "sync", "--full"]).await;
        assert_eq!((ran.code, ran.out.trim()), (Some(0), told.as_str()), "{}", ran.err);
        assert!(peak > 0.0 && peak < MEMORY, "{peak} MiB for {GOODS} goods");
        let asked = portal.calls().len() - calls;
        assert!(asked <= CALLS, "{asked} calls for {GOODS} goods");
        calls += asked;
    }
}
