//! What is said about a request, at the console: the thread, the times of a visit.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::routing::post;
use domain::audit::Act;
use domain::db::Reader;
use domain::requests::{self, Talk};
use domain::thread::{self, Side};
use serde_json::{Value, json};

use crate::console::clerk::Clerk;
use crate::fault::Fault;
use crate::input::Form;
use crate::reply::{Answer, see_other};
use crate::routes::talk;
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::parts::Message;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/requests/{number}/messages", post(write))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .route("/staff/requests/{number}/windows", post(offer))
}

/// The thread of a request, for its page. Two queries.
pub(super) async fn messages(
    clerk: &Clerk,
    db: &mut Reader,
    number: &str,
) -> Result<(Talk, Vec<Message>), Fault> {
    let about = requests::talk(db, number).await?;
    let words = thread::list(db, &requests::thread_of(&about.id)).await?;
    Ok((about, talk::messages(clerk, Side::Dealer, &words)))
}

/// Access: managers. Offers times of a visit.
async fn offer(clerk: Clerk, Path(number): Path<String>, form: Form) -> Answer {
    let (manager, dealer) = (clerk.viewer.manager()?, clerk.state.dealer());
    let windows = talk::windows(&form, dealer)?;
    let mut tx = clerk.begin().await?;
    let about = requests::talk(&mut tx, &number).await?;
    requests::offer(&mut tx, dealer, manager, &about.id, &windows).await?;
    done(&clerk, tx, (&number, "request-windows"), json!({ "windows": windows })).await
}

/// Access: managers. Writes to the customer.
async fn write(clerk: Clerk, Path(number): Path<String>, upload: Upload) -> Answer {
    clerk.viewer.manager()?;
    let dealer = clerk.state.dealer();
    let (_, new) = talk::new_word(upload, dealer).await?;
    let mut tx = clerk.begin().await?;
    requests::write(&mut tx, dealer, &clerk.viewer, &number, &new).await?;
    done(&clerk, tx, (&number, "request-write"), json!({})).await
}

async fn done(
    clerk: &Clerk,
    tx: domain::db::Tx,
    (number, act): (&str, &'static str),
    details: Value,
) -> Answer {
    let act = Act { act, subject: "request", subject_id: number, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(&format!("/staff/requests/{number}")))
}
