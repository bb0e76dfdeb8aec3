//! What goes to people and to the dealer's own site: messages, letters, the webhook of a lead.

use bot::BotDeps;
use domain::ids::{ApprovalId, LeadId, StaffId};
use domain::outbox::{Message, Notice};
use domain::plan::Step;
use domain::{Result, approvals, leads, staff};

use crate::plan::{Planner, readable};
use crate::worker::letters::{self, Letter};

/// Stands where a letter bears a link that is made when it goes.
const LINK: &str = "https://…/approve/***";

impl Planner {
    /// The steps of a message that goes to no CRM; `None` where it does. `payload`: as it is kept.
    pub(super) async fn own(&self, message: &Message, payload: &str) -> Result<Option<Step>> {
        Ok(Some(match message {
            Message::Notice { to, notice } => match &self.bot {
                Some(bot) => said(bot, *to, notice).await?,
                // Without a bot nobody knows what it would say.
                None => {
                    let step = Step::new("telegram", to.to_string());
                    Step { text: readable(payload), ..step }
                }
            },
            Message::MailOrder { .. }
            | Message::MailRequest { .. }
            | Message::MailLead { .. }
            | Message::MailStopped { .. } => match letters::of(&self.db, message).await? {
                Some(letter) => mailed(Step::new("mail", ""), letter),
                None => Step::new("mail-nothing", ""),
            },
            Message::MailApproval { approval, staff } => self.asked(approval, staff).await?,
            Message::SiteLead { lead, state, at } => self.site(lead, *state, *at).await?,
            _ => return Ok(None),
        }))
    }

    async fn asked(&self, id: &ApprovalId, who: &StaffId) -> Result<Step> {
        let mut reader = self.db.read().await?;
        let case = approvals::load(&mut reader, id).await?;
        let person = staff::find(&mut reader, who).await?.filter(|person| person.active);
        let email = staff::email(&mut reader, who).await?;
        let asked =
            |seat: &approvals::Seat| seat.staff_id == *who && seat.state == approvals::Stand::Asked;
        Ok(match (person, email) {
            (Some(person), Some(email)) if case.seats.iter().any(asked) => {
                mailed(Step::new("mail-to", email), Letter::approval(&person, &case, LINK))
            }
            _ => Step::new("mail-nothing", ""),
        })
    }

    async fn site(
        &self,
        lead: &LeadId,
        state: leads::State,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Step> {
        let lead = leads::by_id(&mut self.db.read().await?, lead).await?;
        let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Ok(Step::new("tell-site", lead.number).with("state", state.told()).with("at", at))
    }
}

/// What the bot would say, and on which buttons.
async fn said(bot: &BotDeps, to: i64, notice: &Notice) -> Result<Step> {
    let prepared = Box::pin(bot::prepare(bot, to, notice)).await;
    let prepared = prepared
        .map_err(|error| domain::Error::Storage(std::io::Error::other(error.to_string())))?;
    let Some(prepared) = prepared else { return Ok(Step::new("telegram-nothing", to.to_string())) };
    let what = if prepared.edits() { "telegram-edit" } else { "telegram" };
    let mut step = Step::new(what, to.to_string());
    for row in prepared.buttons() {
        step = step.with("buttons", row.join(" · "));
    }
    Ok(Step { text: prepared.plain(), ..step })
}

fn mailed(step: Step, letter: Letter) -> Step {
    Step { text: letter.body, ..step.with("subject", letter.subject) }
}
