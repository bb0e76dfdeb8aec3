//! The staff console: who comes in and how, whose form counts, what is written down.

use chrono::TimeDelta;
use domain::staff::{self, Role};
use reqwest::Method;
use tests::{App, ENGINEER, MANAGER, label};

mod boards;
pub(crate) mod desk;
mod documents;
mod firms;
mod leads;
mod lists;
mod mapping;
mod sign_in;

/// An administrator of the console's stories.
pub(crate) const CHIEF: i64 = tests::NEIGHBOUR;

/// Makes somebody staff, or gives them another role.
pub(crate) async fn grant(app: &App, person: i64, role: Role) {
    let mut tx = app.db.begin().await.unwrap();
    staff::add(&mut tx, person, role, "Олег", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn only_a_form_of_our_own_page_changes_anything() {
    let app = App::start().await;
    let mut console = app.console(MANAGER).await;
    let foreign = [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")];
    for (name, value) in foreign.into_iter().chain([("Sec-Fetch-Site", "same-site")]) {
        let forged = console.request(Method::POST, "/staff/sign-out").header(name, value);
        let refused = console.send(forged.form(&[("x", "y")])).await;
        assert_eq!(refused.status, 403, "{name}: {value}");
    }
    let bare = console.request(Method::POST, "/staff/sign-out/everywhere");
    assert_eq!(console.send(bare).await.status, 403, "who says nothing is no browser");
    assert!(console.get("/staff").await.ok().contains("Мария"), "nobody was signed out");
    app.finish().await;
}

#[tokio::test]
async fn a_role_opens_its_own_pages_and_no_others() {
    let app = App::start().await;
    grant(&app, CHIEF, Role::Administrator).await;
    let everybody = ["/staff", "/staff/settings"];
    let managers = ["/staff/deliveries", "/staff/events", "/staff/deliveries/export"];
    let administrators = ["/staff/audit", "/staff/audit/export"];
    for (person, rank) in [(ENGINEER, 1), (MANAGER, 2), (CHIEF, 3)] {
        let mut console = app.console(person).await;
        for (least, pages) in [(1, &everybody[..]), (2, &managers), (3, &administrators)] {
            for page in pages {
                let wanted = if rank >= least { 200 } else { 403 };
                assert_eq!(console.get(page).await.status, wanted, "{person} {page}");
            }
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn no_page_is_framed_cached_or_runs_what_is_not_ours() {
    let app = App::start().await;
    let mut console = app.console(MANAGER).await;
    for path in ["/staff", "/staff/sign-in", "/staff/nowhere"] {
        let page = console.get(path).await;
        let header = |name: &str| page.headers.get(name).map_or("", |v| v.to_str().unwrap());
        let policy = header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(!page.body.contains(" style=\"") && !page.body.contains("onclick"), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_console_speaks_the_readers_language() {
    let app = App::start().await;
    let mut console = app.console(MANAGER).await;
    assert!(console.get("/staff/settings").await.ok().contains("Где вы вошли"));
    let back = console.post("/staff/language", &[("language", "en")]).await.gone_to();
    assert!(console.get(&back).await.ok().contains("Where you are signed in"));
    app.pass(TimeDelta::zero());
    app.finish().await;
}

#[tokio::test]
async fn what_waits_stands_on_the_first_page() {
    let app = App::start().await;
    let phone = app.linked_customer().await;
    crate::fill_cart(&phone, 1).await;
    let order = crate::order(&phone, "k").await;
    let number = order["number"].as_str().unwrap();
    let form = [("name", "Пётр"), ("phone", "+79005556677"), ("message", "Нужен станок")];
    let lead = app.http.post(format!("{}/ingest/lead", app.base)).form(&form).send().await.unwrap();
    assert!(lead.status().is_success(), "{lead:?}");
    let mut console = app.console(MANAGER).await;
    let page = console.get("/staff").await.ok();
    assert!(page.contains(number) && page.contains("Пётр"), "{page}");
    let links = page.split("href=\"/staff").skip(1).map(|rest| rest.split('"').next().unwrap());
    for link in links {
        let there = console.get(&format!("/staff{link}")).await.status;
        assert!(there.is_success() || there == 403, "{link} leads nowhere: {there}");
    }
    assert!(page.contains(label("app-desk-waiting")), "{page}");
    let engineers = app.console(ENGINEER).await.get("/staff").await.ok();
    assert!(!engineers.contains(number), "an engineer sees jobs, not orders");
    app.finish().await;
}
