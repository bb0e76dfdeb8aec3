//! What is taken away, kept and counted: the export, raw bodies, figures.

use super::*;

#[tokio::test]
async fn the_list_is_exported_page_by_page_and_no_cell_is_a_formula() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    let mut tx = app.db.begin().await.unwrap();
    for number in 0..1203 {
        let message = outbox::Message::Notice {
            to: CUSTOMER,
            notice: outbox::Notice::ConnectionPaused {
                connection: "amo".to_owned(),
                reason: String::new(),
            },
        };
        let (entity, key) = (format!("=cmd|{number}"), format!("export:{number}"));
        let now = app.clock.now();
        outbox::enqueue(&mut tx, now, "telegram", &entity, &message, &key).await.unwrap();
    }
    tx.commit().await.unwrap();
    let manager = app.mini_app(MANAGER);
    let page = manager.page("/app/desk/deliveries?connection=telegram").await;
    let link = page.split('"').find(|part| part.contains("/deliveries/export")).expect("a link");
    let link = format!("{}{}", app.base, link.replace("&amp;", "&").replace("&#38;", "&"));
    let answer = app.http.get(&link).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with('\u{feff}'), "spreadsheets know UTF-8 by its mark");
    assert_eq!(text.lines().count(), 1204, "a heading and a line for each");
    assert!(text.contains("\"'=cmd|1202\"") && !text.contains("\"=cmd"), "{}", &text[..600]);
    let forged = link.replace("u=5003", "u=5001");
    assert_eq!(app.http.get(&forged).send().await.unwrap().status(), 401);
    // Page after page, each delivery stands in the list once.
    let (mut seen, mut path) = (0, "/app/desk/deliveries?state=open".to_owned());
    loop {
        let listed = manager.get(&path).await.ok();
        seen += listed["deliveries"].as_array().unwrap().len();
        let Some(next) = listed["next"].as_str() else { break };
        path = format!("/app/desk/deliveries?state=open&before={next}");
    }
    assert_eq!(seen, 1203);
    app.stop().await;
}

#[tokio::test]
async fn raw_bodies_live_for_ninety_days_and_the_rest_stays() {
    let app = App::start_with(refusing()).await;
    let (id, number) = refused_order(&app).await;
    administrator(&app).await;
    let path = format!("/app/desk/deliveries/{id}");
    app.pass(TimeDelta::days(89));
    night(&app).tick(&mut Nights::default()).await.unwrap();
    let kept = app.mini_app(ADMINISTRATOR).get(&path).await.ok();
    assert!(kept["exchanges"][0]["pruned_at"].is_null(), "{kept}");
    assert!(kept["exchanges"].to_string().contains(&number), "still there: {kept}");
    app.pass(TimeDelta::days(2));
    night(&app).tick(&mut Nights::default()).await.unwrap();
    let administrator = app.mini_app(ADMINISTRATOR);
    let after = administrator.get(&path).await.ok();
    let calls = after["exchanges"].as_array().unwrap();
    assert!(!calls.is_empty());
    for call in calls {
        assert_eq!((&call["request"], &call["response"]), (&json!(""), &json!(null)), "{call}");
        assert!(call["pruned_at"].is_string() && call["url"].is_string(), "{call}");
    }
    assert_eq!(after["delivery"]["subject"], number.as_str(), "what it was about stays");
    assert!(
        after["attempts"][0]["detail"].as_str().unwrap().contains("400"),
        "why it failed stays"
    );
    assert!(administrator.page(&path).await.contains("вышел срок хранения"));
    let events = administrator.get("/app/desk/events?source=telegram").await.ok();
    let event = events["events"].as_array().unwrap().last().unwrap()["id"].clone();
    let event = format!("/app/desk/events/{}", event.as_str().unwrap());
    let event = administrator.get(&event).await.ok();
    assert_eq!(event["event"]["body"], "", "{event}");
    // The next night goes on from there instead of walking over what was dropped.
    let mut reader = app.db.read().await.unwrap();
    let cursor = settings::get(&mut reader, "pruned:exchanges").await.unwrap();
    assert!(cursor.is_some_and(|cursor| !cursor.is_empty()));
    drop(reader);
    app.stop().await;
}

#[tokio::test]
async fn every_metric_that_an_alert_watches_is_there() {
    let app = App::start_with(refusing()).await;
    let (_, _) = refused_order(&app).await;
    let figures = app.http.get(format!("{}/metrics", app.base)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(
        figures.contains("mypark_deliveries{connection=\"amo\",state=\"dead\"} 1"),
        "{figures}"
    );
    assert!(figures.contains("mypark_deliveries{connection=\"amo\",state=\"queued\"} 0"));
    assert!(figures.contains("mypark_attempts_total{connection=\"amo\",outcome=\"dead\"}"));
    app.clock.advance(TimeDelta::minutes(30));
    let mut tx = app.db.begin().await.unwrap();
    let old = app.clock.now() - TimeDelta::minutes(10);
    inbox::store(&mut tx, "nobody", "lag", "lag", b"x", old).await.unwrap();
    // Not committed: only what is on disk counts.
    drop(tx);
    let rules = include_str!("../../../docs/alerts/prometheus.yml");
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named = rules.split(|c: char| !word(c)).filter(|word| word.starts_with("mypark_"));
    let named: std::collections::BTreeSet<&str> = named.collect();
    assert!(named.len() >= 5, "{named:?}");
    for name in named {
        let there = figures
            .lines()
            .any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        assert!(there, "{name} is in no figure:\n{figures}");
    }
    app.stop().await;
}
