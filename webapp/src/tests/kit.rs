//! A small dealer with two customers who know nothing of each other, an engineer and a manager.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use domain::db::Db;
use domain::dealer::{Ladder, Routes};
use domain::staff::{self, Role};
use domain::{Clock, Dealer, import};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::session::Signer;
use crate::{AppState, Settings, router};

pub(crate) const OWNER: i64 = 5001;
pub(crate) const OTHER: i64 = 5002;
pub(crate) const ENGINEER: i64 = 6001;
pub(crate) const MANAGER: i64 = 6002;
pub(crate) const STRANGER: i64 = 7001;
const KEY: [u8; 32] = [7; 32];

const MODELS: &str = "code;name;maker;category;specification;maintenance_months;maintenance_hours
16k20;16К20;Красный пролетарий;Токарный станок;Мощность=11 кВт;6;1000
1m63b;1М63Б;Рязань;Токарный станок;Масса=5620 кг;6;
";
const PARTS: &str = "sku;name;price;stock;lead_days;codes;models;category;replaced_by;photo
16К20.02.114;Шестерня <b>Z=54</b>;12400;3;0;020.114;16k20;Шестерни;;gear.svg
16К20.04.070;Винт подачи;;0;21;;16k20;Винты;;
";
const MACHINES: &str = "serial;model;company;phone;telegram_id;next_maintenance_on;configuration
1234;16k20;ООО «Цех»;+7 900 111-22-33;5001;2026-12-03;<script>alert(1)</script>
0457;1m63b;ООО «Другой»;+7 900 111-22-44;5002;2027-06-01;
";

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// One request, to be sent by somebody.
pub(crate) struct Ask(axum::http::request::Builder, Body);

impl Ask {
    pub(crate) fn get(path: &str) -> Ask {
        Ask(Request::get(path), Body::empty())
    }

    pub(crate) fn post(path: &str, kind: &str, body: impl Into<Body>) -> Ask {
        Ask(Request::post(path).header(CONTENT_TYPE, kind), body.into())
    }

    pub(crate) fn form(path: &str, body: &str) -> Ask {
        Ask::post(path, "application/x-www-form-urlencoded", body.to_owned())
    }

    /// A form with files: name, file name (none for a field), content.
    pub(crate) fn multipart(path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Ask {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            body.extend(
                format!("--BORDER\r\nContent-Disposition: form-data; name=\"{name}\"").bytes(),
            );
            if let Some(file) = file {
                body.extend(format!("; filename=\"{file}\"").bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--BORDER--\r\n");
        Ask::post(path, "multipart/form-data; boundary=BORDER", body)
    }

    pub(crate) fn header(self, name: impl TryInto<HeaderName>, value: &str) -> Ask {
        let name = name.try_into().ok().unwrap();
        Ask(self.0.header(name, value), self.1)
    }

    pub(crate) fn json(self) -> Ask {
        self.header(ACCEPT, "application/json")
    }

    /// As the Mini App's script asks for a page.
    pub(crate) fn page(self) -> Ask {
        self.header(ACCEPT, "*/*").header("hx-request", "true")
    }
}

pub(crate) struct Kit {
    pub(crate) dealer: Arc<Dealer>,
    router: Router,
    _folder: TempDir,
}

impl Kit {
    pub(crate) async fn new() -> Kit {
        Kit::with_bot("7000000001:AAFakeTokenForUnitTestsOnly", "2026-11-21T09:00:00Z").await
    }

    pub(crate) async fn with_bot(token: &str, now: &str) -> Kit {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let db = Db::connect(&url).await.unwrap();
        db.migrate().await.unwrap();
        let dealer = Arc::new(Dealer {
            clock: Clock::fixed(now.parse().unwrap()),
            zone: chrono_tz::Europe::Moscow,
            routes: Routes::default(),
            ladder: Ladder::default(),
            hours: domain::WorkingHours::default(),
            line: domain::dealer::Line::default(),
            approvals: Vec::new(),
            discount: None,
            uploads: folder.path().join("files"),
        });
        fill(&db, &dealer).await;
        let state = AppState::new(Settings {
            db,
            dealer: dealer.clone(),
            bot_token: token.to_owned(),
            bot_username: "demo_bot".to_owned(),
            secret_key: KEY,
            init_data_max_age: Duration::from_secs(86_400),
            dry_run: None,
            mapper: None,
            public_url: None,
            seller: crate::Seller::default(),
            portal_sign_in: String::new(),
            connections: Vec::new(),
            caller: Arc::new(|peer, _| peer),
            stop: CancellationToken::new(),
        });
        Kit { dealer, router: router(state), _folder: folder }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.dealer.clock.now()
    }

    /// Sends it without any proof of who asks.
    pub(crate) async fn send(&self, ask: Ask) -> Reply {
        let response = self.router.clone().oneshot(ask.0.body(ask.1).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    /// Sends it in the session of a person.
    pub(crate) async fn by(&self, person: i64, ask: Ask) -> Reply {
        let token = Signer::new(&KEY).open(person, self.now(), TimeDelta::hours(1));
        self.send(ask.header(AUTHORIZATION, &format!("Bearer {token}"))).await
    }

    /// The ids of a person's machines.
    pub(crate) async fn machine(&self, person: i64) -> String {
        let park = self.by(person, Ask::get("/app/park").json()).await.json();
        park["machines"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn part(&self, q: &str) -> String {
        let path = format!("/app/parts?q={q}");
        let found = self.by(OWNER, Ask::get(&path).json()).await.json();
        found["parts"][0]["id"].as_str().unwrap().to_owned()
    }
}

async fn fill(db: &Db, dealer: &Dealer) {
    let mut tx = db.begin().await.unwrap();
    let now = dealer.clock.now();
    import::models(&mut tx, dealer, MODELS.as_bytes()).await.unwrap();
    import::parts(&mut tx, dealer, PARTS.as_bytes()).await.unwrap();
    let report = import::machines(&mut tx, dealer, MACHINES.as_bytes()).await.unwrap();
    assert_eq!(report.created, 2, "{report:?}");
    staff::add(&mut tx, ENGINEER, Role::Engineer, "Пётр", now).await.unwrap();
    staff::add(&mut tx, MANAGER, Role::Manager, "Ольга", now).await.unwrap();
    tx.commit().await.unwrap();
    domain::parts::catch_up(db).await.unwrap();
}
