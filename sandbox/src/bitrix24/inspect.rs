//! What tests and the demo may look at.

use serde_json::Value;

use crate::bitrix24::core::{Bitrix24, Call};
use crate::bitrix24::portal::{Comment, DiskFile, EventDelivery, Handler, Notice, StoredFile};
use crate::bitrix24::schema::Kind;
use crate::bitrix24::values::{Record, int, list};

impl Bitrix24 {
    /// All entities of a kind, the oldest first. Fields have their UPPER_CASE names; ids and money
    /// are numbers.
    pub fn records(&self, kind: Kind) -> Vec<Record> {
        self.portal().all(kind).map(|(_, record)| record.clone()).collect()
    }

    /// One entity.
    pub fn record(&self, kind: Kind, id: i64) -> Option<Record> {
        self.portal().record(kind, id).cloned()
    }

    /// All leads, the oldest first.
    pub fn leads(&self) -> Vec<Record> {
        self.records(Kind::Lead)
    }

    /// All deals, the oldest first.
    pub fn deals(&self) -> Vec<Record> {
        self.records(Kind::Deal)
    }

    /// All contacts, the oldest first.
    pub fn contacts(&self) -> Vec<Record> {
        self.records(Kind::Contact)
    }

    /// All companies, the oldest first.
    pub fn companies(&self) -> Vec<Record> {
        self.records(Kind::Company)
    }

    /// Product rows of a deal or lead, with the names of `crm.item.productrow.*`.
    pub fn rows_of(&self, kind: Kind, id: i64) -> Vec<Record> {
        self.portal().rows.get(&format!("{}{id}", kind.short())).cloned().unwrap_or_default()
    }

    /// Comments in a timeline, the oldest first.
    pub fn comments_of(&self, kind: Kind, id: i64) -> Vec<Comment> {
        self.portal().comments.values().filter(|one| one.owner == (kind, id)).cloned().collect()
    }

    /// A file by its id.
    pub fn file(&self, id: i64) -> Option<StoredFile> {
        self.portal().files.get(&id).cloned()
    }

    /// Files in a field of an entity, in their order.
    pub fn files_in(&self, kind: Kind, id: i64, field: &str) -> Vec<StoredFile> {
        let portal = self.portal();
        let value = portal.record(kind, id).and_then(|record| record.get(field));
        let ids: Vec<Value> = value.map(list).unwrap_or_default();
        ids.iter().filter_map(int).filter_map(|id| portal.files.get(&id).cloned()).collect()
    }

    /// Files on the Drive, the oldest first.
    pub fn disk_files(&self) -> Vec<DiskFile> {
        self.portal().disk.values().cloned().collect()
    }

    /// All tasks, the oldest first, with their UPPER_CASE names.
    pub fn tasks(&self) -> Vec<Record> {
        self.portal().tasks.values().cloned().collect()
    }

    /// Notifications, the oldest first.
    pub fn notices(&self) -> Vec<Notice> {
        self.portal().notices.clone()
    }

    /// The calls that came in, the oldest first; of very many only the last 5,000.
    pub fn calls(&self) -> Vec<Call> {
        self.call_log()
    }

    /// Who hears of events.
    pub fn handlers(&self) -> Vec<Handler> {
        self.portal().handlers.clone()
    }

    /// Events sent or on their way; of very many only the last 1,000.
    pub fn event_deliveries(&self) -> Vec<EventDelivery> {
        self.portal().deliveries.clone()
    }

    /// Whether the application is installed.
    pub fn is_installed(&self) -> bool {
        self.portal().installed
    }
}
