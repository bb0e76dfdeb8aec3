use super::*;
use crate::Error;
use crate::cart;
use crate::db::{Tx, execute};
use crate::import::fixture::World;

const SKU: &str = "16К20.02.114";

fn form(key: &str) -> Checkout {
    Checkout {
        client_key: key.to_owned(),
        delivery: DeliveryWay::Pickup,
        address: None,
        inn: None,
        comment: Some("  Звоните до обеда ".to_owned()),
        company: None,
        contact: Some("Пётр, +7 900 111-22-33".to_owned()),
        seen: None,
    }
}

async fn fill(world: &World, customer: &CustomerId, quantity: i64) {
    let part = world.part(SKU).await;
    let machine = world.machine(customer, "1234").await;
    let mut tx = world.tx().await;
    cart::set(&mut tx, &world.d, customer, &part, Some(&machine), quantity).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ordered(world: &World, customer: &CustomerId) -> Order {
    fill(world, customer, 2).await;
    let mut tx = world.tx().await;
    let (order, new) = checkout(&mut tx, &world.d, customer, &form("k")).await.unwrap();
    assert!(new);
    tx.commit().await.unwrap();
    order
}

/// Kinds and connections of what was promised, in order.
async fn promised(world: &World) -> Vec<(String, String)> {
    let mut read = world.read().await;
    fetch_all!(
        &mut read,
        (String, String),
        "select connection, payload from deliveries order by id"
    )
    .unwrap()
}

fn problem<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    match result {
        Err(Error::Invalid(fault)) => fault.problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cart_becomes_one_order_with_all_that_it_implies() {
    let world = World::demo().await;
    world.manager(9001).await;
    let me = world.director().await;
    let order = ordered(&world, &me).await;
    assert_eq!(order.number, "ORD-2026-000001");
    assert_eq!(order.total, Money::kopecks(2_480_000));
    assert_eq!(order.comment, "Звоните до обеда");
    assert_eq!(order.contact, "Пётр, +7 900 111-22-33");
    assert!(order.company_id.is_some());
    let mut read = world.read().await;
    let (again, lines) = by_number(&mut read, &me, &order.number).await.unwrap();
    assert_eq!(again, order);
    assert_eq!(lines[0].sum(), Some(order.total));
    assert_eq!(lines[0].machine_serial.as_deref(), Some("1234"));
    assert_eq!(lines[0].machine_model.as_deref(), Some("16К20"));
    assert_eq!(cart::count(&mut read, &me).await.unwrap(), 0);
    let to: Vec<String> = promised(&world).await.into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["amo", "b24", "mail", "telegram", "telegram"]);
    let machine = lines[0].machine_id.clone().unwrap();
    let passport = crate::machines::passport(&mut read, &me, &machine).await.unwrap();
    assert!(passport.timeline.iter().any(|event| event.title == order.number));
    assert_eq!(list(&mut read, &me).await.unwrap()[0].positions, 1);
    let desk = open(&mut read).await.unwrap();
    assert_eq!(desk[0].order.number, order.number);
    assert_eq!(desk[0].company_name.as_deref(), Some("ООО «Тульский станочный цех»"));
}

#[tokio::test]
async fn a_double_tap_is_one_order_in_turn_and_at_once() {
    let world = World::demo().await;
    let me = world.director().await;
    fill(&world, &me, 1).await;
    let tap = async || {
        let mut tx = world.tx().await;
        let answer = checkout(&mut tx, &world.d, &me, &form("tap")).await;
        if answer.is_ok() {
            tx.commit().await.unwrap();
        }
        answer.unwrap()
    };
    let (a, b, c) = tokio::join!(tap(), tap(), tap());
    let later = tap().await;
    let all = [a, b, c, later];
    assert_eq!(all.iter().filter(|(_, new)| *new).count(), 1);
    assert!(all.iter().all(|(order, _)| *order == all[0].0));
    assert_eq!(list(&mut world.read().await, &me).await.unwrap().len(), 1);
    // Another form, made of the same cart on another device, finds the cart empty.
    let mut tx = world.tx().await;
    assert_eq!(problem(checkout(&mut tx, &world.d, &me, &form("other")).await), "error-cart-empty");
}

#[tokio::test]
async fn a_line_keeps_the_price_and_name_of_its_day() {
    let world = World::demo().await;
    let me = world.director().await;
    fill(&world, &me, 1).await;
    world.import_parts(&format!("sku;name;price\n{SKU};Шестерня;15000\n")).await;
    let cart = cart::get(&mut world.read().await, &me).await.unwrap();
    assert_eq!(cart.lines[0].seen_price, Some(Money::kopecks(1_240_000)));
    assert_eq!(cart.total, Money::kopecks(1_500_000));
    let order = ordered(&world, &me).await;
    world.import_parts(&format!("sku;name;price\n{SKU};Иначе;99\n")).await;
    let (order, lines) = load(&mut world.read().await, &order.id).await.unwrap();
    assert_eq!(lines[0].price, Some(Money::kopecks(1_500_000)));
    assert_eq!(lines[0].name, "Шестерня");
    assert_eq!(order.total, Money::kopecks(3_000_000));
}

#[tokio::test]
async fn a_form_is_judged_field_by_field() {
    let world = World::demo().await;
    let me = world.director().await;
    fill(&world, &me, 1).await;
    let answer = async |form: Checkout| {
        let mut tx = world.tx().await;
        checkout(&mut tx, &world.d, &me, &form).await
    };
    let courier = DeliveryWay::Courier;
    assert_eq!(problem(answer(form("  ")).await), "error-client-key");
    assert_eq!(problem(answer(Checkout { delivery: courier, ..form("a") }).await), "error-address");
    let inn = Some("7707083894".to_owned());
    assert_eq!(problem(answer(Checkout { inn, ..form("a") }).await), "error-inn");
    let comment = Some("я".repeat(2001));
    assert_eq!(problem(answer(Checkout { comment, ..form("a") }).await), "error-too-long");
    let mut tx = world.tx().await;
    execute!(&mut tx, "update parts set active = false where sku = $1", SKU).unwrap();
    assert_eq!(problem(checkout(&mut tx, &world.d, &me, &form("a")).await), "error-part-gone");
}

#[tokio::test]
async fn a_cart_takes_only_what_the_customer_may_order() {
    let world = World::demo().await;
    let me = world.director().await;
    let part = world.part(SKU).await;
    let foreign = world.foreign_machine(&me).await;
    let mut tx = world.tx().await;
    let set = async |tx: &mut Tx, part: &PartId, machine: Option<&MachineId>, quantity| {
        cart::set(tx, &world.d, &me, part, machine, quantity).await
    };
    assert!(matches!(set(&mut tx, &part, Some(&foreign), 1).await, Err(Error::NotFound)));
    assert!(matches!(set(&mut tx, &PartId::from("no"), None, 1).await, Err(Error::NotFound)));
    assert_eq!(problem(set(&mut tx, &part, None, -1).await), "error-quantity");
    assert_eq!(problem(set(&mut tx, &part, None, 10_000).await), "error-quantity");
    set(&mut tx, &part, None, 3).await.unwrap();
    set(&mut tx, &part, None, 5).await.unwrap();
    assert_eq!(cart::get(&mut tx, &me).await.unwrap().lines[0].quantity, 5);
    set(&mut tx, &part, None, 0).await.unwrap();
    assert_eq!(cart::get(&mut tx, &me).await.unwrap(), cart::Cart::default());
}

#[tokio::test]
async fn an_order_is_taken_once_and_moves_forward_once() {
    let mut world = World::demo().await;
    world.d.routes.twins = true;
    let (first, second) = (world.manager(9001).await, world.manager(9002).await);
    let me = world.director().await;
    let order = ordered(&world, &me).await;
    let mut tx = world.tx().await;
    assert_eq!(
        take(&mut tx, &world.d, &first, &order.id).await.unwrap().taken_by,
        Some(first.id.clone())
    );
    assert!(take(&mut tx, &world.d, &first, &order.id).await.is_ok());
    let late = take(&mut tx, &world.d, &second, &order.id).await;
    assert!(matches!(late, Err(Error::Conflict("taken"))));
    let go =
        async |tx: &mut Tx, to, from| advance(tx, &world.d, &order.id, to, from).await.unwrap();
    assert!(go(&mut tx, State::Confirmed, Some("amo")).await);
    assert!(!go(&mut tx, State::Confirmed, Some("b24")).await);
    assert!(!go(&mut tx, State::Placed, None).await);
    let late = cancel(&mut tx, &world.d, &me, &order.number).await;
    assert!(matches!(late, Err(Error::Conflict("state"))));
    tx.commit().await.unwrap();
    let told: Vec<_> = promised(&world).await;
    let moved = told.iter().filter(|(_, payload)| payload.contains("crm_order_state"));
    assert_eq!(moved.map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["b24"]);
}

#[tokio::test]
async fn an_order_can_be_called_off_and_repeated_by_its_customer_alone() {
    let world = World::demo().await;
    let me = world.director().await;
    let order = ordered(&world, &me).await;
    let mut tx = world.tx().await;
    let stranger = crate::text::Phone::parse("+7 900 000-00-01").unwrap();
    let now = world.d.clock.now();
    let stranger =
        crate::people::ensure_by_phone(&mut tx, &stranger, "Чужой", now).await.unwrap().id;
    let number = order.number.as_str();
    assert!(matches!(by_number(&mut tx, &stranger, number).await, Err(Error::NotFound)));
    assert!(matches!(cancel(&mut tx, &world.d, &stranger, number).await, Err(Error::NotFound)));
    assert!(matches!(repeat(&mut tx, &world.d, &stranger, number).await, Err(Error::NotFound)));
    for _ in 0..2 {
        let gone = cancel(&mut tx, &world.d, &me, number).await.unwrap();
        assert_eq!(gone.state, State::Cancelled);
        repeat(&mut tx, &world.d, &me, number).await.unwrap();
    }
    let cart = cart::get(&mut tx, &me).await.unwrap();
    assert_eq!((cart.lines.len(), cart.lines[0].quantity), (1, 2));
    assert_eq!(cart.lines[0].machine_serial.as_deref(), Some("1234"));
    execute!(&mut tx, "update parts set active = false").unwrap();
    assert_eq!(problem(repeat(&mut tx, &world.d, &me, number).await), "error-part-gone");
}
