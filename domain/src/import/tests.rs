use super::*;
use crate::db::fetch_one;
use crate::import::fixture::{DIRECTOR, MACHINES, MODELS, PARTS, World};
use crate::{Money, people};

fn rows(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).unwrap().lines().count() - 1
}

#[tokio::test]
async fn the_demo_loads_whole_and_a_second_run_changes_nothing() {
    let world = World::empty().await;
    for round in 0..2 {
        let mut tx = world.tx().await;
        let reports = [
            (MODELS, models(&mut tx, &world.d, MODELS).await.unwrap()),
            (PARTS, parts(&mut tx, &world.d, PARTS).await.unwrap()),
            (MACHINES, machines(&mut tx, &world.d, MACHINES).await.unwrap()),
        ];
        tx.commit().await.unwrap();
        for (bytes, report) in reports {
            assert_eq!(report.refused, []);
            assert_eq!(report.changed, 0);
            let (created, unchanged) = if round == 0 { (rows(bytes), 0) } else { (0, rows(bytes)) };
            assert_eq!((report.created, report.unchanged), (created, unchanged));
        }
    }
    let mut read = world.read().await;
    let director = people::by_telegram(&mut read, DIRECTOR).await.unwrap().unwrap();
    assert_eq!(director.phone.unwrap().as_str(), "+79001112233");
    let companies = people::companies_of(&mut read, &director.id).await.unwrap();
    assert_eq!(companies[0].1, "ООО «Тульский станочный цех»");
    let (people,) = fetch_one!(&mut read, (i64,), "select count(*) from customers").unwrap();
    let (firms,) = fetch_one!(&mut read, (i64,), "select count(*) from companies").unwrap();
    assert_eq!(people, firms);
}

#[tokio::test]
async fn a_dry_run_is_a_transaction_that_nobody_commits() {
    let world = World::empty().await;
    let mut tx = world.tx().await;
    assert!(models(&mut tx, &world.d, MODELS).await.unwrap().created > 0);
    drop(tx);
    let mut tx = world.tx().await;
    assert_eq!(models(&mut tx, &world.d, MODELS).await.unwrap().unchanged, 0);
}

#[tokio::test]
async fn a_column_that_is_absent_keeps_and_an_empty_cell_empties() {
    let world = World::demo().await;
    let part = "16К20.02.114";
    let price = async || {
        let id = world.part(part).await;
        crate::parts::card(&mut world.read().await, None, &id).await.unwrap().part.price
    };
    let report = world.import_parts(&format!("name;sku\nШестерня новая;{part}\n")).await;
    assert_eq!((report.changed, report.created), (1, 0));
    assert_eq!(price().await, Some(Money::kopecks(1_240_000)));
    world.import_parts(&format!("sku;name;price\n{part};Шестерня новая;\n")).await;
    assert_eq!(price().await, None);
}

#[tokio::test]
async fn a_stock_that_is_told_again_is_of_today() {
    let world = World::demo().await;
    let id = world.part("16К20.02.114").await;
    let report = world.import_parts(std::str::from_utf8(PARTS).unwrap()).await;
    assert_eq!(report.changed, 0);
    let card = crate::parts::card(&mut world.read().await, None, &id).await.unwrap();
    assert_eq!(card.part.stock_at, Some(world.d.clock.now()));
}

#[tokio::test]
async fn lines_that_cannot_be_taken_are_named_and_the_rest_is() {
    let world = World::demo().await;
    let report = world
        .import_parts(
            "sku,name,price,models\nA-1,Вал,10,16к20\nA-2,,10,\nA-3,Вал,дорого,\nA-4,Вал,1,нет\nA-1,Вал,1,\n\
             A-5,Вал\n",
        )
        .await;
    assert_eq!(report.created, 1);
    let faults: Vec<_> = report
        .refused
        .iter()
        .map(|(line, fault)| (line.to_string(), fault.field, fault.problem))
        .collect();
    assert_eq!(
        faults,
        [
            ("line 3".to_owned(), "name", "error-required"),
            ("line 4".to_owned(), "price", "error-money"),
            ("line 5".to_owned(), "models", "error-import-model"),
            ("line 6".to_owned(), "sku", "error-import-twice"),
            ("line 7".to_owned(), "line", "error-import-cells"),
        ]
    );
}

#[tokio::test]
async fn a_machine_line_is_judged_before_anything_of_it_is_written() {
    let world = World::demo().await;
    let csv = "serial;model;company;inn;phone;telegram_id\n\
               Z-1;16K20;ООО «Новый»;7199000124;;\n\
               Z-2;16K20;ООО «Новый»;;123;\n\
               Z-3;16K20;ООО «Новый»;;;77\n\
               Z-4;16K20;ООО «Новый»;;+7 900 111-22-33;78\n\
               Z-5;нет;;;;\n\
               Z-6;16K20;;;+7 900 000-00-07;79\n";
    let mut tx = world.tx().await;
    let report = machines(&mut tx, &world.d, csv.as_bytes()).await.unwrap();
    let faults: Vec<_> = report
        .refused
        .iter()
        .map(|(line, fault)| (line.to_string(), fault.field, fault.problem))
        .collect();
    assert_eq!(
        faults,
        [
            ("line 2".to_owned(), "inn", "error-inn"),
            ("line 3".to_owned(), "phone", "error-phone"),
            ("line 4".to_owned(), "phone", "error-required"),
            ("line 5".to_owned(), "telegram_id", "error-phone-taken"),
            ("line 6".to_owned(), "model", "error-import-model"),
        ]
    );
    assert_eq!(report.created, 1);
    let owner = people::by_telegram(&mut tx, 79).await.unwrap().unwrap();
    let park = crate::machines::park(&mut tx, &owner.id).await.unwrap();
    assert_eq!(park[0].serial, "Z-6");
    let (firms,) = fetch_one!(
        &mut tx,
        (i64,),
        "select count(*) from companies where name = $1",
        "ООО «Новый»"
    )
    .unwrap();
    assert_eq!(firms, 0);
}

#[tokio::test]
async fn parts_are_found_by_the_new_name_of_their_model() {
    let world = World::demo().await;
    let mut tx = world.tx().await;
    let csv = "code;name\n16k20;Вихрь-500\n";
    assert_eq!(models(&mut tx, &world.d, csv.as_bytes()).await.unwrap().changed, 1);
    tx.commit().await.unwrap();
    crate::parts::catch_up(&world.db).await.unwrap();
    let (any, mut read) = (crate::parts::Park::Any, world.read().await);
    let page = crate::parts::search(&mut read, any, "шестерня вихрь", None, None).await.unwrap();
    assert!(!page.parts.is_empty());
    let report = world.import_parts(std::str::from_utf8(PARTS).unwrap()).await;
    assert_eq!(report.changed, 0);
}
