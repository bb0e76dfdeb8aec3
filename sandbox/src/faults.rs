//! Switches that make a fake misbehave the way the real service does on its bad days.

mod answers;
mod paths;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::faults::answers::{BAD_GATEWAY, BLOCKED, drop_connection, half, hang, page, problem};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultMode {
    /// 429 without doing the work.
    RateLimited,
    /// 401 as for a revoked token, without doing the work.
    Unauthorized,
    /// 402 as for an account that is not paid for, without doing the work.
    PaymentRequired,
    /// 403 with the HTML page of a blocked caller, without doing the work.
    Blocked,
    /// 500 before the work.
    ErrorBefore,
    /// 500 after the work is done.
    ErrorAfter,
    /// 502 with an HTML body, without doing the work.
    BadGateway,
    /// No answer, and nothing done.
    HangBefore,
    /// No answer, though the work is done.
    HangAfter,
    /// The connection closes without an answer, and nothing is done.
    DropBefore,
    /// The connection closes without an answer after the work is done.
    DropAfter,
    /// The work is done; half of the body arrives, then the connection closes.
    HalfAnswer,
    /// The work is done; the answer is 200 with a body that is no JSON.
    Garbage,
    /// The refusal that the plan names in `error`, without doing the work.
    Refused,
    /// The same for one command of a batch, while the call itself and its other commands pass.
    CommandRefused,
}

/// Which of the matching calls a plan spoils.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum FaultScope {
    /// The next calls only; the plan ends by itself.
    Next {
        /// How many calls are still to be spoilt.
        calls: u32,
    },
    /// Every call until the plan is taken away.
    All,
    /// Each call by chance, the same sequence for the same seed.
    Share {
        /// From 0 (never) to 1 (always).
        probability: f64,
        /// Where the sequence starts.
        seed: u64,
    },
}

/// One fault with its reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultPlan {
    /// What goes wrong.
    pub mode: FaultMode,
    /// For how many calls.
    pub scope: FaultScope,
    /// Parts of paths it is limited to, each optionally after a method
    /// (`POST /leads/complex`, `POST /leads/*/link`); empty = every route.
    #[serde(default)]
    pub only: Vec<String>,
    /// Seconds for the `Retry-After` header of a 429; amoCRM itself sends none.
    #[serde(default)]
    pub retry_after: Option<u32>,
    /// The code of a [`FaultMode::Refused`], where the service has many words for it.
    #[serde(default)]
    pub error: Option<String>,
}

impl FaultPlan {
    /// Every call fails.
    pub fn all(mode: FaultMode) -> Self {
        Self { mode, scope: FaultScope::All, only: Vec::new(), retry_after: None, error: None }
    }

    /// The next `calls` calls fail.
    pub fn next(mode: FaultMode, calls: u32) -> Self {
        Self { scope: FaultScope::Next { calls }, ..Self::all(mode) }
    }

    /// A share of the calls fails.
    pub fn share(mode: FaultMode, probability: f64, seed: u64) -> Self {
        Self { scope: FaultScope::Share { probability, seed }, ..Self::all(mode) }
    }

    /// The next `calls` calls are refused with this code of the service.
    pub fn refused(error: impl Into<String>, calls: u32) -> Self {
        Self { error: Some(error.into()), ..Self::next(FaultMode::Refused, calls) }
    }

    /// The next `calls` commands inside batches are refused with this code.
    pub fn command(error: impl Into<String>, calls: u32) -> Self {
        Self { error: Some(error.into()), ..Self::next(FaultMode::CommandRefused, calls) }
    }

    /// Limits the plan to a route: a part of the path, optionally after a method.
    #[must_use]
    pub fn only(mut self, route: impl Into<String>) -> Self {
        self.only.push(route.into());
        self
    }

    /// Whether this plan spoils the call at hand; counts it if it does.
    fn fires(&mut self) -> bool {
        match &mut self.scope {
            FaultScope::All => true,
            FaultScope::Next { calls: 0 } => false,
            FaultScope::Next { calls } => {
                *calls -= 1;
                true
            }
            FaultScope::Share { probability, seed } => roll(seed) < *probability,
        }
    }
}

/// How a service words its refusals: of 429, 401, 402, 500 and what it has names for.
pub(crate) type Voice = fn(&FaultPlan) -> Response;

/// The switchboard of one fake; a clone works the same switches.
#[derive(Clone)]
pub struct Faults {
    board: Arc<Mutex<Board>>,
    voice: Voice,
}

#[derive(Default)]
struct Board {
    plans: Vec<FaultPlan>,
    fired: u64,
}

impl Faults {
    /// A switchboard with everything off, of a service that speaks as amoCRM does.
    pub fn new() -> Self {
        Self::speaking(|plan| problem(plan.mode))
    }

    /// A switchboard with everything off, of a service with words of its own.
    pub(crate) fn speaking(voice: Voice) -> Self {
        Self { board: Arc::default(), voice }
    }

    /// Replaces all plans; of several that fit a call the first that fires wins.
    pub fn set(&self, plans: Vec<FaultPlan>) {
        self.lock().plans = plans;
    }

    /// Switches everything off. Calls that already hang go on hanging.
    pub fn clear(&self) {
        self.set(Vec::new());
    }

    /// The plans in force; those that ran out are gone.
    pub fn plans(&self) -> Vec<FaultPlan> {
        self.lock().plans.clone()
    }

    /// How many calls were spoilt so far.
    pub fn fired(&self) -> u64 {
        self.lock().fired
    }

    /// Spoils or passes one call.
    pub async fn run(&self, request: Request, next: Next) -> Response {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        self.around(method.as_str(), &path, next.run(request)).await
    }

    /// Spoils or passes one call whose route is told; `work` that is spoilt before is not done.
    pub(crate) async fn around(
        &self,
        method: &str,
        path: &str,
        work: impl Future<Output = Response>,
    ) -> Response {
        let whole = |plan: &FaultPlan| plan.mode != FaultMode::CommandRefused;
        let Some(plan) = self.pick(method, path, whole) else {
            return work.await;
        };
        match plan.mode {
            FaultMode::RateLimited
            | FaultMode::Unauthorized
            | FaultMode::PaymentRequired
            | FaultMode::Blocked
            | FaultMode::ErrorBefore
            | FaultMode::Refused
            | FaultMode::CommandRefused
            | FaultMode::BadGateway => self.refusal(&plan),
            FaultMode::HangBefore => hang().await,
            FaultMode::DropBefore => drop_connection(),
            FaultMode::ErrorAfter => {
                work.await;
                self.refusal(&plan)
            }
            FaultMode::HangAfter => {
                work.await;
                hang().await
            }
            FaultMode::DropAfter => {
                work.await;
                drop_connection()
            }
            FaultMode::HalfAnswer => half(work.await).await,
            FaultMode::Garbage => {
                work.await;
                page(StatusCode::OK, "<!doctype html><title>ok</title>{\"_embed")
            }
        }
    }

    /// The code by which one command of a batch is refused, if it is.
    pub(crate) fn command(&self, name: &str) -> Option<String> {
        let alone = |plan: &FaultPlan| plan.mode == FaultMode::CommandRefused;
        self.pick("", name, alone)?.error
    }

    fn pick(
        &self,
        method: &str,
        path: &str,
        fits: impl Fn(&FaultPlan) -> bool,
    ) -> Option<FaultPlan> {
        let mut board = self.lock();
        let plan = board
            .plans
            .iter_mut()
            .filter(|plan| fits(plan) && paths::within(&plan.only, method, path))
            .find_map(|plan| plan.fires().then(|| plan.clone()))?;
        board.fired += 1;
        board.plans.retain(|plan| plan.scope != FaultScope::Next { calls: 0 });
        Some(plan)
    }

    fn refusal(&self, plan: &FaultPlan) -> Response {
        let mut response = match plan.mode {
            FaultMode::Blocked => page(StatusCode::FORBIDDEN, BLOCKED),
            FaultMode::BadGateway => page(StatusCode::BAD_GATEWAY, BAD_GATEWAY),
            _ => (self.voice)(plan),
        };
        if let Some(seconds) = plan.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self::new()
    }
}

/// The switchboard as axum middleware: `from_fn_with_state(faults, faults::middleware)`.
pub async fn middleware(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    faults.run(request, next).await
}

/// The next number of a splitmix64 sequence, from 0 to 1.
pub(crate) fn roll(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    let upper = u32::try_from(mixed >> 32).unwrap_or(u32::MAX);
    f64::from(upper) / (f64::from(u32::MAX) + 1.0)
}
