//! Requests as a board: a column for each state, cards that are moved from one to another. What the
//! states do not allow is refused with its reason, and the card stays where it was.

use askama::Template;
use axum::Router;
use axum::routing::get;
use domain::Error;
use domain::audit::Act;
use domain::requests::{self, OpenRequest, State, Whose};
use domain::staff::{self, Role, Staff};
use serde_json::json;

use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::console::list::{Asked, Tab};
use crate::console::requests::machine;
use crate::input::Form;
use crate::present::{self, Eye};
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::{Badge, Choice, Tone};

const LIST: &str = "/staff/requests";
const BASE: &str = "/staff/requests/board";
/// Cards of a column.
const CARDS: i64 = 20;
/// The columns; what is over is in the list.
const COLUMNS: [State; 7] = [
    State::New,
    State::Taken,
    State::Scheduled,
    State::InProgress,
    State::WaitingCustomer,
    State::WaitingParts,
    State::Done,
];

/// The board of requests.
#[derive(Template)]
#[template(path = "staff/board.html")]
pub(crate) struct BoardPage {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) views: Vec<Tab>,
    pub(crate) chips: Vec<Tab>,
    /// The filter's word in the address.
    pub(crate) whose: &'static str,
    /// The engineer whose requests these are, as the address names them; empty for all.
    pub(crate) engineer: String,
    /// Where a chosen card may be sent.
    pub(crate) targets: Vec<Choice>,
    pub(crate) columns: Vec<Column>,
}

/// Cards that stand alike.
pub(crate) struct Column {
    /// What a card that is dropped here is sent with, as the pairs of a form.
    pub(crate) drop: String,
    pub(crate) title: String,
    /// How many are shown, with a plus where more follow.
    pub(crate) count: String,
    pub(crate) cards: Vec<Card>,
    /// The address of those below.
    pub(crate) next: Option<String>,
    /// The address of the first ones, where these are others.
    pub(crate) first: Option<String>,
}

/// A case on a board.
pub(crate) struct Card {
    pub(crate) number: String,
    pub(crate) href: String,
    pub(crate) machine: String,
    pub(crate) note: String,
    pub(crate) badges: Vec<Badge>,
    /// How long it has waited, or when somebody comes.
    pub(crate) age: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route(BASE, get(show).post(shift))
}

/// The list and the board.
pub(super) fn views(ui: Ui, board: bool) -> Vec<Tab> {
    vec![Tab::to(ui, LIST, "console-as-list", !board), Tab::to(ui, BASE, "console-as-board", board)]
}

/// A state as the dealer's people call it: the badge's words are the customer's.
fn title(ui: Ui, state: State) -> String {
    match state {
        State::WaitingCustomer => ui.s("console-board-waiting-customer").to_owned(),
        _ => present::request_badge(ui, state).text,
    }
}

/// Where a request may be moved from where it stands.
pub(super) fn moves(ui: Ui, from: State) -> Vec<Choice> {
    let all = State::ALL.into_iter().filter(|to| from.leads_to(*to));
    all.map(|to| target(ui, to)).collect()
}

pub(crate) fn target(ui: Ui, to: State) -> Choice {
    present::choice(to.as_str(), title(ui, to), false)
}

/// The words of the filter in the address.
const WHOSE: [(&str, &str); 4] = [
    ("", "console-all"),
    ("mine", "console-board-mine"),
    ("nobodys", "console-board-nobodys"),
    ("down", "console-board-down"),
];

/// A word of [`WHOSE`], as it was typed; the first of them for any other.
fn whose_word(word: Option<&str>) -> &'static str {
    WHOSE.iter().find(|(one, _)| Some(*one) == word).map_or("", |(one, _)| one)
}

/// Access: managers. A query per column, and one for the engineers.
async fn show(mut look: Look, asked: Asked) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.manager()?;
    let (ui, eye) = (clerk.ui, Eye::of(clerk));
    let word = whose_word(asked.get("whose"));
    let mut engineers = staff::list(db).await?;
    engineers.retain(|one| one.role == Role::Engineer);
    let wanted = asked.get("engineer");
    let engineer = engineers.iter().find(|one| wanted == Some(&one.telegram_id.to_string()));
    let whose = match (engineer, word) {
        (Some(one), _) => Whose::Engineers(one.id.clone()),
        (None, "mine") => Whose::Of(clerk.staff.id.clone()),
        (None, "nobodys") => Whose::Nobodys,
        (None, "down") => Whose::Down,
        _ => Whose::All,
    };
    let mut columns = Vec::new();
    for state in COLUMNS {
        let cursor = format!("at-{}", state.as_str());
        let found = requests::column(db, state, &whose, (asked.get(&cursor), CARDS)).await?;
        let more = if found.next.is_some() { "+" } else { "" };
        columns.push(Column {
            drop: format!("to={}", state.as_str()),
            title: title(ui, state),
            count: format!("{}{more}", found.rows.len()),
            cards: found.rows.iter().map(|open| card(&eye, open)).collect(),
            next: found.next.map(|key| asked.href(&cursor, &key)),
            first: asked.get(&cursor).map(|_| asked.href(&cursor, "")),
        });
    }
    page(&BoardPage {
        frame: clerk.frame(Section::Requests),
        title: ui.s("console-nav-requests").to_owned(),
        views: views(ui, true),
        chips: chips(ui, word, (&engineers, engineer)),
        whose: word,
        engineer: engineer.map(|one| one.telegram_id.to_string()).unwrap_or_default(),
        targets: State::ALL.into_iter().skip(1).map(|to| target(ui, to)).collect(),
        columns,
    })
}

/// The filters, then the engineers. Another filter begins at the top of each column.
fn chips(ui: Ui, word: &str, (engineers, chosen): (&[Staff], Option<&Staff>)) -> Vec<Tab> {
    let chip = |(one, key): &(&str, &str)| {
        let on = chosen.is_none() && *one == word;
        Tab::to(ui, Asked::new(BASE, &[]).href("whose", one), key, on)
    };
    let person = |one: &Staff| Tab {
        href: Asked::new(BASE, &[]).href("engineer", &one.telegram_id.to_string()),
        label: one.name.clone(),
        on: chosen.is_some_and(|chosen| chosen.id == one.id),
    };
    WHOSE.iter().map(chip).chain(engineers.iter().map(person)).collect()
}

/// A request as a card: what, whose, how long.
pub(super) fn card(eye: &Eye, open: &OpenRequest) -> Card {
    let (ui, request) = (eye.ui, &open.summary);
    let company = open.company.as_deref().unwrap_or(&open.customer_name);
    let who = [Some(company), open.taken_by_name.as_deref(), open.engineer.as_deref()];
    let who: Vec<&str> = who.into_iter().flatten().filter(|name| !name.is_empty()).collect();
    let kind = present::word(ui, "kind-", request.kind.as_str());
    let named = machine(ui, open);
    let mut badges = Vec::new();
    if request.machine_down && !present::is_over(request.state) {
        badges.push(Badge { tone: Tone::Down, text: ui.s("state-machine-down").to_owned() });
    }
    Card {
        number: request.number.clone(),
        href: format!("{LIST}/{}", request.number),
        machine: if named.is_empty() { kind } else { format!("{named} · {kind}") },
        note: who.join(" · "),
        badges,
        age: ui.span(request.fixed_at.unwrap_or(eye.now) - request.created_at),
    }
}

/// Access: managers. `number` goes to the state `to`.
async fn shift(clerk: Clerk, form: Form) -> Answer {
    let manager = clerk.viewer.manager()?;
    let number = form.required("number")?;
    let to = State::parse(form.required("to")?).ok_or(Error::invalid("to", "error-choice"))?;
    let mut tx = clerk.begin().await?;
    let case = requests::by_number_for_staff(&mut tx, number).await?;
    requests::shift(&mut tx, clerk.state.dealer(), manager, &case.request.id, to).await?;
    let details = json!({ "to": to.as_str() });
    let act = Act { act: "request-move", subject: "request", subject_id: number, details };
    clerk.done(tx, &act).await?;
    Ok(match (form.text("back"), form.text("engineer")) {
        (Some("page"), _) => see_other(&format!("{LIST}/{number}")),
        (_, Some(one)) => see_other(&Asked::new(BASE, &[]).href("engineer", one)),
        _ => see_other(&Asked::new(BASE, &[]).href("whose", whose_word(form.text("whose")))),
    })
}
