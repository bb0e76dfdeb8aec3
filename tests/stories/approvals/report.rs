//! What waits, for whom and how long, and how quickly whom decides.

use chrono::TimeDelta;
use domain::Money;
use domain::approvals::deals::DealFacts;
use sandbox::telegram::ChatMessage;
use tests::{ENGINEER, MANAGER, NEIGHBOUR, label};

use super::{TITLE, card, deal, desk, opened, press, seen};

const REPORT: &str = "/staff/approvals/report";

/// The cells of the rows whose first cell says `first`.
fn rows(page: &str, first: &str) -> Vec<String> {
    let rows = page.split("<tr>").skip(1).map(|row| row.split("</tr>").next().unwrap());
    let text = |row: &str| {
        let parts = row.split('<').filter_map(|part| part.split_once('>'));
        let words = parts.map(|(_, words)| words.trim()).filter(|words| !words.is_empty());
        words.collect::<Vec<_>>().join("|")
    };
    rows.map(text).filter(|row| row.contains(first)).collect()
}

#[tokio::test]
async fn the_median_counts_each_answer_also_to_what_was_asked_anew() {
    let app = desk(r#"["5003", "5004"]"#, "\"all\"").await;
    opened(&app, &deal()).await;
    let mut console = app.console(MANAGER).await;
    let page = console.get(REPORT).await.ok();
    assert_eq!(rows(&page, TITLE).len(), 2, "both are waited for: {page}");
    assert!(page.contains("Мария") && page.contains("Олег"), "{page}");

    let first = card(&app, MANAGER).await;
    app.pass(TimeDelta::minutes(60));
    assert!(rows(&console.get(REPORT).await.ok(), TITLE)[0].contains("1\u{a0}ч"), "so long");
    press(&app, MANAGER, &first, "approval-act-approve").await;
    let dearer = DealFacts { amount: Some(Money::kopecks(75_000_000)), ..deal() };
    seen(&app, &dearer).await;
    let approve = label("approval-act-approve");
    let anew =
        |m: &ChatMessage| m.button(approve).is_some() && m.text.contains("750\u{a0}000\u{a0}₽");
    let again = app.says(MANAGER, anew).await;
    app.pass(TimeDelta::minutes(20));
    press(&app, MANAGER, &again, "approval-act-approve").await;
    let other = app.says(NEIGHBOUR, anew).await;
    press(&app, NEIGHBOUR, &other, "approval-act-approve").await;

    let page = console.get(REPORT).await.ok();
    assert!(page.contains("Ничего не ждёт решения"), "{page}");
    let told = rows(&page, "крупная сделка");
    assert_eq!(told.len(), 3, "all, and two people: {told:#?}");
    assert!(told[0].contains("все вместе|3|20\u{a0}мин"), "{told:#?}");
    let maria = told.iter().find(|row| row.contains("Мария")).unwrap();
    assert!(maria.contains("|2|40\u{a0}мин"), "of 60 and 20: {maria}");
    assert!(page.contains("<th scope=\"col\"") && page.contains("<caption"), "{page}");

    let times = console.get(&format!("{REPORT}/times")).await.ok();
    assert!(times.contains("\"Мария\";\"2\";\"40\""), "{times}");
    let cases = console.get(&format!("{REPORT}/cases?days=7")).await.ok();
    assert!(cases.contains(TITLE) && cases.contains("согласовано"), "{cases}");

    // Ten days later nothing of it is of the last week.
    app.pass(TimeDelta::days(10));
    let mut console = app.console(MANAGER).await;
    let week = console.get(&format!("{REPORT}?days=7")).await.ok();
    assert!(week.contains("никто ничего не решал"), "{week}");
    assert_eq!(rows(&console.get(REPORT).await.ok(), "крупная сделка").len(), 3);
    assert_eq!(app.console(ENGINEER).await.get(REPORT).await.status, 403);
    app.finish().await;
}
