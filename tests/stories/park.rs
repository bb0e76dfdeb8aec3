//! A park of five hundred machines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tests::{App, MiniApp, label};

/// The machines that are imported beside those of the demo.
const MANY: usize = 500;
/// So many are drawn at once.
const PAGE: usize = 40;
/// The phone of the customer in the demo's machines.
const PHONE: &str = "+79001112233";

async fn import(app: &App) {
    let mut table = "serial;model;phone;site;company;inn;next_maintenance_on\n".to_owned();
    for number in 0..MANY {
        let site = number / 100;
        // Two are late, one of them since long ago.
        let due = match number {
            250 => "2026-11-01",
            450 => "2026-09-01",
            _ => "",
        };
        let line = format!("Ц-{number:03};16k20;{PHONE};Цех {site};ООО «Много станков»;;{due}");
        writeln!(table, "{line}").unwrap();
    }
    let mut tx = app.db.begin().await.unwrap();
    let report = domain::import::machines(&mut tx, &app.dealer, table.as_bytes()).await.unwrap();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    tx.commit().await.unwrap();
}

/// The machines that a page draws, in its order, and where it says that it goes on.
fn drawn(page: &str) -> (Vec<String>, Option<String>) {
    let list = page.split_once("id=\"machines\"").unwrap().1;
    let list = list.split_once("/app/machines/new").unwrap().0;
    let cells = list.split("href=\"/app/machines/").skip(1);
    let cells = cells.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    let next = list.split_once("hx-get=\"/app/park?").map(|(_, rest)| {
        let query = rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        format!("/app/park?{query}")
    });
    (cells, next)
}

async fn serials(phone: &MiniApp, path: &str) -> Vec<String> {
    let found = phone.get(path).await.ok();
    let machines = found["machines"].as_array().unwrap();
    machines.iter().map(|one| one["serial"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn five_hundred_machines_come_a_page_at_a_time_with_what_is_late_first() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    import(&app).await;
    let all = serials(&phone, "/app/park").await;
    assert!(all.len() >= MANY, "as data the park is whole: {}", all.len());

    let first = phone.page("/app/park").await;
    let attention = first.split_once(label("app-park-attention")).unwrap().1;
    let late: Vec<_> =
        ["Ц-450", "Ц-250", "Ц-000"].map(|serial| attention.find(serial).unwrap()).into();
    assert!(late.is_sorted(), "what is late longest stands first: {late:?}");
    assert!(!first.contains("Ц-499"), "the rest is not drawn yet");
    let (mut seen, mut next) = drawn(&first);
    while let Some(path) = next {
        let (cells, further) = drawn(&phone.page(&path).await);
        assert!(!cells.is_empty() && cells.len() <= PAGE, "{path}: {}", cells.len());
        seen.extend(cells);
        next = further;
    }
    assert_eq!(seen.len(), all.len(), "each machine once");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), all.len());

    // What is searched is all of them, also beyond the first page, in whichever letters.
    assert_eq!(serials(&phone, "/app/park?q=ц 487").await, ["Ц-487"]);
    let found = phone.page("/app/park?q=16k20 ц-4").await;
    let (cells, next) = drawn(&found);
    assert_eq!(cells.len(), PAGE);
    let (more, _) = drawn(&phone.page(&next.unwrap()).await);
    assert_eq!(more.len(), PAGE);
    assert!(cells.iter().all(|one| !more.contains(one)), "a search goes on as a search");
    // What is named there may be another's or gone: nothing of it is shown.
    let (cells, _) = drawn(&phone.page("/app/park?after=nobody").await);
    assert_eq!(cells, seen[..PAGE]);
    app.finish().await;
}
