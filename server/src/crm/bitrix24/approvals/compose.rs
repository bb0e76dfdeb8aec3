//! What the portal is told of an approval, in words: the task, what is said in it, notifications.

use chrono_tz::Tz;
use domain::approvals::deals::Change;
use domain::approvals::{Approval, Case, Seat, Stand, State};
use domain::texts::{Lang, Texts};
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::approvals::answer::OURS;
use crate::crm::bitrix24::deals::compose::{plain, shortened, sparse};

/// A task as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewTask {
    /// Bears our number, by which it is found again.
    pub(crate) title: String,
    /// BB-code.
    pub(crate) text: String,
    /// RFC 3339; empty where there is no deadline.
    pub(crate) until: String,
    /// Of the portal's people, who decides first.
    pub(crate) responsible: i64,
    /// Who else decides.
    pub(crate) others: Vec<i64>,
}

impl NewTask {
    /// The task that asks these people of the portal; the first of them is responsible.
    pub(crate) fn of(case: &Case, deciders: &[i64], zone: Tz) -> Option<NewTask> {
        let (responsible, others) = deciders.split_first()?;
        let until = case.approval.deadline_at.map(|at| at.with_timezone(&zone).to_rfc3339());
        Some(NewTask {
            title: title(&case.approval),
            text: description(case),
            until: until.unwrap_or_default(),
            responsible: *responsible,
            others: others.to_vec(),
        })
    }

    /// As the portal takes it.
    pub(super) fn fields(&self) -> Map<String, Value> {
        let mut fields = sparse(json!({
            "TITLE": self.title,
            "DESCRIPTION": self.text,
            "RESPONSIBLE_ID": self.responsible,
        }));
        fields.insert("DEADLINE".to_owned(), self.until.as_str().into());
        fields.insert("ACCOMPLICES".to_owned(), json!(self.others));
        fields
    }
}

/// Our number of a case, by which its task is found: approvals have none that people count by.
pub(crate) fn number(approval: &Approval) -> String {
    let id = approval.id.as_str();
    format!("С-{}", id[id.len().saturating_sub(8)..].to_uppercase())
}

fn title(approval: &Approval) -> String {
    let texts = Texts::of(Lang::Ru);
    let number = number(approval);
    let title = texts.format(
        "crm-approval-task",
        &[("number", number.into()), ("title", approval.title.as_str().into())],
    );
    match approval.amount {
        Some(sum) => shortened(&format!("{title} — {sum}")),
        None => shortened(&title),
    }
}

fn description(case: &Case) -> String {
    let (texts, approval) = (Texts::of(Lang::Ru), &case.approval);
    let mut lines = Vec::new();
    let mut line = |key: &str, name: &'static str, value: String| {
        if !value.is_empty() {
            lines.push(texts.format(key, &[(name, plain(&value).into())]));
        }
    };
    line("crm-approval-by", "name", approval.requester_name.clone());
    line("crm-approval-sum", "sum", approval.amount.map(|sum| sum.to_string()).unwrap_or_default());
    line("crm-approval-words", "words", approval.words.clone());
    let names: Vec<&str> = case.seats.iter().map(|seat| seat.name.as_str()).collect();
    line("crm-approval-deciders", "names", names.join(", "));
    let rows = case.facts.iter().flat_map(|facts| &facts.rows);
    let rows: Vec<String> = rows
        .map(|row| {
            let args = [
                ("name", plain(&row.name).into()),
                ("quantity", row.quantity.to_string().into()),
                ("price", row.price.to_string().into()),
            ];
            texts.format("crm-approval-row", &args)
        })
        .collect();
    if !rows.is_empty() {
        lines.push(texts.get("crm-approval-rows").to_owned());
        lines.extend(rows);
    }
    lines.extend(changed(texts, &case.changes));
    if let Some(url) = &approval.url {
        lines.push(texts.format("crm-approval-link", &[("url", url.as_str().into())]));
    }
    lines.push(String::new());
    lines.push(texts.get("crm-approval-how").to_owned());
    lines.join("\n")
}

/// What has changed since it was asked before.
fn changed(texts: &Texts, changes: &[Change]) -> Vec<String> {
    let one = |change: &Change| {
        let args = [
            ("name", plain(&change.name).into()),
            ("from", change.from.as_str().into()),
            ("to", change.to.as_str().into()),
        ];
        format!("• {}", texts.format(change.what.key(), &args))
    };
    let head = (!changes.is_empty()).then(|| texts.get("crm-approval-changed").to_owned());
    head.into_iter().chain(changes.iter().map(one)).collect()
}

/// Said in the task of what is asked anew.
pub(super) fn reopened(case: &Case) -> String {
    let texts = Texts::of(Lang::Ru);
    let version = case.approval.version.to_string();
    let head = texts.format("crm-approval-reopened", &[("version", version.into())]);
    let lines = std::iter::once(head).chain(changed(texts, &case.changes));
    format!("{OURS} {}", lines.collect::<Vec<_>>().join("\n"))
}

/// How it ended, who said so and why: for task, timeline and whoever asked.
pub(crate) fn outcome(case: &Case) -> String {
    let (texts, approval) = (Texts::of(Lang::Ru), &case.approval);
    let mut lines = vec![texts.get(outcome_key(approval.state)).to_owned()];
    let answered = |seat: &&Seat| {
        matches!(seat.state, Stand::Approved | Stand::Rejected | Stand::ChangesRequested)
    };
    for seat in case.seats.iter().filter(answered) {
        let name = seat.stood_in.as_ref().unwrap_or(&seat.name);
        let key = format!("crm-approval-stand-{}", seat.state.as_str().replace('_', "-"));
        let said = texts.format(&key, &[("name", plain(name).into())]);
        lines.push(match &seat.reason {
            Some(reason) => format!("{said}: {}", plain(reason)),
            None => said,
        });
    }
    lines.join("\n")
}

fn outcome_key(state: State) -> &'static str {
    match state {
        State::Open => "crm-approval-open",
        State::Approved => "crm-approval-approved",
        State::Rejected => "crm-approval-rejected",
        State::ChangesRequested => "crm-approval-changes",
        State::Withdrawn => "crm-approval-withdrawn",
        State::Expired => "crm-approval-expired",
    }
}

/// The comment in the timeline of the deal or lead: the rule's words, then how it was decided. Its
/// first line bears number and version, by which it is found again.
pub(crate) fn timeline(case: &Case, comment: Option<&str>) -> String {
    let texts = Texts::of(Lang::Ru);
    let args = [
        ("number", number(&case.approval).into()),
        ("version", case.approval.version.to_string().into()),
    ];
    let head = texts.format("crm-approval-timeline", &args);
    let comment = comment.filter(|comment| !comment.trim().is_empty()).map(str::to_owned);
    let lines = std::iter::once(head).chain(comment).chain([outcome(case)]);
    lines.collect::<Vec<_>>().join("\n")
}

/// Tells somebody that their decision is awaited.
pub(super) fn please(approval: &Approval) -> String {
    notice("crm-approval-please", approval)
}

/// Tells whoever asked how it ended.
pub(super) fn ended(case: &Case) -> String {
    format!("{}\n{}", notice("crm-approval-ended", &case.approval), outcome(case))
}

fn notice(key: &str, approval: &Approval) -> String {
    let texts = Texts::of(Lang::Ru);
    let title = match approval.amount {
        Some(sum) => format!("{} — {sum}", approval.title),
        None => approval.title.clone(),
    };
    let told = texts.format(key, &[("title", plain(&title).into())]);
    match &approval.url {
        Some(url) => format!("{told} [URL={url}]{}[/URL]", texts.get("crm-approval-open-card")),
        None => told,
    }
}

/// Says to somebody in the task why their answer does not count.
pub(crate) fn refused(user: i64, why: &str) -> String {
    let why = Texts::of(Lang::Ru).get(why);
    format!("{OURS} [USER={user}][/USER] {why}")
}
