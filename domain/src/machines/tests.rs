use crate::approvals::{Via, disputes};
use crate::db::{execute, fetch_all, fetch_one};
use crate::ids::{FileId, MachineId, new_id};
use crate::machines::testkit::{Kit, day};
use crate::machines::*;
use crate::staff::Role;
use crate::text::Phone;
use crate::{Error, viewer};

fn deal(serial: &str, telegram_id: Option<i64>, phone: Option<&str>) -> Registration {
    Registration {
        serial: serial.to_owned(),
        model: "16К20".to_owned(),
        configuration: Some("УЦИ, люнет".to_owned()),
        next_maintenance_on: Some(day(12, 23)),
        telegram_id,
        phone: phone.and_then(Phone::parse),
        further_phones: Vec::new(),
        customer_name: Some("Иван".to_owned()),
        company: None,
        connection: "amocrm".to_owned(),
        deal: "1".to_owned(),
        title: "Станок".to_owned(),
    }
}

async fn registered(kit: &Kit, form: &Registration) -> Registered {
    let mut tx = kit.tx().await;
    let done = register(&mut tx, &kit.d, form).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn a_park_holds_own_and_company_machines_and_nobody_elses() {
    let kit = Kit::new().await;
    let (mine, other) = (kit.customer(1).await, kit.customer(2).await);
    let company = kit.company("Завод", &mine).await;
    let own = kit.machine("100", Some(&mine), None, None).await;
    let firms = kit.machine("200", None, Some(&company), Some(day(12, 1))).await;
    let theirs = kit.machine("300", Some(&other), None, None).await;
    let both = kit.machine("400", Some(&mine), Some(&company), None).await;

    let mut db = kit.db.read().await.unwrap();
    let park = park(&mut db, &mine.id).await.unwrap();
    let ids: Vec<&MachineId> = park.iter().map(|machine| &machine.id).collect();
    assert_eq!(ids, [&own, &firms, &both]);
    assert_eq!(park[1].company.as_deref(), Some("Завод"));
    assert_eq!(park[1].state, MachineState::Working);
    assert!(matches!(passport(&mut db, &mine.id, &theirs).await, Err(Error::NotFound)));
    assert!(matches!(passport(&mut db, &other.id, &firms).await, Err(Error::NotFound)));
    let seen = passport(&mut db, &mine.id, &firms).await.unwrap();
    assert_eq!(seen.machine.id, firms);
    assert_eq!(seen.model.specification, [("Мощность".to_owned(), "11 кВт".to_owned())]);
    assert!(passport_for_staff(&mut db, &theirs).await.is_ok());
}

#[tokio::test]
async fn a_pending_membership_gives_nothing() {
    let kit = Kit::new().await;
    let (member, waiting) = (kit.customer(1).await, kit.customer(2).await);
    let company = kit.company("Завод", &member).await;
    let machine = kit.machine("100", None, Some(&company), None).await;
    let mut tx = kit.tx().await;
    execute!(
        &mut tx,
        "insert into memberships (id, customer_id, company_id, role, state, created_at)
         values ('m', $1, $2, 'mechanic', 'pending', $3)",
        &waiting.id,
        &company,
        kit.d.clock.now()
    )
    .unwrap();
    assert!(park(&mut tx, &waiting.id).await.unwrap().is_empty());
    assert!(!visible(&mut tx, &waiting.id, &machine).await.unwrap());
    assert!(matches!(passport(&mut tx, &waiting.id, &machine).await, Err(Error::NotFound)));
    let entered = set_hours(&mut tx, &kit.d, &waiting.id, &machine, read(5)).await;
    assert!(matches!(entered, Err(Error::NotFound)));
}

#[tokio::test]
async fn hours_never_go_back() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let machine = kit.machine("100", Some(&mine), None, None).await;
    let mut tx = kit.tx().await;
    set_hours(&mut tx, &kit.d, &mine.id, &machine, read(1200)).await.unwrap();
    set_hours(&mut tx, &kit.d, &mine.id, &machine, read(1200)).await.unwrap();
    for wrong in [1199, -1, MAX_HOURS + 1] {
        let refused = set_hours(&mut tx, &kit.d, &mine.id, &machine, read(wrong)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong}");
    }
    let passport = passport(&mut tx, &mine.id, &machine).await.unwrap();
    assert_eq!(passport.machine.hours, Some(1200));
}

#[tokio::test]
async fn who_is_sure_of_a_reading_has_it_kept() {
    let kit = Kit::new().await;
    let mine = kit.customer(1).await;
    let machine = kit.machine("100", Some(&mine), None, None).await;
    let mut tx = kit.tx().await;
    set_hours(&mut tx, &kit.d, &mine.id, &machine, read(1200)).await.unwrap();
    kit.at(kit.d.clock.now() + chrono::TimeDelta::days(2));
    for (hours, problem) in [(900, "error-hours-back"), (1300, "error-hours-fast")] {
        let asked = set_hours(&mut tx, &kit.d, &mine.id, &machine, read(hours)).await;
        assert!(matches!(asked, Err(Error::Invalid(fault)) if fault.problem == problem), "{hours}");
    }
    let sure = Reading { sure: true, ..read(900) };
    set_hours(&mut tx, &kit.d, &mine.id, &machine, sure).await.unwrap();
    let passport = passport(&mut tx, &mine.id, &machine).await.unwrap();
    assert_eq!(passport.machine.hours, Some(900), "a counter that was changed");
    let told: Vec<_> = passport.timeline.iter().filter(|event| event.kind == "hours").collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

fn read(hours: i64) -> Reading {
    Reading { hours, sure: false }
}

#[tokio::test]
async fn a_won_deal_registers_once_however_often_it_is_told() {
    let kit = Kit::new().await;
    let owner = kit.customer(1).await;
    let company = kit.company("Завод", &owner).await;
    let first = registered(&kit, &deal("16К-20/7", Some(1), None)).await;
    let Registered::New(id) = first else { panic!("{first:?}") };
    // The same serial in another alphabet and spelling.
    assert_eq!(
        registered(&kit, &deal("16k 20 7", Some(1), None)).await,
        Registered::Known(id.clone())
    );
    assert_eq!(
        registered(&kit, &deal("16К-20/7", None, Some("+7 900 000-00-01"))).await,
        Registered::Known(id.clone())
    );
    assert_eq!(kit.promised().await, ["1 machine_registered"]);
    let mut db = kit.db.read().await.unwrap();
    let seen = passport(&mut db, &owner.id, &id).await.unwrap();
    assert_eq!(seen.model.code, "16k20");
    assert_eq!(seen.machine.company_id, Some(company));
    assert_eq!(seen.machine.next_maintenance_on, Some(day(12, 23)));
    assert_eq!(seen.timeline.len(), 1);
    assert_ne!(seen.timeline[0].title, "timeline-registered");
}

#[tokio::test]
async fn a_serial_of_another_changes_nothing_and_the_managers_hear() {
    let kit = Kit::new().await;
    kit.staff(50, Role::Manager).await;
    let (owner, other) = (kit.customer(1).await, kit.customer(2).await);
    let machine = kit.machine("100", Some(&owner), None, None).await;
    let form = deal("100", Some(2), None);
    for _ in 0..2 {
        assert!(matches!(registered(&kit, &form).await, Registered::Asked(_)));
    }
    assert_eq!(kit.promised().await, ["50 approval_card"]);
    let mut db = kit.db.read().await.unwrap();
    let seen = passport(&mut db, &owner.id, &machine).await.unwrap();
    assert_eq!(seen.machine.configuration, "");
    assert!(park(&mut db, &other.id).await.unwrap().is_empty());
    let (customers,) = fetch_one!(&mut db, (i64,), "select count(*) from customers").unwrap();
    assert_eq!(customers, 2);
}

#[tokio::test]
async fn what_a_former_owner_bought_is_hidden_from_the_new_one() {
    let kit = Kit::new().await;
    let manager = kit.staff(50, Role::Manager).await;
    let (old, new) = (kit.customer(1).await, kit.customer(2).await);
    let machine = kit.machine("100", Some(&old), None, None).await;
    let mut tx = kit.tx().await;
    for (kind, title) in [("order", "ORD-2026-000001"), ("visit", "SRV-2026-000001")] {
        add_timeline(&mut tx, &machine, kit.d.clock.now(), kind, title, Some(kind)).await.unwrap();
    }
    tx.commit().await.unwrap();
    kit.at(kit.d.clock.now() + chrono::TimeDelta::hours(1));
    let Registered::Asked(case) = registered(&kit, &deal("100", Some(2), None)).await else {
        panic!("nothing is asked")
    };
    let mut tx = kit.tx().await;
    let transfer = (disputes::Decision::Transfer, Via::Console);
    disputes::decide(&mut tx, &kit.d, &manager, &case, transfer).await.unwrap();
    let again = disputes::decide(&mut tx, &kit.d, &manager, &case, transfer).await;
    assert!(matches!(again, Err(Error::Conflict("decided"))), "{again:?}");
    tx.commit().await.unwrap();
    let mut db = kit.db.read().await.unwrap();
    let seen = passport(&mut db, &new.id, &machine).await.unwrap();
    let kinds: Vec<&str> = seen.timeline.iter().map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"visit") && !kinds.contains(&"order"), "{kinds:?}");
    assert!(matches!(passport(&mut db, &old.id, &machine).await, Err(Error::NotFound)));
    let all = passport_for_staff(&mut db, &machine).await.unwrap().timeline;
    assert!(all.iter().any(|event| event.kind == "order"), "the dealer sees all of it: {all:?}");
}

#[tokio::test]
async fn an_owner_whom_the_bot_has_not_met_gets_a_link_through_the_managers() {
    let kit = Kit::new().await;
    kit.staff(50, Role::Manager).await;
    kit.staff(51, Role::Engineer).await;
    let form = deal("100", None, Some("+7 900 111-22-33"));
    assert!(matches!(registered(&kit, &form).await, Registered::New(_)));
    assert!(matches!(registered(&kit, &form).await, Registered::Known(_)));
    assert_eq!(kit.promised().await, ["50 invite_ready"]);
    let mut db = kit.db.read().await.unwrap();
    let invites = fetch_all!(&mut db, (String,), "select customer_id from invites").unwrap();
    assert_eq!(invites.len(), 1);
}

#[tokio::test]
async fn a_machine_without_owner_is_claimed_and_an_unknown_model_makes_nothing() {
    let kit = Kit::new().await;
    let nobodys = registered(&kit, &deal("100", None, None)).await;
    let Registered::New(id) = nobodys else { panic!("{nobodys:?}") };
    let _owner = kit.customer(1).await;
    assert_eq!(registered(&kit, &deal("100", Some(1), None)).await, Registered::Known(id.clone()));
    assert_eq!(kit.promised().await, ["1 machine_registered"]);

    let mut form = deal("900", Some(1), None);
    form.model = "Гильотина НД-3318".to_owned();
    let mut tx = kit.tx().await;
    let unknown = register(&mut tx, &kit.d, &form).await;
    assert!(matches!(unknown, Err(Error::Invalid(fault)) if fault.field == "model"), "{unknown:?}");
}

#[tokio::test]
async fn a_file_opens_only_for_those_whose_machine_it_describes() {
    let kit = Kit::new().await;
    let (mine, other) = (kit.customer(1).await, kit.customer(2).await);
    kit.staff(50, Role::Manager).await;
    kit.staff(51, Role::Engineer).await;
    let machine = kit.machine("100", Some(&mine), None, None).await;
    kit.machine("200", Some(&other), None, None).await;
    let now = kit.d.clock.now();
    let (invoice, manual) = (FileId::new(now), FileId::new(now));
    let mut tx = kit.tx().await;
    for (file, of_machine) in [(&invoice, Some(&machine)), (&manual, None)] {
        execute!(
            &mut tx,
            "insert into files (id, name, content_type, size, sha256, created_at)
             values ($1, 'a.pdf', 'application/pdf', 1, 'ab', $2)",
            file,
            now
        )
        .unwrap();
        let of_model = of_machine.is_none().then_some("model");
        execute!(
            &mut tx,
            "insert into documents (id, model_id, machine_id, file_id, kind, title, language,
                                    created_at)
             values ($1, $2, $3, $4, 'manual', 'T', 'ru', $5)",
            new_id(now),
            of_model,
            of_machine,
            file,
            now
        )
        .unwrap();
    }
    let expected =
        [(1, true, true), (2, false, true), (50, true, true), (51, false, true), (9, false, false)];
    for (telegram_id, sees_invoice, sees_manual) in expected {
        let viewer = viewer::find(&mut tx, telegram_id).await.unwrap();
        let seen = (
            may_see_file(&mut tx, &viewer, &invoice).await.unwrap(),
            may_see_file(&mut tx, &viewer, &manual).await.unwrap(),
        );
        assert_eq!(seen, (sees_invoice, sees_manual), "{telegram_id}");
    }
    let passport = passport(&mut tx, &mine.id, &machine).await.unwrap();
    assert_eq!(passport.documents.len(), 2);
}
