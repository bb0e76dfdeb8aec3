//! A rule as people type it into its form.

use std::collections::BTreeMap;
use std::str::FromStr;

use domain::Error;
use domain::approvals::rules::{Effect, Entity, Need, Policy, Rule};
use domain::money::Money;

use crate::console::approvals::seats;
use crate::console::clerk::Clerk;
use crate::input::Form;

/// Minutes of a working hour.
pub(super) const HOUR: i64 = 60;

/// A rule as a form says it. What only the domain can judge it judges.
pub(super) fn read(clerk: &Clerk, form: &Form) -> Result<Rule, Error> {
    let connection = form.required("connection")?;
    if !clerk.state.connections().iter().any(|one| one.name == connection) {
        return Err(Error::invalid("connection", "error-choice"));
    }
    let entity = Entity::parse(form.required("entity")?);
    Ok(Rule {
        // A rule that is only tried needs neither a name nor anybody who decides.
        name: form.owned("name").unwrap_or_default(),
        connection: connection.to_owned(),
        entity: entity.ok_or(Error::invalid("entity", "error-choice"))?,
        pipeline: form.owned("pipeline"),
        amount_from: roubles(form, "amount_from")?.unwrap_or_default(),
        amount_to: roubles(form, "amount_to")?,
        stages: words(form.text("stages")),
        fields: pairs(form.text("fields"))?,
        responsible: words(form.text("responsible")),
        approvers: seats::chosen(form, seats::DECIDES)?,
        policy: Policy {
            need: parsed::<Need>(form.text("need").unwrap_or("all"), "need")?,
            deadline: minutes(form, "deadline")?,
            remind: minutes(form, "remind")?,
            escalate_to: seats::chosen(form, seats::THEN)?,
            on_approve: effect(form, "approve")?,
            on_reject: effect(form, "reject")?,
            on_changes: effect(form, "changes")?,
            own_allowed: form.flag("own_allowed"),
        },
    })
}

pub(super) fn parsed<T: FromStr>(word: &str, field: &'static str) -> Result<T, Error> {
    word.parse().map_err(|_| Error::invalid(field, "error-approver"))
}

/// What stands between commas or on lines of its own.
fn words(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split([',', ';', '\n']);
    parts.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// `name=value`, one a line.
fn pairs(text: Option<&str>) -> Result<BTreeMap<String, String>, Error> {
    let lines = text.unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let pairs = lines.map(|line| pair(line).ok_or(Error::invalid("fields", "error-pairs")));
    pairs.collect()
}

fn roubles(form: &Form, field: &'static str) -> Result<Option<Money>, Error> {
    let Some(text) = form.text(field) else { return Ok(None) };
    let sum = Money::parse_roubles(text);
    sum.map(Some).ok_or(Error::invalid(field, "error-number"))
}

/// Working hours, whole or as `1:30`, in minutes.
pub(super) fn minutes(form: &Form, field: &'static str) -> Result<Option<i64>, Error> {
    let Some(text) = form.text(field) else { return Ok(None) };
    let wrong = || Error::invalid(field, "error-number");
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let number =
        |text: &str| text.trim().parse::<i64>().ok().filter(|number| (0..10_000).contains(number));
    let (hours, minutes) = number(hours).zip(number(minutes)).ok_or_else(wrong)?;
    Ok(Some(hours * HOUR + minutes))
}

fn effect(form: &Form, of: &str) -> Result<Effect, Error> {
    let text = |what: &str| form.owned(&format!("{of}_{what}"));
    Ok(Effect {
        stage: text("stage"),
        fields: pairs(text("fields").as_deref())?,
        comment: text("comment"),
        task: text("task"),
    })
}

/// The other way round: `name=value`, one a line.
pub(super) fn written_pairs(pairs: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        let mut form = Form::default();
        for (name, value) in pairs {
            form.put((*name).to_owned(), (*value).to_owned());
        }
        form
    }

    #[test]
    fn working_time_is_hours_or_hours_and_minutes() {
        let of = |text| minutes(&form(&[("deadline", text)]), "deadline");
        assert_eq!(of("8").unwrap(), Some(480));
        assert_eq!(of("1:30").unwrap(), Some(90));
        assert_eq!(of(" ").unwrap(), None);
        for wrong in ["-1", "8h", "1:x", "99999"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn people_and_fields_are_read_as_they_are_typed() {
        let asked = |third| {
            let seats = [("approver_1", "1003"), ("approver_2", "manager"), ("approver_4", third)];
            seats::chosen(&form(&seats), seats::DECIDES)
        };
        assert_eq!(asked("head").unwrap().len(), 3);
        assert_eq!(asked("1003").unwrap().len(), 2, "who was chosen twice sits once");
        assert!(asked("Мария").is_err());
        let fields = pairs(Some("UF_CRM_1 = Да\n\nUF_CRM_2=1")).unwrap();
        assert_eq!(fields["UF_CRM_1"], "Да");
        assert!(pairs(Some("UF_CRM_1")).is_err());
    }
}
