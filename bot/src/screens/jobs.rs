//! The engineer's jobs in the chat.

use domain::ids::WorkOrderId;
use domain::work_orders::{Job, JobMachine, JobSummary, State};

use crate::button::{Button, JobAct};
use crate::html::shown;
use crate::screen::Screen;
use crate::screens::{dotted, people, quote};
use crate::voice::{Voice, press};

/// The engineer's card.
pub(crate) fn card(voice: &Voice, job: &Job) -> Screen {
    let order = &job.work_order;
    let title = voice.say("bot-job", &[("number", job.request_number.as_str().into())]);
    let state = voice.get(&format!("state-job-{}", order.state.as_str())).to_owned();
    let kind = voice.get(&format!("kind-{}", job.kind.as_str())).to_owned();
    let down = (job.machine_down && order.state != State::Done)
        .then(|| voice.get("machine-down").to_owned());
    let window = order.window().filter(|_| order.state != State::Done).map(|window| {
        let when = voice.window(window.from, window.until);
        voice.say("bot-job-window", &[("when", when.into())])
    });
    let files = (!job.files.is_empty())
        .then(|| format!("📎 {}", voice.count("files-count", job.files.len())));
    let report = (!order.report.is_empty() && order.state == State::Done)
        .then(|| voice.say("bot-job-report", &[("text", quote(voice, &order.report).into())]));
    let screen = Screen::new(dotted([Some(format!("<b>{title}</b>")), Some(state)]))
        .maybe(job.machine.as_ref().map(|machine| place(voice, machine)))
        .line(dotted([Some(kind), down]))
        .line(quote(voice, &job.text))
        .maybe(window)
        .maybe(files)
        .filled(people(job.company.as_deref(), &job.customer_name, job.phone.as_ref()))
        .maybe(report);
    acts(voice, &order.id, order.state)
        .into_iter()
        .fold(screen, |screen, row| screen.row(row))
        .row([voice.open("bot-open", &format!("/jobs/{}", order.id))])
}

/// What the card becomes when the job is another's.
pub(crate) fn passed_on(voice: &Voice, number: &str) -> Screen {
    Screen::new(voice.say("bot-job-passed-on", &[("number", number.into())]))
        .row([voice.open("bot-open-jobs", "/jobs")])
}

/// The engineer's jobs, the open ones with what can be done next.
pub(crate) fn list(voice: &Voice, jobs: &[JobSummary]) -> Screen {
    const MOST: usize = 12;
    let open: Vec<&JobSummary> =
        jobs.iter().filter(|job| job.state != State::Done).take(MOST).collect();
    if open.is_empty() {
        return Screen::new(voice.get("bot-jobs-empty"))
            .row([voice.open("bot-open-jobs", "/jobs")]);
    }
    let mut screen = Screen::new(format!("<b>{}</b>", voice.get("bot-jobs-title")));
    for job in &open {
        let state = voice.get(&format!("state-job-{}", job.state.as_str())).to_owned();
        let down = job.machine_down.then(|| voice.get("machine-down").to_owned());
        let kind = voice.get(&format!("kind-{}", job.kind.as_str())).to_owned();
        screen = screen
            .line("")
            .line(dotted([Some(format!("<b>{}</b>", shown(&job.request_number))), Some(state)]))
            .maybe(job.machine.as_ref().map(|machine| place(voice, machine)))
            .line(dotted([Some(kind), down, Some(shown(&job.customer_name))]));
    }
    for job in &open {
        let show = press(&job.request_number, &Button::Job(JobAct::Show, job.id.clone()));
        let next = acts(voice, &job.id, job.state).into_iter().flatten().next().flatten();
        screen = screen.row([Some(show), next]);
    }
    screen.row([voice.open("bot-open-jobs", "/jobs")])
}

fn place(voice: &Voice, (_, serial, model, site): &JobMachine) -> String {
    dotted([Some(voice.machine_html(model, serial)), site.as_deref().map(shown)])
}

type Row = Vec<Option<teloxide::types::InlineKeyboardButton>>;

/// What the engineer may do now, the likeliest first.
fn acts(voice: &Voice, id: &WorkOrderId, state: State) -> Vec<Row> {
    let act = |key: &str, act| Some(voice.press(key, &Button::Job(act, id.clone())));
    match state {
        State::Assigned => vec![vec![act("bot-job-accept", JobAct::Accept)]],
        State::Accepted | State::EnRoute => {
            vec![vec![act("bot-job-start", JobAct::Start)], vec![act("bot-job-done", JobAct::Done)]]
        }
        State::InProgress => {
            vec![vec![act("bot-job-done", JobAct::Done), act("bot-job-pause", JobAct::Pause)]]
        }
        State::Paused => {
            vec![vec![act("bot-job-resume", JobAct::Start), act("bot-job-done", JobAct::Done)]]
        }
        State::Done => Vec::new(),
    }
}
