//! What somebody wants to hear in their chat, and when: a row per Telegram id, for customers and staff.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::db::{Executor, Tx, execute, fetch_optional};
use crate::notices::QuietHours;
use crate::outbox;
use crate::{Dealer, Result};

/// What a customer may switch off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Where orders stand, and what is written about their lines.
    Orders,
    /// Where requests stand, and what is written to them.
    Service,
    /// Maintenance that draws near.
    Maintenance,
    /// New passports.
    Machines,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Orders, Kind::Service, Kind::Maintenance, Kind::Machines];

    /// Its name in forms and in the keys of texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Orders => "orders",
            Kind::Service => "service",
            Kind::Maintenance => "maintenance",
            Kind::Machines => "machines",
        }
    }
}

/// What somebody wants to hear; who never said gets everything at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What they switched off.
    pub off: Vec<Kind>,
    /// When they want to hear nothing that may wait.
    pub quiet: Option<QuietHours>,
}

impl Settings {
    /// Whether they want this kind; what has none is always wanted.
    #[must_use]
    pub fn wants(&self, kind: Option<Kind>) -> bool {
        kind.is_none_or(|kind| !self.off.contains(&kind))
    }

    pub(super) fn quiet_until(&self, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        self.quiet.and_then(|quiet| quiet.until(now, zone))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    orders: bool,
    service: bool,
    maintenance: bool,
    machines: bool,
    quiet_from: Option<i64>,
    quiet_to: Option<i64>,
}

/// What somebody wants to hear. One statement.
///
/// # Errors
/// When the database fails.
pub async fn settings(db: &mut impl Executor, telegram_id: i64) -> Result<Settings> {
    let row = fetch_optional!(
        db,
        Row,
        "select orders, service, maintenance, machines, quiet_from, quiet_to
           from notice_settings where telegram_id = $1",
        telegram_id
    )?;
    let Some(row) = row else { return Ok(Settings::default()) };
    let wanted = |kind: &Kind| match kind {
        Kind::Orders => row.orders,
        Kind::Service => row.service,
        Kind::Maintenance => row.maintenance,
        Kind::Machines => row.machines,
    };
    let off = Kind::ALL.into_iter().filter(|kind| !wanted(kind)).collect();
    let quiet = row.quiet_from.zip(row.quiet_to);
    let quiet = quiet.and_then(|(from, to)| QuietHours::of_minutes(from, to));
    Ok(Settings { off, quiet })
}

/// Sets what somebody wants to hear. What is held by their former quiet hours is held by the new ones,
/// or goes now.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, d: &Dealer, telegram_id: i64, wishes: &Settings) -> Result<()> {
    let now = d.clock.now();
    let quiet = wishes.quiet.map(QuietHours::minutes);
    execute!(
        tx,
        "insert into notice_settings (telegram_id, orders, service, maintenance, machines,
                                      quiet_from, quiet_to, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (telegram_id) do update
            set orders = excluded.orders, service = excluded.service,
                maintenance = excluded.maintenance, machines = excluded.machines,
                quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
                updated_at = excluded.updated_at",
        telegram_id,
        wishes.wants(Some(Kind::Orders)),
        wishes.wants(Some(Kind::Service)),
        wishes.wants(Some(Kind::Maintenance)),
        wishes.wants(Some(Kind::Machines)),
        quiet.map(|(from, _)| from),
        quiet.map(|(_, to)| to),
        now
    )?;
    outbox::hold(tx, telegram_id, wishes.quiet_until(now, d.zone), now).await
}

/// Forgets what somebody wanted to hear.
pub async fn forget(tx: &mut Tx, telegram_id: i64) -> Result<()> {
    execute!(tx, "delete from notice_settings where telegram_id = $1", telegram_id)?;
    Ok(())
}
