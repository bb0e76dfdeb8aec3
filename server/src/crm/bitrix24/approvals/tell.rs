//! Makes the portal like an approval is: the task and who hears of it while it is open; what follows,
//! once it is not. Every step is remembered, so that a crash between two of them repeats none; what
//! may have been done is looked for before it is done again.

use domain::approvals::rules::Entity;
use domain::approvals::{self, Case, Seat, Stand, State};
use domain::ids::{ApprovalId, token_hash};
use domain::portal_users;
use serde_json::json;

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::compose::{self, NewTask, number};
use crate::crm::bitrix24::approvals::facts::binding;
use crate::crm::bitrix24::approvals::tasks::{COMPLETED, Said, Task, WAITING, permitted};
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::failure::{creating, reading};
use crate::crm::tell::{Account as _, Memory, local};
use crate::worker::policy::{Failure, Look};

/// The step at which the task is remembered.
pub(super) const TASK: &str = "task";

/// The version that the task was last told.
pub(super) const TOLD: &str = "told";

/// What the task looked like when it was last written.
const SHOWN: &str = "shown";

/// A version whose task was deleted there and made anew: once, or people and we would never end.
const REMADE: &str = "remade";

/// Of words that were said and not seen in their place.
const UNSEEN: &str = "0";

/// How the steps begin that are words of ours in the task.
const WORDS: &[&str] = &["reopened:", "outcome:", "answer:"];

/// Why a task is not there.
const NO_RIGHT: &str = "no task: the access lacks the right «task»";
const NOBODY: &str = "no task: nobody who decides is known in the portal";
const DELETED: &str = "no task: it was deleted in Bitrix24 again";

/// An approval that is being told to its portal.
pub(super) struct Telling<'a> {
    pub(super) account: &'a BitrixAccount<'a>,
    pub(super) case: Case,
    /// What it is remembered as.
    pub(super) entity: String,
    pub(super) look: Look,
    pub(super) place: (Entity, i64),
}

/// What an approval is remembered as.
pub(super) fn entity_of(id: &ApprovalId) -> String {
    format!("approval:{id}")
}

impl BitrixAccount<'_> {
    /// Carries `CrmApproval` out.
    pub(in crate::crm::bitrix24) async fn tell(
        &self,
        id: &ApprovalId,
        look: Look,
    ) -> Result<Option<String>, Failure> {
        let Some(telling) = Telling::begin(self, id, look).await? else {
            return Ok(Some("nothing: it is about no deal of the portal".to_owned()));
        };
        match telling.case.approval.state {
            State::Open => telling.ask().await,
            _ => telling.end().await,
        }
    }

    /// Carries `CrmApprovalAnswer` out: says why, and makes the task as it was.
    pub(in crate::crm::bitrix24) async fn answer(
        &self,
        id: &ApprovalId,
        (user, why, occasion): (i64, &str, &str),
        look: Look,
    ) -> Result<Option<String>, Failure> {
        let Some(telling) = Telling::begin(self, id, look).await? else { return Ok(None) };
        let step = format!("answer:{occasion}");
        if let Some(task) = telling.linked_task().await? {
            telling.say(&task, &step, &compose::refused(user, why)).await?;
        }
        match telling.case.approval.state {
            State::Open => telling.ask().await,
            _ => telling.end().await,
        }
    }
}

impl<'a> Telling<'a> {
    async fn begin(
        account: &'a BitrixAccount<'a>,
        id: &ApprovalId,
        look: Look,
    ) -> Result<Option<Telling<'a>>, Failure> {
        account.keep_people().await.map_err(reading)?;
        let case = {
            let mut reader = account.db().read().await.map_err(local)?;
            approvals::load(&mut reader, id).await.map_err(local)?
        };
        let approval = &case.approval;
        let their = approval.entity_id.as_ref().and_then(|id| id.parse().ok());
        let Some(place) = approval.entity.zip(their) else { return Ok(None) };
        Ok(Some(Telling { account, entity: entity_of(id), case, look, place }))
    }

    pub(super) fn memory(&self) -> &Memory {
        self.account.memory()
    }

    /// It is open: the task asks whoever is asked, and they are notified.
    async fn ask(&self) -> Result<Option<String>, Failure> {
        let deciders = self.deciders(|seat| seat.state == Stand::Asked).await?;
        let left_out = self.task(&deciders).await?;
        let (version, id) = (self.case.approval.version, &self.case.approval.id);
        for user in deciders {
            let (step, tag) = (format!("please:{version}:{user}"), format!("MYPARK|{id}|{user}"));
            self.notify(&step, user, &compose::please(&self.case.approval), &tag).await?;
        }
        Ok(left_out)
    }

    /// The portal's ids of those in the seats that fit, in their order, each once.
    async fn deciders(&self, fits: impl Fn(&Seat) -> bool) -> Result<Vec<i64>, Failure> {
        let mut reader = self.account.db().read().await.map_err(local)?;
        let mut users = Vec::new();
        for seat in self.case.seats.iter().filter(|seat| fits(seat)) {
            let name = self.account.bitrix.name();
            let user = portal_users::user_of(&mut reader, name, &seat.staff_id).await;
            if let Some(user) = user.map_err(local)?
                && !users.contains(&user)
            {
                users.push(user);
            }
        }
        Ok(users)
    }

    /// The task as it should be; why there is none, where there is none.
    async fn task(&self, deciders: &[i64]) -> Result<Option<String>, Failure> {
        let Some(wanted) = NewTask::of(&self.case, deciders, self.account.dealer().zone) else {
            return Ok(Some(NOBODY.to_owned()));
        };
        let made = match self.memory().linked_id(&self.entity, TASK).await? {
            None => self.made(&wanted).await?,
            Some(id) => match permitted(self.account.calls.task(id).await).map_err(reading)? {
                None => None,
                Some(Some(task)) => {
                    self.keep(&task, &wanted).await?;
                    Some(task)
                }
                Some(None) if self.may_remake().await? => self.made(&wanted).await?,
                Some(None) => return Ok(Some(DELETED.to_owned())),
            },
        };
        let Some(task) = made else { return Ok(Some(NO_RIGHT.to_owned())) };
        self.tell_version(&task).await?;
        Ok(None)
    }

    /// Makes the task, or finds the one that an earlier try made; `None` without the right.
    async fn made(&self, wanted: &NewTask) -> Result<Option<Task>, Failure> {
        let bound = binding(self.place.0, self.place.1);
        let calls = self.account.calls;
        let number = format!("{}:", number(&self.case.approval));
        let mut found = None;
        if self.look.wanted() {
            found = permitted(calls.find_task(&bound, &number).await).map_err(reading)?.flatten();
        }
        let id = match found {
            Some(id) => id,
            None => {
                let mut fields = wanted.fields();
                fields.insert("UF_CRM_TASK".to_owned(), json!([bound]));
                match permitted(calls.add_task(fields.into()).await).map_err(creating)? {
                    Some(id) => id,
                    None => return Ok(None),
                }
            }
        };
        self.memory().point(&self.entity, TASK, id).await?;
        self.memory().replace(&self.entity, SHOWN, &shown(wanted)).await?;
        calls.task(id).await.map_err(reading)
    }

    /// Once per version.
    async fn may_remake(&self) -> Result<bool, Failure> {
        let step = format!("{REMADE}:{}", self.case.approval.version);
        if self.memory().linked(&self.entity, &step).await?.is_some() {
            return Ok(false);
        }
        self.memory().remember(&self.entity, &step, "1").await?;
        Ok(true)
    }

    /// The task that is there says what is asked now, of whom, and waits.
    async fn keep(&self, task: &Task, wanted: &NewTask) -> Result<(), Failure> {
        let told = self.memory().linked(&self.entity, SHOWN).await?;
        let mut fields = match told.as_deref() == Some(shown(wanted).as_str()) {
            true => serde_json::Map::new(),
            false => wanted.fields(),
        };
        if task.is_completed {
            fields.insert("STATUS".to_owned(), WAITING.into());
        }
        if fields.is_empty() {
            return Ok(());
        }
        self.account.calls.change_task(task.id, &fields).await.map_err(reading)?;
        self.memory().replace(&self.entity, SHOWN, &shown(wanted)).await
    }

    /// What is asked anew is said in the task; answers before that were about what it was before.
    async fn tell_version(&self, task: &Task) -> Result<(), Failure> {
        let version = self.case.approval.version;
        let told = self.memory().linked_id(&self.entity, TOLD).await?.unwrap_or_default();
        if told >= version {
            return Ok(());
        }
        if version > 1 {
            let step = format!("reopened:{version}");
            self.say(task, &step, &compose::reopened(&self.case)).await?;
        }
        self.memory().point(&self.entity, TOLD, version).await
    }

    /// Says something in the task, once per step; its place there is remembered.
    async fn say(&self, task: &Task, step: &str, text: &str) -> Result<(), Failure> {
        let (calls, memory) = (self.account.calls, self.memory());
        match memory.linked(&self.entity, step).await?.as_deref() {
            // Said, and its place not seen yet.
            Some(UNSEEN) => {}
            Some(_) => return Ok(()),
            None if self.look.wanted() && self.place_of(task, step, text).await? => return Ok(()),
            None => {
                permitted(calls.say_in(task.id, text).await).map_err(creating)?;
                memory.remember(&self.entity, step, UNSEEN).await?;
            }
        }
        self.place_of(task, step, text).await.map(drop)
    }

    /// Whether the task says this already, as no other step; then its place is remembered.
    async fn place_of(&self, task: &Task, step: &str, text: &str) -> Result<bool, Failure> {
        let said = match permitted(self.account.calls.said_in(task).await) {
            Ok(said) => said.unwrap_or_default(),
            Err(CallError::Rejected { .. }) => Vec::new(),
            Err(error) => return Err(reading(error)),
        };
        let others = self.memory().steps_of(&self.entity, WORDS).await?;
        let fits =
            |one: &&Said| one.text.trim() == text.trim() && !others.contains(&one.id.to_string());
        let Some(found) = said.iter().find(fits) else { return Ok(false) };
        self.memory().replace(&self.entity, step, &found.id.to_string()).await?;
        Ok(true)
    }

    /// The task, if one was made and is still there.
    async fn linked_task(&self) -> Result<Option<Task>, Failure> {
        let Some(id) = self.memory().linked_id(&self.entity, TASK).await? else { return Ok(None) };
        Ok(permitted(self.account.calls.task(id).await).map_err(reading)?.flatten())
    }

    /// It is no longer asked: the task says how it ended and is closed, and what follows is done.
    async fn end(&self) -> Result<Option<String>, Failure> {
        if let Some(task) = self.linked_task().await? {
            let step = format!("outcome:{}", self.case.approval.version);
            let text = format!("{} {}", super::answer::OURS, compose::outcome(&self.case));
            self.say(&task, &step, &text).await?;
            if !task.is_completed {
                let fields = [("STATUS".to_owned(), COMPLETED.into())].into_iter().collect();
                self.account.calls.change_task(task.id, &fields).await.map_err(reading)?;
            }
        }
        self.effect().await
    }
}

/// What a task looks like, as one word.
fn shown(task: &NewTask) -> String {
    token_hash(&serde_json::Value::from(task.fields()).to_string())
}
