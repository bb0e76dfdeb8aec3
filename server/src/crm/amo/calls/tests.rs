//! The client against a fake that misbehaves.

use std::time::Duration;

use bytes::Bytes;

use crate::crm::NoRecord;
use crate::crm::amo::calls::drive::{NewFile, Sent};
use crate::crm::amo::calls::write::{LeadPatch, NewLead, Stage};
use crate::crm::amo::{AmoClient, CallError};
use crate::crm::fake::{FakeCrm, Memory, answer};

const LEAD: &str = include_str!("../../../../../tests/fixtures/amocrm/lead_get_with_contacts.json");
const MADE: &str = include_str!("../../../../../tests/fixtures/amocrm/leads_post_response.json");
const FOUND: &str =
    include_str!("../../../../../tests/fixtures/amocrm/contacts_search_response.json");
const BLOCKED: &str =
    include_str!("../../../../../tests/fixtures/amocrm/errors/api_403_blocked.html");

async fn create(script: Option<String>) -> Result<i64, CallError> {
    let fake = FakeCrm::start(vec![script]).await;
    fake.amo().calls(&NoRecord).create_lead(NewLead::default()).await
}

#[tokio::test]
async fn faults_are_sorted() {
    let wait = |seconds| CallError::TooMany { retry_after: Some(Duration::from_secs(seconds)) };
    for (script, expected) in [
        (answer("429 Too Many Requests", "retry-after: 7\r\n", ""), wait(7)),
        (answer("429 Too Many Requests", "", r#"{"retry_after":300}"#), wait(300)),
        (answer("429 Too Many Requests", "", "slow"), CallError::TooMany { retry_after: None }),
        (answer("401 Unauthorized", "", "{}"), CallError::Unauthorized),
        (answer("403 Forbidden", "", BLOCKED), CallError::Blocked),
        (answer("500 Oops", "", "<html>"), CallError::ServerError { status: 500 }),
        (answer("200 OK", "", "<html>fine</html>"), CallError::Garbage),
        (answer("200 OK", "", "{}"), CallError::Garbage),
        (answer("204 No Content", "", ""), CallError::Garbage),
        (
            answer("302 Found", "location: https://example.com/login\r\n", "moved"),
            CallError::Rejected { status: 302, code: None, words: "moved".to_owned() },
        ),
        (None, CallError::Network { sent: true }),
        (
            Some("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"_embedded\":{".to_owned()),
            CallError::Network { sent: true },
        ),
        (
            Some("HTTP/1.1 502 Bad\r\ncontent-length: 500\r\n\r\n<html>".to_owned()),
            CallError::ServerError { status: 502 },
        ),
    ] {
        let shown = format!("{script:?}");
        assert_eq!(create(script).await, Err(expected), "{shown}");
    }
}

#[tokio::test]
async fn a_dead_host_took_nothing() {
    let http = crate::http::client(Duration::from_secs(20)).unwrap();
    // Nothing listens on port 1.
    let client = AmoClient::new(http, "http://127.0.0.1:1".parse().unwrap(), "t0ken".into(), 5);
    let error = client.calls(&NoRecord).lead(1).await.unwrap_err();
    assert_eq!(error, CallError::Network { sent: false });
    assert!(!error.outcome_unknown());
}

#[tokio::test]
async fn silence_leaves_the_outcome_open() {
    // The kernel takes the connection; nobody ever reads it.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let http = reqwest::Client::builder().timeout(Duration::from_millis(200)).build().unwrap();
    let memory = Memory::default();
    let client = AmoClient::new(http, url, "t0ken".into(), 5);
    let error = client.calls(&memory).create_lead(NewLead::default()).await.unwrap_err();
    assert_eq!(error, CallError::Timeout);
    assert!(error.outcome_unknown());
    let kept = memory.answers.lock().unwrap().pop().unwrap();
    assert_eq!((kept.status, kept.failure.as_deref()), (None, Some("no answer in time")));
}

#[tokio::test]
async fn an_exchange_is_kept_without_the_token() {
    let fake = FakeCrm::start(vec![answer("200 OK", "x-request-id: abc\r\n", MADE)]).await;
    let memory = Memory::default();
    let client = fake.amo();
    let lead = NewLead { name: "Заказ ORD-2026-000001".to_owned(), ..NewLead::default() };
    assert_eq!(client.calls(&memory).create_lead(lead).await, Ok(28_450_917));
    let sent = memory.sent.lock().unwrap().pop().unwrap();
    assert_eq!((sent.method.as_str(), sent.url.ends_with("/api/v4/leads")), ("POST", true));
    assert_eq!(sent.body.as_deref(), Some(r#"[{"name":"Заказ ORD-2026-000001"}]"#));
    let kept = memory.answers.lock().unwrap().pop().unwrap();
    assert_eq!((kept.status, kept.request_id.as_deref()), (Some(200), Some("abc")));
    assert!(!format!("{sent:?} {kept:?}").contains("t0ken"));
    assert!(fake.requests()[0].contains("authorization: Bearer t0ken"));
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_kept() {
    let fake = FakeCrm::start(vec![answer("200 OK", "", MADE)]).await;
    let memory = Memory { refuses: true, ..Memory::default() };
    let error = fake.amo().calls(&memory).create_lead(NewLead::default()).await.unwrap_err();
    assert!(matches!(&error, CallError::Local { words } if words.contains("disk is full")));
    assert!(!error.outcome_unknown());
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn reads_take_204_for_nothing() {
    let none = || answer("204 No Content", "", "");
    let fake = FakeCrm::start(vec![none(), none(), answer("200 OK", "", LEAD)]).await;
    let client = fake.amo();
    let calls = client.calls(&NoRecord);
    assert_eq!(calls.lead(1).await, Ok(None));
    assert_eq!(calls.search_leads("ORD-2026-000001").await, Ok(Vec::new()));
    assert_eq!(calls.lead(28_450_917).await.unwrap().unwrap().status_id, Some(142));
}

#[tokio::test]
async fn a_phone_search_drops_strangers() {
    let fake = FakeCrm::start(vec![answer("200 OK", "", FOUND)]).await;
    let client = fake.amo();
    let found = client.calls(&NoRecord).find_contacts_by_phone("8 (999) 000-00-01").await.unwrap();
    assert_eq!(found.iter().map(|contact| contact.id).collect::<Vec<_>>(), [41_230_555]);
    assert!(
        fake.requests()[0].starts_with("GET /api/v4/contacts?query=9990000001&limit=50&page=1")
    );
    assert_eq!(client.calls(&NoRecord).find_contacts_by_phone("12").await, Ok(Vec::new()));
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn lists_are_paged_by_number() {
    let page = |id: i64, more: &str| {
        let body =
            format!(r#"{{"_links":{{{more}}},"_embedded":{{"custom_fields":[{{"id":{id}}}]}}}}"#);
        answer("200 OK", "", &body)
    };
    let next = r#""next":{"href":"https://shard1.example.com/ajax"}"#;
    let fake = FakeCrm::start(vec![page(1, next), page(2, "")]).await;
    let client = fake.amo();
    assert_eq!(client.calls(&NoRecord).lead_fields().await.unwrap().len(), 2);
    assert!(fake.requests()[1].contains("page=2"));
}

#[tokio::test]
async fn changed_leads_stop_at_the_first_old_one() {
    let next = r#""next":{"href":"x"}"#;
    let body = format!(
        r#"{{"_links":{{{next}}},"_embedded":{{"leads":[{{"id":1,"updated_at":50}},{{"id":2,"updated_at":40}}]}}}}"#
    );
    let fake = FakeCrm::start(vec![answer("200 OK", "", &body)]).await;
    let changed = fake.amo().calls(&NoRecord).leads_changed_since(45).await.unwrap();
    assert_eq!(changed.iter().map(|lead| lead.id).collect::<Vec<_>>(), [1]);
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_stage_moves_with_its_pipeline() {
    let done = r#"{"id":5,"updated_at":1767229200,"_links":{}}"#;
    let fake = FakeCrm::start(vec![answer("200 OK", "", done)]).await;
    let stage = Some(Stage { pipeline_id: 10_226_282, status_id: 142 });
    let patch = LeadPatch { stage, ..LeadPatch::default() };
    assert_eq!(fake.amo().calls(&NoRecord).update_lead(5, patch).await, Ok(Some(1_767_229_200)));
    let request = fake.requests().remove(0);
    assert!(request.starts_with("PATCH /api/v4/leads/5 "), "{request}");
    assert!(request.ends_with(r#"{"pipeline_id":10226282,"status_id":142}"#), "{request}");
}

#[tokio::test]
async fn files_go_up_in_parts() {
    let session = r#"{"session_id":1,"upload_url":"{base}/upload/1","max_part_size":4}"#;
    let next = r#"{"session_id":1,"next_url":"{base}/upload/2"}"#;
    let whole = r#"{"uuid":"f-1","name":"act.pdf"}"#;
    let ok = |body| {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        Some(format!("{head}{body}"))
    };
    let accepted = answer("202 Accepted", "", "");
    let fake = FakeCrm::start(vec![ok(session), ok(next), ok(whole), accepted]).await;
    let client = fake.amo();
    let calls = client.calls(&NoRecord);
    let bytes = Bytes::from_static(b"1234567");
    let new = NewFile { name: "act.pdf", content_type: "application/pdf", size: 7 };
    let session = calls.open_upload(fake.url.as_str(), new).await.unwrap();
    assert_eq!(session.part_size, 4);
    let first = calls.send_part(&session.upload_url, bytes.slice(0..4)).await.unwrap();
    let Sent::Part { next_url } = first else { panic!("{first:?}") };
    let last = calls.send_part(&next_url, bytes.slice(4..)).await.unwrap();
    let Sent::Whole { uuid } = last else { panic!("{last:?}") };
    assert_eq!(uuid, "f-1");
    assert_eq!(calls.attach_files(5, &[uuid]).await, Ok(()));
    let requests = fake.requests();
    assert!(requests[1].starts_with("POST /upload/1") && requests[1].ends_with("1234"));
    assert!(requests[2].starts_with("POST /upload/2") && requests[2].ends_with("567"));
    assert!(requests[3].ends_with(r#"[{"file_uuid":"f-1"}]"#));
}

#[tokio::test]
async fn the_token_goes_to_no_stranger() {
    let fake = FakeCrm::start(Vec::new()).await;
    let client = fake.amo();
    let calls = client.calls(&NoRecord);
    let new = NewFile { name: "act.pdf", content_type: "application/pdf", size: 7 };
    let error = calls.open_upload("https://drive.example.com", new).await.unwrap_err();
    assert_eq!(error.words(), "not sent: drive.example.com is not a host of amoCRM");
}
