//! The live check of a portal: does it let us in, with which rights, and does it have what the
//! configuration names. The typical errors of the requirements each come with their cure. `doctor`
//! and `GET /api/bitrix24/test-connection` say the same.

mod files;
mod names;
mod rules;

use domain::approvals::rules::{Approver, Rule};
use domain::texts::{Lang, TextArg, Texts};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::config::{Bitrix24Settings, ConnectionConfig, Takes};
use crate::crm::bitrix24::{BitrixCalls, CallError};
use crate::crm::fault::AccessFault;

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, as a stable word.
    pub check: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub words: String,
    /// What to do about it, where there is something to do.
    pub cure: Option<String>,
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Well.
    Good,
    /// Not configured.
    Off,
    /// It works, and somebody should look.
    Warning,
    /// It does not work.
    Bad,
}

/// Checks one portal.
pub struct Check<'a> {
    config: &'a ConnectionConfig,
    settings: &'a Bitrix24Settings,
    calls: BitrixCalls<'a>,
    texts: &'static Texts,
    lang: Lang,
    findings: Vec<Finding>,
    /// Rights that approvals need.
    approvals: Vec<&'static str>,
    /// The rules that watch it.
    rules: Vec<Rule>,
}

/// Who we are there; `profile` answers with an empty object for somebody who was dismissed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "UPPERCASE")]
struct Profile {
    id: String,
    name: String,
    last_name: String,
}

/// Rights that our access lacks.
pub(crate) struct Lack {
    /// Nothing works without them.
    pub(crate) needed: Vec<&'static str>,
    /// Something would be better with them.
    pub(crate) wanted: Vec<&'static str>,
    /// Approvals need them.
    pub(crate) approvals: Vec<&'static str>,
}

/// Rights that nothing works without: deals, files, responsible people.
const NEEDED: [&str; 3] = ["crm", "disk", "user"];

/// A right may come in a smaller form (`user.get`).
const USER: [&str; 3] = ["user", "user_basic", "user_brief"];

impl<'a> Check<'a> {
    /// Of a portal, through these calls.
    #[must_use]
    pub fn new(
        config: &'a ConnectionConfig,
        settings: &'a Bitrix24Settings,
        calls: BitrixCalls<'a>,
        lang: Lang,
    ) -> Self {
        let (texts, findings, approvals) = (Texts::of(lang), Vec::new(), Vec::new());
        Self { config, settings, calls, texts, lang, findings, approvals, rules: Vec::new() }
    }

    /// Of one where these rules ask for decisions.
    #[must_use]
    pub fn with_rules<'r>(mut self, rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let name = &self.config.name;
        for rule in rules.into_iter().filter(|rule| rule.connection == *name) {
            let heads = rule.approvers.iter().chain(&rule.policy.escalate_to);
            let heads = heads.into_iter().any(|one| *one == Approver::Head);
            self.approvals.extend(["task", "im"]);
            self.approvals.extend(heads.then_some("department"));
            self.rules.push(rule.clone());
        }
        self.approvals.sort_unstable();
        self.approvals.dedup();
        self
    }

    /// Asks for everything. With `upload` a small file goes to the Drive and is removed; else nothing
    /// is changed there.
    pub async fn run(mut self, upload: bool) -> Vec<Finding> {
        if !self.profile().await {
            return self.findings;
        }
        let scopes = self.scopes().await;
        self.limits();
        let may = |right: &str| scopes.iter().any(|scope| scope == right);
        if USER.iter().any(|right| may(right)) {
            self.responsible().await;
        }
        if may("crm") {
            self.stages().await;
            self.fields().await;
            self.leads().await;
            self.rules().await;
        }
        if may("disk") {
            self.files(upload).await;
        }
        self.findings
    }

    async fn profile(&mut self) -> bool {
        let start = Instant::now();
        match self.calls.call::<Profile>("profile", &json!({})).await {
            Ok(profile) if profile.id.is_empty() => {
                self.fault("profile", AccessFault::B24User);
                false
            }
            Ok(profile) => {
                let name = format!("{} {}", profile.name, profile.last_name);
                let took = i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX);
                let args = [
                    ("name", name.trim().to_owned().into()),
                    ("id", profile.id.into()),
                    ("took", took.into()),
                ];
                self.good("profile", "crm-check-profile", &args);
                true
            }
            Err(error) => {
                self.failed("profile", &error);
                false
            }
        }
    }

    /// The rights of our access, and those that it lacks.
    ///
    /// # Errors
    /// When the portal does not answer.
    pub(crate) async fn rights(&self) -> Result<(Vec<String>, Lack), CallError> {
        let scopes: Vec<String> = self.calls.call("scope", &json!({})).await?;
        let has = |right: &str| match right {
            "user" => USER.iter().any(|form| scopes.iter().any(|scope| scope == form)),
            right => scopes.iter().any(|scope| scope == right),
        };
        let lacking = |rights: &[&'static str]| {
            rights.iter().copied().filter(|right| !has(right)).collect::<Vec<_>>()
        };
        let tasks = self.config.takes(Takes::Reminders);
        let wanted: &[&str] = if tasks { &["task", "im", "bizproc"] } else { &["im", "bizproc"] };
        let (needed, wanted) = (lacking(&NEEDED), lacking(wanted));
        let approvals = lacking(&self.approvals);
        Ok((scopes, Lack { needed, wanted, approvals }))
    }

    async fn scopes(&mut self) -> Vec<String> {
        let (scopes, lack) = match self.rights().await {
            Ok(found) => found,
            Err(error) => {
                self.failed("rights", &error);
                return Vec::new();
            }
        };
        let args = |rights: &[&str]| [("rights", rights.join(", ").into())];
        if !lack.needed.is_empty() {
            self.bad("rights", "crm-check-rights-lack", &args(&lack.needed));
        } else if !lack.wanted.is_empty() {
            self.say("rights", State::Warning, "crm-check-rights-few", &args(&lack.wanted));
        } else {
            self.good("rights", "crm-check-rights", &[("rights", scopes.join(", ").into())]);
        }
        if !lack.approvals.is_empty() {
            self.bad("approvals", "crm-check-rights-approvals", &args(&lack.approvals));
        }
        scopes
    }

    fn limits(&mut self) {
        let args = [
            ("rate", self.settings.calls_per_second.into()),
            ("burst", self.settings.calls_at_once.into()),
        ];
        self.good("limits", "crm-check-limits", &args);
    }

    /// Portals may run without leads («simple CRM»); older ones do not say.
    async fn leads(&mut self) {
        if !self.config.takes(Takes::Leads) {
            return;
        }
        let mode = self.calls.call::<Value>("crm.settings.mode.get", &json!({})).await;
        if mode.is_ok_and(|mode| mode == 2 || mode == "2") {
            self.say("leads", State::Warning, "crm-check-leads-none", &[]);
        }
    }

    fn failed(&mut self, check: &'static str, error: &CallError) {
        match error {
            CallError::NoAccess { fault } => self.fault(check, *fault),
            CallError::Rejected { code: Some(code), .. } if code == "ERROR_METHOD_NOT_FOUND" => {
                // So answers a portal to an address of which a part is missing.
                self.fault(check, AccessFault::B24Webhook);
            }
            error => {
                let args = [("why", error.words().into())];
                self.bad(check, "crm-check-failed", &args);
            }
        }
    }

    fn fault(&mut self, check: &'static str, fault: AccessFault) {
        self.findings.push(Finding {
            check,
            state: State::Bad,
            words: fault.cause(self.lang),
            cure: Some(fault.cure(self.lang)),
        });
    }

    fn good(&mut self, check: &'static str, key: &str, args: &[(&'static str, TextArg<'_>)]) {
        self.say(check, State::Good, key, args);
    }

    fn bad(&mut self, check: &'static str, key: &str, args: &[(&'static str, TextArg<'_>)]) {
        self.say(check, State::Bad, key, args);
    }

    /// The cure of what is not well stands beside its text.
    fn say(
        &mut self,
        check: &'static str,
        state: State,
        key: &str,
        args: &[(&'static str, TextArg<'_>)],
    ) {
        let cure = format!("{key}-cure");
        let cure = self.texts.has(&cure).then(|| self.texts.format(&cure, args));
        self.findings.push(Finding { check, state, words: self.texts.format(key, args), cure });
    }
}

impl State {
    /// Its stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Good => "ok",
            State::Off => "off",
            State::Warning => "warning",
            State::Bad => "error",
        }
    }
}
