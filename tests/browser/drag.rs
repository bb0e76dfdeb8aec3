//! A manager moves cards with the mouse: a request between the columns of the board, then to an
//! engineer's week; the lists show where it went.

use anyhow::Context as _;

use crate::approval::{look, reads, sign_in};
use crate::browser::{Browser, says};
use crate::phone::Phone;
use crate::story;

const ENGINEER: &str = "Игорь Крылов";

/// Walks it.
pub(crate) async fn dragged(browser: &Browser) -> anyhow::Result<()> {
    browser.prefer("light").await?;
    browser.size(1440, 1000).await?;
    browser.open("/sandbox").await?;
    let anna = Phone::new(browser, "//*[@id='phone-anna']");
    story::meet(browser, anna).await.context("meeting")?;
    anna.open_app().await?;
    let number = story::call_again(anna).await.context("a request")?;
    sign_in(browser).await.context("sign-in")?;

    browser.open("/staff/requests/board").await?;
    let (new, taken) = (column("Принята"), column("Взята в работу"));
    drag(browser, &within(&new, &number), &taken).await.context("to another column")?;
    look(browser, &within(&taken, &number)).await?;
    reads(browser, &within(&taken, &number), "Мария Лебедева").await.context("who has it")?;
    browser.keep("console-dragged").await?;

    browser.open("/staff/jobs/board").await?;
    let tray = "//section[contains(@class, 'board-tray')]".to_owned();
    let week = format!("//tr[th[{}]]/td[1]", says(ENGINEER));
    drag(browser, &within(&tray, &number), &week).await.context("to an engineer")?;
    look(browser, &within(&week, &number)).await?;
    browser.keep("console-planned").await?;

    browser.open("/staff/jobs").await?;
    let row = format!("//*[@data-rows]//*[self::tr or self::li][{}]", says(&number));
    reads(browser, &row, ENGINEER).await.context("the list of jobs")
}

fn column(title: &str) -> String {
    format!("//section[contains(@class, 'board-column') and @aria-label='{title}']")
}

fn within(place: &str, number: &str) -> String {
    format!("{place}//article[@data-card='{number}']")
}

async fn drag(browser: &Browser, card: &str, place: &str) -> anyhow::Result<()> {
    let (held, target) = (look(browser, card).await?, look(browser, place).await?);
    let near = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' })";
    browser.driver.execute(near, vec![target.to_json()?]).await?;
    // A drag begins with a small movement of the hand.
    let mouse = browser.driver.action_chain();
    mouse
        .move_to_element_center(&held)
        .click_and_hold()
        .move_by_offset(8, 8)
        .move_to_element_center(&target)
        .move_by_offset(2, 2)
        .release()
        .perform()
        .await
        .context("a drag")
}
