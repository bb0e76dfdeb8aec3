//! What is said about a request, as its two sides see it.

use domain::requests::{RequestCase, State, Window};
use domain::thread::{Side, Word};
use domain::{ids, words};

use crate::auth::Caller;
use crate::present::{choice, files, is_over};
use crate::views::parts::Message;
use crate::views::service::Talk;

/// A message, as `side` sees it.
pub(crate) fn message(caller: &Caller, side: Side, word: &Word) -> Message {
    let ui = caller.ui;
    let own = word.staff_name.is_none() == (side == Side::Customer);
    let (photos, files) = files(caller, &word.files);
    let who = match (&word.staff_name, own) {
        (None, true) => ui.s("app-thread-you").to_owned(),
        (Some(name), _) => name.clone(),
        (None, false) => ui.s("app-request-customer").to_owned(),
    };
    Message { who, own, at: ui.when(word.written_at), text: word.text.clone(), photos, files }
}

/// What the reader may say about a request besides.
pub(crate) fn talk(caller: &Caller, case: &RequestCase, own: bool) -> Talk {
    let (ui, dealer) = (caller.ui, caller.state.dealer());
    let state = case.request.state;
    let period = |window: Window| {
        words::period(ui.texts(), (window.from, window.until), dealer.zone, dealer.today())
    };
    let number = case.offer.number;
    let open = case.offer.open().iter().enumerate();
    let windows =
        open.map(|(at, window)| choice(&format!("{number}.{at}"), period(*window), false));
    let rating = case.rating.as_ref();
    let rated = rating.map(|rating| stars(rating.stars)).unwrap_or_default();
    let comment = rating.map(|rating| rating.comment.clone()).unwrap_or_default();
    let visit = case.offer.visit().map(period).unwrap_or_default();
    Talk {
        base: format!("/app/requests/{}", case.request.number),
        client_key: ids::new_token(),
        own,
        windows: if is_over(state) { Vec::new() } else { windows.collect() },
        visit,
        can_offer: !own && !is_over(state),
        today: dealer.today().to_string(),
        can_rate: own && state == State::Closed && rating.is_none(),
        can_comment: own && rating.is_some() && comment.is_empty(),
        rated,
        comment,
    }
}

/// «★★★★☆».
pub(crate) fn stars(given: i64) -> String {
    (1..=5).map(|at| if at <= given { '★' } else { '☆' }).collect()
}
