//! What the browser kept to itself: errors in the console, and whom it asked.

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde_json::Value;

use crate::browser::Browser;

/// Forgets what the browser did by itself before it was at the demo.
pub(crate) async fn begin(browser: &Browser) -> anyhow::Result<()> {
    browser.driver.goto("about:blank").await?;
    browser.driver.browser_log().await?;
    browser.driver.get_log("performance").await?;
    Ok(())
}

/// What a browser says by itself when a form comes back with its errors, or a page is not there, or a
/// script is kept from it, as it should.
const REFUSALS: [[&str; 2]; 4] = [
    ["/app/", "422"],
    ["/app/machines/none", "404"],
    ["/ingest/lead", "422"],
    ["lead-form.js", "ERR_BLOCKED"],
];

/// Drains the logs: nothing failed, and nobody but the demo was asked.
pub(crate) async fn nothing_odd(browser: &Browser) -> anyhow::Result<()> {
    let mut wrong = BTreeSet::new();
    for entry in browser.driver.browser_log().await? {
        let refused =
            REFUSALS.iter().any(|words| words.iter().all(|word| entry.message.contains(word)));
        if !refused && matches!(entry.level.as_str(), "SEVERE" | "WARNING") {
            wrong.insert(format!("console {}: {}", entry.level, entry.message));
        }
    }
    for entry in browser.driver.get_log("performance").await? {
        let event: Value = serde_json::from_str(&entry.message)?;
        let message = &event["message"];
        if message["method"] == "Network.requestWillBeSent" {
            let asked = message["params"]["request"]["url"].as_str().context("a request's url")?;
            if is_foreign(asked, &browser.url) {
                wrong.insert(format!("a request to another host: {asked}"));
            }
        }
    }
    anyhow::ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

fn is_foreign(asked: &str, ours: &str) -> bool {
    // What never leaves the browser.
    let inside = ["data:", "blob:", "about:", "chrome:", "chrome-extension:"];
    // The portal's page of consent stands on an address of its own, as a real one does.
    let consent = asked.starts_with("http://127.0.0.1:") && asked.contains("/oauth/");
    let own = asked.starts_with(&format!("{ours}/"));
    !own && !consent && !inside.iter().any(|own| asked.starts_with(own))
}
