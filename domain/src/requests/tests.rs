use chrono::TimeDelta;

use crate::db::execute;
use crate::files;
use crate::ids::MachineId;
use crate::machines::testkit::Kit;
use crate::machines::{self, MachineState};
use crate::requests::*;
use crate::staff::Role;
use crate::{Error, viewer};

fn breakdown(key: &str, machine: Option<&MachineId>) -> NewRequest {
    NewRequest {
        client_key: key.to_owned(),
        machine_id: machine.cloned(),
        kind: Kind::Breakdown,
        machine_down: true,
        text: "Не вращается шпиндель".to_owned(),
        files: vec![],
    }
}

#[tokio::test]
async fn where_a_state_leads_is_where_a_request_can_be_moved() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let mut tx = kit.tx().await;
    let (made, _) = create(&mut tx, &kit.d, &mine.id, &breakdown("k", None)).await.unwrap();
    for from in State::ALL {
        for to in State::ALL {
            let put = "update service_requests set state = $2 where id = $1";
            execute!(&mut tx, put, &made.id, from).unwrap();
            kit.d.clock.advance(TimeDelta::seconds(1));
            let moved = advance(&mut tx, &kit.d, &made.id, to, None).await.unwrap();
            assert_eq!(moved, from.leads_to(to), "{from:?} to {to:?}");
        }
    }
}

#[tokio::test]
async fn a_call_for_help_is_kept_with_everything_it_promises_and_only_once() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    kit.staff(50, Role::Manager).await;
    let machine = kit.machine("100", Some(&mine), None, None).await;
    let mut form = breakdown("k1", Some(&machine));
    let photo = files::accept(&kit.d.uploads, "1.jpg", b"\xFF\xD8\xFF\xE0photo").await.unwrap();
    form.files.push(photo);

    let mut tx = kit.tx().await;
    let (made, new) = create(&mut tx, &kit.d, &mine.id, &form).await.unwrap();
    let (again, second) = create(&mut tx, &kit.d, &mine.id, &form).await.unwrap();
    tx.commit().await.unwrap();
    assert!(new && !second);
    assert_eq!(made, again);
    assert_eq!(made.number, "SRV-2026-000001");
    assert_eq!(
        kit.promised().await,
        [
            "amocrm crm_request",
            "second crm_request",
            "mail mail_request",
            "1 request_card",
            "50 staff_request_card"
        ]
    );
    let mut db = kit.db.read().await.unwrap();
    let case = by_number(&mut db, &mine.id, &made.number).await.unwrap();
    assert_eq!(case.files.len(), 1);
    assert_eq!(case.machine.as_ref().map(|(_, serial, _)| serial.as_str()), Some("100"));
    let other = kit.customer(2).await;
    assert!(matches!(by_number(&mut db, &other.id, &made.number).await, Err(Error::NotFound)));
    let park = machines::park(&mut db, &mine.id).await.unwrap();
    assert_eq!((park[0].state, park[0].down_since), (MachineState::Down, Some(made.created_at)));
    assert_eq!(open(&mut db).await.unwrap().len(), 1);
    for (telegram_id, sees) in [(1, true), (2, false), (50, true)] {
        let viewer = viewer::find(&mut db, telegram_id).await.unwrap();
        let file = &case.files[0].id;
        assert_eq!(machines::may_see_file(&mut db, &viewer, file).await.unwrap(), sees);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_the_field() {
    let kit = Kit::new().await;
    let (mine, other) = (kit.customer(1).await, kit.customer(2).await);
    let machine = kit.machine("100", Some(&mine), None, None).await;
    let mut tx = kit.tx().await;
    let theirs = create(&mut tx, &kit.d, &other.id, &breakdown("k", Some(&machine))).await;
    assert!(matches!(theirs, Err(Error::NotFound)));
    for (key, text, field) in
        [("", "текст", "client_key"), ("k", " \n", "text"), ("k", &"я".repeat(4001), "text")]
    {
        let mut form = breakdown(key, Some(&machine));
        form.text = text.to_owned();
        let refused = create(&mut tx, &kit.d, &mine.id, &form).await;
        assert!(matches!(refused, Err(Error::Invalid(fault)) if fault.field == field));
    }
    drop(tx);
    assert!(kit.promised().await.is_empty());
}

#[tokio::test]
async fn of_two_managers_one_has_it() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let (first, second) = (kit.staff(50, Role::Manager).await, kit.staff(51, Role::Manager).await);
    let engineer = kit.staff(60, Role::Engineer).await;
    let mut tx = kit.tx().await;
    let (made, _) = create(&mut tx, &kit.d, &mine.id, &breakdown("k", None)).await.unwrap();
    kit.d.clock.advance(TimeDelta::minutes(1));
    let forbidden = take(&mut tx, &kit.d, &engineer, &made.id).await;
    assert!(matches!(forbidden, Err(Error::Forbidden)));
    let taken = take(&mut tx, &kit.d, &first, &made.id).await.unwrap();
    assert_eq!((taken.state, taken.taken_by), (State::Taken, Some(first.id.clone())));
    let late = take(&mut tx, &kit.d, &second, &made.id).await;
    assert!(matches!(late, Err(Error::Conflict("taken"))));
    let nothing = take(&mut tx, &kit.d, &second, &"none".into()).await;
    assert!(matches!(nothing, Err(Error::NotFound)));
    tx.commit().await.unwrap();
    assert_eq!(kit.count("amocrm crm_request_state").await, 1);
    assert_eq!(kit.count("51 staff_request_card").await, 2);
    assert_eq!(kit.count("1 request_card").await, 2);
}

#[tokio::test]
async fn a_crm_moves_a_request_forward_and_does_not_hear_its_own_news() {
    let mut kit = Kit::new().await;
    kit.d.routes.twins = true;
    let mine = kit.customer(1).await;
    let mut tx = kit.tx().await;
    let (made, _) = create(&mut tx, &kit.d, &mine.id, &breakdown("k", None)).await.unwrap();
    kit.d.clock.advance(TimeDelta::minutes(1));
    let id = &made.id;
    assert!(advance(&mut tx, &kit.d, id, State::InProgress, Some("amocrm")).await.unwrap());
    assert!(!advance(&mut tx, &kit.d, id, State::InProgress, Some("amocrm")).await.unwrap());
    assert!(!advance(&mut tx, &kit.d, id, State::Taken, Some("amocrm")).await.unwrap());
    kit.d.clock.advance(TimeDelta::minutes(1));
    assert!(advance(&mut tx, &kit.d, id, State::Done, Some("amocrm")).await.unwrap());
    assert!(!advance(&mut tx, &kit.d, id, State::InProgress, Some("amocrm")).await.unwrap());
    let done = load(&mut tx, id).await.unwrap().request;
    assert_eq!(done.fixed_at, Some(kit.d.clock.now()));
    tx.commit().await.unwrap();
    assert_eq!(kit.count("amocrm crm_request_state").await, 0);
    assert_eq!(kit.count("second crm_request_state").await, 2);
}

#[tokio::test]
async fn the_customer_withdraws_reopens_and_confirms() {
    let kit = Kit::new().await;
    let (mine, other) = (kit.customer(1).await, kit.customer(2).await);
    let mut tx = kit.tx().await;
    let (a, _) = create(&mut tx, &kit.d, &mine.id, &breakdown("a", None)).await.unwrap();
    let (b, _) = create(&mut tx, &kit.d, &mine.id, &breakdown("b", None)).await.unwrap();
    let d = &kit.d;
    assert!(matches!(cancel(&mut tx, d, &other.id, &a.number).await, Err(Error::NotFound)));
    assert_eq!(cancel(&mut tx, d, &mine.id, &a.number).await.unwrap().state, State::Cancelled);
    assert!(matches!(cancel(&mut tx, d, &mine.id, &a.number).await, Err(Error::Conflict(_))));
    assert!(matches!(confirm(&mut tx, d, &mine.id, &b.number).await, Err(Error::Conflict(_))));
    advance(&mut tx, d, &b.id, State::Done, None).await.unwrap();
    let reopened = reopen(&mut tx, d, &mine.id, &b.number).await.unwrap();
    assert_eq!((reopened.state, reopened.fixed_at), (State::InProgress, None));
    advance(&mut tx, d, &b.id, State::Done, None).await.unwrap();
    assert_eq!(confirm(&mut tx, d, &mine.id, &b.number).await.unwrap().state, State::Closed);
    assert!(matches!(reopen(&mut tx, d, &mine.id, &b.number).await, Err(Error::Conflict(_))));
    assert_eq!(list(&mut tx, &mine.id).await.unwrap().len(), 2);
}
