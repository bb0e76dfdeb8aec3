//! A portal's deals, leads and contacts as everybody understands them.

use chrono::NaiveDate;
use domain::text::Phone;

use crate::config::ConnectionConfig;
use crate::crm::bitrix24::approvals::facts::told;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::hear::facets::FOLLOWED;
use crate::crm::hear::{SaidField, TheirDeal, TheirFirm, TheirPerson};

/// A deal, or a lead.
pub(crate) fn deal(config: &ConnectionConfig, kind: Kind, item: &Item) -> TheirDeal {
    let field = |ours: &&'static str| {
        let theirs = config.field(ours).filter(|_| kind == Kind::Deal)?;
        Some(SaidField { ours, theirs: theirs.to_owned(), said: item.text(theirs) })
    };
    let contact = item.number("contactId").or(item.ids("contactIds").first().copied());
    TheirDeal {
        id: item.id().to_string(),
        title: item.text("title").unwrap_or_default(),
        stage: item.text("stageId").unwrap_or_default(),
        pipeline: item.text("categoryId").unwrap_or_default(),
        won: is_won(item),
        at: item.changed_at().unwrap_or_default(),
        contact: contact.map(|id| id.to_string()),
        company: item.number("companyId").map(|id| id.to_string()),
        fields: FOLLOWED.iter().filter_map(field).collect(),
        // Rows are asked for by themselves.
        products: Vec::new(),
        told: told(item),
    }
}

/// A contact: its name in the order in which people say it.
pub(crate) fn person(item: &Item) -> TheirPerson {
    let names = ["name", "secondName", "lastName"].iter().filter_map(|name| item.text(name));
    TheirPerson {
        id: item.id().to_string(),
        name: names.collect::<Vec<_>>().join(" "),
        phones: item.multi("PHONE").iter().filter_map(|phone| Phone::parse(phone)).collect(),
        email: item.multi("EMAIL").into_iter().next(),
        at: item.changed_at().unwrap_or_default(),
    }
}

/// A company.
pub(crate) fn firm(item: &Item) -> TheirFirm {
    TheirFirm {
        id: item.id().to_string(),
        name: item.text("title").unwrap_or_default(),
        at: item.changed_at().unwrap_or_default(),
    }
}

/// Whether a deal is won or a lead converted, in whichever pipeline: the portal itself says what a
/// stage means; the names are those that every portal begins with.
pub(crate) fn is_won(item: &Item) -> bool {
    match item.text("stageSemanticId") {
        Some(meaning) => meaning == "S",
        None => item.text("stageId").is_some_and(|stage| is_success(&stage)),
    }
}

/// Whether a stage is named as the portal's own ones of success are.
pub(crate) fn is_success(stage: &str) -> bool {
    stage == "WON" || stage.ends_with(":WON") || stage == "CONVERTED"
}

/// The day of a date field: a date is told as its midnight, or three in the morning, of the portal's
/// zone. People type dates into text fields too.
pub(crate) fn day(said: &str) -> Option<NaiveDate> {
    let text = said.get(..10)?;
    let forms = ["%Y-%m-%d", "%d.%m.%Y"];
    forms.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(value: serde_json::Value) -> Item {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_date_is_the_portals_own_day() {
        let expected = NaiveDate::from_ymd_opt(2027, 2, 2);
        for said in ["2027-02-02T03:00:00+03:00", "2027-02-02T00:00:00+10:00", "02.02.2027"] {
            assert_eq!(day(said), expected, "{said}");
        }
        assert_eq!((day(""), day("завтра утром")), (None, None));
    }

    #[test]
    fn won_is_what_the_portal_means_by_the_stage() {
        assert!(is_won(&item(json!({ "stageId": "C9:UC_KN8KFI", "stageSemanticId": "S" }))));
        assert!(!is_won(&item(json!({ "stageId": "WON", "stageSemanticId": "P" }))));
        assert!(is_won(&item(json!({ "stageId": "C1:WON" }))));
        assert!(!is_won(&item(json!({ "stageId": "C1:LOSE" }))));
    }

    #[test]
    fn a_contacts_name_is_whole_and_its_phones_are_phones() {
        let told = person(&item(json!({
            "id": 7, "name": "Анна", "lastName": "Петрова", "updatedTime": "2026-11-20T11:00:00+03:00",
            "fm": [{ "typeId": "PHONE", "value": "8 (900) 111-22-33" },
                   { "typeId": "PHONE", "value": "доб. 5" }, { "typeId": "EMAIL", "value": "a@b.ru" }],
        })));
        assert_eq!(told.name, "Анна Петрова");
        assert_eq!(told.phones.iter().map(Phone::as_str).collect::<Vec<_>>(), ["+79001112233"]);
        assert_eq!((told.email.as_deref(), told.at), (Some("a@b.ru"), 1_795_161_600));
    }
}
