use chrono::{Datelike, Days, NaiveDate, TimeDelta};

use crate::db::{execute, fetch_all};
use crate::dealer::Ladder;
use crate::ids::CustomerId;
use crate::machines::testkit::{Kit, day};
use crate::maintenance::ladder::{current, skipped};
use crate::maintenance::*;
use crate::{Money, cart};

#[test]
fn the_newest_step_that_is_reached_counts() {
    let ladder = Ladder::default();
    let steps = [
        (31, None),
        (30, Some(30)),
        (29, Some(30)),
        (14, Some(14)),
        (4, Some(14)),
        (1, Some(3)),
        (0, Some(0)),
        (-6, Some(0)),
        (-7, Some(-7)),
        (-20, Some(-14)),
    ];
    for (days, step) in steps {
        assert_eq!(current(&ladder, days), step, "{days}");
    }
    assert_eq!(skipped(&ladder, 3, Some(30)), [14]);
    assert_eq!(skipped(&ladder, 3, None), [30, 14]);
    let once = Ladder { steps: vec![5], overdue_every: 0 };
    assert_eq!(current(&once, -100), Some(5));
}

async fn told(kit: &Kit) -> Vec<(i64, i64)> {
    let mut db = kit.db.read().await.unwrap();
    let rows = fetch_all!(
        &mut db,
        (String,),
        "select payload from deliveries where kind = 'notice' order by id"
    )
    .unwrap();
    let parse = |(payload,): (String,)| {
        let message: serde_json::Value = serde_json::from_str(&payload).unwrap();
        (message["to"].as_i64().unwrap(), message["notice"]["days"].as_i64().unwrap())
    };
    rows.into_iter().map(parse).collect()
}

#[tokio::test]
async fn over_weeks_with_a_gap_each_person_hears_each_step_once() {
    let kit = Kit::new().await;
    let (mine, colleague) = (kit.customer(1).await, kit.customer(2).await);
    let company = kit.company("Завод", &mine).await;
    kit.company("Завод", &colleague).await;
    let due = day(12, 24);
    // The person is also a member: still one message.
    kit.machine("100", Some(&mine), Some(&company), Some(due)).await;
    // From 2026-11-23, a Monday, 31 days before; the product stands still over the 14th day.
    for _ in 0..48 {
        let today = kit.d.today();
        let gap = today > day(12, 7) && today < day(12, 15);
        if !gap {
            for _ in 0..3 {
                tick(&kit.db, &kit.d).await.unwrap();
            }
        }
        kit.d.clock.advance(TimeDelta::days(1));
    }
    let days: Vec<i64> =
        told(&kit).await.into_iter().filter(|(to, _)| *to == 1).map(|(_, days)| days).collect();
    // 14 is caught up on the 15th; 3 is a Monday; -7 and -14 fall on Thursdays.
    assert_eq!(days, [30, 9, 3, 0, -7, -14]);
    assert_eq!(told(&kit).await.len(), 12);
    assert_eq!(kit.count("amocrm crm_maintenance").await, 1);
}

#[tokio::test]
async fn a_weekend_is_caught_up_on_monday_by_the_newest_step_alone() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let saturday = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
    kit.machine("100", Some(&mine), None, Some(saturday + Days::new(3))).await;
    kit.at("2026-11-28T09:00:00Z".parse().unwrap());
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 0);
    kit.at("2026-11-29T09:00:00Z".parse().unwrap());
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 0);
    kit.at("2026-11-30T09:00:00Z".parse().unwrap());
    assert_eq!(kit.d.today().weekday(), chrono::Weekday::Mon);
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 1);
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 0);
    assert_eq!(told(&kit).await, [(1, 1)]);
    let mut db = kit.db.read().await.unwrap();
    let steps =
        fetch_all!(&mut db, (i64,), "select step from reminders order by step desc").unwrap();
    assert_eq!(steps, [(30,), (14,), (3,)]);
}

#[tokio::test]
async fn a_moved_date_closes_the_old_maintenance_and_a_returned_one_opens_it() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let machine = kit.machine("100", Some(&mine), None, Some(day(12, 1))).await;
    let other = kit.machine("200", None, None, Some(day(12, 2))).await;
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 1);
    for (to, expected) in [(day(12, 10), "superseded"), (day(12, 1), "open")] {
        let mut tx = kit.tx().await;
        execute!(
            &mut tx,
            "update machine_instances set next_maintenance_on = $2 where id = $1",
            &machine,
            to
        )
        .unwrap();
        tx.commit().await.unwrap();
        tick(&kit.db, &kit.d).await.unwrap();
        let mut db = kit.db.read().await.unwrap();
        let states = fetch_all!(
            &mut db,
            (OccurrenceId, String),
            "select id, state from occurrences where machine_id = $1 and due_on = $2",
            &machine,
            day(12, 1)
        )
        .unwrap();
        assert_eq!(states[0].1, expected);
        let (occurrence, summary) = load(&mut db, &states[0].0).await.unwrap();
        assert_eq!((occurrence.machine_id, summary.serial.as_str()), (machine.clone(), "100"));
    }
    // The first date's step was told once, the second date's once.
    assert_eq!(told(&kit).await.len(), 2);
    // Nobody is known for the other machine, but the manager's task is there.
    assert_ne!(other, machine);
    assert_eq!(kit.count("amocrm crm_maintenance").await, 3);
}

#[tokio::test]
async fn a_person_who_comes_later_hears_the_current_step_only() {
    let kit = Kit::new().await;
    let first = kit.customer(1).await;
    let company = kit.company("Завод", &first).await;
    kit.machine("100", None, Some(&company), Some(day(12, 23))).await;
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 1);
    kit.at("2026-12-10T09:00:00Z".parse().unwrap());
    let second = kit.customer(2).await;
    kit.company("Завод", &second).await;
    assert_eq!(tick(&kit.db, &kit.d).await.unwrap(), 2);
    assert_eq!(told(&kit).await, [(1, 30), (1, 13), (2, 13)]);
}

#[test]
fn a_wish_for_later_is_kept_within_sense() {
    let monday = day(11, 23);
    for (later, due_on, until) in [
        (Later::ThreeDays, day(12, 20), day(11, 26)),
        (Later::Week, day(12, 20), day(11, 30)),
        // Not after the date itself: the 20th is a Sunday, so on the next working day.
        (Later::Month, day(12, 20), day(12, 21)),
        // Nor for more than a week when the date is near or has passed.
        (Later::Month, day(11, 24), day(11, 30)),
        (Later::Month, day(11, 2), day(11, 30)),
        (Later::ThreeDays, day(11, 24), day(11, 26)),
    ] {
        assert_eq!(later.until(monday, due_on), until, "{later:?} {due_on}");
    }
    // Asked on a Wednesday, three days end on a Saturday.
    assert_eq!(Later::ThreeDays.until(day(11, 25), day(12, 20)), day(11, 30));
    assert!(
        Later::offered(8).contains(&Later::Month) && !Later::offered(7).contains(&Later::Month)
    );
}

/// The one open maintenance of a machine, after a round of reminding.
async fn due(kit: &Kit, machine: &MachineId) -> OccurrenceId {
    tick(&kit.db, &kit.d).await.unwrap();
    let mut db = kit.db.read().await.unwrap();
    let rows = fetch_all!(
        &mut db,
        (OccurrenceId,),
        "select id from occurrences where machine_id = $1 and state = 'open'",
        machine
    )
    .unwrap();
    rows.into_iter().next().unwrap().0
}

async fn tell(kit: &Kit, who: &CustomerId, id: &OccurrenceId, hours: Option<i64>) -> Result<()> {
    let told = DoneOurselves { hours, ..DoneOurselves::default() };
    let mut tx = kit.tx().await;
    done_ourselves(&mut tx, &kit.d, who, id, &told).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn who_is_first_did_it_and_nobody_else() {
    let kit = Kit::new().await;
    let (mine, colleague, other) =
        (kit.customer(1).await, kit.customer(2).await, kit.customer(3).await);
    let company = kit.company("Завод", &mine).await;
    kit.company("Завод", &colleague).await;
    let machine = kit.machine("100", None, Some(&company), Some(day(12, 1))).await;
    let id = due(&kit, &machine).await;
    assert!(matches!(tell(&kit, &other.id, &id, None).await, Err(Error::NotFound)));
    tell(&kit, &mine.id, &id, None).await.unwrap();
    let late = tell(&kit, &colleague.id, &id, None).await;
    assert!(matches!(late, Err(Error::Conflict("maintenance_done"))), "{late:?}");
    // Both connections hear of it once; the reminders of both people end.
    assert_eq!(kit.count("amocrm crm_maintenance_done").await, 1);
    assert_eq!(kit.count("second crm_maintenance_done").await, 1);
    let said = told(&kit).await.len();
    for _ in 0..30 {
        kit.d.clock.advance(TimeDelta::days(1));
        tick(&kit.db, &kit.d).await.unwrap();
    }
    assert_eq!(told(&kit).await.len(), said);
    let mut db = kit.db.read().await.unwrap();
    let summary = machines::find(&mut db, &machine).await.unwrap().unwrap();
    let may = NaiveDate::from_ymd_opt(2027, 5, 23);
    assert_eq!(summary.next_maintenance_on, may, "the model says every six months");
}

#[tokio::test]
async fn running_hours_are_judged_before_they_are_kept() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let machine = kit.machine("100", Some(&mine), None, Some(day(12, 1))).await;
    let mut tx = kit.tx().await;
    let made = kit.d.today() - Days::new(1000);
    execute!(
        &mut tx,
        "update machine_instances set hours = 500, made_on = $2 where id = $1",
        &machine,
        made
    )
    .unwrap();
    tx.commit().await.unwrap();
    let id = due(&kit, &machine).await;
    let oldest = 1001 * 24;
    for (hours, problem) in [
        (-1, "error-number"),
        (499, "error-hours-back"),
        (500 + 20_001, "error-hours-many"),
        (oldest + 1, "error-hours-many"),
    ] {
        match tell(&kit, &mine.id, &id, Some(hours)).await {
            Err(Error::Invalid(fault)) => assert_eq!(fault.problem, problem, "{hours}"),
            other => panic!("{hours}: {other:?}"),
        }
    }
    tell(&kit, &mine.id, &id, Some(20_500)).await.unwrap();
    let mut db = kit.db.read().await.unwrap();
    let passport = machines::passport(&mut db, &mine.id, &machine).await.unwrap();
    assert_eq!(passport.machine.hours, Some(20_500));
}

#[tokio::test]
async fn a_date_that_was_moved_takes_no_answer() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let machine = kit.machine("100", Some(&mine), None, Some(day(12, 1))).await;
    let id = due(&kit, &machine).await;
    let mut tx = kit.tx().await;
    let moved = "update machine_instances set next_maintenance_on = $2 where id = $1";
    execute!(&mut tx, moved, &machine, day(12, 10)).unwrap();
    tx.commit().await.unwrap();
    let late = tell(&kit, &mine.id, &id, None).await;
    assert!(matches!(late, Err(Error::Conflict("maintenance_moved"))), "{late:?}");
    let mut tx = kit.tx().await;
    let late = later(&mut tx, &kit.d, &mine.id, &id, Later::Week).await;
    assert!(matches!(late, Err(Error::Conflict("maintenance_moved"))), "{late:?}");
    let mut db = kit.db.read().await.unwrap();
    let summary = machines::find(&mut db, &machine).await.unwrap().unwrap();
    assert_eq!(summary.next_maintenance_on, Some(day(12, 10)), "the manager's date stays");
}

#[tokio::test]
async fn a_kit_with_a_price_on_request_has_no_sum_and_more_pieces_are_kept() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let machine = kit.machine("100", Some(&mine), None, Some(day(12, 1))).await;
    let id = due(&kit, &machine).await;
    let mut tx = kit.tx().await;
    let none = order_kit(&mut tx, &kit.d, &mine.id, &id).await;
    assert!(matches!(none, Err(Error::Conflict("kit_gone"))), "{none:?}");
    for (part, name, price) in [
        ("a", "Набор ТО-1, масла", Some(Money::kopecks(50_000))),
        ("b", "Набор ТО-1, фильтры", None),
        ("c", "Набор ТО-2", Some(Money::kopecks(1))),
    ] {
        execute!(
            &mut tx,
            "insert into parts (id, sku, name, price, active, search_key, updated_at)
             values ($1, $1, $2, $3, true, '', $4)",
            part,
            name,
            price,
            kit.d.clock.now()
        )
        .unwrap();
        let fits = "insert into part_models (part_id, model_id) values ($1, 'model')";
        execute!(&mut tx, fits, part).unwrap();
    }
    cart::set(&mut tx, &kit.d, &mine.id, &"a".into(), Some(&machine), 3).await.unwrap();
    for _ in 0..2 {
        let ordered = order_kit(&mut tx, &kit.d, &mine.id, &id).await.unwrap();
        assert_eq!((ordered.parts.len(), ordered.total), (2, None));
    }
    let cart = cart::get(&mut tx, &mine.id).await.unwrap();
    let pieces: Vec<(&str, i64)> =
        cart.lines.iter().map(|line| (line.sku.as_str(), line.quantity)).collect();
    assert_eq!(pieces, [("a", 3), ("b", 1)]);
}
