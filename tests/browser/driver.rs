//! ChromeDriver on a free port, and one browser session in a folder of its own.

use std::future::Future;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::body::Bytes;
use axum::http::{Request, Response};
use tempfile::TempDir;
use thirtyfour::error::{WebDriverError, WebDriverErrorInner, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::{
    CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities,
    LoggingPrefsLogLevel, WebDriver,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Where Debian puts it.
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
/// Longer than the slowest screenshot of a page on a machine that is busy.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// Without these a browser calls home at every start, and shows bars where a phone has none.
const FLAGS: [&str; 15] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-search-engine-choice-screen",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--hide-scrollbars",
    "--lang=ru",
    "--accept-lang=ru",
];

/// The driver's process and the profile; both end with it.
#[derive(Debug)]
pub(crate) struct Chrome {
    /// The session.
    pub(crate) driver: WebDriver,
    process: Child,
    profile: TempDir,
}

impl Chrome {
    /// Starts both.
    pub(crate) async fn start() -> anyhow::Result<Chrome> {
        let mut process = Command::new(CHROMEDRIVER)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{CHROMEDRIVER}: apt-get install chromium chromium-driver"))?;
        let port = port_of(&mut process).await?;
        let profile = tempfile::tempdir()?;
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
        wanted.set("unhandledPromptBehavior", "ignore")?;
        let client = reqwest::Client::builder().timeout(COMMAND_TIMEOUT).no_proxy().build()?;
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), wanted)
            .client(Client(client))
            .connect()
            .await?;
        Ok(Chrome { driver, process, profile })
    }

    /// Ends the browser, then the driver.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.driver.quit().await?;
        self.process.kill().await?;
        // Chromium's last children may still be writing there; the folder is in `/tmp` anyway.
        drop(self.profile);
        Ok(())
    }
}

/// The driver says on which port it listens.
async fn port_of(process: &mut Child) -> anyhow::Result<u16> {
    let said = process.stdout.take().context("chromedriver's output")?;
    let mut lines = BufReader::new(said).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await? {
            let port =
                line.split("successfully on port ").nth(1).map(|rest| rest.trim_end_matches('.'));
            if let Some(port) = port.and_then(|port| port.parse().ok()) {
                // Its pipe must not fill up.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(port);
            }
        }
        anyhow::bail!("chromedriver ended without a port")
    };
    tokio::time::timeout(Duration::from_secs(30), listening).await.context("chromedriver")?
}

/// Our HTTP client as the driver's: thirtyfour's own would be a second copy of it.
struct Client(reqwest::Client);

impl HttpClient for Client {
    fn send<'a, 'b, 'c>(
        &'a self,
        request: Request<Body<'b>>,
    ) -> Pin<Box<dyn Future<Output = WebDriverResult<Response<Bytes>>> + Send + 'c>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let mut asked = self.0.request(parts.method, parts.uri.to_string());
            asked = asked.headers(parts.headers);
            if let Body::Json(body) = body {
                asked = asked.json(body);
            }
            let failed = |error: reqwest::Error| -> WebDriverError {
                WebDriverErrorInner::RequestFailed(error.to_string()).into()
            };
            let answer = asked.send().await.map_err(failed)?;
            let status = answer.status();
            let body = answer.bytes().await.map_err(failed)?;
            let mut response = Response::new(body);
            *response.status_mut() = status;
            Ok(response)
        })
    }

    fn new<'a, 'c>(&'a self) -> Pin<Box<dyn Future<Output = Arc<dyn HttpClient>> + Send + 'c>>
    where
        'a: 'c,
        Self: 'c,
    {
        Box::pin(async move { Arc::new(Client(self.0.clone())) as Arc<dyn HttpClient> })
    }
}
