//! Start of the process: the command line, the configuration, the log, then the command.

use std::process::ExitCode;

use anyhow::Context as _;
use server::config::{Cli, Config};
use server::{commands, telemetry};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn start() -> anyhow::Result<()> {
    let cli = Cli::read()?;
    let config = Config::load()?;
    telemetry::init(&config, &cli.command)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("starting the runtime")?.block_on(commands::run(cli.command, config))
}
