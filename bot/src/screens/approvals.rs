//! What people who are asked to decide see: the case with its buttons, then its outcome.

use domain::approvals::deals::{Change, DealRow};
use domain::approvals::{Approval, Case, Outcome, Seat, Stand, State};
use domain::files::MAX_FILES;
use domain::outbox::ApprovalNews;

use crate::button::{Button, Token};
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::screens::{dotted, quote, since};
use crate::voice::{Voice, press};

/// So many goods stand on a card; the rest is in the CRM.
const ROWS: usize = 12;

/// The longest name of a file, in characters.
const FILE: usize = 40;

/// The longest title, in characters.
const TITLE: usize = 200;

/// A case as one person sees it: `token` stands in their buttons while their answer is awaited.
pub(crate) fn card(voice: &Voice, case: &Case, token: Option<&str>) -> Screen {
    let approval = &case.approval;
    let kind = voice.get(&format!("approval-kind-{}", approval.kind.as_str())).to_owned();
    let mut screen = Screen::new(format!("<b>{kind}</b>"))
        .line(titled(approval))
        .maybe(asker(voice, approval))
        .maybe(
            approval
                .amount
                .map(|sum| voice.say("approval-sum", &[("sum", sum.to_string().into())])),
        )
        .maybe(taken_off(voice, case))
        .filled(if approval.words.is_empty() {
            String::new()
        } else {
            quote(voice, &approval.words)
        });
    for line in changed(voice, &case.changes).into_iter().chain(goods(voice, case)) {
        screen = screen.line(line);
    }
    for file in case.left.iter().take(MAX_FILES) {
        screen = screen.line(format!("📎 {}", shown(&clip(&file.name, FILE))));
    }
    if !case.left.is_empty() {
        screen = screen.line(voice.get("approval-left-files").to_owned());
    }
    for line in answers(voice, case) {
        screen = screen.line(line);
    }
    screen = screen.line("").line(standing(voice, case));
    if approval.state != State::Open {
        return screen;
    }
    for file in &case.files {
        let label = format!("📎 {}", clip(&file.name, FILE));
        screen = screen.row([Some(press(&label, &Button::Document(file.id.clone())))]);
    }
    let Some(token) = token else { return screen };
    let button = |outcome: Outcome| {
        Some(voice.press(outcome.label(), &Button::Decide(outcome, Token::of(token))))
    };
    screen.row([button(Outcome::Approve), button(Outcome::Reject)]).row([button(Outcome::Changes)])
}

/// A case as a director of the customer's company sees it.
pub(crate) fn directors(voice: &Voice, case: &Case) -> Screen {
    let approval = &case.approval;
    let kind = voice.get(&format!("bot-director-{}", approval.kind.as_str())).to_owned();
    let sum =
        approval.amount.map(|sum| voice.say("approval-sum", &[("sum", sum.to_string().into())]));
    let screen = Screen::new(format!("<b>{kind}</b>"))
        .line(titled(approval))
        .maybe(asker(voice, approval))
        .maybe(sum)
        .line("")
        .line(standing(voice, case));
    if approval.state != State::Open {
        return screen;
    }
    let button = |outcome: Outcome| {
        Some(voice.press(outcome.label(), &Button::Direct(outcome, approval.id.clone())))
    };
    screen
        .row([button(Outcome::Approve), button(Outcome::Reject)])
        .row([voice.open("bot-open", &format!("/approvals/{}", approval.id))])
}

/// What people hear beside the card, with the way to it.
pub(crate) fn news(voice: &Voice, case: &Case, news: ApprovalNews) -> Screen {
    let approval = &case.approval;
    let title = ("title", shown(&clip(&approval.title, TITLE)).into());
    let mut screen = Screen::new(match news {
        ApprovalNews::Decided => outcome(voice, case, &[title]),
        other => voice.say(&format!("bot-approval-news-{}", other.as_str()), &[title]),
    });
    if news == ApprovalNews::Reopened {
        for line in changed(voice, &case.changes) {
            screen = screen.line(line);
        }
    }
    if let (ApprovalNews::Decided, Some(reason)) = (news, &approval.reason) {
        screen = screen.line(quote(voice, reason));
    }
    let shows = approval.state == State::Open && news != ApprovalNews::Decided;
    let show = Button::ShowApproval(approval.id.clone());
    screen.row([shows.then(|| voice.press("bot-approval-show", &show))])
}

/// What a customer hears of their wish.
pub(crate) fn answer(voice: &Voice, case: &Case) -> Screen {
    let approval = &case.approval;
    let said = if approval.state == State::Approved { "yes" } else { "no" };
    let key = format!("bot-approval-answer-{}-{said}", approval.kind.as_str());
    let reason = approval.reason.as_deref().map(|reason| quote(voice, reason));
    Screen::new(voice.say(&key, &[("title", shown(&clip(&approval.title, TITLE)).into())]))
        .maybe(reason)
}

/// The question for a reason.
pub(crate) fn ask_reason(voice: &Voice, title: &str, outcome: Outcome) -> Screen {
    let title = [("title", shown(&clip(title, TITLE)).into())];
    Screen::new(voice.say(&format!("bot-approval-why-{}", outcome.as_str()), &title))
}

/// Whose order it is, and what a quote takes off it.
fn taken_off(voice: &Voice, case: &Case) -> Option<String> {
    let of = case.discount.as_ref()?;
    let whose = [Some(of.customer.as_str()).filter(|name| !name.is_empty()), of.company.as_deref()];
    let whose: Vec<&str> = whose.into_iter().flatten().collect();
    let whose = if whose.is_empty() { "—".to_owned() } else { whose.join(", ") };
    let discount = &of.discount;
    let args = [
        ("customer", shown(&clip(&whose, TITLE)).into()),
        ("listed", discount.listed.to_string().into()),
        ("offered", discount.offered.to_string().into()),
        ("percent", discount.share().to_string().into()),
        ("off", discount.off().to_string().into()),
    ];
    Some(voice.say("bot-approval-discount", &args))
}

fn titled(approval: &Approval) -> String {
    let title = clip(&approval.title, TITLE);
    match &approval.url {
        Some(url) => link(&title, url),
        None => shown(&title),
    }
}

/// A link, where the address is one; what a CRM says of itself is not believed.
fn link(text: &str, url: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let plain = url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>'));
    match web && plain {
        true => format!("<a href=\"{}\">{}</a>", url.replace('&', "&amp;"), shown(text)),
        false => shown(text),
    }
}

fn asker(voice: &Voice, approval: &Approval) -> Option<String> {
    let name = Some(approval.requester_name.as_str()).filter(|name| !name.is_empty())?;
    Some(voice.say("approval-asks", &[("name", shown(name).into())]))
}

fn changed(voice: &Voice, changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let args = [
            ("name", shown(&clip(&change.name, 80)).into()),
            ("from", shown(&change.from).into()),
            ("to", shown(&change.to).into()),
        ];
        format!("❗ {}", voice.say(change.what.key(), &args))
    };
    changes.iter().take(ROWS).map(line).collect()
}

fn goods(voice: &Voice, case: &Case) -> Vec<String> {
    let rows = case.facts.as_ref().map(|facts| facts.rows.as_slice()).unwrap_or_default();
    let line = |row: &DealRow| {
        format!("• {} — {} × {}", shown(&clip(&row.name, 80)), row.quantity, row.price)
    };
    let mut lines: Vec<String> = rows.iter().take(ROWS).map(line).collect();
    if rows.len() > ROWS {
        lines.push(voice.count("approval-more-rows", rows.len() - ROWS));
    }
    lines
}

/// Who has answered, and what.
fn answers(voice: &Voice, case: &Case) -> Vec<String> {
    let answered = |seat: &&Seat| {
        matches!(seat.state, Stand::Approved | Stand::Rejected | Stand::ChangesRequested)
    };
    let line = |seat: &Seat| {
        let name = shown(seat.stood_in.as_deref().unwrap_or(&seat.name));
        let key = format!("approval-answer-{}", seat.state.as_str().replace('_', "-"));
        let said = voice.say(&key, &[("name", name.into())]);
        let reason = seat.reason.as_deref().map(|reason| quote(voice, reason));
        dotted([Some(said), reason])
    };
    case.seats.iter().filter(answered).map(line).collect()
}

fn standing(voice: &Voice, case: &Case) -> String {
    let approval = &case.approval;
    match (approval.state, approval.deadline_at) {
        (State::Open, Some(at)) => voice.say("approval-until", &[("at", since(voice, at).into())]),
        (State::Open, None) => voice.get("approval-awaits").to_owned(),
        _ => outcome(voice, case, &[]),
    }
}

fn outcome(voice: &Voice, case: &Case, more: &[(&str, domain::texts::TextArg<'_>)]) -> String {
    let name = shown(case.decided_by.as_deref().unwrap_or("—"));
    let state = case.approval.state.as_str().replace('_', "-");
    let mut args = vec![("name", name.into())];
    args.extend_from_slice(more);
    let key = if more.is_empty() { "approval-ended" } else { "bot-approval-news-ended" };
    voice.say(&format!("{key}-{state}"), &args)
}
