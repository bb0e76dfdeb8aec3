//! What goes wrong: amoCRM by chance, the product by the hand that kills it.

use sandbox::faults::{FaultMode, FaultPlan};
use tests::{Program, Serving};

use crate::dice::Dice;

/// How often the product is killed.
const KILLS: usize = 12;

/// About every fourth call fails, in one way or another; most of them after the work is done.
pub(crate) fn faults(dice: &mut Dice) -> Vec<FaultPlan> {
    [
        (FaultMode::RateLimited, 0.04),
        (FaultMode::BadGateway, 0.01),
        (FaultMode::ErrorBefore, 0.02),
        (FaultMode::ErrorAfter, 0.05),
        (FaultMode::HangBefore, 0.02),
        (FaultMode::HangAfter, 0.03),
        (FaultMode::DropBefore, 0.02),
        (FaultMode::DropAfter, 0.05),
        (FaultMode::HalfAnswer, 0.03),
        (FaultMode::Garbage, 0.03),
    ]
    .map(|(mode, share)| FaultPlan::share(mode, share, dice.number()))
    .to_vec()
}

/// Kills the product at random moments, also while it starts, and starts it again at once.
/// Answers how often.
pub(crate) async fn kill_again_and_again(
    program: &Program,
    serving: &mut Serving,
    dice: &mut Dice,
) -> usize {
    for _ in 0..KILLS {
        // The moment is the story: there is nothing to wait for.
        tokio::time::sleep(dice.millis(300, 5_000)).await;
        serving.kill().await;
        *serving = program.launch();
    }
    KILLS
}
