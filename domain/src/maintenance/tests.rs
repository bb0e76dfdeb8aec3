use chrono::{Datelike, Days, NaiveDate, TimeDelta};

use crate::db::{execute, fetch_all};
use crate::dealer::Ladder;
use crate::machines::testkit::{Kit, day};
use crate::maintenance::ladder::{current, skipped};
use crate::maintenance::*;

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
