//! A cellar: the phone has no signal, and shows the park and the passport as they were.

use crate::browser::{Browser, until};
use crate::phone::Phone;
use crate::watch;

const WORD: &str = "Показываем, как было";
/// What the first screen may move by itself, of 1. Source: web.dev/articles/cls asks for at most 0.1
const STILL: f64 = 0.02;

/// The person has the park open. Leaves the signal as good as it was.
pub(crate) async fn walk(browser: &Browser, phone: Phone<'_>) -> anyhow::Result<()> {
    phone.page("Мой парк").await?;
    stands_still(browser).await?;
    // By keyboard, as it were: what a touch brings may be shown for some seconds more, signal or not.
    let open = "[...document.querySelectorAll('#main a')].find((a) => a.textContent.includes('1234')).click()";
    browser.ask(open, Vec::new()).await?;
    phone.page("16К20 № 1234").await?;
    kept_shell(browser).await?;
    watch::nothing_odd(browser).await?;
    browser.signal(false).await?;
    phone.go("/app/park").await?;
    phone.page("Мой парк").await?;
    says(browser).await?;
    browser.keep("no-signal-park").await?;
    phone.tap("№ 1234").await?;
    phone.page("16К20 № 1234").await?;
    says(browser).await?;
    browser.signal(true).await?;
    until("the page as it is now", async || {
        let kept = "return !document.querySelector('#main[data-kept]')";
        Ok((browser.driver.execute(kept, Vec::new()).await?.json() == true).then_some(()))
    })
    .await?;
    // What a browser says by itself of a connection that is gone.
    browser.driver.browser_log().await?;
    Ok(())
}

async fn says(browser: &Browser) -> anyhow::Result<()> {
    until(WORD, async || {
        let banner = "return document.querySelector('#banner').textContent";
        let said = browser.driver.execute(banner, Vec::new()).await?;
        Ok(said.json().as_str().is_some_and(|said| said.contains(WORD)).then_some(()))
    })
    .await
}

/// The shell lies on the phone for the next start.
async fn kept_shell(browser: &Browser) -> anyhow::Result<()> {
    until("the shell on the phone", async || {
        let kept = "return caches.match('/app').then((shell) => !!shell)";
        Ok((browser.driver.execute(kept, Vec::new()).await?.json() == true).then_some(()))
    })
    .await
}

/// From the skeleton to the page nothing moved.
async fn stands_still(browser: &Browser) -> anyhow::Result<()> {
    let moved = "return new Promise((done) => {
        new PerformanceObserver((list) => done(list.getEntries().reduce(
            (sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0)))
            .observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(0), 300) })";
    let moved = browser.ask(moved, Vec::new()).await?;
    anyhow::ensure!(moved.as_f64().is_some_and(|moved| moved <= STILL), "it moved: {moved}");
    Ok(())
}
