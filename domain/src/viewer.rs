//! Who is looking: the one question that every page and callback asks first.

use chrono::{DateTime, Utc};

use crate::db::{Executor, fetch_one};
use crate::ids::{CustomerId, StaffId};
use crate::people::Customer;
use crate::staff::{Role, Staff};
use crate::text::Phone;
use crate::texts::Lang;
use crate::{Error, Result};

/// A person whose Telegram id the door has verified. One may be a customer, staff, both, or a
/// stranger.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The verified Telegram id.
    pub telegram_id: i64,
    /// As a customer.
    pub customer: Option<Customer>,
    /// As staff, while active.
    pub staff: Option<Staff>,
    /// Sessions that began before this are over.
    pub sessions_from: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct ViewerRow {
    customer_id: Option<CustomerId>,
    phone: Option<Phone>,
    customer_name: Option<String>,
    email: Option<String>,
    customer_language: Option<Lang>,
    reachable: Option<bool>,
    sessions_from: Option<DateTime<Utc>>,
    staff_id: Option<StaffId>,
    role: Option<Role>,
    staff_name: Option<String>,
    staff_language: Option<Lang>,
}

/// Looks a person up, as customer and as staff, in one query.
pub async fn find(db: &mut impl Executor, telegram_id: i64) -> Result<Viewer> {
    let row = fetch_one!(
        db,
        ViewerRow,
        "select c.id as customer_id, c.phone, c.name as customer_name, c.email,
                c.language as customer_language, c.reachable, c.sessions_from,
                s.id as staff_id, s.role, s.name as staff_name, s.language as staff_language
           from (select cast($1 as bigint) as telegram_id) who
           left join customers c on c.telegram_id = who.telegram_id
           left join staff s on s.telegram_id = who.telegram_id and s.active",
        telegram_id
    )?;
    let customer = row.customer_id.map(|id| Customer {
        id,
        telegram_id: Some(telegram_id),
        phone: row.phone,
        name: row.customer_name.unwrap_or_default(),
        email: row.email,
        language: row.customer_language.unwrap_or_default(),
        reachable: row.reachable.unwrap_or(true),
    });
    let staff = row.staff_id.zip(row.role).map(|(id, role)| Staff {
        id,
        telegram_id,
        role,
        name: row.staff_name.unwrap_or_default(),
        language: row.staff_language.unwrap_or_default(),
        active: true,
    });
    Ok(Viewer { telegram_id, customer, staff, sessions_from: row.sessions_from })
}

impl Viewer {
    /// The customer, or [`Error::Forbidden`] for those who are none.
    pub fn customer(&self) -> Result<&Customer> {
        self.customer.as_ref().ok_or(Error::Forbidden)
    }

    /// The member of staff, or [`Error::Forbidden`].
    pub fn staff(&self) -> Result<&Staff> {
        self.staff.as_ref().ok_or(Error::Forbidden)
    }

    /// The manager, or [`Error::Forbidden`].
    pub fn manager(&self) -> Result<&Staff> {
        self.staff.as_ref().filter(|staff| staff.is_manager()).ok_or(Error::Forbidden)
    }

    /// The administrator, or [`Error::Forbidden`].
    pub fn administrator(&self) -> Result<&Staff> {
        self.staff.as_ref().filter(|staff| staff.is_administrator()).ok_or(Error::Forbidden)
    }

    /// The language they chose, if anybody knows them.
    pub fn language(&self) -> Option<Lang> {
        let of_customer = self.customer.as_ref().map(|customer| customer.language);
        of_customer.or(self.staff.as_ref().map(|staff| staff.language))
    }
}
