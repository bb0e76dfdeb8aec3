//! Who is responsible, and what our own access may do.

use domain::checkups::{Defect, Right};

use crate::config::AmocrmSettings;
use crate::crm::amo::checkup::{Snapshot, named};

/// The responsible of new deals must be there and switched on.
pub(super) fn users(settings: &AmocrmSettings, snapshot: &Snapshot) -> Vec<Defect> {
    let setting = || "AMOCRM_RESPONSIBLE_USER_ID".to_owned();
    let (Some(id), Some(users)) = (settings.responsible_user_id, &snapshot.users) else {
        return Vec::new();
    };
    match users.iter().find(|user| user.id == id) {
        None => {
            let usable = users.iter().filter(|user| user.works());
            let there = usable.map(|user| named(user.id, &user.name)).collect();
            vec![Defect::UserGone { setting: setting(), id: id.to_string(), there }]
        }
        Some(user) if !user.works() => {
            vec![Defect::UserOff { setting: setting(), user: named(user.id, &user.name) }]
        }
        Some(_) => Vec::new(),
    }
}

/// What our access is refused: seen by asking, and where its rights are told, by reading them.
pub(super) fn rights(snapshot: &Snapshot) -> Vec<Defect> {
    let no = |entity: &str, right| Defect::NoRight { entity: entity.to_owned(), right };
    let mut defects: Vec<Defect> =
        snapshot.hidden.iter().map(|entity| no(entity, Right::View)).collect();
    if snapshot.users.is_none() {
        defects.push(Defect::NotAdministrator);
    }
    for (entity, right) in snapshot.me().map(|me| me.denied.as_slice()).unwrap_or_default() {
        let seen = *right == Right::View && snapshot.hidden.contains(&entity.as_str());
        if !seen {
            defects.push(no(entity, *right));
        }
    }
    defects
}
