//! A person's phone on the page: the chat, the Mini App in its frame, Telegram's own buttons.

use std::path::Path;

use anyhow::Context as _;
use serde_json::json;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, WebElement};

use crate::browser::{Browser, says, until};

/// One phone. Whatever is asked of it begins by looking at the right frame.
#[derive(Clone, Copy)]
pub(crate) struct Phone<'a> {
    browser: &'a Browser,
    /// XPath of the phone's node on the page.
    root: &'static str,
}

#[derive(Clone, Copy)]
enum Side {
    Telegram,
    App,
}

impl<'a> Phone<'a> {
    /// The phone that `root` finds.
    pub(crate) fn new(browser: &'a Browser, root: &'static str) -> Phone<'a> {
        Phone { browser, root }
    }

    async fn enter(self, side: Side) -> WebDriverResult<()> {
        let driver = &self.browser.driver;
        driver.enter_default_frame().await?;
        if matches!(side, Side::App) {
            let frame = "//section[contains(@class, 'tg-app') and not(contains(@class, 'tg-leaving'))]//iframe";
            driver.find(By::XPath(format!("{}{frame}", self.root))).await?.enter_frame().await?;
        }
        Ok(())
    }

    fn within(self, side: Side, xpath: &str) -> By {
        match side {
            Side::Telegram => By::XPath(format!("{}{xpath}", self.root)),
            Side::App => By::XPath(xpath.to_owned()),
        }
    }

    /// One that can be seen: the newest of a chat, the first of a page.
    async fn find(self, side: Side, xpath: &str) -> WebDriverResult<Option<WebElement>> {
        self.enter(side).await?;
        let mut seen = self.browser.visible(self.within(side, xpath)).await?;
        Ok(match side {
            Side::Telegram => seen.pop(),
            Side::App => seen.drain(..).next(),
        })
    }

    async fn look(self, side: Side, xpath: &str) -> anyhow::Result<WebElement> {
        until(xpath, async || self.find(side, xpath).await).await
    }

    async fn touch(self, side: Side, xpath: &str) -> anyhow::Result<()> {
        until(xpath, async || {
            let Some(element) = self.find(side, xpath).await? else { return Ok(None) };
            let near = "arguments[0].scrollIntoView({ block: 'nearest' })";
            self.browser.driver.execute(near, vec![element.to_json()?]).await?;
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    // ---- the chat

    /// Presses a button of the chat: of the keyboard, under a message, of a popup.
    pub(crate) async fn press(self, text: &str) -> anyhow::Result<()> {
        self.touch(Side::Telegram, &format!("//button[{} and not(@disabled)]", says(text))).await
    }

    /// Presses the newest button `text` under a message that says `about`.
    pub(crate) async fn press_under(self, about: &str, text: &str) -> anyhow::Result<()> {
        let message = format!("//div[contains(@class, 'tg-message') and .//*[{}]]", says(about));
        self.touch(Side::Telegram, &format!("{message}//button[{}]", says(text))).await
    }

    /// Waits for a message that says all of `words`.
    pub(crate) async fn reads(self, words: &[&str]) -> anyhow::Result<()> {
        let all: Vec<String> = words.iter().map(|word| says(word)).collect();
        let bubble = format!("//div[contains(@class, 'tg-bubble') and {}]", all.join(" and "));
        self.look(Side::Telegram, &bubble).await.map(drop)
    }

    /// Waits until a message that says `about` has no button `text` any more.
    pub(crate) async fn loses(self, about: &str, text: &str) -> anyhow::Result<()> {
        let message = format!("//div[contains(@class, 'tg-message') and .//*[{}]]", says(about));
        let button = format!("{message}//button[{}]", says(text));
        until(&format!("no {button}"), async || {
            Ok(self.find(Side::Telegram, &button).await?.is_none().then_some(()))
        })
        .await
    }

    // ---- Telegram around the Mini App

    /// Opens the Mini App with the button beside the input.
    pub(crate) async fn open_app(self) -> anyhow::Result<()> {
        self.touch(Side::Telegram, "//button[contains(@class, 'tg-menu-app')]").await
    }

    /// Closes it with the button of Telegram's header, whatever it stands on.
    pub(crate) async fn close_app(self) -> anyhow::Result<()> {
        self.touch(Side::Telegram, "//button[contains(@class, 'tg-app-more')]").await?;
        self.touch(
            Side::Telegram,
            &format!("//div[contains(@class, 'tg-app-menu')]/button[{}]", says("Закрыть")),
        )
        .await?;
        until("the chat again", async || {
            self.enter(Side::Telegram).await?;
            let app = self.within(Side::Telegram, "//section[contains(@class, 'tg-app')]");
            Ok(self.browser.driver.find_all(app).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Telegram's own way back.
    pub(crate) async fn back(self) -> anyhow::Result<()> {
        self.touch(Side::Telegram, "//button[@data-role='back']").await
    }

    /// Telegram's MainButton, once it says `text`.
    pub(crate) async fn main_button(self, text: &str) -> anyhow::Result<()> {
        self.bottom("tg-app-main", text).await
    }

    /// Telegram's SecondaryButton, once it says `text`.
    pub(crate) async fn second_button(self, text: &str) -> anyhow::Result<()> {
        self.bottom("tg-app-secondary", text).await
    }

    async fn bottom(self, class: &str, text: &str) -> anyhow::Result<()> {
        let button =
            format!("//button[contains(@class, '{class}') and not(@disabled) and {}]", says(text));
        self.touch(Side::Telegram, &button).await
    }

    /// Presses a button of Telegram's popup.
    pub(crate) async fn press_popup(self, text: &str) -> anyhow::Result<()> {
        let button = format!("//div[contains(@class, 'tg-popup')]//button[{}]", says(text));
        self.touch(Side::Telegram, &button).await
    }

    // ---- inside the Mini App

    /// Waits for the page with this title.
    pub(crate) async fn page(self, title: &str) -> anyhow::Result<()> {
        self.look(Side::App, &format!("//h1[{}]", says(title))).await.map(drop)
    }

    /// What the page's title says.
    pub(crate) async fn title(self) -> anyhow::Result<String> {
        Ok(self.look(Side::App, "//h1").await?.text().await?)
    }

    /// Waits until the page says so somewhere.
    pub(crate) async fn shows(self, text: &str) -> anyhow::Result<()> {
        // The innermost element: what is around it says the same.
        let here = format!("//main//*[{} and not(*[{}])]", says(text), says(text));
        self.look(Side::App, &here).await.map(drop)
    }

    /// Presses a link, a button or a choice of the page.
    pub(crate) async fn tap(self, text: &str) -> anyhow::Result<()> {
        let here = "//main//*[self::a or self::button or self::label or self::summary]";
        self.touch(Side::App, &format!("{here}[{}]", says(text))).await
    }

    /// Presses a link of the page, whatever buttons say the same.
    pub(crate) async fn tap_link(self, text: &str) -> anyhow::Result<()> {
        self.touch(Side::App, &format!("//main//a[{}]", says(text))).await
    }

    /// Chooses in the list of this name what says `text`.
    pub(crate) async fn choose(self, name: &str, text: &str) -> anyhow::Result<()> {
        let option = format!("//main//select[@name='{name}']/option[{}]", says(text));
        self.touch(Side::App, &option).await
    }

    /// Presses a button of the page that has no words, by what it is called.
    pub(crate) async fn press_in_page(self, label: &str) -> anyhow::Result<()> {
        self.touch(Side::App, &format!("//main//button[@aria-label='{label}']")).await
    }

    /// Types into the field of this name.
    pub(crate) async fn fill(self, name: &str, text: &str) -> anyhow::Result<()> {
        let field = format!("//main//*[(self::input or self::textarea) and @name='{name}']");
        let field = self.look(Side::App, &field).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Hands a file to the page's file picker and waits for its row.
    pub(crate) async fn attach(self, path: &Path) -> anyhow::Result<()> {
        self.look(Side::App, "//main//h1").await?;
        let picker = self.browser.driver.find(By::XPath("//main//input[@type='file']")).await?;
        picker.send_keys(path.to_str().context("a path in UTF-8")?).await?;
        self.look(Side::App, "//div[contains(@class, 'file-row')]").await.map(drop)
    }

    /// Where an element of the page stands in the window: x, y, width, height.
    pub(crate) async fn place_of(self, css: &str) -> anyhow::Result<[f64; 4]> {
        self.enter(Side::App).await?;
        let script = "const own = document.querySelector(arguments[0]).getBoundingClientRect();
            const frame = window.frameElement.getBoundingClientRect();
            const scale = frame.width / window.frameElement.clientWidth;
            return [frame.x + own.x * scale + parent.scrollX, frame.y + own.y * scale + parent.scrollY,
                    own.width * scale, own.height * scale]";
        let place = self.browser.ask(script, vec![json!(css)]).await?;
        Ok(serde_json::from_value(place)?)
    }

    /// Goes straight to a page of the Mini App, as a link would.
    pub(crate) async fn go(self, path: &str) -> anyhow::Result<()> {
        self.enter(Side::App).await?;
        let script = "document.querySelector('#main').replaceChildren();
            htmx.ajax('GET', arguments[0], { target: '#main', swap: 'innerHTML' })";
        self.browser.ask(script, vec![json!(path)]).await?;
        self.settled().await
    }

    /// Waits until the page is there and nothing is on its way.
    pub(crate) async fn settled(self) -> anyhow::Result<()> {
        until("a page at rest", async || {
            self.enter(Side::App).await?;
            let script = "return !!document.querySelector('#main [data-page]')
                && !document.querySelector('.htmx-request, [hx-trigger=load]:not([hidden])')
                && [...document.images].every((image) => image.complete || image.loading === 'lazy')";
            let rests = self.browser.driver.execute(script, Vec::new()).await?;
            Ok((rests.json() == true).then_some(()))
        })
        .await
    }
}
