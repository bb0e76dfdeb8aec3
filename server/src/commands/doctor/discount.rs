//! Whether somebody is there to decide about a discount, for whoever asks.

use domain::approvals::discounts::DiscountRule;
use domain::approvals::rules::Approver;
use domain::staff::{self, Role, Staff};

use crate::commands;
use crate::commands::doctor::database;
use crate::commands::doctor::report::Line;
use crate::config::Config;

const WHAT: &str = "discount approvals";

/// One line where a limit is set, none otherwise.
pub(super) async fn check(config: &Config) -> Vec<Line> {
    let Some(rule) = &config.discount else { return Vec::new() };
    // Where there is no database yet another line says so.
    if database::missing(config).is_some() {
        return Vec::new();
    }
    let Ok(db) = commands::open(config).await else { return Vec::new() };
    let people = async { staff::list(&mut db.read().await?).await };
    let people: domain::Result<Vec<Staff>> = people.await;
    db.close().await;
    vec![match people {
        Ok(people) => line(rule, &people),
        Err(error) => Line::bad(WHAT, error.to_string()),
    }]
}

fn line(rule: &DiscountRule, people: &[Staff]) -> Line {
    let nobody = rule.approvers.iter().find(|one| !people.iter().any(|staff| is(one, staff)));
    if let Some(nobody) = nobody {
        let words = format!(
            "approvers in [approval.discount] names {nobody}, and nobody of the staff is that: \
             `mypark staff list` shows who there is"
        );
        return Line::bad(WHAT, words);
    }
    let decides = |staff: &&Staff| rule.approvers.iter().any(|one| is(one, staff));
    let deciders: Vec<&Staff> = people.iter().filter(decides).collect();
    match deciders.as_slice() {
        [one] if one.is_manager() && !rule.policy.own_allowed => {
            let words = format!(
                "more than {} % is decided by {} alone, whose own quotes nobody named here decides: \
                 name a second person, or set own_allowed = true",
                rule.most, one.name
            );
            Line::warning(WHAT, words)
        }
        all => {
            let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
            let words = format!("more than {} % is decided by {}", rule.most, names.join(", "));
            Line::good(WHAT, words)
        }
    }
}

fn is(approver: &Approver, staff: &Staff) -> bool {
    match approver {
        Approver::Person(id) => staff.telegram_id == *id,
        Approver::Role(Role::Manager) => staff.is_manager(),
        Approver::Role(role) => staff.role == *role,
        Approver::Head => false,
    }
}

#[cfg(test)]
mod tests {
    use domain::approvals::rules::Policy;
    use domain::ids::StaffId;
    use domain::orders::discount::Percent;
    use domain::texts::Lang;

    use super::*;

    fn staff(telegram_id: i64, role: Role, name: &str) -> Staff {
        let (id, language) = (StaffId::from(name), Lang::Ru);
        Staff { id, telegram_id, role, name: name.to_owned(), language, active: true }
    }

    #[test]
    fn it_is_said_who_decides_and_where_nobody_can() {
        let of = |approvers: &[Approver]| DiscountRule {
            most: Percent::parse("7,5").unwrap(),
            approvers: approvers.to_vec(),
            policy: Policy::any_one(),
        };
        let chief = staff(1, Role::Administrator, "Olga");
        let people = [chief.clone(), staff(2, Role::Manager, "Maria")];
        let said = |rule: &DiscountRule, people: &[Staff]| line(rule, people).to_string();
        let managers = of(&[Approver::Role(Role::Manager)]);
        assert!(said(&managers, &people).contains("more than 7,5 % is decided by Olga, Maria"));
        let administrators = of(&[Approver::Role(Role::Administrator)]);
        let alone = said(&administrators, &people);
        assert!(alone.contains("Olga alone") && alone.contains("own_allowed"), "{alone}");
        let own = Policy { own_allowed: true, ..Policy::any_one() };
        let allowed = DiscountRule { policy: own, ..administrators };
        assert!(!said(&allowed, &people).contains("alone"));
        let stranger = of(&[Approver::Person(77)]);
        assert!(line(&stranger, &people).is_bad(), "nobody is that");
        assert!(line(&of(&[Approver::Role(Role::Engineer)]), &[chief]).is_bad());
    }
}
