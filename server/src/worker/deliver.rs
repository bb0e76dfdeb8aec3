//! Who carries which message: Telegram through the bot, mail through SMTP, the rest through a CRM.

use std::sync::Arc;

use bot::{BotDeps, SendError};
use chrono::{DateTime, Utc};
use domain::approvals::{self, links};
use domain::db::Db;
use domain::ids::{ApprovalId, LeadId, StaffId};
use domain::outbox::{self, Delivery, Message, Notice};
use domain::{Dealer, leads, staff};
use url::Url;

use crate::crm::{Crms, ReceivedAnswer, Recorder, SentRequest};
use crate::worker::letters::{self, Letter};
use crate::worker::mail::Mailer;
use crate::worker::pace::Pace;
use crate::worker::policy::Failure;
use crate::worker::recorder::DeliveryRecorder;
use crate::worker::site::Site;

/// Carries messages out. What is not configured has no connection here, so its promises wait.
pub struct Deliverer {
    /// The database.
    pub db: Db,
    /// The installation.
    pub dealer: Arc<Dealer>,
    /// The bot, unless it is off.
    pub bot: Option<BotDeps>,
    /// Mail, unless it is off.
    pub mailer: Option<Mailer>,
    /// The CRMs.
    pub crms: Arc<Crms>,
    /// Telegram's limits.
    pub pace: Pace,
    /// The dealer's site, where it wants to hear.
    pub site: Option<Site>,
    /// This server as people see it: for links in letters.
    pub public_url: Option<Url>,
}

impl Deliverer {
    /// The connections that can be delivered to.
    pub fn connections(&self) -> Vec<String> {
        let telegram = self.bot.as_ref().map(|_| outbox::TELEGRAM.to_owned());
        let mail = self.mailer.as_ref().map(|_| outbox::MAIL.to_owned());
        let site = self.site.as_ref().map(|_| outbox::SITE.to_owned());
        telegram
            .into_iter()
            .chain(mail)
            .chain(site)
            .chain(self.crms.names().map(str::to_owned))
            .collect()
    }

    /// How many deliveries of a connection may be under way at once, each of another entity.
    pub fn workers(connection: &str) -> usize {
        match connection {
            outbox::TELEGRAM => 8,
            outbox::MAIL | outbox::SITE => 1,
            _ => 4,
        }
    }

    /// Carries one delivery out. The text says what was adopted or left out.
    pub async fn deliver(&self, delivery: &Delivery) -> Result<Option<String>, Failure> {
        let message =
            delivery.message().map_err(|error| Failure::Rejected { why: error.to_string() })?;
        match &message {
            Message::Notice { to, notice } => self.notice(delivery, *to, notice).await,
            Message::MailOrder { .. }
            | Message::MailRequest { .. }
            | Message::MailLead { .. }
            | Message::MailStopped { .. } => self.mail(delivery, &message).await,
            Message::MailApproval { approval, staff } => {
                self.mail_approval(delivery, approval, staff).await
            }
            Message::SiteLead { lead, state, at } => {
                self.site_lead(delivery, lead, (*state, *at)).await
            }
            _ => Box::pin(self.crms.deliver(delivery)).await,
        }
    }

    async fn notice(
        &self,
        delivery: &Delivery,
        to: i64,
        notice: &Notice,
    ) -> Result<Option<String>, Failure> {
        let Some(bot) = &self.bot else { return Err(later("the bot is off")) };
        self.pace.turn(to).await;
        let prepared = Box::pin(bot::prepare(bot, to, notice)).await.map_err(telegram)?;
        let Some(prepared) = prepared else {
            return Ok(Some("nothing: they may not see it any more".to_owned()));
        };
        let sent = SentRequest {
            method: "BOT".to_owned(),
            url: format!("telegram:chat/{to}"),
            body: Some(prepared.call().to_string()),
        };
        let sending = async { Box::pin(prepared.send(bot)).await.map(|()| "ok").map_err(telegram) };
        let result = self.recorded(delivery, &sent, sending).await;
        if let Err(Failure::Rejected { .. }) = &result {
            tracing::info!(delivery.id = delivery.id.as_str(), "a person cannot be reached");
        }
        result
    }

    async fn mail(
        &self,
        delivery: &Delivery,
        message: &Message,
    ) -> Result<Option<String>, Failure> {
        let Some(mailer) = &self.mailer else { return Err(later("mail is off")) };
        let Some(letter) = letters::of(&self.db, message).await.map_err(later)? else {
            return Ok(Some("nothing: the person asked to be forgotten".to_owned()));
        };
        let sent = SentRequest {
            method: "SMTP".to_owned(),
            url: "mail:orders".to_owned(),
            body: Some(letter.to_string()),
        };
        let sending = async { mailer.send(&letter).await.map(|()| "sent") };
        self.recorded(delivery, &sent, sending).await
    }

    /// The link is made anew for each try: what was sent and what is kept never say it.
    async fn mail_approval(
        &self,
        delivery: &Delivery,
        id: &ApprovalId,
        staff: &StaffId,
    ) -> Result<Option<String>, Failure> {
        let Some(mailer) = &self.mailer else { return Err(later("mail is off")) };
        let Some(base) = &self.public_url else { return Err(later("PUBLIC_URL is not set")) };
        let sent = SentRequest {
            method: "SMTP".to_owned(),
            url: "mail:staff".to_owned(),
            body: Some(delivery.payload.clone()),
        };
        let sending = async {
            let mut tx = self.db.begin().await.map_err(later)?;
            let case = approvals::load(&mut tx, id).await.map_err(later)?;
            let person = staff::find(&mut tx, staff).await.map_err(later)?;
            let person = person.filter(|person| person.active);
            let email = staff::email(&mut tx, staff).await.map_err(later)?;
            let asked = |seat: &approvals::Seat| {
                seat.staff_id == *staff && seat.state == approvals::Stand::Asked
            };
            let (Some(person), Some(email)) = (person, email) else {
                return Ok("nothing: they have no address any more");
            };
            if !case.seats.iter().any(asked) {
                return Ok("nothing: their answer is not awaited any more");
            }
            let of = (id, case.approval.version);
            let token = links::mint(&mut tx, &self.dealer, of, staff).await.map_err(later)?;
            tx.commit().await.map_err(later)?;
            let link = base.join(&format!("approve/{token}")).map_err(later)?;
            let letter = Letter::approval(&person, &case, link.as_str());
            mailer.send_person(&person, &email, &letter).await?;
            Ok("sent")
        };
        self.recorded(delivery, &sent, sending).await
    }

    async fn site_lead(
        &self,
        delivery: &Delivery,
        lead: &LeadId,
        news: (leads::State, DateTime<Utc>),
    ) -> Result<Option<String>, Failure> {
        let Some(site) = &self.site else { return Err(later("the site's webhook is off")) };
        let lead = {
            let mut reader = self.db.read().await.map_err(later)?;
            leads::by_id(&mut reader, lead).await.map_err(later)?
        };
        let recorder = DeliveryRecorder::new(&self.db, &self.dealer.clock, delivery);
        site.tell(&lead, news, self.dealer.clock.now(), &recorder).await
    }

    /// Keeps a call that is no HTTP of ours like one that is: before it is made, and its end.
    async fn recorded(
        &self,
        delivery: &Delivery,
        sent: &SentRequest,
        sending: impl Future<Output = Result<&'static str, Failure>> + Send,
    ) -> Result<Option<String>, Failure> {
        let recorder = DeliveryRecorder::new(&self.db, &self.dealer.clock, delivery);
        let exchange = recorder.before(sent).await.map_err(later)?;
        let result = sending.await;
        let (body, failure) = match &result {
            Ok(words) => ((*words).to_owned(), None),
            Err(failure) => (String::new(), Some(format!("{failure:?}"))),
        };
        let answer = ReceivedAnswer {
            status: None,
            body,
            failure,
            request_id: None,
            took: std::time::Duration::ZERO,
        };
        recorder.after(exchange, &answer).await.map_err(later)?;
        result.map(|_| None)
    }
}

impl std::fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deliverer").field("connections", &self.connections()).finish()
    }
}

/// A message that may have gone is sent again: Telegram has no way to look, and cards are edited
/// in place.
fn telegram(error: SendError) -> Failure {
    match error {
        SendError::TooMany(after) => Failure::Wait { after, why: "429 from Telegram".to_owned() },
        SendError::Unreachable(why) | SendError::Rejected(why) => Failure::Rejected { why },
        SendError::Unauthorized(why) => Failure::Stop { why },
        SendError::Retry(why) | SendError::Unknown(why) => Failure::Later { why },
    }
}

fn later(why: impl std::fmt::Display) -> Failure {
    Failure::Later { why: why.to_string() }
}
