//! What is said about a request: its thread, the times of a visit, the rating.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use chrono::{DateTime, NaiveTime, Utc};
use domain::requests::{self, Window};
use domain::thread::{self, Mark, NewWord, Side, Word};
use domain::{Dealer, Error};
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::fault::Fault;
use crate::input::Form;
use crate::json;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload, arrived};
use crate::views::service::ThreadPart;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/requests/{number}/messages", post(write))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .route("/app/requests/{number}/thread", get(thread))
        .route("/app/requests/{number}/windows", post(offer))
        .route("/app/requests/{number}/window", post(choose))
        .route("/app/requests/{number}/rate", post(rate))
}

/// What whoever has the thread open knows of it.
#[derive(Deserialize)]
struct Known {
    /// A [`Mark`], as the answer before gave it.
    have: Option<String>,
}

/// Access: customer (their requests), managers. Fetched after the page of the request, and again while
/// it is looked at; whoever sees it has read it. Nothing new is 204. Four queries.
async fn thread(
    mut visit: Visit,
    Path(number): Path<String>,
    Query(known): Query<Known>,
) -> Answer {
    let (caller, db) = visit.parts();
    let talk = requests::talk(db, &number).await?;
    let side = talk.side(&caller.viewer)?;
    let subject = requests::thread_of(&talk.id);
    let have = known.have.as_deref().and_then(Mark::parse);
    if let Some(have) = &have
        && thread::end(db, &subject).await? == *have
    {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let words = thread::list(db, &subject).await?;
    let caller = visit.into_caller();
    see(&caller, &talk, side).await?;
    let mark = Mark::of(&words).to_string();
    if caller.json {
        let words: Vec<_> = words.iter().map(|word| json::word(&caller, word)).collect();
        return Ok(Json(json!({ "messages": words, "mark": mark })).into_response());
    }
    let base = format!("/app/requests/{number}");
    let new = have.as_ref().and_then(|have| have.since(&words));
    let messages = messages(&caller, side, new.unwrap_or(&words));
    let part = page(&ThreadPart { ui: caller.ui, base, mark, whole: new.is_none(), messages })?;
    if new.is_some() || have.is_none() {
        return Ok(part);
    }
    Ok((IN_PLACE_OF_ALL, part).into_response())
}

/// What was asked for as the end of the thread takes the place of all of it.
/// Source: the response headers of htmx 2
const IN_PLACE_OF_ALL: [(HeaderName, HeaderValue); 2] = [
    (HeaderName::from_static("hx-retarget"), HeaderValue::from_static("#thread")),
    (HeaderName::from_static("hx-reswap"), HeaderValue::from_static("outerHTML")),
];

/// Whoever opens a thread has read it. Nothing is written where nothing is new.
pub(crate) async fn see(caller: &Caller, talk: &requests::Talk, side: Side) -> Result<(), Fault> {
    let mut tx = caller.begin().await?;
    requests::seen(&mut tx, caller.state.dealer(), talk, side).await?;
    commit(tx).await
}

/// The messages as one side sees them.
pub(crate) fn messages(
    caller: &Caller,
    side: Side,
    words: &[Word],
) -> Vec<crate::views::parts::Message> {
    words.iter().map(|word| present::message(caller, side, word)).collect()
}

/// Access: customer (their requests), managers. The same `client_key` again is the same message.
async fn write(caller: Caller, Path(number): Path<String>, upload: Upload) -> Answer {
    let dealer = caller.state.dealer();
    requests::talk(&mut caller.state.db().read().await.map_err(Error::from)?, &number)
        .await?
        .side(&caller.viewer)?;
    let (form, mut new) = new_word(upload, dealer).await?;
    let mut tx = caller.begin().await?;
    new.files.extend(arrived(&caller, &mut tx, &form).await?);
    requests::write(&mut tx, dealer, &caller.viewer, &number, &new).await?;
    commit(tx).await?;
    done(&caller, &number)
}

/// A message as a form brings it.
pub(crate) async fn new_word(upload: Upload, dealer: &Dealer) -> Result<(Form, NewWord), Fault> {
    let (form, files) = upload.accept(&dealer.uploads).await?;
    let new = NewWord {
        client_key: form.required("client_key")?.to_owned(),
        text: form.owned("text").unwrap_or_default(),
        files,
    };
    Ok((form, new))
}

/// Access: managers. `day1`, `from1`, `until1` to `…3`: up to three times of a visit.
async fn offer(caller: Caller, Path(number): Path<String>, form: Form) -> Answer {
    let (manager, dealer) = (caller.viewer.manager()?, caller.state.dealer());
    let windows = windows(&form, dealer)?;
    let mut tx = caller.begin().await?;
    let talk = requests::talk(&mut tx, &number).await?;
    requests::offer(&mut tx, dealer, manager, &talk.id, &windows).await?;
    commit(tx).await?;
    done(&caller, &number)
}

/// The times that a form names, in the dealer's zone; a row without a day is none.
pub(crate) fn windows(form: &Form, dealer: &Dealer) -> Result<Vec<Window>, Error> {
    const ROWS: [[&str; 3]; requests::MAX_WINDOWS] =
        [["day1", "from1", "until1"], ["day2", "from2", "until2"], ["day3", "from3", "until3"]];
    let mut windows = Vec::new();
    for [day, from, until] in ROWS {
        let Some(date) = form.date(day)? else { continue };
        let at = |name: &'static str| -> Result<DateTime<Utc>, Error> {
            let fault = || Error::invalid(name, "error-time");
            let time = NaiveTime::parse_from_str(form.required(name)?, "%H:%M");
            let local = date.and_time(time.map_err(|_| fault())?).and_local_timezone(dealer.zone);
            local.earliest().map(|at| at.with_timezone(&Utc)).ok_or_else(fault)
        };
        windows.push(Window { from: at(from)?, until: at(until)? });
    }
    if windows.is_empty() {
        return Err(Error::invalid("day1", "error-required"));
    }
    Ok(windows)
}

/// Access: customer (their requests). `window`: the number of the offer, a dot, and which of its times.
async fn choose(caller: Caller, Path(number): Path<String>, form: Form) -> Answer {
    const FIELD: &str = "window";
    let customer = &caller.viewer.customer()?.id;
    let mut tx = caller.begin().await?;
    let talk = requests::talk(&mut tx, &number).await?;
    talk.side(&caller.viewer)?;
    let pressed = form.required(FIELD)?.split_once('.');
    let pressed = pressed.and_then(|(offer, at)| Some((offer.parse().ok()?, at.parse().ok()?)));
    let pressed = pressed.ok_or(Error::invalid(FIELD, "error-choice"))?;
    requests::choose(&mut tx, caller.state.dealer(), customer, &talk.id, pressed).await?;
    commit(tx).await?;
    done(&caller, &number)
}

/// Access: customer (their requests). `stars` 1 to 5, `comment`; once. Without `stars` the comment is
/// the word to stars that were given before.
async fn rate(caller: Caller, Path(number): Path<String>, form: Form) -> Answer {
    let (customer, dealer) = (&caller.viewer.customer()?.id, caller.state.dealer());
    let mut tx = caller.begin().await?;
    // Another's request is not there, whatever the form holds.
    requests::talk(&mut tx, &number).await?.side(&caller.viewer)?;
    let comment = form.owned("comment").unwrap_or_default();
    match form.number("stars")? {
        Some(stars) => {
            requests::rate(&mut tx, dealer, customer, &number, stars, &comment).await?;
        }
        None if comment.is_empty() => return Err(Error::invalid("stars", "error-choice").into()),
        None => requests::comment(&mut tx, dealer, customer, &number, &comment).await?,
    }
    commit(tx).await?;
    done(&caller, &number)
}

fn done(caller: &Caller, number: &str) -> Answer {
    if caller.json {
        return Ok(Json(json!({ "ok": true })).into_response());
    }
    Ok(see_other(&format!("/app/requests/{number}")))
}
