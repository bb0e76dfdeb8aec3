//! The work that nobody waits for: deliveries out, events in, things that happen by the clock.

pub mod deliver;
pub mod inbox;
pub mod letters;
pub mod mail;
pub mod night;
pub mod outbox;
pub mod pace;
pub mod policy;
pub mod recorder;
pub mod scheduler;
pub mod site;

use std::future::Future;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Runs `step` for as long as it finds work, then sleeps until `wake` or `poll`, and ends when
/// `stop` is set: the step under way is always finished.
pub(crate) async fn work_loop<F, Fut>(
    name: &str,
    stop: &CancellationToken,
    wake: &Notify,
    poll: Duration,
    mut step: F,
) where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = anyhow::Result<bool>> + Send,
{
    while !stop.is_cancelled() {
        // Asked for before the step, so that what is committed during it is not slept through.
        let woken = wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        match step().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(worker = name, error = format!("{error:#}"), "step failed")
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = &mut woken => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}
