//! The browser as a person uses it: looks until something is there, presses it, keeps a picture.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, WebDriver, WebElement};
use tokio::time::Instant;

use crate::axe::Axe;

/// How long anything may take before the story says that it did not come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it looks again.
const GLANCE: Duration = Duration::from_millis(80);

/// One browser at the demo.
pub(crate) struct Browser {
    /// The session.
    pub(crate) driver: WebDriver,
    /// Where the demo is, without a slash at the end.
    pub(crate) url: String,
    /// What axe found so far.
    pub(crate) axe: Axe,
    artefacts: PathBuf,
    stage: Cell<u32>,
}

impl Browser {
    /// Pictures go to a folder of `tests/artefacts/`, those of the last run go away.
    pub(crate) fn new(driver: WebDriver, url: &str, album: &str) -> anyhow::Result<Browser> {
        let artefacts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("artefacts").join(album);
        if artefacts.exists() {
            std::fs::remove_dir_all(&artefacts)?;
        }
        std::fs::create_dir_all(&artefacts)?;
        let (url, stage) = (url.to_owned(), Cell::new(0));
        Ok(Browser { driver, url, axe: Axe::default(), artefacts, stage })
    }

    /// Opens a page of the demo.
    pub(crate) async fn open(&self, path: &str) -> anyhow::Result<()> {
        self.driver.goto(format!("{}{path}", self.url)).await?;
        Ok(())
    }

    /// The size of the window's inside, and what the system prefers.
    pub(crate) async fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let screen = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
        Ok(())
    }

    /// Light or dark, as the system would say.
    pub(crate) async fn prefer(&self, theme: &str) -> anyhow::Result<()> {
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// Keeps what matches from loading, as a bad connection would; nothing any more for an empty list.
    pub(crate) async fn lose(&self, addresses: &[&str]) -> anyhow::Result<()> {
        let driver = self.driver.cdp();
        driver.send_raw("Network.enable", json!({})).await?;
        driver.send_raw("Network.setBlockedURLs", json!({ "urls": addresses })).await?;
        Ok(())
    }

    /// With a signal, or without any.
    pub(crate) async fn signal(&self, there: bool) -> anyhow::Result<()> {
        let wanted = json!({
            "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        let driver = self.driver.cdp();
        driver.send_raw("Network.enable", json!({})).await?;
        driver.send_raw("Network.emulateNetworkConditions", wanted).await?;
        Ok(())
    }

    /// Runs a script of the test's own in the frame that is entered.
    pub(crate) async fn ask(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Keeps a picture of a stage of the story, numbered in its order.
    pub(crate) async fn stage(&self, name: &str) -> anyhow::Result<()> {
        self.driver.enter_default_frame().await?;
        // The phones and the head of the board below them.
        let script = "document.getElementById('phones')?.scrollIntoView({ block: 'start' })";
        self.ask(script, Vec::new()).await?;
        self.stage.set(self.stage.get() + 1);
        self.keep(&format!("{:02}-{name}", self.stage.get())).await
    }

    /// Keeps a report.
    pub(crate) fn keep_text(&self, name: &str, text: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(self.artefacts.join(name), text)?)
    }

    /// Keeps a picture of what the window shows.
    pub(crate) async fn keep(&self, name: &str) -> anyhow::Result<()> {
        let picture = self.picture(json!({ "format": "png" })).await?;
        std::fs::write(self.artefacts.join(format!("{name}.png")), picture)?;
        Ok(())
    }

    /// Keeps a picture of the whole page, however long it is.
    pub(crate) async fn keep_whole(&self, name: &str) -> anyhow::Result<()> {
        self.driver.enter_default_frame().await?;
        let size = "const e = document.documentElement; return [e.scrollWidth, e.scrollHeight]";
        let size = self.ask(size, Vec::new()).await?;
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.picture(wanted).await?;
        std::fs::write(self.artefacts.join(format!("{name}.png")), picture)?;
        Ok(())
    }

    /// A picture of a rectangle of the page, enlarged; a stand-in for a photo.
    pub(crate) async fn photo(&self, clip: [f64; 4], scale: f64) -> anyhow::Result<PathBuf> {
        let [x, y, width, height] = clip;
        let clip = json!({ "x": x, "y": y, "width": width, "height": height, "scale": scale });
        let picture =
            self.picture(json!({ "format": "jpeg", "quality": 80, "clip": clip })).await?;
        std::fs::write(self.last_photo(), picture)?;
        Ok(self.last_photo())
    }

    /// Where the last such photo is kept.
    pub(crate) fn last_photo(&self) -> PathBuf {
        self.artefacts.join("станок.jpg")
    }

    async fn picture(&self, wanted: Value) -> anyhow::Result<Vec<u8>> {
        let answer = self.driver.cdp().send_raw("Page.captureScreenshot", wanted).await?;
        let data = answer["data"].as_str().context("a picture")?;
        Ok(STANDARD.decode(data)?)
    }

    /// All that matches and can be seen, in the frame that is entered.
    pub(crate) async fn visible(&self, by: By) -> WebDriverResult<Vec<WebElement>> {
        let mut seen = Vec::new();
        for element in self.driver.find_all(by).await? {
            if element.is_displayed().await? {
                seen.push(element);
            }
        }
        Ok(seen)
    }
}

/// Looks until `look` finds something. A page that changes under one's eyes is looked at again.
pub(crate) async fn until<T>(
    what: &str,
    look: impl AsyncFn() -> WebDriverResult<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let trouble = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::new(),
            Err(error) => format!(": {error}"),
        };
        anyhow::ensure!(Instant::now() < deadline, "«{what}» did not come{trouble}");
        tokio::time::sleep(GLANCE).await;
    }
}

/// XPath of an element's text, with the non-breaking spaces of good typography made plain.
pub(crate) fn says(text: &str) -> String {
    assert!(!text.contains('"'), "a quotation mark in {text}");
    format!("contains(normalize-space(translate(., '\u{a0}\u{202f}', '  ')), \"{text}\")")
}
