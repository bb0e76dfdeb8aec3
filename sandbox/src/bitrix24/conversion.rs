//! A lead becomes a contact and a deal.

use serde_json::json;

use crate::bitrix24::acts::record;
use crate::bitrix24::catalogue::{UF_FILES, UF_TELEGRAM};
use crate::bitrix24::change::Change;
use crate::bitrix24::schema::Kind;
use crate::bitrix24::values::{Record, int};

/// Converts a lead; answers deal and contact.
pub(crate) fn convert(change: &mut Change<'_>, id: i64) -> Option<(i64, i64)> {
    let lead = change.portal.record(Kind::Lead, id).cloned()?;
    let take = |names: &[&str]| -> Record {
        let found = names.iter().filter_map(|name| {
            let value = lead.get(*name).filter(|value| !value.is_null())?;
            Some(((*name).to_owned(), value.clone()))
        });
        found.collect()
    };
    let had = lead.get("CONTACT_ID").and_then(int).filter(|id| *id != 0);
    let contact = match had {
        Some(contact) => contact,
        None => {
            let names =
                ["NAME", "SECOND_NAME", "LAST_NAME", "PHONE", "EMAIL", "SOURCE_ID", UF_TELEGRAM];
            let mut fields = take(&names);
            fields.insert("LEAD_ID".to_owned(), id.into());
            change.create(Kind::Contact, fields).ok()?
        }
    };
    let names = [
        "TITLE",
        "OPPORTUNITY",
        "CURRENCY_ID",
        "IS_MANUAL_OPPORTUNITY",
        "COMPANY_ID",
        "SOURCE_ID",
        "SOURCE_DESCRIPTION",
        "COMMENTS",
        "ASSIGNED_BY_ID",
        "ORIGINATOR_ID",
        "ORIGIN_ID",
        "UTM_SOURCE",
        "UTM_MEDIUM",
        "UTM_CAMPAIGN",
        "UTM_CONTENT",
        "UTM_TERM",
        UF_TELEGRAM,
        UF_FILES,
    ];
    let mut fields = take(&names);
    fields.insert("LEAD_ID".to_owned(), id.into());
    fields.insert("CONTACT_ID".to_owned(), contact.into());
    let deal = change.create(Kind::Deal, fields).ok()?;
    let done = json!({"STATUS_ID": "CONVERTED", "CONTACT_ID": contact});
    change.edit(Kind::Lead, id, record(done)).ok()?;
    Some((deal, contact))
}
