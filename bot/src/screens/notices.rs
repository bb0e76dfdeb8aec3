//! What people are told once: a new passport, a link to pass on, trouble.

use chrono::NaiveDate;
use domain::catalogue::CatalogueNews;
use domain::checkups::Defect;
use domain::machines::MachineSummary;
use domain::outbox::WebhookNews;
use domain::people::Company;

use crate::button::Button;
use crate::html::{clip, shown};
use crate::screen::Screen;
use crate::voice::Voice;

/// So many defects stand in a message; a message of Telegram has an end.
const DEFECTS: usize = 5;

/// «Ваше оборудование зарегистрировано!»
pub(crate) fn registered(voice: &Voice, machine: &MachineSummary) -> Screen {
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    Screen::new(format!("<b>{}</b>", voice.get("bot-registered")))
        .line(voice.say("bot-registered-where", &[("machine", name.into())]))
        .row([
            voice.open("bot-open-passport", &format!("/machines/{}", machine.id)),
            Some(voice.press("bot-passport-here", &Button::Passport(machine.id.clone()))),
        ])
}

/// To managers: a passport waits for somebody whom the bot has not met.
pub(crate) fn invite(voice: &Voice, machine: &MachineSummary, token: &str) -> Screen {
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let link = voice.deps.start_link(&format!("i_{token}"));
    Screen::new(voice.say("bot-invite", &[("machine", format!("<b>{name}</b>").into())]))
        .line(shown(&link))
        .line(voice.get("bot-invite-how"))
        .row([Some(voice.press("bot-invite-new", &Button::NewInvite(machine.id.clone())))])
}

/// To administrators: a connection that was stopped answers again.
pub(crate) fn works(voice: &Voice, connection: &str) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    Screen::new(voice.say("bot-works", &[("connection", name.into())]))
}

/// To administrators: a token that only they can renew ends soon.
pub(crate) fn access_ends(voice: &Voice, connection: &str, on: NaiveDate) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    let args = [("connection", name.into()), ("date", voice.day(on).into())];
    Screen::new(voice.say("bot-access-ends", &args)).line(voice.get("bot-access-ends-what"))
}

/// To administrators: a connection stopped.
pub(crate) fn paused(voice: &Voice, connection: &str, reason: &str) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    Screen::new(voice.say("bot-paused", &[("connection", name.into())]))
        .line(shown(&clip(reason, 500)))
        .line(voice.get("bot-paused-what"))
}

/// To administrators: the settings and the account no longer fit, or fit again.
pub(crate) fn mapping(voice: &Voice, connection: &str, defects: &[Defect]) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    let key = if defects.is_empty() { "bot-mapping-well" } else { "bot-mapping" };
    let screen = Screen::new(voice.say(key, &[("connection", name.into())]));
    if defects.is_empty() {
        return screen;
    }
    let lines = defects.iter().take(DEFECTS).map(|defect| {
        let words = defect.words(voice.texts.lang());
        format!("• {}", shown(&clip(&words, 600)))
    });
    let screen = lines.fold(screen, Screen::line);
    let screen = if defects.len() > DEFECTS { screen.line("…") } else { screen };
    screen.line(voice.get("bot-mapping-what"))
}

/// To administrators: the goods of a connection are not taken any more, or are again.
pub(crate) fn catalogue(voice: &Voice, connection: &str, news: &CatalogueNews) -> Screen {
    let name = ("connection", format!("<b>{}</b>", shown(connection)).into());
    match news {
        CatalogueNews::Refused { off, of } => {
            let args = [name, ("off", (*off).into()), ("of", (*of).into())];
            Screen::new(voice.say("bot-catalogue-refused", &args))
                .line(voice.get("bot-catalogue-refused-what"))
                .line(format!(
                    "<code>mypark catalogue sync --connection {} --full --force</code>",
                    shown(connection)
                ))
        }
        CatalogueNews::Failed { reason } => Screen::new(voice.say("bot-catalogue-failed", &[name]))
            .line(shown(&clip(reason, 500)))
            .line(voice.get("bot-catalogue-failed-what")),
        CatalogueNews::Works => Screen::new(voice.say("bot-catalogue-works", &[name])),
    }
}

/// To administrators: something about a connection's webhooks.
pub(crate) fn webhooks(voice: &Voice, connection: &str, news: &WebhookNews) -> Screen {
    let name = format!("<b>{}</b>", shown(connection));
    let (key, what) = match news {
        WebhookNews::Silent { .. } => ("bot-webhooks-silent", Some("bot-webhooks-silent-what")),
        WebhookNews::Heard => ("bot-webhooks-heard", None),
        WebhookNews::Renewed => ("bot-webhooks-renewed", None),
        WebhookNews::Disabled => ("bot-webhooks-disabled", Some("bot-webhooks-disabled-what")),
        WebhookNews::Removed => ("bot-webhooks-removed", Some("bot-webhooks-removed-what")),
    };
    let since = match news {
        WebhookNews::Silent { since: Some(since) } => voice.when(*since),
        _ => "—".to_owned(),
    };
    let screen =
        Screen::new(voice.say(key, &[("connection", name.into()), ("since", since.into())]));
    match what {
        Some(what) => screen.line(voice.get(what)),
        None => screen,
    }
}

/// What becomes of the director's role in a company, with the way to its page.
pub(crate) fn direction(voice: &Voice, key: &str, company: &Company) -> Screen {
    let page = format!("/company/{}", company.id);
    Screen::new(voice.say(key, &[("company", shown(&company.name).into())]))
        .row([voice.open("bot-open-company", &page)])
}
