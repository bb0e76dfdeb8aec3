//! Tables of the dealer, as they come out of whatever the dealer keeps them in.

use crate::{import, migrated};

const TABLES: [(&str, &[u8]); 3] = [
    ("models", include_bytes!("../../sandbox/data/models.csv")),
    ("parts", include_bytes!("../../sandbox/data/parts.csv")),
    ("machines", include_bytes!("../../sandbox/data/machines.csv")),
];

#[tokio::test]
async fn a_dry_run_changes_nothing_and_a_second_run_finds_nothing_to_change() {
    let program = migrated().await;
    for (what, table) in TABLES {
        // The files have no line breaks inside of cells.
        let lines = table.iter().filter(|byte| **byte == b'\n').count() - 1;
        let all = format!("created {lines}, changed 0, unchanged 0, refused 0");
        for _ in 0..2 {
            let dry = import(&program, what, table, true).await;
            assert_eq!(dry.code, Some(0), "{dry:?}");
            assert!(dry.out.starts_with(&all), "{what}: {}, not {all}", dry.out);
            assert!(dry.out.contains("nothing was written"), "{}", dry.out);
        }
        let first = import(&program, what, table, false).await;
        assert_eq!((first.code, first.out.trim()), (Some(0), all.as_str()), "{}", first.err);
        let second = import(&program, what, table, false).await;
        let none = format!("created 0, changed 0, unchanged {lines}, refused 0");
        assert_eq!((second.code, second.out.trim()), (Some(0), none.as_str()), "{}", second.err);
    }
}

#[tokio::test]
async fn windows_1251_with_semicolons_is_read_as_it_is_meant() {
    let program = migrated().await;
    // «sku;name;price\nП-1;Вал;1200,50\n» as Excel saves it.
    let table = b"sku;name;price\r\n\xCF-1;\xC2\xE0\xEB;1200,50\r\n";
    let first = import(&program, "parts", table, false).await;
    assert!(first.out.starts_with("created 1,"), "{first:?}");
    let same = "sku,name,price\nП-1,Вал,1200.50\n";
    let again = import(&program, "parts", same.as_bytes(), false).await;
    assert!(again.out.contains("unchanged 1,"), "the same part in UTF-8: {again:?}");
}

#[tokio::test]
async fn a_broken_line_is_refused_with_its_number_and_the_others_are_taken() {
    let program = migrated().await;
    let table = "sku;name;price\nA-1;Вал;100\nA-2;Шкив;дорого\nA-3;Ремень;\n";
    let ran = import(&program, "parts", table.as_bytes(), false).await;
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("line 3: price:"), "{}", ran.out);
    assert!(ran.out.contains("created 2, changed 0, unchanged 0, refused 1"), "{}", ran.out);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);

    let line = program.refused(&["import", "parts", "nowhere.csv"]).await;
    assert!(line.contains("nowhere.csv"), "{line}");
    let headless = import(&program, "parts", b"name;price\nX;1\n", false).await;
    assert_ne!(headless.code, Some(0));
    assert!(headless.err.contains("sku"), "the missing column is named: {headless:?}");
}
