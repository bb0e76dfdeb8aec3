//! `mypark staff`: who may do what.

use anyhow::Context as _;
use domain::text::{Email, Phone};
use domain::{Clock, staff, text};

use crate::commands::{one_line, open, out, out_json, table};
use crate::config::{Config, StaffCommand, StaffRole};

/// The longest name that is kept, in characters.
const NAME_LIMIT: usize = 100;

/// Runs `mypark staff …`.
pub(crate) async fn staff(config: &Config, command: StaffCommand) -> anyhow::Result<()> {
    match command {
        StaffCommand::Add { telegram_id, role, name, email, phone } => {
            let email = email.map(|email| {
                Email::parse(&email).with_context(|| format!("--email: {email} is no e-mail"))
            });
            let phone = phone.map(|phone| {
                Phone::parse(&phone).with_context(|| format!("--phone: {phone} is no phone"))
            });
            let reach = (email.transpose()?, phone.transpose()?);
            add(config, telegram_id, role, &name, reach).await
        }
        StaffCommand::List { json } => list(config, json).await,
        StaffCommand::Remove { telegram_id } => remove(config, telegram_id).await,
    }
}

async fn add(
    config: &Config,
    telegram_id: i64,
    role: StaffRole,
    name: &str,
    (email, phone): (Option<Email>, Option<Phone>),
) -> anyhow::Result<()> {
    anyhow::ensure!(telegram_id > 0, "--telegram-id: a person's id is a positive number");
    let Some(name) = text::clean(name, NAME_LIMIT) else {
        anyhow::bail!("--name: give a name of 1 to {NAME_LIMIT} characters");
    };
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let added = staff::add(&mut tx, telegram_id, granted(role), &name, Clock::system().now());
    let added = added.await?;
    staff::set_reach(&mut tx, telegram_id, email.as_ref(), phone.as_ref()).await?;
    tx.commit().await?;
    out(&format!("{} is {} now", one_line(&added.name), word(added.role)))
}

async fn list(config: &Config, json: bool) -> anyhow::Result<()> {
    let db = open(config).await?;
    let people = staff::list(&mut db.read().await?).await?;
    if json {
        return out_json(&people);
    }
    if people.is_empty() {
        return out("nobody yet: `mypark staff add`");
    }
    let row = |person: &staff::Staff| {
        vec![person.telegram_id.to_string(), word(person.role).to_owned(), one_line(&person.name)]
    };
    out(&table(&people.iter().map(row).collect::<Vec<_>>()))
}

async fn remove(config: &Config, telegram_id: i64) -> anyhow::Result<()> {
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let removed = staff::remove(&mut tx, telegram_id).await?;
    tx.commit().await?;
    anyhow::ensure!(removed, "{telegram_id} has no role; see `mypark staff list`");
    out(&format!("{telegram_id} has no role any more"))
}

fn granted(role: StaffRole) -> staff::Role {
    match role {
        StaffRole::Engineer => staff::Role::Engineer,
        StaffRole::Manager => staff::Role::Manager,
        StaffRole::Administrator => staff::Role::Administrator,
    }
}

fn word(role: staff::Role) -> &'static str {
    match role {
        staff::Role::Engineer => "engineer",
        staff::Role::Manager => "manager",
        staff::Role::Administrator => "administrator",
    }
}
