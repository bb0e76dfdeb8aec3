use crate::Error;
use crate::machines::testkit::Kit;
use crate::machines::{self, MachineState};
use crate::plates::*;
use crate::staff::Role;

async fn printed(kit: &Kit, count: usize) -> Vec<String> {
    let mut tx = kit.tx().await;
    let (_, codes) = make(&mut tx, count, kit.d.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    codes
}

#[tokio::test]
async fn a_blank_plate_is_bound_once_and_for_good() {
    let kit = Kit::new().await;
    let engineer = kit.staff(7, Role::Engineer).await;
    let (one, other) =
        (kit.machine("100", None, None, None).await, kit.machine("200", None, None, None).await);
    let codes = printed(&kit, 2).await;
    let mut tx = kit.tx().await;
    assert_eq!(find(&mut tx, &codes[0]).await.unwrap().unwrap().machine, None, "blank");
    let typed = codes[0].to_lowercase();
    bind(&mut tx, &kit.d, Some(&engineer), &typed, &one).await.unwrap();
    let seen = format!("https://park.example/p/{}", codes[0]);
    bind(&mut tx, &kit.d, Some(&engineer), &seen, &one).await.unwrap();
    let elsewhere = bind(&mut tx, &kit.d, Some(&engineer), &codes[0], &other).await;
    assert!(matches!(elsewhere, Err(Error::Conflict("plate_bound"))));
    let invented = bind(&mut tx, &kit.d, Some(&engineer), "00000000", &one).await;
    assert!(matches!(invented, Err(Error::Invalid(fault)) if fault.field == "code"));
    assert_eq!(find(&mut tx, &codes[0]).await.unwrap().unwrap().machine, Some(one.clone()));
    assert_eq!(of_machine(&mut tx, &one).await.unwrap(), [codes[0].clone()]);
    let history = machines::passport_for_staff(&mut tx, &one).await.unwrap().timeline;
    assert_eq!(history.iter().filter(|event| event.kind == "plate").count(), 1);
    let all = batches(&mut tx).await.unwrap();
    assert_eq!((all[0].plates, all[0].bound), (2, 1));
}

#[tokio::test]
async fn a_machines_own_id_is_an_address_too() {
    let kit = Kit::new().await;
    let machine = kit.machine("100", None, None, None).await;
    let mut db = kit.db.read().await.unwrap();
    let plate = find(&mut db, machine.as_str()).await.unwrap().unwrap();
    assert_eq!(plate.machine, Some(machine));
    for unknown in ["", "0", &"0".repeat(32), "' or 1=1 --", "ПРИВЕТИК"] {
        assert_eq!(find(&mut db, unknown).await.unwrap(), None, "{unknown}");
    }
}

#[tokio::test]
async fn looks_are_noted_once_a_minute_and_forgotten_after_a_year() {
    let kit = Kit::new().await;
    let machine = kit.machine("100", None, None, None).await;
    let plate = Plate { code: machine.to_string(), machine: Some(machine) };
    let mut tx = kit.tx().await;
    for who in [None, None, Some(5), Some(5)] {
        scanned(&mut tx, &kit.d, &plate, who).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(prune(&kit.db, kit.d.clock.now()).await.unwrap(), 0);
    let later = kit.d.clock.now() + chrono::TimeDelta::days(366);
    assert_eq!(prune(&kit.db, later).await.unwrap(), 2, "nobody known once, the person once");
}

fn help(phone: &str) -> Call {
    Call {
        client_key: "k".to_owned(),
        name: "Пётр".to_owned(),
        phone: phone.to_owned(),
        text: "Искрит".to_owned(),
        consent: true,
        photos: Vec::new(),
    }
}

#[tokio::test]
async fn a_call_stops_the_machine_and_is_nobodys_who_did_not_prove_it() {
    let kit = Kit::new().await;
    let (owner, other) = (kit.customer(1).await, kit.customer(2).await);
    let machine = kit.machine("100", Some(&owner), None, None).await;
    let phone = |customer: &crate::people::Customer| customer.phone.as_ref().unwrap().to_string();
    let mut tx = kit.tx().await;
    let (made, fresh) = call(&mut tx, &kit.d, &machine, &help("+79001110000")).await.unwrap();
    let shown = crate::text::Phone::parse("+79001110000").unwrap().shown();
    assert!(fresh && made.machine_down && made.text.contains(&shown), "{}", made.text);
    let (again, fresh) = call(&mut tx, &kit.d, &machine, &help("+79001110000")).await.unwrap();
    assert_eq!((again.number, fresh), (made.number, false));
    let own = Call { client_key: "o".to_owned(), ..help(&phone(&owner)) };
    let (own, _) = call(&mut tx, &kit.d, &machine, &own).await.unwrap();
    assert_eq!(own.customer_id, owner.id, "theirs, who may see the machine");
    // Somebody else's phone, typed by whoever it was: it becomes nothing of theirs.
    let foreign = Call { client_key: "f".to_owned(), ..help(&phone(&other)) };
    for fresh in [true, false] {
        let (made, is_new) = call(&mut tx, &kit.d, &machine, &foreign).await.unwrap();
        assert_ne!(made.customer_id, other.id);
        assert_eq!(is_new, fresh);
    }
    let down = machines::find(&mut tx, &machine).await.unwrap().unwrap();
    assert_eq!(down.state, MachineState::Down);
}

#[tokio::test]
async fn what_lacks_is_named() {
    let kit = Kit::new().await;
    let machine = kit.machine("100", None, None, None).await;
    let mut tx = kit.tx().await;
    let whole = help("+79001110000");
    for (field, broken) in [
        ("phone", Call { phone: "12".to_owned(), ..whole.clone() }),
        ("phone", Call { phone: String::new(), ..whole.clone() }),
        ("text", Call { text: "  ".to_owned(), ..whole.clone() }),
        ("consent", Call { consent: false, ..whole.clone() }),
        ("client_key", Call { client_key: String::new(), ..whole.clone() }),
    ] {
        let refused = call(&mut tx, &kit.d, &machine, &broken).await;
        assert!(matches!(refused, Err(Error::Invalid(fault)) if fault.field == field), "{field}");
    }
}
