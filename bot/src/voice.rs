//! How the bot speaks to one person: the words of their language, the links of this installation.

use chrono::{DateTime, NaiveDate, Utc};
use domain::texts::{Lang, TextArg, Texts};
use domain::words;
use teloxide::types::{InlineKeyboardButton, WebAppInfo};

use crate::button::Button;
use crate::deps::BotDeps;
use crate::html;

/// What every screen is written with.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    /// The installation.
    pub(crate) deps: BotDeps,
    /// The words.
    pub(crate) texts: &'static Texts,
}

impl Voice {
    /// Speaks `lang`.
    pub(crate) fn new(deps: &BotDeps, lang: Lang) -> Voice {
        Voice { deps: deps.clone(), texts: Texts::of(lang) }
    }

    /// A sentence without arguments.
    pub(crate) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key)
    }

    /// A sentence with arguments, which are already safe to stand in HTML.
    pub(crate) fn say(&self, key: &str, args: &[(&str, TextArg<'_>)]) -> String {
        self.texts.format(key, args)
    }

    /// A sentence about a number of things.
    pub(crate) fn count(&self, key: &str, count: usize) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.texts.format(key, &[("count", count.into())])
    }

    /// A date near today, in words.
    pub(crate) fn date(&self, date: NaiveDate) -> String {
        words::date(self.texts, date, self.deps.dealer.today())
    }

    /// A date by its name, for a message that will still stand in the chat tomorrow.
    pub(crate) fn day(&self, date: NaiveDate) -> String {
        words::day(self.texts, date, self.deps.dealer.today())
    }

    /// A moment near now, in the dealer's zone.
    pub(crate) fn when(&self, at: DateTime<Utc>) -> String {
        words::when(self.texts, at, self.deps.dealer.zone, self.deps.now())
    }

    /// A span of time, in the dealer's zone.
    pub(crate) fn window(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> String {
        words::window(self.texts, (from, until), self.deps.dealer.zone, self.deps.now())
    }

    /// How long ago something began, or how long it took when it has ended.
    pub(crate) fn lasted(&self, from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> String {
        words::duration(self.texts, to.unwrap_or(self.deps.now()) - from)
    }

    /// A machine's name as buttons bear it: `16К20 № 1234`; `model` is the model's name.
    pub(crate) fn machine(&self, model: &str, serial: &str) -> String {
        self.say("for-machine", &[("model", model.into()), ("serial", serial.into())])
    }

    /// The same, safe to stand in HTML.
    pub(crate) fn machine_html(&self, model: &str, serial: &str) -> String {
        html::shown(&self.machine(model, serial))
    }

    /// A button that tells the bot something.
    pub(crate) fn press(&self, key: &str, button: &Button) -> InlineKeyboardButton {
        press(self.get(key), button)
    }

    /// A button that opens a page of the Mini App; none where there is no Mini App.
    pub(crate) fn open(&self, key: &str, path: &str) -> Option<InlineKeyboardButton> {
        let url = self.deps.page(path)?;
        Some(InlineKeyboardButton::web_app(self.get(key), WebAppInfo { url }))
    }
}

/// A button with a text of its own, such as a machine's name.
pub(crate) fn press(text: &str, button: &Button) -> InlineKeyboardButton {
    // Longer texts are cut by the clients, at their own discretion.
    InlineKeyboardButton::callback(html::clip(text, 60), button.to_string())
}

#[cfg(test)]
mod tests {
    use domain::approvals::{self, Outcome};
    use domain::orders;
    use domain::outbox::ApprovalNews;
    use domain::requests::{Kind, State};
    use domain::texts::{Lang, Texts};

    const SOURCES: &[&str] = &[
        include_str!("button.rs"),
        include_str!("button/acts.rs"),
        include_str!("button/names.rs"),
        include_str!("caller.rs"),
        include_str!("conversation/collect.rs"),
        include_str!("conversation/mod.rs"),
        include_str!("conversation/own.rs"),
        include_str!("conversation/own_screens.rs"),
        include_str!("conversation/reason.rs"),
        include_str!("conversation/report.rs"),
        include_str!("conversation/report_screens.rs"),
        include_str!("conversation/service.rs"),
        include_str!("conversation/service_screens.rs"),
        include_str!("conversation/thread.rs"),
        include_str!("conversation/word.rs"),
        include_str!("deliver.rs"),
        include_str!("deliver/card.rs"),
        include_str!("deliver/cases.rs"),
        include_str!("deliver/orders.rs"),
        include_str!("deliver/prepared.rs"),
        include_str!("deliver/talk.rs"),
        include_str!("deps.rs"),
        include_str!("fault.rs"),
        include_str!("handlers/approvals.rs"),
        include_str!("handlers/commands.rs"),
        include_str!("handlers/console.rs"),
        include_str!("handlers/desk.rs"),
        include_str!("handlers/disputes.rs"),
        include_str!("handlers/jobs.rs"),
        include_str!("handlers/leads.rs"),
        include_str!("handlers/machines.rs"),
        include_str!("handlers/maintenance.rs"),
        include_str!("handlers/mod.rs"),
        include_str!("handlers/orders.rs"),
        include_str!("handlers/plates.rs"),
        include_str!("handlers/presses.rs"),
        include_str!("handlers/reach.rs"),
        include_str!("handlers/requests.rs"),
        include_str!("handlers/settings.rs"),
        include_str!("handlers/start.rs"),
        include_str!("html.rs"),
        include_str!("lane.rs"),
        include_str!("lib.rs"),
        include_str!("schema.rs"),
        include_str!("screen.rs"),
        include_str!("screens/approvals.rs"),
        include_str!("screens/console.rs"),
        include_str!("screens/desk.rs"),
        include_str!("screens/disputes.rs"),
        include_str!("screens/jobs.rs"),
        include_str!("screens/leads.rs"),
        include_str!("screens/machines.rs"),
        include_str!("screens/maintenance.rs"),
        include_str!("screens/mod.rs"),
        include_str!("screens/notices.rs"),
        include_str!("screens/orders.rs"),
        include_str!("screens/requests.rs"),
        include_str!("screens/start.rs"),
        include_str!("setup.rs"),
    ];

    /// String literals that look like a key of the bot's, whole or the stem of a composed one.
    fn written_keys() -> impl Iterator<Item = &'static str> {
        SOURCES.iter().flat_map(|source| source.split('"').skip(1).step_by(2)).filter(|literal| {
            literal.starts_with("bot-")
                && literal.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'))
        })
    }

    fn composed_keys() -> Vec<String> {
        const ORDERS: [orders::State; 8] = [
            orders::State::Placed,
            orders::State::Quoted,
            orders::State::AwaitingApproval,
            orders::State::Confirmed,
            orders::State::Shipped,
            orders::State::Completed,
            orders::State::Cancelled,
            orders::State::Expired,
        ];
        let orders = ORDERS.map(|state| format!("bot-order-{}", state.as_str()));
        let requests = State::ALL.map(|state| format!("bot-request-{}", state.as_str()));
        let desk = State::ALL.map(|state| format!("bot-staff-request-{}", state.as_str()));
        let kinds = Kind::ALL.map(|kind| format!("kind-{}", kind.as_str()));
        let ends =
            approvals::State::ALL.into_iter().filter(|state| *state != approvals::State::Open);
        let approvals = ends.map(|state| state.as_str().replace('_', "-"));
        let approvals = approvals.map(|state| format!("bot-approval-news-ended-{state}"));
        let news =
            ApprovalNews::TO_ASKED.map(|news| format!("bot-approval-news-{}", news.as_str()));
        let why = Outcome::ALL.into_iter().filter(|outcome| outcome.needs_reason());
        let why = why.map(|outcome| format!("bot-approval-why-{}", outcome.as_str()));
        let wishes = [
            approvals::Kind::Membership,
            approvals::Kind::LateCancel,
            approvals::Kind::OrderLimit,
            approvals::Kind::PlateAccess,
            approvals::Kind::MachineClaim,
        ];
        let wishes = wishes.iter().flat_map(|kind| {
            ["yes", "no"].map(|said| format!("bot-approval-answer-{}-{said}", kind.as_str()))
        });
        let directed = [
            approvals::Kind::Membership,
            approvals::Kind::OrderLimit,
            approvals::Kind::PlateAccess,
        ];
        let directed = directed.map(|kind| format!("bot-director-{}", kind.as_str()));
        let more = approvals.chain(news).chain(why).chain(wishes).chain(directed);
        [&orders[..], &requests[..], &desk[..], &kinds[..]]
            .concat()
            .into_iter()
            .chain(more)
            .collect()
    }

    #[test]
    fn every_sentence_that_is_said_stands_in_both_languages() {
        assert!(written_keys().count() > 100, "the scan finds the keys");
        for texts in [Texts::of(Lang::Ru), Texts::of(Lang::En)] {
            for key in written_keys() {
                assert!(texts.has(key), "{key} in {:?}", texts.lang());
            }
            for key in composed_keys() {
                assert!(texts.has(&key), "{key} in {:?}", texts.lang());
            }
        }
    }

    #[test]
    fn no_sentence_stands_there_that_nobody_says() {
        let said: Vec<&str> = written_keys().collect();
        let composed = composed_keys();
        let file = include_str!("../../locales/ru/bot.ftl");
        let keys = file.lines().filter_map(|line| Some(line.split_once(" =")?.0));
        for key in keys.filter(|key| key.starts_with("bot-")) {
            let by_name =
                ["bot-command-", "bot-conflict-"].iter().any(|stem| key.starts_with(stem));
            let known = said.contains(&key) || composed.iter().any(|made| made == key);
            assert!(known || by_name, "{key}");
        }
    }
}
