//! The three people of the demo.

use crate::telegram::PersonSpec;

/// A mechanic of «Тульский станочный цех»; her phone stands in `machines.csv`.
pub const CUSTOMER: i64 = 5001;
/// The dealer's engineer.
pub const ENGINEER: i64 = 5002;
/// The dealer's manager.
pub const MANAGER: i64 = 5003;

/// As Telegram knows them.
pub fn everybody() -> Vec<PersonSpec> {
    [
        (CUSTOMER, "Анна", "Соколова", "79001112233"),
        (ENGINEER, "Игорь", "Крылов", "79005550002"),
        (MANAGER, "Мария", "Лебедева", "79005550003"),
    ]
    .into_iter()
    .map(|(id, first_name, last_name, phone)| PersonSpec {
        id,
        first_name: first_name.to_owned(),
        last_name: Some(last_name.to_owned()),
        language_code: Some("ru".to_owned()),
        phone: phone.to_owned(),
        ..PersonSpec::default()
    })
    .collect()
}
