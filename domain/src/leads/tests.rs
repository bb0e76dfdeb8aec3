use chrono::{TimeDelta, TimeZone as _, Utc};

use crate::db::fetch_all;
use crate::files;
use crate::leads::*;
use crate::machines::testkit::Kit;
use crate::staff::Role;
use crate::{Error, dealer::Line};

async fn kit() -> Kit {
    let mut kit = Kit::new().await;
    kit.d.routes.leads = vec!["amocrm".to_owned(), "b24".to_owned()];
    kit.d.routes.site = true;
    kit
}

fn form(fields: &[(&str, &str)]) -> NewLead {
    let typed = [("name", "Анна"), ("phone", "8 900 111-22-33")];
    let all = typed.into_iter().chain(fields.iter().copied());
    NewLead::of_fields(all.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

async fn sent(kit: &Kit, new: &NewLead) -> Received {
    let mut tx = kit.tx().await;
    let received = receive(&mut tx, &kit.d, new).await.unwrap();
    tx.commit().await.unwrap();
    received
}

async fn case(kit: &Kit, lead: &Lead) -> LeadCase {
    let mut db = kit.db.read().await.unwrap();
    load(&mut db, &lead.id).await.unwrap()
}

#[tokio::test]
async fn a_form_is_kept_with_everything_it_promises_and_only_once() {
    let kit = kit().await;
    kit.staff(50, Role::Manager).await;
    let mut new = form(&[
        ("client_key", "k1"),
        ("email", "Anna@Example.com"),
        ("message", "Нужен резец\r\nпроходной"),
        ("utm_source", "yandex"),
        ("yclid", "123"),
        ("станок", "16К20"),
        ("form_ms", "9000"),
    ]);
    new.files.push(files::accept(&kit.d.uploads, "чертёж.txt", b"M 1:1").await.unwrap());
    let first = sent(&kit, &new).await;
    let again = sent(&kit, &new).await;
    assert!(first.fresh && !again.fresh);
    assert_eq!(first.lead, again.lead);
    assert_eq!((first.lead.number.as_str(), first.lead.state), ("LEAD-2026-000001", State::New));
    assert_eq!(
        kit.promised().await,
        ["amocrm crm_lead", "b24 crm_lead", "mail mail_lead", "50 staff_lead_card"]
    );
    let case = case(&kit, &first.lead).await;
    let touch = case.first();
    assert_eq!(touch.phone.as_ref().map(|phone| phone.as_str()), Some("+79001112233"));
    assert_eq!(touch.email.as_ref().map(|email| email.as_str()), Some("anna@example.com"));
    assert_eq!(touch.message.as_deref(), Some("Нужен резец\nпроходной"));
    assert_eq!(
        Vec::from_iter(touch.tracking.pairs()),
        [("utm_source", "yandex"), ("yclid", "123")]
    );
    assert_eq!(touch.extra, [("станок".to_owned(), "16К20".to_owned())]);
    assert_eq!(touch.files[0].name, "чертёж.txt");
    let mut db = kit.db.read().await.unwrap();
    assert_eq!(by_token(&mut db, &first.lead.token).await.unwrap().number, first.lead.number);
    assert!(matches!(by_token(&mut db, "none").await, Err(Error::NotFound)));
}

#[tokio::test]
async fn the_same_person_within_a_day_touches_one_lead() {
    let kit = kit().await;
    let first = sent(&kit, &form(&[("utm_source", "yandex"), ("email", "a@example.com")])).await;
    kit.d.clock.advance(TimeDelta::hours(3));
    let second =
        sent(&kit, &form(&[("phone", "+7 911 000 00 00"), ("email", "A@example.com")])).await;
    let other_form = sent(&kit, &form(&[("form", "callback")])).await;
    assert_eq!(first.lead.id, second.lead.id);
    assert_ne!(first.lead.id, other_form.lead.id);
    let found = case(&kit, &first.lead).await;
    assert_eq!(found.touches.len(), 2);
    assert_eq!(found.first().tracking.utm_source.as_deref(), Some("yandex"));
    assert_eq!(found.last().phone.as_ref().map(|phone| phone.as_str()), Some("+79110000000"));
    assert_eq!(kit.count("b24 crm_lead").await, 2, "one for each form");
    assert_eq!(kit.count("b24 crm_lead_touch").await, 1);
    assert_eq!(kit.count("mail mail_lead").await, 3);

    kit.d.clock.advance(TimeDelta::hours(22));
    let next_day = sent(&kit, &form(&[])).await;
    assert_ne!(first.lead.id, next_day.lead.id);
    let manager = kit.staff(50, Role::Manager).await;
    let mut tx = kit.tx().await;
    close(&mut tx, &kit.d, &manager, &next_day.lead.id, State::Rejected).await.unwrap();
    tx.commit().await.unwrap();
    let after = sent(&kit, &form(&[])).await;
    assert_ne!(after.lead.id, next_day.lead.id, "what has ended is not written to");
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_the_field() {
    let kit = kit().await;
    let mut tx = kit.tx().await;
    let long = "я".repeat(10_001);
    for (name, value) in [
        ("name", " "),
        ("phone", ""),
        ("phone", "123"),
        ("email", "anna"),
        ("message", long.as_str()),
    ] {
        let refused = receive(&mut tx, &kit.d, &form(&[(name, value)])).await;
        assert!(matches!(refused, Err(Error::Invalid(fault)) if fault.field == name), "{name}");
    }
    drop(tx);
    assert!(kit.promised().await.is_empty());
}

#[tokio::test]
async fn a_robot_is_told_nothing_and_a_person_behind_it_is_not_lost() {
    let kit = kit().await;
    let manager = kit.staff(50, Role::Manager).await;
    let trap = sent(&kit, &form(&[("form_trap", "http://spam.example.com")])).await;
    let haste = sent(&kit, &form(&[("phone", "89220000000"), ("form_ms", "120")])).await;
    assert_eq!((trap.lead.state, haste.lead.state), (State::Suspected, State::Suspected));
    assert_eq!(trap.lead.state.told(), "new");
    assert!(kit.promised().await.is_empty());
    let mut tx = kit.tx().await;
    assert_eq!(open(&mut tx).await.unwrap().len(), 2);
    let d = &kit.d;
    let early = take(&mut tx, d, &manager, &trap.lead.id).await;
    assert!(matches!(early, Err(Error::Conflict("state"))));
    let nothing = close(&mut tx, d, &manager, &trap.lead.id, State::Rejected).await.unwrap();
    assert_eq!(nothing.state, State::Rejected);
    tx.commit().await.unwrap();
    assert!(kit.promised().await.is_empty());

    let mut tx = kit.tx().await;
    let released = release(&mut tx, d, &manager, &haste.lead.id).await.unwrap();
    assert_eq!(released.state, State::New);
    let twice = release(&mut tx, d, &manager, &haste.lead.id).await;
    assert!(matches!(twice, Err(Error::Conflict("state"))));
    tx.commit().await.unwrap();
    assert_eq!(
        kit.promised().await,
        ["amocrm crm_lead", "b24 crm_lead", "mail mail_lead", "50 staff_lead_card"]
    );
}

#[tokio::test]
async fn a_person_who_writes_again_by_hand_clears_the_suspicion() {
    let kit = kit().await;
    let trap = sent(&kit, &form(&[("form_trap", "x")])).await;
    kit.d.clock.advance(TimeDelta::minutes(5));
    let clean = sent(&kit, &form(&[("form_ms", "20000")])).await;
    assert_eq!((clean.lead.id.clone(), clean.lead.state), (trap.lead.id, State::New));
    assert_eq!(kit.count("b24 crm_lead").await, 1);
    assert_eq!(case(&kit, &clean.lead).await.touches.len(), 2);
}

#[tokio::test]
async fn of_two_managers_one_has_it_and_a_crm_does_not_hear_its_own_news() {
    let mut kit = kit().await;
    kit.d.routes.twins = true;
    let (first, second) = (kit.staff(50, Role::Manager).await, kit.staff(51, Role::Manager).await);
    let engineer = kit.staff(60, Role::Engineer).await;
    let made = sent(&kit, &form(&[])).await.lead;
    kit.d.clock.advance(TimeDelta::minutes(1));
    let (d, mut tx) = (&kit.d, kit.tx().await);
    assert!(matches!(take(&mut tx, d, &engineer, &made.id).await, Err(Error::Forbidden)));
    let taken = take(&mut tx, d, &first, &made.id).await.unwrap();
    assert_eq!((taken.state, &taken.taken_by), (State::Taken, &Some(first.id.clone())));
    assert_eq!(take(&mut tx, d, &first, &made.id).await.unwrap(), taken);
    let late = take(&mut tx, d, &second, &made.id).await;
    assert!(matches!(late, Err(Error::Conflict("taken"))));
    kit.d.clock.advance(TimeDelta::minutes(1));
    assert!(advance(&mut tx, d, &made.id, State::Rejected, Some("b24")).await.unwrap());
    assert!(!advance(&mut tx, d, &made.id, State::Rejected, Some("b24")).await.unwrap());
    assert!(!advance(&mut tx, d, &made.id, State::New, Some("b24")).await.unwrap());
    let over = close(&mut tx, d, &second, &made.id, State::Converted).await;
    assert!(matches!(over, Err(Error::Conflict("state"))));
    kit.d.clock.advance(TimeDelta::minutes(1));
    assert!(advance(&mut tx, d, &made.id, State::Converted, Some("b24")).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(kit.count("amocrm crm_lead_state").await, 3);
    assert_eq!(kit.count("b24 crm_lead_state").await, 1);
    assert_eq!(kit.count("site site_lead").await, 3);
    assert_eq!(kit.count("51 staff_lead_card").await, 4);
}

#[tokio::test]
async fn what_nobody_takes_goes_down_the_line_in_working_time() {
    let mut kit = kit().await;
    kit.d.line = Line { managers: vec![50, 70, 51], patience: TimeDelta::minutes(15) };
    let first = kit.staff(50, Role::Manager).await;
    kit.staff(51, Role::Manager).await;
    kit.staff(52, Role::Manager).await;
    // Friday 2026-11-20, ten minutes before the end of the day.
    kit.at(Utc.with_ymd_and_hms(2026, 11, 20, 14, 50, 0).unwrap());
    sent(&kit, &form(&[])).await;
    let heard = async || {
        let mut db = kit.db.read().await.unwrap();
        let rows = fetch_all!(
            &mut db,
            (String,),
            "select entity from deliveries where connection = 'telegram' order by id"
        );
        Vec::from_iter(rows.unwrap().into_iter().map(|(chat,)| chat.replace("chat:", "")))
    };
    assert_eq!(heard().await, ["50"]);
    for later in [TimeDelta::minutes(60), TimeDelta::hours(24), TimeDelta::hours(24)] {
        kit.d.clock.advance(later);
        assert_eq!(pass_on(&kit.db, &kit.d).await.unwrap(), 0, "nobody works");
    }
    // Monday, five minutes into the day; 70 is nobody of ours and is passed over.
    kit.at(Utc.with_ymd_and_hms(2026, 11, 23, 6, 5, 0).unwrap());
    assert_eq!(pass_on(&kit.db, &kit.d).await.unwrap(), 1);
    assert_eq!(pass_on(&kit.db, &kit.d).await.unwrap(), 0);
    assert_eq!(heard().await, ["50", "50", "51"]);
    kit.d.clock.advance(TimeDelta::minutes(15));
    assert_eq!(pass_on(&kit.db, &kit.d).await.unwrap(), 1);
    assert_eq!(heard().await[3..], ["50", "51", "52"]);
    kit.d.clock.advance(TimeDelta::hours(3));
    assert_eq!(pass_on(&kit.db, &kit.d).await.unwrap(), 0, "all have heard");

    let quick = sent(&kit, &form(&[("phone", "89220000000")])).await.lead;
    let mut tx = kit.tx().await;
    take(&mut tx, &kit.d, &first, &quick.id).await.unwrap();
    tx.commit().await.unwrap();
    kit.d.clock.advance(TimeDelta::hours(1));
    assert_eq!(pass_on(&kit.db, &kit.d).await.unwrap(), 0, "somebody has it");
}
