//! The people of the portal: who of them is which of our staff, whose head is who.

use chrono::TimeDelta;
use domain::portal_users::{self, PortalUser};
use domain::settings;
use domain::text::{Email, Phone};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::tasks::permitted;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::items::Item;

/// So often the portal's people are looked through for those of the staff who are not known yet.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// More levels a dealer does not have.
const LEVELS: usize = 6;

impl BitrixAccount<'_> {
    /// Knows the staff among the portal's people; now and then, for people come and go.
    ///
    /// # Errors
    /// See [`CallError`]. Without a right to people nobody is known, which is no error.
    pub(in crate::crm::bitrix24) async fn keep_people(&self) -> Result<(), CallError> {
        let (name, now) = (self.bitrix.name(), self.bitrix.dealer.clock.now());
        let key = format!("bitrix24:people:{name}");
        let looked = async { settings::get(&mut self.bitrix.db.read().await?, &key).await };
        let looked: domain::Result<Option<String>> = looked.await;
        let looked = looked.map_err(ours)?;
        let looked: Option<i64> = looked.and_then(|at| at.parse().ok());
        if looked.is_some_and(|at| now.timestamp() - at < EVERY.num_seconds()) {
            return Ok(());
        }
        let Some(users) = permitted(self.calls.everybody().await)? else { return Ok(()) };
        let users: Vec<PortalUser> = users.iter().filter_map(portal_user).collect();
        let keep = async {
            let mut tx = self.bitrix.db.begin().await?;
            // First: whoever looks at the same time waits for this row, and then finds all known.
            settings::put(&mut tx, &key, &now.timestamp().to_string()).await?;
            portal_users::match_all(&mut tx, name, &users, now).await?;
            tx.commit().await?;
            Ok(())
        };
        let kept: domain::Result<()> = keep.await;
        kept.map_err(ours)
    }

    /// The heads of a person, the nearest first: of their departments, and of those above.
    ///
    /// # Errors
    /// See [`CallError`]. Without a right to the structure there are none.
    pub(super) async fn heads_of(&self, user: &Item) -> Result<Vec<i64>, CallError> {
        let (own, mut heads) = (user.number("ID"), Vec::new());
        let mut next = user.ids("UF_DEPARTMENT");
        for _ in 0..LEVELS {
            if next.is_empty() {
                break;
            }
            let Some(departments) = permitted(self.calls.departments(&next).await)? else { break };
            for head in departments.iter().filter_map(|one| one.number("UF_HEAD")) {
                // Nobody is their own head.
                if Some(head) != own && !heads.contains(&head) {
                    heads.push(head);
                }
            }
            next = departments.iter().filter_map(|one| one.number("PARENT")).collect();
            next.dedup();
        }
        Ok(heads)
    }
}

/// A person as the domain knows them.
fn portal_user(user: &Item) -> Option<PortalUser> {
    let phones = ["PERSONAL_MOBILE", "WORK_PHONE"].iter().filter_map(|name| user.text(name));
    Some(PortalUser {
        id: user.number("ID")?,
        email: user.text("EMAIL").and_then(|email| Email::parse(&email)),
        phones: phones.filter_map(|phone| Phone::parse(&phone)).collect(),
        active: user.is_true("ACTIVE"),
    })
}

/// The name of a person, as people say it.
pub(crate) fn name_of(user: &Item) -> String {
    let names = ["NAME", "LAST_NAME"].iter().filter_map(|name| user.text(name));
    names.collect::<Vec<_>>().join(" ")
}

/// Our own side failed before anything was sent.
pub(super) fn ours(error: impl std::fmt::Display) -> CallError {
    CallError::Local { words: error.to_string() }
}
