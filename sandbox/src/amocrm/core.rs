//! The account's shared state: who may read it, how it changes, how it is kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::amocrm::account::{Account, Call};
use crate::amocrm::catalogue::{ACCOUNT, USER_MANAGER};
use crate::amocrm::change::Change;
use crate::amocrm::deliver;
use crate::amocrm::switches::Switches;
use crate::faults::Faults;
use crate::journal::Journal;

/// Where the fake takes its time from.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The integration that may exchange codes for tokens.
#[derive(Clone, Debug)]
pub struct OauthClient {
    /// Client id, a UUID.
    pub id: String,
    /// Client secret.
    pub secret: String,
    /// Must be sent exactly so.
    pub redirect_uri: String,
}

/// How the account is set up.
#[derive(Clone)]
pub struct AmocrmOptions {
    /// First part of the account's host.
    pub subdomain: String,
    /// The long-lived token.
    pub access_token: String,
    /// Account id.
    pub account_id: i64,
    /// Public URL of this fake without a slash at the end; drive and links use it.
    pub base_url: String,
    /// Clock.
    pub now: Now,
    /// How long a new entity is not found by `query`.
    pub search_lag: Duration,
    /// Calls per second before 429; 0 = no limit.
    pub rate_per_second: u32,
    /// Whether the account paid for `filter`; without it filters of leads and contacts are ignored.
    pub filters: bool,
    /// A webhook that was set by hand: `status_lead` and `update_contact`.
    pub webhook_url: Option<String>,
    /// Factor on the waiting times between webhook attempts; 1.0 = 5 min, 15 min, 15 min, 1 h.
    pub hook_time_scale: f64,
    /// The OAuth integration.
    pub client: OauthClient,
}

impl AmocrmOptions {
    /// The demo's account behind `base_url`.
    pub fn new(base_url: impl Into<String>, now: Now) -> Self {
        Self {
            subdomain: "exampleshop".to_owned(),
            access_token: "sandbox-long-lived-token".to_owned(),
            account_id: ACCOUNT,
            base_url: base_url.into(),
            now,
            search_lag: Duration::from_secs(3),
            rate_per_second: 7,
            filters: false,
            webhook_url: None,
            hook_time_scale: 1.0,
            client: OauthClient {
                id: "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10".to_owned(),
                secret: "sandbox-client-secret".to_owned(),
                redirect_uri: "https://connector.example.com/oauth/amocrm/callback".to_owned(),
            },
        }
    }
}

/// The account; a clone is the same account.
#[derive(Clone)]
pub struct Amocrm {
    inner: Arc<Inner>,
}

struct Inner {
    options: AmocrmOptions,
    webhook_url: Mutex<Option<String>>,
    account: Mutex<Account>,
    calls: Mutex<Journal<Call>>,
    recent: Mutex<VecDeque<Instant>>,
    rate_per_second: AtomicU32,
    revision: watch::Sender<u64>,
    faults: Faults,
    switches: Mutex<Switches>,
    http: reqwest::Client,
}

impl Amocrm {
    /// An empty account.
    ///
    /// # Panics
    /// When the HTTP client for webhooks cannot be built, which is a fault of the build.
    pub fn new(options: AmocrmOptions) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(2))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("amoCRM-WebHook-client/2.0")
            .build()
            .expect("a client without special settings can be built");
        let inner = Inner {
            webhook_url: Mutex::new(options.webhook_url.clone()),
            rate_per_second: AtomicU32::new(options.rate_per_second),
            options,
            account: Mutex::default(),
            calls: Mutex::default(),
            recent: Mutex::default(),
            revision: watch::Sender::new(0),
            faults: Faults::new(),
            switches: Mutex::default(),
            http,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The fault switches of this fake.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Says when anything in the account changed; the number only grows.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.revision.subscribe()
    }

    /// Changes how many calls a second are let through; 0 = no limit.
    pub fn set_rate(&self, per_second: u32) {
        self.inner.rate_per_second.store(per_second, Ordering::Relaxed);
    }

    /// Points the webhook that was set by hand somewhere else.
    pub fn set_webhook_url(&self, url: Option<String>) {
        *lock(&self.inner.webhook_url) = url;
    }

    /// The account for keeping between runs.
    ///
    /// # Errors
    /// When an entity cannot be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&*self.account())
    }

    /// Replaces the account by a kept one.
    ///
    /// # Errors
    /// When the text is not what [`Amocrm::to_json`] wrote.
    pub fn from_json(&self, kept: &str) -> serde_json::Result<()> {
        *self.account() = serde_json::from_str(kept)?;
        self.touch();
        Ok(())
    }

    pub(crate) fn options(&self) -> &AmocrmOptions {
        &self.inner.options
    }

    pub(crate) fn base(&self) -> &str {
        &self.inner.options.base_url
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.options.now)()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    pub(crate) fn switches(&self) -> MutexGuard<'_, Switches> {
        lock(&self.inner.switches)
    }

    pub(crate) fn webhook_url(&self) -> Option<String> {
        lock(&self.inner.webhook_url).clone()
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        lock(&self.inner.account)
    }

    pub(crate) fn touch(&self) {
        self.inner.revision.send_modify(|revision| *revision += 1);
    }

    /// Changes the account, then sends the webhooks that the change calls for.
    pub(crate) fn change<R>(&self, actor: i64, act: impl FnOnce(&mut Change<'_>) -> R) -> R {
        let mut account = self.account();
        let mut change = Change::new(self.options(), &mut account, self.now(), actor);
        let result = act(&mut change);
        let events = change.into_events();
        let deliveries = deliver::prepare(self, &mut account, events);
        drop(account);
        self.touch();
        deliver::send(self, deliveries);
        result
    }

    /// A change by the integration: new entities belong to the robot.
    pub(crate) fn by_api<R>(&self, act: impl FnOnce(&mut Change<'_>) -> R) -> R {
        self.change(0, act)
    }

    /// A change by the manager's own hand.
    pub(crate) fn by_hand<R>(&self, act: impl FnOnce(&mut Change<'_>) -> R) -> R {
        self.change(USER_MANAGER, act)
    }

    /// Notes a call that came in; the number finds it again.
    pub(crate) fn call_begins(&self, method: String, path: String) -> usize {
        let call = Call { method, path, status: None, at: self.now() };
        lock(&self.inner.calls).add(call)
    }

    pub(crate) fn call_ends(&self, number: usize, status: u16) {
        if let Some(call) = lock(&self.inner.calls).entry(number) {
            call.status = Some(status);
        }
    }

    pub(crate) fn call_log(&self) -> Vec<Call> {
        lock(&self.inner.calls).all()
    }

    /// Counts a call; false when this second is used up.
    pub(crate) fn within_rate(&self) -> bool {
        let limit = self.inner.rate_per_second.load(Ordering::Relaxed);
        if limit == 0 {
            return true;
        }
        let mut recent = lock(&self.inner.recent);
        let now = Instant::now();
        while recent.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
            recent.pop_front();
        }
        recent.push_back(now);
        recent.len() <= limit as usize
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
