//! What managers see of won deals: a case to decide, with both histories, and what a deal lacks.

use domain::approvals::disputes::{Case, Decision};
use domain::approvals::{Kind, State};
use domain::machines::{Gap, SaleGaps};
use domain::text::Phone;

use crate::button::Button;
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::screens::dotted;
use crate::voice::Voice;

/// The case, with its buttons while it is open, then with its outcome.
pub(crate) fn card(voice: &Voice, case: &Case) -> Screen {
    let title = match case.approval.kind {
        Kind::Typo => "bot-approval-typo",
        _ => "bot-approval-owner",
    };
    let claim = &case.claim;
    let known = &case.machine;
    let whose = [known.company.as_deref(), case.owner.as_deref()];
    let whose = dotted(whose.into_iter().map(|name| name.map(shown)));
    let whose = if whose.is_empty() { voice.get("approval-nobody").to_owned() } else { whose };
    let phone = claim.phone.as_ref().map(Phone::shown);
    let buyer = dotted([
        claim.company.as_deref().map(shown),
        claim.customer_name.as_deref().map(shown),
        phone,
    ]);
    let mut screen = Screen::new(format!("<b>{}</b>", voice.get(title)))
        .line("")
        .line(voice.get("bot-approval-deal"))
        .line(shown(&clip(&claim.title, 200)))
        .line(voice.machine_html(&claim.model, &claim.serial))
        .filled(buyer)
        .line("")
        .line(voice.get("bot-approval-machine"))
        .line(voice.machine_html(&known.model_name, &known.serial))
        .line(whose);
    for event in &case.history {
        let day = voice.day(event.at.with_timezone(&voice.deps.dealer.zone).date_naive());
        screen = screen.line(format!("{day} · {}", shown(&clip(&event.title, 120))));
    }
    screen = screen.line("");
    if case.approval.state == State::Open {
        let id = &case.approval.id;
        let decisions = Decision::fitting(case.approval.kind).iter();
        return decisions.fold(screen.line(voice.get("approval-what")), |screen, decision| {
            let button = Button::Approval(*decision, id.clone());
            screen.row([Some(voice.press(decision.label(), &button))])
        });
    }
    screen.line(outcome(voice, case))
}

fn outcome(voice: &Voice, case: &Case) -> String {
    let key = match (case.approval.state, case.approval.decision) {
        (State::Approved, Some(Decision::Transfer)) => "bot-approval-transferred",
        (State::Approved, Some(Decision::Same)) => "bot-approval-was-same",
        (State::Approved, _) => "bot-approval-was-separate",
        (State::Rejected, _) => "bot-approval-rejected",
        _ => return voice.get("bot-approval-withdrawn").to_owned(),
    };
    let name = case.decided_by.as_deref().unwrap_or("—");
    voice.say(key, &[("name", shown(name).into())])
}

/// What a won deal lacks, or that it was filled in.
pub(crate) fn gaps(voice: &Voice, sale: &SaleGaps) -> Screen {
    let title = if sale.open { "bot-gaps" } else { "bot-gaps-filled" };
    let deal = format!("<b>{}</b>", shown(&clip(&sale.title, 200)));
    let screen =
        Screen::new(voice.say(title, &[("deal", deal.into())])).filled(shown(&sale.customer));
    if !sale.open {
        return screen;
    }
    let lines = sale.gaps.iter().map(|gap| format!("• {}", gap_line(voice, gap)));
    lines.fold(screen, Screen::line).line(voice.get("bot-gaps-what"))
}

fn gap_line(voice: &Voice, gap: &Gap) -> String {
    let filled = |text: &Option<String>| shown(text.as_deref().unwrap_or("—"));
    match gap {
        Gap::Serial { line, model } => voice.say(
            "bot-gap-serial",
            &[("line", line.to_string().into()), ("model", filled(model).into())],
        ),
        Gap::Model { line, serial } => voice.say(
            "bot-gap-model",
            &[("line", line.to_string().into()), ("serial", filled(serial).into())],
        ),
        Gap::UnknownModel { model } => {
            voice.say("bot-gap-unknown-model", &[("model", shown(model).into())])
        }
        Gap::SerialTwice { serial } => {
            voice.say("bot-gap-serial-twice", &[("serial", shown(serial).into())])
        }
        Gap::Refused { serial } => {
            voice.say("bot-gap-refused", &[("serial", shown(serial).into())])
        }
    }
}
