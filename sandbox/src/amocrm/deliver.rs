//! Sends webhooks, and sends them again by amoCRM's table.

use std::time::Duration;

use crate::amocrm::account::{Account, HookDelivery};
use crate::amocrm::change::HookEvent;
use crate::amocrm::core::Amocrm;
use crate::amocrm::hookform;

/// Seconds before attempts 2 to 5.
const WAITS: [f64; 4] = [300.0, 900.0, 900.0, 3600.0];
/// After so many failures within two hours a hook is switched off.
const FAILURES_ALLOWED: usize = 100;
const TWO_HOURS: i64 = 7_200;
/// What a webhook that was set by hand listens to.
const BY_HAND: [&str; 2] = ["status_lead", "update_contact"];
/// What a delivery of the digital pipeline is written down as.
const PIPELINE: &str = "digital_pipeline";

/// Writes down who is to hear of the events.
pub(crate) fn prepare(
    amo: &Amocrm,
    account: &mut Account,
    events: Vec<HookEvent>,
) -> Vec<HookDelivery> {
    let mut made = Vec::new();
    let pipeline = amo.switches().pipeline_hook.clone();
    for event in events {
        if let Some((stage, destination)) = &pipeline
            && let Some(body) = hookform::pipeline_body(event, *stage, account, amo.options())
        {
            account.last_id += 1;
            made.push(HookDelivery {
                id: account.last_id,
                event: PIPELINE.to_owned(),
                destination: destination.clone(),
                body,
                attempts: Vec::new(),
                last_at: amo.now().timestamp(),
                delivered: false,
            });
        }
        let setting = hookform::setting(event);
        let Some(body) = hookform::body(event, account, amo.options()) else {
            continue;
        };
        let by_hand = amo.webhook_url().filter(|_| BY_HAND.contains(&setting));
        let subscribed = account
            .hooks
            .iter()
            .filter(|hook| !hook.disabled && hook.settings.iter().any(|one| one == setting))
            .map(|hook| hook.destination.clone())
            .filter(|url| by_hand.as_ref() != Some(url));
        for destination in subscribed.chain(by_hand.clone()) {
            account.last_id += 1;
            made.push(HookDelivery {
                id: account.last_id,
                event: setting.to_owned(),
                destination,
                body: body.clone(),
                attempts: Vec::new(),
                last_at: amo.now().timestamp(),
                delivered: false,
            });
        }
    }
    let made = amo.switches().hooks.pass(made);
    write_down(account, &made);
    made
}

/// Keeps deliveries where they can be looked at.
pub(crate) fn write_down(account: &mut Account, made: &[HookDelivery]) {
    account.deliveries.extend(made.iter().cloned());
    let surplus = account.deliveries.len().saturating_sub(1_000);
    account.deliveries.drain(..surplus);
}

/// Sends each delivery by itself, so that the order is not promised, as in the real one.
/// Outside of a runtime the deliveries stay written down and unsent.
pub(crate) fn send(amo: &Amocrm, deliveries: Vec<HookDelivery>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for delivery in deliveries {
        runtime.spawn(attempts(amo.clone(), delivery));
    }
}

pub(crate) async fn attempts(amo: Amocrm, delivery: HookDelivery) {
    for attempt in 0..=WAITS.len() {
        let code = attempt_once(&amo, &delivery).await;
        note(&amo, &delivery, code);
        let last_two = attempt >= 2;
        let again = if last_two {
            code == 499 || (500..600).contains(&code)
        } else {
            !(100..300).contains(&code)
        };
        // The digital pipeline asks once.
        let again = again && delivery.event != PIPELINE;
        let Some(wait) = WAITS.get(attempt).filter(|_| again) else {
            return;
        };
        let scale = amo.options().hook_time_scale;
        tokio::time::sleep(Duration::from_secs_f64(wait * scale)).await;
    }
}

async fn attempt_once(amo: &Amocrm, delivery: &HookDelivery) -> u16 {
    let request = amo
        .http()
        .post(&delivery.destination)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "*/*")
        .body(delivery.body.clone());
    match request.send().await {
        Ok(response) => response.status().as_u16(),
        Err(error) if error.is_timeout() => 499,
        Err(_) => 0,
    }
}

fn note(amo: &Amocrm, delivery: &HookDelivery, code: u16) {
    let mut account = amo.account();
    let delivered = (100..300).contains(&code);
    let now = amo.now().timestamp();
    if let Some(kept) = account.deliveries.iter_mut().find(|kept| kept.id == delivery.id) {
        kept.attempts.push(code);
        kept.last_at = now;
        kept.delivered = delivered;
    }
    let failed: usize = account
        .deliveries
        .iter()
        .filter(|one| one.destination == delivery.destination && now - one.last_at < TWO_HOURS)
        .map(|one| one.attempts.len() - usize::from(one.delivered))
        .sum();
    if !delivered && failed > FAILURES_ALLOWED {
        let hooks = account.hooks.iter_mut();
        hooks
            .filter(|hook| hook.destination == delivery.destination)
            .for_each(|hook| hook.disabled = true);
    }
    drop(account);
    amo.touch();
}
