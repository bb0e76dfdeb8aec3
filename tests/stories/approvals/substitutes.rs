//! Somebody decides for a colleague who is away, as the console arranges it.

use domain::approvals::State;
use domain::staff::{self, Role};
use tests::{ENGINEER, MANAGER, NEIGHBOUR, label};

use super::{card, deal, desk, found, opened, press, staff_id};

const PAGE: &str = "/staff/substitutes";

#[tokio::test]
async fn people_name_who_decides_for_them_and_nobody_elses() {
    let app = desk(r#"["5003"]"#, "1").await;
    let id = opened(&app, &deal()).await;
    let (maria, oleg) = (staff_id(&app, MANAGER).await, staff_id(&app, NEIGHBOUR).await);
    let engineer = staff_id(&app, ENGINEER).await;
    let mut console = app.console(MANAGER).await;
    assert!(console.get(PAGE).await.ok().contains("Никто никого не замещает"));
    let days = [("from_on", "2026-11-20"), ("to_on", "2026-12-01")];
    let wrong = [
        vec![("substitute", maria.as_str()), days[0], days[1]],
        vec![("substitute", "nobody"), days[0], days[1]],
        vec![("substitute", oleg.as_str()), ("from_on", "2026-12-01"), ("to_on", "2026-11-30")],
        vec![("substitute", oleg.as_str()), days[0]],
    ];
    for form in wrong {
        assert_eq!(console.post(PAGE, &form).await.status, 422, "{form:?}");
    }
    let anothers = [("absent", engineer.as_str()), ("substitute", oleg.as_str()), days[0], days[1]];
    assert_eq!(console.post(PAGE, &anothers).await.status, 403);

    console.post(PAGE, &[("substitute", oleg.as_str()), days[0], days[1]]).await.gone_to();
    let shown = console.get(PAGE).await.ok();
    assert!(shown.contains("За Мария решает Олег"), "{shown}");
    assert!(!app.console(ENGINEER).await.get(PAGE).await.ok().contains("За Мария"));
    let stands_in = card(&app, NEIGHBOUR).await;
    let said = press(&app, NEIGHBOUR, &stands_in, "approval-act-approve").await;
    assert_eq!(said, label("bot-approval-counted"));
    assert_eq!(found(&app, &id).await.state, State::Approved);
    app.finish().await;
}

#[tokio::test]
async fn an_administrator_arranges_and_ends_anybodys_and_it_is_written_down() {
    let app = desk(r#"["5003"]"#, "1").await;
    let mut tx = app.db.begin().await.unwrap();
    staff::add(&mut tx, NEIGHBOUR, Role::Administrator, "Олег", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let (maria, engineer) = (staff_id(&app, MANAGER).await, staff_id(&app, ENGINEER).await);
    let mut chief = app.console(NEIGHBOUR).await;
    let form = [
        ("absent", maria.as_str()),
        ("substitute", engineer.as_str()),
        ("from_on", "2026-12-01"),
        ("to_on", "2026-12-14"),
    ];
    chief.post(PAGE, &form).await.gone_to();
    let page = chief.get(PAGE).await.ok();
    let (_, rest) = page.split_once("action=\"/staff/substitutes/").expect("one to remove");
    let remove = format!("{PAGE}/{}", rest.split('"').next().unwrap());
    let engineers = app.console(ENGINEER).await.post(&remove, &[]).await;
    assert_eq!(engineers.status, 404, "it is not theirs");
    chief.post(&remove, &[]).await.gone_to();
    assert!(chief.get(PAGE).await.ok().contains("Никто никого не замещает"));
    let log = chief.get("/staff/audit").await.ok();
    assert!(log.contains("Назначен заместитель") && log.contains("Замещение убрано"), "{log}");
    app.finish().await;
}
