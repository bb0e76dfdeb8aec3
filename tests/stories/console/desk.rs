//! Deliveries at the console: pages by key, the same acts, and the audit log beside them.

use domain::Money;
use domain::approvals::deals::{self, DealFacts, DealState};
use domain::approvals::rules::{self, Approver, Entity, Need, Policy, Rule};
use domain::outbox::{self, Message};
use domain::staff::{self, Role};
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

/// Asks Maria and Oleg in turn about a deal of 600 000 roubles; the case's page.
async fn a_big_deal(app: &App) -> String {
    let rule = Rule {
        name: "Крупная сделка".to_owned(),
        connection: "b24".to_owned(),
        entity: Entity::Deal,
        pipeline: None,
        amount_from: Money::kopecks(50_000_000),
        amount_to: None,
        stages: Vec::new(),
        fields: Default::default(),
        responsible: Vec::new(),
        approvers: vec![Approver::Person(MANAGER), Approver::Person(CHIEF)],
        policy: Policy { need: Need::InTurn, ..Policy::default() },
    };
    let mut tx = app.db.begin().await.unwrap();
    let chief = staff::by_telegram(&mut tx, CHIEF).await.unwrap().unwrap();
    rules::add(&mut tx, &app.dealer, &chief, &rule).await.unwrap();
    let facts = DealFacts {
        connection: "b24".to_owned(),
        entity: Entity::Deal,
        id: "77".to_owned(),
        title: "Станок для цеха № 3".to_owned(),
        amount: Some(Money::kopecks(60_000_000)),
        pipeline: None,
        stage: "NEW".to_owned(),
        responsible: None,
        created_by: None,
        asked_by: "Иван".to_owned(),
        heads: Vec::new(),
        staff: Default::default(),
        fields: Default::default(),
        rows: Vec::new(),
        url: Some("javascript:alert(1)".to_owned()),
        state: DealState::Open,
    };
    deals::seen(&mut tx, &app.dealer, &facts).await.unwrap();
    tx.commit().await.unwrap();
    let list = app.console(MANAGER).await.get("/staff/approvals").await.ok();
    assert!(list.contains("Станок для цеха"), "{list}");
    links(&list).remove(0)
}

#[tokio::test]
async fn an_approval_is_decided_at_the_console_once_and_in_turn() {
    let app = App::start().await;
    grant(&app, CHIEF, Role::Administrator).await;
    let case = a_big_deal(&app).await;
    let (mut maria, mut oleg) = (app.console(MANAGER).await, app.console(CHIEF).await);
    let page = maria.get(&case).await.ok();
    assert!(page.contains("600\u{a0}000\u{a0}₽") && page.contains("Согласовать"), "{page}");
    assert!(!page.contains("javascript:"), "what a CRM calls an address is not believed");
    let early = oleg.get(&case).await.ok();
    assert!(early.contains("Сначала решают другие"), "{early}");
    let decide = format!("{case}/decide");
    let yes = [("version", "1"), ("outcome", "approve")];
    let no = [("version", "1"), ("outcome", "reject")];
    assert!(oleg.post(&decide, &yes).await.status.is_client_error(), "not his turn");
    assert_eq!(maria.post(&decide, &no).await.status, 422, "a refusal needs a reason");
    maria.post(&decide, &yes).await.gone_to();
    assert!(maria.post(&decide, &yes).await.status.is_client_error(), "one answer each");
    oleg.post(&decide, &yes).await.gone_to();
    let done = maria.get("/staff/approvals?state=approved").await.ok();
    assert!(done.contains("Станок для цеха") && done.contains("согласовано"), "{done}");
    let stranger = app.console(tests::ENGINEER).await.get(&case).await;
    assert_eq!(stranger.status, 404, "who is not asked sees nothing of it");
    let csv = maria.get("/staff/approvals/export?state=all").await.ok();
    assert!(csv.contains("Станок для цеха"), "{csv}");
    let log = oleg.get("/staff/audit").await.ok();
    assert_eq!(log.matches("Решение по согласованию").count(), 2, "{log}");
    app.stop().await;
}

#[tokio::test]
async fn a_rule_is_written_changed_and_removed_at_the_console() {
    let app = App::start().await;
    grant(&app, CHIEF, Role::Administrator).await;
    let mut chief = app.console(CHIEF).await;
    let path = "/staff/approvals/rules";
    let mut rule = vec![
        ("name", "Скидка"),
        ("connection", "amo"),
        ("entity", "deal"),
        ("amount_from", "500 000"),
        ("approver_1", "manager"),
        ("approver_2", "5004"),
        ("need", "1"),
        ("deadline", "1:30"),
        ("approve_comment", "Согласовано"),
    ];
    assert_eq!(app.console(MANAGER).await.post(path, &rule).await.status, 403);
    chief.post(path, &rule).await.gone_to();
    assert_eq!(chief.post(path, &rule).await.status, 422, "a name is borne once");
    let list = chief.get(path).await.ok();
    assert!(list.contains("Скидка") && list.contains("500\u{a0}000"), "{list}");
    let (_, rest) = list.split_once("class=\"cell\" href=\"").expect("a rule to open");
    let one = rest.split('"').next().unwrap().to_owned();
    let form = chief.get(&one).await.ok();
    for kept in [
        "value=\"01:30\"",
        "value=\"Согласовано\"",
        "value=\"manager\" selected",
        "value=\"5004\" selected",
    ] {
        assert!(form.contains(kept), "{kept}: {form}");
    }
    rule[5] = ("approver_2", "Мария");
    assert_eq!(chief.post(&one, &rule).await.status, 422, "a name is nobody");
    rule[5] = ("approver_2", "");
    chief.post(&one, &rule).await.gone_to();
    assert!(chief.get(path).await.ok().contains("выключено"), "an unticked box switches it off");
    chief.post(&format!("{one}/remove"), &[]).await.gone_to();
    assert!(!chief.get(path).await.ok().contains("Скидка"));
    app.finish().await;
}
