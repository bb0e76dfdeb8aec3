//! The log: to standard error, so that what a command answers can be piped.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::{Command, Config, LogFormat};

/// Starts the log as `LOG` and `LOG_FORMAT` say. Call it once.
///
/// # Errors
/// When a log was started before.
pub fn init(config: &Config, command: &Command) -> anyhow::Result<()> {
    let filter: EnvFilter = filter(&config.log, command).parse().context("LOG")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("starting the log: {error}"))
}

/// What a service tells of its running is noise beside the answer of a short command; an operator
/// who asks for more than the default gets it everywhere.
fn filter<'a>(configured: &'a str, command: &Command) -> &'a str {
    match command {
        Command::Serve { .. } => configured,
        _ if configured == "info" => "warn",
        _ => configured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_commands_are_quiet_unless_asked() {
        let serve = Command::Serve { only: Vec::new(), no_migrate: false };
        assert_eq!(filter("info", &serve), "info");
        assert_eq!(filter("info", &Command::Migrate), "warn");
        assert_eq!(filter("debug", &Command::Migrate), "debug");
    }
}
