//! The client against a portal that misbehaves.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::crm::NoRecord;
use crate::crm::bitrix24::calls::client::BitrixClient;
use crate::crm::bitrix24::{BatchAnswers, Command};
use crate::crm::error::CallError;
use crate::crm::fake::{FakeCrm, Memory, answer};
use crate::crm::fault::AccessFault;

const PARTLY: &str =
    include_str!("../../../../../tests/fixtures/bitrix24/batch_partial_error.response.json");
const NOBODY: &str = include_str!(
    "../../../../../tests/fixtures/bitrix24/crm_duplicate_findbycomm_empty.response.json"
);

fn ok(result: &Value) -> Option<String> {
    answer("200 OK", "", &json!({ "result": result, "time": {} }).to_string())
}

fn refusal(status: &str, error: &str) -> Option<String> {
    answer(status, "", &json!({ "error": error, "error_description": "so" }).to_string())
}

fn redirect(location: &str) -> Option<String> {
    answer("302 Found", &format!("location: {location}\r\n"), "")
}

fn stop<T>(fault: AccessFault) -> Result<T, CallError> {
    Err(CallError::NoAccess { fault })
}

async fn add(client: &BitrixClient) -> Result<i64, CallError> {
    client.calls(&NoRecord).call("crm.lead.add", &json!({ "fields": { "TITLE": "x" } })).await
}

fn body_of(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_call_is_kept_without_its_secret() {
    let fake = FakeCrm::start(vec![ok(&json!(3465))]).await;
    let memory = Memory::default();
    let client = fake.bitrix24();
    let file = "QQ==".repeat(5000);
    let params = json!({ "fields": { "TITLE": "Насос", "FILE": ["a.pdf", file] } });
    let made: i64 = client.calls(&memory).call("crm.lead.add", &params).await.unwrap();
    assert_eq!(made, 3465);
    let request = &fake.requests()[0];
    assert!(request.starts_with("POST /rest/1/c0de/crm.lead.add HTTP"), "{request}");
    assert_eq!(body_of(request), params);
    let sent = memory.sent.lock().unwrap().pop().unwrap();
    assert!(sent.url.ends_with("/rest/1/***/crm.lead.add"), "{}", sent.url);
    let body = sent.body.unwrap();
    assert!(body.contains("Насос") && body.contains("(20000 characters)"), "{body}");
    let kept = memory.answers.lock().unwrap().pop().unwrap();
    assert_eq!((kept.status, kept.failure), (Some(200), None));
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_sent() {
    let fake = FakeCrm::start(vec![ok(&json!(1))]).await;
    let memory = Memory { refuses: true, ..Memory::default() };
    let client = fake.bitrix24();
    let error = client.calls(&memory).call::<i64>("profile", &json!({})).await.unwrap_err();
    assert!(matches!(error, CallError::Local { .. }), "{error:?}");
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn faults_are_sorted_by_their_word() {
    let resting = Err(CallError::Resting { after: Duration::from_secs(600) });
    for (script, expected) in [
        (refusal("503 x", "QUERY_LIMIT_EXCEEDED"), Err(CallError::TooMany { retry_after: None })),
        (refusal("429 x", "OPERATION_TIME_LIMIT"), resting),
        (refusal("503 x", "OVERLOAD_LIMIT"), stop(AccessFault::B24Overload)),
        (refusal("401 x", "NO_AUTH_FOUND"), stop(AccessFault::B24Webhook)),
        (refusal("401 x", "expired_token"), stop(AccessFault::B24Webhook)),
        (refusal("403 x", "insufficient_scope"), stop(AccessFault::B24Scope)),
        (refusal("401 x", "PAYMENT_REQUIRED"), stop(AccessFault::B24Unpaid)),
        // An error inside a success is no success.
        (refusal("200 OK", "wrong_client"), {
            let (code, words) = (Some("wrong_client".to_owned()), "wrong_client: so".to_owned());
            Err(CallError::Rejected { status: 200, code, words })
        }),
        (answer("502 Bad", "", "<html>"), Err(CallError::ServerError { status: 502 })),
        (answer("200 OK", "", "<html>fine</html>"), Err(CallError::Garbage)),
        (answer("200 OK", "", "{}"), Err(CallError::Garbage)),
        (ok(&json!("no number")), Err(CallError::Garbage)),
        (None, Err(CallError::Network { sent: true })),
        (
            Some("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"result\":".to_owned()),
            Err(CallError::Network { sent: true }),
        ),
    ] {
        let shown = format!("{script:?}");
        let fake = FakeCrm::start(vec![script]).await;
        assert_eq!(add(&fake.bitrix24()).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn a_method_that_rests_says_when_its_time_lessens() {
    let time = json!({ "finish": 1_795_161_600.5, "operating_reset_at": 1_795_161_700 });
    let done = answer("200 OK", "", &json!({ "result": 1, "time": time }).to_string());
    let fake = FakeCrm::start(vec![done, refusal("429 x", "OPERATION_TIME_LIMIT")]).await;
    let client = fake.bitrix24();
    add(&client).await.unwrap();
    let Err(CallError::Resting { after }) = add(&client).await else { panic!("it rests") };
    assert!((90..=100).contains(&after.as_secs()), "{after:?}");
}

#[tokio::test]
async fn a_renamed_portal_is_asked_again_by_the_same_call_and_remembered() {
    let new = FakeCrm::start(vec![ok(&json!(7)), ok(&json!(8))]).await;
    let there = new.url.join("/rest/1/c0de/crm.lead.add").unwrap();
    let old = FakeCrm::start(vec![redirect(there.as_str())]).await;
    let client = old.bitrix24();
    assert_eq!(add(&client).await, Ok(7));
    assert_eq!(body_of(&new.requests()[0]), body_of(&old.requests()[0]));
    assert!(new.requests()[0].starts_with("POST "));
    assert_eq!(add(&client).await, Ok(8));
    assert_eq!(old.requests().len(), 1, "the old address is asked once");
}

#[tokio::test]
async fn a_redirect_is_not_followed_to_strangers_nor_in_circles() {
    let moved = stop(AccessFault::B24Moved);
    for location in [
        "https://evil.example.com/rest/1/c0de/crm.lead.add",
        "{base}/bitrix/coupon_activation.php",
        "{base}/rest/1/c0de/crm.lead.add",
        "::",
    ] {
        let fake = FakeCrm::start(vec![redirect(location)]).await;
        assert_eq!(add(&fake.bitrix24()).await, moved, "{location}");
        assert_eq!(fake.requests().len(), 1);
    }
    let one = FakeCrm::start(Vec::new()).await;
    let two = FakeCrm::start(Vec::new()).await;
    let at = |fake: &FakeCrm| fake.url.join("/rest/1/c0de/crm.lead.add").unwrap().to_string();
    for (here, there) in [(&one, &two), (&two, &one)] {
        for _ in 0..9 {
            here.then(redirect(&at(there)));
        }
    }
    assert_eq!(add(&one.bitrix24()).await, moved);
    assert_eq!(one.requests().len() + two.requests().len(), 3);
}

#[tokio::test]
async fn every_error_of_a_batch_is_read() {
    let fake = FakeCrm::start(vec![answer("200 OK", "", PARTLY)]).await;
    let client = fake.bitrix24();
    let commands = [
        Command::new("lead", "crm.lead.add", &json!({ "fields": { "TITLE": "Насос & ко" } })),
        Command::new(
            "comment",
            "crm.timeline.comment.add",
            &json!({ "fields": { "ENTITY_ID": 1 } }),
        ),
        Command::new("stages", "crm.status.list", &json!({})),
        Command::new("silent", "profile", &json!({})),
    ];
    let mut answers = client.calls(&NoRecord).batch(&commands).await.unwrap();
    assert_eq!(answers.first_error().unwrap().0, "comment");
    assert_eq!(answers.take("lead"), Ok(3465));
    let error = answers.take::<i64>("comment").unwrap_err();
    assert_eq!(error.words(), "400 OWNER_NOT_FOUND: Owner of the item not found");
    assert_eq!(answers.take::<Vec<Value>>("stages").unwrap().len(), 1);
    assert_eq!(answers.take::<Value>("silent"), Err(CallError::Garbage), "it may have run");
    let body = body_of(&fake.requests()[0]);
    assert_eq!(body["halt"], 0);
    let line = body["cmd"]["lead"].as_str().unwrap();
    let expected = "crm.lead.add?fields%5BTITLE%5D=%D0%9D%D0%B0%D1%81%D0%BE%D1%81+%26+%D0%BA%D0%BE";
    assert_eq!(line, expected);
}

#[tokio::test]
async fn long_batches_go_by_fifty_and_a_broken_one_loses_nothing_of_the_others() {
    let whole = |from: usize, to: usize| {
        let done: serde_json::Map<String, Value> =
            (from..to).map(|at| (format!("k{at}"), json!(at))).collect();
        ok(&json!({ "result": done, "result_error": [] }))
    };
    let commands: Vec<Command> =
        (0..120).map(|at| Command::new(format!("k{at}"), "profile", &json!({}))).collect();
    let fake = FakeCrm::start(vec![whole(0, 50), None]).await;
    let mut answers = fake.bitrix24().calls(&NoRecord).batch(&commands).await.unwrap();
    assert_eq!(fake.requests().len(), 2);
    assert_eq!(body_of(&fake.requests()[0])["cmd"].as_object().unwrap().len(), 50);
    assert_eq!(answers.take("k49"), Ok(49));
    assert_eq!(answers.take::<i64>("k50"), Err(CallError::Network { sent: true }));
    assert!(matches!(answers.take::<i64>("k100"), Err(CallError::Local { .. })), "never sent");
    let fake = FakeCrm::start(vec![refusal("503 x", "QUERY_LIMIT_EXCEEDED")]).await;
    let error = fake.bitrix24().calls(&NoRecord).batch(&commands).await.unwrap_err();
    assert_eq!(error, CallError::TooMany { retry_after: None });
}

#[tokio::test]
async fn a_chain_ends_at_its_first_error() {
    let error = json!({ "a": { "error": "", "error_description": "Access denied." } });
    let fake = FakeCrm::start(vec![ok(&json!({ "result": [], "result_error": error }))]).await;
    let commands = ["a", "b"].map(|key| Command::new(key, "profile", &json!({})));
    let mut answers: BatchAnswers =
        fake.bitrix24().calls(&NoRecord).chain(&commands).await.unwrap();
    assert_eq!(answers.take::<i64>("a").unwrap_err().words(), "400 Access denied.");
    assert!(matches!(answers.take::<i64>("b"), Err(CallError::Local { .. })));
    assert_eq!(body_of(&fake.requests()[0])["halt"], 1);
}

#[tokio::test]
async fn lists_go_from_id_to_id() {
    let page = |from: i64, to: i64| {
        let rows: Vec<Value> =
            (from..to).map(|id| json!({ "ID": id.to_string(), "NAME": "x" })).collect();
        ok(&rows.into())
    };
    let fake = FakeCrm::start(vec![page(1, 51), page(51, 60)]).await;
    let client = fake.bitrix24();
    let params = json!({ "filter": { "ACTIVE": true } });
    let rows: Vec<Value> = client.calls(&NoRecord).all("user.get", params, None).await.unwrap();
    assert_eq!(rows.len(), 59);
    let asked = body_of(&fake.requests()[1]);
    assert_eq!(asked["filter"], json!({ "ACTIVE": true, ">ID": 50 }));
    assert_eq!((&asked["start"], &asked["order"]), (&json!(-1), &json!({ "ID": "ASC" })));
    // A portal that gives the same page again is not read for ever.
    let fake = FakeCrm::start(vec![page(1, 51), page(1, 51)]).await;
    let read = fake.bitrix24();
    let read = read.calls(&NoRecord).all::<Value>("crm.deal.list", json!({}), None).await;
    assert_eq!(read, Err(CallError::Garbage));
    // Rows in a member of the result, and what is empty written as a list.
    let items = ok(&json!({ "items": [{ "id": 5 }] }));
    let fake = FakeCrm::start(vec![items, answer("200 OK", "", NOBODY)]).await;
    let client = fake.bitrix24();
    for expected in [1, 0] {
        let params = json!({ "entityTypeId": 2 });
        let calls = client.calls(&NoRecord);
        let rows: Vec<Value> = calls.all("crm.item.list", params, Some("items")).await.unwrap();
        assert_eq!(rows.len(), expected);
    }
}

#[tokio::test]
async fn a_large_file_goes_to_the_address_that_the_drive_names() {
    let session = |url: &str| ok(&json!({ "field": "file", "uploadUrl": url }));
    let fake = FakeCrm::start(Vec::new()).await;
    let url = fake.url.join("/rest/upload.json?auth=x&token=disk%7Cabc").unwrap();
    fake.then(session(url.as_str()));
    fake.then(ok(&json!({ "ID": 9011 })));
    let client = fake.bitrix24();
    let memory = Memory::default();
    let content = Bytes::from_static(b"%PDF-1.4 content");
    let file: Value =
        client.calls(&memory).upload(8930, "схема.pdf", content.clone()).await.unwrap();
    assert_eq!(file["ID"], 9011);
    let sent = &fake.requests()[1];
    assert!(sent.contains("name=\"file\"") && sent.contains("%PDF-1.4 content"), "{sent}");
    let kept = memory.sent.lock().unwrap().pop().unwrap();
    assert!(!kept.url.contains("abc"), "{}", kept.url);
    assert_eq!(kept.body.as_deref(), Some("схема.pdf (16 bytes)"));
    let fake = FakeCrm::start(vec![session("https://evil.example.com/upload")]).await;
    let client = fake.bitrix24();
    let sent = client.calls(&NoRecord).upload::<Value>(8930, "a.pdf", content).await;
    assert_eq!(sent, stop(AccessFault::B24Moved));
}
