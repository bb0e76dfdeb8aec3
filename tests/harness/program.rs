//! The product as its operator runs it: the real binary in a process of its own, by the real
//! clock, with the sandbox's Telegram, amoCRM and mailbox around it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::net::TcpListener as Probe;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use domain::Clock;
use sandbox::amocrm::Amocrm;
use sandbox::bitrix24::Bitrix24;
use sandbox::mailbox::Mailbox;
use sandbox::telegram::Telegram;
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;

use crate::database::TestDatabase;
use crate::mini_app::MiniApp;
use crate::outside::{
    application, start_amo, start_bitrix24, start_mailbox, start_telegram, usual,
};

/// How long the product may take to be ready: it is not optimised here, and cores are shared.
const START: Duration = Duration::from_secs(30);

/// A dealer whose product is a program on disk.
pub struct Program {
    /// The Telegram around it.
    pub telegram: Telegram,
    /// The amoCRM around it.
    pub amo: Amocrm,
    /// The orders address.
    pub mailbox: Mailbox,
    /// The product's address, while it serves.
    pub base: String,
    /// What it is told. A story changes it before it runs a command.
    pub variables: BTreeMap<String, String>,
    /// The database's and the files' place; commands run in its folder.
    pub database: TestDatabase,
    /// A plain client.
    pub http: reqwest::Client,
    binary: PathBuf,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// What it answered.
    pub out: String,
    /// What it complained of.
    pub err: String,
}

/// A product that serves. Dropped, it is killed.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    base: String,
    log: PathBuf,
}

impl Program {
    /// The surroundings, and the usual variables; nothing of the product runs yet.
    ///
    /// # Panics
    /// When the surroundings cannot be started or the binary cannot be built.
    pub async fn prepare() -> Program {
        let binary = binary().await.to_owned();
        let database = TestDatabase::create().await.expect("a database for the story");
        let clock = Clock::system();
        let (telegram, telegram_url) = start_telegram(&clock).await;
        let (amo, amo_url) = start_amo(&clock, Duration::from_secs(1)).await;
        let mailbox = start_mailbox(&clock).await;
        let listen = format!("127.0.0.1:{}", free_port());
        let base = format!("http://{listen}");
        let mut variables = usual(&database, &base, &telegram_url, &amo_url, &mailbox);
        variables.insert("LISTEN".to_owned(), listen);
        // The product is away now and then: it asks for updates when it is back.
        variables.insert("TELEGRAM_MODE".to_owned(), "polling".to_owned());
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build();
        let http = client.expect("a client");
        Program { telegram, amo, mailbox, base, variables, database, http, binary }
    }

    /// A portal of Bitrix24 beside the rest, whose application the product knows.
    pub async fn add_portal(&mut self) -> Bitrix24 {
        let bitrix24 = start_bitrix24(&Clock::system()).await;
        self.variables.extend(application(&bitrix24));
        bitrix24
    }

    /// Tells it something else than usual.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// A file in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.database.folder.path().join(name)
    }

    /// Runs a command to its end.
    pub async fn run(&self, words: &[&str]) -> Ran {
        let output = self.command(words).output().await.expect("the binary starts");
        Ran::of(output)
    }

    /// Runs a command to its end; the most memory that it held as well, in MiB.
    pub async fn measured(&self, words: &[&str]) -> (Ran, f64) {
        let mut command = self.command(words);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.expect("the binary starts");
        let status = format!("/proc/{}/status", child.id().expect("it runs"));
        let ended = child.wait_with_output();
        tokio::pin!(ended);
        let mut peak = 0.0_f64;
        loop {
            tokio::select! {
                output = &mut ended => break (Ran::of(output.expect("it ends")), peak),
                () = tokio::time::sleep(Duration::from_millis(10)) => {
                    let status = std::fs::read_to_string(&status).unwrap_or_default();
                    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                    let held = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
                    peak = held.map_or(peak, |kibibytes: f64| peak.max(kibibytes / 1024.0));
                }
            }
        }
    }

    /// Runs a command that must succeed; what it answered.
    ///
    /// # Panics
    /// When it fails.
    pub async fn ok(&self, words: &[&str]) -> String {
        let ran = self.run(words).await;
        assert_eq!(ran.code, Some(0), "{words:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    /// Runs a command that must fail; its one line on standard error.
    ///
    /// # Panics
    /// When it succeeds, or complains in more than a line.
    pub async fn refused(&self, words: &[&str]) -> String {
        let ran = self.run(words).await;
        assert!(ran.code.is_some_and(|code| code != 0), "{words:?}: {ran:?}");
        assert_eq!(ran.err.lines().count(), 1, "{words:?}: {}", ran.err);
        ran.err.trim().to_owned()
    }

    /// Starts `mypark serve` and does not wait for it.
    pub fn launch(&self) -> Serving {
        let address = self.base.trim_start_matches("http://");
        self.launch_at(address)
    }

    /// An address for one more process of this dealer.
    pub fn another_address(&self) -> String {
        format!("127.0.0.1:{}", free_port())
    }

    /// Starts one more `mypark serve` at an address of its own, and does not wait for it.
    pub fn launch_at(&self, address: &str) -> Serving {
        let log = self.path("serve.log");
        let file = || -> File {
            let opened = OpenOptions::new().create(true).append(true).open(&log);
            opened.expect("a file for the log")
        };
        let mut command = self.command(&["serve"]);
        command.env("LISTEN", address).stdout(file()).stderr(file());
        let child = command.spawn().expect("the binary starts");
        Serving { child, base: format!("http://{address}"), log }
    }

    /// Starts `mypark serve`; back when it is ready.
    pub async fn serve(&self) -> Serving {
        let mut serving = self.launch();
        serving.ready(&self.http).await;
        serving
    }

    /// A person's open Mini App.
    pub fn mini_app(&self, person: i64) -> MiniApp {
        self.mini_app_at(person, &self.base)
    }

    /// The same at the address `base` of one of several processes.
    pub fn mini_app_at(&self, person: i64, base: &str) -> MiniApp {
        MiniApp {
            http: self.http.clone(),
            base: base.to_owned(),
            authorization: format!("tma {}", self.telegram.init_data(person, None)),
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(words)
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.database.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

impl Ran {
    fn of(output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Serving {
    /// Waits until it is ready for people.
    ///
    /// # Panics
    /// When it ends instead, or takes too long.
    pub async fn ready(&mut self, http: &reqwest::Client) {
        let deadline = Instant::now() + START;
        loop {
            let asked = http.get(format!("{}/readyz", self.base)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            self.must_run();
            assert!(Instant::now() < deadline, "not ready: {}", self.log_end());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills it as a power cut would, at once.
    ///
    /// # Panics
    /// When it had ended by itself.
    pub async fn kill(&mut self) {
        self.must_run();
        self.child.kill().await.expect("a process to kill");
    }

    /// Asks it to stop, with SIGTERM; how it ended and how long that took.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn terminate(&mut self) -> (ExitStatus, Duration) {
        let id = self.child.id().expect("it runs");
        let asked = Instant::now();
        // The shell's own `kill` is everywhere; a call of our own would be unsafe code.
        let told = Command::new("/bin/sh").args(["-c", &format!("kill -TERM {id}")]).status().await;
        assert!(told.expect("a shell").success());
        let ended = tokio::time::timeout(START, self.child.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("it does not stop: {}", self.log_end()));
        (status.expect("a child to wait for"), asked.elapsed())
    }

    /// The end of what it logged.
    pub fn log_end(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    fn must_run(&mut self) {
        let ended = self.child.try_wait().expect("a child to look at");
        assert!(ended.is_none(), "it ended by itself, {ended:?}: {}", self.log_end());
    }
}

/// A port that nobody listens on. It lies below those that the system gives to outgoing calls:
/// while the product is down, no call of a story may take its place.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000).expect("less than 10,000");
    let free = |port: &u16| Probe::bind(("127.0.0.1", *port)).is_ok();
    let mut ports =
        std::iter::repeat_with(|| 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    ports.find(free).expect("a free port")
}

/// The binary that `MYPARK_BIN` names; else the one beside this test's, built where it is missing
/// or older than its source: cargo knows.
async fn binary() -> &'static Path {
    static FOUND: OnceCell<PathBuf> = OnceCell::const_new();
    match std::env::var_os("MYPARK_BIN") {
        Some(named) => FOUND.get_or_init(async || named.into()).await,
        None => FOUND.get_or_init(build).await,
    }
}

async fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST").to_owned();
    let mut cargo = Command::new(env!("CARGO"));
    // The whole workspace: one package alone would build the libraries anew, with its features.
    cargo.args(["build", "--quiet", "--workspace", "--bins", "--target-dir"]);
    cargo.arg(profile.parent().expect("target")).current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().await.expect("cargo").success(), "the product does not build");
    profile.join("mypark")
}
