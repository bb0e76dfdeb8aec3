//! A live check that leaves nothing behind: a test lead is made and deleted at once, a test deal
//! where the portal works without leads.

use domain::texts::{Lang, Texts};
use serde_json::{Map, Value, json};

use crate::crm::NoRecord;
use crate::crm::bitrix24::BitrixCalls;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::{WEB, sparse};
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::error::CallError;
use crate::crm::tell::compose::{Deal, Purpose};

impl BitrixConnection {
    /// Makes a test lead as a site's lead would be made and deletes it; what the answer calls its id,
    /// and the id. It checks the access, the right to the CRM, the stage and the responsible, whatever
    /// the connection takes.
    ///
    /// # Errors
    /// In words for the administrator; where it stayed, they name it.
    pub(crate) async fn test_lead(&self) -> Result<(&'static str, i64), String> {
        let calls = self.client.calls(&NoRecord);
        let account = BitrixAccount { bitrix: self, calls };
        let leads = account.works_with_leads().await;
        let (kind, is) = match leads.map_err(|failure| failure.why().to_owned())? {
            true => (Kind::Lead, "bitrix24_lead_id"),
            false => (Kind::Deal, "bitrix24_deal_id"),
        };
        let made = match kind {
            Kind::Lead => self.make_test_lead(calls).await,
            _ => calls.add_item(kind, self.test_deal().into()).await.map(|deal| deal.id()),
        };
        let id = made.map_err(|error| error.words())?;
        match calls.delete_item(kind, id).await {
            Ok(()) => Ok((is, id)),
            Err(refused) => match self.close_test(calls, kind, id).await {
                Ok(()) => Ok((is, id)),
                Err(_) => {
                    let what = kind.name();
                    Err(format!("{what} {id} was made but not deleted: {}", refused.words()))
                }
            },
        }
    }

    async fn make_test_lead(&self, calls: BitrixCalls<'_>) -> Result<i64, CallError> {
        let fields = sparse(json!({
            "TITLE": title(),
            "NAME": title(),
            "STATUS_ID": self.config.lead_stages.stage_of("new"),
            "SOURCE_ID": WEB,
            "ASSIGNED_BY_ID": self.settings.responsible_user_id,
        }));
        // Nobody is to be rung for it.
        let params = json!({ "fields": fields, "params": { "REGISTER_SONET_EVENT": "N" } });
        calls.call("crm.lead.add", &params).await
    }

    fn test_deal(&self) -> Map<String, Value> {
        let mut fields = self.new_deal(&Deal {
            purpose: Purpose::Lead,
            number: String::new(),
            title: title().to_owned(),
            total: None,
            stage: self.config.lead_stages.stage_of("new").map(str::to_owned),
            fields: Vec::new(),
        });
        // It is nobody's case, and must not be found as one.
        fields.remove("originatorId");
        fields.remove("originId");
        fields
    }

    /// Whoever may not delete may still close: the stages of a lost lead and deal are the portal's own
    /// and cannot be removed.
    async fn close_test(
        &self,
        calls: BitrixCalls<'_>,
        kind: Kind,
        id: i64,
    ) -> Result<(), CallError> {
        let stage = match kind {
            Kind::Lead => "JUNK".to_owned(),
            _ => {
                let deal = calls.item(kind, id).await?;
                let category = deal.and_then(|deal| deal.number("categoryId"));
                category.map_or_else(|| "LOSE".to_owned(), |id| format!("C{id}:LOSE"))
            }
        };
        calls.update_item(kind, id, json!({ "stageId": stage })).await.map(drop)
    }
}

fn title() -> &'static str {
    Texts::of(Lang::Ru).get("crm-test-lead")
}
