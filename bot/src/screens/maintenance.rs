//! The reminder of a due maintenance with its four answers, and what each answer makes of it.

use chrono::NaiveDate;
use domain::maintenance::{Kit, Later, OwnMaintenance, Reminder, State};
use teloxide::types::InlineKeyboardButton;

use crate::button::{Button, MaintenanceAct, Number, RequestAct};
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{people, quote};
use crate::voice::{Voice, press};

/// A maintenance draws near or is overdue: what will you do? The days are counted when the message
/// is sent: it may have waited.
pub(crate) fn card(voice: &Voice, reminder: &Reminder) -> Screen {
    let screen = Screen::new(text(voice, reminder));
    if reminder.occurrence.state != State::Open {
        return passport(voice, screen, reminder);
    }
    let screen = screen.row([answer(voice, reminder, "bot-book", MaintenanceAct::Book)]);
    passport(voice, other_answers(voice, kit_row(voice, screen, reminder), reminder), reminder)
}

/// When shall I remind you?
pub(crate) fn ask_later(voice: &Voice, reminder: &Reminder) -> Screen {
    let days = (reminder.occurrence.due_on - voice.deps.dealer.today()).num_days();
    let choices = Later::offered(days).iter().map(|later| {
        let key = match later {
            Later::ThreeDays => "bot-later-three-days",
            Later::Week => "bot-later-week",
            Later::Month => "bot-later-month",
        };
        answer(voice, reminder, key, MaintenanceAct::from(*later))
    });
    Screen::new(text(voice, reminder)).line(voice.get("bot-later-when")).row(choices).row([answer(
        voice,
        reminder,
        "bot-back",
        MaintenanceAct::Show,
    )])
}

/// I shall remind you then.
pub(crate) fn rests(voice: &Voice, reminder: &Reminder, until: NaiveDate) -> Screen {
    let date = [("date", voice.day(until).into())];
    let screen =
        Screen::new(text(voice, reminder)).line(format!("🕓 {}", voice.say("bot-rests", &date)));
    passport(voice, screen, reminder)
}

/// A visit is booked.
pub(crate) fn booked(voice: &Voice, reminder: &Reminder, number: &str) -> Screen {
    let said = voice.say("bot-booked", &[("number", shown(number).into())]);
    let request = Button::Request(RequestAct::Show, Number::of(number));
    let screen = Screen::new(text(voice, reminder))
        .line(format!("✅ {said}"))
        .row([Some(voice.press("bot-open-request", &request))]);
    passport(voice, screen, reminder)
}

/// The kit lies in the cart. The maintenance itself still waits for its answer.
pub(crate) fn in_cart(voice: &Voice, reminder: &Reminder, kit: &Kit) -> Screen {
    let mut screen = Screen::new(text(voice, reminder)).line(voice.get("bot-kit-in-cart"));
    for part in &kit.parts {
        let price = match part.price {
            Some(price) => price.to_string(),
            None => voice.get("price-on-request").to_owned(),
        };
        let name = shown(&part.name);
        screen = screen.line(match part.quantity {
            1 => format!("• {name} — {price}"),
            pieces => format!("• {name} ×\u{a0}{pieces} — {price}"),
        });
    }
    let screen = screen.row([voice.open("bot-open-cart", "/cart")]).row([answer(
        voice,
        reminder,
        "bot-book",
        MaintenanceAct::Book,
    )]);
    passport(voice, other_answers(voice, screen, reminder), reminder)
}

/// To managers: a customer's own people did it.
pub(crate) fn done_by_customer(voice: &Voice, own: &OwnMaintenance) -> Screen {
    let (machine, told) = (&own.machine, &own.told);
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let title = voice.say("bot-staff-own", &[("machine", format!("<b>{name}</b>").into())]);
    let hours = told.hours.map(|hours| voice.say("bot-hours", &[("count", hours.into())]));
    let next = match told.next_maintenance_on {
        Some(next) => voice.say("bot-next-maintenance", &[("date", voice.day(next).into())]),
        None => voice.get("bot-staff-own-no-date").to_owned(),
    };
    let note = (!told.note.is_empty()).then(|| quote(voice, &told.note));
    let screen = Screen::new(title)
        .filled(people(machine.company.as_deref(), &told.customer_name, told.phone.as_ref()))
        .maybe(note)
        .maybe(hours)
        .line(next);
    own.files.iter().fold(screen, |screen, file| {
        screen.row([Some(press(&format!("📎 {}", file.name), &Button::Document(file.id.clone())))])
    })
}

fn text(voice: &Voice, reminder: &Reminder) -> String {
    let (occurrence, machine) = (&reminder.occurrence, &reminder.machine);
    let days = (occurrence.due_on - voice.deps.dealer.today()).num_days();
    let key = match (occurrence.state, days) {
        (State::Done, _) => "bot-maintenance-done",
        (State::Superseded, _) => "bot-maintenance-moved",
        (State::Open, 1..) => "bot-maintenance-due",
        (State::Open, 0) => "bot-maintenance-today",
        (State::Open, ..0) => "bot-maintenance-overdue",
    };
    let name = voice.machine_html(&machine.model_name, &machine.serial);
    let count = voice.say("days", &[("count", days.abs().into())]);
    voice.say(
        key,
        &[
            ("machine", format!("<b>{name}</b>").into()),
            ("days", count.into()),
            ("date", voice.day(occurrence.due_on).into()),
        ],
    )
}

/// The kit at its price; where the catalogue has none, the parts for the machine.
fn kit_row(voice: &Voice, screen: Screen, reminder: &Reminder) -> Screen {
    let Some(kit) = &reminder.kit else {
        let path = format!("/parts?machine={}", reminder.machine.id);
        return screen.row([voice.open("bot-parts", &path)]);
    };
    let label = match kit.total {
        Some(total) => voice.say("bot-order-kit", &[("sum", total.to_string().into())]),
        None => voice.get("bot-order-kit-on-request").to_owned(),
    };
    let button = Button::Maintenance(MaintenanceAct::Kit, reminder.occurrence.id.clone());
    screen.row([Some(press(&label, &button))])
}

fn other_answers(voice: &Voice, screen: Screen, reminder: &Reminder) -> Screen {
    screen.row([
        answer(voice, reminder, "bot-done-ourselves", MaintenanceAct::Own),
        answer(voice, reminder, "bot-later", MaintenanceAct::AskLater),
    ])
}

fn passport(voice: &Voice, screen: Screen, reminder: &Reminder) -> Screen {
    screen.row([voice.open("bot-open-passport", &format!("/machines/{}", reminder.machine.id))])
}

fn answer(
    voice: &Voice,
    reminder: &Reminder,
    key: &str,
    act: MaintenanceAct,
) -> Option<InlineKeyboardButton> {
    Some(voice.press(key, &Button::Maintenance(act, reminder.occurrence.id.clone())))
}
