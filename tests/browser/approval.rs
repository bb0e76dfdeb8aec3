//! The console as a manager walks it: in through the portal's consent, a rule, what it would have caught, a
//! deal that it catches, the decision, and the portal's task that shows it.

use anyhow::Context as _;
use thirtyfour::By;

use crate::board::Board;
use crate::browser::{Browser, says, until};
use crate::phone::Phone;

/// The rule of this story: above it the demo's own rule asks.
const RULE: &str = "Сделка от трёхсот тысяч";
/// A deal that the rule would have caught, and the one that it catches.
const BEFORE: &str = "СТ-310";
const CAUGHT: &str = "СТ-450";
/// One that the demo's own rule catches.
const LARGE: &str = "СТ-900";

/// Walks it.
pub(crate) async fn decided(browser: &Browser) -> anyhow::Result<()> {
    browser.prefer("light").await?;
    browser.size(1440, 1000).await?;
    deal(browser, BEFORE, "310000").await.context("a deal before the rule")?;
    sign_in(browser).await.context("sign-in")?;
    write_rule(browser).await.context("the rule")?;
    deal(browser, LARGE, "900000").await.context("a deal of the demo's rule")?;
    let maria = Phone::new(browser, "//*[@id='phone-maria']");
    maria.reads(&[LARGE]).await.context("its card in the chat")?;
    deal(browser, CAUGHT, "450000").await.context("a deal of the new rule")?;
    decide(browser).await.context("the decision")?;
    let portal = Board::portal(browser);
    browser.open("/sandbox").await?;
    portal.choose("tasks").await?;
    task_is_done(browser).await.context("the task")?;
    portal.choose("0").await?;
    portal.stands(CAUGHT, "Подготовка документов").await.context("the deal goes on")?;
    browser.stage("approved-deal").await
}

/// A deal of the portal's own pipeline, which is called by its machine's model.
async fn deal(browser: &Browser, serial: &str, price: &str) -> anyhow::Result<()> {
    browser.open("/sandbox").await?;
    let board = Board::portal(browser);
    board.choose("0").await?;
    board.new_deal(&[("serial", serial), ("model", serial), ("price", price)]).await?;
    board.has(serial).await
}

pub(crate) async fn sign_in(browser: &Browser) -> anyhow::Result<()> {
    browser.open("/staff/sign-in").await?;
    press(browser, "Войти через Битрикс24").await?;
    press(browser, "Разрешить: Мария Лебедева").await.context("the consent of the portal")?;
    reads(browser, "//h1", "Сегодня").await?;
    browser.keep("console-signed-in").await
}

async fn write_rule(browser: &Browser) -> anyhow::Result<()> {
    browser.open("/staff/approvals/rules").await?;
    for (name, value) in [
        ("name", RULE),
        ("amount_from", "300000"),
        ("amount_to", "499999"),
        ("approve_stage", "PREPARATION"),
    ] {
        let field = look(browser, &format!("//main//*[@name='{name}']")).await?;
        field.clear().await?;
        field.send_keys(value).await?;
    }
    touch(browser, "//select[@name='approver_1']/option[@value='5003']").await?;
    touch(browser, "//select[@name='connection']/option[@value='bitrix24']").await?;
    touch(browser, "//input[@name='own_allowed']").await?;
    touch(browser, "//button[contains(@formaction, '/rules/try') and not(@name)]").await?;
    reads(browser, "//*[@id='dry']", "Правило поймало бы").await?;
    reads(browser, "//*[@id='dry']", BEFORE).await?;
    browser.keep("console-dry-run").await?;
    touch(browser, "//form[.//select[@name='approver_1']]//button[not(@formaction)]").await?;
    reads(browser, "//*[@data-rows]", RULE).await
}

async fn decide(browser: &Browser) -> anyhow::Result<()> {
    browser.open("/staff/approvals").await?;
    // What has just happened comes without a reload.
    let row = format!("//a[contains(@class, 'row-link')][{}]", says(CAUGHT));
    touch(browser, &row).await?;
    look(browser, "//button[@name='outcome' and @value='approve']").await?;
    browser.keep("console-approval").await?;
    touch(browser, "//button[@name='outcome' and @value='approve']").await?;
    reads(browser, "//*[@id='case']", "согласовано").await?;
    browser.keep("console-approved").await
}

async fn task_is_done(browser: &Browser) -> anyhow::Result<()> {
    let done = format!("//*[@data-done='true'][{}]", says(CAUGHT));
    look(browser, &done).await?;
    browser.stage("approved-task").await
}

pub(crate) async fn look(browser: &Browser, xpath: &str) -> anyhow::Result<thirtyfour::WebElement> {
    until(xpath, async || {
        browser.driver.enter_default_frame().await?;
        Ok(browser.visible(By::XPath(xpath)).await?.into_iter().next())
    })
    .await
}

/// Waits until an element says this.
pub(crate) async fn reads(browser: &Browser, xpath: &str, words: &str) -> anyhow::Result<()> {
    look(browser, &format!("{xpath}[{}]", says(words))).await.map(drop)
}

async fn touch(browser: &Browser, xpath: &str) -> anyhow::Result<()> {
    until(xpath, async || {
        browser.driver.enter_default_frame().await?;
        let Some(element) = browser.visible(By::XPath(xpath)).await?.into_iter().next() else {
            return Ok(None);
        };
        let near = "arguments[0].scrollIntoView({ block: 'center' })";
        browser.driver.execute(near, vec![element.to_json()?]).await?;
        element.click().await?;
        Ok(Some(()))
    })
    .await
}

async fn press(browser: &Browser, words: &str) -> anyhow::Result<()> {
    touch(browser, &format!("//a[{}]", says(words))).await
}
