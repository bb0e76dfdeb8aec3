//! Who decides, as a form asks it: one seat after the other, people by their names.

use domain::Error;
use domain::approvals::rules::{Approver, Need};
use domain::staff::{Role, Staff};

use crate::console::approvals::typed::parsed;
use crate::console::frame::role_word;
use crate::input::Form;
use crate::present;
use crate::ui::Ui;
use crate::views::parts::Choice;

/// The seats of those who decide.
pub(crate) const DECIDES: Bank = Bank { of: "approver", first: "approver_1" };
/// The seats of those who are asked when time is up.
pub(crate) const THEN: Bank = Bank { of: "escalate", first: "escalate_1" };
/// So many seats a form has at least.
const SEATS: usize = 5;
/// So many it has at most.
const MOST: usize = 20;

/// Seats of one kind: how the names of their fields begin, and the first of them.
#[derive(Clone, Copy)]
pub(crate) struct Bank {
    of: &'static str,
    first: &'static str,
}

impl Bank {
    fn field(self, place: usize) -> String {
        format!("{}_{place}", self.of)
    }
}

/// One seat: a field of the form.
pub(crate) struct Seat {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) choices: Vec<Choice>,
}

/// Who may sit somewhere, and how they are called.
pub(crate) struct Bench<'a> {
    ui: Ui,
    people: &'a [Staff],
    /// Whether the head of the responsible person may.
    head: bool,
}

impl<'a> Bench<'a> {
    /// The dealer's people.
    pub(crate) fn new(ui: Ui, people: &'a [Staff]) -> Bench<'a> {
        Bench { ui, people, head: false }
    }

    /// And the head of the responsible person, where a deal has one.
    pub(crate) fn with_head(self) -> Bench<'a> {
        Bench { head: true, ..self }
    }

    /// The seats of those who decide, filled in.
    pub(crate) fn deciding(&self, chosen: &[Approver]) -> Vec<Seat> {
        let label = |place: usize| self.ui.with("console-hand-seat", "place", place.to_string());
        self.seats(DECIDES, chosen, SEATS.max(chosen.len()), label)
    }

    /// The seats of those who decide after them.
    pub(crate) fn escalating(&self, chosen: &[Approver]) -> Vec<Seat> {
        let label = |_| self.ui.s("console-rule-escalate").to_owned();
        self.seats(THEN, chosen, chosen.len().max(1), label)
    }

    fn seats(
        &self,
        bank: Bank,
        chosen: &[Approver],
        count: usize,
        label: impl Fn(usize) -> String,
    ) -> Vec<Seat> {
        let seat = |place: usize| Seat {
            name: bank.field(place),
            label: label(place),
            choices: self.choices(chosen.get(place - 1)),
        };
        (1..=count).map(seat).collect()
    }

    /// Roles first, then everybody by name; who is chosen stays, also when they have left.
    fn choices(&self, chosen: Option<&Approver>) -> Vec<Choice> {
        let roles = [Role::Manager, Role::Administrator].map(Approver::Role);
        let head = self.head.then_some(Approver::Head);
        let people = self.people.iter().map(|one| Approver::Person(one.telegram_id));
        let mut all: Vec<Approver> = roles.into_iter().chain(head).chain(people).collect();
        all.extend(chosen.filter(|one| !all.contains(one)).cloned());
        let choice =
            |one: &Approver| present::choice(&one.to_string(), self.word(one), Some(one) == chosen);
        all.iter().map(choice).collect()
    }

    /// How one is called.
    pub(crate) fn word(&self, one: &Approver) -> String {
        let known = |id: &i64| self.people.iter().find(|person| person.telegram_id == *id);
        match one {
            Approver::Person(id) => known(id).map_or_else(|| id.to_string(), |it| it.name.clone()),
            Approver::Role(role) => {
                self.ui.with("console-hand-any", "role", role_word(self.ui, *role))
            }
            Approver::Head => self.ui.s("console-rule-head").to_owned(),
        }
    }
}

/// How many must agree: all, all in turn, or a number.
pub(crate) fn needs(ui: Ui, chosen: Need) -> Vec<Choice> {
    let named = [(Need::All, "console-hand-need-all"), (Need::InTurn, "console-hand-need-turn")];
    let named = named.into_iter().map(|(need, key)| (need.to_string(), ui.s(key).to_owned()));
    let words = |count: String| {
        let label = ui.with("console-hand-need-count", "count", count.as_str());
        (count, label)
    };
    let mut all: Vec<(String, String)> =
        named.chain((1..SEATS).map(|count| words(count.to_string()))).collect();
    let chosen = chosen.to_string();
    if !all.iter().any(|(value, _)| *value == chosen) {
        all.push(words(chosen.clone()));
    }
    let choice = |(value, label): (String, String)| {
        let selected = value == chosen;
        present::choice(&value, label, selected)
    };
    all.into_iter().map(choice).collect()
}

/// Who decides; somebody must.
pub(crate) fn deciding(form: &Form) -> Result<Vec<Approver>, Error> {
    let all = chosen(form, DECIDES)?;
    if all.is_empty() { Err(Error::invalid(DECIDES.first, "error-required")) } else { Ok(all) }
}

/// Who was chosen, in order; one who was chosen twice sits once.
pub(crate) fn chosen(form: &Form, bank: Bank) -> Result<Vec<Approver>, Error> {
    let mut all = Vec::new();
    for place in 1..=MOST {
        let Some(word) = form.owned(&bank.field(place)) else { continue };
        let one = parsed::<Approver>(&word, bank.first)?;
        if !all.contains(&one) {
            all.push(one);
        }
    }
    Ok(all)
}
