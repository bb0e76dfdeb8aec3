//! What happens to the task of an approval: whoever completes it agrees, a comment that begins with an
//! answer is one. Events are hints, so the task is read; what was heard before is not heard again.

use chrono::{DateTime, Utc};
use domain::approvals::{self, Approval, Decider, Outcome, Refusal, State, Via};
use domain::db::Tx;
use domain::ids::ApprovalId;
use domain::{Error, links, portal_users};

use crate::crm::bitrix24::CallError;
use crate::crm::bitrix24::approvals::answer;
use crate::crm::bitrix24::approvals::people::ours;
use crate::crm::bitrix24::approvals::tasks::{Said, Task, permitted};
use crate::crm::bitrix24::approvals::tell::{TASK, TOLD, entity_of};
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::hear::{Hint, internal, trouble};
use crate::worker::inbox::Trouble;

/// The newest comment that was heard.
const HEARD: &str = "heard";

/// The newest completion that was heard.
const CLOSED: &str = "closed";

/// An answer as it was found in a task.
struct Answer {
    user: i64,
    /// To which version.
    version: i64,
    outcome: Outcome,
    reason: Option<String>,
    /// Where it stands: the comment's id, or when the task was completed.
    mark: (&'static str, String),
}

impl BitrixAccount<'_> {
    /// Follows a task, where it is that of an approval.
    pub(in crate::crm::bitrix24) async fn follow_approval(
        &self,
        hint: &Hint,
    ) -> Result<(), Trouble> {
        let Some(id) = self.approval_of(&hint.id).await.map_err(internal)? else { return Ok(()) };
        let approval = self.approval(&id).await.map_err(internal)?;
        let Ok(task) = hint.id.parse() else { return Ok(()) };
        let Some(task) = permitted(self.calls.task(task).await).map_err(trouble)? else {
            return Ok(());
        };
        let Some(task) = task else {
            // Deleted there: what is still asked is asked by a task that is there.
            return self.tell_again(&approval, &format!("gone:{}", hint.id)).await;
        };
        let said = match permitted(self.calls.said_in(&task).await) {
            Ok(said) => said.unwrap_or_default(),
            Err(CallError::Rejected { .. }) => Vec::new(),
            Err(error) => return Err(trouble(error)),
        };
        let entity = entity_of(&id);
        let news = self.answers(&entity, &task, &said).await.map_err(internal)?;
        if news.is_empty() && task.is_completed {
            // Completed without an answer while one is awaited: it is put back.
            return self.tell_again(&approval, &format!("closed:{}", closed_mark(&task))).await;
        }
        for one in news {
            self.take(&id, &entity, one).await.map_err(internal)?;
        }
        Ok(())
    }

    /// The approval whose task this is.
    async fn approval_of(&self, task: &str) -> domain::Result<Option<ApprovalId>> {
        let mut reader = self.bitrix.db.read().await?;
        let behind = links::entities(&mut reader, self.bitrix.name(), TASK, task).await?;
        let id = behind.iter().find_map(|entity| entity.strip_prefix("approval:"));
        Ok(id.map(Into::into))
    }

    async fn approval(&self, id: &ApprovalId) -> domain::Result<Approval> {
        approvals::find(&mut self.bitrix.db.read().await?, id).await
    }

    /// What in the task answers and was not heard yet, in the order in which it was said.
    async fn answers(
        &self,
        entity: &str,
        task: &Task,
        said: &[Said],
    ) -> domain::Result<Vec<Answer>> {
        let (told, heard, closed, asked) = {
            let (mut reader, name) = (self.bitrix.db.read().await?, self.bitrix.name());
            let told = links::find(&mut reader, name, entity, TOLD).await?;
            let heard = links::find(&mut reader, name, entity, HEARD).await?;
            let closed = links::find(&mut reader, name, entity, CLOSED).await?;
            (
                number(told).max(1),
                number(heard),
                closed,
                links::steps(&mut reader, name, entity).await?,
            )
        };
        // Which version a comment answers: the one that was last told before it.
        let asked = |comment: i64| {
            let told = asked.iter().filter_map(|(step, id)| {
                let version: i64 = step.strip_prefix("reopened:")?.parse().ok()?;
                (id.parse::<i64>().ok()? < comment).then_some(version)
            });
            told.max().unwrap_or(1)
        };
        let mut answers: Vec<Answer> = said
            .iter()
            .filter(|one| one.id > heard)
            .filter_map(|one| {
                let (outcome, reason) = answer::of(&one.text)?;
                let (version, mark) = (asked(one.id), (HEARD, one.id.to_string()));
                Some(Answer { user: one.author, version, outcome, reason, mark })
            })
            .collect();
        let user = task.closed_by.filter(|_| task.is_completed);
        if let Some(user) = user.filter(|_| closed.as_ref() != Some(&closed_mark(task))) {
            let mark = (CLOSED, closed_mark(task));
            // Completing repeats one's last word, so that a «no» that did not count is no «yes».
            let words = said.iter().rev().filter(|one| one.author == user);
            let mut words = words.filter(|one| asked(one.id) == told);
            let last = words.find_map(|one| Some((one.id, answer::of(&one.text)?)));
            let answer = match last {
                Some((id, _)) if id > heard => None,
                Some((_, (outcome, reason))) => Some((outcome, reason)),
                None => Some((Outcome::Approve, None)),
            };
            answers.extend(answer.map(|(outcome, reason)| Answer {
                user,
                version: told,
                outcome,
                reason,
                mark,
            }));
        }
        Ok(answers)
    }

    /// Takes an answer, or says why it does not count.
    async fn take(&self, id: &ApprovalId, entity: &str, one: Answer) -> domain::Result<()> {
        let (name, d) = (self.bitrix.name(), &self.bitrix.dealer);
        let mut tx = self.bitrix.db.begin().await?;
        let staff = portal_users::staff_of(&mut tx, name, one.user).await?;
        let decided = match staff {
            Some(staff) => {
                let who = Decider { staff: staff.id, via: Via::Portal };
                let reason = one.reason.as_deref();
                approvals::decide(&mut tx, d, &who, id, one.version, one.outcome, reason)
                    .await
                    .map(drop)
            }
            None => Err(Refusal::Stranger.into()),
        };
        let why = match decided {
            Ok(()) => {
                mark(&mut tx, name, entity, &one, d.clock.now()).await?;
                tx.commit().await?;
                return Ok(());
            }
            Err(Error::Refused(refusal)) => refusal.key(),
            Err(Error::Invalid(fault)) => fault.problem,
            Err(error) => return Err(error),
        };
        drop(tx);
        let mut tx = self.bitrix.db.begin().await?;
        let approval = approvals::find(&mut tx, id).await?;
        let ended = !matches!(approval.state, State::Open);
        // A task that is closed because it was decided, by whomever, needs no answer.
        if !(ended && one.mark.0 == CLOSED) {
            let occasion = format!("{}:{}", one.mark.0, one.mark.1);
            approvals::refuse_in_crm(&mut tx, d, &approval, (one.user, why), &occasion).await?;
        }
        mark(&mut tx, name, entity, &one, d.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Has the portal made like the approval is, where something there is not.
    async fn tell_again(&self, approval: &Approval, occasion: &str) -> Result<(), Trouble> {
        if approval.state != State::Open {
            return Ok(());
        }
        let tell = async {
            let mut tx = self.bitrix.db.begin().await?;
            approvals::tell_crm(&mut tx, &self.bitrix.dealer, approval, occasion).await?;
            tx.commit().await?;
            Ok(())
        };
        let told: domain::Result<()> = tell.await;
        told.map_err(internal)
    }

    /// The tasks of open approvals to which something happened at `since` or later.
    ///
    /// # Errors
    /// See [`CallError`].
    pub(in crate::crm::bitrix24) async fn stirred_tasks(
        &self,
        since: i64,
    ) -> Result<Vec<i64>, CallError> {
        let tasks = async {
            let (mut reader, name) = (self.bitrix.db.read().await?, self.bitrix.name());
            let mut tasks = Vec::new();
            for id in approvals::open_in(&mut reader, name).await? {
                tasks.extend(links::find(&mut reader, name, &entity_of(&id), TASK).await?);
            }
            Ok(tasks)
        };
        let tasks: domain::Result<Vec<String>> = tasks.await;
        let tasks = tasks.map_err(ours)?;
        let tasks: Vec<i64> = tasks.iter().filter_map(|id| id.parse().ok()).collect();
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        Ok(permitted(self.calls.stirred(&tasks, since).await)?.unwrap_or_default())
    }
}

/// One completion of a task: who, and when.
fn closed_mark(task: &Task) -> String {
    format!("{}/{}", task.closed_at, task.closed_by.unwrap_or_default())
}

/// Remembers how far the task was heard.
async fn mark(
    tx: &mut Tx,
    connection: &str,
    entity: &str,
    one: &Answer,
    now: DateTime<Utc>,
) -> domain::Result<()> {
    let (kind, at) = &one.mark;
    links::replace(tx, connection, entity, kind, at, now).await
}

fn number(kept: Option<String>) -> i64 {
    kept.and_then(|kept| kept.parse().ok()).unwrap_or_default()
}
