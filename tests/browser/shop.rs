//! The dealer's site: somebody comes by an advertisement, looks around, and sends a form with files.

use std::time::Duration;

use anyhow::Context as _;
use thirtyfour::{By, WebElement};

use crate::board::Board;
use crate::browser::{Browser, until};
use crate::phone::Phone;

/// A form that was filled faster is a robot's.
const TYPING: Duration = Duration::from_millis(2700);

/// Asks on the site and follows what was asked to the manager and to the CRM.
pub(crate) async fn ask(browser: &Browser) -> anyhow::Result<()> {
    browser.open("/sandbox/shop?utm_source=yandex&utm_campaign=gears&yclid=77").await?;
    field(browser, "h1").await?;
    // On another page of the site the address says nothing of the advertisement any more.
    browser.open("/sandbox/shop").await?;
    field(browser, "[data-about*='020'], [data-about*='02.114']").await?.click().await?;
    for (name, text) in
        [("name", "Ольга Петрова"), ("email", "olga@example.com"), ("станок", "16К20")]
    {
        field(browser, &format!("[name='{name}']")).await?.send_keys(text).await?;
    }
    field(browser, "[name='phone']").await?.send_keys("8 922 000-00-01").await?;
    let folder = tempfile::tempdir()?;
    let mut paths = Vec::new();
    for (name, bytes) in [
        ("чертёж.pdf", b"%PDF-1.7 drawing".as_slice()),
        ("фото.jpg", include_bytes!("../fixtures/photo.jpg")),
        ("размеры.txt", "Z = 54".as_bytes()),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        paths.push(path.to_string_lossy().into_owned());
    }
    field(browser, "[name='files']").await?.send_keys(paths.join("\n")).await?;
    tokio::time::sleep(TYPING).await;
    field(browser, "form button[type='submit']").await?.click().await?;
    let answer = until("the answer of the form", async || {
        let status = browser.driver.find(By::Css(".mypark-status[data-state='ok']")).await?;
        let said = status.text().await?;
        Ok(said.contains("LEAD-").then_some(said))
    })
    .await?;
    browser.keep_whole("shop-sent").await?;
    let number = answer.split_whitespace().find(|word| word.starts_with("LEAD-"));
    let number = number.context("the answer names the number")?;

    browser.open("/sandbox").await?;
    let maria = Phone::new(browser, "//*[@id='phone-maria']");
    maria.reads(&["Обращение с сайта", number, "Ольга Петрова"]).await?;
    let board = Board::new(browser);
    board.stands(number, "Заявка").await?;
    // An open card is a picture of its moment, and files come last.
    board.tells(number, "файлов 3").await?;
    board.open(number, &["Ольга Петрова", "utm_source: yandex", "yclid: 77", "чертёж.pdf"]).await?;
    browser.stage("lead").await?;
    board.close().await
}

async fn field(browser: &Browser, css: &str) -> anyhow::Result<WebElement> {
    until(css, async || Ok(browser.visible(By::Css(css)).await?.into_iter().next())).await
}
