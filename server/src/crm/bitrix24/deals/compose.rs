//! What we wish, as Bitrix24 takes it.

use domain::Money;
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::tell::compose::{Deal, Purpose};
use crate::crm::tell::firm::Firm;
use crate::crm::tell::person::Who;

/// Who made what we made. Together with our number in `originId` it tells ours from all others.
pub(super) const ORIGINATOR: &str = "mypark";

/// The source «website», which every portal begins with.
pub(super) const WEB: &str = "WEB";

/// Titles are columns of 255 characters.
pub(super) const TITLE: usize = 255;

impl BitrixConnection {
    /// The fields of a deal, without its people.
    pub(crate) fn new_deal(&self, deal: &Deal) -> Map<String, Value> {
        let (category, stage) = self.first_stage(deal);
        let mut fields = sparse(json!({
            "title": shortened(&deal.title),
            "categoryId": category,
            "stageId": stage,
            "opportunity": deal.total.map(roubles),
            "currencyId": "RUB",
            "assignedById": self.settings.responsible_user_id,
            "opened": "Y",
            "sourceId": (deal.purpose == Purpose::Lead).then_some(WEB),
            "originatorId": ORIGINATOR,
            "originId": deal.number,
        }));
        for (ours, text) in &deal.fields {
            if let Some(theirs) = self.config.field(ours).map(str::to_owned).or_else(|| utm(ours)) {
                fields.insert(theirs, text.as_str().into());
            }
        }
        fields
    }

    /// The fields of a contact.
    pub(crate) fn new_contact(&self, who: &Who) -> Map<String, Value> {
        let phone = who.phone.as_deref().map(|phone| multi("PHONE", "MOBILE", phone));
        let email = who.email.as_deref().map(|email| multi("EMAIL", "WORK", email));
        let fm: Vec<Value> = phone.into_iter().chain(email).collect();
        let mut fields = sparse(json!({
            "name": shortened(&who.name),
            "fm": fm,
            "assignedById": self.settings.responsible_user_id,
            "opened": "Y",
            "originatorId": ORIGINATOR,
            "originId": who.entity,
        }));
        if let (Some(field), Some(telegram)) =
            (self.config.field("contact_telegram_id"), who.telegram_id)
        {
            fields.insert(field.to_owned(), telegram.to_string().into());
        }
        fields
    }

    /// The fields of a company.
    pub(crate) fn new_company(&self, firm: &Firm) -> Map<String, Value> {
        let mut fields = sparse(json!({
            "title": shortened(&firm.name),
            "assignedById": self.settings.responsible_user_id,
            "opened": "Y",
            "originatorId": ORIGINATOR,
            "originId": firm.entity,
        }));
        if let (Some(field), Some(inn)) = (self.config.field("inn"), &firm.inn) {
            fields.insert(field.to_owned(), inn.as_str().into());
        }
        fields
    }

    /// Pipeline and stage of a new deal; without a stage it stands in the first of its pipeline.
    fn first_stage<'a>(&'a self, deal: &'a Deal) -> (Option<i64>, Option<&'a str>) {
        let (upsell, settings) = (&self.config.upsell, &self.settings);
        let (pipeline, stage) = match deal.purpose {
            Purpose::Upsell => (upsell.pipeline, upsell.stage.as_deref()),
            _ => (None, deal.stage.as_deref()),
        };
        // A stage belongs to its pipeline: that of new deals means nothing in another one.
        let stage = stage.or(settings.stage_id.as_deref().filter(|_| pipeline.is_none()));
        (stage.map(category_of).or(pipeline).or(settings.category_id), stage)
    }
}

/// The portal's own field of a UTM mark, in the family of `crm.item.*`.
fn utm(ours: &str) -> Option<String> {
    let mark = ours.strip_prefix("utm_")?;
    let (first, rest) = mark.split_at_checked(1)?;
    Some(format!("utm{}{rest}", first.to_uppercase()))
}

/// The pipeline of a stage: `C1:NEW` is of pipeline 1, and those of the first one bear no prefix.
pub(crate) fn category_of(stage: &str) -> i64 {
    let number = stage.split_once(':').and_then(|(prefix, _)| prefix.strip_prefix('C'));
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Roubles with kopecks, as a number.
pub(super) fn roubles(money: Money) -> Value {
    let kopecks = money.as_kopecks();
    match kopecks % 100 {
        0 => (kopecks / 100).into(),
        rest => format!("{}.{:02}", kopecks / 100, rest.abs())
            .parse::<f64>()
            .map_or(Value::Null, Value::from),
    }
}

/// One phone or e-mail.
pub(super) fn multi(kind: &str, of: &str, value: &str) -> Value {
    json!({ "typeId": kind, "valueType": of, "value": value })
}

/// Leaves out what is null or an empty list.
pub(in crate::crm::bitrix24) fn sparse(body: Value) -> Map<String, Value> {
    let Value::Object(mut members) = body else { return Map::new() };
    members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|it| !it.is_empty()));
    members
}

/// At most the characters that a title holds; what is cut ends with «…».
pub(in crate::crm::bitrix24) fn shortened(text: &str) -> String {
    if text.chars().count() <= TITLE {
        return text.to_owned();
    }
    let kept: String = text.chars().take(TITLE - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Comments are BB-code: what people wrote must stay what they wrote, so a bracket of theirs is kept
/// from opening a tag by a word joiner, which nobody sees.
pub(in crate::crm::bitrix24) fn plain(text: &str) -> String {
    text.replace('[', "[\u{2060}")
}

/// The text of [`plain`] as it was.
pub(super) fn unplain(text: &str) -> String {
    text.replace("[\u{2060}", "[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_names_its_pipeline() {
        assert_eq!(category_of("C1:NEW"), 1);
        assert_eq!(category_of("C12:UC_8QZK2A"), 12);
        assert_eq!(category_of("WON"), 0);
    }

    #[test]
    fn kopecks_are_kept() {
        assert_eq!(roubles(Money::kopecks(4_850_050)), json!(48500.5));
        assert_eq!(roubles(Money::kopecks(960_000)), json!(9600));
        assert_eq!(roubles(Money::kopecks(7)), json!(0.07));
    }

    #[test]
    fn what_people_write_is_no_markup() {
        let said = "Ошибка [URL=http://x]тут[/URL], станок [16К20]";
        assert!(!plain(said).contains("[URL"), "{}", plain(said));
        assert_eq!(unplain(&plain(said)), said);
    }
}
