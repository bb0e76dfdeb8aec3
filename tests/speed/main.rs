//! No page asks the database more than four times, however much there is to show: each statement
//! costs a hop to the driver's thread, or a round trip to the server. And no page is heavier than a
//! bad connection carries in a moment.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

mod count;
mod fill;
mod weight;

use std::fmt::Write as _;

use tests::{App, CUSTOMER, ENGINEER, MANAGER, Setup};

/// The most statements that a page may make.
const MOST: usize = 4;

/// What one page cost.
struct Cost {
    who: &'static str,
    manner: &'static str,
    path: String,
    /// How many statements it made.
    statements: usize,
    /// Its body over the wire, in bytes.
    weight: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_asks_much_or_weighs_much_however_much_there_is() {
    count::start();
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    fill::meet(&app).await;
    fill::grow(&app, 10, 3).await;
    let few = walk(&app).await;
    fill::grow(&app, 500, 60).await;
    let many = walk(&app).await;
    let table = table(&few, &many);
    let fits = |(few, many): (&Cost, &Cost)| {
        few.statements == many.statements && (1..=MOST).contains(&many.statements)
    };
    let held = few.iter().zip(&many).all(fits);
    assert!(held, "more than {MOST} statements, or more of them with more to show:\n{table}");
    let light = many.iter().all(|cost| cost.weight <= weight::LATER_SCREEN);
    assert!(light, "heavier than {} bytes:\n{table}", weight::LATER_SCREEN);
    weight::first_screen(&app, CUSTOMER).await;
    app.stop().await;
}

async fn walk(app: &App) -> Vec<Cost> {
    let mut costs = Vec::new();
    for (who, person, pages) in pages(app).await {
        for path in pages {
            for (manner, accept) in [("page", "*/*"), ("json", "application/json")] {
                let request = app.mini_app(person).request(reqwest::Method::GET, &path);
                let request = weight::asked(request, accept);
                count::reset();
                let answer = app.http.execute(request).await.expect("an answer");
                let status = answer.status();
                let weight = answer.bytes().await.expect("a body").len();
                assert!(status.is_success(), "{who} {path} {manner}: {status}");
                let (path, statements) = (path.clone(), count::read());
                costs.push(Cost { who, manner, path, statements, weight });
            }
        }
    }
    costs
}

/// The customer's pages that need no example.
const OF_CUSTOMER: [&str; 13] = [
    "/app/park",
    "/app/park/tiles",
    "/app/parts",
    "/app/parts?q=подшипник",
    "/app/parts/suggest?q=подшипник",
    "/app/cart",
    "/app/checkout",
    "/app/orders",
    "/app/service",
    "/app/requests",
    "/app/me",
    "/app/notifications",
    "/app/company",
];

/// Every page that can be opened, with the fullest things that there are.
async fn pages(app: &App) -> [(&'static str, i64, Vec<String>); 3] {
    let found = fill::examples(app).await;
    let lead = lead(app).await;
    let fill::Examples { machine, part, order, request, job } = &found;
    let mine = app.mini_app(CUSTOMER).get("/app/company").await.ok();
    let company = mine["companies"][0]["id"].as_str().unwrap();
    let of_customer = [
        format!("/app/company/{company}"),
        format!("/app/machines/{machine}"),
        format!("/app/parts?machine={machine}"),
        format!("/app/parts/{part}"),
        format!("/app/orders/{order}"),
        format!("/app/orders/{order}/lines/1"),
        format!("/app/machines/{machine}/parts"),
        format!("/app/requests/{request}"),
        format!("/app/service?machine={machine}"),
    ];
    let of_engineer = [
        "/app/jobs".to_owned(),
        format!("/app/jobs/{job}"),
        format!("/app/machines/{machine}"),
        "/app/parts".to_owned(),
        format!("/app/parts/{part}"),
    ];
    let of_manager = [
        "/app/desk".to_owned(),
        format!("/app/desk/leads/{lead}"),
        "/app/desk/troubles".to_owned(),
        "/app/desk/catalogue".to_owned(),
        "/app/approvals".to_owned(),
        "/app/approvals/waiting".to_owned(),
        "/app/desk/deliveries".to_owned(),
        "/app/desk/events".to_owned(),
        format!("/app/orders/{order}"),
        format!("/app/orders/{order}/quote"),
        format!("/app/orders/{order}/lines/1"),
        format!("/app/requests/{request}"),
        format!("/app/requests/{request}/engineers"),
        format!("/app/jobs/{job}"),
        format!("/app/machines/{machine}"),
        "/app/parts?q=ремень".to_owned(),
    ];
    let customer = OF_CUSTOMER.map(str::to_owned).into_iter().chain(of_customer).collect();
    [
        ("customer", CUSTOMER, customer),
        ("engineer", ENGINEER, of_engineer.into()),
        ("manager", MANAGER, of_manager.into()),
    ]
}

/// The number of a lead of the site; the same one each time.
async fn lead(app: &App) -> String {
    let form = [("client_key", "speed"), ("name", "Анна"), ("phone", "89001112233")];
    let sent = app.http.post(format!("{}/ingest/lead", app.base)).form(&form).send().await;
    let said = sent.expect("an answer").text().await.expect("a body");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    said["number"].as_str().expect("a number").to_owned()
}

fn table(few: &[Cost], many: &[Cost]) -> String {
    let mut text = format!("{:>4} {:>5} {:>6}  page\n", "few", "many", "bytes");
    for (few, many) in few.iter().zip(many) {
        let Cost { who, manner, path, weight, .. } = many;
        let line = (few.statements, many.statements);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:>4} {:>5} {weight:>6}  {who} {manner} {path}", line.0, line.1);
    }
    text
}
