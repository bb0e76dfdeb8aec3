//! Who gets through which door: every route of the real router, tried by everybody.
//!
//! `access.txt` is the table, a line per route: method, path, and what each of [`ACTORS`] is
//! answered. `ok` is let in, whatever becomes of an empty form; else the status of the refusal;
//! `404` also stands for what is another's. A route without a line fails here, and says its line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::staff::{self, Role};
use domain::{ids::StaffId, sign_in, tokens};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::json;
use tests::{ADMINISTRATOR, App, CUSTOMER, ENGINEER, MANAGER, NEIGHBOUR};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/stories/access.txt");
/// Bodies of changes whose own thing is looked for only when the form is whole.
const FORMS: [(&str, &str); 3] = [
    ("/app/machines/{id}/hours", "hours=100"),
    ("/staff/approvals/{id}/decide", "version=1&outcome=approve"),
    ("/staff/import", "--x--\r\n"),
];
/// One of the staff to whom things may be done.
const LEAVER: i64 = 5902;
/// The columns of the table.
const ACTORS: [&str; 7] =
    ["nobody", "customer", "neighbour", "engineer", "manager", "administrator", "token"];
/// Methods that a route may have.
const METHODS: [(&str, Method); 4] = [
    ("get", Method::GET),
    ("post", Method::POST),
    ("put", Method::PUT),
    ("delete", Method::DELETE),
];

/// The methods and paths of a router, read from how it shows itself: this is the router that
/// serves, so no route can hide from it.
fn routes(router: &axum::Router) -> BTreeSet<(String, String)> {
    let shown = format!("{router:?}");
    // What answers where there is no route has ids of its own.
    let shown = shown.split("fallback_router").next().unwrap_or_default();
    let (mut paths, mut endpoints) = (BTreeMap::new(), BTreeMap::new());
    // `RouteId(7): MethodRouter(…)` among the routes, `RouteId(7): "/app/park"` among the paths.
    for part in shown.split("RouteId(").skip(1) {
        let Some((id, rest)) = part.split_once("): ") else { continue };
        let Ok(id) = id.parse::<usize>() else { continue };
        match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some((path, _)) => drop(paths.insert(id, path.to_owned())),
            None => drop(endpoints.insert(id, rest)),
        }
    }
    let ids: Vec<usize> = paths.keys().copied().collect();
    let known: Vec<usize> = endpoints.keys().copied().collect();
    assert_eq!(ids, known, "the router shows itself in another way: {shown:.600}");
    let mut found = BTreeSet::new();
    for (id, endpoint) in endpoints {
        for (name, method) in METHODS {
            // A route of no method of its own, such as a folder of files, is read.
            let any = !endpoint.contains("get: ") && method == Method::GET;
            let has = endpoint.contains(&format!("{name}: "))
                && !endpoint.contains(&format!("{name}: None"));
            if any || has {
                found.insert((method.to_string(), paths[&id].clone()));
            }
        }
    }
    found
}

/// What stands where a path has a parameter: the customer's own things, by what begins the path.
struct Things(Vec<(&'static str, String)>);

impl Things {
    async fn of(app: &App) -> Things {
        let phone = app.linked_customer().await;
        let machine = phone.get("/app/park").await.ok()["machines"][0]["id"].clone();
        let part = phone.get("/app/parts?q=16К20.02.114").await.ok()["parts"][0]["id"].clone();
        crate::fill_cart(&phone, 1).await;
        let order = crate::order(&phone, "k").await["number"].clone();
        let asked = json!({
            "machine_id": machine, "kind": "breakdown", "text": "Не включается", "client_key": "s",
        });
        let request = phone.post("/app/service", &asked).await.ok()["request"]["number"].clone();
        let manager = app.mini_app(MANAGER);
        let number = request.as_str().unwrap();
        let engineer = json!({ "engineer_telegram_id": ENGINEER });
        manager.post(&format!("/app/requests/{number}/assign"), &engineer).await.ok();
        let job = app.mini_app(ENGINEER).get("/app/jobs").await.ok()["jobs"][0]["id"].clone();
        app.settled().await;
        let sent = manager.get("/app/desk/deliveries").await.ok()["deliveries"][0]["id"].clone();
        let event = manager.get("/app/desk/events").await.ok()["events"][0]["id"].clone();
        let lead = json!({ "name": "Иван", "phone": "+7 900 555-66-77" });
        let lead = app.http.post(format!("{}/ingest/lead", app.base)).json(&lead).send().await;
        let lead: serde_json::Value = lead.unwrap().json().await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        let (_, plates) = domain::plates::make(&mut tx, 1, app.clock.now()).await.unwrap();
        let known = machine.as_str().unwrap().into();
        let plate = domain::plates::bind(&mut tx, &app.dealer, None, &plates[0], &known).await;
        plate.unwrap();
        tx.commit().await.unwrap();
        // Nobody waits any more for what the bot tells them: it has not met them.
        let mut tx = app.db.begin().await.unwrap();
        let now = app.clock.now();
        staff::add(&mut tx, ADMINISTRATOR, Role::Administrator, "Олег", now).await.unwrap();
        staff::add(&mut tx, LEAVER, Role::Engineer, "Пётр", now).await.unwrap();
        tx.commit().await.unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Things(vec![
            ("/app/machines", text(&machine)),
            ("/app/parts", text(&part)),
            ("/app/orders", text(&order)),
            ("/app/orders/ORD-2026-000001/lines", "1".to_owned()),
            ("/staff/orders/none/lines", "1".to_owned()),
            ("/app/requests", text(&request)),
            ("/app/jobs", text(&job)),
            ("/app/plates", plates[0].clone()),
            ("/p", plates[0].clone()),
            ("/app/desk/deliveries", text(&sent)),
            ("/staff/deliveries", text(&sent)),
            ("/app/desk/events", text(&event)),
            ("/staff/events", text(&event)),
            ("/app/desk/leads", text(&lead["number"])),
            ("/staff/leads", text(&lead["number"])),
            ("/staff/jobs", text(&job)),
            ("/ingest/lead", text(&lead["token"])),
            ("/staff/people", staff_id(app, LEAVER).await.to_string()),
        ])
    }

    fn fill(&self, path: &str) -> String {
        let Some((before, rest)) = path.split_once('{') else { return path.to_owned() };
        let after = rest.split_once('}').map_or("", |(_, after)| after);
        let own = self.0.iter().find(|(prefix, _)| before.trim_end_matches('/') == *prefix);
        let own = own.map_or("none", |(_, thing)| thing);
        self.fill(&format!("{before}{own}{after}"))
    }
}

async fn staff_id(app: &App, person: i64) -> StaffId {
    let mut db = app.db.read().await.unwrap();
    staff::by_telegram(&mut db, person).await.unwrap().unwrap().id
}

/// A request in somebody's name: what they bear in the Mini App and, where they are staff, at the
/// console. Each has a fresh session, for some routes end it.
async fn asked(
    app: &App,
    http: &Client,
    actor: &str,
    (method, path, form): (&str, &str, &'static str),
) -> Response {
    let method: Method = method.parse().unwrap();
    let mut request = http.request(method.clone(), format!("{}{path}", app.base));
    // A browser without a session gets the shell of the Mini App, which holds nothing.
    let page = if path.starts_with("/app/") { "" } else { "text/html, " };
    request = request.header(ACCEPT, format!("{page}application/problem+json"));
    if method != Method::GET {
        let kind = match form.starts_with("--") {
            true => "multipart/form-data; boundary=x",
            false => "application/x-www-form-urlencoded",
        };
        request = request.header(ORIGIN, &app.base);
        request = request.header(CONTENT_TYPE, kind).body(form);
    }
    let person = match actor {
        "customer" => CUSTOMER,
        "neighbour" => NEIGHBOUR,
        "engineer" => ENGINEER,
        "manager" => MANAGER,
        "administrator" => ADMINISTRATOR,
        "token" => return sent(bearing_token(app, request).await).await,
        _ => return sent(request).await,
    };
    if path.starts_with("/staff") {
        if !matches!(person, CUSTOMER | NEIGHBOUR) {
            request =
                request.header(COOKIE, format!("mypark-staff={}", session(app, person).await));
        }
    } else {
        let launch = app.telegram.init_data(person, None);
        request = request.header(AUTHORIZATION, format!("tma {launch}"));
    }
    sent(request).await
}

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.expect("the product answers")
}

async fn bearing_token(app: &App, request: RequestBuilder) -> RequestBuilder {
    let mut tx = app.db.begin().await.unwrap();
    let token = tokens::mint(&mut tx, "story", None, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    request.header(AUTHORIZATION, format!("Bearer {token}"))
}

async fn session(app: &App, person: i64) -> String {
    let mut tx = app.db.begin().await.unwrap();
    let bearer = staff::by_telegram(&mut tx, person).await.unwrap().unwrap();
    let way = sign_in::Way::Code;
    let token = sign_in::open(&mut tx, &bearer, way, "story", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    token
}

/// What an answer comes to.
fn verdict(method: &str, answer: &Response) -> String {
    let to = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    match answer.status().as_u16() {
        303 if to.is_some_and(|to| to.starts_with("/staff/sign-in?next")) => "401".to_owned(),
        303 if to == Some("/staff/sign-in") && answer.headers().get("set-cookie").is_none() => {
            "401".to_owned()
        }
        200..=399 => "ok".to_owned(),
        409 | 415 | 422 if method != "GET" => "ok".to_owned(),
        other => other.to_string(),
    }
}

#[tokio::test]
async fn everybody_gets_through_their_own_doors_and_no_others() {
    let app = App::start().await;
    app.link(NEIGHBOUR).await;
    let things = Things::of(&app).await;
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let table = std::fs::read_to_string(TABLE).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let row = |line: &str| {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        ((words[0].clone(), words[1].clone()), words[2..].to_vec())
    };
    let table: BTreeMap<_, _> = rows.map(row).collect();
    // The built files bear names that change.
    let told = |(_, path): &(String, String)| !path.starts_with("/assets/");
    let routes: BTreeSet<_> = routes(&app.router).into_iter().filter(told).collect();
    assert!(routes.len() > 60, "the router shows its routes: {routes:?}");
    let mut wrong = Vec::new();
    for (method, path) in &routes {
        // What several make together must not be what holds one of them back.
        app.pass(TimeDelta::minutes(5));
        let mut answers = Vec::new();
        let form = FORMS.iter().find(|(of, _)| of == path).map_or("", |(_, form)| form);
        for actor in ACTORS {
            let address = things.fill(path);
            answers
                .push(verdict(method, &asked(&app, &http, actor, (method, &address, form)).await));
        }
        let expected = table.get(&(method.clone(), path.clone()));
        if expected != Some(&answers) {
            let was = expected.map_or("no line".to_owned(), |expected| expected.join(" "));
            wrong.push(format!("{method} {path} {}   # {was}", answers.join(" ")));
        }
    }
    let gone = table.keys().filter(|route| !routes.contains(*route));
    wrong.extend(gone.map(|(method, path)| format!("{method} {path}: there is no such route")));
    assert!(wrong.is_empty(), "who gets in is another than the table says:\n{}", wrong.join("\n"));
    app.stop().await;
}
