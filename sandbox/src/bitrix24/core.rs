//! The portal's shared state: who may read it, how it changes, how it is kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;

use crate::amocrm::{Now, OauthClient};
use crate::bitrix24::answer::voice;
use crate::bitrix24::catalogue::{self, USER_ADMIN};
use crate::bitrix24::change::{Caller, Change, Door};
use crate::bitrix24::deliver;
use crate::bitrix24::portal::{EventDelivery, Portal};
use crate::bitrix24::switches::{Bucket, Level};
use crate::faults::Faults;
use crate::hooks::Gate;
use crate::journal::Journal;

/// How the portal is set up.
#[derive(Clone)]
pub struct Bitrix24Options {
    /// Public URL of the portal and of its authorization server, without a slash at the end.
    pub base_url: String,
    /// Clock.
    pub now: Now,
    /// Whose rights the incoming webhook has.
    pub user: i64,
    /// The secret part of the incoming webhook's address.
    pub code: String,
    /// The permanent id of the portal.
    pub member_id: String,
    /// How many calls are let through; `None` = any number.
    pub bucket: Option<Bucket>,
    /// The local application.
    pub client: OauthClient,
    /// What proves that an event is the portal's.
    pub application_token: String,
    /// Rights of the webhook and the application.
    pub scopes: Vec<String>,
}

impl Bitrix24Options {
    /// The demo's portal behind `base_url`.
    pub fn new(base_url: impl Into<String>, now: Now) -> Self {
        let scopes =
            ["crm", "task", "im", "disk", "user", "catalog", "bizproc", "user_basic", "department"];
        Self {
            base_url: base_url.into(),
            now,
            user: USER_ADMIN,
            code: "sandboxwebhook00".to_owned(),
            member_id: "7f3c1a90be5d4e21a6c8d0f1e2b3a4c5".to_owned(),
            bucket: Some(Bucket { leak: 2.0, size: 50.0 }),
            client: OauthClient {
                id: "local.5f1c2ab87d3e40.12345678".to_owned(),
                secret: "sandboxApplicationSecret0000000000000000000000".to_owned(),
                redirect_uri: "https://connector.example.com/api/auth/bitrix24/callback".to_owned(),
            },
            application_token: "k2m9x7q4w1z8v5b3n6c0r2t4y7u1i9o5".to_owned(),
            scopes: scopes.map(str::to_owned).to_vec(),
        }
    }
}

/// One call that reached the portal.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// HTTP method.
    pub verb: String,
    /// Path, without the query.
    pub path: String,
    /// The REST method in lower case; empty for the authorization server and downloads.
    pub method: String,
    /// What it was asked, batch commands among them.
    pub params: Value,
    /// Code of the answer; `None` while it works, hangs, or was dropped without an answer.
    pub status: Option<u16>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// The portal; a clone is the same portal.
#[derive(Clone)]
pub struct Bitrix24 {
    inner: Arc<Inner>,
}

struct Inner {
    options: Bitrix24Options,
    portal: Mutex<Portal>,
    calls: Mutex<Journal<Call>>,
    level: Mutex<Level>,
    gate: Mutex<Gate<EventDelivery>>,
    revision: watch::Sender<u64>,
    faults: Faults,
    http: reqwest::Client,
}

impl Bitrix24 {
    /// A portal with pipelines, users and fields, and nothing else.
    ///
    /// # Panics
    /// When the HTTP client for events cannot be built, which is a fault of the build.
    pub fn new(options: Bitrix24Options) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("Bitrix24 Webhook Engine")
            .build()
            .expect("a client without special settings can be built");
        let inner = Inner {
            level: Mutex::new(Level::new(options.bucket)),
            options,
            portal: Mutex::new(catalogue::portal()),
            calls: Mutex::default(),
            gate: Mutex::default(),
            revision: watch::Sender::new(0),
            faults: Faults::speaking(voice),
            http,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The address of the incoming webhook, with a slash at the end.
    pub fn webhook_url(&self) -> String {
        let Bitrix24Options { base_url, user, code, .. } = &self.inner.options;
        format!("{base_url}/rest/{user}/{code}/")
    }

    /// The fault switches of this fake.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Says when anything in the portal changed; the number only grows.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.revision.subscribe()
    }

    /// The portal for keeping between runs.
    ///
    /// # Errors
    /// When an entity cannot be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&*self.portal())
    }

    /// Replaces the portal by a kept one.
    ///
    /// # Errors
    /// When the text is not what [`Bitrix24::to_json`] wrote.
    pub fn from_json(&self, kept: &str) -> serde_json::Result<()> {
        let mut kept: Portal = serde_json::from_str(kept)?;
        // One that was kept before there was a structure.
        if kept.departments.is_empty() {
            kept.departments = catalogue::departments();
        }
        *self.portal() = kept;
        self.touch();
        Ok(())
    }

    /// How the portal is set up.
    pub fn options(&self) -> &Bitrix24Options {
        &self.inner.options
    }

    /// Where the portal stands now.
    pub(crate) fn base(&self, portal: &Portal) -> String {
        portal.moved_to.clone().unwrap_or_else(|| self.inner.options.base_url.clone())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.options.now)()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    pub(crate) fn portal(&self) -> MutexGuard<'_, Portal> {
        lock(&self.inner.portal)
    }

    pub(crate) fn level(&self) -> MutexGuard<'_, Level> {
        lock(&self.inner.level)
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate<EventDelivery>> {
        lock(&self.inner.gate)
    }

    pub(crate) fn touch(&self) {
        self.inner.revision.send_modify(|revision| *revision += 1);
    }

    /// Changes the portal, then tells of it.
    pub(crate) fn change<R>(&self, caller: Caller, act: impl FnOnce(&mut Change<'_>) -> R) -> R {
        let mut portal = self.portal();
        let mut change = Change::new(self.options(), &mut portal, self.now(), caller);
        let result = act(&mut change);
        let (caller, events) = change.into_events();
        let changed = !events.is_empty();
        let deliveries = deliver::prepare(self, &mut portal, &caller, events);
        drop(portal);
        if changed {
            self.touch();
        }
        deliver::send(self, deliveries);
        result
    }

    /// A change by the administrator's own hand.
    pub(crate) fn by_hand<R>(&self, act: impl FnOnce(&mut Change<'_>) -> R) -> R {
        self.by_hand_of(USER_ADMIN, act)
    }

    /// A change by somebody's own hand.
    pub(crate) fn by_hand_of<R>(&self, user: i64, act: impl FnOnce(&mut Change<'_>) -> R) -> R {
        let caller = Caller { user, door: Door::Hand, connector: String::new() };
        let result = self.change(caller, act);
        self.touch();
        result
    }

    pub(crate) fn call_begins(&self, call: Call) -> usize {
        lock(&self.inner.calls).add(call)
    }

    pub(crate) fn call_ends(&self, number: usize, status: u16) {
        if let Some(call) = lock(&self.inner.calls).entry(number) {
            call.status = Some(status);
        }
        // Changes tell of themselves; a refusal would show on the board only with the next one.
        if status >= 400 {
            self.touch();
        }
    }

    pub(crate) fn call_log(&self) -> Vec<Call> {
        lock(&self.inner.calls).all()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
