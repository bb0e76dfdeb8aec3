//! A small dealer for the tests of machines, requests, jobs and maintenance.

use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use tempfile::TempDir;

use crate::db::{Db, Tx, execute, fetch_all};
use crate::dealer::{Ladder, Routes};
use crate::ids::{CompanyId, MachineId, ModelId};
use crate::people::{self, Customer, MemberRole, Profile};
use crate::staff::{self, Role, Staff};
use crate::text::{Phone, code_key};
use crate::{Clock, Dealer};

/// A database of its own and a clock that stands on Monday 2026-11-23, 09:00 in Moscow.
pub(crate) struct Kit {
    pub(crate) db: Db,
    pub(crate) d: Dealer,
    _folder: TempDir,
}

impl Kit {
    pub(crate) async fn new() -> Kit {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let db = Db::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        db.migrate().await.unwrap();
        let d = dealer(folder.path());
        let kit = Kit { db, d, _folder: folder };
        let mut tx = kit.db.begin().await.unwrap();
        execute!(
            &mut tx,
            "insert into machine_models (id, code, code_key, name, specification,
                                         maintenance_months, search_key)
             values ('model', '16k20', '16K20', 'Станок 16К20', $1, 6, '')",
            r#"[["Мощность","11 кВт"]]"#
        )
        .unwrap();
        tx.commit().await.unwrap();
        kit
    }

    pub(crate) fn at(&self, time: DateTime<Utc>) {
        self.d.clock.set(time);
    }

    pub(crate) async fn customer(&self, telegram_id: i64) -> Customer {
        let profile =
            Profile {
                telegram_id, name: format!("Клиент {telegram_id}"), language_code: None
            };
        let phone = Phone::parse(&format!("+7900{telegram_id:07}")).unwrap();
        let mut tx = self.db.begin().await.unwrap();
        let made = people::link(&mut tx, &profile, &phone, self.d.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        made
    }

    pub(crate) async fn staff(&self, telegram_id: i64, role: Role) -> Staff {
        let mut tx = self.db.begin().await.unwrap();
        let now = self.d.clock.now();
        let made = staff::add(&mut tx, telegram_id, role, "Сотрудник", now).await.unwrap();
        tx.commit().await.unwrap();
        made
    }

    /// A company with the customer as its active member.
    pub(crate) async fn company(&self, name: &str, member: &Customer) -> CompanyId {
        let mut tx = self.db.begin().await.unwrap();
        let now = self.d.clock.now();
        let company = people::ensure_company(&mut tx, name, None, now).await.unwrap();
        people::join(&mut tx, &member.id, &company, MemberRole::Mechanic, now).await.unwrap();
        tx.commit().await.unwrap();
        company
    }

    pub(crate) async fn machine(
        &self,
        serial: &str,
        owner: Option<&Customer>,
        company: Option<&CompanyId>,
        due: Option<NaiveDate>,
    ) -> MachineId {
        let now = self.d.clock.now();
        let id = MachineId::new(now);
        let mut tx = self.db.begin().await.unwrap();
        execute!(
            &mut tx,
            "insert into machine_instances (id, serial, serial_key, model_id, customer_id,
                                            company_id, next_maintenance_on, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            &id,
            serial,
            code_key(serial),
            ModelId::from("model"),
            owner.map(|owner| &owner.id),
            company,
            due,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn tx(&self) -> Tx {
        self.db.begin().await.unwrap()
    }

    /// What is promised: the message kinds, or the notices, with their connection or chat.
    pub(crate) async fn promised(&self) -> Vec<String> {
        let mut reader = self.db.read().await.unwrap();
        let rows = fetch_all!(
            &mut reader,
            (String, String),
            "select connection, payload from deliveries order by id"
        )
        .unwrap();
        let name = |(connection, payload): (String, String)| {
            let message: serde_json::Value = serde_json::from_str(&payload).unwrap();
            match message["notice"]["notice"].as_str() {
                Some(notice) => format!("{} {notice}", message["to"]),
                None => format!("{connection} {}", message["kind"].as_str().unwrap()),
            }
        };
        rows.into_iter().map(name).collect()
    }

    pub(crate) async fn count(&self, promise: &str) -> usize {
        self.promised().await.iter().filter(|known| *known == promise).count()
    }
}

pub(crate) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn dealer(uploads: &Path) -> Dealer {
    let routes = Routes {
        orders: vec![],
        requests: vec!["amocrm".to_owned(), "second".to_owned()],
        reminders: vec!["amocrm".to_owned()],
        mail: true,
        ..Routes::default()
    };
    Dealer {
        clock: Clock::fixed(Utc.with_ymd_and_hms(2026, 11, 23, 6, 0, 0).unwrap()),
        zone: chrono_tz::Europe::Moscow,
        routes,
        ladder: Ladder::default(),
        hours: crate::WorkingHours::default(),
        line: crate::dealer::Line::default(),
        approvals: Vec::new(),
        discount: None,
        uploads: uploads.to_owned(),
    }
}
