//! The boards of the page: cards, their columns, a new deal.

use anyhow::Context as _;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, WebElement};

use crate::browser::{Browser, says, until};

/// Where a deal ends well.
pub(crate) const WON: &str = "Успешно реализовано";

/// The board, wherever the page is scrolled.
#[derive(Clone, Copy)]
pub(crate) struct Board<'a> {
    browser: &'a Browser,
    /// The key of the panel that it stands on.
    panel: &'static str,
}

impl<'a> Board<'a> {
    /// The amoCRM board of the page that is open.
    pub(crate) fn new(browser: &'a Browser) -> Board<'a> {
        Board { browser, panel: "amocrm" }
    }

    /// Whichever board of Bitrix24 is open.
    pub(crate) fn portal(browser: &'a Browser) -> Board<'a> {
        Board { browser, panel: "bitrix24" }
    }

    /// Opens the panel that the board stands on.
    pub(crate) async fn come(self) -> anyhow::Result<()> {
        let tab = format!("tab-{}", self.panel);
        until(&tab, async || {
            self.browser.driver.enter_default_frame().await?;
            let tab = self.browser.visible(By::Id(&tab)).await?.pop();
            let Some(tab) = tab else { return Ok(None) };
            let near = "arguments[0].scrollIntoView({ block: 'center' })";
            self.browser.driver.execute(near, vec![tab.to_json()?]).await?;
            tab.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Opens one of the portal's boards: `leads`, or a pipeline by its number.
    pub(crate) async fn choose(self, key: &str) -> anyhow::Result<()> {
        self.come().await?;
        self.touch(&format!("//button[@role='tab' and @data-key='{key}']")).await
    }

    async fn find(self, xpath: &str) -> WebDriverResult<Option<WebElement>> {
        self.browser.driver.enter_default_frame().await?;
        let board = format!("//*[@id='panel-{}']{xpath}", self.panel);
        Ok(self.browser.visible(By::XPath(board)).await?.pop())
    }

    async fn look(self, xpath: &str) -> anyhow::Result<WebElement> {
        until(xpath, async || self.find(xpath).await).await
    }

    async fn touch(self, xpath: &str) -> anyhow::Result<()> {
        until(xpath, async || {
            let Some(element) = self.find(xpath).await? else { return Ok(None) };
            let near = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' })";
            self.browser.driver.execute(near, vec![element.to_json()?]).await?;
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Waits for the card of this name in the column of this name.
    pub(crate) async fn stands(self, card: &str, column: &str) -> anyhow::Result<()> {
        self.look(&format!("{}{}", in_column(column), of_card(card))).await.map(drop)
    }

    /// Waits for the card, wherever it stands.
    pub(crate) async fn has(self, card: &str) -> anyhow::Result<()> {
        self.look(&of_card(card)).await.map(drop)
    }

    /// Waits until the card itself says this.
    pub(crate) async fn tells(self, card: &str, words: &str) -> anyhow::Result<()> {
        self.look(&format!("{}[.//*[{}]]", of_card(card), says(words))).await.map(drop)
    }

    /// Opens the card and waits until it says all of `words`.
    pub(crate) async fn open(self, card: &str, words: &[&str]) -> anyhow::Result<()> {
        self.touch(&format!("{}//button", of_card(card))).await?;
        self.shows(words).await
    }

    /// Waits until the card that is open says all of `words`.
    pub(crate) async fn shows(self, words: &[&str]) -> anyhow::Result<()> {
        for word in words {
            // The number may stand in a field, whose text is its value.
            let said = format!(
                "//dialog[@open and (.//*[{}] or .//input[contains(@value, '{word}')])]",
                says(word)
            );
            until(word, async || match self.find(&said).await? {
                Some(found) => Ok(Some(found)),
                None => self.written(word).await,
            })
            .await?;
        }
        Ok(())
    }

    async fn written(self, word: &str) -> WebDriverResult<Option<WebElement>> {
        let fields = format!("#panel-{} dialog[open] input", self.panel);
        for field in self.browser.visible(By::Css(&fields)).await? {
            if field.value().await?.is_some_and(|value| value.contains(word)) {
                return Ok(Some(field));
            }
        }
        Ok(None)
    }

    /// Closes the card that is open.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.touch("//dialog[@open]//button[@aria-label='Закрыть']").await
    }

    /// Moves a card with the list that stands on it.
    pub(crate) async fn send(self, card: &str, column: &str) -> anyhow::Result<()> {
        let option = format!("{}//select/option[{}]", of_card(card), says(column));
        self.touch(&option).await?;
        self.stands(card, column).await
    }

    /// Moves a card with the mouse.
    pub(crate) async fn drag(self, card: &str, column: &str) -> anyhow::Result<()> {
        let held =
            self.look(&format!("{}//div[contains(@class, 'sbx-hint')]", of_card(card))).await?;
        let target = self.look(&format!("{}/header", in_column(column))).await?;
        let near = "arguments[0].closest('.sbx-columns').scrollIntoView({ block: 'nearest' });
            arguments[1].scrollIntoView({ block: 'nearest', inline: 'nearest' })";
        let both = vec![held.to_json()?, target.to_json()?];
        self.browser.driver.execute(near, both).await?;
        let mouse = self.browser.driver.action_chain();
        // A drag begins with a small movement of the hand.
        mouse
            .move_to_element_center(&held)
            .click_and_hold()
            .move_by_offset(6, 6)
            .move_to_element_center(&target)
            .move_by_offset(2, 2)
            .release()
            .perform()
            .await
            .context("a drag")?;
        self.stands(card, column).await
    }

    /// Makes a deal on a machine for a contact.
    pub(crate) async fn new_deal(self, fields: &[(&str, &str)]) -> anyhow::Result<()> {
        self.touch("//button[@data-act='new-deal']").await?;
        for (name, value) in fields {
            let field = self.look(&format!("//dialog[@open]//input[@name='{name}']")).await?;
            field.send_keys(*value).await?;
        }
        self.browser.stage("board-new-deal").await?;
        self.touch("//dialog[@open]//button[@type='submit']").await
    }
}

fn in_column(name: &str) -> String {
    format!("//section[contains(@class, 'sbx-column') and @aria-label='{name}']")
}

fn of_card(name: &str) -> String {
    format!("//article[.//*[{}]]", says(name))
}
