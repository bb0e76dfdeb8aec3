//! `mypark-demo`: the demo on one address, until Ctrl+C.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;
use domain::Clock;
use sandbox::demo::Demo;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line that says what to do; where no one reads it, nothing else can be done.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let log = variable("LOG").unwrap_or_else(|| "info,sandbox=warn".to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_new(log)?)
        .with_writer(std::io::stderr)
        .init();
    let listen = variable("LISTEN").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let address: SocketAddr = listen.parse().with_context(|| format!("LISTEN: {listen}"))?;
    let folder = variable("DEMO_DIR").unwrap_or_else(|| "data/demo".to_owned());
    let demo = Demo::prepare(address, folder.into(), Clock::system()).await?;
    writeln!(std::io::stdout(), "\n  Мой Парк: {}/sandbox\n", demo.url)?;
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        stopper.cancel();
    });
    demo.run(stop).await
}

#[expect(clippy::disallowed_methods, reason = "the demo has no configuration of its own")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
