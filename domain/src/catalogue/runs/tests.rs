use chrono::TimeDelta;

use super::*;
use crate::catalogue::Report;
use crate::import::fixture::World;

#[tokio::test]
async fn one_process_runs_a_source_at_a_time_and_the_next_knows_how_far_it_came() {
    let world = World::empty().await;
    let (hour, lease) = (TimeDelta::hours(1), TimeDelta::minutes(5));
    let start = world.d.clock.now();
    let take = async || {
        let now = world.d.clock.now();
        let mut tx = world.tx().await;
        let turn = take_turn(&mut tx, "b24", now - hour, lease, now).await.unwrap();
        tx.commit().await.unwrap();
        turn
    };
    let mut turn = take().await.unwrap();
    assert_eq!(take().await, None, "another runs");
    world.d.clock.advance(TimeDelta::minutes(4));
    let mut tx = world.tx().await;
    let now = world.d.clock.now();
    let step = Step { stage: Stage::Read, done: 400, total: 900 };
    assert!(keep_turn(&mut tx, "b24", &mut turn, step, (lease, now)).await.unwrap());
    tx.commit().await.unwrap();
    world.d.clock.advance(TimeDelta::minutes(4));
    assert_eq!(take().await, None, "it still runs");
    let run = run_of(&mut world.read().await, "b24").await.unwrap().unwrap();
    assert_eq!(run.under_way(world.d.clock.now()), Some(step));
    let mut tx = world.tx().await;
    let report = Report { created: 2, ..Report::default() };
    let now = world.d.clock.now();
    let well = Ended::Well { report: &report, synced_to: Some(start), whole: true };
    end_turn(&mut tx, &world.d, "b24", turn, well).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(take().await, None, "it has just run");
    world.d.clock.advance(hour);
    let turn = take().await.unwrap();
    assert_eq!((turn.synced_to, turn.full_at), (Some(start), Some(now)));
    let mut tx = world.tx().await;
    let down = Ended::Failed { why: "the portal is down", after: None, stopped: false };
    end_turn(&mut tx, &world.d, "b24", turn, down).await.unwrap();
    tx.commit().await.unwrap();
    let run = run_of(&mut world.read().await, "b24").await.unwrap().unwrap();
    assert_eq!(run.error.as_deref(), Some("the portal is down"));
    assert_eq!(run.synced_to, Some(start), "the next asks from the same place");
    assert_eq!(run.under_way(world.d.clock.now()), None);
    assert_eq!(take().await, None, "not at once");
    world.d.clock.advance(TimeDelta::minutes(5));
    assert!(take().await.is_some(), "and not only in an hour");
}
