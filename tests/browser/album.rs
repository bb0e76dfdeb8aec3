//! Every page of the Mini App on a phone of 390×844, light and dark, and the same by keyboard.

use anyhow::Context as _;
use serde_json::json;

use crate::browser::{Browser, until};
use crate::phone::Phone;
use crate::signal;
use crate::story::Numbers;

const WIDTH: u32 = 390;
const HEIGHT: u32 = 844;
/// The page with one phone has one phone.
const ONLY: &str = "//*[contains(@class, 'tg-phone')]";
const CUSTOMER: i64 = 5001;
const ENGINEER: i64 = 5002;
const MANAGER: i64 = 5003;

/// Elements of the page that reach beyond its right edge, but for what scrolls by itself.
const BEYOND: &str = "
    const wide = innerWidth;
    const scrolls = (node) => { for (let at = node.parentElement; at; at = at.parentElement)
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX) && at !== document.body
            && at !== document.documentElement) return true; return false };
    const out = [...document.body.querySelectorAll('*')].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width > 0 && box.right > wide + 0.5 && !scrolls(node) });
    if (document.documentElement.scrollWidth > wide) out.push(document.documentElement);
    return out.map((node) => node.tagName + '.' + node.className)";

/// What has the focus, through the frames.
const FOCUS: &str = "
    let at = document.activeElement;
    while (at && at.contentDocument) at = at.contentDocument.activeElement;
    return at ? (at.getAttribute('aria-label') || at.textContent || at.name || at.tagName).trim() : ''";

/// Keeps a picture of every page, and holds that none is wider than the phone.
pub(crate) async fn keep(browser: &Browser, numbers: &Numbers) -> anyhow::Result<()> {
    for theme in ["light", "dark"] {
        browser.prefer(theme).await?;
        browser.size(1440, 1000).await?;
        keep_sandbox(browser, theme).await?;
        browser.size(WIDTH, HEIGHT).await?;
        keep_customer(browser, theme, numbers).await.with_context(|| theme.to_owned())?;
        keep_staff(browser, theme, numbers).await.with_context(|| theme.to_owned())?;
    }
    browser.prefer("light").await?;
    signal::walk(browser, open_phone(browser, CUSTOMER, "light").await?).await
}

async fn keep_sandbox(browser: &Browser, theme: &str) -> anyhow::Result<()> {
    browser.open("/sandbox").await?;
    let script = "localStorage.setItem('sandbox.theme', arguments[0]);
        localStorage.setItem('sandbox.desk', 'amocrm')";
    browser.ask(script, vec![json!(theme)]).await?;
    browser.open("/sandbox").await?;
    for (number, key) in ["anna", "igor", "maria"].iter().enumerate() {
        let root = ["//*[@id='phone-anna']", "//*[@id='phone-igor']", "//*[@id='phone-maria']"];
        Phone::new(browser, root[number]).reads(&[""]).await.context(*key)?;
    }
    Phone::new(browser, "//*[@id='phone-anna']").open_app().await?;
    Phone::new(browser, "//*[@id='phone-anna']").page("Мой парк").await?;
    Phone::new(browser, "//*[@id='phone-anna']").settled().await?;
    until("the board", async || {
        browser.driver.enter_default_frame().await?;
        let cards = browser.visible(thirtyfour::By::Css("#panel-amocrm .sbx-lead")).await?;
        Ok((!cards.is_empty()).then_some(()))
    })
    .await?;
    browser.keep_whole(&format!("sandbox-{theme}")).await?;
    browser.size(WIDTH, HEIGHT).await?;
    for desk in ["amocrm", "bitrix24", "mail", "deliveries"] {
        browser.open(&format!("/sandbox#{desk}")).await?;
        browser.driver.refresh().await?;
        until(desk, async || {
            let panel = format!("#panel-{desk} .demo-panel-body > *");
            let shown = browser.visible(thirtyfour::By::Css(panel)).await?;
            Ok((!shown.is_empty()).then_some(()))
        })
        .await?;
        fits(browser, &format!("/sandbox#{desk}")).await?;
        browser.keep(&format!("sandbox-{desk}-{theme}")).await?;
    }
    Ok(())
}

async fn open_phone<'a>(browser: &'a Browser, id: i64, theme: &str) -> anyhow::Result<Phone<'a>> {
    browser.open(&format!("/sandbox/telegram?person={id}&theme={theme}")).await?;
    let phone = Phone::new(browser, ONLY);
    phone.reads(&[""]).await?;
    fits(browser, "chat").await?;
    browser.keep(&format!("chat-{id}-{theme}")).await?;
    phone.open_app().await?;
    phone.settled().await?;
    Ok(phone)
}

async fn keep_customer(browser: &Browser, theme: &str, numbers: &Numbers) -> anyhow::Result<()> {
    let phone = open_phone(browser, CUSTOMER, theme).await?;
    snap(browser, phone, "park", theme).await?;
    phone.tap("№ 1234").await?;
    phone.page("16К20 № 1234").await?;
    snap(browser, phone, "passport", theme).await?;
    phone.tap("История").await?;
    phone.tap("Документы").await?;
    phone.tap("Характеристики").await?;
    phone.tap("QR и табличка").await?;
    snap(browser, phone, "passport-open", theme).await?;
    phone.second_button("Запчасти").await?;
    phone.shows("для:").await?;
    snap(browser, phone, "parts", theme).await?;
    phone.go("/app/parts?q=16k20.02.114").await?;
    snap(browser, phone, "parts-found", theme).await?;
    phone.tap("Шестерня шпиндельной бабки").await?;
    phone.page("Шестерня").await?;
    phone.main_button("В корзину").await?;
    phone.shows("В корзине").await?;
    snap(browser, phone, "part", theme).await?;
    phone.go("/app/parts?q=zzzzz").await?;
    snap(browser, phone, "parts-none", theme).await?;
    phone.go("/app/cart").await?;
    snap(browser, phone, "cart", theme).await?;
    phone.main_button("Оформить").await?;
    phone.page("Оформление").await?;
    snap(browser, phone, "checkout", theme).await?;
    phone.tap("Курьер").await?;
    phone.fill("inn", "1234567890").await?;
    phone.main_button("Заказать").await?;
    phone.shows("Укажите адрес доставки").await?;
    snap(browser, phone, "checkout-refused", theme).await?;
    for (path, name) in [
        ("/app/orders".to_owned(), "orders"),
        (format!("/app/orders/{}", numbers.order), "order"),
        ("/app/service".to_owned(), "service-form"),
        ("/app/requests".to_owned(), "requests"),
        (format!("/app/requests/{}", numbers.request), "request"),
        (format!("/app/requests/{}", numbers.waiting), "request-new"),
        ("/app/invites/a-b".to_owned(), "invite"),
        ("/app/machines/none".to_owned(), "not-found"),
    ] {
        phone.go(&path).await.context(name)?;
        snap(browser, phone, name, theme).await?;
    }
    phone.go("/app/service").await?;
    phone.choose("machine_id", "№ 88").await?;
    phone.main_button("Отправить заявку").await?;
    phone.shows("Нужны все фото из списка").await?;
    snap(browser, phone, "service-refused", theme).await?;
    // The cart is emptied for the other theme, and the question before it kept.
    phone.go("/app/cart").await?;
    phone.press_in_page("Убрать из корзины").await?;
    browser.keep(&format!("cart-ask-{theme}")).await?;
    phone.press_popup("Убрать").await?;
    phone.shows("Корзина пуста").await?;
    snap(browser, phone, "cart-empty", theme).await
}

async fn keep_staff(browser: &Browser, theme: &str, numbers: &Numbers) -> anyhow::Result<()> {
    let phone = open_phone(browser, ENGINEER, theme).await?;
    snap(browser, phone, "jobs", theme).await?;
    phone.tap(&numbers.assigned).await?;
    phone.page("1М63Б № 0457").await?;
    snap(browser, phone, "job", theme).await?;
    phone.go("/app/jobs").await?;
    phone.tap(&numbers.request).await?;
    phone.shows("Заменён контактор шпинделя").await?;
    snap(browser, phone, "job-done", theme).await?;
    let phone = open_phone(browser, MANAGER, theme).await?;
    snap(browser, phone, "desk", theme).await?;
    for (number, name) in [
        (&numbers.waiting, "desk-request-new"),
        (&numbers.assigned, "desk-request-assigned"),
        (&numbers.request, "desk-request"),
    ] {
        phone.go(&format!("/app/requests/{number}")).await?;
        snap(browser, phone, name, theme).await?;
    }
    for (path, name) in [
        ("/app/desk/deliveries", "deliveries"),
        ("/app/desk/events", "events"),
        ("/app/approvals", "approvals"),
    ] {
        phone.go(path).await.context(name)?;
        snap(browser, phone, name, theme).await?;
    }
    Ok(())
}

/// Keeps what the phone shows; what is longer than the phone is kept whole, too.
async fn snap(browser: &Browser, phone: Phone<'_>, name: &str, theme: &str) -> anyhow::Result<()> {
    phone.settled().await?;
    fits(browser, name).await?;
    browser.axe.look(browser, &format!("{name}-{theme}")).await?;
    let longer =
        "return document.documentElement.scrollHeight - document.documentElement.clientHeight";
    let longer = browser.ask(longer, Vec::new()).await?.as_u64().unwrap_or(0);
    browser.keep(&format!("{name}-{theme}")).await?;
    if longer > 0 {
        browser.size(WIDTH, HEIGHT + u32::try_from(longer)?).await?;
        browser.keep(&format!("{name}-{theme}-whole")).await?;
        browser.size(WIDTH, HEIGHT).await?;
    }
    Ok(())
}

/// Holds that neither the frame that is entered nor the page around it is wider than the phone.
async fn fits(browser: &Browser, name: &str) -> anyhow::Result<()> {
    let beyond = browser.ask(BEYOND, Vec::new()).await?;
    anyhow::ensure!(beyond == json!([]), "{name} is wider than the phone: {beyond}");
    Ok(())
}

/// Tab reaches what a page is for, and Enter does it.
pub(crate) async fn walk_with_keys(browser: &Browser) -> anyhow::Result<()> {
    browser.size(WIDTH, HEIGHT).await?;
    let phone = open_phone(browser, CUSTOMER, "light").await?;
    phone.page("Мой парк").await?;
    let reached = tab(browser, "Вызвать сервис").await?;
    for wanted in ["Запчасти", "1234"] {
        let there = reached.iter().any(|label| label.contains(wanted));
        anyhow::ensure!(there, "Tab does not reach {wanted}: {reached:?}");
    }
    browser.keep("keyboard-park").await?;
    browser.driver.action_chain().send_keys("\u{e007}").perform().await?;
    phone.page("Вызов сервиса").await?;
    tab(browser, "Отправить заявку").await?;
    browser.driver.enter_default_frame().await?;
    browser.ask("localStorage.setItem('sandbox.desk', 'amocrm')", Vec::new()).await?;
    browser.size(1440, 1000).await?;
    browser.open("/sandbox").await?;
    Phone::new(browser, "//*[@id='phone-maria']").reads(&[""]).await?;
    tab(browser, "Новая сделка").await.map(drop)
}

/// Presses Tab until what says `wanted` has the focus; what had it on the way.
async fn tab(browser: &Browser, wanted: &str) -> anyhow::Result<Vec<String>> {
    let mut reached = Vec::new();
    for _ in 0..80 {
        browser.driver.enter_default_frame().await?;
        browser.driver.action_chain().send_keys("\u{e004}").perform().await?;
        let label = browser.ask(FOCUS, Vec::new()).await?.as_str().unwrap_or_default().to_owned();
        let there = label.contains(wanted);
        reached.push(label);
        if there {
            return Ok(reached);
        }
    }
    anyhow::bail!("Tab does not reach {wanted}: {reached:?}")
}
