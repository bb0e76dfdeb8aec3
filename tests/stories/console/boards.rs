//! The boards: requests by state, the engineers' week, and the jobs behind both.

use domain::staff::Role;
use reqwest::{Method, StatusCode, multipart};
use tests::{App, ENGINEER, MANAGER};

use super::desk::{links, next};
use super::lists::breakdown;
use super::{CHIEF, grant};

const BOARD: &str = "/staff/requests/board";
const WEEK: &str = "/staff/jobs/board";

/// What stands in the column where a card is dropped with these words.
fn column<'a>(page: &'a str, drop: &str) -> &'a str {
    let mark = format!("data-drop=\"{drop}\"");
    let (_, rest) = page.split_once(&mark).unwrap_or_else(|| panic!("no {drop}: {page}"));
    rest.split("data-drop=").next().unwrap()
}

#[tokio::test]
async fn a_card_goes_where_the_states_allow_and_stays_where_they_do_not() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let (number, ..) = breakdown(&phone).await;
    let mut console = app.console(MANAGER).await;
    let page = console.get(BOARD).await.ok();
    assert!(column(&page, "to=new").contains(&number), "{page}");
    assert!(page.contains("name=\"number\"") && page.contains("name=\"to\""), "without a script");

    let moved = async |console: &mut tests::Console, to: &str| {
        console.post(BOARD, &[("number", number.as_str()), ("to", to)]).await
    };
    let refused = moved(&mut console, "scheduled").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Сначала назначьте инженера"), "{}", refused.body);
    assert!(moved(&mut console, "nowhere").await.status.is_client_error());
    let page = console.get(BOARD).await.ok();
    assert!(column(&page, "to=new").contains(&number), "it is where it was");

    assert_eq!(moved(&mut console, "taken").await.gone_to(), BOARD);
    let page = console.get(&format!("{BOARD}?whose=mine")).await.ok();
    assert!(column(&page, "to=taken").contains(&number), "{page}");
    assert!(!console.get(&format!("{BOARD}?whose=nobodys")).await.ok().contains(&number));
    moved(&mut console, "waiting_customer").await.gone_to();
    let customer = phone.get(&format!("/app/requests/{number}")).await.ok();
    assert_eq!(customer["request"]["state"], "waiting_customer", "the customer sees the same");
    assert_eq!(moved(&mut console, "taken").await.status, StatusCode::CONFLICT);
    moved(&mut console, "cancelled").await.gone_to();
    assert!(!console.get(BOARD).await.ok().contains(&number), "what is over leaves the board");
    grant(&app, CHIEF, Role::Administrator).await;
    let log = app.console(CHIEF).await.get("/staff/audit").await.ok();
    assert_eq!(log.matches("Изменено состояние заявки").count(), 3, "{log}");
    app.finish().await;
}

#[tokio::test]
async fn the_board_of_one_engineer_has_an_address() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let (theirs, ..) = breakdown(&phone).await;
    let form = multipart::Form::new()
        .text("kind", "consultation")
        .text("text", "Вопрос")
        .text("client_key", "another");
    let asked = phone.post_form("/app/service", form).await.ok();
    let nobodys = asked["request"]["number"].as_str().unwrap().to_owned();
    let mut console = app.console(MANAGER).await;
    let igor = ENGINEER.to_string();
    let form = [("number", theirs.as_str()), ("engineer_telegram_id", &igor), ("day", "")];
    console.post(WEEK, &form).await.gone_to();
    let address = format!("{BOARD}?engineer={igor}");
    assert!(console.get(BOARD).await.ok().contains(&address), "the way to it");
    let page = console.get(&address).await.ok();
    assert!(column(&page, "to=scheduled").contains(&theirs) && !page.contains(&nobodys), "{page}");
    let moved = [("number", theirs.as_str()), ("to", "waiting_parts"), ("engineer", &igor)];
    assert_eq!(console.post(BOARD, &moved).await.gone_to(), address, "one stays on their board");
    let nobody = console.get(&format!("{BOARD}?engineer=1")).await.ok();
    assert!(nobody.contains(&nobodys), "who is no engineer filters nothing");
    app.finish().await;
}

#[tokio::test]
async fn a_long_column_goes_on_by_its_key() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    for key in 0..23 {
        let form = multipart::Form::new()
            .text("kind", "consultation")
            .text("text", "Вопрос")
            .text("client_key", format!("k{key}"));
        phone.post_form("/app/service", form).await.ok();
    }
    let mut console = app.console(MANAGER).await;
    let first = console.get(BOARD).await.ok();
    let shown = links(column(&first, "to=new"));
    assert_eq!(shown.len(), 20);
    let (_, more) = first.split_once("board-more\" href=\"").expect("the way down");
    let more = more.split('"').next().unwrap().replace("&amp;", "&");
    let rest = console.get(&more).await.ok();
    let below = links(column(&rest, "to=new"));
    assert_eq!(below.len(), 3);
    assert!(below.iter().all(|one| !shown.contains(one)), "none twice");
    app.finish().await;
}

#[tokio::test]
async fn a_request_dropped_on_a_day_is_a_job_and_another_engineer_takes_it_over() {
    let app = App::start().await;
    app.telegram.press_start(CHIEF, None).unwrap();
    grant(&app, CHIEF, Role::Engineer).await;
    let phone = app.linked_customer().await;
    let (number, _, serial) = breakdown(&phone).await;
    let mut console = app.console(MANAGER).await;
    let page = console.get(WEEK).await.ok();
    assert!(page.split("class=\"week\"").next().unwrap().contains(&number), "in the tray: {page}");
    let today = app.clock.today(app.dealer.zone).to_string();
    let (engineer, chief) = (ENGINEER.to_string(), CHIEF.to_string());
    let put = |who: &str, day: &str| {
        vec![
            ("number".to_owned(), number.clone()),
            ("engineer_telegram_id".to_owned(), who.to_owned()),
            ("day".to_owned(), day.to_owned()),
        ]
    };
    let send = async |console: &mut tests::Console, form: Vec<(String, String)>| {
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        console.post(WEEK, &form).await
    };
    send(&mut console, put(&engineer, &today)).await.gone_to();
    let page = console.get(WEEK).await.ok();
    let cell = column(&page, &format!("engineer_telegram_id={engineer}&#38;day={today}"));
    assert!(cell.contains(&number) && cell.contains("9:00–18:00"), "{cell}");
    app.says(ENGINEER, |message| {
        message.text.contains(&number) && message.text.contains("9:00–18:00")
    })
    .await;

    // His own list has it, the other's has not.
    let mut first = app.console(ENGINEER).await;
    let mut second = app.console(CHIEF).await;
    let own = links(&first.get("/staff/jobs").await.ok());
    assert_eq!(own.len(), 1);
    assert!(links(&second.get("/staff/jobs").await.ok()).is_empty());
    assert_eq!(second.get(&own[0]).await.status, StatusCode::NOT_FOUND);
    assert!(first.get(&own[0]).await.ok().contains(&serial));

    send(&mut console, put(&chief, "")).await.gone_to();
    app.says(ENGINEER, |message| message.text.contains("передана другому")).await;
    app.says(CHIEF, |message| message.text.contains(&number)).await;
    assert_eq!(first.get(&own[0]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(first.post(&format!("{}/accept", own[0]), &[]).await.status, StatusCode::NOT_FOUND);
    second.post(&format!("{}/accept", own[0]), &[]).await.gone_to();
    second.post(&format!("{}/start", own[0]), &[]).await.gone_to();
    let begun = send(&mut console, put(&engineer, &today)).await;
    assert_eq!(begun.status, StatusCode::CONFLICT);
    assert!(begun.body.contains("уже работает"), "{}", begun.body);
    send(&mut console, put(&chief, &today)).await.gone_to();
    app.finish().await;
}

#[tokio::test]
async fn a_window_is_by_the_dealers_clock_and_must_end_after_it_begins() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let (number, ..) = breakdown(&phone).await;
    let mut console = app.console(MANAGER).await;
    let engineer = ENGINEER.to_string();
    let plan = format!("/staff/requests/{number}/plan");
    let form = |from: &'static str, until: &'static str| {
        [
            ("engineer_telegram_id", engineer.as_str()),
            ("day", "2026-11-24"),
            ("from", from),
            ("until", until),
        ]
    };
    for (from, until) in [("12:00", "9:00"), ("12:00", "12:00"), ("утром", "12:00")] {
        assert_eq!(console.post(&plan, &form(from, until)).await.status, 422, "{from}–{until}");
    }
    assert!(links(&console.get("/staff/jobs").await.ok()).is_empty(), "nothing half done");
    let back = console.post(&plan, &form("9:00", "12:00")).await.gone_to();
    let page = console.get(&back).await.ok();
    for kept in ["value=\"2026-11-24\"", "value=\"09:00\"", "value=\"12:00\""] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    let list = console.get(&format!("/staff/jobs?engineer={engineer}")).await.ok();
    assert!(list.contains("9:00–12:00") && list.contains(&number), "{list}");
    let csv = console.get("/staff/jobs/export").await.ok();
    assert!(csv.contains("2026-11-24 09:00:00"), "{csv}");
    assert!(next(&list).is_none());
    app.finish().await;
}

#[tokio::test]
async fn an_engineer_reports_at_the_console_and_the_request_is_done() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    let (number, ..) = breakdown(&phone).await;
    let mut console = app.console(MANAGER).await;
    let engineer = ENGINEER.to_string();
    let plan = format!("/staff/requests/{number}/plan");
    console.post(&plan, &[("engineer_telegram_id", &engineer)]).await.gone_to();
    let early = console.post(BOARD, &[("number", number.as_str()), ("to", "done")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.body.contains("ещё не сдал отчёт"), "{}", early.body);
    let mut hands = app.console(ENGINEER).await;
    let job = links(&hands.get("/staff/jobs").await.ok()).remove(0);
    hands.post(&format!("{job}/accept"), &[]).await.gone_to();
    hands.post(&format!("{job}/start"), &[]).await.gone_to();
    let form = multipart::Form::new().text("report", "Заменил ремень").text("hours", "1900");
    let request = hands.request(Method::POST, &format!("{job}/done")).header("Origin", &app.base);
    hands.send(request.multipart(form)).await.gone_to();
    assert!(hands.get(&job).await.ok().contains("Заменил ремень"));
    let page = console.get(BOARD).await.ok();
    assert!(column(&page, "to=done").contains(&number), "{page}");
    app.finish().await;
}
