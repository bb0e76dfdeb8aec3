//! Every page is drawn for those whom it serves, and refused to all others.

use axum::http::StatusCode;

use crate::tests::kit::{Ask, ENGINEER, Kit, MANAGER, OTHER, OWNER, STRANGER};

#[tokio::test]
async fn every_page_is_drawn_for_its_people() {
    let kit = Kit::new().await;
    let machine = kit.machine(OWNER).await;
    let part = kit.part("16К20.02.114").await;
    let pages = [
        (OWNER, "/app/park".to_owned(), ">№\u{a0}1234<"),
        (OWNER, "/app/park/tiles".to_owned(), "/app/orders"),
        (OWNER, format!("/app/machines/{machine}"), "Красный пролетарий"),
        (ENGINEER, format!("/app/machines/{machine}"), "Токарный станок"),
        (OWNER, format!("/app/parts?machine={machine}&q="), "подходит"),
        (MANAGER, "/app/parts".to_owned(), "по запросу"),
        (OWNER, format!("/app/parts/{part}?machine={machine}"), "В корзину"),
        (OWNER, "/app/cart".to_owned(), "Корзина пуста"),
        (OWNER, "/app/orders".to_owned(), "Заказов пока нет"),
        (OWNER, format!("/app/service?machine={machine}"), "selected"),
        (OWNER, "/app/requests".to_owned(), "Заявок пока нет"),
        (ENGINEER, "/app/jobs".to_owned(), "Работ пока нет"),
        (MANAGER, "/app/desk".to_owned(), "Всё разобрано"),
        (MANAGER, "/app/desk/troubles".to_owned(), "Всё доставлено"),
        (STRANGER, "/app/park".to_owned(), "Поделиться телефоном"),
    ];
    for (person, path, says) in pages {
        let reply = kit.by(person, Ask::get(&path).page()).await;
        let text = reply.text();
        assert_eq!(reply.status, StatusCode::OK, "{path}: {text}");
        assert!(text.contains(says), "{path} does not say {says}: {text}");
        assert!(!text.contains(">app-") && !text.contains(">state-"), "{path}: a key: {text}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors"), "{path}");
        assert_eq!(reply.header("x-frame-options"), "", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_what_is_for_others() {
    let kit = Kit::new().await;
    let machine = kit.machine(OWNER).await;
    let hidden = [
        (OTHER, format!("/app/machines/{machine}"), StatusCode::NOT_FOUND, "not_found"),
        (OTHER, format!("/app/parts?machine={machine}"), StatusCode::NOT_FOUND, "not_found"),
        (OWNER, "/app/machines/0".to_owned(), StatusCode::NOT_FOUND, "not_found"),
        (OWNER, "/app/orders/ORD-2026-000001".to_owned(), StatusCode::NOT_FOUND, "not_found"),
        (OWNER, "/app/nothing".to_owned(), StatusCode::NOT_FOUND, "not_found"),
        (OWNER, "/app/%ff".to_owned(), StatusCode::NOT_FOUND, "not_found"),
        (OWNER, "/app/files/0".to_owned(), StatusCode::NOT_FOUND, "not_found"),
        (OWNER, "/app/desk".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
        (OWNER, "/app/jobs".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
        (ENGINEER, "/app/desk".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
        (OWNER, "/app/desk/catalogue".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
        (ENGINEER, "/app/desk/catalogue".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
        (ENGINEER, "/app/cart".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
        (STRANGER, "/app/park".to_owned(), StatusCode::FORBIDDEN, "forbidden"),
    ];
    for (person, path, status, code) in hidden {
        let reply = kit.by(person, Ask::get(&path).json()).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        let body = reply.json();
        assert_eq!(body["code"], code, "{path}");
        assert_eq!(body["status"], status.as_u16(), "{path}");
        for name in ["type", "title", "detail", "request_id"] {
            assert!(body[name].as_str().is_some_and(|text| !text.is_empty()), "{path}: {name}");
        }
    }
    let page = kit.by(OTHER, Ask::get(&format!("/app/machines/{machine}")).page()).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("Такой страницы нет"));
}

#[tokio::test]
async fn what_people_wrote_is_shown_as_text() {
    let kit = Kit::new().await;
    let machine = kit.machine(OWNER).await;
    let passport = kit.by(OWNER, Ask::get(&format!("/app/machines/{machine}")).page()).await.text();
    assert!(passport.contains("&#60;script&#62;"), "{passport}");
    assert!(!passport.contains("<script>"));
    let parts = kit.by(OWNER, Ask::get("/app/parts?q=%3Cimg+src%3Dx%3E").page()).await.text();
    assert!(!parts.contains("<img src=x>"));
    let parts = kit.by(OWNER, Ask::get("/app/parts").page()).await.text();
    assert!(parts.contains("&#60;b&#62;Z=54"));
}

#[tokio::test]
async fn the_shell_is_for_anyone_and_holds_nothing() {
    let kit = Kit::new().await;
    let shell = kit.send(Ask::get("/app").header("accept", "text/html")).await;
    assert_eq!(shell.status, StatusCode::OK);
    assert!(shell.text().contains("id=\"main\""));
    // A web view that reloads an inner address comes without a header.
    let reloaded = kit.send(Ask::get("/app/park").header("accept", "text/html,*/*")).await;
    assert_eq!(reloaded.status, StatusCode::OK);
    assert!(!reloaded.text().contains("1234"));
    let script = kit.send(Ask::get("/app/park").page()).await;
    assert_eq!(script.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn pictures_are_everybodys_and_run_nothing() {
    let kit = Kit::new().await;
    let folder = kit.dealer.uploads.join("photos");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("gear.svg"), "<svg/>").unwrap();
    std::fs::write(kit.dealer.uploads.join("secret.svg"), "<svg/>").unwrap();
    let picture = kit.send(Ask::get("/app/photos/gear.svg")).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.header("content-security-policy").starts_with("sandbox"));
    assert!(picture.header("cache-control").contains("max-age"));
    for name in ["..%2Fsecret.svg", ".hidden.svg", "none.svg", "gear.html"] {
        let reply = kit.send(Ask::get(&format!("/app/photos/{name}"))).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_plates_code_is_drawn_for_any_id_and_tells_nothing() {
    let kit = Kit::new().await;
    let nobodys = "0123456789abcdef".repeat(2);
    let picture = kit.send(Ask::get(&format!("/app/machines/{nobodys}/plate.svg"))).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.text().contains("<path d=\"M"), "{}", picture.text());
    assert!(picture.header("cache-control").contains("immutable"));
    for id in ["1", "0123456789ABCDEF0123456789ABCDEF", "..%2F..%2Fx", &"0".repeat(33)] {
        let reply = kit.send(Ask::get(&format!("/app/machines/{id}/plate.svg"))).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{id}");
    }
}
