//! The people of the stories.

use domain::texts::{Lang, Texts};
use sandbox::telegram::PersonSpec;

/// A mechanic of the demo's first company; her phone is in `machines.csv`.
pub const CUSTOMER: i64 = 5001;
/// The dealer's engineer.
pub const ENGINEER: i64 = 5002;
/// The dealer's manager.
pub const MANAGER: i64 = 5003;
/// A customer of another company.
pub const NEIGHBOUR: i64 = 5004;

/// Somebody whom a story may make an administrator.
pub const ADMINISTRATOR: i64 = 5005;

/// What a button or a text says to people who read Russian, by its key.
#[must_use]
pub fn label(key: &str) -> &str {
    Texts::of(Lang::Ru).get(key)
}

/// Everybody, as Telegram knows them.
pub(crate) fn everybody() -> Vec<PersonSpec> {
    [
        (CUSTOMER, "Анна", "79001112233"),
        (ENGINEER, "Игорь", "79005550002"),
        (MANAGER, "Мария", "79005550003"),
        (NEIGHBOUR, "Сосед", "79009998877"),
        (ADMINISTRATOR, "Олег", "79005550005"),
    ]
    .into_iter()
    .map(|(id, name, phone)| PersonSpec {
        id,
        first_name: name.to_owned(),
        language_code: Some("ru".to_owned()),
        phone: phone.to_owned(),
        ..PersonSpec::default()
    })
    .collect()
}
