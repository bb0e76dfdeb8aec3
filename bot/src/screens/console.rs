//! The code that opens the console.

use crate::screen::Screen;
use crate::voice::Voice;

/// The code, in threes, and where it is used.
pub(crate) fn code(voice: &Voice, code: &str) -> Screen {
    let threes: Vec<&str> =
        (0..code.len()).step_by(3).filter_map(|at| code.get(at..at + 3)).collect();
    let screen = Screen::new(voice.say("bot-console-code", &[("code", threes.join(" ").into())]));
    let link = voice.deps.console_url(code);
    screen.maybe(link.map(|link| link.to_string()))
}
