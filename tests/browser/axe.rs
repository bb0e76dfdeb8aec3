//! Who cannot see the screen, or not well, uses it as well: axe-core looks at every page that is kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::browser::Browser;

/// All rules of WCAG 2 A and AA and axe's own best practices, in the frame that is entered. A page in a frame has no
/// frames of its own. Where a text has a colour just as Telegram's theme gave it, its contrast is Telegram's: ours are those
/// that we mix.
const LOOK: &str = "
    const style = document.documentElement.style;
    const given = [...style].filter((name) => name.startsWith('--tg-theme-'))
        .map((name) => style.getPropertyValue(name).trim().toLowerCase());
    const ours = (rule, node) => rule !== 'color-contrast'
        || !given.includes(((node.any[0] || {}).data || {}).fgColor);
    const said = (node) => node.html.slice(0, 200) + ' · '
        + (node.any[0] || node.all[0] || node.none[0]).message;
    return axe.run(document, { resultTypes: ['violations'], iframes: false }).then((found) =>
        found.violations.map(({ id, impact, help, nodes }) => ({ rule: id, impact, help,
            nodes: nodes.filter((node) => ours(id, node)).map(said) }))
            .filter((broken) => broken.nodes.length))";

/// What axe found, by the name of the page.
#[derive(Default)]
pub(crate) struct Axe {
    source: RefCell<Option<String>>,
    found: RefCell<BTreeMap<String, Value>>,
}

impl Axe {
    /// Looks at the page, and remembers what is broken there.
    pub(crate) async fn look(&self, browser: &Browser, name: &str) -> anyhow::Result<()> {
        let there = browser.ask("return typeof axe === 'object'", Vec::new()).await?;
        if there != json!(true) {
            browser.ask(&self.source()?, Vec::new()).await?;
        }
        let broken = browser.ask(LOOK, Vec::new()).await?;
        if broken != json!([]) {
            self.found.borrow_mut().insert(name.to_owned(), broken);
        }
        Ok(())
    }

    /// Keeps the report, and holds that it is empty.
    pub(crate) fn report(&self, browser: &Browser) -> anyhow::Result<()> {
        let found = self.found.borrow();
        let report = serde_json::to_string_pretty(&*found)?;
        browser.keep_text("axe.json", &report)?;
        anyhow::ensure!(found.is_empty(), "axe found on {} pages: {report}", found.len());
        Ok(())
    }

    fn source(&self) -> anyhow::Result<String> {
        let mut source = self.source.borrow_mut();
        if source.is_none() {
            let file = "../static/node_modules/axe-core/axe.min.js";
            let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
            *source = Some(std::fs::read_to_string(&file).context("axe-core: make assets")?);
        }
        source.clone().context("axe-core")
    }
}
