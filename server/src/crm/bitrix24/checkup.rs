//! The mapping doctor of a portal: stages, fields, people and rights that the configuration needs. The
//! night keeps what it finds; the live check ([`super::check`]) says the same, and more, to whoever asks.

use domain::approvals::rules::{self, Rules};
use domain::checkups::{Defect, Named};
use domain::texts::Lang;

use crate::crm::bitrix24::check::Check;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::{BitrixCalls, CallError};
use crate::mapping::check;
use crate::mapping::structure::Structure;

/// What does not fit.
///
/// # Errors
/// When the portal does not answer.
pub(crate) async fn defects(
    bitrix: &BitrixConnection,
    calls: BitrixCalls<'_>,
    there: &Structure,
) -> Result<Vec<Defect>, CallError> {
    let rules = async { rules::load(&mut bitrix.db.read().await?, &bitrix.dealer).await };
    let rules: domain::Result<Rules> = rules.await;
    let rules = rules.map_err(|error| CallError::Local { words: error.to_string() })?;
    let check = Check::new(&bitrix.config, &bitrix.settings, calls, Lang::Ru);
    let check = check.with_rules(rules.iter());
    let (_, lack) = check.rights().await?;
    let rights: Vec<String> =
        lack.needed.into_iter().chain(lack.approvals).map(str::to_owned).collect();
    let mut defects: Vec<Defect> =
        check::all(&bitrix.config, there).into_iter().map(|(_, defect)| defect).collect();
    defects.extend(responsible(bitrix, there));
    if !rights.is_empty() {
        defects.push(Defect::ScopesLack { rights });
    }
    Ok(defects)
}

/// Somebody who was dismissed is nobody. Where people cannot be seen, that is a right that lacks.
fn responsible(bitrix: &BitrixConnection, there: &Structure) -> Option<Defect> {
    let id = bitrix.settings.responsible_user_id?.to_string();
    let working = || there.people.iter().filter(|one| one.works);
    if there.people.is_empty() || working().any(|one| one.id == id) {
        return None;
    }
    let setting = "BITRIX24_RESPONSIBLE_USER_ID".to_owned();
    let named = working().map(|one| Named { id: one.id.clone(), name: one.name.clone() });
    Some(Defect::UserGone { setting, id, there: named.collect() })
}
