//! The door itself: who may come, what is refused and in which words, what is kept as spam.

use chrono::TimeDelta;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, RETRY_AFTER};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use tests::{App, MANAGER};

use super::{SITE, accepted, anna, answered, post, state_of, with_site};

#[tokio::test]
async fn only_the_dealers_pages_may_post() {
    let app = App::start_with(with_site(&[])).await;
    let address = format!("{}/ingest/lead", app.base);
    for origin in ["https://evil.example.com", "null", "https://shop.example.com.evil.example"] {
        let asked = app.http.post(&address).header("Origin", origin).json(&anna());
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
        assert!(answer.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
    }
    let preflight = |origin| {
        let ask = app.http.request(reqwest::Method::OPTIONS, &address).header("Origin", origin);
        ask.header("Access-Control-Request-Method", "POST").send()
    };
    let allowed = preflight(SITE).await.unwrap();
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    assert_eq!(preflight("https://evil.example.com").await.unwrap().status(), 403);

    let answer = post(&app).form(&[("name", "Анна"), ("phone", "нет")]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], SITE, "the page must read why");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(body["code"], "invalid");
    assert!(body["fields"]["phone"].as_str().unwrap().contains("номер"), "{body}");
    accepted(post(&app).form(&[("name", "Анна"), ("phone", "89001112233")])).await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_too_large_or_of_a_wrong_kind_is_refused_and_leaves_nothing() {
    let app = App::start_with(with_site(&[])).await;
    let with = |name: &'static str, bytes: Vec<u8>| {
        let form = Form::new().text("name", "Анна").text("phone", "89001112233");
        post(&app).multipart(form.part("files", Part::bytes(bytes).file_name(name)))
    };
    let (status, body) = answered(with("photo.jpg", b"MZ\x90\0program".to_vec())).await;
    assert_eq!((status.as_u16(), &body["code"]), (415, &json!("unsupported_file")));
    let (status, body) = answered(with("big.txt", vec![b'a'; 10 * 1024 * 1024 + 1])).await;
    assert_eq!((status.as_u16(), &body["code"]), (413, &json!("too_large")));
    let long = json!({ "name": "Анна", "phone": "89001112233", "message": "я".repeat(40_000) });
    let (status, body) = answered(post(&app).json(&long)).await;
    assert_eq!((status.as_u16(), &body["code"]), (413, &json!("too_large")));
    let mut many = Form::new().text("name", "Анна").text("phone", "89001112233");
    for at in 0..11 {
        many = many.part("files", Part::text(format!("{at}")).file_name(format!("{at}.txt")));
    }
    let (status, body) = answered(post(&app).multipart(many)).await;
    assert_eq!(status.as_u16(), 422);
    assert!(body["fields"]["files"].is_string(), "{body}");
    for broken in ["{", "[]"] {
        let sent = post(&app).header("Content-Type", "application/json").body(broken);
        assert_eq!(answered(sent).await.0.as_u16(), 422, "{broken}");
    }
    assert!(app.open().await.is_empty());
    app.settled().await;
    assert!(app.amo.leads().is_empty() && app.mailbox.mails().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_double_submit_is_one_lead() {
    let app = App::start_with(with_site(&[])).await;
    let mut form = anna();
    form["client_key"] = json!("0123456789abcdef");
    let (first, second) =
        tokio::join!(answered(post(&app).json(&form)), answered(post(&app).json(&form)));
    let mut statuses = [first.0.as_u16(), second.0.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201]);
    assert_eq!(first.1, second.1);
    app.settled().await;
    assert_eq!((app.amo.leads().len(), app.mailbox.mails().len()), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn a_robot_is_answered_and_tells_nobody_until_a_manager_says_otherwise() {
    let app = App::start_with(with_site(&[])).await;
    let mut form = anna();
    form["form_trap"] = json!("http://spam.example.com");
    let (number, token) = accepted(post(&app).json(&form)).await;
    app.settled().await;
    assert!(app.amo.leads().is_empty() && app.mailbox.mails().is_empty());
    assert_eq!(state_of(&app, &token).await, "new", "a robot learns nothing");
    let desk = app.mini_app(MANAGER).page("/app/desk").await;
    assert!(desk.contains(&number) && desk.contains("Похоже на спам"));
    let manager = app.mini_app(MANAGER);
    let path = format!("/app/desk/leads/{number}");
    let released = manager.post(&format!("{path}/release"), &json!({})).await.ok();
    assert_eq!(released["lead"]["state"], "new");
    let twice = manager.post(&format!("{path}/release"), &json!({})).await;
    assert_eq!(twice.code(), "conflict");
    app.settled().await;
    assert_eq!((app.amo.leads().len(), app.mailbox.mails().len()), (1, 1));
    app.says(MANAGER, |message| message.text.contains(&number)).await;
    app.finish().await;
}

#[tokio::test]
async fn a_flood_is_held_back_by_phone_and_by_address() {
    let app = App::start_with(with_site(&[])).await;
    let held = async |phone: &str, proxy: &str| {
        let form = json!({ "name": "Анна", "phone": phone, "form_ms": 9000 });
        let asked = post(&app).header("X-Forwarded-For", proxy).json(&form);
        let answer = asked.send().await.unwrap();
        if answer.status() != 429 {
            return false;
        }
        let wait: u64 = answer.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!(wait > 0);
        true
    };
    let mut of_phone = 0;
    for at in 0..8 {
        of_phone += u32::from(held("89001112233", &format!("203.0.113.{at}")).await);
    }
    assert_eq!(of_phone, 2, "six at once, and no more");
    let mut of_address = 0;
    for at in 0..24 {
        of_address += u32::from(held(&format!("8901{at:07}"), "198.51.100.7").await);
    }
    assert_eq!(of_address, 4, "twenty at once, and no more");
    assert!(!held("89022222222", "198.51.100.8").await, "another address is not meant");
    app.pass(TimeDelta::minutes(1));
    assert!(!held("89033333333", "198.51.100.7").await, "it may again, a little later");
    app.finish().await;
}

#[tokio::test]
async fn a_server_must_sign_once_there_is_a_secret() {
    const SECRET: &str = "a-secret-between-two-servers";
    let app = App::start_with(with_site(&[("SITE_SECRET", SECRET)])).await;
    let body = anna().to_string();
    let now = app.clock.now().timestamp();
    let send = |stamp: i64, signature: &str, body: &str| {
        let asked = app.http.post(format!("{}/ingest/lead", app.base));
        let asked = asked.header("Content-Type", "application/json").body(body.to_owned());
        asked.header(webapp::TIMESTAMP, stamp).header(webapp::SIGNATURE, signature)
    };
    let sign = |stamp| webapp::signature(SECRET, stamp, body.as_bytes());
    let unsigned = app.http.post(format!("{}/ingest/lead", app.base)).json(&anna());
    let (status, refused) = answered(unsigned).await;
    assert_eq!((status.as_u16(), &refused["code"]), (401, &json!("unauthenticated")));
    let other = webapp::signature("another-secret-of-somebody", now, body.as_bytes());
    let changed = body.replace("Анна", "Ольга");
    for (what, asked) in [
        ("another's secret", send(now, &other, &body)),
        ("changed on the way", send(now, &sign(now), &changed)),
        ("another moment", send(now + 1, &sign(now), &body)),
        ("recorded long ago", send(now - 301, &sign(now - 301), &body)),
        ("no signature", send(now, "sha256=", &body)),
        ("no hex", send(now, "sha256=zz", &body)),
    ] {
        assert_eq!(answered(asked).await.0.as_u16(), 401, "{what}");
    }
    assert!(app.open().await.is_empty());

    let (number, token) = accepted(send(now, &sign(now), &body)).await;
    app.pass(TimeDelta::minutes(2));
    let (status, replayed) = answered(send(now, &sign(now), &body)).await;
    assert_eq!((status.as_u16(), &replayed["number"]), (200, &json!(number)));
    assert_eq!(replayed["token"], json!(token));
    app.settled().await;
    assert_eq!((app.amo.leads().len(), app.mailbox.mails().len()), (1, 1));
    // A page of the site needs no secret: everybody could read it there.
    accepted(post(&app).json(&json!({ "name": "Олег", "phone": "89220000000" }))).await;
    app.finish().await;
}

#[tokio::test]
async fn a_signed_form_with_files_is_hashed_while_it_streams() {
    const SECRET: &str = "a-secret-between-two-servers";
    let app = App::start_with(with_site(&[("SITE_SECRET", SECRET)])).await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nАнна\r\n\
                --b\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n89001112233\r\n\
                --b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n\
                D = 250\r\n--b--\r\nand an epilogue";
    let now = app.clock.now().timestamp();
    let send = |body: &str| {
        let asked = app.http.post(format!("{}/ingest/lead", app.base));
        asked
            .header("Content-Type", "multipart/form-data; boundary=b")
            .header(webapp::TIMESTAMP, now)
            .header(
                webapp::SIGNATURE,
                webapp::signature(SECRET, now, body.replace("D = 666", "D = 250").as_bytes()),
            )
            .body(body.to_owned())
    };
    let forged = answered(send(&body.replace("D = 250", "D = 666"))).await;
    assert_eq!(forged.0.as_u16(), 401);
    let (number, _) = accepted(send(body)).await;
    app.settled().await;
    let deal = super::deal_of(&app, &number);
    assert_eq!(app.amo.files_of(deal.id).len(), 1);
    app.finish().await;
}

/// A browser that posts the form by itself, from a page of the site.
fn by_browser(app: &App) -> RequestBuilder {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let asked = post(app).header("Accept", accept).header("Accept-Language", "en-US,en;q=0.9");
    asked.header("Referer", format!("{SITE}/chucks?id=5"))
}

async fn page(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_form_without_a_script_gets_a_page_with_thanks_the_number_and_a_way_back() {
    let app = App::start_with(with_site(&[])).await;
    let form = [("name", "Анна"), ("phone", "8 900 111-22-33"), ("message", "Нужен патрон")];
    let (status, said) = page(by_browser(&app).form(&form)).await;
    assert_eq!(status, 201, "{said}");
    for words in
        ["lang=\"ru\"", "Спасибо!", "LEAD-2026-000001", "href=\"https://shop.example.com/chucks"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("<script"), "there is no script on it");
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 1, "it is a lead like any other");

    // A foreign address never becomes a link of ours.
    let foreign = [("page", "javascript:alert(1)"), ("form", "evil")];
    let bad = by_browser(&app).form(&[&form[..], &foreign[..]].concat());
    assert!(!page(bad).await.1.contains("javascript:"));
    // A script is answered as ever.
    let (status, body) = answered(post(&app).header("Accept", "*/*").form(&form)).await;
    assert_eq!((status.as_u16(), &body["status"]), (201, &json!("accepted")));
    app.finish().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_form_without_a_script_is_said_on_a_page() {
    let app = App::start_with(with_site(&[])).await;
    let (status, said) = page(by_browser(&app).form(&[("name", "Анна"), ("phone", "12")])).await;
    assert_eq!(status, 422);
    for words in ["Телефон: Не похоже на номер", "Назад", "href=\"https://shop.example.com/chucks"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let file = Part::bytes(b"\x7fELF".to_vec()).file_name("чертёж.pdf");
    let sent = Form::new().text("name", "Анна").text("phone", "89001112233").part("files", file);
    let (status, said) = page(by_browser(&app).multipart(sent)).await;
    assert_eq!(status, 415, "{said}");
    let stranger = app.http.post(format!("{}/ingest/lead", app.base));
    let stranger =
        stranger.header("Origin", "https://evil.example.com").header("Accept", "text/html");
    let (status, said) = page(stranger.form(&[("name", "А"), ("phone", "89001112233")])).await;
    assert!(status == 403 && said.contains("не с нашего сайта"), "{status}: {said}");
    assert!(app.open().await.is_empty(), "nothing was kept");
    app.finish().await;
}

#[tokio::test]
async fn the_script_for_sites_is_small_and_may_be_kept() {
    let app = App::start_with(with_site(&[])).await;
    let answer = app.http.get(format!("{}/lead-form.js", app.base)).send().await.unwrap();
    assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("max-age"));
    let script = answer.text().await.unwrap();
    assert!(script.contains("/ingest/lead"), "it is built: {} bytes", script.len());
    assert!(script.len() < 4096, "{} bytes", script.len());
    app.finish().await;
}
