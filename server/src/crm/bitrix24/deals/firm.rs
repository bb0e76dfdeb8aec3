//! Companies: by our own mark, by INN where the portal keeps it, else by their exact name.

use serde_json::{Map, Value, json};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::ORIGINATOR;
use crate::crm::bitrix24::deals::items::{Item, Kind};
use crate::crm::failure::reading;
use crate::crm::tell::firm::{Firm, core_of};
use crate::worker::policy::Failure;

impl BitrixAccount<'_> {
    /// The company of a firm; the oldest of several.
    pub(super) async fn search_company(&self, firm: &Firm) -> Result<Option<Item>, Failure> {
        let ours = json!({ "=originatorId": ORIGINATOR, "=originId": firm.entity });
        if let Some(company) = self.oldest_company(ours, |_| true).await? {
            return Ok(Some(company));
        }
        let field = self.bitrix.config.field("inn");
        if let (Some(field), Some(inn)) = (field, &firm.inn) {
            let filter = Map::from_iter([(format!("={field}"), Value::from(inn.as_str()))]);
            let same = |item: &Item| item.text(field).as_ref() == Some(inn);
            if let Some(company) = self.oldest_company(filter.into(), same).await? {
                return Ok(Some(company));
            }
        }
        let theirs = |item: &Item| field.and_then(|field| item.text(field));
        let same = |item: &Item| {
            let name = item.text("title").unwrap_or_default();
            firm.is_namesake(&name, theirs(item).as_deref())
        };
        self.oldest_company(json!({ "%title": core_of(&firm.name) }), same).await
    }

    async fn oldest_company(
        &self,
        filter: Value,
        real: impl Fn(&Item) -> bool,
    ) -> Result<Option<Item>, Failure> {
        let found = self.calls.items(Kind::Company, filter).await.map_err(reading)?;
        Ok(found.into_iter().filter(|item| real(item)).min_by_key(Item::id))
    }
}
