//! Service requests in the chat: the customer's card and list, the managers' card.

use domain::ids::RequestId;
use domain::requests::{RequestCase, RequestSummary, ServiceRequest, State, Window};
use domain::staff::Staff;
use domain::thread::{Side, Word};
use domain::words;
use teloxide::types::InlineKeyboardButton;

use crate::button::{Button, Number, RequestAct};
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{dotted, people, quote, standstill};
use crate::voice::{Voice, press};

/// The customer's card.
pub(crate) fn card(voice: &Voice, case: &RequestCase) -> Screen {
    let request = &case.request;
    let number = Number::of(&request.number);
    let act = |key: &str, act| Some(voice.press(key, &Button::Request(act, number.clone())));
    let open = voice.open("bot-open", &format!("/requests/{}", request.number));
    let screen = Screen::new(heading(voice, "bot-request", request))
        .maybe(machine(voice, case))
        .line(state(voice, case))
        .line(quote(voice, &request.text))
        .maybe(files(voice, case))
        .maybe(visit(voice, case))
        .maybe(case.rating.as_ref().map(|rating| stars(rating.stars)));
    let screen = window_rows(voice, screen, case);
    match request.state {
        State::New | State::Taken => screen
            .row([open, write(voice, &request.id)])
            .row([act("bot-cancel-request", RequestAct::AskCancel)]),
        State::Closed if case.rating.is_none() => {
            screen.line(voice.get("bot-rate-ask")).row(rates(&number)).row([open])
        }
        State::Closed | State::Cancelled => screen.row([open]),
        State::Done => screen
            .row([
                act("bot-confirm-fixed", RequestAct::Confirm),
                act("bot-not-fixed", RequestAct::Reopen),
            ])
            .row([open, write(voice, &request.id)]),
        _ => screen.row([open, write(voice, &request.id)]),
    }
}

/// Asks before a request is called off.
pub(crate) fn ask_cancel(voice: &Voice, case: &RequestCase) -> Screen {
    let number = Number::of(&case.request.number);
    let yes = Button::Request(RequestAct::Cancel, number.clone());
    Screen::new(
        voice.say("bot-ask-cancel-request", &[("number", case.request.number.as_str().into())]),
    )
    .row([
        Some(voice.press("bot-yes-cancel", &yes)),
        Some(voice.press("bot-no-keep", &Button::Request(RequestAct::Show, number))),
    ])
}

/// The customer's newest requests.
pub(crate) fn list(voice: &Voice, requests: &[RequestSummary]) -> Screen {
    const MOST: usize = 10;
    let service = || Some(voice.press("bot-call-service", &Button::Service(None)));
    if requests.is_empty() {
        return Screen::new(voice.get("bot-requests-empty")).row([service()]);
    }
    let mut screen = Screen::new(format!("<b>{}</b>", voice.get("bot-requests-title")));
    for request in requests.iter().take(MOST) {
        let state = voice.get(&format!("state-request-{}", request.state.as_str())).to_owned();
        screen = screen.line(dotted([
            Some(shown(&request.number)),
            request.machine.as_ref().map(|(_, serial, model)| voice.machine_html(model, serial)),
            Some(state),
        ]));
    }
    for pair in requests[..requests.len().min(6)].chunks(2) {
        screen = screen.row(pair.iter().map(|request| {
            let button = Button::Request(RequestAct::Show, Number::of(&request.number));
            Some(press(&request.number, &button))
        }));
    }
    screen.row([service(), voice.open("bot-open-requests", "/requests")])
}

/// The managers' card.
pub(crate) fn staff_card(voice: &Voice, case: &RequestCase) -> Screen {
    let request = &case.request;
    let new = request.state == State::New;
    let id = &request.id;
    let state = voice.get(&format!("bot-staff-request-{}", request.state.as_str())).to_owned();
    let taken = case.taken_by_name.as_deref();
    let taken = taken.map(|name| voice.say("bot-taken-by", &[("name", shown(name).into())]));
    let engineer = case.engineer.as_deref();
    let engineer = engineer.map(|name| voice.say("bot-engineer", &[("name", shown(name).into())]));
    let take = new.then(|| voice.press("bot-take", &Button::TakeRequest(id.clone())));
    // The CRM may have moved the request on before anybody was named here.
    let over = is_over(request.state) || request.state == State::Done;
    let assignable = case.work_order.is_none() && !over;
    let assign = assignable.then(|| voice.press("bot-assign", &Button::Engineers(id.clone())));
    Screen::new(heading(voice, if new { "bot-new-request" } else { "bot-request" }, request))
        .maybe(machine(voice, case))
        .line(quote(voice, &request.text))
        .maybe(files(voice, case))
        .filled(people(case.company.as_deref(), &case.customer_name, case.phone.as_ref()))
        .filled(dotted([(!new).then_some(state), taken, engineer]))
        .maybe(visit(voice, case))
        .maybe(case.rating.as_ref().map(|rating| stars(rating.stars)))
        .row([take, voice.open("bot-open", &format!("/requests/{}", request.number))])
        .row([assign, write(voice, id)])
}

/// A message of the thread, to the other side.
pub(crate) fn word(voice: &Voice, case: &RequestCase, word: &Word, to: Side) -> Screen {
    let request = &case.request;
    let who = word.staff_name.as_deref().unwrap_or(&case.customer_name);
    let args = [("number", request.number.as_str().into()), ("name", shown(who).into())];
    let key = match to {
        Side::Customer => "bot-word-from-dealer",
        Side::Dealer => "bot-word-from-customer",
    };
    let screen = Screen::new(voice.say(key, &args))
        .filled(shown(&word.text))
        .row([write(voice, &request.id), open(voice, request)]);
    word.files.iter().fold(screen, |screen, file| {
        screen.row([Some(press(&format!("📎 {}", file.name), &Button::Document(file.id.clone())))])
    })
}

/// When does a visit suit?
pub(crate) fn windows(voice: &Voice, case: &RequestCase) -> Screen {
    let request = &case.request;
    let screen = Screen::new(heading(voice, "bot-request", request))
        .maybe(machine(voice, case))
        .line(voice.get("bot-windows-ask"));
    window_rows(voice, screen, case).row([write(voice, &request.id), open(voice, request)])
}

/// The time is chosen.
pub(crate) fn chosen(voice: &Voice, case: &RequestCase) -> Screen {
    let request = &case.request;
    Screen::new(heading(voice, "bot-request", request))
        .maybe(machine(voice, case))
        .maybe(visit(voice, case))
        .row([write(voice, &request.id), open(voice, request)])
}

/// To managers: how it was.
pub(crate) fn rated(voice: &Voice, case: &RequestCase) -> Screen {
    let request = &case.request;
    let rating = case.rating.as_ref();
    let comment = rating.map(|rating| rating.comment.as_str()).filter(|text| !text.is_empty());
    let engineer = case.engineer.as_deref();
    let engineer = engineer.map(|name| voice.say("bot-engineer", &[("name", shown(name).into())]));
    Screen::new(heading(voice, "bot-rated", request))
        .maybe(rating.map(|rating| stars(rating.stars)))
        .maybe(comment.map(|text| quote(voice, text)))
        .filled(dotted([Some(shown(&case.customer_name)), engineer]))
        .row([write(voice, &request.id), open(voice, request)])
}

fn open(voice: &Voice, request: &ServiceRequest) -> Option<InlineKeyboardButton> {
    voice.open("bot-open", &format!("/requests/{}", request.number))
}

fn write(voice: &Voice, id: &RequestId) -> Option<InlineKeyboardButton> {
    Some(voice.press("bot-write", &Button::Word(id.clone())))
}

/// When somebody comes, once that is chosen.
fn visit(voice: &Voice, case: &RequestCase) -> Option<String> {
    let window = case.offer.visit()?;
    Some(voice.say("bot-visit", &[("window", period(voice, window).into())]))
}

/// A button per time that is offered.
fn window_rows(voice: &Voice, screen: Screen, case: &RequestCase) -> Screen {
    if matches!(case.request.state, State::Done | State::Closed | State::Cancelled) {
        return screen;
    }
    (0_u8..).zip(case.offer.open()).fold(screen, |screen, (at, window)| {
        let button = Button::Window(case.request.id.clone(), case.offer.number, at);
        screen.row([Some(press(&period(voice, *window), &button))])
    })
}

fn rates(number: &Number) -> impl Iterator<Item = Option<InlineKeyboardButton>> {
    (1_u8..=5).map(|given| Some(press(&format!("{given} ★"), &Button::Rate(number.clone(), given))))
}

/// «★★★★☆».
fn stars(given: i64) -> String {
    (1..=5).map(|at| if at <= given { '★' } else { '☆' }).collect()
}

/// «24 ноября, 9:00–12:00», in the dealer's zone.
fn period(voice: &Voice, window: Window) -> String {
    let zone = voice.deps.dealer.zone;
    words::period(voice.texts, (window.from, window.until), zone, voice.deps.dealer.today())
}

/// Whom to send: the engineers, each a button.
pub(crate) fn engineers(voice: &Voice, case: &RequestCase, engineers: &[Staff]) -> Screen {
    let request = &case.request;
    let key = if engineers.is_empty() { "bot-no-engineers" } else { "bot-whom-to-send" };
    let screen = Screen::new(heading(voice, "bot-request", request))
        .maybe(machine(voice, case))
        .line(voice.get(key));
    engineers
        .iter()
        .take(30)
        .fold(screen, |screen, engineer| {
            let button = Button::Assign(request.id.clone(), engineer.telegram_id);
            screen.row([Some(press(&engineer.name, &button))])
        })
        .row([Some(voice.press("bot-back", &Button::StaffRequest(request.id.clone())))])
}

/// Where the request stands, in a sentence that names the engineer who is on it.
fn state(voice: &Voice, case: &RequestCase) -> String {
    let key = format!("bot-request-{}", case.request.state.as_str());
    let named = match case.request.state {
        State::Scheduled => Some("bot-request-scheduled-by"),
        State::InProgress => Some("bot-request-in_progress-by"),
        State::Done => Some("bot-request-done-by"),
        _ => None,
    };
    match (named, case.engineer.as_deref()) {
        (Some(key), Some(name)) => voice.say(key, &[("name", shown(name).into())]),
        _ => voice.get(&key).to_owned(),
    }
}

fn heading(voice: &Voice, key: &str, request: &ServiceRequest) -> String {
    let title = voice.say(key, &[("number", request.number.as_str().into())]);
    let kind = voice.get(&format!("kind-{}", request.kind.as_str())).to_owned();
    dotted([Some(format!("<b>{title}</b>")), Some(kind)])
}

/// The machine, and the clock of its standstill.
fn machine(voice: &Voice, case: &RequestCase) -> Option<String> {
    let (_, serial, model) = case.machine.as_ref()?;
    let request = &case.request;
    let cancelled = request.state == State::Cancelled;
    let stands = (request.machine_down && !cancelled)
        .then(|| standstill(voice, request.created_at, request.fixed_at));
    Some(dotted([Some(voice.machine_html(model, serial)), stands]))
}

fn files(voice: &Voice, case: &RequestCase) -> Option<String> {
    (!case.files.is_empty()).then(|| format!("📎 {}", voice.count("files-count", case.files.len())))
}

fn is_over(state: State) -> bool {
    matches!(state, State::Closed | State::Cancelled)
}
