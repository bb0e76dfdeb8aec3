use proptest::prelude::*;

use super::*;
use crate::Error;
use crate::db::{execute, fetch_all, fetch_one};
use crate::ids::MachineId;
use crate::import;
use crate::import::fixture::World;
use crate::text::code_key;

/// What a query finds, page after page, in its order.
async fn skus(world: &World, q: &str) -> Vec<String> {
    let mut read = world.read().await;
    let mut found = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let page = search(&mut read, Park::Any, q, None, next.as_deref()).await.unwrap();
        assert!(page.parts.len() <= PAGE);
        found.extend(page.parts.into_iter().map(|part| part.sku));
        next = page.next;
        if next.is_none() {
            return found;
        }
    }
}

async fn rename_model(world: &World, code: &str, name: &str) {
    let mut tx = world.tx().await;
    let csv = format!("code;name\n{code};{name}\n");
    let report = import::models(&mut tx, &world.d, csv.as_bytes()).await.unwrap();
    assert_eq!(report.changed, 1);
    tx.commit().await.unwrap();
    catch_up(&world.db).await.unwrap();
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
async fn short_words_begin_a_word_and_long_ones_stand_anywhere() {
    let world = World::empty().await;
    world
        .import_parts(
            "sku;name;codes\nA-1;Болт М16х40;\nA-2;Втулка бронзовая;ВБ-770.21\nA-3;Вал Ø54;\n",
        )
        .await;
    for (q, finds) in [
        ("в", vec!["A-2", "A-3"]),
        ("ва", vec!["A-3"]),
        ("ал", vec![]),
        ("16", vec!["A-1"]),
        ("40 болт", vec!["A-1"]),
        ("54", vec!["A-3"]),
        ("ронз", vec!["A-2"]),
        ("7021", vec!["A-2"]),
        ("b б 7 70-21", vec!["A-2"]),
        ("a", vec!["A-1", "A-2", "A-3"]),
        ("болт в", vec![]),
    ] {
        assert_eq!(skus(&world, q).await, finds, "{q}");
    }
}

#[tokio::test]
async fn pages_hold_every_part_once_in_the_dealer_s_order() {
    let world = World::demo().await;
    let file = std::str::from_utf8(import::fixture::PARTS).unwrap();
    let in_file: Vec<&str> =
        file.lines().skip(1).filter_map(|line| line.split(';').next()).collect();
    assert_eq!(skus(&world, "").await, in_file);
    let mut found = skus(&world, "16к20").await;
    assert!(found.len() > PAGE, "{found:?}");
    let all = found.len();
    found.sort();
    found.dedup();
    assert_eq!(found.len(), all);
    let wrong = search(&mut world.read().await, Park::Any, "", None, Some("x")).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_part_is_found_by_its_new_words_and_no_more_by_the_old_ones() {
    let world = World::demo().await;
    world.import_parts("sku;name;models\nN-1;Гайка хорошая;16k20\nN-2;Гайка;\n").await;
    assert_eq!(skus(&world, "гайка хорошая 16k20").await, ["N-1"]);
    world.import_parts("sku;name\nN-1;Чудо-рычаг\n").await;
    assert!(skus(&world, "хорошая n-1").await.is_empty());
    assert_eq!(skus(&world, "чудо рычаг 16K20").await, ["N-1"]);
    rename_model(&world, "16k20", "Вихрь-500").await;
    assert_eq!(skus(&world, "чудо вихрь").await, ["N-1"]);
    rename_model(&world, "16k20", "Смерч").await;
    assert!(skus(&world, "вихрь").await.is_empty());
    // Nothing is listed under words that it does not have.
    let stale = "select count(*) from part_grams where gram = $1 and part_no not in
                        (select no from parts where search_key like $2)";
    for piece in ["вих", "хор", "гай"] {
        let piece = code_key(piece).to_lowercase();
        let mut read = world.read().await;
        let (stale,) = fetch_one!(&mut read, (i64,), stale, &piece, format!("%{piece}%")).unwrap();
        assert_eq!(stale, 0, "{piece}");
    }
}

#[tokio::test]
async fn a_new_price_leaves_the_index_alone() {
    let world = World::demo().await;
    let report = world.import_parts("sku;name;price\nP-1;Пиноль;100\n").await;
    assert_eq!(report.created, 1);
    let mut tx = world.tx().await;
    execute!(&mut tx, "delete from part_gram_counts").unwrap();
    let csv = "sku;name;price\nP-1;Пиноль;200\n";
    import::parts(&mut tx, &world.d, csv.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    catch_up(&world.db).await.unwrap();
    let mut tx = world.tx().await;
    let sql = "select count(*) from part_gram_counts";
    assert_eq!(fetch_one!(&mut tx, (i64,), sql).unwrap(), (0,));
}

#[tokio::test]
async fn a_catalogue_from_before_the_index_is_indexed_once() {
    let world = World::demo().await;
    let before = skus(&world, "шестерня 16к20").await;
    assert!(!before.is_empty());
    let mut tx = world.tx().await;
    for sql in [
        "update parts set search_key = 'шестерня |16к20|', indexed = false",
        "delete from part_grams",
        "delete from part_gram_counts",
        "delete from part_places",
    ] {
        execute!(&mut tx, sql).unwrap();
    }
    tx.commit().await.unwrap();
    catch_up(&world.db).await.unwrap();
    assert_eq!(skus(&world, "шестерня 16к20").await, before);
    catch_up(&world.db).await.unwrap();
    assert_eq!(skus(&world, "шестерня 16к20").await, before);
}

/// Pieces that are counted otherwise than they are.
async fn miscounted(world: &World) -> Vec<(String, i64, i64)> {
    let sql = "select c.gram, c.parts, count(g.part_no)
                 from part_gram_counts c
                 left join part_grams g on g.gram = c.gram
                group by c.gram, c.parts
               having c.parts <> count(g.part_no)
                union all
               select g.gram, cast(0 as bigint), count(*)
                 from part_grams g
                where (length(g.gram) <= 3 or g.gram like '=%')
                  and g.gram not in (select gram from part_gram_counts)
                group by g.gram";
    fetch_all!(&mut world.read().await, (String, i64, i64), sql).unwrap()
}

#[tokio::test]
async fn batches_count_on_and_a_killed_one_is_finished_by_the_next() {
    let world = World::demo().await;
    assert_eq!(miscounted(&world).await, []);
    let before = skus(&world, "").await;
    let rows: String = before.iter().map(|sku| format!("{sku};Чудик {sku}\n")).collect();
    let mut tx = world.tx().await;
    let csv = format!("sku;name\n{rows}");
    assert!(import::parts(&mut tx, &world.d, csv.as_bytes()).await.unwrap().changed > 20);
    tx.commit().await.unwrap();
    // Killed here, and again after each of two batches.
    assert!(skus(&world, "чудик").await.is_empty(), "old words until the batch comes");
    for batches in 1..=2 {
        assert!(reindex::index_batch(&world.db, 10).await.unwrap(), "more is left");
        assert_eq!(skus(&world, "чудик").await, before[..batches * 10]);
        assert_eq!(miscounted(&world).await, []);
    }
    catch_up(&world.db).await.unwrap();
    assert_eq!(skus(&world, "чудик").await, before);
    assert!(skus(&world, "шестерня").await.is_empty());
    assert_eq!(miscounted(&world).await, []);
    assert!(!reindex::index_batch(&world.db, 10).await.unwrap());
}

/// A part as it is written into the file, and its models.
#[derive(Clone, Debug)]
struct Sample {
    sku: String,
    name: String,
    code: String,
    models: Vec<usize>,
}

const MODELS: [&str; 3] = ["16к20", "РТ755Ф3", "CTX-310"];

fn sample() -> impl Strategy<Value = Sample> {
    let word = prop::sample::select(vec![
        "Шестерня",
        "вал",
        "Z=54",
        "М16",
        "РТ755",
        "болт",
        "Болты",
        "16K20",
        "Ёлка-2",
    ]);
    let name = prop::collection::vec(word, 1..4);
    let models = prop::sample::subsequence(vec![0, 1, 2], 0..3);
    ("[АAК1][1К.]{1,4}", name, "[KК0-1]{2,6}(-[0-1]{1,3})?", models)
        .prop_map(|(sku, name, code, models)| Sample { sku, name: name.join(" "), code, models })
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![
        "[АаAaКкKk1][1КкKk.]{0,4}",
        "[KК0-1]{1,8}",
        "(шест|ЕСТЕР|в|ва|z|54|м16|16|ел|болт|болты|рт|755) ?(16к|к20|вал|2|z|5)?",
        "(16|16К|16к20|рт 755 ф|ctx3|CTX 310|к2 0)",
    ]
}

/// The same question asked of one part after the other: the place, if it is found.
fn place(part: &Sample, q: &str) -> Option<i64> {
    let fold = |text: &str| code_key(text).to_lowercase();
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|w| !w.is_empty()).collect()
    };
    let models: Vec<&str> = part.models.iter().map(|model| MODELS[*model]).collect();
    let codes = [fold(&part.sku), fold(&part.code)];
    let whole = fold(q);
    if codes.contains(&whole) {
        return Some(0);
    }
    if codes.iter().any(|code| code.starts_with(&whole)) {
        return Some(1);
    }
    if models.iter().any(|model| fold(model).starts_with(&whole)) {
        return Some(2);
    }
    // A code that is the article in another spelling is not kept beside it.
    let code = if codes[0] == codes[1] { "" } else { part.code.as_str() };
    let texts = [part.sku.as_str(), &part.name, code].into_iter().chain(models.clone());
    let tokens: Vec<String> = texts.flat_map(words).collect();
    let codes: Vec<String> = codes.into_iter().chain(models.into_iter().map(fold)).collect();
    let is_digit = |c: char| c.is_ascii_digit();
    let begins = |token: &String, word: &str| {
        token.match_indices(word).any(|(at, _)| {
            let before = token[..at].chars().next_back().map(is_digit);
            before.is_none_or(|before| Some(before) != word.chars().next().map(is_digit))
        })
    };
    let matches = |word: &String| match word.chars().count() {
        1 | 2 => tokens.iter().any(|token| begins(token, word)),
        _ => tokens.iter().chain(&codes).any(|token| token.contains(word.as_str())),
    };
    words(q).iter().all(matches).then_some(2)
}

fn expected(parts: &[Sample], q: &str) -> Vec<String> {
    let mut found: Vec<(i64, usize)> = Vec::new();
    for (no, part) in parts.iter().enumerate() {
        found.extend(place(part, q).map(|place| (place, no)));
    }
    found.sort_unstable();
    found.into_iter().map(|(_, no)| parts[no].sku.clone()).collect()
}

async fn world_of(parts: &[Sample]) -> World {
    let world = World::empty().await;
    let mut tx = world.tx().await;
    let models: String = MODELS.iter().map(|model| format!("{model};{model}\n")).collect();
    let models = format!("code;name\n{models}");
    import::models(&mut tx, &world.d, models.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    let mut csv = "sku;name;codes;models\n".to_owned();
    for Sample { sku, name, code, models } in parts {
        let models: Vec<&str> = models.iter().map(|model| MODELS[*model]).collect();
        csv.push_str(&format!("{sku};{name};{code};{}\n", models.join("|")));
    }
    let report = world.import_parts(&csv).await;
    assert!(report.refused.is_empty(), "{report:?}");
    world
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(6) })]

    #[test]
    fn the_index_finds_what_reading_every_part_would(
        parts in prop::collection::vec(sample(), 60..120),
        queries in prop::collection::vec(query(), 30),
    ) {
        let mut parts = parts;
        let mut seen = std::collections::HashSet::new();
        parts.retain(|part| seen.insert(part.sku.clone()));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let found = runtime.block_on(async {
            let world = world_of(&parts).await;
            let mut found = Vec::new();
            for q in &queries {
                found.push(skus(&world, q).await);
            }
            found
        });
        for (q, found) in queries.iter().zip(found) {
            prop_assert_eq!(found, expected(&parts, q), "{}", q);
        }
    }
}

#[tokio::test]
async fn a_machine_narrows_and_another_s_is_not_found() {
    let world = World::demo().await;
    let me = world.director().await;
    let mine = world.machine(&me, "1234").await;
    let mut read = world.read().await;
    for q in ["", "шестерня"] {
        let page = search(&mut read, Park::Of(&me), q, Some(&mine), None).await.unwrap();
        assert!(!page.parts.is_empty());
        assert!(page.parts.iter().all(|part| part.fits));
        for part in &page.parts {
            let card = card(&mut read, Some(&me), &part.id).await.unwrap();
            assert!(card.models.iter().any(|(_, code, _)| code == "16k20"), "{}", part.sku);
            assert!(card.my_machines.iter().any(|(id, ..)| *id == mine));
        }
    }
    let none = search(&mut read, Park::Of(&me), "небывалое", Some(&mine), None).await.unwrap();
    assert!(none.parts.is_empty());
    let foreign = world.foreign_machine(&me).await;
    for q in ["", "вал"] {
        let refused = search(&mut read, Park::Of(&me), q, Some(&foreign), None).await;
        assert!(matches!(refused, Err(Error::NotFound)));
        let staff = search(&mut read, Park::Any, q, Some(&foreign), None).await.unwrap();
        assert!(staff.parts.iter().all(|part| part.fits));
        let nothing = MachineId::from("no");
        let refused = search(&mut read, Park::Any, q, Some(&nothing), None).await;
        assert!(matches!(refused, Err(Error::NotFound)));
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
    assert_eq!(card.beside.codes, ["ABC", "АВС-2"]);
    assert_eq!(card.replacement.map(|(_, sku, _)| sku), Some("NEW-1".to_owned()));
    assert!(card.active && card.part.price.is_none() && card.my_machines.is_empty());
    let missing = super::card(&mut read, None, &PartId::from("no")).await;
    assert!(matches!(missing, Err(Error::NotFound)));
}
