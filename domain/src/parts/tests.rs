use super::*;
use crate::Error;
use crate::import::fixture::World;

async fn skus(world: &World, q: &str) -> Vec<String> {
    let page = search(&mut world.read().await, None, q, None, None).await.unwrap();
    page.parts.into_iter().map(|part| part.sku).collect()
}

#[tokio::test]
async fn an_article_is_found_however_it_is_written() {
    let world = World::demo().await;
    // Cyrillic as printed, Latin twins, no marks, lower case, an old code, the end of a code.
    for q in ["16К20.02.114", "16K20.02.114", "16k2002114", "16-к 20 02 114", "1k62.02.114"] {
        assert_eq!(skus(&world, q).await.first().map(String::as_str), Some("16К20.02.114"), "{q}");
    }
    assert!(skus(&world, "020.114").await.contains(&"16К20.02.114".to_owned()));
    assert!(skus(&world, "02114").await.contains(&"16К20.02.114".to_owned()));
}

#[tokio::test]
async fn words_must_all_match_and_a_model_is_a_word() {
    let world = World::demo().await;
    let both = skus(&world, "ШЕСТЕРНЯ 54").await;
    assert!(both.contains(&"16К20.02.114".to_owned()));
    assert!(skus(&world, "шестерня небывалая").await.is_empty());
    let cyrillic = skus(&world, "1М63Б").await;
    assert!(!cyrillic.is_empty());
    assert_eq!(skus(&world, "1M63Б").await, cyrillic);
    assert!(skus(&world, "шестерня 16K20").await.contains(&"16К20.02.114".to_owned()));
    assert!(!skus(&world, "%_' \"").await.is_empty(), "marks alone are no query");
    assert!(skus(&world, &"я".repeat(5000)).await.is_empty());
}

#[tokio::test]
async fn pages_hold_every_part_once() {
    let world = World::demo().await;
    for (q, least) in [("", 200), ("16к20", 21)] {
        let mut seen: Vec<PartId> = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut read = world.read().await;
            let page = search(&mut read, None, q, None, next.as_deref()).await.unwrap();
            assert!(page.parts.len() <= PAGE);
            seen.extend(page.parts.into_iter().map(|part| part.id));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "{q}");
        assert!(all >= least, "{q}: {all}");
    }
    let wrong = search(&mut world.read().await, None, "", None, Some("x")).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_machine_narrows_and_another_s_is_not_found() {
    let world = World::demo().await;
    let me = world.director().await;
    let mine = world.machine(&me, "1234").await;
    let mut read = world.read().await;
    for q in ["", "шестерня"] {
        let page = search(&mut read, Some(&me), q, Some(&mine), None).await.unwrap();
        assert!(!page.parts.is_empty());
        assert!(page.parts.iter().all(|part| part.fits));
        for part in &page.parts {
            let card = card(&mut read, Some(&me), &part.id).await.unwrap();
            assert!(card.models.iter().any(|(_, code, _)| code == "16k20"), "{}", part.sku);
            assert!(card.my_machines.iter().any(|(id, ..)| *id == mine));
        }
    }
    let none = search(&mut read, Some(&me), "небывалое", Some(&mine), None).await.unwrap();
    assert!(none.parts.is_empty());
    let foreign = world.foreign_machine(&me).await;
    for (customer, machine) in [(Some(&me), &foreign), (None, &mine)] {
        for q in ["", "вал"] {
            let refused = search(&mut read, customer, q, Some(machine), None).await;
            assert!(matches!(refused, Err(Error::NotFound)));
        }
    }
}

#[tokio::test]
async fn a_card_tells_codes_and_what_took_its_place() {
    let world = World::demo().await;
    world
        .import_parts("sku;name;codes;replaced_by\nOLD-1;Вал;ABC|АВС-2;NEW-1\nNEW-1;Вал новый;;\n")
        .await;
    let id = world.part("OLD-1").await;
    let mut read = world.read().await;
    let card = card(&mut read, None, &id).await.unwrap();
    assert_eq!(card.codes, ["ABC", "АВС-2"]);
    assert_eq!(card.replacement.map(|(_, sku, _)| sku), Some("NEW-1".to_owned()));
    assert!(card.active && card.part.price.is_none() && card.my_machines.is_empty());
    let missing = super::card(&mut read, None, &PartId::from("no")).await;
    assert!(matches!(missing, Err(Error::NotFound)));
}
