//! The circle as a person walks it: the demo in a browser, by what can be seen and pressed.

#![expect(clippy::unwrap_used, reason = "a walk stops at the first surprise")]

mod album;
mod approval;
mod axe;
mod board;
mod browser;
mod drag;
mod driver;
mod phone;
mod shop;
mod signal;
mod story;
mod watch;

use std::time::Duration;

use domain::Clock;
use sandbox::demo::Demo;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::browser::Browser;
use crate::driver::Chrome;

/// The whole walk; each wait in it has a shorter one of its own.
const LIMIT: Duration = Duration::from_secs(420);

/// One story at a time: each has a product and a browser of its own, which want the whole machine.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn the_circle_in_a_browser() {
    in_a_browser("circle", walk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_in_the_console() {
    in_a_browser("console", async |browser: &Browser| {
        watch::begin(browser).await?;
        approval::decided(browser).await?;
        watch::nothing_odd(browser).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_are_dragged() {
    in_a_browser("drag", drag::dragged).await;
}

/// A demo of its own, and somebody who walks through it.
async fn in_a_browser(album: &str, walk: impl AsyncFnOnce(&Browser) -> anyhow::Result<()>) {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    // A Tuesday in the dealer's working hours, the same each time: pages show dates.
    let clock = Clock::starting("2026-12-01T07:00:00Z".parse().unwrap());
    let demo = Demo::prepare(address, folder.path().to_owned(), clock).await.unwrap();
    let url = demo.url.clone();
    let stop = CancellationToken::new();
    let running = tokio::spawn(demo.run(stop.clone()));

    let chrome = Chrome::start().await.unwrap();
    let browser = Browser::new(chrome.driver.clone(), &url, album).unwrap();
    let walked = tokio::time::timeout(LIMIT, Box::pin(walk(&browser))).await;
    if !matches!(walked, Ok(Ok(()))) {
        browser.keep_whole("failed").await.unwrap();
    }
    drop(browser);
    chrome.stop().await.unwrap();
    stop.cancel();
    running.await.unwrap().unwrap();
    walked.expect("the walk took too long").unwrap();
}

async fn walk(browser: &Browser) -> anyhow::Result<()> {
    watch::begin(browser).await?;
    browser.prefer("light").await?;
    browser.size(1440, 1000).await?;
    let numbers = story::circle(browser).await?;
    shop::ask(browser).await?;
    shop::ask_without_script(browser).await?;
    watch::nothing_odd(browser).await?;
    album::keep(browser, &numbers).await?;
    album::walk_with_keys(browser).await?;
    browser.axe.report(browser)?;
    watch::nothing_odd(browser).await
}
