//! A database of one test: the demo's catalogue, park and people.

use chrono::{TimeDelta, TimeZone, Utc};
use tempfile::TempDir;

use crate::db::{Db, Reader, Tx, fetch_all};
use crate::dealer::{Ladder, Routes};
use crate::ids::{CustomerId, MachineId, PartId};
use crate::staff::{self, Role, Staff};
use crate::{Clock, Dealer, import, machines, parts, people};

pub(crate) const MODELS: &[u8] = include_bytes!("../../../sandbox/data/models.csv");
pub(crate) const PARTS: &[u8] = include_bytes!("../../../sandbox/data/parts.csv");
pub(crate) const MACHINES: &[u8] = include_bytes!("../../../sandbox/data/machines.csv");

/// The director of the demo's first company.
pub(crate) const DIRECTOR: i64 = 5001;

pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) d: Dealer,
    _folder: TempDir,
}

impl World {
    /// An empty database.
    pub(crate) async fn empty() -> World {
        let folder = TempDir::new().unwrap();
        let db =
            Db::connect(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        db.migrate().await.unwrap();
        let d = Dealer {
            clock: Clock::fixed(Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).unwrap()),
            zone: chrono_tz::Europe::Moscow,
            routes: Routes {
                orders: vec!["amo".to_owned(), "b24".to_owned()],
                mail: true,
                ..Routes::default()
            },
            ladder: Ladder::default(),
            hours: crate::WorkingHours::default(),
            line: crate::dealer::Line::default(),
            approvals: Vec::new(),
            discount: None,
            uploads: folder.path().join("files"),
        };
        World { db, d, _folder: folder }
    }

    /// The demo, imported.
    pub(crate) async fn demo() -> World {
        let world = World::empty().await;
        let mut tx = world.tx().await;
        import::models(&mut tx, &world.d, MODELS).await.unwrap();
        import::parts(&mut tx, &world.d, PARTS).await.unwrap();
        import::machines(&mut tx, &world.d, MACHINES).await.unwrap();
        tx.commit().await.unwrap();
        parts::catch_up(&world.db).await.unwrap();
        world
    }

    pub(crate) async fn tx(&self) -> Tx {
        self.db.begin().await.unwrap()
    }

    pub(crate) async fn read(&self) -> Reader {
        self.db.read().await.unwrap()
    }

    /// Runs an import of its own and keeps it.
    pub(crate) async fn import_parts(&self, csv: &str) -> import::Report {
        self.d.clock.advance(TimeDelta::hours(1));
        let mut tx = self.tx().await;
        let report = import::parts(&mut tx, &self.d, csv.as_bytes()).await.unwrap();
        tx.commit().await.unwrap();
        parts::catch_up(&self.db).await.unwrap();
        report
    }

    pub(crate) async fn director(&self) -> CustomerId {
        people::by_telegram(&mut self.read().await, DIRECTOR).await.unwrap().unwrap().id
    }

    pub(crate) async fn manager(&self, telegram_id: i64) -> Staff {
        let mut tx = self.tx().await;
        let role = Role::Manager;
        let now = self.d.clock.now();
        let staff = staff::add(&mut tx, telegram_id, role, "Менеджер", now).await.unwrap();
        tx.commit().await.unwrap();
        staff
    }

    /// A machine of the customer by its serial.
    pub(crate) async fn machine(&self, customer: &CustomerId, serial: &str) -> MachineId {
        let park = machines::park(&mut self.read().await, customer).await.unwrap();
        park.into_iter().find(|machine| machine.serial == serial).unwrap().id
    }

    /// A machine that is not the customer's.
    pub(crate) async fn foreign_machine(&self, customer: &CustomerId) -> MachineId {
        let park = machines::park(&mut self.read().await, customer).await.unwrap();
        let all =
            fetch_all!(&mut self.read().await, (MachineId,), "select id from machine_instances")
                .unwrap();
        let mut ids = all.into_iter().map(|(id,)| id);
        ids.find(|id| park.iter().all(|machine| machine.id != *id)).unwrap()
    }

    pub(crate) async fn part(&self, sku: &str) -> PartId {
        let mut read = self.read().await;
        let page = parts::search(&mut read, parts::Park::Any, sku, None, None).await.unwrap();
        page.parts.into_iter().find(|part| part.sku == sku).unwrap().id
    }
}
