//! The circle: from «Старт» to the job that is done.

use anyhow::Context as _;

use crate::board::{Board, WON};
use crate::browser::Browser;
use crate::phone::Phone;

/// A machine that the dealer sells in this story.
const NEW_SERIAL: &str = "НОВ-7007";
const PHONE: &str = "+7 900 111-22-33";

/// The trouble that is settled in the chat, and the one that is settled in the Mini App.
const SPINDLE: &str = "Не включается шпиндель, на пульте E-41";
const PUMP: &str = "Течёт насос охлаждения, лужа под станком";

/// What was made on the way, for those who look at its pages.
pub(crate) struct Numbers {
    /// The order that is completed.
    pub(crate) order: String,
    /// The request that is closed.
    pub(crate) request: String,
    /// The request that has an engineer and is not begun.
    pub(crate) assigned: String,
    /// The request that nobody has taken.
    pub(crate) waiting: String,
}

/// Walks it on `/sandbox`.
pub(crate) async fn circle(browser: &Browser) -> anyhow::Result<Numbers> {
    browser.open("/sandbox").await?;
    let anna = Phone::new(browser, "//*[@id='phone-anna']");
    let igor = Phone::new(browser, "//*[@id='phone-igor']");
    let maria = Phone::new(browser, "//*[@id='phone-maria']");
    let board = Board::new(browser);

    meet(browser, anna).await.context("meeting")?;
    look_at_the_park(browser, anna).await.context("park")?;
    let order = buy_parts(browser, anna).await.context("parts")?;
    sell_parts(browser, maria, board, &order).await.context("order")?;
    finish_order(browser, anna, board, &order).await.context("the order's end")?;
    sell_machine(browser, anna, board).await.context("a new machine")?;
    let request = call_service(browser, anna, SPINDLE).await.context("service")?;
    send_engineer(browser, maria, board, &request).await.context("manager")?;
    do_the_job(browser, igor, &request).await.context("engineer")?;
    board.stands(&request, WON).await.context("the deal of a job that is done")?;
    confirm(browser, anna, &request).await.context("confirmation")?;
    anna.open_app().await?;
    let assigned = call_service(browser, anna, PUMP).await.context("service again")?;
    send_from_desk(browser, maria, &assigned).await.context("the desk")?;
    igor.reads(&["Работа по", &assigned]).await.context("the engineer's card")?;
    let waiting = call_again(anna).await.context("a third request")?;
    Ok(Numbers { order, request, assigned, waiting })
}

pub(crate) async fn meet(browser: &Browser, anna: Phone<'_>) -> anyhow::Result<()> {
    anna.press("СТАРТ").await?;
    anna.reads(&["Поделитесь телефоном"]).await?;
    browser.stage("start").await?;
    anna.press("Поделиться телефоном").await?;
    // Telegram asks again, in a popup of its own.
    anna.press("Поделиться").await?;
    anna.reads(&["Тульский станочный цех", "7 станков"]).await?;
    browser.stage("linked").await
}

async fn look_at_the_park(browser: &Browser, anna: Phone<'_>) -> anyhow::Result<()> {
    anna.open_app().await?;
    anna.page("Мой парк").await?;
    for serial in ["№ 1234", "№ 0457", "№ 88", "№ 310", "№ VMC850-26-0117"] {
        anna.shows(serial).await?;
    }
    anna.settled().await?;
    browser.stage("park").await?;
    anna.tap("№ 1234").await?;
    anna.page("16К20 № 1234").await?;
    anna.shows("Следующее ТО").await?;
    browser.stage("passport").await?;
    anna.back().await?;
    anna.page("Мой парк").await
}

async fn buy_parts(browser: &Browser, anna: Phone<'_>) -> anyhow::Result<String> {
    anna.tap("Запчасти").await?;
    // Latin letters; the article is written in Cyrillic ones.
    anna.fill("q", "16k20.02.114").await?;
    anna.shows("16К20.02.114").await?;
    browser.stage("parts").await?;
    anna.tap("16К20.02.114").await?;
    anna.page("Шестерня").await?;
    anna.main_button("В корзину").await?;
    anna.shows("В корзине: 1").await?;
    browser.stage("part").await?;
    anna.second_button("Корзина").await?;
    anna.page("Корзина").await?;
    browser.stage("cart").await?;
    anna.main_button("Оформить").await?;
    anna.page("Оформление").await?;
    anna.tap("Самовывоз").await?;
    anna.fill("comment", "Позвоните за час до готовности").await?;
    browser.stage("checkout").await?;
    anna.main_button("Заказать").await?;
    anna.page("Заказ ORD-").await?;
    browser.stage("order").await?;
    number_in(&anna.title().await?)
}

async fn sell_parts(
    browser: &Browser,
    maria: Phone<'_>,
    board: Board<'_>,
    order: &str,
) -> anyhow::Result<()> {
    board.stands(order, "Заявка").await?;
    board.open(order, &["16К20.02.114", "Анна Соколова"]).await?;
    browser.stage("board-card").await?;
    board.close().await?;
    maria.reads(&["Новый заказ", order]).await?;
    maria.press_under(order, "Беру").await?;
    maria.loses(order, "Беру").await?;
    browser.stage("order-taken").await
}

async fn finish_order(
    browser: &Browser,
    anna: Phone<'_>,
    board: Board<'_>,
    order: &str,
) -> anyhow::Result<()> {
    anna.close_app().await?;
    anna.reads(&[order, "Принят"]).await?;
    board.drag(order, "В работе").await?;
    anna.reads(&[order, "Подтверждён"]).await?;
    browser.stage("order-dragged").await?;
    let portal = Board::portal(browser);
    portal.choose("0").await?;
    portal.stands(order, "Подготовка документов").await.context("its twin")?;
    browser.stage("order-twin").await?;
    board.come().await?;
    board.send(order, WON).await?;
    anna.reads(&[order, "Выполнен"]).await?;
    browser.stage("order-completed").await
}

async fn sell_machine(browser: &Browser, anna: Phone<'_>, board: Board<'_>) -> anyhow::Result<()> {
    let deal = [
        ("serial", NEW_SERIAL),
        ("model", "РТ755Ф3"),
        ("contact", "Анна Соколова"),
        ("phone", PHONE),
        ("price", "4850000"),
    ];
    board.new_deal(&deal).await?;
    board.has(NEW_SERIAL).await?;
    board.send(NEW_SERIAL, WON).await?;
    anna.reads(&["оборудование зарегистрировано", NEW_SERIAL]).await?;
    browser.stage("registered").await?;
    anna.press_under(NEW_SERIAL, "Открыть паспорт").await?;
    anna.page(NEW_SERIAL).await?;
    anna.settled().await?;
    browser.stage("new-passport").await?;
    anna.back().await?;
    anna.page("Мой парк").await?;
    anna.shows(NEW_SERIAL).await
}

/// Asks for advice from the list of requests.
pub(crate) async fn call_again(anna: Phone<'_>) -> anyhow::Result<String> {
    anna.go("/app/service?kind=consultation").await?;
    anna.page("Вызов сервиса").await?;
    anna.choose("machine_id", "№ 88").await?;
    anna.fill("text", "Как заменить ремень привода").await?;
    anna.main_button("Отправить заявку").await?;
    anna.page("Заявка SRV-").await?;
    anna.settled().await?;
    number_in(&anna.title().await?)
}

async fn call_service(browser: &Browser, anna: Phone<'_>, text: &str) -> anyhow::Result<String> {
    anna.tap("№ 0457").await?;
    anna.page("1М63Б № 0457").await?;
    anna.settled().await?;
    let photo = browser.photo(anna.place_of(".machine-photo").await?, 8.0).await?;
    anna.main_button("Вызвать сервис").await?;
    anna.page("Вызов сервиса").await?;
    anna.tap("Станок стоит").await?;
    anna.tap("Поломка").await?;
    anna.fill("text", text).await?;
    anna.attach(&photo).await?;
    // One of the two that are asked for.
    anna.tap("Сфотографировать не могу").await?;
    browser.stage("service-form").await?;
    anna.main_button("Отправить заявку").await?;
    anna.page("Заявка SRV-").await?;
    anna.settled().await?;
    browser.stage("request").await?;
    number_in(&anna.title().await?)
}

async fn send_engineer(
    browser: &Browser,
    maria: Phone<'_>,
    board: Board<'_>,
    request: &str,
) -> anyhow::Result<()> {
    board.stands(request, "Заявка").await?;
    maria.reads(&["Новая заявка", request, "Не включается шпиндель"]).await?;
    maria.open_app().await?;
    maria.page("Заявки").await?;
    maria.shows(request).await?;
    maria.settled().await?;
    browser.stage("desk").await?;
    maria.close_app().await?;
    maria.press_under(request, "Беру").await?;
    maria.loses(request, "Беру").await?;
    maria.press_under(request, "Назначить инженера").await?;
    maria.press("Игорь Крылов").await?;
    maria.reads(&[request, "Игорь Крылов"]).await?;
    browser.stage("assigned").await
}

/// The same without the chat: the manager takes the request on its page and chooses the engineer.
async fn send_from_desk(browser: &Browser, maria: Phone<'_>, request: &str) -> anyhow::Result<()> {
    maria.open_app().await?;
    maria.page("Заявки").await?;
    maria.shows(request).await?;
    maria.tap_link(request).await?;
    maria.page(request).await?;
    maria.settled().await?;
    browser.stage("desk-request").await?;
    maria.main_button("Беру").await?;
    maria.shows("Взята в работу").await?;
    maria.settled().await?;
    maria.choose("engineer_telegram_id", "Игорь Крылов").await?;
    browser.stage("desk-taken").await?;
    maria.tap("Назначить инженера").await?;
    maria.shows("Инженер назначен").await?;
    maria.settled().await?;
    browser.stage("desk-assigned").await?;
    maria.close_app().await
}

async fn do_the_job(browser: &Browser, igor: Phone<'_>, request: &str) -> anyhow::Result<()> {
    igor.reads(&["Работа по", request]).await?;
    igor.press_under(request, "Принимаю").await?;
    igor.press_under(request, "Начать").await?;
    igor.open_app().await?;
    igor.page("Работы").await?;
    browser.stage("jobs").await?;
    igor.tap(request).await?;
    igor.page("1М63Б № 0457").await?;
    igor.fill("hours", "12480").await?;
    igor.main_button("Выполнено").await?;
    igor.press_popup("Выполнено").await?;
    igor.shows("Заполните это поле").await?;
    browser.stage("job-refused").await?;
    // What was typed before is still there.
    igor.fill("report", "Заменён контактор шпинделя, проверен на оборотах").await?;
    igor.attach(&browser.last_photo()).await?;
    igor.settled().await?;
    browser.stage("job-report").await?;
    igor.main_button("Выполнено").await?;
    browser.stage("job-ask").await?;
    // Telegram's popup asks whether to close the job.
    igor.press_popup("Выполнено").await?;
    igor.shows("Заменён контактор шпинделя").await?;
    igor.shows("12480").await?;
    igor.settled().await?;
    browser.stage("job-done").await
}

async fn confirm(browser: &Browser, anna: Phone<'_>, request: &str) -> anyhow::Result<()> {
    anna.close_app().await?;
    anna.reads(&[request, "Игорь Крылов", "Всё работает?"]).await?;
    browser.stage("request-done").await?;
    anna.press_under(request, "Всё работает").await?;
    anna.reads(&[request, "Закрыта"]).await?;
    browser.stage("request-closed").await
}

/// `ORD-2026-000001` out of «Заказ ORD-2026-000001».
fn number_in(title: &str) -> anyhow::Result<String> {
    let number = title.split_whitespace().find(|word| word.matches('-').count() == 2);
    Ok(number.with_context(|| format!("a number in «{title}»"))?.to_owned())
}
