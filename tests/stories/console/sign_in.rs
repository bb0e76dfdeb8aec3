//! Coming in: by a code of the bot, by Telegram's word; and going out.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::staff;
use ring::{digest, hmac};
use tests::{App, CUSTOMER, MANAGER};

/// What Telegram hands to the browser of a person, signed for a bot's token.
fn telegram_says(token: &str, person: i64, at: i64) -> String {
    let key = digest::digest(&digest::SHA256, token.as_bytes());
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_ref());
    let lines = format!("auth_date={at}\nfirst_name=Мария\nid={person}");
    let hash = hmac::sign(&key, lines.as_bytes());
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let said = serde_json::json!({
        "id": person, "first_name": "Мария", "auth_date": at, "hash": hash,
    });
    BASE64_URL_SAFE_NO_PAD.encode(said.to_string())
}

#[tokio::test]
async fn the_bots_code_opens_the_console_once() {
    let app = App::start().await;
    app.telegram.send_text(MANAGER, "/console").expect("a person");
    let said = app.says(MANAGER, |message| message.text.contains("Код для входа")).await;
    let (_, link) = said.text.split_once("/staff/sign-in?code=").expect("a link");
    let code: String = link.chars().take_while(char::is_ascii_digit).collect();
    let mut browser = app.browser();
    // The link alone signs nobody in, however often it is fetched.
    let page = browser.get(&format!("/staff/sign-in?code={code}")).await.ok();
    assert!(page.contains(&code) && browser.cookie.is_empty(), "{page}");
    let asked = browser.get("/staff/deliveries?state=dead").await;
    assert_eq!(asked.gone_to(), "/staff/sign-in?next=%2Fstaff%2Fdeliveries%3Fstate%3Ddead");
    let spaced = format!("{} {} {}", &code[..3], &code[3..6], &code[6..]);
    let form = [("code", spaced.as_str()), ("next", "/staff/deliveries?state=dead")];
    assert_eq!(browser.post("/staff/sign-in", &form).await.gone_to(), form[1].1);
    assert!(browser.get("/staff").await.ok().contains("Мария"));
    let again = app.browser().post("/staff/sign-in", &form).await;
    assert_eq!(again.status, 422, "a code works once");
    assert!(again.body.contains("работает один раз"), "{}", again.body);
    app.finish().await;
}

#[tokio::test]
async fn a_code_grows_old_and_a_newer_one_ends_it() {
    let app = App::start().await;
    let mut browser = app.browser();
    let first = browser.code_for(MANAGER).await;
    let second = browser.code_for(MANAGER).await;
    assert_eq!(browser.post("/staff/sign-in", &[("code", &first)]).await.status, 422);
    app.pass(TimeDelta::minutes(6));
    assert_eq!(browser.post("/staff/sign-in", &[("code", &second)]).await.status, 422);
    let evil = [("code", browser.code_for(MANAGER).await), ("next", "//evil.example".to_owned())];
    let evil = evil.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(browser.post("/staff/sign-in", &evil).await.gone_to(), "/staff");
    app.finish().await;
}

#[tokio::test]
async fn who_guesses_codes_is_held_back() {
    let app = App::start().await;
    let mut browser = app.browser();
    let mut last = 0;
    for guess in 0..12 {
        let code = format!("{guess:09}");
        last = browser.post("/staff/sign-in", &[("code", &code)]).await.status.as_u16();
    }
    assert_eq!(last, 429);
    app.finish().await;
}

#[tokio::test]
async fn telegrams_word_signs_in_once_and_only_while_it_is_fresh() {
    let app = App::start().await;
    let token = app.config.telegram.as_ref().unwrap().token.clone();
    let token = secrecy::ExposeSecret::expose_secret(&token).to_owned();
    let now = app.clock.now().timestamp();
    let good = telegram_says(&token, MANAGER, now);
    let path = "/staff/sign-in/telegram";
    let mut browser = app.browser();
    assert_eq!(browser.post(path, &[("result", &good)]).await.gone_to(), "/staff");
    assert!(browser.get("/staff").await.ok().contains("Мария"));
    for (refused, why) in [
        (good, "a login is used once"),
        (telegram_says("1:forged", MANAGER, now), "another bot's word"),
        (telegram_says(&token, MANAGER, now - 600), "too old"),
        (telegram_says(&token, CUSTOMER, now), "a customer is no staff"),
    ] {
        let mut other = app.browser();
        let page = other.post(path, &[("result", &refused)]).await;
        assert_eq!(page.status, 401, "{why}");
        assert!(other.cookie.is_empty(), "{why}");
    }
    app.finish().await;
}

#[tokio::test]
async fn going_out_ends_the_session_here_or_everywhere() {
    let app = App::start().await;
    let mut desk = app.console(MANAGER).await;
    let mut home = app.console(MANAGER).await;
    let stolen = home.clone();
    home.post("/staff/sign-out", &[]).await.gone_to();
    assert_eq!(stolen.clone().get("/staff").await.status, 303, "the token itself is dead");
    assert!(desk.get("/staff").await.ok().contains("Мария"));
    let mut third = app.console(MANAGER).await;
    desk.post("/staff/sign-out/everywhere", &[]).await.gone_to();
    assert_eq!(third.get("/staff").await.status, 303);
    // A sign-in over another leaves one session, and a new token.
    let mut browser = app.console(MANAGER).await;
    let before = browser.clone();
    let code = browser.code_for(MANAGER).await;
    browser.post("/staff/sign-in", &[("code", &code)]).await.gone_to();
    assert_ne!(browser.cookie, before.cookie);
    assert_eq!(before.clone().get("/staff").await.status, 303, "the token from before is dead");
    app.finish().await;
}

#[tokio::test]
async fn whoever_leaves_is_out_at_once_and_the_idle_after_days() {
    let app = App::start().await;
    let mut console = app.console(MANAGER).await;
    app.pass(TimeDelta::days(2));
    console.get("/staff").await.ok();
    app.pass(TimeDelta::days(2));
    console.get("/staff").await.ok();
    app.pass(TimeDelta::days(4));
    assert_eq!(console.get("/staff").await.status, 303, "nobody was there for three days");
    let mut console = app.console(MANAGER).await;
    let mut tx = app.db.begin().await.unwrap();
    staff::remove(&mut tx, MANAGER).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(console.get("/staff").await.status, 303, "who has left is out");
    app.stop().await;
}
