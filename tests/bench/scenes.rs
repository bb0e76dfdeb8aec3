//! What is measured beside the bare route: two pages, the cart, the checkout, a webhook.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::Clock;
use webapp::session::Signer;

use crate::data::{self, Data};
use crate::durable;
use crate::load::{self, Outcome, Requests};
use crate::process::{Bare, HOOK_SECRET, KEY, Product, Server};

/// How long each server is driven at once.
const LENGTH: Duration = Duration::from_secs(2);
/// Before that, so that caches are as in service.
const WARM_UP: Duration = Duration::from_millis(300);
/// So many different people ask.
const PEOPLE: i64 = 2_000;

/// One kind of request.
pub(crate) struct Scene {
    /// As the table calls it.
    pub(crate) name: &'static str,
    /// Whether it changes something.
    pub(crate) writes: bool,
    /// Whether it takes what lies in a cart. Such a scene is set beside the disk's own commits.
    empties_carts: bool,
    /// The product's requests.
    pub(crate) requests: Requests,
    /// What the bare route is sent along.
    payload: Vec<u8>,
    numbers: Rc<Cell<u64>>,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) writes: bool,
    pub(crate) connections: usize,
    pub(crate) product: Outcome,
    pub(crate) bare: Outcome,
    /// Microseconds of the processor for each answer.
    pub(crate) product_cpu: f64,
    /// The same of the bare route.
    pub(crate) bare_cpu: f64,
    /// Durable commits a second of the disk before and after.
    pub(crate) commits: Option<f64>,
}

/// The `Authorization` of a customer, from 0, or of any Telegram id.
pub(crate) fn session(telegram_id: i64) -> String {
    let token = Signer::new(&KEY).open(telegram_id, Clock::system().now(), TimeDelta::hours(12));
    format!("Bearer {token}")
}

/// A `GET` as the Mini App's script sends it.
pub(crate) fn get(path: &str, authorization: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: {authorization}\r\naccept: */*\r\n\
         hx-request: true\r\naccept-language: ru\r\nuser-agent: bench\r\n\r\n"
    )
    .into_bytes()
}

/// A form.
pub(crate) fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\n{headers}content-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// All of them, over this database.
pub(crate) fn all(data: &Data) -> Vec<Scene> {
    let people = PEOPLE.min(data.size.customers);
    let readers: Rc<Vec<String>> =
        Rc::new((0..people).map(|number| session(data::person(number))).collect());
    let everybody: Rc<Vec<String>> =
        Rc::new((0..data.size.customers).map(|number| session(data::person(number))).collect());
    let size = data.size;
    let of = move |number: u64, people: &[String]| {
        usize::try_from(number).unwrap_or_default() % people.len()
    };
    let park: Requests = {
        let pages: Vec<_> = readers.iter().map(|reader| get("/app/park", reader)).collect();
        Rc::new(move |number| pages[of(number, &readers)].clone())
    };
    let passport: Requests = {
        let everybody = everybody.clone();
        Rc::new(move |number| {
            let person = of(number, &everybody);
            let machine = data::machine(i64::try_from(person).unwrap_or_default(), &size);
            get(&format!("/app/machines/{machine}"), &everybody[person])
        })
    };
    let json = |reader: &str| format!("authorization: {reader}\r\naccept: application/json\r\n");
    let part = data.part.clone();
    let add: Requests = {
        let everybody = everybody.clone();
        Rc::new(move |number| {
            let body = format!("part_id={part}&quantity={}", 1 + number % 9);
            post("/app/cart/items", &json(&everybody[of(number, &everybody)]), &body)
        })
    };
    let checkout: Requests = {
        let everybody = everybody.clone();
        let run = domain::ids::new_token();
        Rc::new(move |number| {
            let body = format!("client_key={run}-{number}&delivery=pickup");
            post("/app/checkout", &json(&everybody[of(number, &everybody)]), &body)
        })
    };
    vec![
        Scene::new("park page", false, park),
        Scene::new("passport page", false, passport),
        Scene::new("cart add", true, add),
        Scene { empties_carts: true, ..Scene::new("checkout", true, checkout) },
        hooks(),
    ]
}

/// amoCRM tells of deals, each in a call of its own.
pub(crate) fn hooks() -> Scene {
    let run = domain::ids::new_token();
    let hook: Requests = Rc::new(move |number| {
        let path = format!("/webhook/amocrm?secret={HOOK_SECRET}");
        post(&path, "user-agent: amoCRM-Webhooks/3.0\r\n", &hook_body(&run, number))
    });
    Scene::new("webhook intake", true, hook)
}

fn hook_body(run: &str, number: u64) -> String {
    format!(
        "leads%5Bstatus%5D%5B0%5D%5Bid%5D={number}&leads%5Bstatus%5D%5B0%5D%5Bstatus_id%5D=142\
         &leads%5Bstatus%5D%5B0%5D%5Bpipeline_id%5D=10226282\
         &leads%5Bstatus%5D%5B0%5D%5Bold_status_id%5D=80953554\
         &account%5Bsubdomain%5D=exampleshop&account%5Bid%5D={run}"
    )
}

impl Scene {
    fn new(name: &'static str, writes: bool, requests: Requests) -> Scene {
        let first = String::from_utf8_lossy(&requests(0)).into_owned();
        let payload = first.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let payload = payload.as_bytes().to_vec();
        let numbers = Rc::default();
        Scene { name, writes, empties_carts: false, requests, payload, numbers }
    }
}

/// Drives the product, then the bare route with the same bodies. `data` is what the product serves;
/// a scene that empties carts needs it.
pub(crate) async fn run(
    scene: &Scene,
    connections: usize,
    product: &Product,
    bare: &Bare,
    data: Option<&Data>,
) -> anyhow::Result<Row> {
    let carts = data.filter(|_| scene.empties_carts);
    let mut commits = None;
    if let Some(data) = carts {
        data::refill_carts(data).await?;
        commits = Some(durable::per_second(&data.folder()).await?);
    }
    let (answered, product_cpu) =
        measure(product, connections, &scene.numbers, &scene.requests).await?;
    if let (Some(before), Some(data)) = (commits, carts) {
        commits = Some(f64::midpoint(before, durable::per_second(&data.folder()).await?));
    }
    let same: Requests = {
        let headers = format!("content-length: {}\r\n", scene.payload.len());
        let method = if scene.writes { "POST" } else { "GET" };
        let head = format!("{method} /{} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n", answered.body);
        let request = [head.as_bytes(), &scene.payload].concat();
        Rc::new(move |_| request.clone())
    };
    let (plain, bare_cpu) = measure(bare, connections, &Rc::default(), &same).await?;
    Ok(Row {
        name: scene.name,
        writes: scene.writes,
        connections,
        product: answered,
        bare: plain,
        product_cpu,
        bare_cpu,
        commits,
    })
}

/// What a server shows under this load, and the microseconds of processor for each answer.
pub(crate) async fn measure(
    server: &impl Server,
    connections: usize,
    numbers: &Rc<Cell<u64>>,
    requests: &Requests,
) -> anyhow::Result<(Outcome, f64)> {
    load::drive(server.address(), connections, WARM_UP, numbers, requests).await?;
    let before = server.cpu()?;
    let outcome = load::drive(server.address(), connections, LENGTH, numbers, requests).await?;
    let used = server.cpu()? - before;
    let answers = f64::from(u32::try_from(outcome.answers)?.max(1));
    Ok((outcome, used * 1e6 / answers))
}
