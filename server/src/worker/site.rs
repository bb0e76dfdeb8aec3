//! Tells the dealer's site where its leads stand: a signed webhook per change.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::leads::{Lead, State};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::Url;

use crate::crm::{ReceivedAnswer, Recorder, SentRequest};
use crate::http::{mask_body, mask_url};
use crate::worker::policy::Failure;

/// As much of the site's answer is kept.
const KEPT: usize = 2000;

/// The site's ear.
#[derive(Clone, Debug)]
pub struct Site {
    /// The client, with its time-out.
    pub http: reqwest::Client,
    /// Where it listens.
    pub url: Url,
    /// Shared with it.
    pub secret: SecretString,
}

impl Site {
    /// Tells one change: `{"number","token","state","updated_at"}`, signed as the site signs what it
    /// posts. The same change told twice is one, so an unknown outcome is simply told again.
    ///
    /// # Errors
    /// What the outbox has to do about it.
    pub async fn tell(
        &self,
        lead: &Lead,
        (state, at): (State, DateTime<Utc>),
        now: DateTime<Utc>,
        recorder: &dyn Recorder,
    ) -> Result<Option<String>, Failure> {
        let body = json!({
            "number": lead.number,
            "token": lead.token,
            "state": state.told(),
            "updated_at": at,
        });
        let body = body.to_string();
        let stamp = now.timestamp();
        let signature = webapp::signature(self.secret.expose_secret(), stamp, body.as_bytes());
        let sent = SentRequest {
            method: "POST".to_owned(),
            url: mask_url(&self.url),
            body: Some(mask_body(body.as_bytes(), KEPT)),
        };
        let exchange = recorder.before(&sent).await.map_err(|error| later(&error))?;
        let started = std::time::Instant::now();
        let call = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(webapp::TIMESTAMP, stamp)
            .header(webapp::SIGNATURE, signature)
            .body(body);
        let mut answer = ReceivedAnswer {
            status: None,
            body: String::new(),
            failure: None,
            request_id: None,
            took: Duration::ZERO,
        };
        let result = match call.send().await {
            Ok(response) => {
                let (status, after) = (response.status(), patience(&response));
                answer.status = Some(status.as_u16());
                answer.body = read(response).await;
                judged(status, after, &answer.body)
            }
            Err(error) => {
                let why = error.without_url().to_string();
                answer.failure = Some(why.clone());
                Err(Failure::Later { why })
            }
        };
        answer.took = started.elapsed();
        recorder.after(exchange, &answer).await.map_err(|error| later(&error))?;
        result.map(|()| None)
    }
}

fn judged(status: StatusCode, after: Option<Duration>, body: &str) -> Result<(), Failure> {
    let why = format!("{} {}", status.as_u16(), body.chars().take(300).collect::<String>());
    match status.as_u16() {
        200..=299 => Ok(()),
        429 => Err(Failure::TooMany { after, why }),
        408 | 500..=599 => Err(Failure::Later { why }),
        _ => Err(Failure::Rejected { why }),
    }
}

fn patience(response: &reqwest::Response) -> Option<Duration> {
    let given = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    given.trim().parse().ok().map(Duration::from_secs)
}

/// The beginning of the answer; a site that talks without end is not listened to.
async fn read(mut response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > KEPT {
            break;
        }
    }
    mask_body(&bytes, KEPT)
}

fn later(error: &anyhow::Error) -> Failure {
    Failure::Later { why: format!("{error:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_judged_by_its_status() {
        let judge = |status| judged(StatusCode::from_u16(status).unwrap(), None, "words");
        assert_eq!(judge(204), Ok(()));
        assert!(matches!(judge(429), Err(Failure::TooMany { .. })));
        for status in [408, 500, 503] {
            assert!(matches!(judge(status), Err(Failure::Later { .. })), "{status}");
        }
        for status in [301, 400, 401, 404, 410] {
            assert!(matches!(judge(status), Err(Failure::Rejected { .. })), "{status}");
        }
    }
}
