//! Tables of the dealer, as they come out of whatever the dealer keeps them in.

use tests::{Program, Ran};

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

/// A shop's feed of so many goods.
fn feed(goods: usize) -> String {
    let offers: String = (0..goods)
        .map(|n| {
            format!(
                "<offer id=\"{n}\" available=\"true\"><name>Деталь {n}</name><price>1{n}</price>\
                 <currencyId>RUR</currencyId><categoryId>1</categoryId>\
                 <vendorCode>Y-{n}</vendorCode></offer>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<yml_catalog><shop><categories>\
         <category id=\"1\">Валы</category></categories><offers>{offers}</offers></shop></yml_catalog>"
    )
}

#[tokio::test]
async fn a_feed_is_read_twice_shrinks_a_little_and_is_not_believed_when_it_shrinks_much() {
    let program = migrated().await;
    let run = async |goods: usize, more: &[&str]| {
        let path = program.path("feed.yml");
        std::fs::write(&path, feed(goods)).unwrap();
        let path = path.to_string_lossy().into_owned();
        let mut words = vec!["import", "parts", path.as_str()];
        words.extend(more);
        program.run(&words).await
    };
    let first = run(20, &[]).await;
    assert_eq!(first.out.trim(), "created 20, changed 0, unchanged 0, refused 0", "{first:?}");
    let second = run(20, &[]).await;
    assert_eq!(second.out.trim(), "created 0, changed 0, unchanged 20, refused 0", "{second:?}");
    let fewer = run(18, &[]).await;
    let told = "created 0, changed 0, unchanged 18, refused 0, switched off 2";
    assert_eq!(fewer.out.trim(), told, "{fewer:?}");
    let half = run(9, &[]).await;
    assert_ne!(half.code, Some(0));
    assert!(half.err.contains("9 of 18 goods") && half.err.contains("--force"), "{half:?}");
    assert_eq!(half.err.lines().count(), 1, "{half:?}");
    let dry = run(9, &["--force", "--dry-run"]).await;
    assert!(dry.out.contains("switched off 9; a dry run"), "{dry:?}");
    let forced = run(9, &["--force"]).await;
    assert!(forced.out.contains("unchanged 9, refused 0, switched off 9"), "{forced:?}");
}

#[tokio::test]
async fn a_feed_of_any_length_is_read_as_it_comes() {
    let program = migrated().await;
    // Nobody reads descriptions; they are what makes a feed large.
    let (first, short) = import_of(&program, "short.yml", 10).await;
    assert_eq!(first.out.trim(), "created 300, changed 0, unchanged 0, refused 0", "{first:?}");
    let (again, long) = import_of(&program, "long.yml", 200_000).await;
    assert_eq!(again.out.trim(), "created 0, changed 0, unchanged 300, refused 0", "{again:?}");
    // What the program holds without a feed differs between systems, so the feeds are compared.
    assert!(short > 0.0 && long < short + 32.0, "{long} MiB for 114, {short} for a short one");
}

/// Imports 300 goods whose descriptions have so many letters of two bytes; what it answered, and
/// the most memory that it held, in MiB.
async fn import_of(program: &Program, name: &str, letters: usize) -> (Ran, f64) {
    let words = format!("<description>{}</description></offer>", "ъ".repeat(letters));
    let text = feed(300).replace("</offer>", &words);
    let path = program.path(name);
    std::fs::write(&path, &text).expect("a folder of the test");
    program.measured(&["import", "parts", &path.to_string_lossy()]).await
}
