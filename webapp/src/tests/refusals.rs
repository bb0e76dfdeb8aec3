//! Bad input is refused with its code and field, and changes nothing.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::session::Signer;
use crate::tests::kit::{Ask, Kit, OTHER, OWNER};

fn fixture(name: &str) -> Value {
    let path = format!("{}/../tests/fixtures/telegram/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A launch of the fixtures, with a kit at its bot and moment.
async fn launched(name: &str, later: TimeDelta) -> (Kit, String) {
    let fixture = fixture(name);
    let now = chrono::DateTime::from_timestamp(fixture["now"].as_i64().unwrap(), 0).unwrap();
    let now = (now + later).to_rfc3339();
    let kit = Kit::with_bot(fixture["bot_token"].as_str().unwrap(), &now).await;
    (kit, fixture["raw"].as_str().unwrap().to_owned())
}

fn launches() -> Vec<String> {
    let folder = format!("{}/../tests/fixtures/telegram", env!("CARGO_MANIFEST_DIR"));
    let names = std::fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let positive = names.filter(|name| name.starts_with("initdata-pos-1"));
    positive.map(|name| name.trim_end_matches(".json").to_owned()).collect()
}

#[tokio::test]
async fn a_launch_is_exchanged_for_a_session() {
    let name = &launches()[0];
    let (kit, raw) = launched(name, TimeDelta::zero()).await;
    let ask = || Ask::post("/app/session", "text/plain", "");
    let opened = kit.send(ask().json().header("authorization", &format!("tma {raw}"))).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let body = opened.json();
    assert_eq!(body["home"], "/app/park");
    assert!(body["expires_at"].is_string() && body.get("start").is_some());
    let token = format!("Bearer {}", body["token"].as_str().unwrap());
    // The person of the fixture is nobody's customer here: known, and not linked.
    let park = kit.send(Ask::get("/app/park").json().header("authorization", &token)).await;
    assert_eq!(park.json()["code"], "forbidden");
    let twice = kit.send(ask().json().header("authorization", &token)).await;
    assert_eq!(twice.json()["code"], "unauthenticated");

    let (late, raw) = launched(name, TimeDelta::hours(25)).await;
    let old = late.send(ask().json().header("authorization", &format!("tma {raw}"))).await;
    assert_eq!(
        (old.status, old.json()["code"].clone()),
        (StatusCode::UNAUTHORIZED, json!("init_data_expired"))
    );
}

#[tokio::test]
async fn who_proves_nothing_gets_nothing() {
    let kit = Kit::new().await;
    let foreign = Signer::new(&[8; 32]).open(OWNER, kit.now(), TimeDelta::hours(1));
    let over =
        Signer::new(&[7; 32]).open(OWNER, kit.now() - TimeDelta::hours(2), TimeDelta::hours(1));
    let proofs = [
        String::new(),
        "Bearer".to_owned(),
        "Basic dTpw".to_owned(),
        "tma user=%7B%22id%22%3A5001%7D&hash=00".to_owned(),
        format!("Bearer {foreign}"),
        format!("Bearer {over}"),
    ];
    for proof in proofs {
        let reply = kit.send(Ask::get("/app/park").json().header("authorization", &proof)).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{proof}");
        assert_eq!(reply.json()["code"], "unauthenticated", "{proof}");
    }
    for path in ["/app/checkout", "/app/cart/items", "/app/service", "/app/jobs/1/done"] {
        let reply = kit.send(Ask::form(path, "a=1").json()).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_fault_names_its_field() {
    let kit = Kit::new().await;
    let machine = kit.machine(OWNER).await;
    let part = kit.part("16К20.02.114").await;
    let add =
        kit.by(OWNER, Ask::form("/app/cart/items", &format!("part_id={part}&quantity=2")).json());
    assert_eq!(add.await.status, StatusCode::OK);
    let faults = [
        ("/app/cart/items", format!("part_id={part}&quantity=12abc"), "quantity"),
        ("/app/cart/items", format!("part_id={part}&quantity=-1"), "quantity"),
        ("/app/cart/items", "quantity=1".to_owned(), "part_id"),
        ("/app/checkout", "client_key=k&delivery=boat".to_owned(), "delivery"),
        ("/app/checkout", "client_key=k&delivery=courier".to_owned(), "address"),
        ("/app/checkout", "client_key=k&delivery=pickup&inn=7707083894".to_owned(), "inn"),
        ("/app/checkout", "delivery=pickup".to_owned(), "client_key"),
        ("/app/service", "client_key=k&kind=magic&text=x".to_owned(), "kind"),
        ("/app/service", "client_key=k&kind=breakdown".to_owned(), "text"),
        ("/app/language", "language=xx".to_owned(), "language"),
    ];
    for (path, body, field) in faults {
        let reply = kit.by(OWNER, Ask::form(path, &body).json()).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}");
        let problem = reply.json();
        assert_eq!(problem["code"], "invalid");
        let sentence = problem["fields"][field].as_str().unwrap_or_default();
        assert!(sentence.ends_with('.'), "{path} {body}: {problem}");
    }
    let hours = format!("/app/machines/{machine}/hours");
    assert_eq!(kit.by(OWNER, Ask::form(&hours, "hours=1840").json()).await.status, 200);
    let back = kit.by(OWNER, Ask::form(&hours, "hours=10").json()).await;
    assert!(back.json()["fields"]["hours"].is_string());
    let foreign = kit.by(OTHER, Ask::form(&hours, "hours=2000").json()).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    // Another's machine in a form of one's own.
    let body = format!("client_key=k&kind=breakdown&text=x&machine_id={machine}");
    assert_eq!(kit.by(OTHER, Ask::form("/app/service", &body).json()).await.status, 404);
    let body = format!("part_id={part}&quantity=1&machine_id={machine}");
    assert_eq!(kit.by(OTHER, Ask::form("/app/cart/items", &body).json()).await.status, 404);
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let kit = Kit::new().await;
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let large = format!("comment={}", "a".repeat(70_000));
    let bodies: Vec<(&str, Vec<u8>, u16)> = vec![
        ("application/json", deep.into_bytes(), 422),
        ("application/json", b"{\"quantity\":".to_vec(), 422),
        ("application/json", b"\xff\xfe".to_vec(), 422),
        ("application/x-www-form-urlencoded", b"comment=%ff%fe".to_vec(), 422),
        ("application/x-www-form-urlencoded", large.into_bytes(), 413),
        ("application/xml", b"<a/>".to_vec(), 415),
    ];
    for (kind, body, status) in bodies {
        let reply = kit.by(OWNER, Ask::post("/app/checkout", kind, body).json()).await;
        assert_eq!(reply.status.as_u16(), status, "{kind}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let broken = [
        ("multipart/form-data", "--X"),
        ("multipart/form-data; boundary=X", "--X\r\nnothing"),
        (
            "multipart/form-data; boundary=X",
            "--X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhalf",
        ),
    ];
    for (kind, body) in broken {
        let reply = kit.by(OWNER, Ask::post("/app/service", kind, body).json()).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind} {body}");
    }
}

#[tokio::test]
async fn files_are_judged_by_size_and_content() {
    let kit = Kit::new().await;
    let fields: [(&str, Option<&str>, &[u8]); 3] = [
        ("client_key", None, b"k1"),
        ("kind", None, b"consultation"),
        ("text", None, "Вопрос".as_bytes()),
    ];
    let with = |file: (&'static str, &[u8])| {
        let mut parts = fields.to_vec();
        parts.push(("files", Some(file.0), file.1));
        Ask::multipart("/app/service", &parts).json()
    };
    let large = vec![b'a'; 10 * 1024 * 1024 + 1];
    let reply = kit.by(OWNER, with(("log.txt", &large))).await;
    assert_eq!((reply.status.as_u16(), reply.json()["code"].clone()), (413, json!("too_large")));
    let reply = kit.by(OWNER, with(("photo.jpg", b"\x7fELF\x02\x01\x01"))).await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()["code"].clone()),
        (415, json!("unsupported_file"))
    );
    let eleven: Vec<_> = (0..11).map(|_| ("files", Some("a.txt"), &b"text"[..])).collect();
    let reply = kit.by(OWNER, Ask::multipart("/app/service", &eleven).json()).await;
    assert!(reply.json()["fields"]["files"].is_string(), "{}", reply.text());
    let list = kit.by(OWNER, Ask::get("/app/requests").json()).await.json();
    assert_eq!(list, json!({ "requests": [] }));
    assert_eq!(kit.by(OWNER, with(("log.txt", &large[..10 * 1024 * 1024]))).await.status, 201);
}

#[tokio::test]
async fn a_flood_is_told_to_wait() {
    let kit = Kit::new().await;
    let mut last = None;
    for _ in 0..125 {
        last = Some(kit.by(OWNER, Ask::form("/app/language", "language=xx").json()).await);
    }
    let last = last.unwrap();
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last.json()["code"], "too_many_requests");
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(kit.by(OTHER, Ask::form("/app/language", "language=ru").json()).await.status, 200);
}
