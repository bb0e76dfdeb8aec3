//! What messages show, case by case: the domain's answer put into words and buttons.

pub(crate) mod approvals;
pub(crate) mod console;
pub(crate) mod desk;
pub(crate) mod disputes;
pub(crate) mod jobs;
pub(crate) mod leads;
pub(crate) mod machines;
pub(crate) mod maintenance;
pub(crate) mod notices;
pub(crate) mod orders;
pub(crate) mod requests;
pub(crate) mod start;

use chrono::{DateTime, Utc};
use domain::text::Phone;

use crate::html;
use crate::voice::Voice;

/// The most of somebody's words that a card quotes, in characters.
const QUOTE: usize = 700;

/// Words that somebody typed, in quotation marks.
fn quote(voice: &Voice, text: &str) -> String {
    // One line: a card is a glance, and the whole stands in the Mini App.
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    voice.say("bot-quote", &[("text", html::shown(&html::clip(&flat, QUOTE)).into())])
}

/// «станок стоит 3 ч 12 мин, с 09:12», or how long it stood when that has ended.
fn standstill(voice: &Voice, from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> String {
    let lasted = voice.lasted(from, to);
    if to.is_some() {
        return voice.say("bot-stood", &[("lasted", lasted.into())]);
    }
    voice.say("bot-stands", &[("lasted", lasted.into()), ("since", since(voice, from).into())])
}

/// A moment that a card may keep showing tomorrow: the hour, with its date unless it is today's.
fn since(voice: &Voice, at: DateTime<Utc>) -> String {
    let dealer = &voice.deps.dealer;
    let local = at.with_timezone(&dealer.zone);
    let time = local.format("%H:%M").to_string();
    if local.date_naive() == dealer.today() {
        return time;
    }
    let day = voice.day(local.date_naive());
    voice.say("words-when", &[("date", day.into()), ("time", time.into())])
}

/// Firm, person, phone. A firm whose person has not been met yet goes by one name for both.
fn people(company: Option<&str>, name: &str, phone: Option<&Phone>) -> String {
    let person = Some(name).filter(|name| company != Some(*name));
    dotted([company.map(html::shown), person.map(html::shown), phone.map(Phone::shown)])
}

/// The parts that there are, with a dot between them.
fn dotted(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
