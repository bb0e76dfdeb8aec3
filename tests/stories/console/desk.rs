//! Deliveries at the console: pages by key, the same acts, and the audit log beside them.

use domain::outbox::{self, Message};
use domain::staff::Role;
use reqwest::Method;
use tests::{App, MANAGER, Setup};

use crate::console::{CHIEF, grant};

/// So many deliveries of mail that nobody carries out.
async fn promises(app: &App, count: usize) {
    let mut tx = app.db.begin().await.unwrap();
    for number in 0..count {
        let message = Message::MailStopped { connection: "amo".to_owned(), reason: "x".to_owned() };
        let (entity, once) = (format!("connection:{number}"), format!("story:{number}"));
        let now = app.clock.now();
        outbox::enqueue(&mut tx, now, "mail", &entity, &message, &once).await.unwrap();
    }
    tx.commit().await.unwrap();
}

pub(crate) fn links(page: &str) -> Vec<String> {
    let parts = page.split("class=\"row-link\" href=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

pub(crate) fn next(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("rel=\"next\" href=\"")?;
    Some(rest.split('"').next()?.replace("&amp;", "&").replace("&#38;", "&"))
}

#[tokio::test]
async fn three_hundred_rows_are_walked_page_by_page_each_once() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    promises(&app, 300).await;
    let mut console = app.console(MANAGER).await;
    let mut address = Some("/staff/deliveries?state=open&connection=mail".to_owned());
    let (mut seen, mut pages) = (Vec::new(), 0);
    while let Some(path) = address {
        assert!(path.contains("state=open"), "the filter stays: {path}");
        let page = console.get(&path).await.ok();
        seen.extend(links(&page));
        address = next(&page);
        pages += 1;
    }
    assert_eq!((seen.len(), pages), (300, 6));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 300, "none twice");
    let csv = console.get("/staff/deliveries/export?state=open&connection=mail").await.ok();
    assert_eq!(csv.lines().count(), 301);
    app.stop().await;
}

#[tokio::test]
async fn what_somebody_does_is_written_down_beside_it() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    grant(&app, CHIEF, Role::Administrator).await;
    promises(&app, 1).await;
    let mut chief = app.console(CHIEF).await;
    let list = chief.get("/staff/deliveries").await.ok();
    let one = links(&list).remove(0);
    // A manager reads; the refused act leaves no entry.
    let mut manager = app.console(MANAGER).await;
    manager.get(&one).await.ok();
    let cancel = format!("{one}/cancel");
    assert_eq!(manager.post(&cancel, &[("reason", "нет")]).await.status, 403);
    assert_eq!(chief.post(&cancel, &[]).await.status, 422, "a reason is asked for");
    chief.post(&cancel, &[("reason", "=2+2 не нужно")]).await.gone_to();
    let log = chief.get("/staff/audit").await.ok();
    assert_eq!(log.matches("Отмена доставки").count(), 1, "{log}");
    assert!(log.contains("=2+2 не нужно") && log.contains("Олег"), "{log}");
    let csv = chief.get("/staff/audit/export").await.ok();
    assert!(csv.lines().count() >= 3, "{csv}");
    app.stop().await;
}

#[tokio::test]
async fn an_open_page_hears_what_changes() {
    let app = App::start_with(Setup { workers: false, ..Setup::default() }).await;
    let console = app.console(MANAGER).await;
    let request = console.request(Method::GET, "/staff/live").header("Accept", "text/event-stream");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    // The stream first notes how things stand.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    promises(&app, 1).await;
    let heard = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        let mut heard = String::new();
        while let Some(bytes) = stream.chunk().await.unwrap() {
            heard.push_str(&String::from_utf8_lossy(&bytes));
            if heard.contains("deliveries") {
                break;
            }
        }
        heard
    });
    let heard = heard.await.expect("the stream tells of it");
    assert!(heard.contains("event: change"), "{heard}");
    let nobody = app.browser().request(Method::GET, "/staff/live").send().await.unwrap();
    assert_eq!(nobody.status(), 303);
    app.stop().await;
}

#[tokio::test]
async fn an_administrator_says_who_may_do_what() {
    let app = App::start().await;
    grant(&app, CHIEF, Role::Administrator).await;
    let mut chief = app.console(CHIEF).await;
    let mut manager = app.console(MANAGER).await;
    let new = [("telegram_id", "5001"), ("name", "Анна"), ("role", "engineer")];
    assert_eq!(manager.post("/staff/people", &new).await.status, 403);
    let anna = chief.post("/staff/people", &new).await.gone_to();
    app.console(tests::CUSTOMER).await.get("/staff").await.ok();
    // The last administrator neither leaves nor steps down.
    let own = chief.get("/staff/people").await.ok();
    let id = links(&own).into_iter().find(|href| *href != anna).unwrap();
    let down = [("telegram_id", "5004"), ("name", "Олег"), ("role", "manager")];
    assert_eq!(chief.post("/staff/people", &down).await.status, 409);
    chief.get(&id).await.ok();
    let path = links(&own).into_iter().next().unwrap();
    chief.get(&path).await.ok();
    // Who is removed is out at once, and the log names it.
    let removed = chief.get("/staff/people").await.ok();
    let manager_page = links(&removed)[1].clone();
    chief.post(&format!("{manager_page}/remove"), &[]).await.gone_to();
    assert_eq!(manager.get("/staff").await.status, 303);
    let log = chief.get("/staff/audit").await.ok();
    for word in ["Выдана роль", "Роль снята", "Выход везде"] {
        assert!(log.contains(word), "{word}: {log}");
    }
    app.finish().await;
}

#[tokio::test]
async fn every_configured_connection_is_there_healthy_or_not() {
    let app = App::start().await;
    let page = app.console(MANAGER).await.get("/staff/connections").await.ok();
    assert!(page.contains("amoCRM") && page.contains("заказы"), "{page}");
    app.finish().await;
}
