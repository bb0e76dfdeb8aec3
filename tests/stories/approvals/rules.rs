//! How many must agree and in which order, and what becomes of a case whose deal changes.

use domain::Money;
use domain::approvals::State;
use domain::approvals::deals::{DealFacts, DealState, Seen};
use domain::approvals::substitutes;
use domain::staff;
use tests::{ENGINEER, MANAGER, NEIGHBOUR};

use super::{TITLE, card, data, deal, desk, found, opened, press, seen, shows, staff_id, told};

const APPROVE: &str = "approval-act-approve";

#[tokio::test]
async fn two_of_three_are_enough() {
    let app = desk(r#"["5002", "5003", "5004"]"#, "2").await;
    let id = opened(&app, &deal()).await;
    let cards =
        [card(&app, ENGINEER).await, card(&app, MANAGER).await, card(&app, NEIGHBOUR).await];
    press(&app, NEIGHBOUR, &cards[2], APPROVE).await;
    assert_eq!(found(&app, &id).await.state, State::Open);
    let half = app.says(MANAGER, |m| m.id == cards[1].id && m.text.contains("✅ Олег")).await;
    assert!(half.button("✅ Согласовать").is_some(), "the others are still asked: {half:?}");
    press(&app, ENGINEER, &cards[0], APPROVE).await;
    for (person, card) in [(ENGINEER, &cards[0]), (MANAGER, &cards[1]), (NEIGHBOUR, &cards[2])] {
        shows(&app, person, card, "Согласовано. Решение: Игорь").await;
    }
    assert_eq!(told(&app, &id).await, ["opened", "approved", "approved"]);
    app.finish().await;
}

#[tokio::test]
async fn in_turn_the_next_is_asked_when_the_one_before_has_agreed() {
    let app = desk(r#"["5004", "5003"]"#, "\"in_turn\"").await;
    let id = opened(&app, &deal()).await;
    let first = card(&app, NEIGHBOUR).await;
    app.settled().await;
    let has = |person| app.telegram.chat(person).iter().any(|m| m.text.contains(TITLE));
    assert!(!has(MANAGER), "not their turn yet");
    press(&app, NEIGHBOUR, &first, APPROVE).await;
    let second = card(&app, MANAGER).await;
    press(&app, MANAGER, &second, APPROVE).await;
    shows(&app, NEIGHBOUR, &first, "Решение: Мария").await;
    assert_eq!(found(&app, &id).await.state, State::Approved);
    app.finish().await;
}

#[tokio::test]
async fn a_changed_sum_asks_anew_and_the_old_buttons_are_dead() {
    let app = desk(r#"["5003", "5004"]"#, "\"all\"").await;
    let id = opened(&app, &deal()).await;
    let (mine, other) = (card(&app, MANAGER).await, card(&app, NEIGHBOUR).await);
    press(&app, NEIGHBOUR, &other, APPROVE).await;
    let dearer = DealFacts { amount: Some(Money::kopecks(75_000_000)), ..deal() };
    assert_eq!(seen(&app, &dearer).await, Seen::Reopened(id.clone()));
    let old = app.telegram.press_data(MANAGER, mine.id, &data(&mine, APPROVE)).await.unwrap();
    assert!(old.text.unwrap().contains("Условия изменились"));
    assert_eq!(found(&app, &id).await.state, State::Open);
    let changed = "Сумма была 600\u{a0}000\u{a0}₽, стала 750\u{a0}000\u{a0}₽";
    app.says(NEIGHBOUR, |m| m.text.contains("решите заново") && m.text.contains(changed)).await;
    for person in [MANAGER, NEIGHBOUR] {
        let is_new = |m: &sandbox::telegram::ChatMessage| {
            m.text.contains(changed) && m.button("✅ Согласовать").is_some()
        };
        let anew = app.says(person, is_new).await;
        press(&app, person, &anew, APPROVE).await;
    }
    let decided = found(&app, &id).await;
    assert_eq!((decided.state, decided.version), (State::Approved, 2));
    assert_eq!(told(&app, &id).await, ["opened", "approved", "reopened", "approved", "approved"]);
    app.finish().await;
}

#[tokio::test]
async fn what_is_deleted_in_the_crm_is_asked_no_more() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let id = opened(&app, &deal()).await;
    let mine = card(&app, MANAGER).await;
    let gone = DealFacts { state: DealState::Deleted, ..deal() };
    assert_eq!(seen(&app, &gone).await, Seen::Withdrawn(id.clone()));
    shows(&app, MANAGER, &mine, "согласование отозвано").await;
    let late = app.telegram.press_data(MANAGER, mine.id, &data(&mine, APPROVE)).await.unwrap();
    assert!(late.text.unwrap().contains("отозвано"));
    assert_eq!(found(&app, &id).await.state, State::Withdrawn);
    app.finish().await;
}

#[tokio::test]
async fn a_substitute_decides_while_the_colleague_is_away() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let id = opened(&app, &deal()).await;
    let mine = card(&app, MANAGER).await;
    let (absent, substitute) = (staff_id(&app, MANAGER).await, staff_id(&app, NEIGHBOUR).await);
    let mut tx = app.db.begin().await.unwrap();
    let maria = staff::by_telegram(&mut tx, MANAGER).await.unwrap().unwrap();
    let days = (app.dealer.today(), app.dealer.today());
    substitutes::add(&mut tx, &app.dealer, &maria, (&absent, &substitute), days).await.unwrap();
    tx.commit().await.unwrap();
    let theirs = card(&app, NEIGHBOUR).await;
    press(&app, NEIGHBOUR, &theirs, APPROVE).await;
    shows(&app, MANAGER, &mine, "Решение: Олег").await;
    assert_eq!(found(&app, &id).await.decided_by, Some(substitute));
    app.finish().await;
}
