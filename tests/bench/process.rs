//! The servers that are measured, as processes of their own.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::load;

/// Signs the sessions of the measurement.
pub(crate) const KEY: [u8; 32] = *b"bench-secret-key-of-32-bytes-abc";
const KEY_TEXT: &str = "YmVuY2gtc2VjcmV0LWtleS1vZi0zMi1ieXRlcy1hYmM=";
/// The secret in the address of the webhook.
pub(crate) const HOOK_SECRET: &str = "bench-hook-secret";
/// How often Linux counts a process's time, in ticks a second.
const TICKS: f64 = 100.0;

/// What a product is started over.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// `DATABASE_URL`.
    pub(crate) database: String,
    /// Whether it delivers too. Telegram is off then: nothing is to be measured there.
    pub(crate) workers: bool,
    /// Further variables.
    pub(crate) more: Vec<(&'static str, String)>,
}

/// A running server; ends with this value.
#[derive(Debug)]
struct Running {
    child: Child,
    address: SocketAddr,
}

/// The product.
#[derive(Debug)]
pub(crate) struct Product(Running);

/// The bare route.
#[derive(Debug)]
pub(crate) struct Bare(Running);

/// A server whose work can be measured.
pub(crate) trait Server {
    /// Where it listens.
    fn address(&self) -> SocketAddr;
    /// The processor's time that it has used, in seconds.
    fn cpu(&self) -> anyhow::Result<f64>;
}

/// Memory of a process in MiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) now: f64,
    pub(crate) peak: f64,
}

impl Memory {
    /// What a process occupies: its id, or `self`.
    pub(crate) fn of(process: &str) -> anyhow::Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let of = |name: &str| -> anyhow::Result<f64> {
            let line = status.lines().find(|line| line.starts_with(name)).context("a line")?;
            let kibibytes = line.split_whitespace().nth(1).context("a figure")?;
            Ok(kibibytes.parse::<f64>()? / 1024.0)
        };
        Ok(Memory { now: of("VmRSS:")?, peak: of("VmHWM:")? })
    }
}

/// Runs a command of the product to its end, in a process of its own in `folder`; what it said, and
/// at last its peak.
pub(crate) async fn job(
    folder: &Path,
    setting: &Setting,
    pinned: bool,
    word: &str,
) -> anyhow::Result<String> {
    let mut command = tokio::process::Command::from(command(pinned)?);
    command
        .args(["job", word])
        .current_dir(folder)
        .env_clear()
        .envs(variables(free_address()?))
        .env("DATABASE_URL", &setting.database)
        .env("UPLOADS_DIR", folder.join("files"))
        .envs(setting.more.clone());
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    anyhow::ensure!(output.status.success(), "{word}: {said}{complained}");
    Ok(said)
}

/// Keeps this process to the second processor, if there is one and `taskset` to do it.
pub(crate) fn pin_self() -> bool {
    let two = std::thread::available_parallelism().is_ok_and(|processors| processors.get() > 1);
    let id = std::process::id().to_string();
    let pinned = Command::new("taskset")
        .args(["-p", "-c", "1", &id])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    two && pinned.is_ok_and(|status| status.success())
}

/// Times from the start of the process to its first «ready», in milliseconds.
pub(crate) async fn cold_starts(
    pinned: bool,
    folder: &Path,
    setting: &Setting,
    times: usize,
) -> anyhow::Result<Vec<f64>> {
    let mut starts = Vec::new();
    for _ in 0..times {
        let started = Instant::now();
        let product = Product::start(folder, setting, pinned).await?;
        starts.push(started.elapsed().as_secs_f64() * 1000.0);
        drop(product);
    }
    starts.sort_by(f64::total_cmp);
    Ok(starts)
}

impl Setting {
    /// Pages over this database.
    pub(crate) fn pages(database: String) -> Setting {
        Setting { database, workers: false, more: Vec::new() }
    }
}

impl Product {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(
        folder: &Path,
        setting: &Setting,
        pinned: bool,
    ) -> anyhow::Result<Product> {
        let address = free_address()?;
        let mut command = command(pinned)?;
        command
            .arg(if setting.workers { "workers" } else { "product" })
            // No `.env` and no `mypark.toml` of the developer lie here.
            .current_dir(folder)
            .env_clear()
            .envs(variables(address))
            .env("DATABASE_URL", &setting.database)
            .env("UPLOADS_DIR", folder.join("files"))
            .envs(setting.more.clone());
        if setting.workers {
            command.env_remove("TELEGRAM_BOT_TOKEN").env_remove("TELEGRAM_API_URL");
            command.env_remove("TELEGRAM_MODE").env_remove("TELEGRAM_WEBHOOK_SECRET");
        }
        let running = Running { child: command.spawn()?, address };
        running.wait_for("/readyz").await?;
        Ok(Product(running))
    }

    /// What it occupies.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        Memory::of(&self.0.child.id().to_string())
    }
}

impl Bare {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(pinned: bool) -> anyhow::Result<Bare> {
        let address = free_address()?;
        let child = command(pinned)?.arg("bare").arg(address.to_string()).spawn()?;
        let running = Running { child, address };
        running.wait_for("/1").await?;
        Ok(Bare(running))
    }
}

impl Server for Product {
    fn address(&self) -> SocketAddr {
        self.0.address
    }

    fn cpu(&self) -> anyhow::Result<f64> {
        self.0.cpu()
    }
}

impl Server for Bare {
    fn address(&self) -> SocketAddr {
        self.0.address
    }

    fn cpu(&self) -> anyhow::Result<f64> {
        self.0.cpu()
    }
}

impl Running {
    async fn wait_for(&self, path: &str) -> anyhow::Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Ok(mut stream) = load::connect(self.address).await {
                let mut buffer = Vec::new();
                let reply = load::exchange(&mut stream, request.as_bytes(), &mut buffer).await;
                if reply.is_ok_and(|reply| reply.status == 200) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        anyhow::bail!("{path} never answered 200")
    }

    fn cpu(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold spaces; what follows it does not.
        let (_, rest) = stat.rsplit_once(") ").context("a line of /proc")?;
        let figures: Vec<&str> = rest.split(' ').collect();
        let (user, system): (f64, f64) = (figures[11].parse()?, figures[12].parse()?);
        Ok((user + system) / TICKS)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program, on the first processor when pinned.
fn command(pinned: bool) -> anyhow::Result<Command> {
    let program = std::env::current_exe()?;
    if !pinned {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    Ok(command)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn variables(address: SocketAddr) -> [(&'static str, String); 14] {
    // Nothing listens there, and nothing is sent: only the HTTP role runs.
    let nowhere = "http://127.0.0.1:9".to_owned();
    [
        ("LISTEN", address.to_string()),
        ("PUBLIC_URL", "https://mypark.example.com".to_owned()),
        ("SECRET_KEY", KEY_TEXT.to_owned()),
        ("TELEGRAM_BOT_TOKEN", "7000000001:AAFakeTokenForTheBenchOnly-000001".to_owned()),
        ("TELEGRAM_API_URL", nowhere.clone()),
        ("TELEGRAM_MODE", "webhook".to_owned()),
        ("TELEGRAM_WEBHOOK_SECRET", "bench-telegram-secret".to_owned()),
        ("AMOCRM_SUBDOMAIN", "exampleshop".to_owned()),
        ("AMOCRM_BASE_URL", nowhere),
        ("AMOCRM_ACCESS_TOKEN", "bench-long-lived-token".to_owned()),
        ("AMOCRM_PIPELINE_ID", "10226282".to_owned()),
        ("AMOCRM_STATUS_ID", "80953554".to_owned()),
        ("AMOCRM_WEBHOOK_SECRET", HOOK_SECRET.to_owned()),
        ("LOG", "warn".to_owned()),
    ]
}
