//! What the mailbox in the browser calls.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mailbox::{MailFault, Mailbox};
use crate::pages::{revisions, script, style};

impl Mailbox {
    /// The page's own service: mails, changes, fault switch. The demo nests it under
    /// `/sandbox/mailbox`.
    pub fn ui_router(&self) -> Router {
        Router::new()
            .route("/mailbox.js", get(async || script(include_str!("../../pages/mailbox.js"))))
            .route("/board.css", get(async || style(include_str!("../../pages/board.css"))))
            .route("/kit.js", get(async || script(include_str!("../../pages/kit.js"))))
            .route("/mails", get(mails).delete(clear))
            .route("/events", get(changes))
            .route("/fault", get(fault).post(set_fault))
            .with_state(self.clone())
    }
}

#[derive(Deserialize)]
struct FaultChange {
    fault: Option<MailFault>,
    times: Option<u32>,
}

async fn mails(State(mailbox): State<Mailbox>) -> Json<Value> {
    let mut mails = mailbox.mails();
    mails.reverse();
    let shown: Vec<Value> = mails
        .iter()
        .map(|mail| {
            json!({"id": mail.id, "from": mail.from, "to": mail.to, "subject": mail.subject,
                "text": mail.text, "attachments": mail.attachments, "at": mail.at})
        })
        .collect();
    Json(json!({"mails": shown, "fault": mailbox.fault().map(|(fault, _)| fault)}))
}

async fn clear(State(mailbox): State<Mailbox>) -> StatusCode {
    mailbox.clear();
    StatusCode::NO_CONTENT
}

async fn changes(State(mailbox): State<Mailbox>) -> impl IntoResponse {
    revisions(mailbox.subscribe())
}

async fn fault(State(mailbox): State<Mailbox>) -> Json<Value> {
    let fault = mailbox.fault();
    Json(json!({"fault": fault.map(|(fault, _)| fault), "times": fault.map(|(_, left)| left)}))
}

async fn set_fault(State(mailbox): State<Mailbox>, Json(change): Json<FaultChange>) -> StatusCode {
    mailbox.set_fault(change.fault, change.times.unwrap_or(u32::MAX));
    StatusCode::NO_CONTENT
}
