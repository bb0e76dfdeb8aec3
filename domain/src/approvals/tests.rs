//! The engine alone: what opens, re-opens and ends a case, and whose answers count.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::approvals::deals::{DealFacts, DealRow, DealState, Seen, seen};
use crate::approvals::rules::{Approver, Effect, Entity, Need, Policy, Rule};
use crate::approvals::{
    Decider, Outcome, Refusal, State, Via, decide, find, history, seats, substitutes, tick,
};
use crate::ids::{ApprovalId, StaffId};
use crate::machines::testkit::Kit;
use crate::money::Money;
use crate::staff::{Role, Staff};
use crate::{Error, Result};

/// Three who may be asked, and a rule that asks them.
struct Desk {
    kit: Kit,
    people: Vec<Staff>,
}

impl Desk {
    async fn new(need: Need) -> Desk {
        let mut kit = Kit::new().await;
        let mut people = Vec::new();
        for id in [51, 52, 53] {
            people.push(kit.staff(id, Role::Manager).await);
        }
        people.push(kit.staff(60, Role::Administrator).await);
        kit.d.approvals = vec![rule(need)];
        Desk { kit, people }
    }

    async fn seen(&self, facts: &DealFacts) -> Seen {
        let mut tx = self.kit.tx().await;
        let seen = seen(&mut tx, &self.kit.d, facts).await.unwrap();
        tx.commit().await.unwrap();
        seen
    }

    async fn opened(&self) -> ApprovalId {
        match self.seen(&deal()).await {
            Seen::Opened(id) => id,
            other => panic!("{other:?}"),
        }
    }

    fn who(&self, place: usize) -> StaffId {
        self.people[place].id.clone()
    }

    /// An answer to the first version.
    async fn answer(&self, place: usize, id: &ApprovalId, outcome: Outcome) -> Result<State> {
        self.answers(&self.who(place), (id, 1), outcome, Some("потому что")).await
    }

    async fn answers(
        &self,
        staff: &StaffId,
        (id, version): (&ApprovalId, i64),
        outcome: Outcome,
        reason: Option<&str>,
    ) -> Result<State> {
        let who = Decider { staff: staff.clone(), via: Via::Console };
        let mut tx = self.kit.tx().await;
        let state = decide(&mut tx, &self.kit.d, &who, id, version, outcome, reason).await?;
        tx.commit().await?;
        Ok(state)
    }

    async fn state(&self, id: &ApprovalId) -> (State, i64) {
        let found = find(&mut self.kit.db.read().await.unwrap(), id).await.unwrap();
        (found.state, found.version)
    }

    fn pass(&self, hours: i64) {
        self.kit.at(self.kit.d.clock.now() + TimeDelta::hours(hours));
    }
}

fn rule(need: Need) -> Rule {
    Rule {
        name: "крупная сделка".to_owned(),
        connection: "b24".to_owned(),
        entity: Entity::Deal,
        pipeline: None,
        amount_from: Money::kopecks(50_000_000),
        amount_to: None,
        stages: vec!["NEW".to_owned()],
        fields: BTreeMap::new(),
        responsible: Vec::new(),
        approvers: [51, 52, 53].map(Approver::Person).to_vec(),
        policy: Policy {
            need,
            deadline: Some(8 * 60),
            remind: Some(4 * 60),
            escalate_to: vec![Approver::Role(Role::Administrator)],
            on_approve: Effect { stage: Some("PREPARATION".to_owned()), ..Effect::default() },
            on_reject: Effect { stage: Some("LOSE".to_owned()), ..Effect::default() },
            ..Policy::default()
        },
    }
}

fn deal() -> DealFacts {
    DealFacts {
        connection: "b24".to_owned(),
        entity: Entity::Deal,
        id: "17".to_owned(),
        title: "Станок 16К20".to_owned(),
        amount: Some(Money::kopecks(60_000_000)),
        pipeline: None,
        stage: "NEW".to_owned(),
        responsible: Some("5".to_owned()),
        created_by: Some("1".to_owned()),
        asked_by: "Пётр Менеджер".to_owned(),
        heads: Vec::new(),
        staff: BTreeMap::new(),
        fields: BTreeMap::new(),
        rows: vec![DealRow {
            name: "16К20".to_owned(),
            quantity: 1.0,
            price: Money::kopecks(60_000_000),
        }],
        url: None,
        state: DealState::Open,
    }
}

fn refused(answer: Result<State>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_deal_is_asked_once_and_all_must_agree() {
    let desk = Desk::new(Need::All).await;
    let small = DealFacts { amount: Some(Money::kopecks(49_999_999)), ..deal() };
    assert_eq!(desk.seen(&small).await, Seen::Nothing);
    let id = desk.opened().await;
    assert_eq!(desk.seen(&deal()).await, Seen::Nothing, "the same look again is no news");
    assert_eq!(desk.answer(0, &id, Outcome::Approve).await.unwrap(), State::Open);
    assert_eq!(refused(desk.answer(0, &id, Outcome::Approve).await), Refusal::Repeated);
    assert_eq!(refused(desk.answer(3, &id, Outcome::Approve).await), Refusal::Stranger);
    assert_eq!(desk.answer(1, &id, Outcome::Approve).await.unwrap(), State::Open);
    assert_eq!(desk.answer(2, &id, Outcome::Approve).await.unwrap(), State::Approved);
    assert_eq!(refused(desk.answer(2, &id, Outcome::Reject).await), Refusal::Decided);
    let moved = DealFacts { stage: "PREPARATION".to_owned(), ..deal() };
    assert_eq!(desk.seen(&moved).await, Seen::Nothing, "our own move is no news");
    assert_eq!(desk.state(&id).await, (State::Approved, 1));
}

#[tokio::test]
async fn two_of_three_are_enough_for_a_yes_and_for_a_no() {
    for (outcome, end) in [(Outcome::Approve, State::Approved), (Outcome::Reject, State::Rejected)]
    {
        let desk = Desk::new(Need::Count(2)).await;
        let id = desk.opened().await;
        assert_eq!(desk.answer(2, &id, outcome).await.unwrap(), State::Open);
        assert_eq!(desk.answer(0, &id, outcome).await.unwrap(), end);
        assert_eq!(refused(desk.answer(1, &id, outcome).await), Refusal::Decided);
    }
}

#[tokio::test]
async fn in_turn_nobody_answers_before_their_turn() {
    let desk = Desk::new(Need::InTurn).await;
    let id = desk.opened().await;
    assert_eq!(refused(desk.answer(1, &id, Outcome::Approve).await), Refusal::NotYourTurn);
    for (place, state) in [(0, State::Open), (1, State::Open), (2, State::Approved)] {
        assert_eq!(desk.answer(place, &id, Outcome::Approve).await.unwrap(), state);
    }
}

#[tokio::test]
async fn a_changed_deal_is_asked_anew_and_earlier_answers_count_no_more() {
    let desk = Desk::new(Need::Count(1)).await;
    let id = desk.opened().await;
    let dearer = DealFacts { amount: Some(Money::kopecks(70_000_000)), ..deal() };
    assert_eq!(desk.seen(&dearer).await, Seen::Reopened(id.clone()));
    assert_eq!(desk.state(&id).await, (State::Open, 2));
    assert_eq!(refused(desk.answer(0, &id, Outcome::Approve).await), Refusal::Reopened);
    let answer = desk.answers(&desk.who(0), (&id, 2), Outcome::Approve, None).await;
    assert_eq!(answer.unwrap(), State::Approved);
    // Raised after the decision, where the decision has put it.
    let raised = DealFacts {
        stage: "PREPARATION".to_owned(),
        amount: Some(Money::kopecks(90_000_000)),
        ..deal()
    };
    assert_eq!(desk.seen(&raised).await, Seen::Reopened(id.clone()));
    assert_eq!(desk.state(&id).await, (State::Open, 3));
}

#[tokio::test]
async fn what_leaves_the_rule_is_withdrawn_and_asked_anew_when_it_comes_back() {
    let desk = Desk::new(Need::Count(1)).await;
    let id = desk.opened().await;
    let gone = DealFacts { state: DealState::Deleted, ..deal() };
    assert_eq!(desk.seen(&gone).await, Seen::Withdrawn(id.clone()));
    assert_eq!(refused(desk.answer(0, &id, Outcome::Approve).await), Refusal::Withdrawn);
    assert_eq!(desk.seen(&gone).await, Seen::Nothing);
    assert_eq!(desk.seen(&deal()).await, Seen::Reopened(id.clone()));
    let no = desk.answers(&desk.who(1), (&id, 2), Outcome::Reject, Some("дорого")).await;
    assert_eq!(no.unwrap(), State::Rejected);
    let lost = DealFacts { stage: "LOSE".to_owned(), state: DealState::Lost, ..deal() };
    assert_eq!(desk.seen(&deal()).await, Seen::Nothing, "a late word of before our move");
    assert_eq!(desk.seen(&lost).await, Seen::Nothing);
    assert_eq!(desk.seen(&deal()).await, Seen::Reopened(id), "put back for another try");
}

#[tokio::test]
async fn a_refusal_says_why_and_nobody_decides_what_they_asked_for() {
    let desk = Desk::new(Need::Count(1)).await;
    let mut asked = deal();
    asked.staff.insert("5".to_owned(), desk.who(0));
    let Seen::Opened(id) = desk.seen(&asked).await else { panic!("nothing is asked") };
    assert_eq!(refused(desk.answer(0, &id, Outcome::Approve).await), Refusal::Own);
    for reason in [None, Some("  ")] {
        let answer = desk.answers(&desk.who(1), (&id, 1), Outcome::Reject, reason).await;
        assert_eq!(refused(answer), Refusal::ReasonNeeded);
    }
    assert_eq!(desk.answer(1, &id, Outcome::Changes).await.unwrap(), State::ChangesRequested);
    let promised = desk.kit.promised().await;
    assert!(promised.contains(&"51 approval_news".to_owned()), "{promised:?}");
}

#[tokio::test]
async fn a_deadline_reminds_hands_up_and_ends() {
    let desk = Desk::new(Need::All).await;
    let id = desk.opened().await;
    let mut db = desk.kit.db.read().await.unwrap();
    assert_eq!(tick(&desk.kit.db, &desk.kit.d).await.unwrap(), 0);
    desk.pass(4);
    assert_eq!(tick(&desk.kit.db, &desk.kit.d).await.unwrap(), 1);
    assert_eq!(tick(&desk.kit.db, &desk.kit.d).await.unwrap(), 0);
    desk.pass(4);
    assert_eq!(refused(desk.answer(0, &id, Outcome::Approve).await), Refusal::Expired);
    assert_eq!(tick(&desk.kit.db, &desk.kit.d).await.unwrap(), 1);
    assert_eq!(desk.state(&id).await, (State::Open, 1));
    assert_eq!(desk.answer(0, &id, Outcome::Approve).await.unwrap(), State::Open);
    desk.pass(24 * 3);
    assert_eq!(tick(&desk.kit.db, &desk.kit.d).await.unwrap(), 1);
    assert_eq!(desk.state(&id).await, (State::Expired, 1));
    assert_eq!(refused(desk.answer(3, &id, Outcome::Approve).await), Refusal::Expired);
    let told: Vec<String> =
        history(&mut db, &id).await.unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(told, ["opened", "reminded", "escalated", "approved", "expired"]);
}

#[tokio::test]
async fn whoever_is_above_decides_for_all() {
    let desk = Desk::new(Need::All).await;
    let id = desk.opened().await;
    desk.pass(8);
    tick(&desk.kit.db, &desk.kit.d).await.unwrap();
    assert_eq!(desk.answer(3, &id, Outcome::Approve).await.unwrap(), State::Approved);
}

#[tokio::test]
async fn a_substitute_answers_for_the_absent_on_those_days() {
    let desk = Desk::new(Need::InTurn).await;
    let id = desk.opened().await;
    let mut tx = desk.kit.tx().await;
    let (absent, substitute) = (desk.who(0), desk.who(3));
    let days = (desk.kit.d.today(), desk.kit.d.today());
    let d = &desk.kit.d;
    substitutes::add(&mut tx, d, &desk.people[0], (&absent, &substitute), days).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.answer(3, &id, Outcome::Approve).await.unwrap(), State::Open);
    let mut db = desk.kit.db.read().await.unwrap();
    let seats = seats(&mut db, &id).await.unwrap();
    assert_eq!((seats[0].state.as_str(), seats[0].stood_in.is_some()), ("approved", true));
    assert_eq!(refused(desk.answer(0, &id, Outcome::Approve).await), Refusal::Repeated);
}
