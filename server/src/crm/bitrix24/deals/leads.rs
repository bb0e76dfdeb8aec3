//! Site leads, with the fields that the site's instruction names.

use domain::leads::LeadCase;
use domain::texts::{Lang, Texts};
use serde_json::{Map, Value, json};

use crate::crm::bitrix24::connection::BitrixConnection;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::{ORIGINATOR, WEB, plain, shortened, sparse};
use crate::crm::bitrix24::deals::items::whole;
use crate::crm::failure::{creating, reading};
use crate::crm::hear::facets::of_stage;
use crate::crm::hear::met;
use crate::crm::story;
use crate::crm::tell::lead::LEAD;
use crate::worker::policy::Failure;

/// «Simple CRM»: a portal without leads (`crm.settings.mode.get`).
const SIMPLE: i64 = 2;

impl BitrixConnection {
    /// The fields of a lead, of its first form; those of the portal's own by the mapping.
    pub(crate) fn new_lead(&self, case: &LeadCase) -> Map<String, Value> {
        let (texts, lead, first) = (Texts::of(Lang::Ru), &case.lead, case.first());
        let one = |value: &str| json!([{ "VALUE": value, "VALUE_TYPE": "WORK" }]);
        let mut fields = sparse(json!({
            "TITLE": shortened(&story::lead_title(texts, lead)),
            "NAME": shortened(&lead.name),
            "PHONE": lead.phone.as_ref().map(|phone| one(phone.as_str())),
            "EMAIL": lead.email.as_ref().map(|email| one(email.as_str())),
            "COMMENTS": first.message.as_deref().map(plain),
            "STATUS_ID": self.config.lead_stages.stage_of("new"),
            "SOURCE_ID": WEB,
            "SOURCE_DESCRIPTION": self.source(texts, &lead.form),
            "ASSIGNED_BY_ID": self.settings.responsible_user_id,
            "OPENED": "Y",
            "ORIGINATOR_ID": ORIGINATOR,
            "ORIGIN_ID": lead.number,
        }));
        fields.extend(self.tracked(case));
        fields
    }

    /// Where a lead comes from, in words.
    fn source(&self, texts: &Texts, form: &str) -> String {
        texts.format("crm-lead-source", &[("form", form.into())])
    }

    /// By which advertisement they came: UTM has fields of its own, the rest those of the mapping.
    fn tracked(&self, case: &LeadCase) -> Vec<(String, Value)> {
        let first = case.first();
        let utm = |name: &str| name.starts_with("utm_").then(|| name.to_uppercase());
        let tracking = first.tracking.pairs().filter_map(|(name, value)| {
            let theirs = self.config.field(name).map(str::to_owned).or_else(|| utm(name))?;
            Some((theirs, Value::from(value)))
        });
        let places = [
            ("page", first.page.as_deref()),
            ("referrer", first.referrer.as_deref()),
            ("form", Some(case.lead.form.as_str())),
        ];
        let places = places.into_iter().filter_map(|(ours, value)| {
            Some((self.config.field(ours)?.to_owned(), Value::from(value?)))
        });
        tracking.chain(places).collect()
    }
}

impl BitrixAccount<'_> {
    /// Whether the portal works with leads.
    pub(super) async fn works_with_leads(&self) -> Result<bool, Failure> {
        let ask = async || {
            let mode: Value =
                self.calls.call("crm.settings.mode.get", &json!({})).await.map_err(reading)?;
            Ok(whole(&mode) != Some(SIMPLE))
        };
        self.bitrix.leads.get_or_try_init(ask).await.copied()
    }

    /// Makes the lead and lets the portal tell whoever is responsible; its id.
    pub(super) async fn add_lead(&self, case: &LeadCase) -> Result<i64, Failure> {
        let params = json!({
            "fields": self.bitrix.new_lead(case),
            "params": { "REGISTER_SONET_EVENT": "Y" },
        });
        let made = self.calls.call("crm.lead.add", &params).await.map_err(creating)?;
        let stage: Vec<_> =
            params["fields"]["STATUS_ID"].as_str().map(of_stage).into_iter().collect();
        met(self, LEAD, made, 0, &stage).await?;
        Ok(made)
    }
}
