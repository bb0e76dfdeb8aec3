//! Whether whoever decides on approvals is known in the portal.

use std::collections::BTreeSet;

use domain::approvals::rules::{self, Approver, Rule, StoredRule};
use domain::db::Executor;
use domain::portal_users;
use domain::staff::{self, Staff};

use crate::commands;
use crate::commands::doctor::database;
use crate::commands::doctor::report::Line;
use crate::config::Config;

/// The rules in force: those of the file, and those of the console where there is a database yet.
pub(super) async fn rules(config: &Config) -> Vec<Rule> {
    let mut rules = config.approval_rules.clone();
    if database::missing(config).is_none()
        && let Ok(db) = commands::open(config).await
    {
        let stored = async { rules::list(&mut db.read().await?).await };
        let stored: domain::Result<Vec<StoredRule>> = stored.await;
        let stored = stored.unwrap_or_default().into_iter().filter(|one| one.active);
        rules.extend(stored.map(|one| one.rule));
        db.close().await;
    }
    rules
}

/// Names those who are not; nothing where nothing is asked in the portal.
pub(super) async fn check(name: &str, config: &Config) -> Option<Line> {
    // Where there is no database yet another line says so.
    if database::missing(config).is_some() {
        return None;
    }
    let db = commands::open(config).await.ok()?;
    let unknown = async {
        let mut reader = db.read().await?;
        unknown(&mut reader, name, &config.approval_rules).await
    };
    let unknown: domain::Result<Option<Vec<Staff>>> = unknown.await;
    db.close().await;
    let what = format!("{name} approvers");
    match unknown {
        Ok(None) => None,
        Ok(Some(unknown)) if unknown.is_empty() => {
            Some(Line::good(&what, "everybody who decides is known in the portal"))
        }
        Ok(Some(unknown)) => {
            let names: Vec<&str> = unknown.iter().map(|one| one.name.as_str()).collect();
            let words = format!(
                "not known in the portal: {}; give each the e-mail that they have there, `mypark \
                 staff add … --email`, or let them send /link to the bot and enter the code in the \
                 console. They still decide in Telegram",
                names.join(", ")
            );
            Some(Line::warning(&what, words))
        }
        Err(error) => Some(Line::bad(&what, error.to_string())),
    }
}

/// Those who decide by any rule of the connection and are nobody there; `None` without rules.
async fn unknown(
    reader: &mut impl Executor,
    name: &str,
    of_file: &[Rule],
) -> domain::Result<Option<Vec<Staff>>> {
    let stored = rules::list(reader).await?.into_iter().filter(|one| one.active);
    let rules: Vec<Rule> = of_file.iter().cloned().chain(stored.map(|one| one.rule)).collect();
    let asked = rules.iter().filter(|rule| rule.connection == name);
    let approvers: BTreeSet<String> = asked
        .flat_map(|rule| rule.approvers.iter().chain(&rule.policy.escalate_to))
        .map(ToString::to_string)
        .collect();
    if approvers.is_empty() {
        return Ok(None);
    }
    let known = portal_users::all(reader, name).await?;
    let decides = |one: &Staff| {
        let by = [Approver::Person(one.telegram_id), Approver::Role(one.role)];
        by.iter().any(|by| approvers.contains(&by.to_string()))
    };
    let mut people = staff::list(reader).await?;
    people.retain(|one| decides(one) && known.iter().all(|known| known.staff_id != one.id));
    Ok(Some(people))
}
