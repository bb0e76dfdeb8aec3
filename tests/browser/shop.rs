//! The dealer's site: somebody comes by an advertisement, looks around, sends a form with files, and
//! sees what becomes of it.

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

    says(browser, "new").await?;
    follow(browser, number).await
}

/// From the portal's board and the manager's card back to the site.
async fn follow(browser: &Browser, number: &str) -> anyhow::Result<()> {
    browser.open("/sandbox").await?;
    let maria = Phone::new(browser, "//*[@id='phone-maria']");
    maria.reads(&["Обращение с сайта", number, "Ольга Петрова"]).await?;
    let portal = Board::portal(browser);
    portal.choose("leads").await?;
    portal.stands(number, "Не обработан").await?;
    // An open card is a picture of its moment, and files come last.
    portal.tells(number, "файлов 3").await?;
    let words = ["Заявка с сайта - Ольга Петрова", "+79220000001", "olga@example.com"];
    portal.open(number, &words).await?;
    portal.shows(&["/sandbox/shop", "utm_source: yandex", "yclid: 77", "станок: 16К20"]).await?;
    portal.shows(&["чертёж.pdf", "фото.jpg", "размеры.txt"]).await?;
    browser.stage("lead").await?;
    portal.close().await?;

    maria.press_under(number, "Беру").await?;
    portal.stands(number, "В работе").await?;
    browser.stage("lead-taken").await?;
    browser.open("/sandbox/shop").await?;
    says(browser, "taken").await?;

    // The portal's people go on, and the site hears of it.
    browser.open("/sandbox").await?;
    portal.choose("leads").await?;
    portal.drag(number, "Обработан").await?;
    portal.send(number, "Качественный лид").await?;
    maria.reads(&[number, "Стало сделкой"]).await?;
    browser.open("/sandbox/shop").await?;
    says(browser, "converted").await?;
    browser.keep_whole("shop-converted").await
}

/// The script does not load: the browser posts the form by itself, and pages answer it.
pub(crate) async fn ask_without_script(browser: &Browser) -> anyhow::Result<()> {
    browser.lose(&["*/lead-form.js*"]).await?;
    browser.open("/sandbox/shop").await?;
    for (name, text) in [("name", "Пётр"), ("phone", "12"), ("message", "Нужен люнет")]
    {
        field(browser, &format!("[name='{name}']")).await?.send_keys(text).await?;
    }
    field(browser, "form button[type='submit']").await?.click().await?;
    reads(browser, "Телефон: Не похоже на номер").await?;
    for (width, height, name) in [(390, 844, "sent-wrong-phone"), (1440, 1000, "sent-wrong")] {
        browser.size(width, height).await?;
        browser.keep(name).await?;
    }
    // What was typed is still in the form.
    browser.driver.back().await?;
    let phone = field(browser, "[name='phone']").await?;
    anyhow::ensure!(phone.value().await?.as_deref() == Some("12"), "the form is empty");
    phone.clear().await?;
    phone.send_keys("8 922 000-00-02").await?;
    field(browser, "form button[type='submit']").await?.click().await?;
    reads(browser, "Номер LEAD-").await?;
    for theme in ["dark", "light"] {
        browser.prefer(theme).await?;
        browser.size(390, 844).await?;
        browser.keep(&format!("sent-{theme}-phone")).await?;
        browser.size(1440, 1000).await?;
        browser.keep(&format!("sent-{theme}")).await?;
    }
    field(browser, "a").await?.click().await?;
    field(browser, "form[data-mypark]").await?;
    browser.lose(&[]).await
}

/// Waits until the page says these words.
async fn reads(browser: &Browser, words: &str) -> anyhow::Result<()> {
    until(words, async || {
        let page = browser.driver.find(By::Css("main")).await?;
        Ok(page.text().await?.contains(words).then_some(()))
    })
    .await
}

/// Waits until the site says so of the last request.
async fn says(browser: &Browser, state: &str) -> anyhow::Result<()> {
    field(browser, &format!(".shop-state[data-state='{state}']")).await.map(drop)
}

async fn field(browser: &Browser, css: &str) -> anyhow::Result<WebElement> {
    until(css, async || Ok(browser.visible(By::Css(css)).await?.into_iter().next())).await
}
