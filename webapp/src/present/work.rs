//! Requests, jobs and the desk as people see them.

use chrono::{DateTime, Utc};
use domain::requests::{self, OpenRequest, RequestCase, RequestSummary};
use domain::text::Phone;
use domain::work_orders::{self, Job, JobSummary};

use crate::present::{Eye, fact, machine_name, stars, steps, word};
use crate::ui::Ui;
use crate::views::parts::{Badge, CaseCell, Fact, MachineCell, Step, Tone};
use crate::views::work::{Act, JobGroup};

/// A request's state in a word.
pub(crate) fn request_badge(ui: Ui, state: requests::State) -> Badge {
    use requests::State;
    let tone = match state {
        State::New | State::WaitingCustomer | State::WaitingParts => Tone::Warning,
        State::Taken | State::Scheduled | State::InProgress | State::Done => Tone::Ok,
        State::Closed | State::Cancelled => Tone::Plain,
    };
    Badge { tone, text: word(ui, "state-request-", state.as_str()) }
}

/// Whether nothing more is to be done about a request.
pub(crate) fn is_over(state: requests::State) -> bool {
    use requests::State;
    matches!(state, State::Done | State::Closed | State::Cancelled)
}

/// How long a machine has stood, in the request's time; empty when it does not stand.
fn clock(eye: &Eye, down: bool, state: requests::State, since: DateTime<Utc>) -> String {
    if down && !is_over(state) { eye.ui.span(eye.now - since) } else { String::new() }
}

/// The reader's request as a cell.
pub(crate) fn request_cell(eye: &Eye, request: &RequestSummary) -> CaseCell {
    let ui = eye.ui;
    let time = clock(eye, request.machine_down, request.state, request.created_at);
    CaseCell {
        href: format!("/app/requests/{}", request.number),
        number: request.number.clone(),
        note: request_note(eye, request),
        badge: request_badge(ui, request.state),
        clock: if time.is_empty() { time } else { ui.with("app-machine-stands", "time", time) },
        total: None,
    }
}

fn request_note(eye: &Eye, request: &RequestSummary) -> String {
    let ui = eye.ui;
    let machine = request.machine.as_ref();
    let machine = machine.map(|(_, serial, model)| machine_name(ui, model, serial));
    let kind = word(ui, "kind-", request.kind.as_str()).to_lowercase();
    let unread = request.unread.then(|| format!("● {}", ui.s("app-request-unread")));
    let said = [unread, machine, Some(kind), Some(ui.when(request.created_at))];
    said.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A request on the desk: who asks stands first.
pub(crate) fn open_request_cell(eye: &Eye, open: &OpenRequest) -> CaseCell {
    let cell = request_cell(eye, &open.summary);
    let who =
        [open.company.as_deref().or(Some(&open.customer_name)), open.taken_by_name.as_deref()];
    let who: Vec<&str> = who.into_iter().flatten().filter(|name| !name.is_empty()).collect();
    let rated = open.stars.map(|given| format!("{} · ", stars(given))).unwrap_or_default();
    CaseCell { note: format!("{rated}{} · {}", who.join(", "), cell.note), ..cell }
}

/// How long the machine of a request has stood.
pub(crate) fn request_clock(eye: &Eye, case: &RequestCase) -> String {
    clock(eye, case.request.machine_down, case.request.state, case.request.created_at)
}

/// How far a request has come; nothing for one that was withdrawn.
pub(crate) fn request_steps(ui: Ui, state: requests::State) -> Vec<Step> {
    use requests::State;
    let now = match state {
        State::New => 0,
        State::Taken => 1,
        State::Scheduled => 2,
        State::InProgress | State::WaitingCustomer | State::WaitingParts => 3,
        State::Done | State::Closed => 5,
        State::Cancelled => return Vec::new(),
    };
    let names = ["new", "taken", "scheduled", "in_progress", "done"];
    steps(ui, "app-step-request-", &names, now)
}

/// The machine of a request or job, with where it stands.
pub(crate) fn case_machine(id: &str, serial: &str, model: &str, note: String) -> MachineCell {
    MachineCell {
        href: format!("/app/machines/{id}"),
        model: model.to_owned(),
        serial: serial.to_owned(),
        note,
        tone: Tone::Ok,
    }
}

/// For staff: who asks, who has it.
pub(crate) fn request_contact(ui: Ui, case: &RequestCase) -> Vec<Fact> {
    let phone = case.phone.as_ref().map(Phone::shown);
    let rows = [
        fact(ui, "app-request-customer", Some(&case.customer_name)),
        fact(ui, "app-request-phone", phone.as_deref()).map(|fact| Fact { mono: true, ..fact }),
        fact(ui, "app-request-company", company(case.company.as_deref(), &case.customer_name)),
        fact(ui, "app-request-manager", case.taken_by_name.as_deref()),
        fact(ui, "app-request-engineer", case.engineer.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

/// The company, unless the customer is known by its name.
pub(crate) fn company<'a>(company: Option<&'a str>, customer: &str) -> Option<&'a str> {
    company.filter(|name| *name != customer)
}

/// A job's state in a word.
pub(crate) fn job_badge(ui: Ui, state: work_orders::State) -> Badge {
    use work_orders::State;
    let tone = match state {
        State::Assigned | State::Paused => Tone::Warning,
        State::Accepted | State::EnRoute | State::InProgress => Tone::Ok,
        State::Done => Tone::Plain,
    };
    Badge { tone, text: word(ui, "state-job-", state.as_str()) }
}

/// The engineer's jobs: what runs, what comes, what is done.
pub(crate) fn job_groups(eye: &Eye, jobs: &[JobSummary]) -> Vec<JobGroup> {
    use work_orders::State;
    let group = |title: &str, of: fn(State) -> bool| JobGroup {
        title: eye.ui.s(title).to_owned(),
        cases: jobs.iter().filter(|job| of(job.state)).map(|job| job_cell(eye, job)).collect(),
    };
    let groups = [
        group("app-jobs-now", |s| matches!(s, State::EnRoute | State::InProgress | State::Paused)),
        group("app-jobs-next", |s| matches!(s, State::Assigned | State::Accepted)),
        group("app-jobs-done", |s| s == State::Done),
    ];
    groups.into_iter().filter(|group| !group.cases.is_empty()).collect()
}

/// A job as a cell.
pub(crate) fn job_cell(eye: &Eye, job: &JobSummary) -> CaseCell {
    let ui = eye.ui;
    let machine = job.machine.as_ref();
    let name = machine.map(|(_, serial, model, _)| machine_name(ui, model, serial));
    let site = machine.and_then(|(.., site)| site.clone());
    let said = [name, site, Some(word(ui, "kind-", job.kind.as_str()).to_lowercase())];
    let stands = job.machine_down && job.state != work_orders::State::Done;
    CaseCell {
        href: format!("/app/jobs/{}", job.id),
        number: job.request_number.clone(),
        note: said.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        badge: job_badge(ui, job.state),
        clock: if stands { ui.s("state-machine-down").to_owned() } else { String::new() },
        total: None,
    }
}

/// How far a job has come.
pub(crate) fn job_steps(ui: Ui, state: work_orders::State) -> Vec<Step> {
    use work_orders::State;
    let now = match state {
        State::Assigned => 0,
        State::Accepted | State::EnRoute => 1,
        State::InProgress | State::Paused => 2,
        State::Done => 4,
    };
    steps(ui, "app-step-job-", &["assigned", "accepted", "in_progress", "done"], now)
}

/// Whom the engineer meets.
pub(crate) fn job_details(ui: Ui, job: &Job) -> Vec<Fact> {
    let phone = job.phone.as_ref().map(Phone::shown);
    let site = job.machine.as_ref().and_then(|(.., site)| site.as_deref());
    let window = job.work_order.window().map(|window| ui.window(window.from, window.until));
    let rows = [
        fact(ui, "app-job-request", Some(&job.request_number)),
        fact(ui, "app-request-customer", Some(&job.customer_name)),
        fact(ui, "app-request-phone", phone.as_deref()).map(|fact| Fact { mono: true, ..fact }),
        fact(ui, "app-request-company", company(job.company.as_deref(), &job.customer_name)),
        fact(ui, "app-job-address", site),
        fact(ui, "app-job-window", window.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

/// What was reported.
pub(crate) fn job_result(ui: Ui, job: &Job) -> Vec<Fact> {
    let done = job.work_order.done_at.map(|at| ui.when(at));
    let hours = job.work_order.hours.map(|hours| hours.to_string());
    let next = job.work_order.next_maintenance_on.map(|date| ui.calendar_date(date));
    let rows = [
        fact(ui, "app-job-done", done.as_deref()),
        fact(ui, "app-job-hours", hours.as_deref()),
        fact(ui, "app-job-next-date", next.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

/// What the engineer may do with the job now.
pub(crate) fn job_acts(ui: Ui, state: work_orders::State) -> Vec<Act> {
    use work_orders::State;
    let act = |path, label: &str, main| Act { path, label: ui.s(label).to_owned(), main };
    match state {
        State::Assigned => vec![act("accept", "app-job-accept", true)],
        State::Accepted | State::EnRoute => vec![act("start", "app-job-start", true)],
        State::InProgress => {
            vec![act("pause", "app-job-pause", false), act("done", "app-job-done", true)]
        }
        State::Paused => {
            vec![act("start", "app-job-resume", false), act("done", "app-job-done", true)]
        }
        State::Done => Vec::new(),
    }
}
