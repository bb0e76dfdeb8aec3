use chrono::TimeDelta;

use super::*;
use crate::import::fixture::World;
use crate::import::{parts_csv, parts_yml};
use crate::{Error, Money, parts};

/// A feed of a shop; each offer is its whole element.
fn feed(offers: &[&str]) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-11-20T10:00:00+03:00"><shop><name>Лавка</name>
<currencies><currency id="RUR" rate="1"/></currencies>
<categories><category id="1">Подшипники</category><category id="2" parentId="1">Опорные &amp; упорные</category></categories>
<offers>{}</offers></shop></yml_catalog>"#,
        offers.join("\n")
    )
}

fn offer(id: &str, article: &str, price: &str) -> String {
    format!(
        r#"<offer id="{id}" available="true"><name>Деталь {article}</name><price>{price}</price>
<currencyId>RUR</currencyId><categoryId>1</categoryId><vendorCode>{article}</vendorCode>
<count>3</count></offer>"#
    )
}

/// As many plain offers as are asked for: articles P-0, P-1, ….
fn plain(count: usize) -> Vec<String> {
    (0..count).map(|n| offer(&n.to_string(), &format!("P-{n}"), "100")).collect()
}

fn texts(offers: &[String]) -> Vec<&str> {
    offers.iter().map(String::as_str).collect()
}

fn rules(source: &str, whole: bool) -> Rules {
    Rules { source: Some(source.to_owned()), whole, off_limit: Some(20) }
}

async fn run_feed(world: &World, source: &str, feed: &str) -> crate::Result<Report> {
    world.d.clock.advance(TimeDelta::hours(1));
    let mut plan = Plan::begin(&mut world.read().await, rules(source, true)).await?;
    parts_yml(&mut plan, &world.d, feed.as_bytes())?;
    plan.finish()?;
    carry_out(&world.db, &world.d, plan, |_| ()).await
}

fn counts(report: &Report) -> [usize; 5] {
    let Report { created, changed, unchanged, switched_off, refused } = report;
    [*created, *changed, *unchanged, *switched_off, refused.len()]
}

async fn card(world: &World, sku: &str) -> parts::PartCard {
    let id = world.part(sku).await;
    parts::card(&mut world.read().await, None, &id).await.unwrap()
}

async fn is_sold(world: &World, sku: &str) -> bool {
    let found = parts::search(&mut world.read().await, parts::Park::Any, sku, None, None).await;
    found.unwrap().parts.iter().any(|part| part.sku == sku)
}

#[tokio::test]
async fn a_feed_says_what_shops_say_and_a_second_run_changes_nothing() {
    let world = World::demo().await;
    let rich = r#"<offer id="77" available="false" type="vendor.model"><typePrefix>Подшипник</typePrefix>
<vendor>ГПЗ</vendor><model>46118 &amp; пара</model><price>1250.50</price><currencyId>RUB</currencyId>
<categoryId>2</categoryId><barcode>4607000000017</barcode><picture>https://shop.test/46118.jpg</picture>
<param name="Артикул">46118-Л</param><param name="Чертёж">20.101; 20.102</param>
<param name="Применимость">16К20, Неведомый-9</param></offer>"#;
    let dollars = r#"<offer id="78"><name><![CDATA[Ремень <А-1250>]]></name><price>7</price>
<currencyId>USD</currencyId><categoryId>1</categoryId></offer>"#;
    let feed = feed(&[rich, dollars]);
    let first = run_feed(&world, "shop", &feed).await.unwrap();
    assert_eq!(counts(&first), [2, 0, 0, 0, 0], "{first:?}");
    let bearing = card(&world, "46118-Л").await;
    assert_eq!(bearing.part.name, "Подшипник ГПЗ 46118 & пара");
    assert_eq!(bearing.part.category, "Опорные & упорные");
    assert_eq!(bearing.part.price, Some(Money::kopecks(125_050)));
    assert_eq!(bearing.part.stock, Some(0), "it is not available");
    assert_eq!(bearing.beside.codes, ["20.101", "20.102", "4607000000017"]);
    assert_eq!(bearing.models.len(), 1, "the unknown machine is passed over");
    let belt = card(&world, "78").await;
    assert_eq!((belt.part.name.as_str(), belt.part.price), ("Ремень <А-1250>", None));
    let second = run_feed(&world, "shop", &feed).await.unwrap();
    assert_eq!(counts(&second), [0, 0, 2, 0, 0]);
}

#[tokio::test]
async fn windows_1251_is_read_by_its_declaration_and_half_a_feed_is_refused() {
    let world = World::empty().await;
    let whole = feed(&texts(&plain(3)));
    let text = whole.replace("UTF-8", "windows-1251");
    let (cp1251, ..) = encoding_rs::WINDOWS_1251.encode(&text);
    let mut plan = Plan::begin(&mut world.read().await, rules("shop", true)).await.unwrap();
    parts_yml(&mut plan, &world.d, cp1251.as_ref()).unwrap();
    carry_out(&world.db, &world.d, plan, |_| ()).await.unwrap();
    assert_eq!(card(&world, "P-1").await.part.name, "Деталь P-1");
    let half = &whole[..whole.find("P-2").unwrap()];
    let bomb = "<!DOCTYPE a [<!ENTITY b \"cc\">]><yml_catalog>&b;";
    let deep = "<yml_catalog>".repeat(1000);
    for broken in
        [half, "", "sku;name\n1;2\n", "<html><body/></html>", "<yml_catalog>", bomb, &deep]
    {
        let refused = run_feed(&world, "shop", broken).await;
        assert!(matches!(&refused, Err(Error::Invalid(fault)) if fault.field == "file"));
    }
    assert!(is_sold(&world, "P-2").await, "nothing was switched off");
}

#[tokio::test]
async fn what_a_feed_no_longer_names_is_switched_off_and_comes_back() {
    let world = World::empty().await;
    let offers = plain(10);
    run_feed(&world, "shop", &feed(&texts(&offers))).await.unwrap();
    let fewer = run_feed(&world, "shop", &feed(&texts(&offers[1..]))).await.unwrap();
    assert_eq!(counts(&fewer), [0, 0, 9, 1, 0]);
    assert!(!is_sold(&world, "P-0").await);
    let again = run_feed(&world, "shop", &feed(&texts(&offers[1..]))).await.unwrap();
    assert_eq!(counts(&again), [0, 0, 9, 0, 0], "it is off already");
    let back = run_feed(&world, "shop", &feed(&texts(&offers))).await.unwrap();
    assert_eq!(counts(&back), [0, 1, 9, 0, 0]);
    assert!(is_sold(&world, "P-0").await);
}

#[tokio::test]
async fn half_a_catalogue_gone_is_refused_whole_unless_it_is_meant() {
    let world = World::empty().await;
    let mut offers = plain(10);
    run_feed(&world, "shop", &feed(&texts(&offers))).await.unwrap();
    offers.truncate(5);
    offers[0] = offer("0", "P-0", "999");
    let fewer = feed(&texts(&offers));
    let refused = run_feed(&world, "shop", &fewer).await;
    assert!(matches!(refused, Err(Error::Conflict(_))));
    assert!(is_sold(&world, "P-9").await);
    assert_eq!(
        card(&world, "P-0").await.part.price,
        Some(Money::kopecks(10_000)),
        "nothing at all"
    );
    let meant = Rules { off_limit: None, ..rules("shop", true) };
    let mut plan = Plan::begin(&mut world.read().await, meant).await.unwrap();
    parts_yml(&mut plan, &world.d, fewer.as_bytes()).unwrap();
    plan.finish().unwrap();
    let report = carry_out(&world.db, &world.d, plan, |_| ()).await.unwrap();
    assert_eq!(counts(&report), [0, 1, 4, 5, 0]);
    assert!(!is_sold(&world, "P-9").await);
}

#[tokio::test]
async fn a_source_leaves_the_goods_of_others_alone_and_takes_over_the_dealers_own() {
    let world = World::demo().await;
    let own = "16К20.02.114";
    let codes = card(&world, own).await.beside.codes;
    let offers = [offer("1", own, "500"), offer("2", "S-1", "10")];
    let report = run_feed(&world, "one", &feed(&texts(&offers))).await.unwrap();
    assert_eq!(counts(&report), [1, 1, 0, 0, 0], "the dealer's other parts stay");
    let taken = card(&world, own).await;
    assert_eq!(taken.part.price, Some(Money::kopecks(50_000)));
    assert_eq!(taken.beside.codes, codes, "what the feed does not say stays");
    let other = [offer("1", "T-1", "1"), offer("9", "S-1", "1")];
    let report = run_feed(&world, "two", &feed(&texts(&other))).await.unwrap();
    assert_eq!(counts(&report), [1, 0, 0, 0, 1]);
    assert_eq!(report.refused[0].1.problem, "error-import-other-source");
    assert_eq!(card(&world, "S-1").await.part.price, Some(Money::kopecks(1_000)));
    // The dealer's tables may speak of any part, and it stays whose it is.
    world.import_parts("sku;name;price\nS-1;Деталь;33\n").await;
    assert_eq!(card(&world, "S-1").await.part.price, Some(Money::kopecks(3_300)));
    let report = run_feed(&world, "one", &feed(&texts(&offers))).await.unwrap();
    assert_eq!(counts(&report), [0, 1, 1, 0, 0]);
}

#[tokio::test]
async fn a_new_article_is_the_same_part_and_one_article_is_one_part() {
    let world = World::empty().await;
    run_feed(&world, "shop", &feed(&texts(&plain(3)))).await.unwrap();
    let id = world.part("P-1").await;
    let mut offers = plain(3);
    offers[1] = offer("1", "N-1", "100");
    let report = run_feed(&world, "shop", &feed(&texts(&offers))).await.unwrap();
    assert_eq!(counts(&report), [0, 1, 2, 0, 0]);
    assert_eq!(world.part("N-1").await, id, "orders still lead to it");
    offers.push(offer("7", "P-0", "1"));
    offers.push(offer("8", "Q-8", "1"));
    offers.push(offer("8", "Q-9", "1"));
    offers.push(offer("9", "Q-9", "дорого"));
    let report = run_feed(&world, "shop", &feed(&texts(&offers))).await.unwrap();
    let refused: Vec<_> =
        report.refused.iter().map(|(place, fault)| (place.to_string(), fault.problem)).collect();
    assert_eq!(
        refused,
        [
            ("id 7".to_owned(), "error-import-sku-taken"),
            ("id 8".to_owned(), "error-import-twice"),
            ("id 9".to_owned(), "error-money"),
        ]
    );
}

#[tokio::test]
async fn what_could_not_be_read_is_not_gone() {
    let world = World::empty().await;
    run_feed(&world, "shop", &feed(&texts(&plain(10)))).await.unwrap();
    let mut offers = plain(10);
    offers[4] = offer("4", "P-4", "дорого");
    let report = run_feed(&world, "shop", &feed(&texts(&offers))).await.unwrap();
    assert_eq!(counts(&report), [0, 0, 9, 0, 1]);
    assert!(is_sold(&world, "P-4").await);
    // The same of a whole table.
    world.import_parts("sku;name;price\nA;Вал;1\nB;Вал;1\n").await;
    let whole = Rules { source: None, whole: true, off_limit: None };
    let mut plan = Plan::begin(&mut world.read().await, whole).await.unwrap();
    parts_csv(&mut plan, &world.d, "sku;name;price\nA;Вал;дорого\n".as_bytes()).unwrap();
    plan.finish().unwrap();
    assert_eq!(counts(plan.report()), [0, 0, 0, 1, 1], "B is gone, A is not");
}

#[tokio::test]
async fn a_dry_run_compares_and_writes_nothing() {
    let world = World::empty().await;
    let mut plan = Plan::begin(&mut world.read().await, rules("shop", true)).await.unwrap();
    parts_yml(&mut plan, &world.d, feed(&texts(&plain(2))).as_bytes()).unwrap();
    plan.finish().unwrap();
    assert_eq!(counts(plan.report()), [2, 0, 0, 0, 0]);
    drop(plan);
    assert!(!is_sold(&world, "P-0").await);
}

#[tokio::test]
async fn a_picture_is_fetched_once_until_the_source_has_another() {
    let world = World::empty().await;
    let with = |address: &str| {
        let picture = format!("<picture>{address}</picture></offer>");
        feed(&[&offer("1", "P-1", "5").replace("</offer>", &picture)])
    };
    run_feed(&world, "shop", &with("https://shop.test/1.jpg")).await.unwrap();
    let due = async || {
        let now = world.d.clock.now();
        pictures_due(&mut world.read().await, "shop", now, 10).await.unwrap()
    };
    let waits = due().await;
    assert_eq!(waits[0].picture, "https://shop.test/1.jpg");
    let mut tx = world.tx().await;
    pictured(&mut tx, &waits[0], Some("a.jpg")).await.unwrap();
    tx.commit().await.unwrap();
    assert!(due().await.is_empty());
    assert_eq!(card(&world, "P-1").await.part.photo.as_deref(), Some("a.jpg"));
    let same = run_feed(&world, "shop", &with("https://shop.test/1.jpg")).await.unwrap();
    assert_eq!(same.unchanged, 1);
    run_feed(&world, "shop", &with("https://shop.test/2.jpg")).await.unwrap();
    let waits = due().await;
    assert_eq!(waits.len(), 1);
    let mut tx = world.tx().await;
    put_off(&mut tx, &waits[0], world.d.clock.now() + TimeDelta::minutes(30)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(due().await.is_empty(), "not now");
    world.d.clock.advance(TimeDelta::minutes(30));
    assert_eq!(due().await.len(), 1);
    run_feed(&world, "shop", &feed(&[&offer("1", "P-1", "5")])).await.unwrap();
    assert!(due().await.is_empty());
    assert_eq!(card(&world, "P-1").await.part.photo, None, "the shop took it away");
}

#[tokio::test]
async fn a_picture_is_what_its_content_says_and_is_kept_once() {
    let world = World::empty().await;
    let folder = world.d.uploads.join("photos");
    let png: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let name = keep_picture(&world.d.uploads, png).await.unwrap().unwrap();
    assert_eq!(std::path::Path::new(&name).extension().unwrap(), "png");
    assert_eq!(keep_picture(&world.d.uploads, png).await.unwrap(), Some(name.clone()));
    assert_eq!(std::fs::read(folder.join(&name)).unwrap(), png);
    for other in ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>404</html>", "", "%PDF-1.4"] {
        assert_eq!(
            keep_picture(&world.d.uploads, other.as_bytes()).await.unwrap(),
            None,
            "{other}"
        );
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}
