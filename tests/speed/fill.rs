//! A customer with as much as the test wants.

use std::fmt::Write as _;

use domain::db::{Db, Executor, execute, fetch_one};
use domain::ids::{CustomerId, PartId};
use domain::machines::{Registered, Registration};
use domain::orders::{Checkout, DeliveryWay};
use domain::parts::Park;
use domain::requests::{Kind, NewRequest, ServiceRequest};
use domain::staff::Staff;
use domain::{Dealer, cart, import, machines, orders, people, requests, viewer};
use tests::{App, CUSTOMER, ENGINEER, MANAGER};

/// The phone of the customer in the demo's machines.
const PHONE: &str = "+79001112233";

/// What pages of single things are opened with.
pub(crate) struct Examples {
    pub(crate) machine: String,
    pub(crate) part: String,
    pub(crate) order: String,
    pub(crate) request: String,
    pub(crate) job: String,
}

/// The customer has met the bot.
pub(crate) async fn meet(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    let sql = "update customers set telegram_id = $1 where phone = $2";
    assert_eq!(execute!(&mut tx, sql, CUSTOMER, PHONE).unwrap(), 1);
    tx.commit().await.unwrap();
}

/// Brings the customer to so many machines, orders and requests; each case has its job.
pub(crate) async fn grow(app: &App, machines: usize, cases: usize) {
    let customer = customer(&app.db).await;
    add_machines(app, machines).await;
    let manager = staff(&app.db, MANAGER).await;
    for number in 0..cases {
        place(app, &customer, number).await;
        ask(app, &customer, &manager, number).await;
        dispute(app, number).await;
    }
    // Something lies in the cart.
    put(app, &customer, &parts(&app.db, 3).await).await;
}

/// The newest of each.
pub(crate) async fn examples(app: &App) -> Examples {
    let mut db = app.db.read().await.unwrap();
    let machine = one(&mut db, "select machine_id from service_requests order by id desc limit 1");
    let machine = machine.await;
    let part = one(&mut db, "select part_id from part_models order by part_id limit 1").await;
    let order = one(&mut db, "select number from orders order by id desc limit 1").await;
    let request = "select number from service_requests order by id desc limit 1";
    let request = one(&mut db, request).await;
    let job = one(&mut db, "select id from work_orders order by id desc limit 1").await;
    Examples { machine, part, order, request, job }
}

async fn one(db: &mut impl Executor, sql: &'static str) -> String {
    let (value,) = fetch_one!(db, (String,), sql).unwrap();
    value
}

async fn customer(db: &Db) -> CustomerId {
    let mut db = db.read().await.unwrap();
    people::by_telegram(&mut db, CUSTOMER).await.unwrap().expect("the customer").id
}

async fn staff(db: &Db, person: i64) -> Staff {
    let mut db = db.read().await.unwrap();
    viewer::find(&mut db, person).await.unwrap().staff.expect("staff")
}

async fn add_machines(app: &App, machines: usize) {
    let mut csv = "serial;model;phone;site;company;inn\n".to_owned();
    for number in 0..machines {
        let site = number % 7;
        let line = format!("S-{number};16k20;{PHONE};Цех {site};ООО «Много станков»;");
        writeln!(csv, "{line}").unwrap();
    }
    let mut tx = app.db.begin().await.unwrap();
    let report = import::machines(&mut tx, &app.dealer, csv.as_bytes()).await.unwrap();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    tx.commit().await.unwrap();
}

/// A deal was won whose machine is the customer's and not the buyer's.
async fn dispute(app: &App, number: usize) {
    let claim = Registration {
        serial: format!("S-{number}"),
        model: "16k20".to_owned(),
        configuration: None,
        next_maintenance_on: None,
        telegram_id: Some(777_000),
        phone: None,
        further_phones: Vec::new(),
        customer_name: Some("Пётр Покупатель".to_owned()),
        company: None,
        connection: "amo".to_owned(),
        deal: number.to_string(),
        title: format!("Сделка {number}"),
    };
    let mut tx = app.db.begin().await.unwrap();
    let asked = machines::register(&mut tx, &app.dealer, &claim).await.unwrap();
    assert!(matches!(asked, Registered::Asked(_)), "{asked:?}");
    tx.commit().await.unwrap();
}

async fn parts(db: &Db, count: usize) -> Vec<PartId> {
    let mut db = db.read().await.unwrap();
    let page = domain::parts::search(&mut db, Park::Any, "", None, None).await.unwrap();
    page.parts.into_iter().take(count).map(|part| part.id).collect()
}

async fn put(app: &App, customer: &CustomerId, parts: &[PartId]) {
    let mut tx = app.db.begin().await.unwrap();
    let park = machines::park(&mut tx, customer).await.unwrap();
    for (part, machine) in parts.iter().zip(&park) {
        let machine = Some(&machine.id);
        cart::set(&mut tx, &app.dealer, customer, part, machine, 2).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn place(app: &App, customer: &CustomerId, number: usize) {
    put(app, customer, &parts(&app.db, 1 + number % 10).await).await;
    let form = Checkout {
        client_key: format!("order-{number}"),
        delivery: DeliveryWay::Pickup,
        address: None,
        inn: None,
        comment: None,
        company: None,
        contact: None,
        seen: None,
    };
    let mut tx = app.db.begin().await.unwrap();
    orders::checkout(&mut tx, &app.dealer, customer, &form).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ask(app: &App, customer: &CustomerId, manager: &Staff, number: usize) {
    let dealer: &Dealer = &app.dealer;
    let mut tx = app.db.begin().await.unwrap();
    let park = machines::park(&mut tx, customer).await.unwrap();
    let form = NewRequest {
        client_key: format!("request-{number}"),
        machine_id: Some(park[number % park.len()].id.clone()),
        kind: Kind::Breakdown,
        machine_down: true,
        text: "Стоит".to_owned(),
        files: Vec::new(),
    };
    let (request, made): (ServiceRequest, bool) =
        requests::create(&mut tx, dealer, customer, &form).await.unwrap();
    if made {
        requests::assign(&mut tx, dealer, manager, &request.id, ENGINEER).await.unwrap();
    }
    tx.commit().await.unwrap();
}
