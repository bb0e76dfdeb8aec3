use chrono::{NaiveDate, TimeDelta};

use crate::db::{execute, fetch_all};
use crate::files;
use crate::ids::{MachineId, RequestId};
use crate::machines::testkit::{Kit, day};
use crate::machines::{self, MachineState};
use crate::maintenance;
use crate::people::Customer;
use crate::requests::{self, Kind, NewRequest};
use crate::staff::{Role, Staff};
use crate::work_orders::*;

struct Scene {
    kit: Kit,
    customer: Customer,
    engineer: Staff,
    manager: Staff,
    machine: MachineId,
    request: RequestId,
    job: WorkOrder,
}

/// A maintenance that is due in ten days, reminded of, asked for and assigned.
async fn scene() -> Scene {
    let kit = Kit::new().await;
    let customer = kit.customer(1).await;
    let (manager, engineer) =
        (kit.staff(50, Role::Manager).await, kit.staff(60, Role::Engineer).await);
    let machine = kit.machine("100", Some(&customer), None, Some(day(12, 3))).await;
    maintenance::tick(&kit.db, &kit.d).await.unwrap();
    let form = NewRequest {
        client_key: "k".to_owned(),
        machine_id: Some(machine.clone()),
        kind: Kind::Maintenance,
        machine_down: true,
        text: "Плановое ТО".to_owned(),
        files: vec![],
    };
    let mut tx = kit.tx().await;
    let (made, _) = requests::create(&mut tx, &kit.d, &customer.id, &form).await.unwrap();
    let job = requests::assign(&mut tx, &kit.d, &manager, &made.id, 60).await.unwrap();
    tx.commit().await.unwrap();
    kit.d.clock.advance(TimeDelta::hours(1));
    Scene { kit, customer, engineer, manager, machine, request: made.id, job }
}

fn report(text: &str, hours: Option<i64>, next: Option<NaiveDate>) -> Report {
    Report { report: text.to_owned(), hours, next_maintenance_on: next, files: vec![] }
}

#[tokio::test]
async fn a_request_has_one_job_and_its_engineer_alone_moves_it() {
    let Scene { kit, engineer, manager, request, job, .. } = scene().await;
    let other = kit.staff(61, Role::Engineer).await;
    let mut tx = kit.tx().await;
    let d = &kit.d;
    let second = requests::assign(&mut tx, d, &manager, &request, 61).await;
    assert!(matches!(second, Err(Error::Conflict("assigned"))));
    let nobody = requests::assign(&mut tx, d, &manager, &request, 999).await;
    assert!(matches!(nobody, Err(Error::Invalid(_))));
    assert!(matches!(accept(&mut tx, d, &other, &job.id).await, Err(Error::NotFound)));
    assert!(matches!(super::job(&mut tx, &other, &job.id).await, Err(Error::NotFound)));
    assert!(super::job(&mut tx, &manager, &job.id).await.is_ok());
    assert_eq!(accept(&mut tx, d, &engineer, &job.id).await.unwrap().state, State::Accepted);
    assert!(matches!(accept(&mut tx, d, &engineer, &job.id).await, Err(Error::Conflict(_))));
    assert!(matches!(pause(&mut tx, d, &engineer, &job.id).await, Err(Error::Conflict(_))));
    start(&mut tx, d, &engineer, &job.id).await.unwrap();
    assert_eq!(pause(&mut tx, d, &engineer, &job.id).await.unwrap().state, State::Paused);
    start(&mut tx, d, &engineer, &job.id).await.unwrap();
    let case = requests::load(&mut tx, &request).await.unwrap();
    assert_eq!(case.request.state, requests::State::InProgress);
    assert_eq!(case.engineer.as_deref(), Some("Сотрудник"));
    assert_eq!(list(&mut tx, &engineer.id).await.unwrap().len(), 1);
    assert!(list(&mut tx, &other.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn done_moves_everything_at_once_and_only_once() {
    let Scene { kit, customer, engineer, machine, request, job, .. } = scene().await;
    let d = &kit.d;
    let mut told = report("Заменены подшипники\nи смазка", Some(5000), None);
    let photo = files::accept(&d.uploads, "1.jpg", b"\xFF\xD8\xFF\xE0photo").await.unwrap();
    told.files.push(photo);
    let mut tx = kit.tx().await;
    let first = done(&mut tx, d, &engineer, &job.id, &told).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((first.state, first.done_at), (State::Done, Some(d.clock.now())));

    kit.d.clock.advance(TimeDelta::minutes(5));
    let mut tx = kit.tx().await;
    assert_eq!(done(&mut tx, d, &engineer, &job.id, &told).await.unwrap(), first);
    let different = done(&mut tx, d, &engineer, &job.id, &report("Другое", None, None)).await;
    assert!(matches!(different, Err(Error::Conflict("done"))));
    tx.commit().await.unwrap();

    let mut db = kit.db.read().await.unwrap();
    let case = requests::load(&mut db, &request).await.unwrap();
    assert_eq!(case.request.state, requests::State::Done);
    assert_eq!(case.request.fixed_at, first.done_at);
    let passport = machines::passport(&mut db, &customer.id, &machine).await.unwrap();
    assert_eq!(passport.state, MachineState::Working);
    assert_eq!(passport.machine.hours, Some(5000));
    // Six months by the model, from the dealer's today.
    assert_eq!(passport.machine.next_maintenance_on, NaiveDate::from_ymd_opt(2027, 5, 23));
    assert_eq!(passport.timeline[0].kind, "visit");
    assert!(passport.timeline[0].title.ends_with("Заменены подшипники"));
    let states = fetch_all!(&mut db, (String,), "select state from occurrences").unwrap();
    assert_eq!(states, [("done".to_owned(),)]);
    assert_eq!(load(&mut db, &job.id).await.unwrap().report_files.len(), 1);
    assert_eq!(kit.count("amocrm crm_visit").await, 1);
    // Scheduled and done.
    assert_eq!(kit.count("amocrm crm_request_state").await, 2);
    assert_eq!(kit.count("60 job_card").await, 2);
}

#[tokio::test]
async fn a_report_is_judged_before_anything_moves() {
    let Scene { kit, engineer, machine, request, job, .. } = scene().await;
    let mut tx = kit.tx().await;
    execute!(&mut tx, "update machine_instances set hours = 4000 where id = $1", &machine).unwrap();
    let cases = [
        (report("  ", None, None), "report"),
        (report(&"я".repeat(4001), None, None), "report"),
        (report("Готово", Some(3999), None), "hours"),
        (report("Готово", None, Some(day(11, 1))), "next_maintenance_on"),
    ];
    for (wrong, field) in cases {
        let refused = done(&mut tx, &kit.d, &engineer, &job.id, &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(fault)) if fault.field == field), "{field}");
    }
    let case = requests::load(&mut tx, &request).await.unwrap();
    assert_eq!(case.request.state, requests::State::Scheduled);
}

#[tokio::test]
async fn a_reopened_job_is_reported_again_as_a_second_visit() {
    let Scene { kit, customer, engineer, machine, job, .. } = scene().await;
    let d = &kit.d;
    let mut tx = kit.tx().await;
    done(&mut tx, d, &engineer, &job.id, &report("Первый раз", None, None)).await.unwrap();
    d.clock.advance(TimeDelta::days(1));
    requests::reopen(&mut tx, d, &customer.id, "SRV-2026-000001").await.unwrap();
    let again = load(&mut tx, &job.id).await.unwrap().work_order;
    assert_eq!((again.state, again.done_at), (State::Assigned, None));
    d.clock.advance(TimeDelta::days(1));
    done(&mut tx, d, &engineer, &job.id, &report("Второй раз", None, None)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kit.count("amocrm crm_visit").await, 2);
    let mut db = kit.db.read().await.unwrap();
    let passport = machines::passport(&mut db, &customer.id, &machine).await.unwrap();
    assert_eq!(passport.timeline.len(), 2);
}

#[tokio::test]
async fn a_report_about_what_the_crm_closed_is_kept_all_the_same() {
    let Scene { kit, engineer, request, job, .. } = scene().await;
    let d = &kit.d;
    let mut tx = kit.tx().await;
    let to = requests::State::Closed;
    assert!(requests::advance(&mut tx, d, &request, to, Some("amocrm")).await.unwrap());
    done(&mut tx, d, &engineer, &job.id, &report("Сделано", None, None)).await.unwrap();
    let case = requests::load(&mut tx, &request).await.unwrap();
    assert_eq!(case.request.state, to);
    assert_eq!(case.work_order.map(|job| job.state), Some(State::Done));
}

#[tokio::test]
async fn a_plan_keeps_its_times_and_what_has_begun_stays_where_it_is() {
    let Scene { kit, engineer, manager, request, job, .. } = scene().await;
    let other = kit.staff(61, Role::Engineer).await;
    let (d, mut tx) = (&kit.d, kit.tx().await);
    let whole = day_window(d, day(12, 1), None).unwrap();
    assert_eq!(whole.until - whole.from, d.hours.to - d.hours.from, "the working day");
    let morning = Window::new(whole.from, whole.from + TimeDelta::hours(3)).unwrap();
    let moved = day_window(d, day(12, 2), Some(morning)).unwrap();
    assert_eq!(moved.from - morning.from, TimeDelta::days(1), "at the same time of day");
    assert!(matches!(Window::new(whole.until, whole.from), Err(Error::Invalid(_))));

    let to = |engineer: i64, window| Plan { engineer_telegram_id: engineer, window };
    let refused = plan(&mut tx, d, &engineer, &request, &to(61, None)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "managers plan");
    let given = plan(&mut tx, d, &manager, &request, &to(61, Some(morning))).await.unwrap();
    assert_eq!((&given.engineer_id, given.window()), (&other.id, Some(morning)));
    assert!(matches!(super::job(&mut tx, &engineer, &job.id).await, Err(Error::NotFound)));
    assert!(passed_on(&mut tx, &engineer.id, &job.id).await.unwrap().is_some());
    assert!(passed_on(&mut tx, &other.id, &job.id).await.unwrap().is_none());

    start(&mut tx, d, &other, &job.id).await.unwrap();
    let late = plan(&mut tx, d, &manager, &request, &to(60, None)).await;
    assert!(matches!(late, Err(Error::Conflict("begun"))), "{late:?}");
    let later = plan(&mut tx, d, &manager, &request, &to(61, Some(moved))).await.unwrap();
    assert_eq!((later.state, later.window()), (State::InProgress, Some(moved)));
    done(&mut tx, d, &other, &job.id, &report("Сделано", None, None)).await.unwrap();
    let over = plan(&mut tx, d, &manager, &request, &to(61, None)).await;
    assert!(matches!(over, Err(Error::Conflict("done"))), "{over:?}");
}
