//! Presses that must not count: forged, forwarded, repeated, of who asked; and two at once.

use domain::approvals::{self, Decider, Outcome, Refusal, State, Via};
use domain::ids::{ApprovalId, StaffId};
use domain::{Error, Result};
use tests::{App, CUSTOMER, ENGINEER, MANAGER, NEIGHBOUR};

use super::{card, data, deal, desk, found, opened, press, shows, staff_id, told};

const APPROVE: &str = "approval-act-approve";

#[tokio::test]
async fn a_press_that_is_not_theirs_changes_nothing() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    app.linked_customer().await;
    let id = opened(&app, &deal()).await;
    let mine = card(&app, MANAGER).await;
    let approve = data(&mine, APPROVE);
    assert!(approve.len() <= 64 && !approve.contains(id.as_str()), "{approve}");
    // The card was forwarded, or its data copied by a changed client.
    for (stranger, answer) in
        [(NEIGHBOUR, "адресовано не вам"), (ENGINEER, "адресовано не вам"), (CUSTOMER, "Не нашли")]
    {
        let any = app.telegram.chat(stranger).into_iter().find(|m| m.from_bot).unwrap();
        let pressed = app.telegram.press_data(stranger, any.id, &approve).await.unwrap();
        let said = pressed.text.unwrap_or_default();
        assert!(said.contains(answer) || stranger == CUSTOMER && !said.is_empty(), "{said}");
    }
    let forged = format!("{}{}", &approve[..approve.len() - 4], "0000");
    let pressed = app.telegram.press_data(MANAGER, mine.id, &forged).await.unwrap();
    assert!(!pressed.text.unwrap_or_default().is_empty());
    assert_eq!(told(&app, &id).await, ["opened"]);
    press(&app, MANAGER, &mine, APPROVE).await;
    let again = app.telegram.press_data(MANAGER, mine.id, &approve).await.unwrap();
    assert_eq!(again.text.as_deref(), Some("Уже решено."));
    let refuse = data(&mine, "approval-act-reject");
    let late = app.telegram.press_data(MANAGER, mine.id, &refuse).await.unwrap();
    assert_eq!(late.text.as_deref(), Some("Уже решено."));
    assert_eq!(told(&app, &id).await, ["opened", "approved"]);
    shows(&app, MANAGER, &mine, "Решение: Мария").await;
    app.finish().await;
}

#[tokio::test]
async fn nobody_approves_what_they_asked_for() {
    let app = desk(r#"["5003", "5004"]"#, "1").await;
    let mut asked = deal();
    asked.staff.insert("17".to_owned(), staff_id(&app, MANAGER).await);
    let id = opened(&app, &asked).await;
    let other = card(&app, NEIGHBOUR).await;
    let own = answer(&app, &staff_id(&app, MANAGER).await, &id, Outcome::Approve).await;
    assert!(matches!(own, Err(Error::Refused(Refusal::Own))), "{own:?}");
    press(&app, NEIGHBOUR, &other, APPROVE).await;
    app.says(MANAGER, |m| m.text.contains("✅ Согласовано") && m.text.contains("Олег")).await;
    app.finish().await;
}

async fn answer(app: &App, staff: &StaffId, id: &ApprovalId, outcome: Outcome) -> Result<State> {
    let who = Decider { staff: staff.clone(), via: Via::Console };
    let mut tx = app.db.begin().await?;
    let reason = Some("так надо");
    let state = approvals::decide(&mut tx, &app.dealer, &who, id, 1, outcome, reason).await?;
    tx.commit().await?;
    Ok(state)
}

#[tokio::test]
async fn of_two_who_decide_in_one_millisecond_one_counts() {
    let app = desk(r#"["manager"]"#, "1").await;
    let (maria, oleg) = (staff_id(&app, MANAGER).await, staff_id(&app, NEIGHBOUR).await);
    for round in 0..8 {
        let mut one = deal();
        one.id = format!("70{round}");
        let id = opened(&app, &one).await;
        let (yes, no) = tokio::join!(
            answer(&app, &maria, &id, Outcome::Approve),
            answer(&app, &oleg, &id, Outcome::Reject),
        );
        assert_ne!(yes.is_ok(), no.is_ok(), "{yes:?} {no:?}");
        let loser = if yes.is_ok() { no } else { yes };
        assert!(matches!(loser, Err(Error::Refused(Refusal::Decided))), "{loser:?}");
        assert_eq!(told(&app, &id).await.len(), 2, "opened, and one decision");
    }
    app.finish().await;
}

#[tokio::test]
async fn two_whose_answers_are_both_needed_decide_together() {
    let app = desk(r#"["5003", "5004"]"#, "\"all\"").await;
    let (maria, oleg) = (staff_id(&app, MANAGER).await, staff_id(&app, NEIGHBOUR).await);
    for round in 0..8 {
        let mut one = deal();
        one.id = format!("80{round}");
        let id = opened(&app, &one).await;
        let (first, second) = tokio::join!(
            answer(&app, &maria, &id, Outcome::Approve),
            answer(&app, &oleg, &id, Outcome::Approve),
        );
        let ends = [first.unwrap(), second.unwrap()];
        assert!(ends.contains(&State::Open) && ends.contains(&State::Approved), "{ends:?}");
        assert_eq!(found(&app, &id).await.state, State::Approved);
    }
    app.finish().await;
}
