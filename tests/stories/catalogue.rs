//! The catalogue finds what people mean, page after page, on either database.

use domain::{import, parts};
use serde_json::Value;
use tests::{App, CUSTOMER, ENGINEER, MANAGER, MiniApp, NEIGHBOUR};

/// Every part that a query finds, in the order of its pages.
async fn walk(app: &MiniApp, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut page = String::new();
    loop {
        let answer = app.get(&format!("/app/parts?{query}&page={page}")).await.ok();
        let parts = answer["parts"].as_array().unwrap();
        assert!(parts.len() <= 20, "{query}");
        found.extend(parts.iter().cloned());
        match answer["next"].as_str() {
            Some(next) => next.clone_into(&mut page),
            None => return found,
        }
    }
}

fn skus(parts: &[Value]) -> Vec<&str> {
    parts.iter().map(|part| part["sku"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_part_is_found_however_it_is_asked_for_and_stands_on_one_page() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let all = walk(&phone, "q=").await;
    let named = |word: &str| {
        let has = |part: &&Value| part["name"].as_str().unwrap().to_lowercase().contains(word);
        all.iter().filter(has).map(|part| part["sku"].as_str().unwrap()).collect::<Vec<_>>()
    };
    for word in ["шестерн", "подшипник", "ремень"] {
        let found = walk(&phone, &format!("q={word}")).await;
        let found = skus(&found);
        assert!(named(word).iter().all(|sku| found.contains(sku)), "{word}");
        let mut once = found.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), found.len(), "{word}");
    }
    for q in ["16К20.02.114", "16k2002114", "16-K 20 02 114", "1к62.02.114", "16к20п02114"] {
        let found = walk(&phone, &format!("q={q}")).await;
        assert_eq!(skus(&found).first(), Some(&"16К20.02.114"), "{q}");
    }
    let cyrillic = walk(&phone, "q=16К20").await;
    let latin = walk(&phone, "q=16-k20").await;
    assert!(cyrillic.len() > 20, "more than a page");
    assert_eq!(skus(&cyrillic), skus(&latin));
    let one_way = walk(&phone, "q=шестерня 54 16k20").await;
    let other_way = walk(&phone, "q=16К20 54 ШЕСТЕРНЯ").await;
    assert!(skus(&one_way).contains(&"16К20.02.114"));
    assert_eq!(skus(&one_way), skus(&other_way));
    let short = walk(&phone, "q=ш").await;
    assert!(skus(&short).contains(&"16К20.02.114"));
    app.finish().await;
}

#[tokio::test]
async fn a_new_name_is_found_and_the_old_one_is_forgotten() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let before = walk(&phone, "q=").await;
    let mut tx = app.db.begin().await.unwrap();
    let csv = "sku;name;price\n16К20.02.114;Колесо вихревое;1\nN-1;Маточная муфта;5\n";
    let report = import::parts(&mut tx, &app.dealer, csv.as_bytes()).await.unwrap();
    assert_eq!((report.changed, report.created), (1, 1), "{report:?}");
    let models = "code;name\n16k20;Смерч-7\n";
    import::models(&mut tx, &app.dealer, models.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    parts::catch_up(&app.db).await.unwrap();
    assert_eq!(skus(&walk(&phone, "q=вихревое смерч").await), ["16К20.02.114"]);
    let gears = walk(&phone, "q=шпиндельной бабки 54").await;
    assert!(!skus(&gears).contains(&"16К20.02.114"));
    let after = walk(&phone, "q=").await;
    assert_eq!(skus(&after)[..before.len()], skus(&before), "a new name moves nothing");
    assert_eq!(skus(&after).last(), Some(&"N-1"));
    app.finish().await;
}

#[tokio::test]
async fn staff_see_what_fits_any_machine_and_customers_what_fits_theirs() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    app.link(NEIGHBOUR).await;
    let park = owner.get("/app/park").await.ok();
    let machine = park["machines"][0]["id"].as_str().unwrap().to_owned();
    let fitting = walk(&owner, &format!("machine={machine}")).await;
    assert!(!fitting.is_empty() && fitting.iter().all(|part| part["fits"] == true));
    let searched = walk(&owner, &format!("machine={machine}&q=ш")).await;
    assert!(searched.len() < fitting.len(), "a query narrows");
    for person in [CUSTOMER, MANAGER, ENGINEER] {
        let app = app.mini_app(person);
        let seen = walk(&app, &format!("machine={machine}")).await;
        assert_eq!(skus(&seen), skus(&fitting), "{person}");
        let seen = walk(&app, &format!("machine={machine}&q=ш")).await;
        assert_eq!(skus(&seen), skus(&searched), "{person}");
    }
    let stranger = app.mini_app(NEIGHBOUR);
    for q in ["", "ш"] {
        let refused = stranger.get(&format!("/app/parts?machine={machine}&q={q}")).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (404, "not_found"));
    }
    app.finish().await;
}
